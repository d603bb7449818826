"""What the words of a claim allow, and whether two claims can both be true of one quantity.

An exact number is taken to be rounded in its last digit that is not zero, but never by more than a twentieth of it:
`230 million` allows 225 to 235 million, `400 million` allows 380 to 420. Counts are never rounded. `about` without
limits of its own allows a tenth on either side, `almost` 15 per cent below. Shares and ratios are rounded like money.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from qiyafa.model.claim import Bound, Claim

COUNTS: Final = frozenset({"incidents", "countries", "people", "victims", "designees", "year", "ordinal"})
"""Units of things that are counted one by one."""
SHARES: Final = frozenset({"share", "ratio"})
WORDS: Final = frozenset({"qualitative", "year", "ordinal"})
"""Units of what is no quantity of anything: never compared by size."""

_ABOUT: Final = Decimal("0.1")
_ALMOST: Final = Decimal("0.15")
_MOST_ROUNDED: Final = Decimal("0.05")
_NOTICED: Final = Decimal("0.01")
"""A rounding that changes a number by less is nobody's business."""
_HALF: Final = Decimal("0.5")


@dataclass(frozen=True, slots=True)
class Span:
    """The quantities that words allow, both ends included; None: no limit on that side."""

    low: Decimal | None
    high: Decimal | None

    def meets(self, other: "Span") -> bool:
        """Tell whether some quantity lies in both."""
        return _not_above(self.low, other.high) and _not_above(other.low, self.high)

    def holds(self, quantity: Decimal) -> bool:
        """Tell whether a quantity lies in it."""
        return _not_above(self.low, quantity) and _not_above(quantity, self.high)


def is_money(unit: str) -> bool:
    """Tell whether a unit is a currency by its ISO 4217 code (or an asset with a symbol like one)."""
    return len(unit) == 3 and unit.isupper()


def is_measured(claim: Claim) -> bool:
    """Tell whether a claim has a size that can be compared."""
    return claim.unit not in WORDS and (claim.quantity, claim.lower, claim.upper) != (None, None, None)


def allowed(claim: Claim) -> Span:
    """Return the quantities that a claim's words allow: its own limits where it has them, else those of its bound."""
    quantity = claim.quantity
    if quantity is None:
        return Span(claim.lower, claim.upper)
    match claim.bound:
        case Bound.EXACT:
            slack = _slack(quantity, claim.unit)
            return Span(_least(quantity - slack, claim.lower), _most(quantity + slack, claim.upper))
        case Bound.AT_LEAST | Bound.MORE_THAN:
            return Span(quantity, claim.upper if claim.upper != quantity else None)
        case Bound.UP_TO:
            return Span(claim.lower if claim.lower != quantity else None, quantity)
        case Bound.ALMOST:
            return Span(_or(claim.lower, quantity - abs(quantity) * _ALMOST), quantity)
        case _:
            margin = abs(quantity) * _ABOUT
            return Span(_or(claim.lower, quantity - margin), _or(claim.upper, quantity + margin))


def size(claim: Claim) -> Decimal:
    """Return what sorts claims by size: the quantity, else a limit, else nothing."""
    return next((one for one in (claim.quantity, claim.lower, claim.upper) if one is not None), Decimal(0))


def agree(one: Claim, other: Claim) -> bool:
    """Tell whether both claims can be true of one quantity."""
    return allowed(one).meets(allowed(other))


def is_noticeably_rounded(one: Claim, other: Claim) -> bool:
    """Tell whether two claims agree only because one, said to be exact, is a rounding by a hundredth or more."""
    if one.quantity is None or other.quantity is None or one.unit in COUNTS:
        return False
    if one.bound is not Bound.EXACT or other.bound is not Bound.EXACT:
        return False
    return differs_noticeably(one.quantity, other.quantity) and agree(one, other)


def differs_noticeably(one: Decimal, other: Decimal) -> bool:
    """Tell whether two quantities differ by a hundredth of the larger, or more."""
    return abs(one - other) >= _NOTICED * max(abs(one), abs(other)) and one != other


def significant_digits(quantity: Decimal) -> int:
    """Return how many digits a number has without leading and trailing zeros."""
    return len(quantity.normalize().as_tuple().digits)


def _slack(quantity: Decimal, unit: str) -> Decimal:
    """Return by how much a number may have been rounded in its last digit that is not zero."""
    if unit in COUNTS or not quantity:
        return Decimal(0)
    exponent = quantity.normalize().as_tuple().exponent
    assert isinstance(exponent, int), "a claim's quantity is finite"
    return min(_HALF.scaleb(exponent), abs(quantity) * _MOST_ROUNDED)


def _not_above(low: Decimal | None, high: Decimal | None) -> bool:
    return low is None or high is None or low <= high


def _or(limit: Decimal | None, otherwise: Decimal) -> Decimal:
    return otherwise if limit is None else limit


def _least(one: Decimal, other: Decimal | None) -> Decimal:
    return one if other is None else min(one, other)


def _most(one: Decimal, other: Decimal | None) -> Decimal:
    return one if other is None else max(one, other)
