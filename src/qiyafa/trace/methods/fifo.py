"""First in, first out: the oldest lot leaves first.

Source: Clayton's Case, Devaynes v Noble (1816) 1 Mer 572; for cryptoassets Anderson, Shumailov, Ahmed and
Rietmann, "Bitcoin Redux" (WEIS 2018). Exact: every unit keeps its identity, nothing is rounded.
Not good for: order inside one block decides, so a source without the chain's order gives an assumed answer.
"""

from collections import deque
from collections.abc import Iterable

from qiyafa.trace.lots import CLEAN, EVERY_MODEL, Lot, split, stolen_by_colour


class Fifo:
    """A queue of lots."""

    conserves = True
    traced_alone = False
    models = EVERY_MODEL
    largest_first = False

    def __init__(self) -> None:
        self._lots: deque[Lot] = deque()

    def receive(self, lots: Iterable[Lot]) -> None:
        """Put the lots behind all others."""
        self._lots.extend(lots)

    def spend(self, units: int) -> list[Lot]:
        """Take the oldest lots; the last one may be split."""
        spent: list[Lot] = []
        while units:
            lot = self._lots.popleft()
            if lot.units > units:
                lot, rest = split(lot, units)
                self._lots.appendleft(rest)
            spent.append(lot)
            units -= lot.units
        return spent

    def seize(self, colour: int) -> int:
        """Colour the clean lots where they stand in the queue."""
        seized = sum(lot.units for lot in self._lots if lot.colour == CLEAN)
        self._lots = deque(Lot(lot.units, lot.colour or colour) for lot in self._lots)
        return seized

    def stolen(self) -> dict[int, int]:
        """Add up the queue."""
        return stolen_by_colour(self._lots)
