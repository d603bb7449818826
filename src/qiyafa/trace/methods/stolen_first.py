"""Stolen first: stolen units leave before any clean ones.

Source: the counterpart of the lowest intermediate balance rule; it follows the money as far as it can have gone
(Foskett v McKeown [2001] 1 AC 102 lets an owner choose to follow into what was bought). Among stolen lots, and
among clean ones, the oldest leaves first. Exact. Not good for: proving that a later receiver holds stolen money; it
gives the farthest reach of an amount.
"""

from qiyafa.trace.methods.sorted_lots import SortedLots


class StolenFirst(SortedLots):
    """Lots in order of age, of which the stolen ones go first."""

    stolen_goes_first = True
