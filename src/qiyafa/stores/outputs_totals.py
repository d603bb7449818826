"""Figures on a chain of outputs that take its columns: what is spent, what is not, and what nothing tells."""

from dataclasses import dataclass

import numpy as np

from qiyafa.model.columns import U64
from qiyafa.model.outputs import UNKNOWN_OUTPUT, OutputColumns

_HALF = np.uint64(32)
_LOW = np.uint64(0xFFFFFFFF)


@dataclass(frozen=True, slots=True)
class OutputsTotals:
    """What a ledger holds of a chain of outputs."""

    blocks: int
    """Blocks of which it holds a transaction."""
    transactions: int
    inputs: int
    """Those of coinbases, which spend nothing, left out."""
    inputs_resolved: int
    """Inputs of which the value is known: the ledger holds the output they spend, or a source states it."""
    outputs: int
    """Created in the ledger."""
    unspent_units: int
    """Of outputs that no input of the ledger spends, those that nobody can spend included."""
    addresses: int


def outputs_totals(columns: OutputColumns) -> OutputsTotals:
    """Count what a chain of outputs consists of."""
    created = int(columns.first_output[0])
    is_spent = np.zeros(len(columns.value), np.bool_)
    resolved = columns.spent_output[columns.spent_output != UNKNOWN_OUTPUT]
    is_spent[resolved] = True
    return OutputsTotals(
        blocks=int(np.count_nonzero(np.diff(columns.block))) + (len(columns) > 0),
        transactions=len(columns),
        inputs=len(columns.spent_output),
        inputs_resolved=len(resolved),
        outputs=len(columns.value) - created,
        unspent_units=_sum(columns.value[created:][~is_spent[created:]]),
        addresses=len(columns.addresses) - 1,
    )


def _sum(values: U64) -> int:
    """Return the exact sum, which may exceed 64 bits."""
    return (int((values >> _HALF).sum()) << 32) + int((values & _LOW).sum())
