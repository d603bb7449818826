"""The order of transactions inside a block where a source does not state it.

What is known is kept: places that are stated, and that an output is created before it is spent. Among what is left
the stated places go first, then the hashes as they sort.
"""

import heapq
from collections.abc import Iterable, Sequence
from itertools import pairwise

Unplaced = tuple[int | None, str]
"""The place of a transaction in its block, if it is stated, and its hash."""


def order_in_block(transactions: Sequence[Unplaced], spends: Iterable[tuple[str, str]]) -> list[str]:
    """Return the hashes of a block's transactions in order; `spends` are pairs of creating and spending transaction.

    Where the statements go round in a circle, which no real block does, the first of them that is left goes on.
    """
    keys = {name: (place is None, place or 0, name) for place, name in transactions}
    followers: dict[str, list[str]] = {name: [] for name in keys}
    waits = dict.fromkeys(keys, 0)
    stated = sorted(key for key in keys.values() if not key[0])
    chain = [(before[2], after[2]) for before, after in pairwise(stated)]
    for before, after in {*chain, *spends}:
        if before != after:
            followers[before].append(after)
            waits[after] += 1
    ready = [key for name, key in keys.items() if waits[name] == 0]
    heapq.heapify(ready)
    left = sorted(keys.values(), reverse=True)
    ordered: dict[str, None] = {}
    while len(ordered) < len(keys):
        name = (heapq.heappop(ready) if ready else left.pop())[2]
        if name in ordered:
            continue
        ordered[name] = None
        for follower in followers[name]:
            waits[follower] -= 1
            if waits[follower] == 0:
                heapq.heappush(ready, keys[follower])
    return list(ordered)
