"""What `clean_first` and `stolen_first` share: lots in order of age, of which one sort leaves first."""

from collections.abc import Iterable

from qiyafa.trace.lots import CLEAN, EVERY_MODEL, Lot, split, stolen_by_colour


class SortedLots:
    """A queue of lots, oldest first. Which sort goes first is the method's to say, in `stolen_goes_first`."""

    conserves = True
    traced_alone = False
    models = EVERY_MODEL
    largest_first = False
    stolen_goes_first: bool

    def __init__(self) -> None:
        self._lots: list[Lot] = []

    def receive(self, lots: Iterable[Lot]) -> None:
        """Put the lots behind all others; neighbours of one colour become one lot."""
        for lot in lots:
            if self._lots and self._lots[-1].colour == lot.colour:
                lot = Lot(self._lots.pop().units + lot.units, lot.colour)
            if lot.units:
                self._lots.append(lot)

    def spend(self, units: int) -> list[Lot]:
        """Take the preferred lots as far as they go, oldest first, then the others, oldest first."""
        spent: list[Lot] = []
        for stolen in (self.stolen_goes_first, not self.stolen_goes_first):
            kept: list[Lot] = []
            for lot in self._lots:
                if units and (lot.colour != CLEAN) == stolen:
                    taken, lot = split(lot, min(units, lot.units))
                    spent.append(taken)
                    units -= taken.units
                if lot.units:
                    kept.append(lot)
            self._lots = kept
        return spent

    def seize(self, colour: int) -> int:
        """Colour the clean lots where they stand in the queue."""
        seized = sum(lot.units for lot in self._lots if lot.colour == CLEAN)
        self._lots = [Lot(lot.units, lot.colour or colour) for lot in self._lots]
        return seized

    def stolen(self) -> dict[int, int]:
        """Add up the stolen lots."""
        return stolen_by_colour(self._lots)
