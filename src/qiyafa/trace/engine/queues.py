"""Any number of thefts at once over the columns, by queues of lots: `fifo`, `lifo`, and the sorted methods."""

import numpy as np
from numba import njit

from qiyafa.trace.engine.lot_queues import (
    BLOCK,
    COLOUR,
    COUNT,
    FIFO,
    HEAD,
    HIGH,
    LIFO,
    OWNER,
    OWNER_SHIFT,
    QUEUE,
    draw,
    has_room,
    receive_clean,
    receive_lot,
    spend_clean,
)
from qiyafa.trace.engine.records import CLAIM, write
from qiyafa.trace.engine.wide import TOP_BIT, ZERO, add, less, prefetch
from qiyafa.trace.outcome import Ending

_FAR, _MIDDLE, _NEAR = 32, 16, 8
"""Rows ahead at which a place, its queue and its lots are asked for."""
_PLACE_BYTES, _QUEUE_BYTES, _LOT_BYTES = 32, 32, 24
_BEYOND_HOPS = np.uint8(Ending.BEYOND_HOPS)
_BELOW_UNITS = np.uint8(Ending.BELOW_UNITS)


@njit(cache=True, nogil=True, _nrt=False)
def walk_queues(mode, rows, begin, end, places, theft, limits, sheet):  # type: ignore[no-untyped-def]
    """Walk rows [begin, end); return the row it stopped before: `end`, or earlier for want of room.

    `rows` = (source, target, units_lo, units_hi); `places`: the arrays of a LotStore; `theft` = (stolen rows
    ascending, their colours, [index of the next]); `limits` = (beyond: uint8 by colour - 1 and row, or empty; least
    units (lo, hi) and the first place that is a transaction, or 0; sums: scratch, two words a colour); `sheet`: where
    flows and claims are written.
    """
    source, target, units_lo, units_hi = rows
    state, _, queues, lots, store, drawn = places
    theft_rows, theft_colours, theft_next = theft
    sheet_room = len(sheet.row) - 2 * len(limits[2]) - 4 if len(sheet.row) > 0 else np.int64(1)
    bases = (state.ctypes.data, queues.ctypes.data, lots.ctypes.data)
    next_theft = theft_rows[theft_next[0]] if theft_next[0] < len(theft_rows) else np.int64(-1)
    for row in range(begin, end):
        if row + _FAR < len(source):
            _look_ahead(source, target, state, queues, bases, row)
        payer, payee = np.int64(source[row]), np.int64(target[row])
        lo, hi = units_lo[row], units_hi[row]
        queue = np.int64(state[payer, QUEUE])
        if row != next_theft and queue == 0 and state[payee, QUEUE] == ZERO and state[payee, OWNER] == ZERO:
            if state[payer, HIGH] < TOP_BIT:
                spend_clean(state, payer, lo, hi)
            if state[payee, HIGH] < TOP_BIT:
                receive_clean(state, payee, lo, hi)
            continue
        if sheet.used[0] > sheet_room or not has_room(queues, lots, store, drawn, queue, np.int64(state[payee, QUEUE])):
            return row
        first_theft = theft_next[0]
        while theft_next[0] < len(theft_rows) and theft_rows[theft_next[0]] == row:
            theft_next[0] += 1
        end_theft = theft_next[0]
        if end_theft > first_theft:
            next_theft = theft_rows[theft_next[0]] if theft_next[0] < len(theft_rows) else np.int64(-1)
        count = 1
        if queue != 0:
            # An output is spent whole and goes into its transaction as it stands, oldest first.
            order = FIFO if mode == LIFO and payer < limits[1][2] else mode
            count = draw(order, state, queues, lots, store, drawn, payer, lo, hi)
        else:
            drawn[0, 0], drawn[0, 1], drawn[0, COLOUR] = lo, hi, ZERO
            if state[payer, HIGH] < TOP_BIT:
                spend_clean(state, payer, lo, hi)
        _deliver(mode, places, limits, sheet, row, payee, theft_colours, first_theft, end_theft, count)
    return end


@njit(inline="always")
def _look_ahead(source, target, state, queues, bases, row):  # type: ignore[no-untyped-def]
    """Ask for the memory of later rows: places first, then their queues, then the ends of the queues."""
    prefetch(bases[0] + np.int64(source[row + _FAR]) * _PLACE_BYTES)
    prefetch(bases[0] + np.int64(target[row + _FAR]) * _PLACE_BYTES)
    queue = state[source[row + _MIDDLE], QUEUE]
    if queue != ZERO:
        prefetch(bases[1] + np.int64(queue) * _QUEUE_BYTES)
    queue = state[target[row + _MIDDLE], QUEUE]
    if queue != ZERO:
        prefetch(bases[1] + np.int64(queue) * _QUEUE_BYTES)
    near = np.int64(state[source[row + _NEAR], QUEUE])
    if near:
        prefetch(bases[2] + (queues[near, BLOCK] + queues[near, HEAD]) * _LOT_BYTES)
    near = np.int64(state[target[row + _NEAR], QUEUE])
    if near:
        prefetch(bases[2] + (queues[near, BLOCK] + queues[near, HEAD] + queues[near, COUNT]) * _LOT_BYTES)


@njit(inline="always")
def _deliver(mode, places, limits, sheet, row, payee, theft_colours, first_theft, end_theft, count):  # type: ignore[no-untyped-def]
    """Hand the drawn lots to the payee: clean ones take an owner's colour, limited ones lose theirs; write it all down.

    The first of the thefts that name this row, or else the theft that owns the payee, claims clean units.
    """
    state, walls, queues, lots, store, drawn = places
    beyond, least, sums = limits
    recording = len(sheet.row) > 0
    limited = payee != 0 and (len(beyond) > 0 or (least[0] | least[1]) != ZERO)
    wall = walls[payee]
    is_theft = end_theft > first_theft
    owner = theft_colours[first_theft] if is_theft else (ZERO if wall else state[payee, OWNER] >> OWNER_SHIFT)
    if limited:
        _add_up(drawn, count, sums)
    start = sheet.used[0]
    claimed_lo, claimed_hi = ZERO, ZERO
    for index in range(count):
        lo, hi, colour = drawn[index, 0], drawn[index, 1], drawn[index, COLOUR]
        ending = wall
        if colour == ZERO and owner != ZERO:
            colour = owner
            claimed_lo, claimed_hi = add(claimed_lo, claimed_hi, lo, hi)
            if recording and is_theft:
                _write_flow(sheet, start, row, payee, colour, lo, hi, ending)
        elif colour != ZERO:
            if limited and not _names(theft_colours, first_theft, end_theft, colour):
                ending = _limit(beyond, least, sums, row, payee, colour, ending)
            if recording:
                _write_flow(sheet, start, row, payee, colour, lo, hi, ending)
            if ending == _BEYOND_HOPS or ending == _BELOW_UNITS:
                colour = ZERO
        if wall == 0:
            receive_lot(mode, state, queues, lots, store, payee, lo, hi, colour)
    if recording and (claimed_lo | claimed_hi) != ZERO:
        write(sheet, row, payee, owner, claimed_lo, claimed_hi, CLAIM)
    if limited:
        sums[:] = ZERO


@njit(inline="always")
def _limit(beyond, least, sums, row, payee, colour, ending):  # type: ignore[no-untyped-def]
    """Return the ending that a limit puts on the stolen units of one colour in a row, or the ending without it."""
    index = np.int64(colour) - 1
    if len(beyond) > 0 and beyond[index, row]:
        return _BEYOND_HOPS
    if (least[2] == 0 or payee < least[2]) and less(sums[index, 0], sums[index, 1], least[0], least[1]):
        return _BELOW_UNITS
    return ending


@njit(inline="always")
def _names(theft_colours, first, end, colour):  # type: ignore[no-untyped-def]
    """Tell whether a colour is among the thefts that name a row."""
    for index in range(first, end):
        if theft_colours[index] == colour:
            return True
    return False


@njit(inline="always")
def _add_up(drawn, count, sums):  # type: ignore[no-untyped-def]
    """Add up the stolen units of the drawn lots by colour."""
    for lot in range(count):
        if drawn[lot, COLOUR] != ZERO:
            index = np.int64(drawn[lot, COLOUR]) - 1
            sums[index, 0], sums[index, 1] = add(sums[index, 0], sums[index, 1], drawn[lot, 0], drawn[lot, 1])


@njit(inline="always")
def _write_flow(sheet, start, row, payee, colour, lo, hi, ending):  # type: ignore[no-untyped-def]
    """Write one stolen lot down, joined with earlier lots of this row that share its colour and ending."""
    for index in range(start, sheet.used[0]):
        if sheet.colour[index] == colour and sheet.ending[index] == ending:
            sheet.units_lo[index], sheet.units_hi[index] = add(sheet.units_lo[index], sheet.units_hi[index], lo, hi)
            return
    write(sheet, row, payee, colour, lo, hi, ending)
