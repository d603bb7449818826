"""A claim as JSON, whether it was just read out of a text or stands in the record.

Readers compare quantities with numbers, so a quantity is a JSON number wherever that says exactly the same: whole
numbers of any size, and fractions with the digits that a double has. Shares and ratios are always numbers, since a
third has no exact digits. Any other fraction is a string.
"""

from decimal import Decimal
from typing import TYPE_CHECKING

from qiyafa.model.claim import Claim

if TYPE_CHECKING:
    from qiyafa.record.reading.read_claim import ReadClaim

_INEXACT_UNITS = frozenset({"share", "ratio"})
_MOST_DIGITS = 400
"""A number with more is written as a string; no claim is so large."""


def claim_object(claim: "Claim | ReadClaim") -> dict[str, object]:
    """Return a claim as plain values: the fields that both kinds have, then what only one of them says."""
    quote = claim.quote
    return {
        "claimant": claim.claimant,
        "publisher": claim.publisher,
        "measure": claim.measure.value,
        "quantity": number(claim.quantity, claim.unit),
        "unit": claim.unit,
        "bound": claim.bound.value,
        "lower": number(claim.lower, claim.unit),
        "upper": number(claim.upper, claim.unit),
        "modality": claim.modality.value,
        "period_start": _day(claim.period.start),
        "period_end": _day(claim.period.end),
        "quote": quote.words if quote else None,
        "start": quote.start if quote else None,
        "end": quote.end if quote else None,
        "subject": claim.subject,
        **(_of_record(claim) if isinstance(claim, Claim) else _of_reading(claim)),
    }


def number(quantity: Decimal | None, unit: str) -> int | float | str | None:
    """Return a quantity as a JSON number if that is exact, else as a string; None for none."""
    if quantity is None or not quantity.is_finite() or abs(quantity.adjusted()) > _MOST_DIGITS:
        return None if quantity is None else str(quantity)
    if quantity == quantity.to_integral_value():
        return int(quantity)
    nearest = float(quantity)
    is_exact = Decimal(repr(nearest)) == quantity
    return nearest if is_exact or unit in _INEXACT_UNITS else str(quantity)


def _day(day: object) -> str | None:
    return None if day is None else str(day)


def _of_record(claim: Claim) -> dict[str, object]:
    scope = claim.scope
    named = {name: getattr(scope, name) for name in type(scope).__slots__ if getattr(scope, name)}
    return {
        "id": claim.id,
        "source": claim.source,
        "edition": claim.edition,
        "statement_date": _day(claim.statement_date),
        "cumulative": claim.cumulative,
        "supersedes": claim.supersedes,
        "scope": named,
        "basis": claim.basis,
        "state": claim.state.value,
        "tlp": claim.tlp.value,
        "note": claim.note,
        "document_sha256": claim.quote.document_sha256 if claim.quote else "",
    }


def _of_reading(claim: "ReadClaim") -> dict[str, object]:
    return {"language": claim.language, "rule": claim.rule, "reasons": list(claim.reasons)}
