"""Amounts that differ because they were priced in another way: minted tokens, counted at a price that nobody paid.

Two ways to see it. Two answers to one question about money differ by what the registry holds as the notional mint of an
incident of those days, to half a hundredth. Or two amounts of one incident say different bases, one of them the
notional mint, and cannot both be true.
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from qiyafa.model.claim import Claim
from qiyafa.model.incident import Basis
from qiyafa.record.contradictions.finding import Finding, FindingKind, Severity
from qiyafa.record.contradictions.ground import Ground
from qiyafa.record.quantities import agree, is_money, size
from qiyafa.record.questions import amount_claims, is_of_incident, pairs

_NEAR: Final = Decimal("0.005")


def valuation_basis(ground: Ground) -> Iterator[Finding]:
    """Yield amounts that a basis explains, with the amount that makes the difference."""
    yield from _within_incidents(ground)
    minted = [*_minted(ground)]
    if not minted:
        return
    for question in ground.open_questions:
        if is_money(question[2]) and not is_of_incident(question[0]):
            yield from _between(ground.statements_of(question), minted)


def _minted(ground: Ground) -> Iterator[Claim]:
    """Yield what is known to be the notional mint of an incident: claims first, then the registry's own amounts."""
    yield from (
        one for one in ground.claims if one.basis == Basis.NOTIONAL_MINT and one.scope.incident and one.quantity
    )
    for incident in ground.incidents:
        for amount in amount_claims(incident, ground.sources):
            if amount.basis == Basis.NOTIONAL_MINT:
                yield amount


def _between(answers: list[Claim], minted: list[Claim]) -> Iterator[Finding]:
    for one, other in pairs(sorted(answers, key=lambda claim: (claim.quantity or Decimal(0), claim.id))):
        if one.quantity is None or other.quantity is None or agree(one, other):
            continue
        difference = abs(one.quantity - other.quantity)
        for amount in minted:
            assert amount.quantity is not None, "an amount has a value"
            near = abs(amount.quantity - difference) <= amount.quantity * _NEAR
            if near and amount.unit == one.unit and one.period.overlaps(amount.period):
                yield Finding(
                    FindingKind.VALUATION_BASIS,
                    Severity.DIFFERENCE,
                    (other, one, amount),
                    "valuation_explains",
                    {"difference": difference},
                )
                break


def _within_incidents(ground: Ground) -> Iterator[Finding]:
    for incident in ground.incidents:
        amounts = [one for one in amount_claims(incident, ground.sources) if one.basis]
        minted = [one for one in amounts if one.basis == Basis.NOTIONAL_MINT]
        priced = [one for one in amounts if one.basis not in (Basis.NOTIONAL_MINT, Basis.NOT_SAID)]
        for low in priced[:1]:
            same = (one for one in minted if (one.measure, one.unit) == (low.measure, low.unit) and not agree(one, low))
            high = max(same, key=lambda one: (size(one), one.id), default=None)
            if high is not None:
                yield Finding(FindingKind.VALUATION_BASIS, Severity.DIFFERENCE, (high, low), "valuation_basis")
