"""The rows that exposure is computed over: those up to a moment, with the share that each payment takes.

A transfer below its asset's dust limit is paid to nobody here: it leaves its payer and reaches no one, so no pass,
no count of hops and no total needs to know of dust. Balances, and so shares, are those of the real rows.
"""

from collections.abc import Sequence, Set
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numba import njit

from qiyafa.model.columns import I64, NOBODY_PLACE, U8, U32, U64, TransferColumns
from qiyafa.trace.engine.lanes import F64, payment_shares
from qiyafa.trace.engine.opening import opening_balances
from qiyafa.trace.engine.wide import ZERO, add
from qiyafa.trace.lowering import HashesOfRows

_MOST = (1 << 64) - 1

Column = TypeVar("Column", I64, U8, U32, U64, F64)


@dataclass(frozen=True, slots=True, eq=False)
class ExposureRows:
    """The rows of one chain up to a moment. Arrays are read-only, so that kernels are compiled once."""

    columns: TransferColumns
    source: U32
    target: U32
    """As in the ledger, but nobody where the transfer is dust."""
    units_lo: U64
    units_hi: U64
    shares: F64
    """Of the payer's balance, per row."""
    dead: U8
    """By place: 1 where units end without a category: at nobody, and where turnover exceeds 38 digits."""
    first_row: I64
    """On a chain of outputs: the first row of each transaction, and one more. Empty on a chain of accounts."""
    whole: U64
    """On a chain of outputs, per transaction: all that goes in, what nobody saw included, as (low, high)."""
    pools: int
    """The first place that is a transaction; the number of places where none is."""

    def __len__(self) -> int:
        return len(self.source)

    @property
    def party(self) -> U32:
        """By place: the number of its address."""
        return self.columns.places.address

    def units(self, row: int) -> int:
        """Return the exact units of a row."""
        return self.columns.units(row)

    def floats(self, chosen: I64) -> F64:
        """Return the units of some rows as floats."""
        return self.units_hi[chosen].astype(np.float64) * 2.0**64 + self.units_lo[chosen].astype(np.float64)

    def transaction(self, row: int) -> range:
        """Return the rows of an output chain's transaction that a row belongs to."""
        at = int(np.searchsorted(self.first_row, row, side="right")) - 1
        return range(int(self.first_row[at]), int(self.first_row[at + 1]))

    def paying_row(self, row: int, through: Set[int] = frozenset()) -> int:
        """Return the row whose payer stands for a transfer's: itself, or on a chain of outputs the input of its
        transaction that spends one of some places, else the largest.
        """
        if not len(self.first_row):
            return row
        inputs = [one for one in self.transaction(row) if self.target[one] >= self.pools]
        return max(inputs, key=lambda one: (int(self.source[one]) in through, self.units(one), -one), default=row)

    @classmethod
    def of(
        cls, columns: TransferColumns, end_row: int, dust: Sequence[int], too_large: Sequence[int]
    ) -> "ExposureRows":
        """Take the rows before `end_row`. `dust`: by asset number, the least units that count. `too_large`: places
        that a value above 38 digits touched by then.
        """
        source, target = _fixed(columns.source[:end_row]), _fixed(columns.target[:end_row])
        units_lo, units_hi = _fixed(columns.units_lo[:end_row]), _fixed(columns.units_hi[:end_row])
        places = columns.places
        if end_row == len(columns):
            opening_lo, opening_hi, untraceable = places.opening_lo, places.opening_hi, places.untraceable
        else:
            opening_lo, opening_hi, untraceable = opening_balances(source, target, units_lo, units_hi, len(places))
        dead = np.array(untraceable, dtype=np.uint8)
        dead[list(too_large)] = 1
        dead[NOBODY_PLACE] = 1
        shares = payment_shares(source, target, units_lo, units_hi, _fixed(opening_lo), _fixed(opening_hi))
        pools = columns.outputs.first_pool if columns.outputs is not None else len(places)
        first_row, whole = np.zeros(0, np.int64), np.zeros((0, 2), np.uint64)
        if isinstance(columns.hashes, HashesOfRows):
            first_row = columns.hashes.first_row[columns.hashes.first_row <= end_row].astype(np.int64)
            whole = np.stack([opening_lo[pools:], opening_hi[pools:]], axis=1)[: len(first_row) - 1].copy()
            _add_inputs(first_row, target, units_lo, units_hi, np.uint32(pools), whole)
        least = np.array([min(units, _MOST) for units in dust], dtype=np.uint64)
        if least.any():
            target = target.copy()
            _drop_dust(target, units_lo, units_hi, np.asarray(places.asset), least, np.uint32(pools))
        return cls(
            columns, source, _fixed(target), units_lo, units_hi, _fixed(shares), _fixed(dead), _fixed(first_row),
            _fixed(whole), pools,
        )  # fmt: skip


def _fixed(column: Column) -> Column:
    """Return a read-only, contiguous view, so that mapped and ordinary columns share one compiled kernel."""
    view = np.ascontiguousarray(column).view()
    view.flags.writeable = False
    return view


@njit(cache=True, nogil=True)
def _drop_dust(target, units_lo, units_hi, asset, least, pools):  # type: ignore[no-untyped-def]
    for row in range(len(target)):
        place = target[row]
        if place < pools and units_hi[row] == ZERO and units_lo[row] < least[asset[place]]:
            target[row] = np.uint32(0)


@njit(cache=True, nogil=True)
def _add_inputs(first_row, target, units_lo, units_hi, pools, whole):  # type: ignore[no-untyped-def]
    for transaction in range(len(first_row) - 1):
        for row in range(first_row[transaction], first_row[transaction + 1]):
            if target[row] >= pools:
                whole[transaction, 0], whole[transaction, 1] = add(
                    whole[transaction, 0], whole[transaction, 1], units_lo[row], units_hi[row]
                )
