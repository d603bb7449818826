"""Lots: the units a method moves, with the colour of the theft they come from."""

from collections.abc import Iterable
from typing import NamedTuple, Protocol

from qiyafa.model.ledger import LedgerModel

CLEAN = 0
"""The colour of units that no theft claims. The thefts of a case are colours 1, 2, 3 ..."""


EVERY_MODEL = frozenset(LedgerModel)
"""The ledger models of a method that needs nothing but lots."""


class Lot(NamedTuple):
    """Units of one colour that arrived together."""

    units: int
    colour: int


class Holding(Protocol):
    """What one address holds of one asset, under one method."""

    def receive(self, lots: Iterable[Lot]) -> None:
        """Take lots in the order in which they left the sender."""

    def spend(self, units: int) -> list[Lot]:
        """Give up `units` of what is held, in the order in which the method lets them leave."""

    def seize(self, colour: int) -> int:
        """Give every clean lot a colour; return how many units took it."""

    def stolen(self) -> dict[int, int]:
        """Return the stolen units that are held, by colour."""


def split(lot: Lot, units: int) -> tuple[Lot, Lot]:
    """Split a lot into its first `units` and the rest."""
    return Lot(units, lot.colour), Lot(lot.units - units, lot.colour)


def stolen_by_colour(lots: Iterable[Lot]) -> dict[int, int]:
    """Add up the stolen units of lots, by colour."""
    totals: dict[int, int] = {}
    for units, colour in lots:
        if colour != CLEAN and units:
            totals[colour] = totals.get(colour, 0) + units
    return totals
