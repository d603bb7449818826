"""Who is in a cluster as of a moment, and by which merges are two addresses joined?"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qiyafa.cluster.compiling import compiled
from qiyafa.cluster.records import Clusters, Merges, Standing
from qiyafa.cluster.union_find import roots_of_pairs
from qiyafa.model.columns import I64, U32

Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Step:
    """One merge on the way from an address to another one in it, by address number."""

    merge: int
    source: int
    target: int


def members_of(clusters: Clusters, address: int, until: int | None = None) -> U32:
    """Return the numbers of the addresses in the cluster of one, itself included, ascending.

    `until`: by merges up to then alone, seconds since 1970 UTC; a merge of unknown time is then left out.
    """
    place = clusters.place(address)
    if place is None:
        return np.array([address], np.uint32)
    members = clusters.member[clusters.first[place] : clusters.first[place + 1]]
    if until is None:
        return members
    joins = slice(int(clusters.first[place]) - place, int(clusters.first[place + 1]) - place - 1)
    time = clusters.merges.time[clusters.join_merge[joins]]
    early = (time >= 0) & (time <= until)
    left, right = (
        np.searchsorted(members, side[joins][early]).astype(np.uint32)
        for side in (clusters.join_left, clusters.join_right)
    )
    roots = roots_of_pairs(left, right, len(members))
    found: U32 = members[roots == roots[np.searchsorted(members, address)]]
    return found


def way_between(clusters: Clusters, source: int, target: int, until: int | None = None) -> tuple[Step, ...] | None:
    """Return the fewest merges that join two addresses, early ones before late ones; None if nothing joins them.

    No step at all joins an address with itself.
    """
    if source == target:
        return ()
    place = clusters.place(source)
    if place is None or clusters.root[source] != clusters.root[target]:
        return None
    members = clusters.member[clusters.first[place] : clusters.first[place + 1]]
    merges = clusters.merges
    chosen = _counting(merges, until) & (clusters.root[merges.member[merges.first[:-1]]] == clusters.root[source])
    numbers = np.flatnonzero(chosen)
    sizes = np.diff(merges.first)[numbers]
    first = np.concatenate([np.zeros(1, np.int64), np.cumsum(sizes)])
    at = np.repeat(merges.first[:-1][numbers] - first[:-1], sizes) + np.arange(first[-1])
    local = np.searchsorted(members, merges.member[at])
    here, there = (int(np.searchsorted(members, one)) for one in (source, target))
    came_from, by_merge = _search(first, local, len(members), here, there)
    if came_from[there] < 0:
        return None
    steps: list[Step] = []
    while there != here:
        before = int(came_from[there])
        steps.append(Step(int(numbers[by_merge[there]]), int(members[before]), int(members[there])))
        there = before
    return tuple(reversed(steps))


def merges_with(merges: Merges, address: int) -> I64:
    """Return every merge that names an address, whatever it counts for, in order of time."""
    at = np.flatnonzero(merges.member == np.uint32(address))
    return np.searchsorted(merges.first, at, side="right") - 1


def _counting(merges: Merges, until: int | None) -> Bools:
    counting: Bools = merges.standing == Standing.JOINS
    if until is not None:
        counting &= (merges.time >= 0) & (merges.time <= until)
    return counting


def _search(first: I64, local: I64, count: int, source: int, target: int) -> tuple[I64, I64]:
    """Return for each address that is as near as the target the one before it and the merge between; -1 elsewhere."""
    order = np.argsort(local, kind="stable")
    merge_of = np.repeat(np.arange(len(first) - 1), np.diff(first))[order]
    begins = np.searchsorted(local[order], np.arange(count + 1))
    came_from, by_merge = np.full(count, -1, np.int64), np.full(count, -1, np.int64)
    _walk(first, local, begins, merge_of, (source, target), (came_from, by_merge))
    return came_from, by_merge


@compiled
def _walk(first: I64, local: I64, begins: I64, merge_of: I64, ends: tuple[int, int], found_in: tuple[I64, I64]) -> None:
    source, target = ends
    came_from, by_merge = found_in
    seen = np.zeros(len(first) - 1, np.uint8)
    queue = np.empty(len(came_from), np.int64)
    queue[0], head, tail = source, 0, 1
    came_from[source] = source
    while head < tail and came_from[target] < 0:
        address = queue[head]
        head += 1
        for entry in range(begins[address], begins[address + 1]):
            merge = merge_of[entry]
            if seen[merge]:
                continue
            seen[merge] = 1
            for at in range(first[merge], first[merge + 1]):
                other = local[at]
                if came_from[other] < 0:
                    came_from[other], by_merge[other] = address, merge
                    queue[tail] = other
                    tail += 1
