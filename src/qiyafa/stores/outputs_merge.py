"""Merges new transactions into the slices of a chain of outputs, rewriting only the slices that they touch.

A slice is touched if a row of its blocks came that it does not hold, if it holds a transaction that comes again in
another block, or if the cuts move.
Slices are made one by one, so memory does not grow with the ledger.
"""

# ruff: noqa: S608 - every text put into a query is our own or a quoted literal

from bisect import bisect_left, bisect_right
from collections import defaultdict
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any, Final

import duckdb

from qiyafa.model.errors import Conflict
from qiyafa.model.ports import Progress, silent
from qiyafa.model.raw import RawOutputs
from qiyafa.stores import layout, outputs_sql
from qiyafa.stores.duck import literals, tables
from qiyafa.stores.manifest import ChainRecord, StoredFile
from qiyafa.stores.outputs_order import order_in_block
from qiyafa.stores.outputs_problems import Problems
from qiyafa.stores.outputs_slices import SLICE_ROWS, Piece, Slice, cut, slices_of
from qiyafa.stores.outputs_tables import SHAPES, output_files, write_part
from qiyafa.stores.part_schema import ROW_GROUP_ROWS

_PROGRESS: Final = "ledger.progress.merging_outputs"


@dataclass(frozen=True, slots=True)
class OutputsWork:
    """What a merge works on, and where."""

    connection: duckdb.DuckDBPyConnection
    ledger: Path
    record: ChainRecord | None
    """None for a chain that the ledger does not have yet."""
    raw: RawOutputs
    aside: Path
    slice_rows: int = SLICE_ROWS
    row_group_rows: int = ROW_GROUP_ROWS
    progress: Progress = silent


@dataclass(frozen=True, slots=True)
class MergedOutputs:
    """The slices of a chain after a merge."""

    files: tuple[StoredFile, ...]
    """Table by table, each in ledger order; the new ones lie in the folder aside."""
    rows_read: int
    """Transactions."""
    problems: Problems


def merge_outputs(work: OutputsWork) -> MergedOutputs:
    """Return the chain's slices with the raw rows merged in; nothing in the ledger's own folders is changed.

    Raises Conflict if transactions name two hashes of one block.
    """
    problems = Problems(work.raw.chain)
    if not work.raw.transaction_files:
        return MergedOutputs(output_files(work.record), 0, problems)
    for table, files in _raw_files(work.raw).items():
        _view(work, f"raw_{table}", outputs_sql.raw_rows(table) if files else outputs_sql.no_rows(table), files)
    (rows_read,) = _row(work, "SELECT count(*) FROM raw_transactions")
    pieces, has_repeated = _planned(work)
    _report_transactions_without_block(work, problems)
    merge = _Merge(work, has_repeated, problems)
    total, done = sum(piece.rows for piece in pieces), 0
    for piece in pieces:
        merge.add(piece)
        done += piece.rows
        work.progress(_PROGRESS, done, total)
    return MergedOutputs(merge.all_files(), rows_read, problems)


def _planned(work: OutputsWork) -> tuple[list[Piece], bool]:
    """Return the slices of the ledger to be, with the views set up to write those that change."""
    slices = slices_of(output_files(work.record))
    touched = _with_new_rows(work, slices)
    touched |= _with_old_transactions(work, [one for one in slices if one.first not in touched])
    while True:
        kept = [one for one in slices if one.first not in touched]
        has_repeated = _resolve(work, [one for one in slices if one.first in touched])
        blocks = work.connection.execute(outputs_sql.block_rows()).fetchall()
        pieces, broken = cut([(block, rows) for block, rows in blocks if block is not None], kept, work.slice_rows)
        if not broken:
            return pieces, has_repeated
        touched |= {one.first for one in broken}


def _with_new_rows(work: OutputsWork, slices: list[Slice]) -> set[int]:
    """Return the first blocks of the slices of whose blocks a row came that they do not hold.

    Sets up the views of incoming rows without those that the ledger holds already, word for word.
    """
    query = "SELECT DISTINCT block_number FROM raw_transactions WHERE block_number IS NOT NULL ORDER BY 1"
    blocks = [block for (block,) in work.connection.execute(query).fetchall()] if slices else []
    touched, known = set(), []
    for one in slices:
        came = blocks[bisect_left(blocks, one.first) : bisect_right(blocks, one.last)]
        if came and _has_new_row(work, one):
            touched.add(one.first)
        else:
            known += came
    query = "CREATE OR REPLACE TEMP TABLE known_blocks AS SELECT unnest($known::BIGINT[]) AS block_number"
    work.connection.execute(query, {"known": known})
    for table in SHAPES:
        fresh = "ANTI JOIN known_blocks USING (block_number)" if known else ""
        _view(work, f"incoming_{table}", f"SELECT * FROM raw_{table} {fresh}", [])
    return touched


def _has_new_row(work: OutputsWork, one: Slice) -> bool:
    for table in SHAPES:
        files = [str(work.ledger / file.path) for file in one.files if file.table == table]
        query = outputs_sql.new_rows(table, has_stored=bool(files)).replace("$files", literals(files))
        if work.connection.execute(query, {"first": one.first, "last": one.last}).fetchone() is not None:
            return True
    return False


def _with_old_transactions(work: OutputsWork, slices: list[Slice]) -> set[int]:
    """Return the first blocks of the slices that hold a transaction which comes again in another block."""
    of_file = {
        str(work.ledger / file.path): one.first
        for one in slices
        for file in one.files
        if file.table == layout.TRANSACTIONS
    }
    if not of_file:
        return set()
    query = f"""
      SELECT DISTINCT filename
      FROM read_parquet({literals(list(of_file))}, filename = true, hive_partitioning = false)
      SEMI JOIN incoming_transactions USING (hash)"""
    return {of_file[name] for (name,) in work.connection.execute(query).fetchall()}


def _resolve(work: OutputsWork, touched: list[Slice]) -> bool:
    """Set up the views over new and touched rows; return whether a transaction comes more than once."""
    for table, shape in SHAPES.items():
        files = [str(work.ledger / file.path) for one in touched for file in one.files if file.table == table]
        stored = f"UNION ALL BY NAME SELECT {shape.names()} FROM read_parquet($files, hive_partitioning = false)"
        _view(work, f"unresolved_{table}", f"SELECT * FROM incoming_{table} {stored if files else ''}", files)
    disputed = work.connection.execute(outputs_sql.two_hashes()).fetchone()
    if disputed is not None:
        block, one, other = disputed
        raise Conflict("ledger.outputs.two_hashes", block=block, hash=other, other=one)
    work.connection.execute(f"CREATE OR REPLACE TEMP TABLE repeated AS {outputs_sql.repeated()}")
    (has_repeated,) = _row(work, "SELECT count(*) > 0 FROM repeated")
    _view(work, "chosen_transactions", outputs_sql.chosen_transactions(has_repeated=bool(has_repeated)), [])
    return bool(has_repeated)


def _report_transactions_without_block(work: OutputsWork, problems: Problems) -> None:
    query = "SELECT hash FROM incoming_transactions WHERE block_number IS NULL ORDER BY hash"
    for (transaction_hash,) in work.connection.execute(query).fetchall():
        problems.add("ledger.conflict.no_block", transaction_hash)


@dataclass(slots=True)
class _Merge:
    """Writes the slices that change and collects the files of all."""

    work: OutputsWork
    has_repeated: bool
    problems: Problems
    files: defaultdict[str, list[StoredFile]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        if self.has_repeated:
            query = "SELECT hash FROM repeated WHERE moved ORDER BY hash"
            for (transaction_hash,) in self.work.connection.execute(query).fetchall():
                self.problems.add("ledger.conflict.place", transaction_hash)

    def add(self, piece: Piece) -> None:
        """Take the next slice."""
        if piece.stays is not None:
            for file in piece.stays.files:
                self.files[file.table].append(file)
            return
        self._fill_slice(piece)
        self._leave_out_broken()
        for table, shape in SHAPES.items():
            rows = tables(self.work.connection, outputs_sql.in_order(table))
            written = write_part(self.work.raw.chain, shape, rows, self.work.aside, self.work.row_group_rows)
            if written is not None:
                self.files[table].append(written)

    def all_files(self) -> tuple[StoredFile, ...]:
        """Return the files of all slices, table by table."""
        return tuple(file for table in SHAPES for file in self.files[table])

    def _fill_slice(self, piece: Piece) -> None:
        self._make("slice_repeated", outputs_sql.slice_repeated(), piece)
        self._make("slice_transactions", outputs_sql.slice_transactions(has_repeated=self.has_repeated), piece)
        self._place_in_blocks(piece)
        for table in (layout.INPUTS, layout.OUTPUTS):
            query = outputs_sql.slice_rows(table, has_repeated=self.has_repeated)
            self._make(f"slice_{table}", query, piece)
        if self.has_repeated:
            self._report_disputes()

    def _place_in_blocks(self, piece: Piece) -> None:
        """Number the transactions of blocks anew in which some have no place and one spends another."""
        self._make("unplaced", outputs_sql.unplaced(), None)
        spends = self._rows(outputs_sql.spends_inside_blocks(), piece)
        if not spends:
            return
        edges: defaultdict[int, list[tuple[str, str]]] = defaultdict(list)
        for block, creator, spender in spends:
            edges[block].append((creator, spender))
        blocks: list[int] = []
        hashes: list[str] = []
        places: list[int] = []
        for block, rows in groupby(self._rows("SELECT * FROM unplaced ORDER BY number", None), lambda row: row[0]):
            if block in edges:
                ordered = order_in_block([(index, name) for _, index, name, _ in rows], edges[block])
                blocks += [block] * len(ordered)
                hashes += ordered
                places += range(len(ordered))
        query = f"CREATE OR REPLACE TEMP TABLE places AS {outputs_sql.places()}"
        self.work.connection.execute(query, {"blocks": blocks, "hashes": hashes, "places": places})
        self._make("placed_transactions", outputs_sql.placed(), None)
        self.work.connection.execute("DROP TABLE slice_transactions")
        self.work.connection.execute("ALTER TABLE placed_transactions RENAME TO slice_transactions")

    def _leave_out_broken(self) -> None:
        broken = self._rows(outputs_sql.broken(), None)
        if not broken:
            return
        for _, transaction_hash in broken:
            self.problems.add("ledger.conflict.broken", transaction_hash)
        numbers = [number for number, _ in broken]
        for table in SHAPES:
            query = f"DELETE FROM slice_{table} WHERE number IN (SELECT unnest($numbers::BIGINT[]))"
            self.work.connection.execute(query, {"numbers": numbers})

    def _report_disputes(self) -> None:
        keys = {
            layout.TRANSACTIONS: "ledger.conflict.transaction",
            layout.INPUTS: "ledger.conflict.input",
            layout.OUTPUTS: "ledger.conflict.output",
        }
        for table, key in keys.items():
            for transaction_hash, index in self._rows(outputs_sql.disputes(table), None):
                self.problems.add(key, transaction_hash, **({} if index is None else {"index": index}))

    def _make(self, name: str, query: str, piece: Piece | None) -> None:
        self.work.connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {query}", _bounds(piece))

    def _rows(self, query: str, piece: Piece | None) -> list[Any]:
        return self.work.connection.execute(query, _bounds(piece)).fetchall()


def _bounds(piece: Piece | None) -> dict[str, int]:
    return {} if piece is None else {"first": piece.first, "last": piece.last}


def _raw_files(raw: RawOutputs) -> dict[str, tuple[str, ...]]:
    return {
        layout.TRANSACTIONS: raw.transaction_files,
        layout.INPUTS: raw.input_files,
        layout.OUTPUTS: raw.output_files,
    }


def _view(work: OutputsWork, name: str, query: str, files: list[str] | tuple[str, ...]) -> None:
    work.connection.execute(f"CREATE OR REPLACE VIEW {name} AS {query.replace('$files', literals(list(files)))}")


def _row(work: OutputsWork, query: str) -> tuple[int, ...]:
    row = work.connection.execute(query).fetchone()
    assert row is not None
    return row
