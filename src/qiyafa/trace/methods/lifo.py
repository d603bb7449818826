"""Last in, first out: the newest lot leaves first.

Source: the rule is the mirror of Clayton's Case and is argued where a thief spends what just came in; described for
cryptoassets in Tironsakkul, Maarek, Eross and Just, "Tracking Mixed Bitcoins" (2020). Exact, like `fifo`.
Not good for: busy services, where it ties a payment to whoever happened to pay in last.
"""

from collections.abc import Iterable

from qiyafa.trace.lots import CLEAN, EVERY_MODEL, Lot, split, stolen_by_colour


class Lifo:
    """A stack of lots; lots arrive in the order in which they left, so the last of them is the newest."""

    conserves = True
    traced_alone = False
    models = EVERY_MODEL
    largest_first = False

    def __init__(self) -> None:
        self._lots: list[Lot] = []

    def receive(self, lots: Iterable[Lot]) -> None:
        """Put the lots on top of all others."""
        self._lots.extend(lots)

    def spend(self, units: int) -> list[Lot]:
        """Take the newest lots; of the last one the newest part."""
        spent: list[Lot] = []
        while units:
            lot = self._lots.pop()
            if lot.units > units:
                lot, rest = split(lot, units)
                self._lots.append(rest)
            spent.append(lot)
            units -= lot.units
        return spent

    def seize(self, colour: int) -> int:
        """Colour the clean lots where they stand in the stack."""
        seized = sum(lot.units for lot in self._lots if lot.colour == CLEAN)
        self._lots = [Lot(lot.units, lot.colour or colour) for lot in self._lots]
        return seized

    def stolen(self) -> dict[int, int]:
        """Add up the stack."""
        return stolen_by_colour(self._lots)
