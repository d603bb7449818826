"""Merges new transfers into the parts of a chain, rewriting only the parts that they touch.

A part is touched if its range holds a new row, if it holds a row of a new row's transaction, or if it is small.
Rows are merged range by range, so memory does not grow with the ledger.
"""

# ruff: noqa: S608 - every text put into a query is our own or a quoted literal

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import duckdb

from qiyafa.model.errors import Problem
from qiyafa.model.ports import Progress, silent
from qiyafa.stores import merge_sql
from qiyafa.stores.duck import literals, tables
from qiyafa.stores.manifest import BY_BLOCK, BY_TIME, ChainRecord, StoredFile
from qiyafa.stores.part_writer import PartSizes, PartWriter

RANGE_ROWS: Final = 1 << 20
"""So many rows, duplicates included, are merged at a time."""
LISTED_CONFLICTS: Final = 1000
"""Further conflicts are counted but not listed."""

_FIRST_KEY, _LAST_KEY = -(2**62), 2**62


@dataclass(frozen=True, slots=True)
class Work:
    """What a merge works on, and where."""

    connection: duckdb.DuckDBPyConnection
    ledger: Path
    chain: str
    record: ChainRecord | None
    """None for a chain that the ledger does not have yet."""
    raw_files: tuple[str, ...]
    aside: Path
    sizes: PartSizes = field(default_factory=PartSizes)
    progress: Progress = silent

    def parts(self) -> tuple[StoredFile, ...]:
        """Return the parts of the chain before the merge."""
        return () if self.record is None else self.record.transfers()


@dataclass(frozen=True, slots=True)
class Merged:
    """The parts of a chain after a merge."""

    parts: tuple[StoredFile, ...]
    """In ledger order; the new ones lie in the folder aside."""
    ordered_by: str
    rows_read: int
    conflicts: tuple[Problem, ...]
    conflict_count: int


def merge_transfers(work: Work) -> Merged:
    """Return the chain's parts with the raw rows merged in; nothing in the ledger's own folders is changed."""
    if not work.raw_files:
        return Merged(work.parts(), work.record.ordered_by if work.record else BY_BLOCK, 0, (), 0)
    connection = work.connection
    _view(connection, "incoming", merge_sql.incoming_rows(), list(work.raw_files))
    (rows_read,) = _row(connection, "SELECT count(*) FROM incoming")
    touched = _touched(work)
    ordered_by = _resolve(work, touched)
    if ordered_by == BY_TIME and len(touched) < len(work.parts()):
        # A row without its block puts the whole chain in order of time.
        touched = {part.path for part in work.parts()}
        ordered_by = _resolve(work, touched)
    conflicts = _disputed_transactions(work)
    parts = _rewritten(work, touched, ordered_by, conflicts)
    return Merged(parts, ordered_by, rows_read, tuple(conflicts.listed), conflicts.count)


def _touched(work: Work) -> set[str]:
    """Return the paths of the parts that must be rewritten."""
    parts = work.parts()
    if work.record is not None and work.record.ordered_by == BY_TIME:
        return {part.path for part in parts}
    touched = {part.path for part in parts if part.rows < work.sizes.small_rows or _holds_new_row(work, part)}
    rest = [part for part in parts if part.path not in touched]
    if rest:
        rows = work.connection.execute(f"""
            SELECT DISTINCT filename FROM read_parquet({_files(work, rest)}, filename = true) AS stored
            SEMI JOIN incoming USING (transaction_hash) WHERE transaction_hash <> ''""").fetchall()
        named = {str(work.ledger / part.path): part.path for part in rest}
        touched.update(named[name] for (name,) in rows)
    return touched


def _holds_new_row(work: Work, part: StoredFile) -> bool:
    found = work.connection.execute(
        "SELECT 1 FROM incoming WHERE block_number BETWEEN $first AND $last LIMIT 1",
        {"first": part.first_block, "last": part.last_block},
    ).fetchone()
    return found is not None


def _resolve(work: Work, touched: set[str]) -> str:
    """Set up the view `candidates` over the new and the touched rows; return what orders the chain."""
    connection = work.connection
    kept = [part for part in work.parts() if part.path in touched]
    stored = f"UNION ALL BY NAME {merge_sql.kept_rows()}".replace("$files", _files(work, kept)) if kept else ""
    connection.execute(f"CREATE OR REPLACE VIEW unresolved AS SELECT * FROM incoming {stored}")
    connection.execute(f"CREATE OR REPLACE TEMP TABLE resolved AS {merge_sql.resolved_transactions()}")
    connection.execute(f"CREATE OR REPLACE TEMP TABLE block_times AS {merge_sql.block_times()}")
    (has_resolved,) = _row(connection, "SELECT count(*) > 0 FROM resolved")
    (has_block_times,) = _row(connection, "SELECT count(*) > 0 FROM block_times")
    filled = merge_sql.candidates(has_resolved=bool(has_resolved), has_block_times=bool(has_block_times))
    connection.execute(f"CREATE OR REPLACE VIEW candidates AS {filled}")
    without_block = connection.execute("SELECT 1 FROM candidates WHERE block_number IS NULL LIMIT 1").fetchone()
    return BY_BLOCK if without_block is None else BY_TIME


def _rewritten(work: Work, touched: set[str], ordered_by: str, conflicts: "_Conflicts") -> tuple[StoredFile, ...]:
    """Return all parts of the chain in order, the touched ones written anew aside."""
    key = "block_number" if ordered_by == BY_BLOCK else "coalesce(time, -1)"
    query = merge_sql.merged(key, by_time=ordered_by == BY_TIME)
    parts: list[StoredFile] = []
    (total,) = _row(work.connection, "SELECT count(*) FROM candidates")
    done = 0
    with PartWriter(work.chain, ordered_by, work.aside, work.sizes) as writer:
        for gap in _gaps(work.parts(), touched):
            writer.old_ends = [_last_key(part, ordered_by) for part in gap.touched]
            for first, last, rows in _ranges(work, key, gap):
                _collect_disputes(work, key, (first, last), conflicts)
                for table in tables(work.connection, query, {"first": first, "last": last}):
                    writer.write(table)
                done += rows
                work.progress("ledger.progress.merging", done, total)
            writer.close()
            parts += [*writer.take(), *gap.followed_by]
    return tuple(parts)


@dataclass(slots=True)
class _Gap:
    """A run of touched parts and the space around them, between two parts that stay as they are."""

    first: int = _FIRST_KEY
    last: int = _LAST_KEY
    touched: list[StoredFile] = field(default_factory=list)
    followed_by: list[StoredFile] = field(default_factory=list)
    """The part behind the gap, if there is one."""


def _gaps(parts: Sequence[StoredFile], touched: set[str]) -> list[_Gap]:
    gaps = [_Gap()]
    for part in parts:
        if part.path in touched:
            gaps[-1].touched.append(part)
            continue
        assert part.first_block is not None
        assert part.last_block is not None
        gaps[-1].last = part.first_block - 1
        gaps[-1].followed_by = [part]
        gaps.append(_Gap(first=part.last_block + 1))
    return gaps


def _ranges(work: Work, key: str, gap: _Gap) -> list[tuple[int, int, int]]:
    """Return ranges of keys that hold about RANGE_ROWS rows each: first key, last key, rows."""
    return work.connection.execute(
        f"""
        SELECT min(key), max(key), sum(rows)::BIGINT FROM (
          SELECT key, rows, (sum(rows) OVER (ORDER BY key) - 1) // {RANGE_ROWS} AS range_number
          FROM (SELECT {key} AS key, count(*) AS rows FROM candidates WHERE {key} BETWEEN $first AND $last GROUP BY ALL)
        ) GROUP BY range_number ORDER BY range_number""",
        {"first": gap.first, "last": gap.last},
    ).fetchall()


@dataclass(slots=True)
class _Conflicts:
    chain: str
    listed: list[Problem] = field(default_factory=list)
    count: int = 0

    def add(self, key: str, transaction_hash: str, kind: str = "") -> None:
        """Count a conflict about a transaction, and list it if there is room."""
        self.count += 1
        if len(self.listed) < LISTED_CONFLICTS:
            self.listed.append(
                Problem(self.chain, f"transaction {transaction_hash}", key, {"kind": kind} if kind else {})
            )


def _disputed_transactions(work: Work) -> _Conflicts:
    conflicts = _Conflicts(work.chain)
    rows = work.connection.execute("SELECT transaction_hash FROM resolved WHERE disputed ORDER BY ALL").fetchall()
    for (transaction_hash,) in rows:
        conflicts.add("ledger.conflict.place", transaction_hash)
    return conflicts


def _collect_disputes(work: Work, key: str, span: tuple[int, int], conflicts: _Conflicts) -> None:
    bounds = {"first": span[0], "last": span[1]}
    work.connection.execute(f"CREATE OR REPLACE TEMP TABLE contested AS {merge_sql.contested(key)}", bounds)
    for transaction_hash, kind in work.connection.execute(merge_sql.disputed_numbers(key), bounds).fetchall():
        conflicts.add("ledger.conflict.transfer", transaction_hash, kind)


def _last_key(part: StoredFile, ordered_by: str) -> int:
    key = part.last_block if ordered_by == BY_BLOCK else part.last_time
    return -1 if key is None else key


def _files(work: Work, parts: Sequence[StoredFile]) -> str:
    return literals([str(work.ledger / part.path) for part in parts])


def _view(connection: duckdb.DuckDBPyConnection, name: str, query: str, files: list[str]) -> None:
    connection.execute(f"CREATE OR REPLACE VIEW {name} AS {query.replace('$files', literals(files))}")


def _row(connection: duckdb.DuckDBPyConnection, query: str) -> tuple[int, ...]:
    row = connection.execute(query).fetchone()
    assert row is not None
    return row
