"""Exposure in plain Python and exact fractions: every rule by eye, for small ledgers. The engine must agree.

Sources are walls, each of one category: what they pay out is theirs, what they receive is theirs.

Who funded an address (in). Whoever receives units from a source of category c holds so many units of c. A payment takes
the same share of everything the payer holds; a balance from before the ledger is clean; a fee is a payment to nobody.
What an address received of c straight from sources is direct; what other payers brought along is indirect.

Where an address sends (out). Each of its payments is followed forward on its own, by the same rules, to the sources it
ends at. Straight into a source is direct; the rest is indirect.

All receipts and payments count, up to the last row: units that leave an address and come back are received again. Not
counted are payments to oneself, fees, and transfers below the dust limit, which reach nobody. Hops are the fewest
transfers, in the order of time, from (to) a source.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

Row = tuple[int, int, int]
"""Payer, payee, units; place 0 is nobody."""


@dataclass
class Sums:
    """The exposure of one place to one category."""

    direct: int = 0
    indirect: Fraction = Fraction(0)
    hops: int | None = None

    def reached(self, hops: int) -> None:
        """Note a way."""
        self.hops = hops if self.hops is None else min(self.hops, hops)


Exposures = Mapping[tuple[int, int], Sums]
"""By (place, category)."""


@dataclass
class Ledger:
    """Rows, with the category of every place that is a source, and what every place held before the first row."""

    rows: Sequence[Row]
    sources: Mapping[int, int]
    opening: Mapping[int, int]
    least: int = 0
    """Transfers of fewer units reach nobody."""
    dead: frozenset[int] = frozenset()
    """Places that cannot be traced: what they receive ends there, and what they pay is of no category."""
    shares: list[Fraction] = field(init=False)
    """What share of the payer's balance each row takes."""

    def __post_init__(self) -> None:
        balance = defaultdict(int, self.opening)
        self.shares = []
        for payer, payee, units in self.rows:
            self.shares.append(Fraction(units, balance[payer]) if payer else Fraction(0))
            balance[payer] -= units
            balance[payee] += units

    def counts(self, row: int) -> bool:
        """Tell whether a row is a transfer from somebody to somebody else that is no dust."""
        payer, payee, units = self.rows[row]
        return payer not in {0, payee} and payee != 0 and units >= self.least


def funded_by(ledger: Ledger) -> Exposures:
    """Return what every place received of every category."""
    found: dict[tuple[int, int], Sums] = defaultdict(Sums)
    held: dict[tuple[int, int], Fraction] = defaultdict(Fraction)
    hops: dict[tuple[int, int], int] = {}
    categories = sorted(set(ledger.sources.values()))
    for number, (payer, payee, units) in enumerate(ledger.rows):
        if payer == payee:
            continue
        for category in categories:
            if payer in ledger.dead | {*ledger.sources}:
                moved, far = Fraction(0), None
                if ledger.counts(number) and ledger.sources.get(payer) == category:
                    found[payee, category].direct += units
                    moved, far = Fraction(units), 1
            else:
                moved = ledger.shares[number] * held[payer, category]
                held[payer, category] -= moved
                far = hops[payer, category] + 1 if (payer, category) in hops else None
                if ledger.counts(number):
                    found[payee, category].indirect += moved
            if ledger.counts(number):
                held[payee, category] += moved
                if far is not None:
                    hops[payee, category] = min(far, hops.get((payee, category), far))
                    found[payee, category].reached(far)
    return found


def sent_to(ledger: Ledger) -> Exposures:
    """Return what every place sent to every category: each payment followed to its end."""
    found: dict[tuple[int, int], Sums] = defaultdict(Sums)
    for number, (payer, payee, units) in enumerate(ledger.rows):
        if not ledger.counts(number):
            continue
        if payee in ledger.dead - {*ledger.sources}:
            continue
        if payee in ledger.sources:
            sums = found[payer, ledger.sources[payee]]
            sums.direct += units
            sums.reached(1)
            continue
        for category, (ended, hops) in ends_of(ledger, number).items():
            found[payer, category].indirect += ended
            found[payer, category].reached(hops)
    return found


def ends_of(ledger: Ledger, first: int) -> dict[int, tuple[Fraction, int]]:
    """Follow the units of one payment: how many end at sources of each category, and the fewest transfers there."""
    _, holder, units = ledger.rows[first]
    held: dict[int, Fraction] = defaultdict(Fraction, {holder: Fraction(units)})
    hops = {holder: 1}
    ended: dict[int, tuple[Fraction, int]] = {}
    for number in range(first + 1, len(ledger.rows)):
        payer, payee, _ = ledger.rows[number]
        if payer == payee or payer not in hops:
            continue
        moved = ledger.shares[number] * held[payer]
        held[payer] -= moved
        if not ledger.counts(number):
            continue
        far = hops[payer] + 1
        if payee in ledger.sources:
            category = ledger.sources[payee]
            before, nearest = ended.get(category, (Fraction(0), far))
            ended[category] = (before + moved, min(nearest, far))
        elif payee not in ledger.dead:
            held[payee] += moved
            hops[payee] = min(far, hops.get(payee, far))
    return ended
