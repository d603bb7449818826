"""The 50 percent rule: what blocked parties own to half or more, directly or through others, is blocked as well.

OFAC's rule (its guidance of 13 August 2014, FAQ 401) is a fixpoint over the graph of owners: a party is blocked once
the shares of its owners that are listed or themselves blocked add up to one half. The share of a blocked owner counts
in full; it is not multiplied through. The rule is about ownership, not control, and says nothing of the origin of
money: it does not apply to shares of taint.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from heapq import heapify, heappop, heappush
from typing import Final

_HALF: Final = Fraction(1, 2)


@dataclass(frozen=True, slots=True)
class OwnershipBlock:
    """Why a party that is not listed is blocked."""

    since: date
    """The day on which the shares of its blocked owners first reached one half."""
    share: Fraction
    """What the owners hold who were blocked by then."""
    owners: tuple[str, ...]
    """These owners, in the order in which they were blocked."""


def blocked_by_ownership(
    owners: Mapping[str, Sequence[tuple[str, Fraction]]], listed: Mapping[str, date]
) -> dict[str, OwnershipBlock]:
    """Return what is blocked by its owners alone, from (owner, share) by party and the days of the listed parties.

    Parties are blocked in the order of time, so circles of owners end.
    """
    owned: dict[str, list[tuple[str, Fraction]]] = defaultdict(list)
    for party, holders in owners.items():
        for owner, share in dict(holders).items():
            owned[owner].append((party, share))
    held: dict[str, list[tuple[str, Fraction]]] = defaultdict(list)
    blocked: dict[str, OwnershipBlock] = {}
    reached = [(day, party) for party, day in listed.items()]
    heapify(reached)
    while reached:
        day, owner = heappop(reached)
        for party, share in owned[owner]:
            held[party].append((owner, share))
            total = sum((one for _, one in held[party]), Fraction(0))
            if party not in listed and party not in blocked and total >= _HALF:
                blocked[party] = OwnershipBlock(day, total, tuple(name for name, _ in held[party]))
                heappush(reached, (day, party))
    return blocked
