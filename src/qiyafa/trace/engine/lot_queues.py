"""Queues of lots for numba kernels: linked nodes in one pool, 32 bytes each.

Place, four words: clean (lo, hi with the wall flag on top), head node, and a word with the tail node, the aged flag and
the colour of the theft that owns the place. Node, four words: units (lo, hi), colour, next node. Node 0 is none.
A place without a queue is just its clean number, which most places are for ever.

In `fifo` and `lifo` a queue holds every lot, clean ones too, and the clean number is then zero. In the sorted
methods clean units stay in the number and the queue holds stolen lots only, except at *aged* places: those that a
theft will seize later, where the age of clean lots among stolen ones matters, so all lots stand in the queue.
"""

import numpy as np
from numba import njit

from qiyafa.model.columns import U8, U64
from qiyafa.trace.engine.wide import ONE, TOP_BIT, ZERO, add, less, subtract

FIFO, LIFO, CLEAN_FIRST, STOLEN_FIRST = 0, 1, 2, 3
MODES = {"fifo": FIFO, "lifo": LIFO, "clean_first": CLEAN_FIRST, "stolen_first": STOLEN_FIRST}

CLEAN, HIGH, HEAD, LAST = 0, 1, 2, 3
"""Words of a place."""
COLOUR, NEXT = 2, 3
"""Words of a node after its units."""

TAIL_MASK = np.uint64((1 << 47) - 1)
AGED = np.uint64(1 << 47)
OWNER_SHIFT = np.uint64(48)

FREE, USED, SPARE = 0, 1, 2
"""Entries of `pool`: first free node, nodes ever used, nodes on the free list."""


@njit(inline="always")
def room(nodes, pool):  # type: ignore[no-untyped-def]
    """Return how many nodes can still be made."""
    return len(nodes) - np.int64(pool[USED]) + np.int64(pool[SPARE])


@njit(inline="always")
def make_node(nodes, pool, lo, hi, colour):  # type: ignore[no-untyped-def]
    """Take a node from the pool."""
    node = pool[FREE]
    if node != ZERO:
        pool[FREE] = nodes[node, NEXT]
        pool[SPARE] -= ONE
    else:
        node = pool[USED]
        pool[USED] += ONE
    nodes[node, 0], nodes[node, 1], nodes[node, COLOUR], nodes[node, NEXT] = lo, hi, colour, ZERO
    return node


@njit(inline="always")
def drop_node(nodes, pool, node):  # type: ignore[no-untyped-def]
    """Give a node back."""
    nodes[node, NEXT] = pool[FREE]
    pool[FREE] = node
    pool[SPARE] += ONE


@njit(inline="always")
def tail_of(state, place):  # type: ignore[no-untyped-def]
    """Return the last node of a place."""
    return state[place, LAST] & TAIL_MASK


@njit(inline="always")
def set_tail(state, place, node):  # type: ignore[no-untyped-def]
    """Change the last node of a place, keeping its flags."""
    state[place, LAST] = (state[place, LAST] & ~TAIL_MASK) | node


@njit(inline="always")
def push(mode, nodes, pool, state, place, node):  # type: ignore[no-untyped-def]
    """Add a lot where the method puts new ones: on top for lifo, behind for the others. Neighbours of one colour
    join.
    """
    head = state[place, HEAD]
    if head == ZERO:
        nodes[node, NEXT] = ZERO
        state[place, HEAD] = node
        set_tail(state, place, node)
        return
    neighbour = head if mode == LIFO else tail_of(state, place)
    if nodes[neighbour, COLOUR] == nodes[node, COLOUR]:
        nodes[neighbour, 0], nodes[neighbour, 1] = add(
            nodes[neighbour, 0], nodes[neighbour, 1], nodes[node, 0], nodes[node, 1]
        )
        drop_node(nodes, pool, node)
    elif mode == LIFO:
        nodes[node, NEXT] = head
        state[place, HEAD] = node
    else:
        nodes[node, NEXT] = ZERO
        nodes[neighbour, NEXT] = node
        set_tail(state, place, node)


@njit(inline="always")
def keeps_clean_apart(mode, state, place):  # type: ignore[no-untyped-def]
    """Tell whether clean units of a place stay out of its queue."""
    return mode >= CLEAN_FIRST and (state[place, LAST] & AGED) == ZERO


@njit(inline="always")
def receive_clean(mode, nodes, pool, state, place, lo, hi):  # type: ignore[no-untyped-def]
    """Add clean units to a place."""
    if state[place, HEAD] == ZERO or keeps_clean_apart(mode, state, place):
        state[place, CLEAN], state[place, HIGH] = add(state[place, CLEAN], state[place, HIGH], lo, hi)
    else:
        push(mode, nodes, pool, state, place, make_node(nodes, pool, lo, hi, ZERO))


@njit(inline="always")
def receive_node(mode, nodes, pool, state, place, node):  # type: ignore[no-untyped-def]
    """Add a lot to a place, taking over its node."""
    if nodes[node, COLOUR] == ZERO and (state[place, HEAD] == ZERO or keeps_clean_apart(mode, state, place)):
        state[place, CLEAN], state[place, HIGH] = add(
            state[place, CLEAN], state[place, HIGH], nodes[node, 0], nodes[node, 1]
        )
        drop_node(nodes, pool, node)
        return
    if (
        state[place, HEAD] == ZERO
        and (state[place, CLEAN] | state[place, HIGH]) != ZERO
        and not keeps_clean_apart(mode, state, place)
    ):
        clean = make_node(nodes, pool, state[place, CLEAN], state[place, HIGH], ZERO)
        state[place, CLEAN], state[place, HIGH] = ZERO, ZERO
        push(mode, nodes, pool, state, place, clean)
    push(mode, nodes, pool, state, place, node)


@njit(inline="always")
def spend_clean(state, place, lo, hi):  # type: ignore[no-untyped-def]
    """Take clean units from the number of a place."""
    state[place, CLEAN], state[place, HIGH] = subtract(state[place, CLEAN], state[place, HIGH], lo, hi)


@njit(cache=True, nogil=True)
def spend_head(nodes, pool, state, place, lo, hi):  # type: ignore[no-untyped-def]
    """Take units from the head of the queue on, as far as it goes.

    Return (first node, units that the queue lacked as lo, hi): a chain of nodes in the order in which they left.
    """
    first, last = ZERO, ZERO
    head = state[place, HEAD]
    while (lo | hi) != ZERO and head != ZERO:
        node = head
        if less(lo, hi, nodes[node, 0], nodes[node, 1]):
            nodes[node, 0], nodes[node, 1] = subtract(nodes[node, 0], nodes[node, 1], lo, hi)
            node = make_node(nodes, pool, lo, hi, nodes[node, COLOUR])
            lo, hi = ZERO, ZERO
        else:
            lo, hi = subtract(lo, hi, nodes[node, 0], nodes[node, 1])
            head = nodes[node, NEXT]
            nodes[node, NEXT] = ZERO
        if first == ZERO:
            first = node
        else:
            nodes[last, NEXT] = node
        last = node
    state[place, HEAD] = head
    if head == ZERO:
        set_tail(state, place, ZERO)
    elif nodes[head, NEXT] == ZERO and nodes[head, COLOUR] == ZERO:
        state[place, CLEAN], state[place, HIGH] = add(
            state[place, CLEAN], state[place, HIGH], nodes[head, 0], nodes[head, 1]
        )
        drop_node(nodes, pool, head)
        state[place, HEAD] = ZERO
        set_tail(state, place, ZERO)
    return first, lo, hi


@njit(cache=True, nogil=True)
def spend_aged(stolen_first, nodes, pool, state, place, lo, hi):  # type: ignore[no-untyped-def]
    """Take units from the queue of an aged place: the preferred sort first, oldest first in each sort.

    Return the first node of a chain in the order in which they left.
    """
    first, last = ZERO, ZERO
    for turn in range(2):
        stolen = stolen_first if turn == 0 else not stolen_first
        before, node = ZERO, state[place, HEAD]
        while node != ZERO and (lo | hi) != ZERO:
            after = nodes[node, NEXT]
            if (nodes[node, COLOUR] != ZERO) != stolen:
                before, node = node, after
                continue
            if less(lo, hi, nodes[node, 0], nodes[node, 1]):
                nodes[node, 0], nodes[node, 1] = subtract(nodes[node, 0], nodes[node, 1], lo, hi)
                taken = make_node(nodes, pool, lo, hi, nodes[node, COLOUR])
                lo, hi = ZERO, ZERO
            else:
                lo, hi = subtract(lo, hi, nodes[node, 0], nodes[node, 1])
                if before == ZERO:
                    state[place, HEAD] = after
                else:
                    nodes[before, NEXT] = after
                if after == ZERO:
                    set_tail(state, place, before)
                nodes[node, NEXT] = ZERO
                taken = node
            if first == ZERO:
                first = taken
            else:
                nodes[last, NEXT] = taken
            last = taken
            node = after
    return first


@njit(cache=True, nogil=True)
def seize_queue(nodes, pool, state, place, colour):  # type: ignore[no-untyped-def]
    """Give every clean lot of a place a colour where it stands; return the units that took it, as (lo, hi)."""
    claimed_lo, claimed_hi = state[place, CLEAN], state[place, HIGH]
    if (claimed_lo | claimed_hi) != ZERO:
        state[place, CLEAN], state[place, HIGH] = ZERO, ZERO
        node = make_node(nodes, pool, claimed_lo, claimed_hi, colour)
        tail = tail_of(state, place)
        if tail == ZERO:
            state[place, HEAD] = node
        else:
            nodes[tail, NEXT] = node
        set_tail(state, place, node)
    node = state[place, HEAD]
    while node != ZERO:
        if nodes[node, COLOUR] == ZERO:
            nodes[node, COLOUR] = colour
            claimed_lo, claimed_hi = add(claimed_lo, claimed_hi, nodes[node, 0], nodes[node, 1])
        node = nodes[node, NEXT]
    if (state[place, LAST] >> OWNER_SHIFT) == ZERO:
        state[place, LAST] |= colour << OWNER_SHIFT
    return claimed_lo, claimed_hi


def new_queues(opening_lo: U64, opening_hi: U64, walls: U8) -> U64:
    """Return the places before the first row: unseen balances as clean numbers, walls marked."""
    state = np.zeros((len(opening_lo), 4), dtype=np.uint64)
    state[:, CLEAN] = opening_lo
    state[:, HIGH] = opening_hi
    state[walls != 0, :2] = (ZERO, TOP_BIT)
    return state


def new_pool(entries: int) -> tuple[U64, U64]:
    """Return (nodes, pool) with room for some nodes."""
    return np.empty((entries, 4), dtype=np.uint64), np.array([0, 1, 0], dtype=np.uint64)


def grown(nodes: U64) -> U64:
    """Return the nodes with twice the room."""
    larger = np.empty((2 * len(nodes), 4), dtype=np.uint64)
    larger[: len(nodes)] = nodes
    return larger
