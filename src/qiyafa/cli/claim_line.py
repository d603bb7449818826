"""A claim in one line: how much of what, how it is meant, when, according to whom."""

from decimal import Decimal
from typing import TYPE_CHECKING

from qiyafa.model.claim import Bound, Claim, Modality
from qiyafa.model.period import ALWAYS
from qiyafa.text import shown, text

if TYPE_CHECKING:
    from qiyafa.record.reading.read_claim import ReadClaim


def claim_line(claim: "Claim | ReadClaim") -> str:
    """Return the line. Words of the document are made harmless."""
    parts = [claim.measure.value, _quantity(claim)]
    if claim.modality is not Modality.STATED:
        parts.append(claim.modality.value)
    parts.append(text("read.claim.no_period") if claim.period == ALWAYS else str(claim.period))
    parts.append(shown(claim.claimant) if claim.claimant else text("read.claim.no_claimant"))
    return " · ".join(parts)


def readable_number(number: Decimal) -> str:
    """Return a number with its thousands apart, without an exponent."""
    return f"{number.normalize():,f}" if number else "0"


def _quantity(claim: "Claim | ReadClaim") -> str:
    if claim.quantity is not None:
        # A year is a name, not a number of anything.
        number = f"{claim.quantity:f}" if claim.unit == "year" else readable_number(claim.quantity)
        meant = "" if claim.bound is Bound.EXACT else f"{claim.bound.value} "
        return f"{meant}{number} {shown(claim.unit)}"
    limits = [readable_number(one) if one is not None else "" for one in (claim.lower, claim.upper)]
    span = "..".join(limits) if any(limits) else ""
    return " ".join(part for part in (claim.bound.value if span else "", span, shown(claim.unit)) if part)
