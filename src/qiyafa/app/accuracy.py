"""How near an answer comes to a known truth, by holder: recall and precision in units and in holders.

For one address the units found rightly are the smaller of what the method says and what is true. Recall is their sum
as a share of all true units, precision as a share of all units the method names. Shares are exact fractions. Whether
a method still holds a unit or calls it stopped makes no difference: what counts is the address. Fees are compared
apart, for they have no holder. The figures say how the methods did on one ledger; another ledger gives others.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from qiyafa.app.scenario.truth import Truth
from qiyafa.model.finding import Totals, TraceAnswer


@dataclass(frozen=True, slots=True)
class Agreement:
    """How much of what is true was found, and how much of what was found is true."""

    right: int
    """In both: units, or holders."""
    true: int
    """In the truth."""
    found: int
    """In the answer."""

    @property
    def recall(self) -> Fraction:
        """The share of the truth that was found; 1 if there was nothing to find."""
        return Fraction(self.right, self.true) if self.true else Fraction(1)

    @property
    def precision(self) -> Fraction:
        """The share of the findings that is true; 1 if nothing was found."""
        return Fraction(self.right, self.found) if self.found else Fraction(1)


@dataclass(frozen=True, slots=True)
class MethodAccuracy:
    """How one method did."""

    method: str
    holders: Agreement
    """Every address with at least one unit counts as much as any other."""
    large_holders: Agreement | None
    """Only addresses with at least `least_units` on the side where they are counted; None for poison."""
    units: Agreement | None
    """None for poison, which names no amounts."""
    fees: Agreement | None
    accounted_units: int | None
    """Held, stopped, spent as fees and untraced together; equals the true stolen units if nothing got lost."""


@dataclass(frozen=True, slots=True)
class Accuracy:
    """An answer beside the truth."""

    stolen_units: int
    least_units: int
    """From how many units on a holder counts as large."""
    methods: tuple[MethodAccuracy, ...]

    @property
    def is_accounted(self) -> bool:
        """Whether every method accounts for every truly stolen unit and invents none."""
        accounted = [entry.accounted_units for entry in self.methods if entry.accounted_units is not None]
        return bool(accounted) and all(units == self.stolen_units for units in accounted)


def compare(answer: TraceAnswer, truth: Truth, *, least_units: int) -> Accuracy:
    """Return how near each method of an answer comes to the truth, in the asset that was stolen.

    Most addresses that a method names hold crumbs; `least_units` tells which holders are large enough to look at.
    """
    true_units = Counter({holder.address: holder.units for holder in truth.holders})
    methods = [_conserving(name, answer, true_units, truth, least_units) for name in answer.methods]
    if answer.poison is not None:
        touched = _agreement_of_holders(set(answer.poison.touched), set(true_units))
        methods.append(MethodAccuracy("poison", touched, None, None, None, None))
    return Accuracy(truth.stolen, least_units, tuple(methods))


def _conserving(
    name: str, answer: TraceAnswer, true_units: Mapping[str, int], truth: Truth, least_units: int
) -> MethodAccuracy:
    method = answer.methods[name]
    found_units: Counter[str] = Counter()
    for holding in method.holdings:
        if (holding.chain, holding.asset) == (truth.chain, truth.asset):
            found_units[holding.address] += holding.units
    right = sum(min(units, true_units.get(address, 0)) for address, units in found_units.items())
    totals = method.totals.get(truth.asset, Totals(0, 0, 0, 0, 0))
    return MethodAccuracy(
        method=name,
        holders=_agreement_of_holders(set(found_units), set(true_units)),
        large_holders=_agreement_of_holders(_large(found_units, least_units), _large(true_units, least_units)),
        units=Agreement(right, sum(true_units.values()), sum(found_units.values())),
        fees=Agreement(min(totals.fees, truth.fees), truth.fees, totals.fees),
        accounted_units=totals.held + totals.stopped + totals.fees + totals.untraced,
    )


def _large(units_by_holder: Mapping[str, int], least_units: int) -> set[str]:
    return {address for address, units in units_by_holder.items() if units >= least_units}


def _agreement_of_holders(found: set[str], true: set[str]) -> Agreement:
    return Agreement(len(found & true), len(true), len(found))
