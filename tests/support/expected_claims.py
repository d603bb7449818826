"""Whether claims that were read are those that a person finds in the same text."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from qiyafa.model.claim import Bound, Modality
from qiyafa.model.period import ALWAYS, Period


@dataclass(frozen=True)
class Found:
    """A claim that was read, in whichever way."""

    quantity: Decimal | None
    unit: str
    bound: Bound
    lower: Decimal | None
    upper: Decimal | None
    modality: Modality
    period: Period
    start: int
    end: int
    quote: str

    def __str__(self) -> str:
        number = self.quantity if self.quantity is not None else f"{self.lower}..{self.upper}"
        return f"{self.bound} {number} {self.unit} {self.modality} {self.period} | {self.quote}"


@dataclass(frozen=True)
class Expected:
    """A claim that a person found. It is right if quantity, unit, bound and the years of the period are."""

    name: str
    quantity: Decimal | None
    unit: str
    bounds: frozenset[Bound]
    """Any of them will do."""
    start: int
    end: int
    """The words that say it; a claim that is read must overlap them."""
    lower: Decimal | None = None
    upper: Decimal | None = None
    modality: Modality | None = None
    period: Period = ALWAYS
    """A side without a day, or with one that the reading leaves open, is not compared."""

    def fits(self, found: Found) -> bool:
        """Tell whether a claim that was read is this one."""
        return (
            _same(found.quantity, self.quantity, self.unit)
            and found.unit == self.unit
            and found.bound in self.bounds
            and (self.lower is None or found.lower == self.lower)
            and (self.upper is None or found.upper == self.upper)
            and (self.modality is None or found.modality is self.modality)
            and self._same_years(found.period)
            and found.start < self.end
            and self.start < found.end
        )

    def _same_years(self, period: Period) -> bool:
        sides = ((self.period.start, period.start), (self.period.end, period.end))
        if self.period != ALWAYS and period == ALWAYS:
            return False
        return all(ours is None or theirs is None or ours.year == theirs.year for ours, theirs in sides)


@dataclass(frozen=True)
class Comparison:
    """What was found, missed, and read without being there."""

    right: list[str]
    missed: list[str]
    wrong: list[str]


def compare(
    found: Sequence[Found], expected: Sequence[Expected], debatable: Sequence[tuple[int, int]] = ()
) -> Comparison:
    """Match each expected claim with one that was read. What lies within debatable words is neither right nor wrong."""
    left = list(found)
    right, missed = [], []
    for one in expected:
        match = next((claim for claim in left if one.fits(claim)), None)
        if match is None:
            missed.append(one.name)
        else:
            left.remove(match)
            right.append(one.name)
    return Comparison(right, missed, [str(one) for one in left if not _is_debatable(one, debatable)])


def _is_debatable(found: Found, debatable: Sequence[tuple[int, int]]) -> bool:
    return any(found.start < end and start < found.end for start, end in debatable)


def _same(ours: Decimal | None, theirs: Decimal | None, unit: str) -> bool:
    """Tell whether two quantities are equal; shares and ratios to a millionth, since a third has no last digit."""
    if ours is None or theirs is None:
        return ours is theirs
    return abs(ours - theirs) <= (Decimal("0.000001") if unit in {"share", "ratio"} else 0)
