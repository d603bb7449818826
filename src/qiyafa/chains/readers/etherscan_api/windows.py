"""One list of one address, whole, although an answer holds at most 10,000 rows: window after window of blocks.

The last block of a full window may be cut, so its rows are left to the next window, which begins with it; each
block's rows thus come from one answer. A server may give fewer rows than it was asked for and not say so: a round
number of rows is therefore never taken for the end. The walk always ends: each window begins at a later block than
the one before, and there are at most so many.
"""

from collections.abc import Callable
from dataclasses import dataclass

from qiyafa.chains.answer_cache import KeptAnswer
from qiyafa.chains.http_client import BadAnswerError

WINDOW_ROWS = 10_000
"""The API gives no row beyond the 10,000th: page times offset may not be more."""

_ROUND_NUMBER = 25
"""A limit that a server keeps to in silence is a multiple of this."""
_LARGE_ROUND_NUMBER = 1_000
"""So many rows of one block, or a multiple of it, are no accident: the block is cut, and no range can be smaller."""


@dataclass(frozen=True, slots=True)
class BlockRange:
    """The blocks a window asks for, both ends included."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Window:
    """The rows of one answer that are taken, each as the explorer wrote it."""

    answer: KeptAnswer
    rows: tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Windows:
    """One list of one address."""

    windows: tuple[Window, ...]
    cut: BadAnswerError | None = None
    """Why there may be more rows than these; None if the list is whole."""

    @property
    def row_count(self) -> int:
        """How many rows were taken."""
        return sum(len(window.rows) for window in self.windows)


def read_windows(ask: Callable[[BlockRange], tuple[list[object], KeptAnswer]], last: int, most_rows: int) -> Windows:
    """Return the rows up to block `last`: all of them, or the first ones with the reason why not all.

    Raises what `ask` raises, except that a bad answer to a later question only cuts the list.
    """
    windows: list[Window] = []
    first, taken = 0, 0
    while first <= last:
        if taken >= most_rows:
            return Windows(tuple(windows), BadAnswerError("pull.problem.busy", rows=taken))
        try:
            rows, answer = ask(BlockRange(first, last))
            window, following = _window(rows, answer, BlockRange(first, last))
        except BadAnswerError as bad:
            if not windows:
                raise
            return Windows(tuple(windows), bad)
        windows.append(window)
        taken += len(window.rows)
        if following is None:
            break
        first = following
    return Windows(tuple(windows))


def _window(rows: list[object], answer: KeptAnswer, asked: BlockRange) -> tuple[Window, int | None]:
    """Return what is taken of an answer, and the block at which the next window begins; None after the last one."""
    blocks = [_block_of(row) for row in rows]
    known = [block for block in blocks if block is not None]
    if known != sorted(known) or (known and not (asked.first <= known[0] and known[-1] <= asked.last)):
        raise BadAnswerError("pull.problem.order", first=asked.first, last=asked.last)
    if not rows or len(rows) % _ROUND_NUMBER:
        return Window(answer, tuple(rows)), None
    if not known:
        raise BadAnswerError("pull.problem.no_blocks", rows=len(rows))
    if known[0] < known[-1]:
        kept = (row for row, block in zip(rows, blocks, strict=True) if block != known[-1])
        return Window(answer, tuple(kept)), known[-1]
    if len(rows) % _LARGE_ROUND_NUMBER == 0:
        raise BadAnswerError("pull.problem.full_block", block=known[0], rows=len(rows))
    return Window(answer, tuple(rows)), known[0] + 1


def _block_of(row: object) -> int | None:
    """Return the block of a row; None where it has none, which the reading of the row will say."""
    written = row.get("blockNumber") if isinstance(row, dict) else None
    text = str(written)
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 15 else None
