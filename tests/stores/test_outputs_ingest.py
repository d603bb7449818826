"""What an ingest of a chain of outputs says of statements that cannot be, and what it counts."""

from pathlib import Path

import pytest

from qiyafa.model.errors import Conflict
from qiyafa.model.ledger import AddressCoverage, BlockCoverage, CoverageStatus, LedgerModel
from qiyafa.model.raw import RawTransfers
from qiyafa.stores.ingest import IngestReport
from qiyafa.stores.outputs_totals import outputs_totals
from qiyafa.stores.parquet_duckdb import ParquetLedger
from qiyafa.text import text

from support.output_ledgers import BITCOIN, CHAIN, OutputRows, Spend, hash_of, write_outputs


@pytest.fixture
def ledger(tmp_path) -> ParquetLedger:
    return ParquetLedger.open_or_create(tmp_path / "ledger")


@pytest.fixture
def rows() -> OutputRows:
    """One coinbase of 50 units in block 0."""
    made = OutputRows()
    made.add("coinbase", 0, 0, (), [("a", 50)])
    return made


COINBASE = Spend(hash_of("coinbase"))


def ingest(ledger: ParquetLedger, scratch: Path, rows: OutputRows, name: str = "rows") -> IngestReport:
    return ledger.ingest(write_outputs(scratch, rows, name), native_asset=BITCOIN)


def complaints(report: IngestReport) -> list[tuple[str, str]]:
    """Return the key and the transaction of each problem; each has its sentence."""
    assert all(text(one.key, **one.fields) for one in report.conflicts)
    return [(one.key.removeprefix("ledger.conflict."), one.place) for one in report.conflicts]


def test_an_output_spent_twice_is_reported_and_the_later_spend_has_no_value(ledger, tmp_path, rows):
    rows.add("first", 1, 1, [COINBASE], [("b", 50)])
    rows.add("second", 2, 1, [COINBASE], [("c", 50)])
    report = ingest(ledger, tmp_path, rows)
    assert complaints(report) == [("spent_twice", f"transaction {hash_of('second')}")]
    assert ledger.outputs(CHAIN).spent_output.tolist() == [0, -1]


def test_an_output_from_before_the_ledger_is_spent_once_too(ledger, tmp_path):
    rows = OutputRows()
    for name in ("first", "second"):
        rows.add(name, 1, 1 if name == "first" else 2, [Spend(hash_of("old"), 0, 50, "a")], [("b", 50)])
    assert [key for key, _ in complaints(ingest(ledger, tmp_path, rows))] == ["spent_twice"]
    assert ledger.outputs(CHAIN).spent_output.tolist() == [0, -1]


def test_an_output_that_is_not_there_is_reported(ledger, tmp_path, rows):
    rows.add("spend", 1, 1, [Spend(hash_of("coinbase"), 7)], [("b", 50)])
    report = ingest(ledger, tmp_path, rows)
    assert complaints(report) == [("no_such_output", f"transaction {hash_of('spend')}")]
    assert outputs_totals(ledger.outputs(CHAIN)).inputs_resolved == 0


def test_an_output_spent_before_it_is_created_is_reported(ledger, tmp_path, rows):
    rows.add("early", 1, 1, [Spend(hash_of("late"))], [("b", 50)])
    rows.add("late", 2, 1, [COINBASE], [("c", 50)])
    report = ingest(ledger, tmp_path, rows)
    assert complaints(report) == [("spent_before_created", f"transaction {hash_of('early')}")]


def test_a_transaction_that_creates_more_than_it_spends_is_reported_and_counted(ledger, tmp_path, rows):
    rows.add("greedy", 1, 1, [COINBASE], [("b", 30), ("c", 21)])
    report = ingest(ledger, tmp_path, rows)
    assert complaints(report) == [("unreconciled", f"transaction {hash_of('greedy')}")]
    assert ledger.record(CHAIN).count("unreconciled") == 1


def test_sums_beyond_64_bits_do_not_wrap_into_sums_that_look_right(ledger, tmp_path):
    rows = OutputRows()
    most = (1 << 63) - 1
    rows.add("coinbase", 0, 0, (), [("a", 10)])
    rows.add("wraps", 1, 1, [COINBASE], [("b", most), ("c", most), ("d", 2)])
    assert [key for key, _ in complaints(ingest(ledger, tmp_path, rows))] == ["unreconciled"]
    assert outputs_totals(ledger.outputs(CHAIN)).unspent_units == 2 * most + 2


def test_what_is_spent_without_a_known_value_cannot_be_summed(ledger, tmp_path, rows):
    rows.add("spend", 1, 1, [COINBASE, Spend(hash_of("unseen"))], [("b", 1000)])
    assert complaints(ingest(ledger, tmp_path, rows)) == []
    (part,) = ledger.record(CHAIN).table("inputs")
    assert part.counts == {"unresolved": 1}


def test_an_earlier_block_resolves_later_inputs(ledger, tmp_path, rows):
    later = OutputRows()
    later.add("spend", 1, 1, [COINBASE], [("b", 51)])
    assert complaints(ingest(ledger, tmp_path, later, "later")) == []
    assert outputs_totals(ledger.outputs(CHAIN)).inputs_resolved == 0
    assert [key for key, _ in complaints(ingest(ledger, tmp_path, rows, "earlier"))] == ["unreconciled"]
    assert outputs_totals(ledger.outputs(CHAIN)).inputs_resolved == 1


def test_totals_tell_what_is_unspent(ledger, tmp_path, rows):
    rows.add("spend", 0, 1, [COINBASE], [("b", 20), ("c", 25)])
    rows.add("other", 5, 1, [Spend(hash_of("old"), 0, 9, "z")], [("b", 8)])
    ingest(ledger, tmp_path, rows)
    totals = outputs_totals(ledger.outputs(CHAIN))
    assert (totals.blocks, totals.transactions, totals.inputs, totals.inputs_resolved) == (2, 3, 2, 2)
    assert (totals.outputs, totals.unspent_units, totals.addresses) == (4, 20 + 25 + 8, 4)


def test_the_head_is_the_last_block_with_its_hash_and_time(ledger, tmp_path, rows):
    ingest(ledger, tmp_path, rows)
    head = ledger.record(CHAIN).head
    assert (head.block_number, head.hash, head.time) == (0, hash_of("block 0"), 1_231_006_505)
    raw = write_outputs(tmp_path, rows, "covered", block_coverage=(BlockCoverage(0, 4),))
    ledger.ingest(raw, native_asset=BITCOIN)
    assert (ledger.record(CHAIN).head.block_number, ledger.record(CHAIN).head.hash) == (4, None)
    assert ledger.address_coverage(CHAIN, "anyone").status is CoverageStatus.COMPLETE


def test_coverage_of_addresses_is_kept(ledger, tmp_path, rows):
    raw = write_outputs(tmp_path, rows, address_coverage=(AddressCoverage("a", CoverageStatus.CAPPED, "first 50"),))
    ledger.ingest(raw, native_asset=BITCOIN)
    assert ledger.address_coverage(CHAIN, "a") == AddressCoverage("a", CoverageStatus.CAPPED, "first 50")
    assert ledger.record(CHAIN).model == LedgerModel.OUTPUTS


def test_a_chain_keeps_money_in_one_way(ledger, tmp_path, rows):
    ingest(ledger, tmp_path, rows)
    with pytest.raises(Conflict) as refused:
        ledger.ingest(RawTransfers(CHAIN, (), (), frozenset()), native_asset=BITCOIN)
    assert refused.value.key == "ledger.other_model"


def test_another_native_asset_is_refused(ledger, tmp_path, rows):
    ingest(ledger, tmp_path, rows)
    with pytest.raises(Conflict) as refused:
        ledger.ingest(write_outputs(tmp_path, rows), native_asset=f"{CHAIN}/slip44:2")
    assert refused.value.key == "ledger.native_asset"


def test_a_part_that_was_changed_is_neither_merged_nor_traced(ledger, tmp_path, rows):
    ingest(ledger, tmp_path, rows)
    (part,) = ledger.record(CHAIN).table("outputs")
    path = ledger.path / part.path
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    for use in (lambda: ingest(ledger, tmp_path, rows), lambda: ledger.outputs(CHAIN), lambda: ledger.dump(CHAIN)):
        with pytest.raises(Conflict) as refused:
            use()
        assert refused.value.key == "ledger.file.changed"
    assert [one.key for one in ledger.verify()] == ["ledger.damage.changed"]


def test_kept_columns_are_used_unless_they_were_changed(ledger, tmp_path, rows):
    ingest(ledger, tmp_path, rows)
    (kept,) = (ledger.path / "columns").glob("chain=*/*/value.npy")
    written = kept.stat().st_mtime_ns
    assert ledger.outputs(CHAIN).value.tolist() == [50]
    assert kept.stat().st_mtime_ns == written
    kept.write_bytes(kept.read_bytes()[:-1] + b"x")
    assert [one.key for one in ledger.verify()] == ["ledger.damage.columns"]
    assert ledger.outputs(CHAIN).value.tolist() == [50]
    assert ledger.verify() == ()


def test_the_dump_has_every_table(ledger, tmp_path, rows):
    rows.add("spend", 1, 1, [COINBASE], [("b", 50)])
    ingest(ledger, tmp_path, rows)
    lines = list(ledger.dump(CHAIN))
    assert [line.split(",")[0] for line in lines].count('["transactions"') == 3
    assert [line.split(",")[0] for line in lines].count('["inputs"') == 2
    assert any(line.startswith(f'["outputs","{hash_of("spend")}",1,0,50,"p2pkh","b"') for line in lines)
