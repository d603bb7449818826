"""Pro rata in floating point, many thefts at once: for exposure and search, never for a reported amount.

The share of the payer's balance that each transfer takes does not depend on any theft, so it is one column,
computed once (`payment_shares`). A pass is then one multiplication and two updates a transfer; sixteen thefts go
through one pass as interleaved lanes, each place's lanes aligned to a cache line. Error against exact
arithmetic: about one part in 10^11 of the largest holding (float64).
"""

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from qiyafa.model.columns import U8, U32, U64
from qiyafa.trace.engine.memory import aligned_zeros
from qiyafa.trace.engine.vectors import LANES, pay_lanes
from qiyafa.trace.engine.wide import ZERO, add, as_float, prefetch, subtract

F64 = NDArray[np.float64]

_LANE_BYTES = 8 * LANES
_MOST_WALKS = 255
"""The number of a walk fits a byte; then the memory is cleared and counting begins anew."""
_AHEAD = 16


@dataclass(frozen=True, slots=True)
class LaneSeeds:
    """Rows whose units are stolen on arrival, for each lane; ascending by row."""

    row: NDArray[np.int64]
    lane: NDArray[np.int64]


def payment_shares(source: U32, target: U32, units_lo: U64, units_hi: U64, opening_lo: U64, opening_hi: U64) -> F64:
    """Return for each transfer its units over the payer's balance before it; 0 where nobody pays."""
    shares = np.empty(len(source), dtype=np.float64)
    balance = np.empty((len(opening_lo), 2), dtype=np.uint64)
    balance[:, 0], balance[:, 1] = opening_lo, opening_hi
    _payment_shares(source, target, units_lo, units_hi, balance, shares)
    return shares


class Lanes:
    """Memory for passes over one ledger, used again from pass to pass: fresh memory costs more than the arithmetic."""

    def __init__(self, places: int, lanes: int) -> None:
        if lanes not in (1, LANES):
            raise ValueError(f"lanes are 1 or {LANES}, not {lanes}")
        self.stolen = aligned_zeros((places, lanes), np.float64)
        self._touched = np.zeros(places, dtype=np.uint8)
        self._walks = 0

    def walk(self, source: U32, target: U32, shares: F64, seeds: LaneSeeds, units: F64, walls: U8) -> F64:
        """Return the stolen units of every place in each lane, shape (places, lanes); the next walk overwrites them.

        `units`: the units of the seed rows, in their order. `walls`: by place, 0 where lots are followed through
        it; what arrives at a wall stays there.
        """
        cut = bool(walls[1:].any())
        if self.stolen.shape[1] == 1:
            self.stolen[:] = 0.0
            _walk_one(source, target, shares, seeds.row, units, self.stolen[:, 0], walls, cut)
        else:
            self._walks += 1
            if self._walks > _MOST_WALKS:
                self.stolen[:], self._touched[:], self._walks = 0.0, 0, 1
            _walk_sixteen(
                source, target, shares, (seeds.row, seeds.lane, units), self.stolen, walls, cut,
                self._touched, np.uint8(self._walks),
            )  # fmt: skip
        return self.stolen


@njit(cache=True, nogil=True)
def _payment_shares(source, target, units_lo, units_hi, balance, shares):  # type: ignore[no-untyped-def]
    base = balance.ctypes.data
    rows = len(source)
    for row in range(rows):
        if row + _AHEAD < rows:
            prefetch(base + np.int64(source[row + _AHEAD]) * 16)
            prefetch(base + np.int64(target[row + _AHEAD]) * 16)
        payer, payee = np.int64(source[row]), np.int64(target[row])
        lo, hi = units_lo[row], units_hi[row]
        shares[row] = 0.0
        if payer != 0:
            have_lo, have_hi = balance[payer, 0], balance[payer, 1]
            if (have_lo | have_hi) != ZERO:
                shares[row] = min(1.0, as_float(lo, hi) / as_float(have_lo, have_hi))
            balance[payer, 0], balance[payer, 1] = subtract(have_lo, have_hi, lo, hi)
        if payee != 0:
            balance[payee, 0], balance[payee, 1] = add(balance[payee, 0], balance[payee, 1], lo, hi)


@njit(cache=True, nogil=True)
def _walk_one(source, target, shares, seed_rows, seed_units, stolen, walls, cut):  # type: ignore[no-untyped-def]
    base = stolen.ctypes.data
    rows = len(source)
    begin = np.int64(0)
    for seed in range(len(seed_rows) + 1):
        end = np.int64(seed_rows[seed]) if seed < len(seed_rows) else np.int64(rows)
        for row in range(begin, end):
            ahead = min(row + _AHEAD, rows - 1)
            prefetch(base + np.int64(source[ahead]) * 8)
            prefetch(base + np.int64(target[ahead]) * 8)
            payer = source[row]
            if cut and walls[payer]:
                continue
            moved = shares[row] * stolen[payer]
            stolen[payer] -= moved
            stolen[target[row]] += moved
        if seed < len(seed_rows):
            payer, payee = source[end], target[end]
            moved = 0.0 if walls[payer] else shares[end] * stolen[payer]
            stolen[payer] -= moved
            stolen[payee] += seed_units[seed]
            begin = end + 1


@njit(cache=True, nogil=True, _nrt=False)
def _walk_sixteen(source, target, shares, seeds, stolen, walls, cut, touched, now):  # type: ignore[no-untyped-def]
    """Walk all rows, then clear what an earlier walk left and this one never touched.

    `touched`: uint8 by place: `now` where this walk has written, 0 where the memory is zero, else an earlier walk's
    number. What this walk has not touched costs no memory traffic.
    """
    seed_rows, seed_lanes, seed_units = seeds
    base = stolen.ctypes.data
    rows = len(source)
    next_seed = 0
    seed_row = np.int64(seed_rows[0]) if len(seed_rows) else np.int64(-1)
    for row in range(rows):
        ahead = min(row + _AHEAD, rows - 1)
        if touched[source[ahead]] == now:
            payer_line = base + np.int64(source[ahead]) * _LANE_BYTES
            payee_line = base + np.int64(target[ahead]) * _LANE_BYTES
            prefetch(payer_line)
            prefetch(payer_line + 64)
            prefetch(payee_line)
            prefetch(payee_line + 64)
        payer, payee = source[row], target[row]
        share = shares[row]
        if cut and walls[payer]:
            share = 0.0
        if row == seed_row:
            if touched[payee] != now:
                stolen[payee] = 0.0
                touched[payee] = now
            while row == seed_row:
                lane = seed_lanes[next_seed]
                moved = share * stolen[payer, lane] if touched[payer] == now else 0.0
                stolen[payee, lane] += seed_units[next_seed] - moved
                next_seed += 1
                seed_row = np.int64(seed_rows[next_seed]) if next_seed < len(seed_rows) else np.int64(-1)
        if touched[payer] == now and share != 0.0:
            # A payer who pays all is left with zeros.
            touched[payer] = now if share < 1.0 else np.uint8(0)
            kept = np.float64(touched[payee] == now)
            touched[payee] = now
            pay_lanes(base + np.int64(payer) * _LANE_BYTES, base + np.int64(payee) * _LANE_BYTES, share, kept)
    for place in range(len(touched)):
        if touched[place] != now and touched[place] != 0:
            stolen[place] = 0.0
            touched[place] = 0
