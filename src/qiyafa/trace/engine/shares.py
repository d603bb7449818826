"""One theft over the columns, where a place is just a balance and the stolen part of it.

That is enough for `prorata`, and for `clean_first` and `stolen_first` when only one theft is traced. State of a
place, 32 bytes in one piece of memory: balance (lo, hi), stolen (lo, hi). Two spare top bits are flags: in the
balance, that the place is a wall (nobody, a stop, untraceable: lots are not followed through it); in the stolen
part, that it is the theft's own by now.
"""

import numpy as np
from numba import njit

from qiyafa.model.columns import I64, U8, U64
from qiyafa.trace.engine.memory import aligned_zeros
from qiyafa.trace.engine.records import CLAIM, write
from qiyafa.trace.engine.wide import (
    TOP_BIT,
    WITHOUT_TOP_BIT,
    ZERO,
    add,
    less,
    prefetch,
    share,
    subtract,
)
from qiyafa.trace.outcome import Ending

PRORATA, CLEAN_FIRST, STOLEN_FIRST = 0, 1, 2
MODES = {"prorata": PRORATA, "clean_first": CLEAN_FIRST, "stolen_first": STOLEN_FIRST}

_AHEAD = 16
_BYTES = 32
_BEYOND_HOPS = np.uint8(Ending.BEYOND_HOPS)
_BELOW_UNITS = np.uint8(Ending.BELOW_UNITS)
_NO_LIMIT = np.uint8(0)


@njit(cache=True, nogil=True, _nrt=False)
def walk_shares(mode, rows, begin, end, state, walls, theft, beyond, least, sheet):  # type: ignore[no-untyped-def]
    """Walk rows [begin, end); return the row it stopped before: `end`, or earlier if the sheet is full.

    `rows` = (source, target, units_lo, units_hi); `theft`: ascending stolen rows, with the next one's index in
    theft[0]; `beyond`: uint8 by row, 1 where the payer is at the hop limit, or empty; `least` = (lo, hi) of the
    least units to follow, and the first place that is a transaction, or 0; `sheet`: where flows and claims are written.
    """
    source, target, units_lo, units_hi = rows
    base = state.ctypes.data
    ahead = len(source)
    limited = len(beyond) > 0 or least[0] != ZERO or least[1] != ZERO
    recording = len(sheet.row) > 0
    next_theft = np.int64(theft[theft[0]]) if theft[0] < len(theft) else np.int64(-1)
    for row in range(begin, end):
        if recording and sheet.used[0] + 4 > len(sheet.row):
            return row
        if row + _AHEAD < ahead:
            prefetch(base + np.int64(source[row + _AHEAD]) * _BYTES)
            prefetch(base + np.int64(target[row + _AHEAD]) * _BYTES)
        payer, payee = np.int64(source[row]), np.int64(target[row])
        lo, hi = units_lo[row], units_hi[row]
        stolen_lo, stolen_hi = ZERO, ZERO
        if state[payer, 1] < TOP_BIT:
            stolen_lo, stolen_hi = _spend(mode, state, payer, lo, hi)
        arriving_lo, arriving_hi = stolen_lo, stolen_hi
        wall = state[payee, 1] >= TOP_BIT
        if limited and payee != 0 and row != next_theft and (stolen_lo | stolen_hi) != ZERO:
            ending = _limit(beyond, least, row, payee, stolen_lo, stolen_hi)
            if ending != 0:
                arriving_lo, arriving_hi = ZERO, ZERO
                if recording:
                    write(sheet, row, payee, 1, stolen_lo, stolen_hi, ending)
        claimed_lo, claimed_hi = ZERO, ZERO
        if row == next_theft:
            theft[0] += 1
            next_theft = np.int64(theft[theft[0]]) if theft[0] < len(theft) else np.int64(-1)
            claimed_lo, claimed_hi = subtract(lo, hi, stolen_lo, stolen_hi)
            arriving_lo, arriving_hi = add(arriving_lo, arriving_hi, claimed_lo, claimed_hi)
        if recording and (arriving_lo | arriving_hi) != ZERO:
            write(sheet, row, payee, 1, arriving_lo, arriving_hi, walls[payee] if wall else np.uint8(0))
        if wall:
            state[payee, 2], state[payee, 3] = add(state[payee, 2], state[payee, 3], arriving_lo, arriving_hi)
        else:
            if state[payee, 3] >= TOP_BIT and (claimed_lo | claimed_hi) == ZERO:
                claimed_lo, claimed_hi = subtract(lo, hi, stolen_lo, stolen_hi)
                arriving_lo, arriving_hi = add(arriving_lo, arriving_hi, claimed_lo, claimed_hi)
            state[payee, 0], state[payee, 1] = add(state[payee, 0], state[payee, 1], lo, hi)
            state[payee, 2], state[payee, 3] = add(state[payee, 2], state[payee, 3], arriving_lo, arriving_hi)
        if recording and (claimed_lo | claimed_hi) != ZERO:
            write(sheet, row, payee, 1, claimed_lo, claimed_hi, CLAIM)
    return end


@njit(inline="always")
def _limit(beyond, least, row, payee, lo, hi):  # type: ignore[no-untyped-def]
    """Return the ending that a limit puts on the stolen units of a row, or 0."""
    if len(beyond) > 0 and beyond[row]:
        return _BEYOND_HOPS
    if least[2] != 0 and payee >= least[2]:
        return _NO_LIMIT
    return _BELOW_UNITS if less(lo, hi, least[0], least[1]) else _NO_LIMIT


@njit(inline="always")
def _spend(mode, state, payer, lo, hi):  # type: ignore[no-untyped-def]
    """Take units from a place; return how many of them are stolen."""
    have_lo, have_hi = state[payer, 0], state[payer, 1]
    bad_lo, bad_hi = state[payer, 2], state[payer, 3] & WITHOUT_TOP_BIT
    taken_lo, taken_hi = ZERO, ZERO
    if (bad_lo | bad_hi) != ZERO:
        if mode == PRORATA:
            taken_lo, taken_hi = share(bad_lo, bad_hi, lo, hi, have_lo, have_hi)
        elif mode == CLEAN_FIRST:
            clean_lo, clean_hi = subtract(have_lo, have_hi, bad_lo, bad_hi)
            if less(clean_lo, clean_hi, lo, hi):
                taken_lo, taken_hi = subtract(lo, hi, clean_lo, clean_hi)
        else:
            taken_lo, taken_hi = lo, hi
            if less(bad_lo, bad_hi, lo, hi):
                taken_lo, taken_hi = bad_lo, bad_hi
        state[payer, 2], state[payer, 3] = subtract(state[payer, 2], state[payer, 3], taken_lo, taken_hi)
    state[payer, 0], state[payer, 1] = subtract(have_lo, have_hi, lo, hi)
    return taken_lo, taken_hi


def new_state(opening_lo: U64, opening_hi: U64, walls: U8) -> U64:
    """Return the state before the first row: unseen balances, nothing stolen, walls marked."""
    state = aligned_zeros((len(opening_lo), 4), np.uint64)
    state[:, 0] = opening_lo
    state[:, 1] = opening_hi
    state[walls != 0, :2] = (ZERO, TOP_BIT)
    return state


def seize(state: U64, places: I64) -> U64:
    """Give all that some places hold to the theft; return the units that were clean, as (lo, hi)."""
    claimed = np.empty((len(places), 2), dtype=np.uint64)
    _seize(state, places, claimed)
    return claimed


@njit(cache=True, nogil=True)
def _seize(state, places, claimed):  # type: ignore[no-untyped-def]
    for entry in range(len(places)):
        place = places[entry]
        lo, hi = state[place, 0], state[place, 1]
        claimed[entry, 0], claimed[entry, 1] = subtract(lo, hi, state[place, 2], state[place, 3] & WITHOUT_TOP_BIT)
        state[place, 2], state[place, 3] = lo, hi | TOP_BIT


@njit(cache=True, nogil=True)
def held_places(state):  # type: ignore[no-untyped-def]
    """Return the places, not walls, that hold stolen units."""
    count = 0
    for place in range(len(state)):
        if state[place, 1] < TOP_BIT and (state[place, 2] | (state[place, 3] & WITHOUT_TOP_BIT)) != ZERO:
            count += 1
    found = np.empty(count, dtype=np.uint32)
    count = 0
    for place in range(len(state)):
        if state[place, 1] < TOP_BIT and (state[place, 2] | (state[place, 3] & WITHOUT_TOP_BIT)) != ZERO:
            found[count] = place
            count += 1
    return found
