"""Exposure of every place to sixteen categories: one pass forward for who funded it, one backward for where it sends.

Forward, a place's lanes are the units it holds of each category; a payment takes its share of them along. Backward,
they are what becomes of one unit that the place holds: before a payment of share s to q they are (1 - s) times what
they are after it, and s times those of q. The two are adjoint, so what sinks receive of sources is what sources send
to sinks. Sources and dead places are walls: nothing passes through them. Error against exact arithmetic: about one
part in 10^11 of an asset's largest holding (float64).

Memory: three arrays of 128 bytes a place, of which only the pages of places that some category reaches are used.
"""

from dataclasses import dataclass

import numpy as np
from numba import njit

from qiyafa.model.columns import I32, U8
from qiyafa.trace.engine.exposure_marks import Marks
from qiyafa.trace.engine.exposure_rows import ExposureRows
from qiyafa.trace.engine.exposure_vectors import UNREACHED, carry_lanes, draw_lanes, nearer_lanes
from qiyafa.trace.engine.lanes import F64
from qiyafa.trace.engine.memory import aligned_zeros
from qiyafa.trace.engine.vectors import LANES
from qiyafa.trace.engine.wide import as_float, prefetch

_LANE_BYTES = 8 * LANES
_AHEAD = 16
_HOPS_AHEAD = 24


@dataclass(frozen=True, slots=True, eq=False)
class LaneSums:
    """What every place received from, or sent to, each category over other places."""

    units: F64
    """(places, 16). On a chain of outputs only outputs count, not transactions."""
    hops: U8
    """(places, 16): the fewest transfers from or to a source, direct ones included; 255 if none leads there."""


def walls_of(rows: ExposureRows, group: I32) -> U8:
    """Return by place whether units end there: at a source, at nobody, or where they cannot be traced."""
    return ((group != 0) | (rows.dead != 0)).astype(np.uint8)


def received(rows: ExposureRows, marks: Marks, walls: U8) -> LaneSums:
    """Walk forward. `marks`: what is paid straight from sources, its groups lanes."""
    places = len(rows.columns.places)
    held, counted = aligned_zeros((places, LANES), np.float64), aligned_zeros((places, LANES), np.float64)
    touched = np.zeros(places, dtype=np.uint8)
    pools = np.uint32(rows.pools)
    seeds = (marks.row, marks.group, marks.carried(rows))
    _walk_forward(rows.source, rows.target, rows.shares, seeds, held, counted, walls, touched, pools)
    if len(rows.first_row):
        shape = (rows.first_row, rows.source, rows.target, rows.units_lo, rows.whole, rows.party, pools)
        _leave_own_inputs(*shape, held, counted, walls)
    return LaneSums(counted, _hops(rows, marks, walls, True))


def sent(rows: ExposureRows, marks: Marks, walls: U8) -> LaneSums:
    """Walk backward. `marks`: what is paid straight to sources, its groups lanes."""
    places = len(rows.columns.places)
    ahead, counted = aligned_zeros((places, LANES), np.float64), aligned_zeros((places, LANES), np.float64)
    touched = np.zeros(places, dtype=np.uint8)
    pools = np.uint32(rows.pools)
    seeds = (marks.row, marks.group, marks.fraction)
    units = (rows.units_lo, rows.units_hi)
    _walk_backward(rows.source, rows.target, rows.shares, units, seeds, ahead, counted, walls, touched, pools)
    if len(rows.first_row):
        shape = (rows.first_row, rows.source, rows.target, rows.units_lo, rows.whole, rows.party, pools)
        _leave_own_outputs(*shape, ahead, counted, walls)
    return LaneSums(counted, _hops(rows, marks, walls, False))


def _hops(rows: ExposureRows, marks: Marks, walls: U8, is_forward: bool) -> U8:
    hops = aligned_zeros((len(rows.columns.places), LANES), np.uint8)
    hops[:] = UNREACHED
    reached = np.zeros(len(hops), dtype=np.uint8)
    walk = _hops_forward if is_forward else _hops_backward
    walk(rows.source, rows.target, marks.row, marks.group, hops, reached, walls, np.uint32(rows.pools))
    return hops


@njit(cache=True, nogil=True, _nrt=False)
def _walk_forward(source, target, shares, seeds, held, counted, walls, touched, pools):  # type: ignore[no-untyped-def]
    """`touched`: 1 where lanes are not all zero. An output keeps its lanes when it is spent: it is spent once, and
    they are asked for later.
    """
    seed_rows, seed_lanes, seed_units = seeds
    base, count_base = held.ctypes.data, counted.ctypes.data
    rows, seed = len(source), 0
    keeps = pools < len(held)
    for row in range(rows):
        ahead = min(row + _AHEAD, rows - 1)
        if touched[source[ahead]] != 0:
            _fetch(base, source[ahead])
            _fetch(base, target[ahead])
            _fetch(count_base, target[ahead])
        payer, payee = source[row], target[row]
        while seed < len(seed_rows) and seed_rows[seed] == row:
            held[payee, seed_lanes[seed]] += seed_units[seed]
            touched[payee] = 1
            seed += 1
        if touched[payer] == 0 or walls[payer] != 0 or payer == payee:
            continue
        share = shares[row]
        left = 1.0 - share
        if keeps and payer < pools:
            left = 1.0
        touched[payee] = 1
        touched[payer] = left != 0.0
        counter = np.int64(payee) * _LANE_BYTES + count_base if payee < pools and payee != 0 else 0
        carry_lanes(
            base + np.int64(payer) * _LANE_BYTES, base + np.int64(payee) * _LANE_BYTES, counter, share, left
        )  # fmt: skip


@njit(cache=True, nogil=True, _nrt=False)
def _walk_backward(source, target, shares, units, seeds, held, counted, walls, touched, pools):  # type: ignore[no-untyped-def]
    units_lo, units_hi = units
    seed_rows, seed_lanes, seed_weights = seeds
    base, count_base = held.ctypes.data, counted.ctypes.data
    seed = len(seed_rows) - 1
    for row in range(len(source) - 1, -1, -1):
        ahead = max(row - _AHEAD, 0)
        if touched[target[ahead]] != 0:
            _fetch(base, source[ahead])
            _fetch(base, target[ahead])
            _fetch(count_base, source[ahead])
        payer, payee = source[row], target[row]
        if payer == payee or payer == 0:
            continue
        share = shares[row]
        payer_line = base + np.int64(payer) * _LANE_BYTES
        if touched[payee] != 0 and walls[payee] == 0:
            counter = np.int64(payer) * _LANE_BYTES + count_base if payer < pools else 0
            worth = as_float(units_lo[row], units_hi[row])
            draw_lanes(payer_line, base + np.int64(payee) * _LANE_BYTES, counter, share, 1.0 - share, worth)
            touched[payer] = 1
        elif touched[payer] != 0:
            carry_lanes(payer_line, base, 0, 0.0, 1.0 - share)
        while seed >= 0 and seed_rows[seed] == row:
            held[payer, seed_lanes[seed]] += share * seed_weights[seed]
            touched[payer] = 1
            seed -= 1


@njit(inline="always")
def _fetch(base, place):  # type: ignore[no-untyped-def]
    line = base + np.int64(place) * _LANE_BYTES
    prefetch(line)
    prefetch(line + 64)


@njit(cache=True, nogil=True)
def _hops_forward(source, target, seed_rows, seed_lanes, hops, reached, walls, pools):  # type: ignore[no-untyped-def]
    base = hops.ctypes.data
    rows, seed = len(source), 0
    for row in range(rows):
        ahead = min(row + _HOPS_AHEAD, rows - 1)
        prefetch(base + np.int64(source[ahead]) * LANES)
        prefetch(base + np.int64(target[ahead]) * LANES)
        payer, payee = source[row], target[row]
        if payee == 0 or payer == payee:
            continue
        if reached[payer] != 0 and walls[payer] == 0:
            step = 0 if payer >= pools else 1
            nearer_lanes(base + np.int64(payer) * LANES, base + np.int64(payee) * LANES, step)
            reached[payee] = 1
        while seed < len(seed_rows) and seed_rows[seed] == row:
            hops[payee, seed_lanes[seed]] = 1
            reached[payee] = 1
            seed += 1


@njit(cache=True, nogil=True)
def _hops_backward(source, target, seed_rows, seed_lanes, hops, reached, walls, pools):  # type: ignore[no-untyped-def]
    base = hops.ctypes.data
    seed = len(seed_rows) - 1
    for row in range(len(source) - 1, -1, -1):
        ahead = max(row - _HOPS_AHEAD, 0)
        prefetch(base + np.int64(source[ahead]) * LANES)
        prefetch(base + np.int64(target[ahead]) * LANES)
        payer, payee = source[row], target[row]
        if payer == 0 or payer == payee:
            continue
        if reached[payee] != 0 and walls[payee] == 0:
            step = 0 if payer >= pools else 1
            nearer_lanes(base + np.int64(payee) * LANES, base + np.int64(payer) * LANES, step)
            reached[payer] = 1
        while seed >= 0 and seed_rows[seed] == row:
            hops[payer, seed_lanes[seed]] = 1
            reached[payer] = 1
            seed -= 1


@njit(cache=True, nogil=True)
def _leave_own_inputs(first_row, source, target, units_lo, whole, party, pools, held, counted, walls):  # type: ignore[no-untyped-def]
    """Take from what an output received what its own address had put into the transaction."""
    for transaction in range(len(first_row) - 1):
        begin, end = first_row[transaction], first_row[transaction + 1]
        total = as_float(whole[transaction, 0], whole[transaction, 1])
        for row in range(begin, end):
            payee = target[row]
            if source[row] < pools or payee == 0:
                continue
            part = np.float64(units_lo[row]) / total
            for other in range(begin, end):
                payer = source[other]
                if target[other] >= pools and party[payer] == party[payee] and walls[payer] == 0:
                    _take(counted, payee, held, payer, part)


@njit(cache=True, nogil=True)
def _leave_own_outputs(first_row, source, target, units_lo, whole, party, pools, ahead, counted, walls):  # type: ignore[no-untyped-def]
    """Take from what an input sent what came back to its own address in the transaction."""
    for transaction in range(len(first_row) - 1):
        begin, end = first_row[transaction], first_row[transaction + 1]
        total = as_float(whole[transaction, 0], whole[transaction, 1])
        for row in range(begin, end):
            payer = source[row]
            if target[row] < pools:
                continue
            part = np.float64(units_lo[row]) / total
            for other in range(begin, end):
                payee = target[other]
                if source[other] >= pools and payee != 0 and party[payee] == party[payer] and walls[payee] == 0:
                    _take(counted, payer, ahead, payee, part * np.float64(units_lo[other]))


@njit(inline="always")
def _take(lanes, place, other_lanes, other, part):  # type: ignore[no-untyped-def]
    for lane in range(LANES):
        lanes[place, lane] -= part * other_lanes[other, lane]
