"""One lane at a time, and what it was at chosen rows: how one exposure is explained.

The backward pass of a queried set says of every unit that a source ever paid how much of it the set will receive; the
forward pass of the set says of every payment into a source how much the set sent there. Both also keep the shortest
ways as chains of events, so that a way only ever uses rows in the order of time.
"""

from dataclasses import dataclass

import numpy as np
from numba import njit

from qiyafa.model.columns import I64, U8, U32
from qiyafa.trace.engine.exposure_marks import Marks
from qiyafa.trace.engine.exposure_rows import ExposureRows
from qiyafa.trace.engine.lanes import F64
from qiyafa.trace.engine.wide import prefetch

NO_EVENT = 0
_FAR = np.uint32(0xFFFFFFFF)
_AHEAD = 16


@dataclass(frozen=True, slots=True, eq=False)
class SinglePass:
    """What a pass met at the rows it was asked about."""

    value: F64
    """Per asked row; see `flow_from` and `worth_to`."""
    event: I64
    """Per asked row: the shortest way known there, `NO_EVENT` if there is none."""
    _event_row: I64
    _event_next: I64
    _event_hops: U32

    def hops(self, event: int) -> int:
        """Return the transfers of a way."""
        return int(self._event_hops[event])

    def way(self, event: int) -> list[int]:
        """Return the rows of a way, from the asked row to where the pass began."""
        rows = []
        while event != NO_EVENT:
            rows.append(int(self._event_row[event]))
            event = int(self._event_next[event])
        return rows


def flow_from(rows: ExposureRows, marks: Marks, walls: U8, asked: I64) -> SinglePass:
    """Follow the marked units forward. At an asked row (ascending): how many of them it carries of what its payer
    held before, and the shortest way to its payer, last row first.
    """
    return _single_pass(rows, marks.row, marks.carried(rows), walls, asked, True)


def worth_to(rows: ExposureRows, marks: Marks, walls: U8, asked: I64) -> SinglePass:
    """Ask backward what becomes of units. At an asked row: what share of its units will yet pass a marked row after
    it, every passage counted; and the shortest way from its payee, first row first.
    """
    return _single_pass(rows, marks.row, marks.fraction, walls, asked, False)


def _single_pass(
    rows: ExposureRows, mark_rows: I64, mark_values: F64, walls: U8, asked: I64, is_forward: bool
) -> SinglePass:
    places = len(rows.columns.places)
    lane, event = np.zeros(places, dtype=np.float64), np.zeros(places, dtype=np.int64)
    # A way's event needs a row of its own, so there are never more of them than rows.
    event_row, event_next = np.empty(len(rows) + 1, dtype=np.int64), np.empty(len(rows) + 1, dtype=np.int64)
    event_hops = np.full(len(rows) + 1, _FAR, dtype=np.uint32)
    value, found = np.zeros(len(asked), dtype=np.float64), np.zeros(len(asked), dtype=np.int64)
    walk = _walk_forward if is_forward else _walk_backward
    marks = (np.ascontiguousarray(mark_rows), np.ascontiguousarray(mark_values))
    events, answers = (event_row, event_next, event_hops), (value, found)
    pools = np.uint32(rows.pools)
    walk(rows.source, rows.target, rows.shares, marks, walls, asked, lane, event, events, answers, pools)
    return SinglePass(value, found, event_row, event_next, event_hops)


@njit(cache=True, nogil=True)
def _walk_forward(source, target, shares, marks, walls, asked, lane, event, events, found, pools):  # type: ignore[no-untyped-def]
    """Events are numbered from 1; 0 is none, infinitely far."""
    mark_rows, mark_units = marks
    event_row, event_next, event_hops = events
    value, way = found
    base = lane.ctypes.data
    rows, mark, ask, used = len(source), 0, 0, np.int64(0)
    for row in range(rows):
        ahead = min(row + _AHEAD, rows - 1)
        prefetch(base + np.int64(source[ahead]) * 8)
        prefetch(base + np.int64(target[ahead]) * 8)
        payer, payee = source[row], target[row]
        marked, is_marked = 0.0, False
        while mark < len(mark_rows) and mark_rows[mark] == row:
            marked, is_marked = marked + mark_units[mark], True
            mark += 1
        passes = walls[payer] == 0 and payer != payee
        moved = shares[row] * lane[payer] if passes else 0.0
        if ask < len(asked) and asked[ask] == row:
            value[ask], way[ask] = moved, event[payer] if passes else 0
            ask += 1
        lane[payer] -= moved
        if walls[payee] != 0 or payer == payee:
            continue
        lane[payee] += moved + marked
        hops = np.uint32(1) if is_marked else _FAR
        if passes and not is_marked and event[payer] != 0:
            hops = event_hops[event[payer]] + np.uint32(payer < pools)
        if hops < event_hops[event[payee]]:
            used += 1
            event_row[used], event_hops[used] = row, hops
            event_next[used] = 0 if is_marked else event[payer]
            event[payee] = used


@njit(cache=True, nogil=True)
def _walk_backward(source, target, shares, marks, walls, asked, lane, event, events, found, pools):  # type: ignore[no-untyped-def]
    mark_rows, mark_weights = marks
    event_row, event_next, event_hops = events
    value, way = found
    base = lane.ctypes.data
    mark, ask, used = len(mark_rows) - 1, len(asked) - 1, np.int64(0)
    for row in range(len(source) - 1, -1, -1):
        ahead = max(row - _AHEAD, 0)
        prefetch(base + np.int64(source[ahead]) * 8)
        prefetch(base + np.int64(target[ahead]) * 8)
        payer, payee = source[row], target[row]
        weight, is_marked = 0.0, False
        while mark >= 0 and mark_rows[mark] == row:
            weight, is_marked = weight + mark_weights[mark], True
            mark -= 1
        passes = walls[payee] == 0 and payer != payee
        worth = lane[payee] if passes else 0.0
        if ask >= 0 and asked[ask] == row:
            value[ask], way[ask] = worth, event[payee] if passes else 0
            ask -= 1
        if walls[payer] != 0 or payer == payee:
            continue
        share = shares[row]
        lane[payer] = (1.0 - share) * lane[payer] + share * (worth + weight)
        hops = np.uint32(1) if is_marked else _FAR
        if passes and not is_marked and event[payee] != 0:
            hops = event_hops[event[payee]] + np.uint32(payer < pools)
        if hops < event_hops[event[payer]]:
            used += 1
            event_row[used], event_hops[used] = row, hops
            event_next[used] = 0 if is_marked else event[payee]
            event[payer] = used
