"""A sum over years that a retelling takes for one year's: `2bn up to August 2019` told as `2bn in 2019`.

The annual claim and the cumulative one have one number, unit and scope, and the sum ends in that very year, having
begun before it. It is reported if somebody else's figure for that year does not go with the annual claim: then the
number can only be the sum's.
"""

from collections.abc import Iterator
from decimal import Decimal

from qiyafa.model.claim import Claim
from qiyafa.record.contradictions.finding import Finding, FindingKind, Severity
from qiyafa.record.contradictions.ground import Ground, grouped
from qiyafa.record.quantities import agree, is_measured
from qiyafa.record.questions import TAKEN, ScopeKey, claimant_key, newest_of_each, question_of, scope_key


def cumulative_read_as_annual(ground: Ground) -> Iterator[Finding]:
    """Yield each annual claim that has a sum's number, with the sum and a figure of the year that speaks against it."""
    taken = [
        one
        for one in ground.claims
        if one.quantity is not None and one.measure in TAKEN and not one.scope.incident and is_measured(one)
    ]
    sums = grouped((one for one in taken if _is_sum(one)), _number_of)
    annual = (one for one in taken if one.period.year is not None and not one.cumulative)
    for number, group in grouped((one for one in annual if _number_of(one) in sums), _number_of).items():
        yield from _in_group(group, sums[number], ground)


def _number_of(claim: Claim) -> tuple[ScopeKey, str, Decimal | None]:
    return (scope_key(claim.scope), claim.unit, claim.quantity)


def _in_group(group: list[Claim], sums: list[Claim], ground: Ground) -> Iterator[Finding]:
    ending = grouped(sums, lambda one: one.period.end.year if one.period.end else None)
    for annual in group:
        whole = next((one for one in ending.get(annual.period.year or 0, ()) if one.source != annual.source), None)
        against = _against(annual, ground)
        if whole is not None and against is not None:
            yield Finding(
                FindingKind.CUMULATIVE_AS_ANNUAL,
                Severity.CONTRADICTION,
                (annual, whole, against),
                "cumulative_as_annual",
                misread=True,
            )


def _is_sum(claim: Claim) -> bool:
    """Tell whether a claim covers more than the year in which it ends."""
    start, end = claim.period.start, claim.period.end
    return end is not None and (start is None or start.year < end.year) and claim.cumulative is not False


def _against(annual: Claim, ground: Ground) -> Claim | None:
    """Return a figure of the same year that does not go with the annual claim: of the same claimant if it has one."""
    question = question_of(annual)
    if question is None:
        return None
    own = claimant_key(annual)
    group = [one for one in ground.questions[question] if one.quantity != annual.quantity]
    others = [one for one in newest_of_each(group, ground.sources) if not agree(one, annual)]
    return min(others, key=lambda one: (claimant_key(one) != own, one.id), default=None)
