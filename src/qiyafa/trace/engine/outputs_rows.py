"""From transactions with inputs and outputs to rows: the kernels of `trace.lowering`. Two passes, one to count."""

import numpy as np
from numba import njit

from qiyafa.model.columns import Kind
from qiyafa.trace.engine.wide import ZERO, add, less, subtract

NO_ROW, SPENT, UNKNOWN = 0, 1, 2
"""What an input is: of no value, the spending of an output, or of unknown value."""

_SPEND, _OUTPUT, _REWARD, _FEE = np.uint8(Kind.SPEND), np.uint8(Kind.OUTPUT), np.uint8(Kind.REWARD), np.uint8(Kind.FEE)


@njit(cache=True, nogil=True)
def count_rows(first_input, first_output, coinbase, spent_output, value, inputs, unknown, rows):  # type: ignore[no-untyped-def]
    """Fill `inputs` (uint8 by input: what it is), `unknown` (uint8 by transaction: an input's value is not known) and
    `rows` (int64 by transaction). An output that was spent before has no value left that anybody could know.
    """
    spent = np.zeros(len(value), dtype=np.uint8)
    for transaction in range(len(rows)):
        in_lo, in_hi, out_lo, out_hi = ZERO, ZERO, ZERO, ZERO
        for entry in range(first_input[transaction], first_input[transaction + 1]):
            output = spent_output[entry]
            if output < 0 or spent[output]:
                inputs[entry], unknown[transaction] = UNKNOWN, 1
            elif value[output] != ZERO:
                inputs[entry], spent[output] = SPENT, 1
                rows[transaction] += 1
                in_lo, in_hi = add(in_lo, in_hi, value[output], ZERO)
        for output in range(first_output[transaction], first_output[transaction + 1]):
            if value[output] != ZERO:
                rows[transaction] += 1
                out_lo, out_hi = add(out_lo, out_hi, value[output], ZERO)
        if not coinbase[transaction] and less(out_lo, out_hi, in_lo, in_hi):
            rows[transaction] += 1


@njit(cache=True, nogil=True)
def fill_rows(first_input, first_output, coinbase, spent_output, value, output_index, inputs, first_row, columns):  # type: ignore[no-untyped-def]
    """Fill `columns` = (source, target, units_lo, units_hi, kind, position): per transaction its inputs, its outputs,
    and the fee last. Place 0 is nobody, n + 1 output n, then comes a place for each transaction.
    """
    source, target, units_lo, units_hi, kind, position = columns
    pools = np.int64(len(value) + 1)
    for transaction in range(len(first_row) - 1):
        row = first_row[transaction]
        pool = np.uint32(0) if coinbase[transaction] else np.uint32(pools + transaction)
        rest_lo, rest_hi, out_lo, out_hi = ZERO, ZERO, ZERO, ZERO
        for entry in range(first_input[transaction], first_input[transaction + 1]):
            if inputs[entry] == SPENT:
                output = spent_output[entry]
                source[row], target[row], kind[row] = np.uint32(output + 1), pool, _SPEND
                units_lo[row], units_hi[row] = value[output], ZERO
                position[row] = np.uint32(entry - first_input[transaction])
                rest_lo, rest_hi = add(rest_lo, rest_hi, value[output], ZERO)
                row += 1
        for output in range(first_output[transaction], first_output[transaction + 1]):
            if value[output] != ZERO:
                source[row], target[row] = pool, np.uint32(output + 1)
                kind[row] = _REWARD if coinbase[transaction] else _OUTPUT
                units_lo[row], units_hi[row] = value[output], ZERO
                position[row] = output_index[output]
                out_lo, out_hi = add(out_lo, out_hi, value[output], ZERO)
                row += 1
        if row < first_row[transaction + 1]:
            rest_lo, rest_hi = subtract(rest_lo, rest_hi, out_lo, out_hi)
            source[row], target[row], kind[row], position[row] = pool, np.uint32(0), _FEE, np.uint32(0)
            units_lo[row], units_hi[row] = rest_lo, rest_hi
