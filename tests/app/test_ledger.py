"""What a ledger holds and lacks."""

import hashlib
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from qiyafa.app import ledger as ledgers
from qiyafa.model.errors import NotFound
from qiyafa.model.ledger import AddressCoverage, BlockCoverage, CoverageStatus
from qiyafa.model.raw import RawTransfers, SourceFile
from qiyafa.stores.parquet_duckdb import ParquetLedger

ETHER = "eip155:1/slip44:60"
PLACE = ("block_number", "transaction_index", "time", "transaction_hash", "kind")
CONTENT = ("source", "target", "asset", "units_text", "status", "trace_address", "log_index", "precision")
COLUMNS = (*PLACE, *CONTENT)


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    """Two transactions of Ethereum, one without a receipt."""
    rows = [
        (100, 0, 1648039200, "0xaa", "fee", "a", "", ETHER, "3", "ok", None, None, "exact"),
        (100, 0, 1648039200, "0xaa", "native", "a", "b", ETHER, "5", "ok", None, None, "exact"),
        (107, 2, 1648039300, "0xbb", "native", "b", "c", ETHER, "4", "unknown", None, None, "lossy"),
    ]
    raw = tmp_path / "raw.parquet"
    pq.write_table(pa.Table.from_pylist([dict(zip(COLUMNS, row, strict=True)) for row in rows]), raw)
    transfers = RawTransfers(
        chain="eip155:1",
        parquet_files=(str(raw),),
        sources=(SourceFile("rows.csv", hashlib.sha256(b"rows").hexdigest(), 2, 1, "test/1", "transactions"),),
        provides=frozenset({"native", "fees"}),
        address_coverage=(AddressCoverage("a", CoverageStatus.COMPLETE), AddressCoverage("b", CoverageStatus.CAPPED)),
        block_coverage=(BlockCoverage(90, 107),),
    )
    ParquetLedger.open_or_create(tmp_path / "ledger").ingest(transfers, native_asset=ETHER)
    return tmp_path / "ledger"


def test_info_tells_what_a_chain_holds(ledger):
    (chain,) = ledgers.ledger_info(ledger).chains
    assert (chain.chain, chain.rows, chain.rows_by_kind) == ("eip155:1", 3, {"fee": 1, "native": 2})
    assert chain.addresses == 3
    assert (chain.first_block, chain.head_block, chain.head_hash) == (100, 107, None)
    assert (chain.first_time, chain.head_time) == ("2022-03-23T12:40:00Z", "2022-03-23T12:41:40Z")
    assert [(one.name, one.rows, one.problems) for one in chain.sources] == [("rows.csv", 2, 1)]


def test_info_tells_what_a_chain_lacks(ledger):
    (chain,) = ledgers.ledger_info(ledger).chains
    assert (chain.provides, chain.lacks) == (("native", "fees"), ("internal", "tokens"))
    assert (chain.knowledge.status_unknown, chain.knowledge.lossy) == (1, 1)
    assert chain.coverage == {"complete": 1, "capped": 1}
    assert chain.blocks_held_whole == (BlockCoverage(90, 107),)


def test_info_counts_every_byte_of_the_folder(ledger):
    before = ledgers.ledger_info(ledger).bytes
    ParquetLedger.open(ledger).columns("eip155:1")
    after = ledgers.ledger_info(ledger).bytes
    assert after - before == sum(path.stat().st_size for path in ledger.glob("columns/**/*") if path.is_file())


def test_an_empty_ledger_has_no_chains(tmp_path):
    ParquetLedger.open_or_create(tmp_path / "empty")
    assert ledgers.ledger_info(tmp_path / "empty").chains == ()
    assert list(ledgers.dump(tmp_path / "empty")) == []


def test_a_sound_ledger_has_no_damage(ledger):
    assert ledgers.verify(ledger) == ()


def test_the_dump_names_its_columns_and_then_every_row(ledger):
    lines = list(ledgers.dump(ledger))
    assert lines[0] == '["chain","eip155:1","ordered_by","block"]'
    assert lines[1].startswith('["transfers","block_number","transaction_index","position"')
    assert lines[3].startswith('["transfers",100,0,1,1648039200,"0xaa","native","a","b"')
    assert lines[-1] == '["block_coverage",90,107]'


def test_the_dump_of_a_chain_that_is_not_there_names_those_that_are(ledger):
    with pytest.raises(NotFound) as missing:
        list(ledgers.dump(ledger, "eip155:10"))
    assert missing.value.fields["known"] == "eip155:1"
