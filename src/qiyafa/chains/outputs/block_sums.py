"""Whether a block creates no more than it may: its inputs and its subsidy must cover its outputs and its fees."""

from collections.abc import Callable
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from qiyafa.chains.outputs.block_columns import BlockColumns
from qiyafa.chains.outputs.undo_columns import UNKNOWN_SIZE, SpentOutputs
from qiyafa.model.columns import I64
from qiyafa.trace.engine.compiled import compiled

_UNKNOWN: Final = -1
_OVERSPENT: Final = -2


class Claims(NamedTuple):
    """What the coinbases of blocks claim. One entry a block."""

    is_known: NDArray[np.bool_]
    """Whether every input of the block is known; only then the others mean anything."""
    is_overspent: NDArray[np.bool_]
    """A transaction pays more than its inputs hold, even if not every input of the block is known."""
    allowed: tuple[int, ...]
    """Subsidy and fees."""
    claimed: tuple[int, ...]


def claims_of(
    columns: BlockColumns, spent: SpentOutputs, heights: I64, subsidy: Callable[[int], int], most_units: int
) -> Claims:
    """Return what each block may claim and what it claims."""
    first = columns.first_transaction[:-1]
    count = len(columns.transactions.block)
    fees, paid = np.zeros(count, np.int64), np.zeros(count, np.int64)
    _find_fees(columns, spent, most_units, fees, paid)
    fees[first] = 0
    lowest = np.minimum.reduceat(fees, first) if count else fees
    totals = np.add.reduceat(np.maximum(fees, 0), first) if count else fees
    return Claims(
        is_known=~np.logical_or.reduceat(fees == _UNKNOWN, first) if count else lowest > 0,
        is_overspent=lowest == _OVERSPENT,
        allowed=tuple(subsidy(height) + total for height, total in zip(heights.tolist(), totals.tolist(), strict=True)),
        claimed=tuple(paid[first].tolist()),
    )


@compiled
def _find_fees(columns: BlockColumns, spent: SpentOutputs, most_units: int, fees: I64, paid: I64) -> None:
    """Fill in what each transaction pays, and its fee: _UNKNOWN without all its inputs, _OVERSPENT below 0."""
    rows = columns.transactions
    for transaction in range(len(rows.block)):
        total, is_known = 0, True
        for output in range(rows.first_output[transaction], rows.first_output[transaction + 1]):
            paid[transaction] += columns.outputs.units[output]
        for one in range(rows.first_input[transaction], rows.first_input[transaction + 1]):
            is_known = is_known and spent.script_size[one] != UNKNOWN_SIZE
            total = min(total + spent.units[one], most_units)
        if not is_known:
            fees[transaction] = _UNKNOWN
        else:
            fees[transaction] = total - paid[transaction] if total >= paid[transaction] else _OVERSPENT
