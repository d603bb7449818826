"""Any number of thefts at once over the columns, by queues of lots: `fifo`, `lifo`, and the sorted methods."""

import numpy as np
from numba import njit

from qiyafa.trace.engine.lot_queues import (
    AGED,
    CLEAN,
    CLEAN_FIRST,
    COLOUR,
    HEAD,
    HIGH,
    LAST,
    NEXT,
    OWNER_SHIFT,
    STOLEN_FIRST,
    TAIL_MASK,
    drop_node,
    make_node,
    receive_clean,
    receive_node,
    room,
    spend_aged,
    spend_clean,
    spend_head,
)
from qiyafa.trace.engine.records import CLAIM, write
from qiyafa.trace.engine.wide import TOP_BIT, ZERO, add, less, prefetch, subtract
from qiyafa.trace.outcome import Ending

NODES_FOR_A_ROW = 4
"""The most new nodes one transfer can need: a split lot, a clean number turned into a lot, a clean piece, a spare."""

_FAR, _NEAR = 24, 10
_BYTES = 32
_BEYOND_HOPS = np.uint8(Ending.BEYOND_HOPS)
_BELOW_UNITS = np.uint8(Ending.BELOW_UNITS)


@njit(cache=True, nogil=True)
def walk_queues(mode, rows, begin, end, places, theft, limits, sheet):  # type: ignore[no-untyped-def]
    """Walk rows [begin, end); return the row it stopped before: `end`, or earlier for want of room.

    `rows` = (source, target, units_lo, units_hi); `places` = (state, walls, nodes, pool); `theft` = (stolen rows
    ascending, their colours, [index of the next]); `limits` = (beyond: uint8 by colour - 1 and row, or empty; least
    units (lo, hi); sums: scratch, two words a colour); `sheet`: where flows and claims are written.
    """
    source, target, units_lo, units_hi = rows
    state, _, nodes, pool = places
    theft_rows, theft_colours, theft_next = theft
    recording = len(sheet.row) > 0
    sheet_room = len(sheet.row) - 2 * len(limits[2]) - 4
    state_base, nodes_base = state.ctypes.data, nodes.ctypes.data
    rows_end = len(source)
    next_theft = theft_rows[theft_next[0]] if theft_next[0] < len(theft_rows) else np.int64(-1)
    for row in range(begin, end):
        if (recording and sheet.used[0] > sheet_room) or room(nodes, pool) < NODES_FOR_A_ROW:
            return row
        if row + _FAR < rows_end:
            prefetch(state_base + np.int64(source[row + _FAR]) * _BYTES)
            prefetch(state_base + np.int64(target[row + _FAR]) * _BYTES)
            prefetch(nodes_base + np.int64(state[source[row + _NEAR], HEAD]) * _BYTES)
            prefetch(nodes_base + np.int64(state[target[row + _NEAR], LAST] & TAIL_MASK) * _BYTES)
        payer, payee = np.int64(source[row]), np.int64(target[row])
        owner, first_theft = ZERO, theft_next[0]
        if row == next_theft:
            owner = theft_colours[first_theft]
            while theft_next[0] < len(theft_rows) and theft_rows[theft_next[0]] == row:
                theft_next[0] += 1
            next_theft = theft_rows[theft_next[0]] if theft_next[0] < len(theft_rows) else np.int64(-1)
        named = theft_colours[first_theft : theft_next[0]]
        if owner == ZERO and state[payee, HIGH] < TOP_BIT:
            owner = state[payee, LAST] >> OWNER_SHIFT
        chain, clean_lo, clean_hi = _spend(mode, nodes, pool, state, payer, units_lo[row], units_hi[row])
        if chain != ZERO or owner != ZERO:
            chain = _joined(mode, nodes, pool, chain, clean_lo, clean_hi)
            _deliver(mode, places, limits, sheet, row, payee, named, owner, chain)
        elif state[payee, HIGH] < TOP_BIT:
            receive_clean(mode, nodes, pool, state, payee, clean_lo, clean_hi)
    return end


@njit(cache=True, nogil=True)
def _deliver(mode, places, limits, sheet, row, payee, named, owner, chain):  # type: ignore[no-untyped-def]
    """Hand a chain of lots to the payee: clean ones take the owner's colour, limited ones lose theirs; write it all
    down.

    `named`: the thefts that name this row; `owner`: who claims clean units here, 0 for nobody.
    """
    state, walls, nodes, pool = places
    beyond, least, sums = limits
    recording = len(sheet.row) > 0
    limited = payee != 0 and (len(beyond) > 0 or (least[0] | least[1]) != ZERO)
    if limited:
        _add_up(nodes, chain, sums)
    start = sheet.used[0]
    claimed_lo, claimed_hi = ZERO, ZERO
    while chain != ZERO:
        node, chain = chain, nodes[chain, NEXT]
        colour = nodes[node, COLOUR]
        ending = walls[payee]
        if colour == ZERO and owner != ZERO:
            nodes[node, COLOUR] = owner
            claimed_lo, claimed_hi = add(claimed_lo, claimed_hi, nodes[node, 0], nodes[node, 1])
        elif colour != ZERO and limited and not _names(named, colour):
            ending = _limit(beyond, least, sums, row, colour, ending)
        if recording and (colour != ZERO or len(named) > 0):
            _write_flow(sheet, start, row, payee, nodes, node, ending)
        if ending == _BEYOND_HOPS or ending == _BELOW_UNITS:
            nodes[node, COLOUR] = ZERO
        if walls[payee] != 0:
            drop_node(nodes, pool, node)
        else:
            receive_node(mode, nodes, pool, state, payee, node)
    if recording and (claimed_lo | claimed_hi) != ZERO:
        write(sheet, row, payee, owner, claimed_lo, claimed_hi, CLAIM)
    if limited:
        sums[:] = ZERO


@njit(inline="always")
def _limit(beyond, least, sums, row, colour, ending):  # type: ignore[no-untyped-def]
    """Return the ending that a limit puts on the stolen units of one colour in a row, or the ending without it."""
    index = np.int64(colour) - 1
    if len(beyond) > 0 and beyond[index, row]:
        return _BEYOND_HOPS
    if less(sums[index, 0], sums[index, 1], least[0], least[1]):
        return _BELOW_UNITS
    return ending


@njit(inline="always")
def _joined(mode, nodes, pool, chain, clean_lo, clean_hi):  # type: ignore[no-untyped-def]
    """Put the clean units beside a chain where the method lets them leave: last by stolen_first, else first."""
    if (clean_lo | clean_hi) == ZERO:
        return chain
    clean = make_node(nodes, pool, clean_lo, clean_hi, ZERO)
    if mode != STOLEN_FIRST or chain == ZERO:
        nodes[clean, NEXT] = chain
        return clean
    last = chain
    while nodes[last, NEXT] != ZERO:
        last = nodes[last, NEXT]
    nodes[last, NEXT] = clean
    return chain


@njit(inline="always")
def _spend(mode, nodes, pool, state, payer, lo, hi):  # type: ignore[no-untyped-def]
    """Take units from a place; return (first node of the lots that left, clean units beside them as lo, hi)."""
    if state[payer, HIGH] >= TOP_BIT:
        return ZERO, lo, hi
    if state[payer, HEAD] == ZERO:
        spend_clean(state, payer, lo, hi)
        return ZERO, lo, hi
    if mode < CLEAN_FIRST:
        chain, _, _ = spend_head(nodes, pool, state, payer, lo, hi)
        return chain, ZERO, ZERO
    if (state[payer, LAST] & AGED) != ZERO:
        return spend_aged(mode == STOLEN_FIRST, nodes, pool, state, payer, lo, hi), ZERO, ZERO
    if mode == STOLEN_FIRST:
        chain, clean_lo, clean_hi = spend_head(nodes, pool, state, payer, lo, hi)
        spend_clean(state, payer, clean_lo, clean_hi)
        return chain, clean_lo, clean_hi
    clean_lo, clean_hi = lo, hi
    if less(state[payer, CLEAN], state[payer, HIGH], lo, hi):
        clean_lo, clean_hi = state[payer, CLEAN], state[payer, HIGH]
    spend_clean(state, payer, clean_lo, clean_hi)
    rest_lo, rest_hi = subtract(lo, hi, clean_lo, clean_hi)
    chain, _, _ = spend_head(nodes, pool, state, payer, rest_lo, rest_hi)
    return chain, clean_lo, clean_hi


@njit(inline="always")
def _names(named, colour):  # type: ignore[no-untyped-def]
    """Tell whether a colour is among the thefts that name a row."""
    for index in range(len(named)):
        if named[index] == colour:
            return True
    return False


@njit(inline="always")
def _add_up(nodes, chain, sums):  # type: ignore[no-untyped-def]
    """Add up the stolen units of a chain by colour."""
    node = chain
    while node != ZERO:
        if nodes[node, COLOUR] != ZERO:
            index = np.int64(nodes[node, COLOUR]) - 1
            sums[index, 0], sums[index, 1] = add(sums[index, 0], sums[index, 1], nodes[node, 0], nodes[node, 1])
        node = nodes[node, NEXT]


@njit(inline="always")
def _write_flow(sheet, start, row, payee, nodes, node, ending):  # type: ignore[no-untyped-def]
    """Write one stolen lot down, joined with earlier lots of this row that share its colour and ending."""
    colour = np.uint16(nodes[node, COLOUR])
    for index in range(start, sheet.used[0]):
        if sheet.colour[index] == colour and sheet.ending[index] == ending:
            sheet.units_lo[index], sheet.units_hi[index] = add(
                sheet.units_lo[index], sheet.units_hi[index], nodes[node, 0], nodes[node, 1]
            )
            return
    write(sheet, row, payee, colour, nodes[node, 0], nodes[node, 1], ending)


@njit(cache=True, nogil=True)
def held_lots(state, nodes):  # type: ignore[no-untyped-def]
    """Return (places, colours, units lo, units hi) of everything stolen that rests, joined by place and colour."""
    count = 0
    for place in range(len(state)):
        node = state[place, HEAD]
        while node != ZERO:
            if nodes[node, COLOUR] != ZERO:
                count += 1
            node = nodes[node, NEXT]
    places, colours = np.empty(count, dtype=np.uint32), np.empty(count, dtype=np.uint16)
    units_lo, units_hi = np.empty(count, dtype=np.uint64), np.empty(count, dtype=np.uint64)
    used = 0
    for place in range(len(state)):
        start = used
        node = state[place, HEAD]
        while node != ZERO:
            colour = nodes[node, COLOUR]
            if colour != ZERO:
                index = start
                while index < used and colours[index] != colour:
                    index += 1
                if index == used:
                    places[used], colours[used] = place, colour
                    units_lo[used], units_hi[used] = nodes[node, 0], nodes[node, 1]
                    used += 1
                else:
                    units_lo[index], units_hi[index] = add(
                        units_lo[index], units_hi[index], nodes[node, 0], nodes[node, 1]
                    )
            node = nodes[node, NEXT]
    return places[:used], colours[:used], units_lo[:used], units_hi[:used]
