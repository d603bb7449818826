"""Pro rata (haircut): every payment carries the same share of stolen and clean as the balance it leaves.

Source: the pari passu share of a mixed fund (Barlow Clowes v Vaughan [1992] 4 All ER 22); for cryptoassets Möser,
Böhme and Breuker, "Towards Risk Scoring of Bitcoin Transactions" (2014). Whole units: the stolen part of a payment is
rounded half up, so it is within half a unit of the exact share, and the total is conserved.
Each theft is traced alone against all the rest, so two thefts may claim one unit; answers with several thefts say so.
Not good for: percentages, which a suspect can dilute with clean money. Look at the units.
"""

from collections.abc import Iterable

from qiyafa.trace.lots import CLEAN, EVERY_MODEL, Lot


class ProRata:
    """A balance with the stolen part of it; one theft at a time."""

    conserves = True
    traced_alone = True
    models = EVERY_MODEL
    largest_first = False

    def __init__(self) -> None:
        self._balance = 0
        self._stolen = 0
        self._colour = CLEAN

    def receive(self, lots: Iterable[Lot]) -> None:
        """Add the lots to the balance."""
        for units, colour in lots:
            self._balance += units
            if colour != CLEAN:
                self._stolen += units
                self._colour = colour

    def spend(self, units: int) -> list[Lot]:
        """Take the stolen share of the balance, rounded half up."""
        stolen = (2 * self._stolen * units + self._balance) // (2 * self._balance)
        self._balance -= units
        self._stolen -= stolen
        return [Lot(stolen, self._colour), Lot(units - stolen, CLEAN)]

    def seize(self, colour: int) -> int:
        """Colour the whole balance."""
        seized = self._balance - self._stolen
        self._stolen, self._colour = self._balance, colour
        return seized

    def stolen(self) -> dict[int, int]:
        """Return the stolen part of the balance."""
        return {self._colour: self._stolen} if self._stolen else {}
