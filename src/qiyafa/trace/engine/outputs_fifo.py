"""The FIFO index of a chain of outputs: where every unit of every output went, without walking the ledger again.

The inputs of a transaction form one line and its outputs are cut from it in order. So an output is an interval on the
line of the transaction that spends it, and a theft is followed by laying its interval over that transaction's outputs;
what lies beyond them is the fee. Built once for a ledger, 24 bytes an output and 12 an input; then a theft costs what
it touches. Stops are cuts at query time. Exact: offsets are whole numbers below 2^64.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numba import njit

from qiyafa.model.columns import I64, U8, U32, U64
from qiyafa.model.outputs import OutputColumns
from qiyafa.trace.engine.outputs_rows import SPENT, count_rows
from qiyafa.trace.engine.wide import ZERO, add
from qiyafa.trace.outcome import Ending
from qiyafa.trace.sums import ascending, sum_by

_FIRST_ROOM = 1 << 16
_SHARE_OF_OUTPUTS = 4
"""A theft with more pieces than a quarter of the outputs is faster by a walk."""

_HELD, _STOPPED, _FEE = np.uint64(Ending.MOVED), np.uint64(Ending.STOPPED), np.uint64(Ending.FEE)
_UNKNOWN = np.uint64(Ending.INPUT_UNKNOWN)


@dataclass(frozen=True, slots=True)
class OutputsIndex:
    """Intervals of a chain of outputs."""

    first_output: I64
    value: U64
    spender: I64
    """Per output: the input that spends it, or -1."""
    output_offset: U64
    """Per output: where it begins on the line of the transaction that created it."""
    input_offset: U64
    """Per input: where it begins on the line of its transaction."""
    input_transaction: U32
    unknown: U8
    """Per transaction: an input's value is not known, so nothing is followed through it."""

    @classmethod
    def of(cls, columns: OutputColumns) -> "OutputsIndex | None":
        """Build the index; None if the values of one transaction add up to 2^64, which only hostile data has."""
        transactions, outputs, inputs = len(columns), len(columns.value), len(columns.spent_output)
        kinds = np.zeros(inputs, dtype=np.uint8)
        unknown = np.zeros(transactions, dtype=np.uint8)
        shape = (columns.first_input, columns.first_output, columns.coinbase, columns.spent_output, columns.value)
        count_rows(*shape, kinds, unknown, np.zeros(transactions, dtype=np.int64))
        spender = np.full(outputs, -1, dtype=np.int64)
        output_offset, input_offset = np.zeros(outputs, dtype=np.uint64), np.zeros(inputs, dtype=np.uint64)
        input_transaction = np.repeat(np.arange(transactions, dtype=np.uint32), np.diff(columns.first_input))
        if not _lay_out(*shape, kinds, spender, output_offset, input_offset):
            return None
        return cls(
            columns.first_output, columns.value, spender, output_offset, input_offset, input_transaction, unknown
        )

    def follow(self, thefts: Sequence[I64], stops: U8) -> "FollowedThefts | None":
        """Follow thefts of outputs, each alone. `stops`: by output, 1 where a trace ends. None if a walk is faster."""
        budget = len(self.value) // _SHARE_OF_OUTPUTS + 1024
        chosen = [ascending(theft) for theft in thefts]
        stolen = np.concatenate([np.empty(0, np.int64), *chosen])
        ends = np.cumsum([len(theft) for theft in chosen], dtype=np.int64)
        lines = (self.first_output, self.value, self.spender, self.output_offset)
        spendings = (self.input_offset, self.input_transaction, self.unknown)
        mine = np.zeros(len(self.value), dtype=np.uint8)
        room = _FIRST_ROOM
        while True:
            stack, found = np.empty((room, 3), dtype=np.uint64), np.empty((room, 3), dtype=np.uint64)
            found_end = np.zeros(len(thefts), dtype=np.int64)
            done = _follow(lines, spendings, stops, stolen, ends, mine, (stack, found, found_end, budget))
            if done == len(thefts):
                return FollowedThefts(found, found_end)
            if room > budget * max(1, len(thefts)):
                return None
            room *= 8


@dataclass(frozen=True, slots=True)
class FollowedThefts:
    """The pieces into which thefts fell, each theft alone. What came to an output that is stolen itself is not here."""

    found: U64
    """A piece each: output (of a fee or an unknown input: transaction), units, `Ending`."""
    found_end: I64
    """Where each theft's pieces end."""

    def ended(self, theft: int, ending: Ending) -> dict[int, int]:
        """Return the units of one theft that ended so, by output or transaction; MOVED is what is held."""
        pieces = self.found[int(self.found_end[theft - 1]) if theft else 0 : int(self.found_end[theft])]
        chosen = pieces[pieces[:, 2] == np.uint64(ending)]
        return sum_by(chosen[:, 0].copy(), chosen[:, 1].copy(), np.zeros(len(chosen), np.uint64))


@njit(cache=True, nogil=True)
def _lay_out(first_input, first_output, coinbase, spent_output, value, kinds, spender, output_offset, input_offset):  # type: ignore[no-untyped-def]
    """Fill spenders and offsets; False if a line is longer than 64 bits can say."""
    for transaction in range(len(first_input) - 1):
        came_lo, came_hi, went_lo, went_hi = ZERO, ZERO, ZERO, ZERO
        for output in range(first_output[transaction], first_output[transaction + 1]):
            output_offset[output] = went_lo
            went_lo, went_hi = add(went_lo, went_hi, value[output], ZERO)
        for entry in range(first_input[transaction], first_input[transaction + 1]):
            if kinds[entry] == SPENT:
                came_lo, came_hi = add(came_lo, came_hi, value[spent_output[entry]], ZERO)
        if (came_hi | went_hi) != ZERO:
            return False
        # What no input brings is the oldest of the line.
        offset = went_lo - came_lo if went_lo > came_lo and not coinbase[transaction] else ZERO
        for entry in range(first_input[transaction], first_input[transaction + 1]):
            if kinds[entry] == SPENT:
                input_offset[entry], spender[spent_output[entry]] = offset, entry
                offset += value[spent_output[entry]]
    return True


@njit(cache=True, nogil=True)
def _follow(lines, spendings, stops, stolen, ends, mine, room):  # type: ignore[no-untyped-def]
    """Follow thefts one by one; return how many were done before room or budget ran out.

    `mine`: scratch, uint8 by output, 1 for those that the theft at hand names; zeros again at the end.
    """
    stack, found, found_end, budget = room
    used, begin = 0, 0
    for theft in range(len(ends)):
        for index in range(begin, ends[theft]):
            mine[stolen[index]] = 1
        most = min(len(found) - 2, used + budget)
        for index in range(begin, ends[theft]):
            if used >= 0 and lines[1][stolen[index]] != ZERO:
                used = _follow_output(lines, spendings, stops, mine, stolen[index], stack, found, used, most)
        for index in range(begin, ends[theft]):
            mine[stolen[index]] = 0
        if used < 0:
            return theft
        begin = ends[theft]
        found_end[theft] = used
    return len(ends)


@njit(inline="always")
def _follow_output(lines, spendings, stops, mine, output, stack, found, used, most):  # type: ignore[no-untyped-def]
    """Follow one stolen output to its ends; return how many pieces stand in `found` then, -1 for want of room."""
    spender = lines[2]
    input_offset, input_transaction, unknown = spendings
    stack[0, 0], stack[0, 1], stack[0, 2] = np.uint64(output), ZERO, lines[1][output]
    depth = 1
    while depth:
        if used > most:
            return -1
        depth -= 1
        output, low, high = np.int64(stack[depth, 0]), stack[depth, 1], stack[depth, 2]
        entry = spender[output]
        if stops[output] or entry < 0:
            used = _piece(found, used, output, high - low, _STOPPED if stops[output] else _HELD)
            continue
        transaction = np.int64(input_transaction[entry])
        if unknown[transaction]:
            used = _piece(found, used, transaction, high - low, _UNKNOWN)
            continue
        start = input_offset[entry]
        depth, rest = _cut(lines, mine, transaction, start + low, start + high, stack, depth)
        if depth < 0:
            return -1
        if rest != ZERO:
            used = _piece(found, used, transaction, rest, _FEE)
    return used


@njit(inline="always")
def _cut(lines, mine, transaction, low, high, stack, depth):  # type: ignore[no-untyped-def]
    """Lay a part of a transaction's line over its outputs; return (stack's depth, or -1 for want of room; the rest)."""
    first_output, value, _, output_offset = lines
    after = first_output[transaction + 1]
    target = _output_at(output_offset, value, first_output[transaction], after, low)
    if depth + after - target >= len(stack):
        return np.int64(-1), ZERO
    while low < high and target < after:
        end = min(high, output_offset[target] + value[target])
        if end > low and not mine[target]:
            stack[depth, 0] = np.uint64(target)
            stack[depth, 1], stack[depth, 2] = low - output_offset[target], end - output_offset[target]
            depth += 1
        low = max(low, end)
        target += 1
    return depth, high - low


@njit(inline="always")
def _piece(found, used, where, units, ending):  # type: ignore[no-untyped-def]
    found[used, 0], found[used, 1], found[used, 2] = np.uint64(where), units, ending
    return used + 1


@njit(inline="always")
def _output_at(output_offset, value, first, after, offset):  # type: ignore[no-untyped-def]
    """Return the output on whose part of the line an offset lies, or the end."""
    low, high = first, after
    while low < high:
        middle = (low + high) // 2
        if output_offset[middle] + value[middle] <= offset:
            low = middle + 1
        else:
            high = middle
    return low
