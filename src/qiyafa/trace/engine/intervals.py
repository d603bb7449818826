"""The FIFO index: where every unit of every transfer came from and went, without walking the ledger again.

Under first-in-first-out the units of a place form one line: its unseen balance first, then each receipt in order.
Payments take from the line in order. So every receipt and payment is an interval of offsets on its place's
line, whatever was stolen, and a theft is followed by laying its interval over the payments it meets (Clayton's
rule as interval composition). Built once for a ledger, about 47 bytes a transfer; then a theft costs what it
touches. Stops and limits are cuts at query time; fees are a stop. Offsets are turnovers, so they fit 38 digits.
A hub as thief touches more than the ledger has rows: the query then gives up and the caller walks instead.
"""

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from qiyafa.model.columns import U8, U32, U64, TransferColumns
from qiyafa.trace.engine.wide import ZERO, add, less, prefetch, subtract

_AHEAD = 16


@dataclass(frozen=True, slots=True)
class FifoIndex:
    """Offsets of receipts by row, and of payments by place."""

    receipt_lo: U64
    receipt_hi: U64
    """By row: where its units begin on the target's line."""
    first_payment: NDArray[np.int64]
    """By place: index of its first payment below; one entry more than there are places."""
    payment_row: U32
    payment_end_lo: U64
    payment_end_hi: U64
    """Where the payment ends on the payer's line; it begins where the one before ends, or at 0."""
    line: U64
    """By place: how long its line is (lo, hi), all it paid (lo, hi), and a word that only building needs."""

    def arrays(self) -> tuple[NDArray[np.generic], ...]:
        """Return what the kernels take."""
        return (
            self.receipt_lo, self.receipt_hi, self.first_payment, self.payment_row,
            self.payment_end_lo, self.payment_end_hi, self.line,
        )  # fmt: skip


def build_index(columns: TransferColumns, untraceable: U8) -> FifoIndex:
    """Lay out the lines of all places. Nobody and untraceable places have no line."""
    rows, places = len(columns), len(columns.places)
    first_payment = np.zeros(places + 1, dtype=np.int64)
    receipt_lo, receipt_hi = np.empty(rows, dtype=np.uint64), np.empty(rows, dtype=np.uint64)
    payment_row = np.empty(rows, dtype=np.uint32)
    payment_end_lo, payment_end_hi = np.empty(rows, dtype=np.uint64), np.empty(rows, dtype=np.uint64)
    _count_payments(columns.source, first_payment)
    np.cumsum(first_payment, out=first_payment)
    line = np.zeros((places, 5), dtype=np.uint64)
    line[:, 0], line[:, 1] = columns.places.opening_lo, columns.places.opening_hi
    line[:, 4] = first_payment[:-1]
    _lay_out(
        (columns.source, columns.target, columns.units_lo, columns.units_hi), line, untraceable,
        receipt_lo, receipt_hi, payment_row, payment_end_lo, payment_end_hi,
    )  # fmt: skip
    return FifoIndex(
        receipt_lo, receipt_hi, first_payment, payment_row, payment_end_lo, payment_end_hi,
        line,
    )  # fmt: skip


@njit(cache=True, nogil=True)
def _count_payments(source, first_payment):  # type: ignore[no-untyped-def]
    for row in range(len(source)):
        first_payment[np.int64(source[row]) + 1] += 1


@njit(cache=True, nogil=True)
def _lay_out(  # type: ignore[no-untyped-def]
    rows, line, untraceable, receipt_lo, receipt_hi, payment_row, payment_end_lo, payment_end_hi
):
    """Line of a place: received so far (lo, hi), paid so far (lo, hi), index of its next payment."""
    source, target, units_lo, units_hi = rows
    base = line.ctypes.data
    end = len(source)
    for row in range(end):
        if row + _AHEAD < end:
            prefetch(base + np.int64(source[row + _AHEAD]) * 40)
            prefetch(base + np.int64(target[row + _AHEAD]) * 40)
        payer, payee = np.int64(source[row]), np.int64(target[row])
        lo, hi = units_lo[row], units_hi[row]
        if payer != 0 and not untraceable[payer]:
            line[payer, 2], line[payer, 3] = add(line[payer, 2], line[payer, 3], lo, hi)
        index = np.int64(line[payer, 4])
        payment_row[index] = row
        payment_end_lo[index], payment_end_hi[index] = line[payer, 2], line[payer, 3]
        line[payer, 4] += np.uint64(1)
        receipt_lo[row], receipt_hi[row] = line[payee, 0], line[payee, 1]
        if payee != 0 and not untraceable[payee]:
            line[payee, 0], line[payee, 1] = add(line[payee, 0], line[payee, 1], lo, hi)


@njit(cache=True, nogil=True, _nrt=False)
def follow_each(index, rows, walls, thefts, stack, found, found_end, twice, budget):  # type: ignore[no-untyped-def]
    """Follow each theft alone; return how many were followed before room or budget ran out.

    `index`: the arrays of a FifoIndex; `rows` = (target, units_lo, units_hi); `walls`: by place, 0 where lots are
    followed through it. `thefts` = (seized places, seized from row, end of each theft's part; stolen rows, end of
    each theft's part), both ascending within a theft. `stack`: scratch, five words a piece. Out: `found`, a piece
    each: (row + 1, or 0 where the units rest; place; units lo, hi), with the end of each theft's part in
    `found_end`; `twice`: by seizure, then by stolen row, the units (lo, hi) that came to it stolen already.
    `budget`: the most pieces for one theft.
    """
    seized_ends, stolen_ends = thefts[2], thefts[4]
    count, seized, stolen = 0, 0, 0
    for theft in range(len(seized_ends)):
        own = (seized, seized_ends[theft], stolen, stolen_ends[theft])
        limit = min(len(found), count + budget)
        depth = _push_seeds(index, rows, walls, thefts, own, stack)
        while depth > 0:
            depth, count = _follow_piece(index, rows, walls, thefts, own, stack, depth - 1, found, count, limit, twice)
        if depth < 0:
            return theft
        found_end[theft] = count
        seized, stolen = seized_ends[theft], stolen_ends[theft]
    return len(seized_ends)


@njit(inline="always")
def _push_seeds(index, rows, walls, thefts, own, stack):  # type: ignore[no-untyped-def]
    """Put the intervals that a theft starts from on the stack; return how many, or -1 for want of room."""
    receipt_lo, receipt_hi, _, _, _, _, line = index
    seized_places, _, _, stolen_rows, _ = thefts
    depth = 0
    if len(stack) < own[1] - own[0] + own[3] - own[2]:
        return -1
    for seizure in range(own[0], own[1]):
        place = np.int64(seized_places[seizure])
        if walls[place] == 0:
            lo, hi = _seized_from(index, thefts, seizure)
            _push(stack, depth, place, lo, hi, line[place, 0], line[place, 1])
            depth += 1
    for theft in range(own[2], own[3]):
        row = stolen_rows[theft]
        place = np.int64(rows[0][row])
        if walls[place] == 0:
            lo, hi = receipt_lo[row], receipt_hi[row]
            to_lo, to_hi = add(lo, hi, rows[1][row], rows[2][row])
            seizure = _find(seized_places, own[0], own[1], place)
            if seizure >= 0:
                own_lo, own_hi = _seized_from(index, thefts, seizure)
                if less(own_lo, own_hi, to_lo, to_hi):
                    to_lo, to_hi = own_lo, own_hi
            if less(lo, hi, to_lo, to_hi):
                _push(stack, depth, place, lo, hi, to_lo, to_hi)
                depth += 1
    return depth


@njit(inline="always")
def _follow_piece(index, rows, walls, thefts, own, stack, depth, found, count, limit, twice):  # type: ignore[no-untyped-def]
    """Lay the interval at stack[depth] over its place's payments; return (new depth, or -1 to give up; new count)."""
    receipt_lo, receipt_hi, first_payment, payment_row, end_lo, end_hi, _ = index
    seized_places, _, seized_ends, stolen_rows, _ = thefts
    place = np.int64(stack[depth, 0])
    lo, hi, to_lo, to_hi = stack[depth, 1], stack[depth, 2], stack[depth, 3], stack[depth, 4]
    first, last = first_payment[place], first_payment[place + 1]
    payment = _first_after(end_lo, end_hi, first, last, lo, hi)
    while less(lo, hi, to_lo, to_hi):
        if count >= limit or depth >= len(stack):
            return -1, count
        piece_lo, piece_hi = to_lo, to_hi
        if payment < last and less(end_lo[payment], end_hi[payment], to_lo, to_hi):
            piece_lo, piece_hi = end_lo[payment], end_hi[payment]
        size_lo, size_hi = subtract(piece_lo, piece_hi, lo, hi)
        if payment == last:
            _write_found(found, count, np.uint64(0), place, size_lo, size_hi)
            return depth, count + 1
        row = np.int64(payment_row[payment])
        payee = np.int64(rows[0][row])
        theft = _find(stolen_rows, own[2], own[3], row)
        if theft >= 0:
            _add_to(twice, seized_ends[-1] + theft, size_lo, size_hi)
        else:
            _write_found(found, count, np.uint64(row + 1), payee, size_lo, size_hi)
            count += 1
        if theft < 0 and walls[payee] == 0:
            begin_lo = end_lo[payment - 1] if payment > first else ZERO
            begin_hi = end_hi[payment - 1] if payment > first else ZERO
            skip_lo, skip_hi = subtract(lo, hi, begin_lo, begin_hi)
            at_lo, at_hi = add(receipt_lo[row], receipt_hi[row], skip_lo, skip_hi)
            until_lo, until_hi = add(at_lo, at_hi, size_lo, size_hi)
            seizure = _find(seized_places, own[0], own[1], payee)
            if seizure >= 0:
                until_lo, until_hi = _clip(index, thefts, seizure, at_lo, at_hi, until_lo, until_hi, twice)
            if less(at_lo, at_hi, until_lo, until_hi):
                _push(stack, depth, payee, at_lo, at_hi, until_lo, until_hi)
                depth += 1
        lo, hi = piece_lo, piece_hi
        payment += 1
    return depth, count


@njit(inline="always")
def _clip(index, thefts, seizure, at_lo, at_hi, until_lo, until_hi, twice):  # type: ignore[no-untyped-def]
    """Cut off what lies on the theft's own part of a seized place's line, and count it; return the new end."""
    from_lo, from_hi = _seized_from(index, thefts, seizure)
    if less(from_lo, from_hi, at_lo, at_hi):
        from_lo, from_hi = at_lo, at_hi
    if less(from_lo, from_hi, until_lo, until_hi):
        over_lo, over_hi = subtract(until_lo, until_hi, from_lo, from_hi)
        _add_to(twice, seizure, over_lo, over_hi)
        return from_lo, from_hi
    return until_lo, until_hi


@njit(cache=True, nogil=True, _nrt=False)
def _seized_from(index, thefts, seizure):  # type: ignore[no-untyped-def]
    """Return the offset on a seized place's line where the theft's own part begins: all it had paid before."""
    first_payment, payment_row, end_lo, end_hi = index[2], index[3], index[4], index[5]
    place = np.int64(thefts[0][seizure])
    first = first_payment[place]
    low, high = first, first_payment[place + 1]
    while low < high:
        middle = (low + high) >> 1
        if np.int64(payment_row[middle]) < thefts[1][seizure]:
            low = middle + 1
        else:
            high = middle
    if low == first:
        return ZERO, ZERO
    return end_lo[low - 1], end_hi[low - 1]


@njit(inline="always")
def _push(stack, depth, place, lo, hi, to_lo, to_hi):  # type: ignore[no-untyped-def]
    stack[depth, 0] = np.uint64(place)
    stack[depth, 1], stack[depth, 2] = lo, hi
    stack[depth, 3], stack[depth, 4] = to_lo, to_hi


@njit(inline="always")
def _write_found(found, count, row, place, lo, hi):  # type: ignore[no-untyped-def]
    found[count, 0], found[count, 1] = row, np.uint64(place)
    found[count, 2], found[count, 3] = lo, hi


@njit(inline="always")
def _add_to(twice, entry, lo, hi):  # type: ignore[no-untyped-def]
    twice[entry, 0], twice[entry, 1] = add(twice[entry, 0], twice[entry, 1], lo, hi)


@njit(inline="always")
def _first_after(end_lo, end_hi, low, high, lo, hi):  # type: ignore[no-untyped-def]
    """Return the first index in [low, high) whose end lies above an offset."""
    while low < high:
        middle = (low + high) >> 1
        if less(lo, hi, end_lo[middle], end_hi[middle]):
            high = middle
        else:
            low = middle + 1
    return low


@njit(inline="always")
def _find(numbers, low, high, number):  # type: ignore[no-untyped-def]
    """Return the index of a number in an ascending part of an array, or -1."""
    end = high
    while low < high:
        middle = (low + high) >> 1
        if np.int64(numbers[middle]) < number:
            low = middle + 1
        else:
            high = middle
    if low < end and np.int64(numbers[low]) == number:
        return low
    return -1
