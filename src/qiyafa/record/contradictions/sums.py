"""Sums as claims: what parts or rows add up to, set beside what somebody states of the whole."""

from collections.abc import Sequence
from decimal import Decimal

from qiyafa.model.claim import Claim, Measure
from qiyafa.model.period import Period
from qiyafa.record.contradictions.finding import Finding, FindingKind, Severity


def sum_claim(whole: Claim, total: Decimal, source: str, ids: Sequence[str], period: Period) -> Claim:
    """Return a sum in the form of the claim that it is set beside; its note lists what was added."""
    return Claim(
        id="",
        claimant="",
        publisher="",
        source=source,
        subject=whole.subject,
        measure=whole.measure,
        unit=whole.unit,
        quantity=total,
        period=period,
        scope=whole.scope,
        note=", ".join(ids),
    )


def count_claim(summed: Claim, count: int) -> Claim:
    """Return how many incidents a sum was added from, as a claim beside it."""
    return Claim(
        id="",
        claimant="",
        publisher="",
        source=summed.source,
        subject=summed.subject,
        measure=Measure.INCIDENTS,
        unit="incidents",
        quantity=Decimal(count),
        period=summed.period,
        scope=summed.scope,
        note=summed.note,
    )


def sum_finding(
    claims: tuple[Claim, ...], reason: str, count: int = 0, severity: Severity = Severity.CONTRADICTION
) -> Finding:
    """Return that the second claim, a sum, is not what the first one says; `count` is how many parts it has."""
    whole, parts = claims[0].quantity, claims[1].quantity
    assert whole is not None, "a total has a quantity"
    assert parts is not None, "a sum has a quantity"
    numbers = {"difference": abs(whole - parts), "parts": Decimal(count)}
    return Finding(FindingKind.SUM_AGAINST_PARTS, severity, claims, reason, numbers)
