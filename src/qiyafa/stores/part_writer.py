"""Writes a sorted stream of transfers as parts: Parquet files of about a million rows that never share a block.

Where a part ends depends only on the rows and on where the ledger's parts ended before, so that ingesting the same
rows again cuts the same parts, byte for byte. A part's name begins with its range and ends with its content's hash.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from qiyafa.model.columns import I64, UNKNOWN_TIME
from qiyafa.stores.layout import TRANSFERS, table_folder
from qiyafa.stores.manifest import BY_BLOCK, StoredFile
from qiyafa.stores.part_schema import DICTIONARIES, ROW_GROUP_ROWS, TRANSFERS_SCHEMA
from qiyafa.stores.row_groups import RowGroupFile

PART_ROWS: Final = 1 << 20
"""A part ends with the first block that ends at or beyond this many rows."""
SMALL_ROWS: Final = 1 << 18
"""A smaller part is joined with its neighbour when an ingest comes by."""

_KINDS = ("fee", "native", "internal", "token", "reward")


@dataclass(frozen=True, slots=True)
class PartSizes:
    """How parts are cut; tests use small ones."""

    part_rows: int = PART_ROWS
    small_rows: int = SMALL_ROWS
    row_group_rows: int = ROW_GROUP_ROWS


@dataclass(slots=True)
class PartWriter:
    """Takes tables in ledger order and leaves finished parts in `folder`. Call `close` at the end of each gap.

    Used in a `with` block, which lets go of an unfinished part when something fails.
    """

    chain: str
    ordered_by: str
    folder: Path
    """Aside; the caller puts the parts in place."""
    sizes: PartSizes = field(default_factory=PartSizes)
    old_ends: list[int] = field(default_factory=list)
    """Last keys of the parts that are rewritten, ascending: a part may end there again."""
    parts: list[StoredFile] = field(default_factory=list)
    _open: "_OpenPart | None" = None

    def __enter__(self) -> "PartWriter":
        return self

    def __exit__(self, *failure: object) -> None:
        if self._open is not None:
            self._open.abandon()

    def write(self, table: pa.Table) -> None:
        """Add rows that follow all earlier ones."""
        table = table.cast(TRANSFERS_SCHEMA)
        keys = sort_keys(table, self.ordered_by)
        last = None if self._open is None else self._open.last_key
        assert bool((keys[1:] >= keys[:-1]).all()), "rows come in ledger order"
        assert last is None or len(keys) == 0 or last <= keys[0], "tables come in ledger order"
        start = 0
        while start < len(keys):
            end = self._end(keys, start)
            if end > start:
                self._append(table.slice(start, end - start), int(keys[end - 1]))
            if end < len(keys):
                self.close()
            start = end

    def close(self) -> None:
        """End the current part, if there is one."""
        if self._open is not None:
            self.parts.append(self._open.finish(self.chain))
            self._open = None

    def take(self) -> list[StoredFile]:
        """Return the parts finished since the last call."""
        taken, self.parts = self.parts, []
        return taken

    def _append(self, rows: pa.Table, last_key: int) -> None:
        if self._open is None:
            self._open = _OpenPart(self.folder / f"part-{len(self.parts)}.parquet", self.ordered_by, self.sizes)
        self._open.append(rows, last_key)

    def _end(self, keys: I64, start: int) -> int:
        """Return where the current part ends among `keys`, or their number if it goes on."""
        has, last = (0, None) if self._open is None else (self._open.rows, self._open.last_key)
        ends = [self._first_new_key(keys, start + max(self.sizes.part_rows - has, 0), last, start)]
        for old_end in self.old_ends:
            if last is not None and old_end < last:
                continue
            at = max(int(np.searchsorted(keys, old_end, side="right")), start)
            if at < len(keys) and has + at - start >= self.sizes.small_rows and (at > start or last != keys[start]):
                ends.append(at)
                break
        return min(ends)

    @staticmethod
    def _first_new_key(keys: I64, at: int, last: int | None, start: int) -> int:
        """Return the first row from `at` on whose key differs from the row before it."""
        if at >= len(keys):
            return len(keys)
        before = last if at == start else int(keys[at - 1])
        return at if before != keys[at] else int(np.searchsorted(keys, keys[at], side="right"))


def sort_keys(table: pa.Table, ordered_by: str) -> I64:
    """Return what parts are ranged by: block numbers, or times with unknown ones first."""
    name, missing = ("block_number", 0) if ordered_by == BY_BLOCK else ("time", UNKNOWN_TIME)
    keys: I64 = pc.fill_null(table[name], missing).combine_chunks().to_numpy(zero_copy_only=False)
    return keys


class _OpenPart:
    """A part that is being written."""

    def __init__(self, path: Path, ordered_by: str, sizes: PartSizes) -> None:
        self.last_key: int | None = None
        self._path = path
        self._ordered_by = ordered_by
        self._facts = _Facts()
        self._file = RowGroupFile(path, TRANSFERS_SCHEMA, DICTIONARIES, sizes.row_group_rows, self._facts.add)

    @property
    def rows(self) -> int:
        """Say how many rows the part holds so far."""
        return self._file.rows

    def append(self, rows: pa.Table, last_key: int) -> None:
        """Append rows that are in order; the last of them has this key."""
        self._file.append(rows)
        self.last_key = last_key

    def finish(self, chain: str) -> StoredFile:
        """Close the part, name it by its range and its digest, and return its entry in the manifest."""
        digest = self._file.finish()
        facts = self._facts
        first, last = facts.range(self._ordered_by)
        name = f"{first:012d}-{last:012d}-{digest[:16]}.parquet"
        aside = self._path.rename(self._path.with_name(name))
        return StoredFile(
            path=f"{table_folder(chain, TRANSFERS)}/{name}",
            table=TRANSFERS,
            sha256=digest,
            bytes=aside.stat().st_size,
            rows=self.rows,
            first_block=facts.first["block_number"],
            last_block=facts.last["block_number"],
            first_time=facts.first["time"],
            last_time=facts.last["time"],
            counts=dict(facts.counts),
        )

    def abandon(self) -> None:
        """Close the part without finishing it."""
        self._file.abandon()


class _Facts:
    """What the manifest says of a part: ranges of block and time, and counts."""

    def __init__(self) -> None:
        self.first: dict[str, int | None] = {"block_number": None, "time": None}
        self.last: dict[str, int | None] = {"block_number": None, "time": None}
        self.counts: dict[str, int] = {}

    def add(self, rows: pa.Table) -> None:
        """Take rows, in any order."""
        for name in self.first:
            least_most = pc.min_max(rows[name]).as_py()
            self.first[name] = _least(self.first[name], least_most["min"])
            self.last[name] = _most(self.last[name], least_most["max"])
        moves = pc.not_equal(rows["units_text"], "0")
        found = {kind: pc.equal(rows["kind"], kind) for kind in _KINDS}
        found["status_unknown"] = pc.equal(rows["status"], "unknown")
        found["lossy"] = pc.and_(pc.equal(rows["precision"], "lossy"), moves)
        found["order_assumed"] = pc.equal(rows["order"], "assumed")
        found["above_38_digits"] = pc.is_null(rows["units"])
        for name, flags in found.items():
            if count := pc.sum(flags).as_py():
                self.counts[name] = self.counts.get(name, 0) + count

    def range(self, ordered_by: str) -> tuple[int, int]:
        """Return the first and the last key that name a part; 0 where none is known."""
        name, missing = ("block_number", 0) if ordered_by == BY_BLOCK else ("time", 0)
        return self.first[name] or missing, self.last[name] or missing


def _least(one: int | None, other: int | None) -> int | None:
    known = [value for value in (one, other) if value is not None]
    return min(known) if known else None


def _most(one: int | None, other: int | None) -> int | None:
    known = [value for value in (one, other) if value is not None]
    return max(known) if known else None
