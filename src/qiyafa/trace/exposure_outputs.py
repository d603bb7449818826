"""Exposure over a chain of outputs in plain Python and exact fractions, transaction by transaction.

The rules are those of `exposure`; here stands what is different. All outputs of a transaction carry the same share of
each of its inputs; what no known input brings is clean. A transaction is one transfer from each owner of an input to
each other owner of an output: what an address pays to itself, its change, is not counted. Straight from a source is
an output's part of the source's inputs, rounded half up; straight to one an input's part of the source's outputs.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from qiyafa.model.outputs import OutputColumns
from qiyafa.trace.exposure import Exposures, Sums
from qiyafa.trace.reference_outputs import Transaction, transactions_of


@dataclass
class OutputLedger:
    """Transactions, with the category of every owner that is a source."""

    columns: OutputColumns
    sources: Mapping[int, int]
    """By number of the owner."""
    least: int = 0
    """Outputs of fewer units reach nobody."""
    transactions: list[Transaction] = field(init=False)

    def __post_init__(self) -> None:
        self.transactions = list(transactions_of(self.columns))

    def owner(self, output: int) -> int:
        """Return the number of an output's owner."""
        return int(self.columns.owner[output])

    def paid(self, transaction: Transaction) -> list[tuple[int, int]]:
        """Return the outputs of a transaction that count, with their units."""
        return [(output, units) for output, units in transaction.outputs if units >= self.least]

    def whole(self, transaction: Transaction) -> int:
        """Return all that goes into a transaction, what nobody saw included."""
        return max(Transaction.total(transaction.inputs), Transaction.total(transaction.outputs))


Held = dict[int, Fraction]
"""By output: the units of one category that it carries."""


def funded_by(ledger: OutputLedger) -> Exposures:
    """Return what every owner received of every category."""
    found: dict[tuple[int, int], Sums] = defaultdict(Sums)
    for category in sorted(set(ledger.sources.values())):
        held: Held = defaultdict(Fraction)
        hops: dict[int, int] = {}
        for one in ledger.transactions:
            for output, units in ledger.paid(one):
                _pay(ledger, one, output, units, category, held, hops, found)
    return found


def _pay(
    ledger: OutputLedger,
    one: Transaction,
    output: int,
    units: int,
    category: int,
    held: Held,
    hops: dict[int, int],
    found: dict[tuple[int, int], Sums],
) -> None:
    """Serve one output from the inputs of its transaction."""
    payee = ledger.owner(output)
    straight = 0
    for spent, value in one.inputs:
        payer = ledger.owner(spent)
        share = Fraction(units, ledger.whole(one))
        sums = found[payee, category]
        if payer in ledger.sources:
            if ledger.sources[payer] != category:
                continue
            far: int | None = 1
            held[output] += share * value
            straight += value if payer != payee else 0
        else:
            far = hops[spent] + 1 if spent in hops else None
            held[output] += share * held[spent]
            sums.indirect += share * held[spent] if payer != payee else 0
        if far is not None and not (payer == payee and payer in ledger.sources):
            hops[output] = min(far, hops.get(output, far))
            sums.reached(far)
    found[payee, category].direct += half_up(Fraction(units * straight, ledger.whole(one) or 1))


def sent_to(ledger: OutputLedger) -> Exposures:
    """Return what every owner sent to every category: its part of each output followed to its end."""
    found: dict[tuple[int, int], Sums] = defaultdict(Sums)
    for number, one in enumerate(ledger.transactions):
        for spent, value in one.inputs:
            payer = ledger.owner(spent)
            straight: dict[int, int] = defaultdict(int)
            for output, units in ledger.paid(one):
                payee = ledger.owner(output)
                if payee == payer:
                    continue
                if payee in ledger.sources:
                    straight[ledger.sources[payee]] += units
                    continue
                part = Fraction(units * value, ledger.whole(one))
                for category, (ended, hops) in _ends_of(ledger, number, output, part).items():
                    found[payer, category].indirect += ended
                    found[payer, category].reached(hops)
            for category, units in straight.items():
                found[payer, category].direct += half_up(Fraction(units * value, ledger.whole(one)))
                found[payer, category].reached(1)
    return found


def _ends_of(ledger: OutputLedger, number: int, first: int, part: Fraction) -> dict[int, tuple[Fraction, int]]:
    """Follow some units of an output: how many end at sources of each category, and the fewest transactions there."""
    held: Held = defaultdict(Fraction, {first: part})
    hops = {first: 1}
    ended: dict[int, tuple[Fraction, int]] = {}
    for one in ledger.transactions[number + 1 :]:
        for spent, _ in one.inputs:
            if spent not in hops:
                continue
            far = hops[spent] + 1
            for output, units in ledger.paid(one):
                moved = held[spent] * Fraction(units, ledger.whole(one))
                payee = ledger.owner(output)
                if payee in ledger.sources:
                    category = ledger.sources[payee]
                    before, nearest = ended.get(category, (Fraction(0), far))
                    ended[category] = (before + moved, min(nearest, far))
                else:
                    held[output] += moved
                    hops[output] = min(far, hops.get(output, far))
    return ended


def half_up(units: Fraction) -> int:
    """Return the nearest whole number, the higher of two."""
    return int(units + Fraction(1, 2))
