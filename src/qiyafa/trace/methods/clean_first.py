"""Clean first: stolen units leave only when no clean ones are left (the lowest intermediate balance rule).

Source: James Roscoe (Bolton) Ltd v Winder [1915] 1 Ch 62; In re Hallett's Estate (1880) 13 Ch D 696: a thief is
presumed to spend his own money first, and the claim cannot exceed the lowest balance in between. Among clean lots,
and among stolen ones, the oldest leaves first. Exact. Not good for: finding where money went next; it leaves as
much as possible with the first holder.
"""

from qiyafa.trace.methods.sorted_lots import SortedLots


class CleanFirst(SortedLots):
    """Lots in order of age, of which the clean ones go first."""

    stolen_goes_first = False
