"""What a ledger holds and lacks."""

import hashlib
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from qiyafa.app import ledger as ledgers
from qiyafa.app.ingest_outputs import ingest_bitcoin_blk
from qiyafa.chains.readers.bitcoin_blk.reader import BlockPaths
from qiyafa.model.errors import NotFound
from qiyafa.model.ledger import AddressCoverage, BlockCoverage, CoverageStatus
from qiyafa.model.raw import RawTransfers, SourceFile
from qiyafa.stores.parquet_duckdb import ParquetLedger

from support.output_ledgers import BITCOIN, CHAIN, OutputRows, Spend, hash_of, write_outputs

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
    opened = ParquetLedger.open(ledger)
    opened.columns("eip155:1")
    opened.settle()
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


@pytest.fixture
def outputs_ledger(tmp_path: Path) -> Path:
    """A coinbase of 50 units, half of it spent, and an input of unknown value."""
    rows = OutputRows()
    origin = rows.add("coinbase", 7, 0, (), [("a", 50)])
    rows.add("spend", 8, None, [Spend(origin), Spend(hash_of("unseen"))], [("b", 25), ("a", 20)])
    opened = ParquetLedger.open_or_create(tmp_path / "ledger")
    opened.ingest(write_outputs(tmp_path, rows), native_asset=BITCOIN)
    return tmp_path / "ledger"


def test_info_tells_what_a_chain_of_outputs_holds(outputs_ledger):
    (chain,) = ledgers.ledger_info(outputs_ledger).chains
    assert (chain.chain, chain.model, chain.rows, chain.rows_by_kind) == (CHAIN, "outputs", 2, {})
    assert (chain.first_block, chain.head_block, chain.head_hash) == (7, 8, hash_of("block 8"))
    assert (chain.lacks, chain.knowledge.order_assumed, chain.addresses) == ((), 1, 2)
    totals = chain.outputs
    assert totals is not None
    assert (totals.blocks, totals.transactions, totals.inputs, totals.inputs_resolved) == (2, 2, 2, 1)
    assert (totals.outputs, totals.unspent_units) == (3, 45)


@pytest.mark.shared_data
def test_the_first_blocks_of_bitcoin_leave_all_their_coins_unspent(tmp_path, shared_data):
    """4,313 coinbases of 50 bitcoin and no fees: what is unspent is what was created.

    The first of them, the genesis block's, cannot be spent at all, as Bitcoin Core never enters it as unspent.
    """
    blocks = BlockPaths((shared_data / "bitcoin" / "blk00000.dat",))
    ingest_bitcoin_blk(blocks, "bitcoin", tmp_path / "ledger")
    (chain,) = ledgers.ledger_info(tmp_path / "ledger").chains
    totals = chain.outputs
    assert totals is not None
    assert (totals.blocks, totals.transactions, totals.inputs, totals.inputs_resolved) == (4313, 4371, 247, 247)
    assert totals.unspent_units == 4313 * 50 * 10**8 == 215_650 * 10**8
    assert chain.unreconciled == 0
    assert ledgers.verify(tmp_path / "ledger") == ()


@pytest.mark.shared_data
def test_undo_data_gives_the_value_of_every_input_of_a_block(tmp_path, shared_data):
    folder = shared_data / "bitcoin"
    blocks = BlockPaths((folder / "block300025.raw",), (folder / "block300025-undo.raw",))
    ingest_bitcoin_blk(blocks, "bitcoin", tmp_path / "ledger")
    (chain,) = ledgers.ledger_info(tmp_path / "ledger").chains
    assert chain.outputs is not None
    assert (chain.outputs.inputs, chain.outputs.inputs_resolved, chain.unreconciled) == (1427, 1427, 0)
    columns = ParquetLedger.open(tmp_path / "ledger").outputs(CHAIN)
    assert int(columns.value[columns.spent_output].sum()) == 510_593_575_772


def test_the_dump_of_a_chain_that_is_not_there_names_those_that_are(ledger):
    with pytest.raises(NotFound) as missing:
        list(ledgers.dump(ledger, "eip155:10"))
    assert missing.value.fields["known"] == "eip155:1"
