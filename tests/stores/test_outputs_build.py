"""The columns of a chain of outputs: what the rows say, found without an object for each."""

import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings

from qiyafa.model.columns import U64
from qiyafa.model.outputs import UNKNOWN_OUTPUT, OutputColumns
from qiyafa.stores.outputs_build import BuiltOutputs, build_outputs
from qiyafa.stores.outputs_ingest import IngestOutputs, ingest_outputs
from qiyafa.stores.outputs_kernels import Created, HashTable, Spends, fill_table, resolve
from qiyafa.stores.parquet_duckdb import ParquetLedger

from support.output_ledgers import (
    BITCOIN,
    CHAIN,
    OutputRows,
    Spend,
    facts,
    hash_of,
    output_rows,
    plain_facts,
    write_outputs,
)


def built(ledger: Path, rows: OutputRows, row_group_rows: int = 3) -> BuiltOutputs:
    """Ingest rows, in slices and row groups of a few rows, and build their columns from the Parquet."""
    ParquetLedger.open_or_create(ledger)
    scratch = ledger.with_name("scratch")
    scratch.mkdir(exist_ok=True)
    raw = write_outputs(scratch, rows)
    ingest_outputs(IngestOutputs(ledger, raw, BITCOIN, slice_rows=12, row_group_rows=row_group_rows))
    return build_outputs(ParquetLedger.open(ledger).record(CHAIN), lambda file: ledger / file.path)


@settings(max_examples=12, deadline=None)
@given(output_rows())
def test_columns_say_what_the_rows_say(rows):
    with tempfile.TemporaryDirectory() as folder:
        ledger = Path(folder) / "ledger"
        made = built(ledger, rows)
        record = ParquetLedger.open(ledger).record(CHAIN)
        assert facts(made.columns) == plain_facts(ledger, record)
        assert facts(ParquetLedger.open(ledger).outputs(CHAIN)) == facts(made.columns)
        assert (len(made.faults.inputs), len(made.faults.unreconciled)) == (0, 0)
        check_shape(made.columns)


def check_shape(columns: OutputColumns) -> None:
    """Check what every reader of columns relies on, whatever they say."""
    assert columns.first_input[0] == 0
    assert columns.first_input[-1] == len(columns.spent_output)
    assert columns.first_output[-1] == len(columns.value) == len(columns.owner) == len(columns.output_index)
    assert np.all(np.diff(columns.block) >= 0)
    known = columns.spent_output[columns.spent_output != UNKNOWN_OUTPUT]
    assert len(np.unique(known)) == len(known)
    for transaction in range(len(columns)):
        spent = columns.spent_output[columns.first_input[transaction] : columns.first_input[transaction + 1]]
        assert np.all(spent < columns.first_output[transaction])
    assert (columns.asset, columns.chain) == (BITCOIN, CHAIN)


def test_outputs_from_before_the_ledger_come_first_and_state_their_origin(tmp_path):
    rows = OutputRows()
    old = Spend(hash_of("old"), 3, 70, "z")
    rows.add("spend", 1, 1, [old, Spend(hash_of("unseen"))], [("a", 60)])
    columns = built(tmp_path / "ledger", rows).columns
    assert columns.spent_output.tolist() == [0, UNKNOWN_OUTPUT]
    assert columns.first_output.tolist() == [1, 2]
    assert (columns.value.tolist(), columns.output_index.tolist()) == ([70, 60], [3, 0])
    assert columns.addresses.text(int(columns.owner[0])) == "z"
    assert columns.foreign_hashes.text(0) == hash_of("old")
    assert columns.foreign_hashes.rows(hash_of("old")).tolist() == [0]


def test_what_the_ledger_holds_wins_over_what_an_input_states(tmp_path):
    rows = OutputRows()
    origin = rows.add("coinbase", 1, 0, (), [("a", 50)])
    rows.add("spend", 2, 1, [Spend(origin, 0, 49, "b")], [("c", 50)])
    made = built(tmp_path / "ledger", rows)
    assert made.columns.value.tolist() == [50, 50]
    assert (made.faults.inputs.tolist(), len(made.faults.unreconciled)) == ([0], 0)


def test_transactions_are_found_by_their_hash_alone(tmp_path):
    rows = OutputRows()
    names = [rows.add(f"coinbase {number}", number, 0, (), [("a", 50)]) for number in range(40)]
    hashes = built(tmp_path / "ledger", rows).columns.hashes
    assert [hashes.rows(name).tolist() for name in names] == [[number] for number in range(40)]
    for other in ("", "xyz", names[0][:-1], names[0].upper(), hash_of("nothing")):
        assert hashes.rows(other).tolist() == []


def many_foreign() -> OutputRows:
    rows = OutputRows()
    for number in range(60):
        spends = [Spend(hash_of(number), at, 10 + at, f"owner {number}") for at in range(50)]
        rows.add(f"spend {number}", 1, number + 1, spends, [("a", 1)])
    return rows


def test_outputs_from_before_the_ledger_may_be_many(tmp_path):
    columns = built(tmp_path / "ledger", many_foreign(), row_group_rows=700).columns
    assert columns.spent_output.tolist() == list(range(3000))
    assert columns.value[:3000].tolist() == [10 + at for _ in range(60) for at in range(50)]
    assert columns.addresses.text(int(columns.owner[2999])) == "owner 59"


@pytest.fixture
def alike() -> U64:
    """Keys that share their first and last eight bytes, which is all that chooses a slot."""
    keys = np.zeros((64, 4), np.uint64)
    keys[:, 1] = np.arange(64)
    return keys


def test_hashes_that_begin_and_end_alike_are_told_apart(alike):
    created = Created(
        table=HashTable(np.zeros(128, np.uint64), alike, np.uint64(7)),
        earlier=np.empty(64, np.int64),
        first_output=np.arange(65),
        value=np.arange(64, dtype=np.uint64),
        spent=np.zeros(64, np.uint8),
    )
    fill_table(created.table, created.earlier)
    assert created.earlier.tolist() == [-1] * 64
    wanted = np.concatenate([alike[::-1], np.array([[0, 99, 0, 0]], np.uint64)])
    spends = Spends(
        spender=np.full(65, 64), keys=wanted, output_index=np.zeros(65, np.int64), stated=np.full(65, -1, np.int64)
    )
    spent_output, faults = np.empty(65, np.int64), np.zeros(65, np.uint8)
    resolve(spends, created, spent_output, faults)
    assert spent_output.tolist() == [*range(63, -1, -1), -1]
    assert not faults.any()
