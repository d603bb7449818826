"""Long ranges of blocks, taken into a ledger piece by piece: each piece is on the disk before the next is asked for.

So a run that was interrupted goes on where it stopped: what the ledger holds whole is not asked for again.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from qiyafa.app.ingest import Ingested
from qiyafa.model.errors import Problem
from qiyafa.model.ledger import BlockCoverage
from qiyafa.model.ports import Progress

_KEPT_PROBLEMS = 1000


@dataclass(frozen=True, slots=True)
class Ranged:
    """Progress over all pieces, told by the pieces: each counts its own blocks."""

    progress: Progress
    before: int
    """Blocks of the pieces that are done."""
    total: int

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Hand on how many blocks are done; what is not counted in blocks of a piece is left out."""
        if total and self.before + done <= self.total:
            self.progress(stage, self.before + done, self.total)


def missing_spans(held: Iterable[BlockCoverage], wanted: BlockCoverage, most: int) -> Iterator[BlockCoverage]:
    """Yield the blocks wanted and not held, ascending, in pieces of at most so many."""
    first = wanted.first_block
    end = BlockCoverage(wanted.last_block + 1, wanted.last_block + 1)
    for span in [*sorted(held, key=lambda one: one.first_block), end]:
        last = min(span.first_block - 1, wanted.last_block)
        for begin in range(first, last + 1, most):
            yield BlockCoverage(begin, min(begin + most - 1, last))
        first = max(first, span.last_block + 1)


def ingest_spans(
    spans: Iterable[BlockCoverage], ingest: Callable[[BlockCoverage, Progress], Ingested], progress: Progress
) -> Ingested | None:
    """Take pieces in, one after the other, and return what became of all; None if there are none."""
    pieces = list(spans)
    total = sum(_blocks(piece) for piece in pieces)
    whole: Ingested | None = None
    done = 0
    for piece in pieces:
        taken = ingest(piece, Ranged(progress, done, total))
        whole = taken if whole is None else together(whole, taken)
        done += _blocks(piece)
    return whole


def _blocks(span: BlockCoverage) -> int:
    return span.last_block - span.first_block + 1


def together(earlier: Ingested, later: Ingested) -> Ingested:
    """Return what became of two pieces of one source, of which the later one was taken last."""
    report = replace(
        later.report,
        rows_read=earlier.report.rows_read + later.report.rows_read,
        rows_added=earlier.report.rows_added + later.report.rows_added,
        conflicts=_first((*earlier.report.conflicts, *later.report.conflicts)),
        conflict_count=earlier.report.conflict_count + later.report.conflict_count,
    )
    return Ingested(
        report=report,
        sources=(*earlier.sources, *later.sources),
        problems=_first((*earlier.problems, *later.problems)),
        problem_count=earlier.problem_count + later.problem_count,
        lacks=later.lacks,
        model=later.model,
    )


def _first(problems: tuple[Problem, ...]) -> tuple[Problem, ...]:
    return problems[:_KEPT_PROBLEMS]
