"""Unseen balances: the least opening balance of every place that keeps it from going negative.

One pass in ledger order. A place's debits beyond its credits are met from an opening balance that grows as
needed, which gives the least one. Turnover above 38 digits makes a place untraceable: cumulative sums would
otherwise wrap even while balances are small. Where all rows together stay below that, as on most ledgers, no place
can exceed it, and a place takes half a cache line instead of a whole one.
"""

import numpy as np
from numba import njit

from qiyafa.model.columns import U8, U32, U64
from qiyafa.model.ledger import MAX_UNITS
from qiyafa.trace.engine.memory import aligned_zeros
from qiyafa.trace.engine.wide import MAX_UNITS_HI, MAX_UNITS_LO, ZERO, add, less, prefetch, subtract

_AHEAD = 16
_HALF_LO, _HALF_HI = (np.uint64(MAX_UNITS // 2 >> shift & (1 << 64) - 1) for shift in (0, 64))


def opening_balances(
    source: U32, target: U32, units_lo: U64, units_hi: U64, places: int, stop_row: int | None = None
) -> tuple[U64, U64, U8]:
    """Return (low halves, high halves, untraceable flags), one entry a place, over the rows before `stop_row`."""
    end = len(source) if stop_row is None else stop_row
    untraceable = np.zeros(places, dtype=np.uint8)
    if _stays_small(units_lo, units_hi, end):
        state = aligned_zeros((places, 4), np.uint64)
        _scan_small(source, target, units_lo, units_hi, end, state)
    else:
        state = aligned_zeros((places, 8), np.uint64)
        _scan(source, target, units_lo, units_hi, end, state, untraceable)
        untraceable[0] = 0
    return state[:, 2].copy(), state[:, 3].copy(), untraceable


def carry_openings(source: U32, target: U32, units_lo: U64, units_hi: U64, state: U64, untraceable: U8) -> None:
    """Go on over rows that follow those already seen. Of a place's state, words 2 and 3 are its opening balance.

    State and flags begin as zeros, (places, 8) and (places,); flags of place 0 mean nothing.
    """
    _scan(source, target, units_lo, units_hi, len(source), state, untraceable)


@njit(cache=True, nogil=True)
def _stays_small(units_lo, units_hi, end):  # type: ignore[no-untyped-def]
    """Whether twice all units together have at most 38 digits: a transfer to oneself counts twice in the turnover."""
    low, high = ZERO, ZERO
    for row in range(end):
        low, high = add(low, high, units_lo[row], units_hi[row])
        if less(_HALF_LO, _HALF_HI, low, high):
            return False
    return True


@njit(cache=True, nogil=True)
def _scan_small(source, target, units_lo, units_hi, end, state):  # type: ignore[no-untyped-def]
    """State of a place, half a cache line: balance (lo, hi), opening (lo, hi)."""
    base = state.ctypes.data
    for row in range(end):
        if row + _AHEAD < end:
            prefetch(base + np.int64(source[row + _AHEAD]) * 32)
            prefetch(base + np.int64(target[row + _AHEAD]) * 32)
        lo, hi = units_lo[row], units_hi[row]
        payer, payee = np.int64(source[row]), np.int64(target[row])
        _pay(state, payer, lo, hi)
        state[payee, 0], state[payee, 1] = add(state[payee, 0], state[payee, 1], lo, hi)


@njit(cache=True, nogil=True)
def _scan(source, target, units_lo, units_hi, end, state, untraceable):  # type: ignore[no-untyped-def]
    """State of a place, one cache line: balance (lo, hi), opening (lo, hi), turnover (lo, hi), two words of nothing."""
    base = state.ctypes.data
    for row in range(end):
        if row + _AHEAD < end:
            prefetch(base + np.int64(source[row + _AHEAD]) * 64)
            prefetch(base + np.int64(target[row + _AHEAD]) * 64)
        lo, hi = units_lo[row], units_hi[row]
        payer, payee = np.int64(source[row]), np.int64(target[row])
        if _turn_over(state, untraceable, payer, lo, hi):
            _pay(state, payer, lo, hi)
        if _turn_over(state, untraceable, payee, lo, hi):
            state[payee, 0], state[payee, 1] = add(state[payee, 0], state[payee, 1], lo, hi)


@njit(inline="always")
def _pay(state, payer, lo, hi):  # type: ignore[no-untyped-def]
    """Take units from a balance, and what it lacks from the opening balance."""
    if less(state[payer, 0], state[payer, 1], lo, hi):
        lack_lo, lack_hi = subtract(lo, hi, state[payer, 0], state[payer, 1])
        state[payer, 2], state[payer, 3] = add(state[payer, 2], state[payer, 3], lack_lo, lack_hi)
        state[payer, 0], state[payer, 1] = ZERO, ZERO
    else:
        state[payer, 0], state[payer, 1] = subtract(state[payer, 0], state[payer, 1], lo, hi)


@njit(inline="always")
def _turn_over(state, untraceable, place, lo, hi):  # type: ignore[no-untyped-def]
    """Add to the turnover of a place; False once it exceeds 38 digits."""
    if untraceable[place]:
        return False
    state[place, 4], state[place, 5] = add(state[place, 4], state[place, 5], lo, hi)
    if less(MAX_UNITS_LO, MAX_UNITS_HI, state[place, 4], state[place, 5]):
        untraceable[place] = 1
        return False
    return True
