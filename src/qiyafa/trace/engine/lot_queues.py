"""Queues of lots for numba kernels: each queue lies in one piece of memory, so that its lots are read in a row.

Place, four words: clean (lo, hi with the wall flag on top), number of its queue, and a word with the aged flag and
the colour of the theft that owns the place. Queue, four words: first lot of its block, head, count, capacity (a
power of two); a queue runs round in its block. Lot, three words: units (lo, hi), colour. Queue 0 and block 0 are
none. A place without a queue is just its clean number, which most places are for ever.

In `fifo` and `lifo` a queue holds every lot, clean ones too, and the clean number is then zero. In the sorted
methods clean units stay in the number and the queue holds stolen lots only, except at *aged* places: those that a
theft will seize later, where the age of clean lots among stolen ones matters, so all lots stand in the queue.
"""

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numba import njit

from qiyafa.model.columns import I64, U8, U16, U32, U64
from qiyafa.trace.engine.memory import aligned_zeros
from qiyafa.trace.engine.wide import TOP_BIT, ZERO, add, less, prefetch, subtract

FIFO, LIFO, CLEAN_FIRST, STOLEN_FIRST = 0, 1, 2, 3
MODES = {"fifo": FIFO, "lifo": LIFO, "clean_first": CLEAN_FIRST, "stolen_first": STOLEN_FIRST}

CLEAN, HIGH, QUEUE, OWNER = 0, 1, 2, 3
"""Words of a place."""
BLOCK, HEAD, COUNT, CAPACITY = 0, 1, 2, 3
"""Words of a queue."""
COLOUR = 2
"""Word of a lot after its units."""

AGED = np.uint64(1 << 47)
OWNER_SHIFT = np.uint64(48)

FREE_QUEUE, QUEUES_USED, LOTS_USED, FREE_BLOCK = 0, 1, 2, 3
"""Entries of `store`: first free queue, queues and lots ever used, and from there on the first free block of each
size.
"""

_QUEUE_BYTES, _LOT_BYTES = 32, 24

_SMALLEST = 2
_SIZES = 48

Words = TypeVar("Words", U64, I64)


@dataclass(slots=True)
class LotStore:
    """The memory of all queues of one walk."""

    state: U64
    queues: I64
    lots: U64
    store: I64
    drawn: U64
    """Scratch: the lots of one transfer, in the order in which they leave."""

    @classmethod
    def of(cls, opening_lo: U64, opening_hi: U64, walls: U8, lots: int) -> "LotStore":
        """Return the places before the first row: unseen balances as clean numbers, walls marked, room for some
        lots.
        """
        state = aligned_zeros((len(opening_lo), 4), np.uint64)
        state[:, CLEAN] = opening_lo
        state[:, HIGH] = opening_hi
        state[walls != 0, :2] = (ZERO, TOP_BIT)
        store = np.zeros(FREE_BLOCK + _SIZES, dtype=np.int64)
        store[QUEUES_USED] = 1
        store[LOTS_USED] = _SMALLEST
        queues = np.zeros((max(16, lots // 4), 4), dtype=np.int64)
        # np.empty takes no memory until it is written, so room for the worst case costs nothing.
        return cls(state, queues, np.empty((lots, 3), np.uint64), store, np.empty((64, 3), np.uint64))

    def arrays(self, walls: U8) -> tuple[U64, U8, I64, U64, I64, U64]:
        """Return what the kernels take."""
        return self.state, walls, self.queues, self.lots, self.store, self.drawn

    def grow(self, payer: int, payee: int) -> None:
        """Make room for what the next transfer between two places may need."""
        counts = self.queues[self.state[[payer, payee], QUEUE].astype(np.int64), COUNT]
        most = int(counts.sum()) + 4
        if len(self.drawn) < most:
            self.drawn = np.empty((2 * most, 3), np.uint64)
        if int(self.store[QUEUES_USED]) + 4 > len(self.queues):
            self.queues = _longer(self.queues, 2 * len(self.queues))
        if int(self.store[LOTS_USED]) + 2 * most + 2 * _SMALLEST > len(self.lots):
            self.lots = _longer(self.lots, 2 * len(self.lots) + 4 * most)


def _longer(words: Words, length: int) -> Words:
    longer = np.zeros((length, words.shape[1]), dtype=words.dtype)
    longer[: len(words)] = words
    return longer


@njit(inline="always")
def has_room(queues, lots, store, drawn, payer_queue, payee_queue):  # type: ignore[no-untyped-def]
    """Tell whether a transfer between two queues finds the memory it may need."""
    most = queues[payer_queue, COUNT] + queues[payee_queue, COUNT] + 4
    return (
        len(drawn) >= most
        and store[QUEUES_USED] + 4 <= len(queues)
        and store[LOTS_USED] + 2 * most + 2 * _SMALLEST <= len(lots)
    )


@njit(inline="always")
def _size_of(capacity):  # type: ignore[no-untyped-def]
    size = 0
    while capacity > 1:
        capacity >>= 1
        size += 1
    return size


@njit(inline="always")
def _make_block(lots, store, capacity):  # type: ignore[no-untyped-def]
    """Return a block of a capacity, used before or new."""
    entry = FREE_BLOCK + _size_of(capacity)
    block = store[entry]
    if block:
        store[entry] = np.int64(lots[block, 0])
        return block
    block = store[LOTS_USED]
    store[LOTS_USED] += capacity
    return block


@njit(inline="always")
def _drop_block(lots, store, block, capacity):  # type: ignore[no-untyped-def]
    entry = FREE_BLOCK + _size_of(capacity)
    lots[block, 0] = np.uint64(store[entry])
    store[entry] = block


@njit(inline="always")
def _make_queue(state, queues, lots, store, place):  # type: ignore[no-untyped-def]
    """Give a place an empty queue."""
    queue = store[FREE_QUEUE]
    if queue:
        store[FREE_QUEUE] = queues[queue, BLOCK]
    else:
        queue = store[QUEUES_USED]
        store[QUEUES_USED] += 1
    queues[queue, BLOCK] = _make_block(lots, store, _SMALLEST)
    queues[queue, HEAD], queues[queue, COUNT], queues[queue, CAPACITY] = 0, 0, _SMALLEST
    state[place, QUEUE] = np.uint64(queue)
    return queue


@njit(inline="always")
def _drop_queue(state, queues, lots, store, place):  # type: ignore[no-untyped-def]
    """Take an empty queue from a place."""
    queue = np.int64(state[place, QUEUE])
    _drop_block(lots, store, queues[queue, BLOCK], queues[queue, CAPACITY])
    queues[queue, COUNT] = 0
    queues[queue, BLOCK] = store[FREE_QUEUE]
    store[FREE_QUEUE] = queue
    state[place, QUEUE] = ZERO


@njit(inline="always")
def _widen(queues, lots, store, queue):  # type: ignore[no-untyped-def]
    """Move a full queue to a block of twice the capacity."""
    block, head, count, capacity = queues[queue]
    larger = _make_block(lots, store, 2 * capacity)
    for index in range(count):
        lot = block + ((head + index) & (capacity - 1))
        lots[larger + index, 0], lots[larger + index, 1] = lots[lot, 0], lots[lot, 1]
        lots[larger + index, 2] = lots[lot, 2]
    _drop_block(lots, store, block, capacity)
    queues[queue, BLOCK], queues[queue, HEAD], queues[queue, CAPACITY] = larger, 0, 2 * capacity


@njit(inline="always")
def _push(queues, lots, store, queue, lo, hi, colour):  # type: ignore[no-untyped-def]
    """Put a lot behind all others; neighbours of one colour join."""
    count = queues[queue, COUNT]
    capacity = queues[queue, CAPACITY]
    if count:
        last = queues[queue, BLOCK] + ((queues[queue, HEAD] + count - 1) & (capacity - 1))
        if lots[last, COLOUR] == colour:
            lots[last, 0], lots[last, 1] = add(lots[last, 0], lots[last, 1], lo, hi)
            return
    if count == capacity:
        _widen(queues, lots, store, queue)
        capacity *= 2
    lot = queues[queue, BLOCK] + ((queues[queue, HEAD] + count) & (capacity - 1))
    lots[lot, 0], lots[lot, 1], lots[lot, COLOUR] = lo, hi, colour
    queues[queue, COUNT] = count + 1


@njit(inline="always")
def keeps_clean_apart(mode, state, place):  # type: ignore[no-untyped-def]
    """Tell whether clean units of a place stay out of its queue."""
    return mode >= CLEAN_FIRST and (state[place, OWNER] & AGED) == ZERO


@njit(inline="always")
def receive_clean(state, place, lo, hi):  # type: ignore[no-untyped-def]
    """Add clean units to the number of a place."""
    state[place, CLEAN], state[place, HIGH] = add(state[place, CLEAN], state[place, HIGH], lo, hi)


@njit(inline="always")
def spend_clean(state, place, lo, hi):  # type: ignore[no-untyped-def]
    """Take clean units from the number of a place."""
    state[place, CLEAN], state[place, HIGH] = subtract(state[place, CLEAN], state[place, HIGH], lo, hi)


@njit(inline="always")
def receive_lot(mode, state, queues, lots, store, place, lo, hi, colour):  # type: ignore[no-untyped-def]
    """Add a lot to a place: clean units to its number while they can stand apart, all else behind its other lots."""
    queue = np.int64(state[place, QUEUE])
    apart = keeps_clean_apart(mode, state, place)
    if colour == ZERO and (queue == 0 or apart):
        receive_clean(state, place, lo, hi)
        return
    if queue == 0:
        queue = _make_queue(state, queues, lots, store, place)
        if not apart and (state[place, CLEAN] | state[place, HIGH]) != ZERO:
            _push(queues, lots, store, queue, state[place, CLEAN], state[place, HIGH], ZERO)
            state[place, CLEAN], state[place, HIGH] = ZERO, ZERO
    _push(queues, lots, store, queue, lo, hi, colour)


@njit(inline="always")
def _draw(drawn, count, lo, hi, colour):  # type: ignore[no-untyped-def]
    drawn[count, 0], drawn[count, 1], drawn[count, COLOUR] = lo, hi, colour
    return count + 1


@njit(inline="always")
def draw(mode, state, queues, lots, store, drawn, place, lo, hi):  # type: ignore[no-untyped-def]
    """Take units from a place that has a queue; return how many lots stand in `drawn`, in the order in which they
    left.
    """
    if mode < CLEAN_FIRST:
        count, _, _ = _draw_end(mode == LIFO, queues, lots, drawn, 0, np.int64(state[place, QUEUE]), lo, hi)
    elif (state[place, OWNER] & AGED) != ZERO:
        count = _draw_sorted(mode == STOLEN_FIRST, queues, lots, drawn, np.int64(state[place, QUEUE]), lo, hi)
    elif mode == STOLEN_FIRST:
        count, lo, hi = _draw_end(False, queues, lots, drawn, 0, np.int64(state[place, QUEUE]), lo, hi)
        if (lo | hi) != ZERO:
            spend_clean(state, place, lo, hi)
            count = _draw(drawn, count, lo, hi, ZERO)
    else:
        count, clean_lo, clean_hi = 0, lo, hi
        if less(state[place, CLEAN], state[place, HIGH], lo, hi):
            clean_lo, clean_hi = state[place, CLEAN], state[place, HIGH]
        if (clean_lo | clean_hi) != ZERO:
            spend_clean(state, place, clean_lo, clean_hi)
            count = _draw(drawn, count, clean_lo, clean_hi, ZERO)
        lo, hi = subtract(lo, hi, clean_lo, clean_hi)
        count, _, _ = _draw_end(False, queues, lots, drawn, count, np.int64(state[place, QUEUE]), lo, hi)
    _tidy(state, queues, lots, store, place)
    return count


@njit(inline="always")
def _draw_end(newest, queues, lots, drawn, count, queue, lo, hi):  # type: ignore[no-untyped-def]
    """Draw from the oldest or the newest end, as far as it goes; return (lots drawn, units that lacked as lo, hi)."""
    block, head, left, capacity = queues[queue, 0], queues[queue, 1], queues[queue, 2], queues[queue, 3]
    while (lo | hi) != ZERO and left:
        lot = block + ((head + (left - 1 if newest else 0)) & (capacity - 1))
        if less(lo, hi, lots[lot, 0], lots[lot, 1]):
            lots[lot, 0], lots[lot, 1] = subtract(lots[lot, 0], lots[lot, 1], lo, hi)
            count = _draw(drawn, count, lo, hi, lots[lot, COLOUR])
            lo, hi = ZERO, ZERO
        else:
            count = _draw(drawn, count, lots[lot, 0], lots[lot, 1], lots[lot, COLOUR])
            lo, hi = subtract(lo, hi, lots[lot, 0], lots[lot, 1])
            left -= 1
            head += 0 if newest else 1
    queues[queue, HEAD], queues[queue, COUNT] = head & (capacity - 1), left
    return count, lo, hi


@njit(cache=True, nogil=True)
def _draw_sorted(stolen_first, queues, lots, drawn, queue, lo, hi):  # type: ignore[no-untyped-def]
    """Draw from an aged queue: the preferred sort first, oldest first in each sort; close the holes it leaves."""
    block, head, length, capacity = queues[queue, 0], queues[queue, 1], queues[queue, 2], queues[queue, 3]
    count = 0
    for turn in range(2):
        stolen = stolen_first if turn == 0 else not stolen_first
        kept = 0
        for index in range(length):
            lot = block + ((head + index) & (capacity - 1))
            lot_lo, lot_hi, colour = lots[lot, 0], lots[lot, 1], lots[lot, COLOUR]
            if (colour != ZERO) == stolen and (lo | hi) != ZERO:
                taken_lo, taken_hi = lo, hi
                if less(lot_lo, lot_hi, lo, hi):
                    taken_lo, taken_hi = lot_lo, lot_hi
                count = _draw(drawn, count, taken_lo, taken_hi, colour)
                lo, hi = subtract(lo, hi, taken_lo, taken_hi)
                lot_lo, lot_hi = subtract(lot_lo, lot_hi, taken_lo, taken_hi)
            if (lot_lo | lot_hi) != ZERO:
                stay = block + ((head + kept) & (capacity - 1))
                lots[stay, 0], lots[stay, 1], lots[stay, COLOUR] = lot_lo, lot_hi, colour
                kept += 1
        length = kept
    queues[queue, COUNT] = length
    return count


@njit(inline="always")
def _tidy(state, queues, lots, store, place):  # type: ignore[no-untyped-def]
    """Turn a queue that is empty, or one clean lot, back into the clean number."""
    queue = np.int64(state[place, QUEUE])
    if queues[queue, COUNT] == 1:
        lot = queues[queue, BLOCK] + queues[queue, HEAD]
        if lots[lot, COLOUR] == ZERO:
            receive_clean(state, place, lots[lot, 0], lots[lot, 1])
            _drop_queue(state, queues, lots, store, place)
    elif queues[queue, COUNT] == 0:
        _drop_queue(state, queues, lots, store, place)


@njit(cache=True, nogil=True)
def seize_queues(mode, places, seized, colours, claimed, begin):  # type: ignore[no-untyped-def]
    """Give every clean lot of some places a colour where it stands, from entry `begin` on; return the entry it
    stopped before.

    `places`: the arrays of a LotStore; `claimed`: out, the units that took a colour at each place, as (lo, hi).
    """
    state, _, queues, lots, store, drawn = places
    for entry in range(begin, len(seized)):
        place, colour = seized[entry], colours[entry]
        queue = np.int64(state[place, QUEUE])
        if not has_room(queues, lots, store, drawn, queue, queue):
            return entry
        claimed_lo, claimed_hi = state[place, CLEAN], state[place, HIGH]
        if (state[place, OWNER] >> OWNER_SHIFT) == ZERO:
            state[place, OWNER] |= colour << OWNER_SHIFT
        if (claimed_lo | claimed_hi) != ZERO:
            state[place, CLEAN], state[place, HIGH] = ZERO, ZERO
            receive_lot(mode, state, queues, lots, store, place, claimed_lo, claimed_hi, colour)
        queue = np.int64(state[place, QUEUE])
        for index in range(queues[queue, COUNT]):
            lot = queues[queue, BLOCK] + ((queues[queue, HEAD] + index) & (queues[queue, CAPACITY] - 1))
            if lots[lot, COLOUR] == ZERO:
                lots[lot, COLOUR] = colour
                claimed_lo, claimed_hi = add(claimed_lo, claimed_hi, lots[lot, 0], lots[lot, 1])
        claimed[entry, 0], claimed[entry, 1] = claimed_lo, claimed_hi
    return len(seized)


def held_lots(store: LotStore) -> tuple[U32, U16, U64, U64]:
    """Return (places, colours, units lo, units hi) of everything stolen that rests; a place and colour may come
    twice.
    """
    most = int(store.store[LOTS_USED])
    found = (np.empty(most, np.uint32), np.empty(most, np.uint16), np.empty(most, np.uint64), np.empty(most, np.uint64))
    count = _held_lots(store.state, store.queues, store.lots, *found)
    places, colours, units_lo, units_hi = found
    return places[:count], colours[:count], units_lo[:count], units_hi[:count]


@njit(cache=True, nogil=True, _nrt=False)
def _held_lots(state, queues, lots, places, colours, units_lo, units_hi):  # type: ignore[no-untyped-def]
    queues_base, lots_base = queues.ctypes.data, lots.ctypes.data
    count = 0
    for place in range(len(state)):
        far, near = min(place + 32, len(state) - 1), min(place + 16, len(state) - 1)
        prefetch(queues_base + np.int64(state[far, QUEUE]) * _QUEUE_BYTES)
        ahead = np.int64(state[near, QUEUE])
        if ahead:
            prefetch(lots_base + (queues[ahead, BLOCK] + queues[ahead, HEAD]) * _LOT_BYTES)
        queue = np.int64(state[place, QUEUE])
        for index in range(queues[queue, COUNT] if queue else 0):
            lot = queues[queue, BLOCK] + ((queues[queue, HEAD] + index) & (queues[queue, CAPACITY] - 1))
            if lots[lot, COLOUR] != ZERO:
                places[count], colours[count] = place, lots[lot, COLOUR]
                units_lo[count], units_hi[count] = lots[lot, 0], lots[lot, 1]
                count += 1
    return count
