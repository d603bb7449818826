"""All that every place received and sent, exactly; and sums over the outputs of one owner."""

import numpy as np
from numba import njit

from qiyafa.model.columns import I64, U8, U32, U64
from qiyafa.trace.engine.exposure_marks import own_parts
from qiyafa.trace.engine.exposure_rows import ExposureRows
from qiyafa.trace.engine.exposure_vectors import UNREACHED
from qiyafa.trace.engine.lanes import F64
from qiyafa.trace.engine.vectors import LANES
from qiyafa.trace.engine.wide import add, prefetch, subtract

_AHEAD = 24


def moved_units(rows: ExposureRows) -> tuple[U64, U64]:
    """Return what each place received, and what it sent, as (places, 2) of low and high halves. Not counted: fees,
    dust, and what an address pays to itself.
    """
    places = len(rows.columns.places)
    got, gave = np.zeros((places, 2), dtype=np.uint64), np.zeros((places, 2), dtype=np.uint64)
    pools = np.uint32(rows.pools)
    parts = np.zeros((len(rows) if len(rows.first_row) else 0, 2), dtype=np.uint64)
    if len(rows.first_row):
        shape = (rows.first_row, rows.source, rows.target, rows.units_lo, rows.units_hi)
        own_parts(*shape, rows.party, rows.whole, pools, parts)
    _add_up(rows.source, rows.target, rows.units_lo, rows.units_hi, parts, pools, got, gave)
    return got, gave


@njit(cache=True, nogil=True)
def _add_up(source, target, units_lo, units_hi, parts, pools, got, gave):  # type: ignore[no-untyped-def]
    got_base, gave_base = got.ctypes.data, gave.ctypes.data
    rows = len(source)
    for row in range(rows):
        if row + _AHEAD < rows:
            prefetch(gave_base + np.int64(source[row + _AHEAD]) * 16)
            prefetch(got_base + np.int64(target[row + _AHEAD]) * 16)
        payer, payee = source[row], target[row]
        if payee == 0 or payer == payee:
            continue
        low, high = units_lo[row], units_hi[row]
        if len(parts) > 0:
            low, high = subtract(low, high, parts[row, 0], parts[row, 1])
        if payee < pools:
            got[payee, 0], got[payee, 1] = add(got[payee, 0], got[payee, 1], low, high)
        if payer != 0 and payer < pools:
            gave[payer, 0], gave[payer, 1] = add(gave[payer, 0], gave[payer, 1], low, high)


def found_lanes(units: F64, hops: U8, least: float) -> tuple[I64, F64, U8]:
    """Return what of some lanes reaches the least units: holder x 16 + lane, the units, and the hops."""
    count = int(np.count_nonzero(units >= least))
    found = np.empty(count, dtype=np.int64), np.empty(count, dtype=np.float64), np.empty(count, dtype=np.uint8)
    _pick(units, hops, least, *found)
    return found


@njit(cache=True, nogil=True)
def _pick(units, hops, least, keys, found, found_hops):  # type: ignore[no-untyped-def]
    used = 0
    for holder in range(len(units)):
        for lane in range(LANES):
            if units[holder, lane] >= least:
                keys[used], found[used], found_hops[used] = (
                    holder * LANES + lane, units[holder, lane], hops[holder, lane],
                )  # fmt: skip
                used += 1


def lane_sums_by(owners: U32, units: F64, hops: U8, total: U64, count: int) -> tuple[F64, U8, U64]:
    """Return units added up, the fewest hops, and totals added up, by owner; `owners`: one for each output's place."""
    found = (
        np.zeros((count, LANES), dtype=np.float64), np.full((count, LANES), UNREACHED, dtype=np.uint8),
        np.zeros((count, 2), dtype=np.uint64),
    )  # fmt: skip
    _add_by_owner(owners, units, hops, total, *found)
    return found


@njit(cache=True, nogil=True)
def _add_by_owner(owners, units, hops, total, all_units, all_hops, all_total):  # type: ignore[no-untyped-def]
    for place in range(1, len(owners)):
        owner = owners[place]
        for lane in range(LANES):
            all_units[owner, lane] += units[place, lane]
            all_hops[owner, lane] = min(all_hops[owner, lane], hops[place, lane])
        all_total[owner, 0], all_total[owner, 1] = add(
            all_total[owner, 0], all_total[owner, 1], total[place, 0], total[place, 1]
        )
