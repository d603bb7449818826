"""Claims in words: what is said, by whom, of which days; and why a finding's claims do not go together."""

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING

from qiyafa.model.claim import Bound, Claim
from qiyafa.model.period import Period
from qiyafa.model.source import Source
from qiyafa.record.contradictions.finding import Finding
from qiyafa.record.quantities import COUNTS, SHARES, is_money
from qiyafa.record.withdrawn import withdrawn_on
from qiyafa.text import text

if TYPE_CHECKING:
    from qiyafa.record.reading.read_claim import ReadClaim

_ORDINALS = ("first", "second", "third", "fourth")
_HUNDRED = 100


def said(claim: "Claim | ReadClaim") -> str:
    """Return the quantity of a claim with its unit and bound, e.g. `up to 2,000,000,000 USD`."""
    if claim.quantity is None:
        return _limits(claim)
    if claim.unit == "year" and claim.bound in (Bound.UP_TO, Bound.AT_LEAST):
        # Of a year: not more than it, but at that time at the latest.
        return text(f"claims.said.year_{claim.bound.name.lower()}", quantity=f"{claim.quantity:f}")
    return text(f"claims.said.{claim.bound.name.lower()}", quantity=quantity(claim.quantity, claim.unit))


def quantity(number: Decimal, unit: str) -> str:
    """Return a number with its unit; shares and changes in per cent, to a tenth."""
    if unit in SHARES:
        return text("claims.said.share", number=_plain(number * _HUNDRED, places=1))
    if unit == "year":
        return f"{number:f}"
    if unit == "ordinal":
        return text("claims.said.ordinal", number=_plain(number))
    if unit in COUNTS:
        return text(f"claims.unit.{unit}{'_one' if abs(number) == 1 else ''}", number=_plain(number))
    return text(f"claims.said.{'money' if is_money(unit) else 'other'}", number=_plain(number), unit=unit)


def measured(claim: "Claim | ReadClaim") -> str:
    """Return what a claim measures, in words."""
    return text(f"claims.measure.{claim.measure.name.lower()}")


def modality_words(claim: "Claim | ReadClaim") -> str:
    """Return how surely it is said."""
    return text(f"claims.modality.{claim.modality.value}")


def source_words(id: str, sources: Mapping[str, Source]) -> str:
    """Return a source by its id, with the day on which it, or what it copies, was withdrawn."""
    day = withdrawn_on(id, sources)
    return id if day is None else text("claims.who.withdrawn", source=id, day=str(day))


def unsupported_words(claim: Claim, sources: Mapping[str, Source]) -> str:
    """Return that a figure rests on withdrawn sources alone."""
    day = str(withdrawn_on(claim.source, sources) or "")
    return text("claims.cli.unsupported", said=said(claim), subject=claim.subject, source=claim.source, day=day)


def who(claim: Claim) -> str:
    """Return who says a claim, and where."""
    if not claim.id:
        return text("claims.who.added", source=claim.source)
    return text("claims.who.said", claimant=claim.claimant or claim.publisher, source=claim.source)


def period_words(period: Period) -> str:
    """Return a period as people read it; empty if nothing is known of it."""
    start, end = period.start, period.end
    if start is None or end is None:
        key = "until" if start is None else "since"
        return "" if start is end else text(f"claims.period.{key}", day=str(start or end))
    if period.is_whole_year or start == end:
        return str(period)
    return text("claims.period.between", start=str(start), end=str(end))


def reason(finding: Finding) -> str:
    """Return why the claims of a finding do not go together, with their numbers."""
    fields: dict[str, str] = {}
    for name, claim in zip(_ORDINALS, finding.claims, strict=False):
        fields |= {
            name: said(claim),
            f"who_{name}": who(claim),
            f"source_{name}": claim.source,
            f"period_{name}": period_words(claim.period),
            f"subject_{name}": claim.subject,
            f"note_{name}": claim.note,
        }
    first = finding.claims[0]
    fields |= {"claimant": first.claimant or first.publisher}
    fields |= {name: _worked_out(name, number, first.unit) for name, number in finding.numbers.items()}
    return text(f"claims.reason.{finding.reason}", **fields)


def address_of(claim: Claim, sources: Mapping[str, Source]) -> str:
    """Return where a claim's source can be looked up; empty for a file."""
    source = sources.get(claim.source)
    return source.url if source is not None else ""


def _worked_out(name: str, number: Decimal, unit: str) -> str:
    if name == "parts":
        return f"{number:f}"
    return quantity(number, "share" if name in ("least", "most") else unit)


def _limits(claim: "Claim | ReadClaim") -> str:
    if claim.bound is Bound.MAJORITY:
        return text("claims.said.majority")
    lower, upper = (None if one is None else quantity(one, claim.unit) for one in (claim.lower, claim.upper))
    if lower and upper:
        return text("claims.said.between", lower=lower, upper=upper)
    if lower:
        return text("claims.said.from", lower=lower)
    return text("claims.said.to", upper=upper) if upper else text("claims.said.none")


def _plain(number: Decimal, places: int | None = None) -> str:
    """Return a number with its thousands parted, exact or to some places, without useless zeros."""
    if places is not None:
        number = round(number, places)
    whole, _, part = f"{number:,f}".partition(".")
    part = part.rstrip("0")
    return f"{whole}.{part}" if part else whole
