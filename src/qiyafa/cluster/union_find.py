"""Union-find over address numbers: which of them hang together, at 15 to 20 nanoseconds a pair.

The lowest number is the root of its tree, so parents are never above their children: one pass in ascending order makes
every tree flat, and the answer does not depend on the order of pairs. Paths are halved while they are walked.
"""

import numpy as np

from qiyafa.cluster.compiling import compiled
from qiyafa.model.columns import I64, U8, U32


def roots_of_pairs(left: U32, right: U32, count: int) -> U32:
    """Return for each number below `count` the lowest one that pairs connect it with, itself if none does."""
    parent = np.arange(count, dtype=np.uint32)
    _join_pairs(left, right, parent)
    _flatten(parent)
    return parent


def join_groups(first: I64, member: U32, chosen: U8, count: int) -> tuple[U32, U32, U32, I64]:
    """Return the root of each number and the pairs that joined something new, in the order of the groups.

    Group g is member[first[g]] to member[first[g + 1]]; groups that are not chosen (0) join nothing. The pairs come
    with the number of the group behind each: a spanning forest in which every pair is as early as can be.
    """
    parent = np.arange(count, dtype=np.uint32)
    room = min(len(member), max(count - 1, 0))
    left, right = np.empty(room, np.uint32), np.empty(room, np.uint32)
    group = np.empty(room, np.int64)
    joins = _join_groups(first, member, chosen, parent, left, right, group)
    _flatten(parent)
    return parent, left[:joins], right[:joins], group[:joins]


@compiled
def _root(parent: U32, number: int) -> int:
    while parent[number] != number:
        parent[number] = parent[parent[number]]
        number = parent[number]
    return number


@compiled
def _join_pairs(left: U32, right: U32, parent: U32) -> None:
    for pair in range(len(left)):
        one, other = _root(parent, left[pair]), _root(parent, right[pair])
        if one < other:
            parent[other] = one
        elif other < one:
            parent[one] = other


@compiled
def _join_groups(first: I64, member: U32, chosen: U8, parent: U32, left: U32, right: U32, group: I64) -> int:
    joins = 0
    for number in range(len(first) - 1):
        if not chosen[number]:
            continue
        for at in range(first[number] + 1, first[number + 1]):
            one, other = _root(parent, member[at - 1]), _root(parent, member[at])
            if one == other:
                continue
            parent[max(one, other)] = min(one, other)
            left[joins], right[joins], group[joins] = member[at - 1], member[at], number
            joins += 1
    return joins


@compiled
def _flatten(parent: U32) -> None:
    for number in range(len(parent)):
        parent[number] = parent[parent[number]]
