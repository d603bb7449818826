"""Poison: whoever a stolen unit may have reached is touched, for ever.

Source: the strictest policy in Möser, Böhme and Breuker, "Towards Risk Scoring of Bitcoin Transactions" (2014).
It does not conserve: one stolen unit touches everything downstream, so it has no amounts at all.
Not good for: anything but a list of whom to look at; never block or claim on it alone.
"""

from collections.abc import Iterable

from qiyafa.trace.lots import CLEAN, EVERY_MODEL, Lot


class Poison:
    """The colours that ever came here. Every payment carries all of them."""

    conserves = False
    traced_alone = True
    models = EVERY_MODEL
    largest_first = False

    def __init__(self) -> None:
        self._colours: set[int] = set()

    def receive(self, lots: Iterable[Lot]) -> None:
        """Take on every colour that arrives."""
        self._colours.update(colour for units, colour in lots if units and colour != CLEAN)

    def spend(self, units: int) -> list[Lot]:
        """Pay the whole amount in every colour at once."""
        return [Lot(units, colour) for colour in sorted(self._colours)] or [Lot(units, CLEAN)]

    def seize(self, colour: int) -> int:
        """Take on the colour; poison counts no units."""
        self._colours.add(colour)
        return 0

    def stolen(self) -> dict[int, int]:
        """Return the colours, without units."""
        return dict.fromkeys(self._colours, 0)
