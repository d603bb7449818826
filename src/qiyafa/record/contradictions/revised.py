"""A figure that its claimant has changed in a later edition: 400 million in seven thefts, later 428.8 million in nine.

Claims of one claimant that answer one question with different numbers, in different editions or on different days, or
where one says that it supersedes the other, and that their words do not let both be true. The newest is set beside each
older one; the counts of thefts of the same two editions stand with the amounts. What may rightly change (recovered,
outstanding …) is no revision.
"""

from collections.abc import Iterator

from qiyafa.model.claim import Claim, Measure
from qiyafa.record.contradictions.finding import Finding, FindingKind, Severity
from qiyafa.record.contradictions.ground import Ground, grouped
from qiyafa.record.quantities import agree
from qiyafa.record.questions import CHANGING, Question, claimant_key, is_of_incident, newness

_Pair = tuple[Claim, Claim]


def revised_edition(ground: Ground) -> Iterator[Finding]:
    """Yield each statement that its own claimant has replaced, amounts with the counts of the same editions."""
    revisions = [*_revisions(ground)]
    counts = grouped(
        (pair for pair in revisions if pair[0].measure is Measure.INCIDENTS),
        lambda pair: (pair[0].period, claimant_key(pair[0]), pair[0].scope, pair[0].source, pair[1].source),
    )
    told: set[tuple[str, str]] = set()
    for old, new in revisions:
        if old.measure is Measure.INCIDENTS:
            continue
        same = (old.period, claimant_key(old), old.scope, old.source, new.source)
        beside = next(iter(counts.get(same, ())), None)
        if beside is not None:
            told.add((beside[0].id, beside[1].id))
        yield _finding(old, new, beside)
    for old, new in revisions:
        if old.measure is Measure.INCIDENTS and (old.id, new.id) not in told and not agree(old, new):
            yield _finding(old, new, None)


def _finding(old: Claim, new: Claim, beside: _Pair | None) -> Finding:
    reason = "revised_with_counts" if beside else "revised_edition"
    return Finding(FindingKind.REVISED_EDITION, Severity.REVISION, (old, new, *(beside or ())), reason)


def _revisions(ground: Ground) -> Iterator[_Pair]:
    for question in ground.open_questions:
        if question[1] in CHANGING or is_of_incident(question[0]):
            continue
        yield from _of_question(question, ground)


def _of_question(question: Question, ground: Ground) -> Iterator[_Pair]:
    for series in grouped(ground.statements_of(question), claimant_key).values():
        newest = series[-1]
        for old in series[:-1]:
            if _is_replaced(old, newest):
                yield old, newest


def _is_replaced(old: Claim, new: Claim) -> bool:
    """Tell whether a claim cannot stand beside the newer one, which is of another edition or says so."""
    if old.quantity == new.quantity:
        return False
    # A count stands beside its amount also where its bound, `at least seven`, still holds.
    if old.measure is not Measure.INCIDENTS and agree(old, new):
        return False
    return new.supersedes == old.id or (newness(old) != newness(new) and old.source != new.source)
