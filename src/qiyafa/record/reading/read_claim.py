"""A claim as it was read, before anybody has looked at it; and what its bound allows at the least and at the most."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from qiyafa.model.claim import Bound, Measure, Modality, Quote
from qiyafa.model.period import Period

ABOUT_MARGIN: Final = Decimal("0.10")
"""`about` allows a tenth on either side."""
ALMOST_MARGIN: Final = Decimal("0.15")
"""`almost` allows 15 % below, and nothing above."""
_HALF, _WHOLE = Decimal("0.5"), Decimal(1)


@dataclass(frozen=True, slots=True)
class ReadClaim:
    """One claim that the rules took out of a text. It says where; a person decides whether it is one."""

    claimant: str
    """As the text names it; empty if it names nobody. Hostile text."""
    publisher: str
    subject: str
    """The actor that the sentence names, in its words; empty if none. Hostile text."""
    measure: Measure
    quantity: Decimal | None
    unit: str
    """As in `model.claim.Claim`, and `country` for where a company has its seat (without a quantity)."""
    bound: Bound
    lower: Decimal | None
    upper: Decimal | None
    modality: Modality
    period: Period
    quote: Quote
    rule: str
    """Which rule found it: `amount`, `count`, `share`, `change`, `majority`, `year`, `ordinal`, `record`, …"""
    language: str
    """BCP 47, of the sentence."""
    reasons: tuple[str, ...]
    """What each part was taken from: `bound: على الأقل`. Hostile text."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A claim before its period, claimant and quote are known."""

    rule: str
    measure: Measure
    quantity: Decimal | None
    unit: str
    bound: Bound
    first: int
    """Tokens of the sentence that say it, from `first` to before `after`."""
    after: int
    lower: Decimal | None = None
    upper: Decimal | None = None
    evidence: tuple[tuple[int, int], ...] = ()
    """Other tokens that it rests on, e.g. the verb."""
    reasons: tuple[str, ...] = field(default=())
    period: Period | None = None
    """Set if the words of the claim are a date."""


def limits(quantity: Decimal, bound: Bound) -> tuple[Decimal | None, Decimal | None]:
    """Return what a quantity with a bound allows at the least and at the most; None: no limit on that side.

    A decrease is a negative ratio: `more than half less` has its limit above, and none below.
    """
    if bound in (Bound.AT_LEAST, Bound.MORE_THAN):
        return (quantity, None) if quantity >= 0 else (None, quantity)
    if bound is Bound.UP_TO:
        return (None, quantity) if quantity >= 0 else (quantity, None)
    below, above = quantity, quantity
    if bound is Bound.ABOUT:
        below, above = quantity * (1 - ABOUT_MARGIN), quantity * (1 + ABOUT_MARGIN)
    elif bound is Bound.ALMOST:
        below = quantity * (1 - ALMOST_MARGIN)
    elif bound is Bound.MAJORITY:
        below, above = _HALF, _WHOLE
    return plain(min(below, above)), plain(max(below, above))


def plain(number: Decimal) -> Decimal:
    """Return a number without needless zeros and without an exponent: 1000, 0.5."""
    normal = number.normalize()
    return normal.quantize(Decimal(1)) if normal == normal.to_integral_value() else normal
