"""Which units go straight from one side to the other: from a source to whom it pays, or from a payer to a source.

On a chain of accounts that is the row between them, whole. On a chain of outputs a transaction stands between, and
what comes out carries what went in pro rata: an output's part from a group is units x the group's inputs / all that
goes in, rounded half up; an input's part to a group likewise by the group's outputs. What an address (or one
queried set) pays to itself is never a part.
"""

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from qiyafa.model.columns import I32, I64, U32, U64
from qiyafa.trace.engine.exposure_rows import ExposureRows
from qiyafa.trace.engine.lanes import F64
from qiyafa.trace.engine.wide import ZERO, add, as_float, share, subtract


@dataclass(frozen=True, slots=True, eq=False)
class Marks:
    """Rows with units straight from or to a group, ascending; on outputs a row may have several groups."""

    row: I64
    group: I32
    """From 0 on."""
    fraction: F64
    """Of the row's units; float64, exactly 1 on accounts."""
    units_lo: U64
    units_hi: U64
    """Exact, rounded half up."""

    def __len__(self) -> int:
        return len(self.row)

    def units(self, index: int) -> int:
        """Return the units of a mark."""
        return int(self.units_hi[index]) << 64 | int(self.units_lo[index])

    def chosen(self, mask: NDArray[np.bool_]) -> "Marks":
        """Return some of the marks."""
        return Marks(self.row[mask], self.group[mask], self.fraction[mask], self.units_lo[mask], self.units_hi[mask])

    def carried(self, rows: ExposureRows) -> F64:
        """Return the units before rounding: what passes carry on."""
        return self.fraction * rows.floats(self.row)


def marks_from(rows: ExposureRows, group: I32, party: U32) -> Marks:
    """Return what each place is paid straight from a group. `group`: by place, 0 or group + 1."""
    if len(rows.first_row):
        return _pool_marks(rows, group, party, True)
    payer = group[rows.source]
    found = np.flatnonzero((payer != 0) & (rows.target != 0))
    found = found[party[rows.source[found]] != party[rows.target[found]]]
    return _whole_rows(rows, found, payer[found] - np.int32(1))


def marks_to(rows: ExposureRows, group: I32, party: U32) -> Marks:
    """Return what each place pays straight to a group."""
    if len(rows.first_row):
        return _pool_marks(rows, group, party, False)
    payee = group[rows.target]
    found = np.flatnonzero((payee != 0) & (rows.source != 0))
    found = found[party[rows.source[found]] != party[rows.target[found]]]
    return _whole_rows(rows, found, payee[found] - np.int32(1))


def _whole_rows(rows: ExposureRows, found: I64, group: I32) -> Marks:
    return Marks(found, group, np.ones(len(found)), rows.units_lo[found], rows.units_hi[found])


def _pool_marks(rows: ExposureRows, group: I32, party: U32, marks_outputs: bool) -> Marks:
    shape = (rows.first_row, rows.source, rows.target, rows.units_lo, rows.units_hi)
    sides = (np.ascontiguousarray(group), np.ascontiguousarray(party), rows.whole, np.uint32(rows.pools))
    most = int(group.max(initial=0))
    count, widest = _count_marks(
        rows.first_row, rows.source, rows.target, group, np.uint32(rows.pools), most, marks_outputs
    )
    marks = (
        np.empty(count, dtype=np.int64), np.empty(count, dtype=np.int32), np.empty(count, dtype=np.float64),
        np.empty(count, dtype=np.uint64), np.empty(count, dtype=np.uint64),
    )  # fmt: skip
    far = (np.empty(widest, dtype=np.int32), np.empty(widest, dtype=np.int64))
    used = _fill_marks(*shape, *sides, marks_outputs, far, marks)
    row, group_of, fraction, units_lo, units_hi = marks
    return Marks(row[:used], group_of[:used], fraction[:used], units_lo[:used], units_hi[:used])


@njit(inline="always")
def _far_place(source, target, row, pools, marks_outputs):  # type: ignore[no-untyped-def]
    """Return the place of a row on the side that groups stand on, or 0 if it is on the other side."""
    if marks_outputs:
        return source[row] if target[row] >= pools else np.uint32(0)
    return target[row] if source[row] >= pools else np.uint32(0)


@njit(inline="always")
def _near_place(source, target, row, pools, marks_outputs):  # type: ignore[no-untyped-def]
    return _far_place(source, target, row, pools, not marks_outputs)


@njit(cache=True, nogil=True)
def _count_marks(first_row, source, target, group, pools, most, marks_outputs):  # type: ignore[no-untyped-def]
    """Return at most how many marks there are, and the most rows of groups in one transaction."""
    count, widest = 0, 0
    for transaction in range(len(first_row) - 1):
        far, near = 0, 0
        for row in range(first_row[transaction], first_row[transaction + 1]):
            far += group[_far_place(source, target, row, pools, marks_outputs)] != 0
            near += _near_place(source, target, row, pools, marks_outputs) != 0
        count += min(far, most) * near
        widest = max(widest, far)
    return count, widest


@njit(cache=True, nogil=True)
def _fill_marks(first_row, source, target, units_lo, units_hi, group, party, whole, pools, marks_outputs, far, marks):  # type: ignore[no-untyped-def]
    """Per transaction: the rows of groups ordered by group, then for each row of the other side one mark a group."""
    far_group, far_row = far
    used = 0
    for transaction in range(len(first_row) - 1):
        begin, end = first_row[transaction], first_row[transaction + 1]
        count = 0
        for row in range(begin, end):
            one = group[_far_place(source, target, row, pools, marks_outputs)]
            if one != 0:
                count = _insert(far_group, far_row, count, one - 1, row)
        if count == 0 or (whole[transaction, 0] | whole[transaction, 1]) == ZERO:
            continue
        for row in range(begin, end):
            near = _near_place(source, target, row, pools, marks_outputs)
            if near != 0:
                used = _mark_row(
                    row, party[near], source, target, units_lo, units_hi, party, whole[transaction], pools,
                    marks_outputs, (far_group, far_row, count), marks, used,
                )  # fmt: skip
    return used


@njit(cache=True, nogil=True)
def _insert(far_group, far_row, count, group, row):  # type: ignore[no-untyped-def]
    """Put a row behind those of its group; return how many there are now."""
    at = count
    while at > 0 and far_group[at - 1] > group:
        far_group[at], far_row[at] = far_group[at - 1], far_row[at - 1]
        at -= 1
    far_group[at], far_row[at] = group, row
    return count + 1


@njit(cache=True, nogil=True)
def _mark_row(row, owner, source, target, units_lo, units_hi, party, whole, pools, marks_outputs, far, marks, used):  # type: ignore[no-untyped-def]
    """Write one mark for each group of a transaction's other side, but for what belongs to the row's own party."""
    far_group, far_row, count = far
    at = 0
    while at < count:
        group = far_group[at]
        low, high = ZERO, ZERO
        while at < count and far_group[at] == group:
            other = far_row[at]
            if party[_far_place(source, target, other, pools, marks_outputs)] != owner:
                low, high = add(low, high, units_lo[other], units_hi[other])
            at += 1
        if (low | high) != ZERO:
            marks[0][used], marks[1][used] = row, group
            marks[2][used] = as_float(low, high) / as_float(whole[0], whole[1])
            marks[3][used], marks[4][used] = share(low, high, units_lo[row], units_hi[row], whole[0], whole[1])
            used += 1
    return used


@njit(cache=True, nogil=True)
def own_parts(first_row, source, target, units_lo, units_hi, party, whole, pools, parts):  # type: ignore[no-untyped-def]
    """Set parts[row] (uint64 pairs) of each output to what its own address put into the transaction, pro rata, and
    of each input to what stays with its address or leaves as the fee.
    """
    for transaction in range(len(first_row) - 1):
        begin, end = first_row[transaction], first_row[transaction + 1]
        all_lo, all_hi = whole[transaction, 0], whole[transaction, 1]
        for row in range(begin, end):
            is_input = target[row] >= pools
            if source[row] == 0 or (not is_input and target[row] == 0):
                continue
            owner = party[source[row]] if is_input else party[target[row]]
            low, high = ZERO, ZERO
            for other in range(begin, end):
                place = _far_place(source, target, other, pools, not is_input)
                if place != 0 and (party[place] != owner) == is_input:
                    low, high = add(low, high, units_lo[other], units_hi[other])
            part_lo, part_hi = share(low, high, units_lo[row], units_hi[row], all_lo, all_hi)
            if is_input:
                part_lo, part_hi = subtract(units_lo[row], units_hi[row], part_lo, part_hi)
            parts[row, 0], parts[row, 1] = part_lo, part_hi
