"""Where the slices of a chain of outputs are cut: a rule that knows only the blocks and their rows.

Blocks 0 to 2^n are halved until a piece holds no more than so many rows, or one block. So the cuts depend on the
content alone, never on the order of ingests, and a new block moves no cut far from it.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

from qiyafa.stores.manifest import StoredFile

SLICE_ROWS: Final = 1 << 20
"""Rows of a slice at most, all tables together; a single block may have more."""


@dataclass(frozen=True, slots=True)
class Slice:
    """A range of blocks that the ledger holds in files of its own."""

    first: int
    last: int
    rows: int
    """Of all tables."""
    files: tuple[StoredFile, ...]


@dataclass(frozen=True, slots=True)
class Piece:
    """A range of blocks of the ledger to be."""

    first: int
    last: int
    rows: int
    stays: Slice | None = None
    """The slice that holds exactly these blocks already; None if it is to be written."""


def slices_of(files: Iterable[StoredFile]) -> list[Slice]:
    """Return the slices that files make up, ascending. Files of different tables belong together if they overlap."""
    slices: list[Slice] = []
    for file in sorted(files, key=lambda one: (one.first_block or 0, one.last_block or 0, one.table)):
        first, last = file.first_block or 0, file.last_block or 0
        if slices and first <= slices[-1].last:
            before = slices[-1]
            last = max(before.last, last)
            slices[-1] = Slice(before.first, last, before.rows + file.rows, (*before.files, file))
        else:
            slices.append(Slice(first, last, file.rows, (file,)))
    return slices


def cut(blocks: Sequence[tuple[int, int]], kept: Sequence[Slice], most: int) -> tuple[list[Piece], list[Slice]]:
    """Cut the chain: single blocks (number, rows), ascending, and kept slices apart from them.

    Return the pieces, ascending, and the kept slices that cannot stay as they are. If there are any, the caller takes
    them apart into blocks and asks again.
    """
    found = _Content(blocks, kept)
    pieces: list[Piece] = []
    broken: list[Slice] = []
    waiting = [(0, 1 << found.last_block().bit_length())]
    while waiting:
        begin, end = waiting.pop()
        blocks_there, kept_there, rows = found.between(begin, end)
        broken += [one for one in kept_there if one.last >= end]
        if not blocks_there and not kept_there:
            continue
        if rows > most and end - begin > 1:
            middle = (begin + end) // 2
            waiting += [(middle, end), (begin, middle)]
        elif not kept_there:
            pieces.append(Piece(blocks_there[0][0], blocks_there[-1][0], rows))
        elif len(kept_there) == 1 and not blocks_there:
            (stays,) = kept_there
            pieces.append(Piece(stays.first, stays.last, rows, stays))
        else:
            broken += kept_there
    return pieces, broken


class _Content:
    """Blocks and slices, asked by ranges."""

    def __init__(self, blocks: Sequence[tuple[int, int]], kept: Sequence[Slice]) -> None:
        self._blocks, self._kept = blocks, kept
        self._numbers = [number for number, _ in blocks]
        self._firsts = [one.first for one in kept]
        self._block_rows = [0, *accumulate(rows for _, rows in blocks)]
        self._kept_rows = [0, *accumulate(one.rows for one in kept)]

    def last_block(self) -> int:
        """Return the last block of all, 0 if there is none."""
        return max([*self._numbers[-1:], *(one.last for one in self._kept[-1:])], default=0)

    def between(self, begin: int, end: int) -> tuple[Sequence[tuple[int, int]], Sequence[Slice], int]:
        """Return blocks and slices that begin in a range, the end left out, and their rows."""
        first, last = bisect_left(self._numbers, begin), bisect_left(self._numbers, end)
        first_kept, last_kept = bisect_left(self._firsts, begin), bisect_left(self._firsts, end)
        rows = self._block_rows[last] - self._block_rows[first]
        rows += self._kept_rows[last_kept] - self._kept_rows[first_kept]
        return self._blocks[first:last], self._kept[first_kept:last_kept], rows
