"""How transactions of a chain of outputs from several sources become one ledger."""

import itertools
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qiyafa.model.errors import Conflict
from qiyafa.stores.ingest import IngestReport
from qiyafa.stores.outputs_ingest import IngestOutputs, ingest_outputs
from qiyafa.stores.parquet_duckdb import ParquetLedger

from support.output_ledgers import BITCOIN, CHAIN, OutputRows, Row, Spend, hash_of, output_rows, write_outputs

_numbers = itertools.count()


def ingest(ledger: Path, rows: OutputRows, slice_rows: int = 12) -> IngestReport:
    """Ingest rows in tiny slices, so that few rows make several."""
    ParquetLedger.open_or_create(ledger)
    with tempfile.TemporaryDirectory() as scratch:
        raw = write_outputs(Path(scratch), rows, f"rows {next(_numbers)}")
        raw = type(raw)(raw.chain, raw.transaction_files, raw.input_files, raw.output_files, ())
        return ingest_outputs(IngestOutputs(ledger, raw, BITCOIN, slice_rows=slice_rows, row_group_rows=3))


def table(ledger: Path, name: str) -> list[Row]:
    """Return the rows of one table in ledger order."""
    record = ParquetLedger.open(ledger).record(CHAIN)
    return [row for part in record.table(name) for row in pq.ParquetFile(ledger / part.path).read().to_pylist()]


def keys(report: IngestReport) -> list[str]:
    """Return what an ingest complained of."""
    return [problem.key.removeprefix("ledger.conflict.") for problem in report.conflicts]


@pytest.fixture
def stored(tmp_path) -> Callable[..., tuple[list[str], list[str]]]:
    """Ingest several sources, one after the other; return the hashes in ledger order and all complaints."""

    def store(*sources: OutputRows) -> tuple[list[str], list[str]]:
        found = [key for rows in sources for key in keys(ingest(tmp_path / "ledger", rows))]
        return [row["hash"] for row in table(tmp_path / "ledger", "transactions")], found

    return store


def dumped(folder: Path, sources: Sequence[OutputRows]) -> tuple[list[str], dict[str, str]]:
    """Ingest sources into a new ledger; return its dump, and its files with their hashes."""
    for rows in sources:
        ingest(folder, rows)
    ledger = ParquetLedger.open(folder)
    assert ledger.verify() == ()
    return list(ledger.dump(CHAIN)), {file.path: file.sha256 for file in ledger.manifest.files().values()}


@st.composite
def deliveries(draw: st.DrawFn) -> tuple[OutputRows, list[OutputRows]]:
    """Draw rows, and the same rows in parts that overlap, in any order."""
    rows = draw(output_rows())
    numbers = range(len(rows.transactions))
    some = st.sets(st.sampled_from(numbers)) if numbers else st.just(set())
    first, rest = rows.split(draw(some))
    again, _ = rows.split(draw(some))
    return rows, draw(st.permutations([rest, first, again]))


def check_delivery(rows: OutputRows, parts: list[OutputRows]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        at_once = dumped(Path(folder) / "at once", [rows])
        in_parts = dumped(Path(folder) / "in parts", parts)
        assert in_parts[0] == at_once[0]
        assert in_parts[1] == at_once[1]


@settings(max_examples=6, deadline=None)
@given(deliveries())
def test_any_order_split_and_repetition_of_sources_gives_the_same_files(delivery):
    check_delivery(*delivery)


@pytest.mark.slow
@settings(max_examples=150, deadline=None)
@given(deliveries())
def test_many_orders_splits_and_repetitions_of_sources_give_the_same_files(delivery):
    check_delivery(*delivery)


def coinbase_and_spend() -> OutputRows:
    rows = OutputRows()
    origin = rows.add("coinbase", 3, 0, (), [("a", 50)])
    rows.add("spend", 3, 1, [Spend(origin)], [("b", 20), ("c", 25)])
    return rows


def test_the_rows_of_a_transaction_stand_together_and_in_order(tmp_path):
    rows = coinbase_and_spend()
    for name in ("transactions", "inputs", "outputs"):
        getattr(rows, name).reverse()
    ingest(tmp_path, rows)
    assert [row["hash"] for row in table(tmp_path, "transactions")] == [hash_of("coinbase"), hash_of("spend")]
    assert [(row["address"], row["index"]) for row in table(tmp_path, "outputs")] == [("a", 0), ("b", 0), ("c", 1)]
    assert [row["spent_transaction_hash"] for row in table(tmp_path, "inputs")] == [hash_of("coinbase")]


def test_the_source_that_states_more_wins(tmp_path):
    poor, rich = coinbase_and_spend(), coinbase_and_spend()
    for row in poor.transactions:
        row |= {"index": None, "size": None, "block_timestamp": None}
    rich.inputs[0] |= {"value": 50, "address": "a", "type": "p2pk"}
    for row in rich.outputs:
        row["script_hex"] = "51"
    for number, sources in enumerate(itertools.permutations([poor, rich])):
        ledger = tmp_path / str(number)
        assert [key for rows in sources for key in keys(ingest(ledger, rows))] == []
        assert [row["index"] for row in table(ledger, "transactions")] == [0, 1]
        assert [row["size"] for row in table(ledger, "transactions")] == [100, 101]
        assert [row["value"] for row in table(ledger, "inputs")] == [50]
        assert {row["script_hex"] for row in table(ledger, "outputs")} == {"51"}


@pytest.mark.parametrize(
    ("which", "name", "value", "kept"),
    [
        ("transactions", "size", 999, 999),
        ("inputs", "spent_output_index", 5, 5),
        ("outputs", "value", 7, 50),
        ("outputs", "address", "zz", "zz"),
    ],
)
def test_sources_that_disagree_are_reported_and_the_highest_is_kept(tmp_path, which, name, value, kept):
    one, other = coinbase_and_spend(), coinbase_and_spend()
    getattr(other, which)[0][name] = value
    complaint = which.removesuffix("s")
    left, right = tmp_path / "left", tmp_path / "right"
    ingest(left, one)
    ingest(right, other)
    assert complaint in keys(ingest(left, other))
    assert complaint in keys(ingest(right, one))
    assert list(ParquetLedger.open(left).dump(CHAIN)) == list(ParquetLedger.open(right).dump(CHAIN))
    assert table(left, which)[0][name] == kept


def test_a_transaction_that_comes_in_two_blocks_is_kept_in_the_later(stored, tmp_path):
    early, late = OutputRows(), OutputRows()
    for rows, block in ((early, 3), (late, 900)):
        rows.add("spend", block, 1, [Spend(hash_of("before"), value=9)], [("b", 5)])
    _, complaints = stored(late, early)
    assert complaints == ["place"]
    assert [row["block_number"] for row in table(tmp_path / "ledger", "transactions")] == [900]
    assert [row["block_number"] for row in table(tmp_path / "ledger", "outputs")] == [900]


def test_a_coinbase_that_was_mined_twice_stands_in_both_blocks(tmp_path):
    """Blocks 91,722 and 91,880 of Bitcoin hold the same coinbase (BIP 30); the later output takes the place."""
    rows = OutputRows()
    for block in (3, 900):
        rows.add("twice", block, 0, (), [("a", 50)])
    rows.add("spend", 901, 1, [Spend(hash_of("twice"))], [("b", 50)])
    rows.add("again", 902, 1, [Spend(hash_of("twice"))], [("c", 50)])
    assert keys(ingest(tmp_path, rows)) == ["spent_twice"]
    assert [row["block_number"] for row in table(tmp_path, "transactions")] == [3, 900, 901, 902]
    columns = ParquetLedger.open(tmp_path).outputs(CHAIN)
    assert columns.spent_output.tolist() == [1, -1]
    assert columns.hashes.rows(hash_of("twice")).tolist() == [0, 1]


def test_an_output_spent_between_two_coinbases_of_one_hash_is_the_earlier(tmp_path):
    rows = OutputRows()
    for block in (3, 900):
        rows.add("twice", block, 0, (), [("a", 50)])
    rows.add("spend", 5, 1, [Spend(hash_of("twice"))], [("b", 50)])
    rows.add("again", 902, 1, [Spend(hash_of("twice"))], [("c", 50)])
    assert keys(ingest(tmp_path, rows)) == []
    assert ParquetLedger.open(tmp_path).outputs(CHAIN).spent_output.tolist() == [0, 2]


@pytest.mark.parametrize("table_name", ["inputs", "outputs"])
def test_half_a_transaction_is_left_out_whole(stored, table_name, tmp_path):
    rows = coinbase_and_spend()
    getattr(rows, table_name).pop()
    assert stored(rows) == ([hash_of("coinbase")], ["broken"])
    assert [row["address"] for row in table(tmp_path / "ledger", "outputs")] == ["a"]


@pytest.mark.parametrize("change", [{"value": -1}, {"value": None}, {"index": 7}])
def test_a_transaction_that_states_what_cannot_be_is_left_out(stored, change):
    rows = coinbase_and_spend()
    rows.outputs[-1] |= change
    assert stored(rows) == ([hash_of("coinbase")], ["broken"])


@pytest.mark.parametrize("change", [{"input_count": None}, {"is_coinbase": None}, {"is_coinbase": True}])
def test_a_transaction_that_does_not_say_what_it_is_is_left_out(stored, change):
    rows = coinbase_and_spend()
    rows.transactions[1] |= change
    assert stored(rows) == ([hash_of("coinbase")], ["broken"])


def test_a_transaction_without_a_block_is_left_out(stored):
    rows = coinbase_and_spend()
    for one in (rows.transactions[1], *rows.inputs, *rows.outputs[1:]):
        one["block_number"] = None
    assert stored(rows) == ([hash_of("coinbase")], ["no_block"])


def test_two_blocks_of_one_number_are_never_mixed(tmp_path):
    ingest(tmp_path, coinbase_and_spend())
    before = list(ParquetLedger.open(tmp_path).dump(CHAIN))
    stale = OutputRows()
    stale.add("other coinbase", 3, 0, (), [("z", 50)], block_hash=hash_of("stale"))
    with pytest.raises(Conflict) as refused:
        ingest(tmp_path, stale)
    assert refused.value.key == "ledger.outputs.two_hashes"
    assert refused.value.fields["block"] == 3
    assert list(ParquetLedger.open(tmp_path).dump(CHAIN)) == before


def test_transactions_without_a_place_are_ordered_by_what_they_spend_and_marked(tmp_path):
    names = sorted("abcdef", key=hash_of, reverse=True)
    rows = OutputRows()
    spent = hash_of("before")
    for name in names:
        spent = rows.add(name, 3, None, [Spend(spent, value=9)], [(name, 9)])
    ingest(tmp_path, rows)
    assert [row["hash"] for row in table(tmp_path, "transactions")] == [hash_of(name) for name in names]
    assert [row["address"] for row in table(tmp_path, "outputs")] == names
    assert ParquetLedger.open(tmp_path).knowledge(CHAIN).order_assumed == len(names)


def test_a_new_block_rewrites_only_the_slice_it_falls_in(tmp_path):
    rows = OutputRows()
    for block in range(64):
        rows.add(f"coinbase {block}", block, 0, (), [("a", 50)])
    ingest(tmp_path, rows)
    before = {file.path for file in ParquetLedger.open(tmp_path).record(CHAIN).table("transactions")}
    more = OutputRows()
    more.add("coinbase 64", 64, 0, (), [("a", 50)])
    more.add("late", 17, 1, [Spend(hash_of("coinbase 3"))], [("b", 5)])
    ingest(tmp_path, more)
    after = {file.path for file in ParquetLedger.open(tmp_path).record(CHAIN).table("transactions")}
    assert len(before) >= 10
    assert len(before - after) <= 2
    assert len(table(tmp_path, "transactions")) == 66


def test_nothing_new_changes_nothing(tmp_path):
    report = ingest(tmp_path, coinbase_and_spend())
    assert ingest(tmp_path, OutputRows()).manifest_sha256 == report.manifest_sha256
    assert (report.rows_read, report.rows_added, report.rows_total, report.head_block) == (2, 2, 2, 3)
    assert ingest(tmp_path, coinbase_and_spend()).rows_added == 0
