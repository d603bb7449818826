"""Time-respecting paths: how much one place can have passed on to another, and by which transfers.

The widest path maximises its smallest transfer; one scan in ledger order finds its width for every place, because a
transfer can only pass on what came before it. A second scan over the transfers that are wide enough finds the
fewest hops (Wu et al., "Path Problems in Temporal Graphs", PVLDB 7(9), 2014).
"""

import numpy as np
from numba import njit

from qiyafa.trace.engine.wide import ZERO, less, prefetch

_AHEAD = 24
UNREACHED = np.uint32(0xFFFFFFFF)


@njit(cache=True, nogil=True)
def widest(rows, begin, end, start, skipped, width):  # type: ignore[no-untyped-def]
    """Fill `width` (uint64, two words a place) with the most that can have come from `start`; skipped rows do not
    count.
    """
    source, target, units_lo, units_hi = rows
    base = width.ctypes.data
    width[start, 0], width[start, 1] = np.uint64(0xFFFFFFFFFFFFFFFF), np.uint64(0x7FFFFFFFFFFFFFFF)
    for row in range(begin, end):
        if row + _AHEAD < end:
            prefetch(base + np.int64(source[row + _AHEAD]) * 16)
            prefetch(base + np.int64(target[row + _AHEAD]) * 16)
        payer, payee = np.int64(source[row]), np.int64(target[row])
        lo, hi = width[payer, 0], width[payer, 1]
        if (lo | hi) == ZERO or payer == 0 or payee == 0 or skipped[row]:
            continue
        if less(units_lo[row], units_hi[row], lo, hi):
            lo, hi = units_lo[row], units_hi[row]
        if less(width[payee, 0], width[payee, 1], lo, hi):
            width[payee, 0], width[payee, 1] = lo, hi


@njit(cache=True, nogil=True)
def shortest(rows, begin, end, start, finish, skipped, least_lo, least_hi, places):  # type: ignore[no-untyped-def]
    """Return the rows of a path with the fewest hops over rows of at least some units, last transfer first; empty
    if none.
    """
    source, target, units_lo, units_hi = rows
    hops = np.full(places, UNREACHED, dtype=np.uint32)
    step_of = np.full(places, -1, dtype=np.int64)
    step_row, step_before = [np.int64(-1)], [np.int64(-1)]
    hops[start], step_of[start] = np.uint32(0), np.int64(0)
    for row in range(begin, end):
        payer, payee = np.int64(source[row]), np.int64(target[row])
        if hops[payer] == UNREACHED or payer == 0 or payee == 0 or skipped[row]:
            continue
        if less(units_lo[row], units_hi[row], least_lo, least_hi):
            continue
        if hops[payer] + np.uint32(1) < hops[payee]:
            hops[payee] = hops[payer] + np.uint32(1)
            step_row.append(np.int64(row))
            step_before.append(step_of[payer])
            step_of[payee] = np.int64(len(step_row) - 1)
    found = np.empty(0, dtype=np.int64)
    if hops[finish] == UNREACHED:
        return found
    found = np.empty(np.int64(hops[finish]), dtype=np.int64)
    step = step_of[finish]
    for index in range(len(found)):
        found[index] = step_row[step]
        step = step_before[step]
    return found
