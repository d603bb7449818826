"""What becomes of each claim when it is held against everything else in the record: one word, and what it rests on."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

from qiyafa.model.claim import Claim, Measure
from qiyafa.record.contradictions.change import amounts_of_change
from qiyafa.record.contradictions.finding import Finding, FindingKind, Severity
from qiyafa.record.contradictions.ground import Ground
from qiyafa.record.contradictions.share import amounts_of_share
from qiyafa.record.quantities import SHARES, agree, size
from qiyafa.record.questions import newness, question_of, scope_key, statement_key


class VerdictKind(StrEnum):
    """How a claim stands."""

    CONTRADICTED = "contradicted"
    REVISED = "revised"
    DIFFERS = "differs by source"
    ROUNDED = "rounded"
    CONSISTENT = "consistent"
    """Another source, or another amount that bears on it, goes with it."""
    NOT_CHECKED = "not checked"
    """Nothing in the record bears on it."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """How one claim stands, and against what."""

    claim: Claim
    kind: VerdictKind
    counter: Claim | None = None
    """What speaks against it, or goes with it."""
    finding: Finding | None = None


_ORDER: Final = tuple(VerdictKind)
_OF_SEVERITY: Final = {
    Severity.CONTRADICTION: VerdictKind.CONTRADICTED,
    Severity.REVISION: VerdictKind.REVISED,
    Severity.DIFFERENCE: VerdictKind.DIFFERS,
    Severity.ROUNDING: VerdictKind.ROUNDED,
}
_OF_STATEMENTS: Final = frozenset({FindingKind.DIFFERS_BY_SOURCE, FindingKind.REVISED_EDITION})
_WHOLES: Final = {
    Measure.OUTSTANDING: Measure.EXECUTED,
    Measure.RECOVERED: Measure.EXECUTED,
    Measure.BLOCKED: Measure.ATTEMPTED,
    Measure.EXECUTED: Measure.ATTEMPTED,
    Measure.LAUNDERED: Measure.EXECUTED,
}


def verdicts(asked: Iterable[Claim], findings: Iterable[Finding], ground: Ground) -> Iterator[Verdict]:
    """Yield the verdict of each claim asked for, in their order; `ground` holds everything they are held against."""
    doubted: dict[object, list[Verdict]] = {}
    for finding in findings:
        kind = _OF_SEVERITY[finding.severity]
        for claim, other in _doubts(finding):
            doubted.setdefault(_key(claim, finding), []).append(Verdict(claim, kind, other, finding))
    for claim in asked:
        found = [*doubted.get(claim.id, ()), *doubted.get(_statement(claim), ())]
        if found:
            newest = sorted(found, key=lambda verdict: newness(verdict.counter or claim), reverse=True)
            worst = min(newest, key=lambda verdict: _ORDER.index(verdict.kind))
            yield Verdict(claim, worst.kind, worst.counter, worst.finding)
        else:
            agreeing = _agreeing(claim, ground)
            yield Verdict(claim, VerdictKind.CONSISTENT if agreeing else VerdictKind.NOT_CHECKED, agreeing)


def _doubts(finding: Finding) -> Iterator[tuple[Claim, Claim]]:
    """Yield which claims a finding doubts, and by what: the first; where two stand side by side, the second as well."""
    first, second = finding.claims[:2]
    yield first, second
    if finding.reason == "revised_with_counts":
        yield finding.claims[2], finding.claims[3]
    if finding.kind is FindingKind.DIFFERS_BY_SOURCE or finding.reason == "two_totals":
        yield second, first


def _key(claim: Claim, finding: Finding) -> object:
    """Return what a doubt is remembered by: the statement, whoever repeats it, or the very claim if its words are."""
    return _statement(claim) if finding.kind in _OF_STATEMENTS else claim.id


def _statement(claim: Claim) -> object:
    return (question_of(claim), statement_key(claim))


def _agreeing(claim: Claim, ground: Ground) -> Claim | None:
    """Return something from another source that goes with a claim which nothing doubts."""
    if claim.unit in SHARES:
        bearing = amounts_of_share(claim, ground) if claim.unit == "share" else amounts_of_change(claim, ground)
        return bearing[1] if bearing else _same_number(claim, ground)
    question = question_of(claim)
    if question is None:
        return _same_number(claim, ground)
    others = ground.incident_questions.get(question) or ground.questions.get(question, [])
    same = (one for one in others if one.source != claim.source and agree(one, claim))
    return next(same, None) or _whole(claim, ground)


def _same_number(claim: Claim, ground: Ground) -> Claim | None:
    """Return a claim of another source with the same number of the same unit about the same thing."""
    if claim.quantity is None:
        return None
    others = ground.by_scope.get(scope_key(claim.scope), ())
    same = (one for one in others if (one.measure, one.unit, one.quantity) == _number(claim))
    return next((one for one in same if one.source != claim.source), None)


def _number(claim: Claim) -> tuple[Measure, str, Decimal | None]:
    return (claim.measure, claim.unit, claim.quantity)


def _whole(claim: Claim, ground: Ground) -> Claim | None:
    """Return the amount of which a claim's amount is a part, if it is not less than the part."""
    measure = _WHOLES.get(claim.measure)
    if measure is None or claim.quantity is None or not claim.scope.incident:
        return None
    known = ground.by_scope.get(scope_key(claim.scope), ())
    wholes = (one for one in known if (one.measure, one.unit) == (measure, claim.unit) and one.quantity is not None)
    return next((one for one in wholes if size(one) >= claim.quantity), None)
