"""A chain of outputs as rows of transfers, so that one walk serves every chain.

Each output is a place, and so is each transaction: a pool that its inputs flow into and its outputs come from. Rows of
a transaction, in order: every input of known value (output -> pool, whole), every output that has a value (pool ->
output), and the rest as the fee (pool -> nobody). A coinbase pays its outputs from nobody. The address of an output's
place is its owner, so an address has many places; that of a pool is `transaction:` and the hash. Why so:
docs/decisions/0003.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from qiyafa.model.columns import (
    I64,
    NOBODY_PLACE,
    TRANSACTION,
    U32,
    U64,
    AddressBook,
    Kind,
    OutputPlaces,
    Places,
    TransactionHashes,
    TransferColumns,
)
from qiyafa.model.errors import Unavailable
from qiyafa.model.outputs import OutputColumns
from qiyafa.trace.engine.opening import opening_balances
from qiyafa.trace.engine.outputs_rows import count_rows, fill_rows

_MOST_PLACES = (1 << 32) - 1


@dataclass(frozen=True, slots=True)
class OwnersAndTransactions:
    """The address book of a lowered chain: owners of outputs, then transactions."""

    owners: AddressBook
    hashes: TransactionHashes
    """Rows are transactions."""
    transactions: int

    def __len__(self) -> int:
        return len(self.owners) + self.transactions

    def number(self, address: str) -> int | None:
        """Return the number of an address, or of `transaction:` and a hash; None if the ledger does not know it."""
        if not address.startswith(TRANSACTION):
            return self.owners.number(address)
        found = self.hashes.rows(address.removeprefix(TRANSACTION))
        return len(self.owners) + int(found[-1]) if len(found) else None

    def text(self, number: int) -> str:
        """Return the spelling of a number; 0 is nobody."""
        if number < len(self.owners):
            return self.owners.text(number)
        return TRANSACTION + self.hashes.text(number - len(self.owners))

    def texts(self, numbers: U32) -> list[str]:
        """Return the spellings of many numbers at once."""
        is_owner = numbers < len(self.owners)
        owners = iter(self.owners.texts(numbers[is_owner]))
        return [
            next(owners) if owner else self.text(number)
            for number, owner in zip(numbers.tolist(), is_owner.tolist(), strict=True)
        ]


@dataclass(frozen=True, slots=True)
class HashesOfRows:
    """The transaction hash of each row, from those of the transactions."""

    hashes: TransactionHashes
    first_row: I64
    """Per transaction, and one more."""

    def text(self, row: int) -> str:
        """Return the transaction hash of a row."""
        return self.hashes.text(int(np.searchsorted(self.first_row, row, side="right")) - 1)

    def rows(self, transaction_hash: str) -> NDArray[np.int64]:
        """Return the rows of a transaction, ascending."""
        found = self.hashes.rows(transaction_hash).tolist()
        ranges = [np.arange(self.first_row[one], self.first_row[one + 1]) for one in found]
        return np.concatenate([np.empty(0, np.int64), *ranges])


def lowered(outputs: OutputColumns) -> TransferColumns:
    """Return the transactions of a chain of outputs as rows. Raises Unavailable above 2^32 places."""
    transactions, count = len(outputs), len(outputs.value)
    if count + transactions + 1 > _MOST_PLACES or len(outputs.addresses) + transactions > _MOST_PLACES:
        raise Unavailable("trace.error.too_many_outputs", chain=outputs.chain, outputs=count)
    inputs = np.zeros(len(outputs.spent_output), dtype=np.uint8)
    unknown = np.zeros(transactions, dtype=np.uint8)
    counts = np.zeros(transactions, dtype=np.int64)
    shape = (outputs.first_input, outputs.first_output, outputs.coinbase, outputs.spent_output, outputs.value)
    count_rows(*shape, inputs, unknown, counts)
    first_row = np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)])
    rows = int(first_row[-1])
    source, target, position = (np.empty(rows, dtype=np.uint32) for _ in range(3))
    units_lo, units_hi = (np.empty(rows, dtype=np.uint64) for _ in range(2))
    kind = np.empty(rows, dtype=np.uint8)
    fill_rows(*shape, outputs.output_index, inputs, first_row, (source, target, units_lo, units_hi, kind, position))
    foreign = int(outputs.first_output[0])
    return TransferColumns(
        chain=outputs.chain,
        source=source,
        target=target,
        units_lo=units_lo,
        units_hi=units_hi,
        block=np.repeat(outputs.block, counts),
        time=np.repeat(outputs.time, counts),
        kind=kind,
        position=position,
        marks=np.repeat(outputs.marks, counts),
        places=_places(outputs, (source, target, units_lo, units_hi)),
        addresses=OwnersAndTransactions(outputs.addresses, outputs.hashes, transactions),
        hashes=HashesOfRows(outputs.hashes, first_row),
        outputs=OutputPlaces(
            first_pool=count + 1,
            inputs_unknown=(np.flatnonzero(unknown) + count + 1).astype(np.uint32),
            foreign_hashes=outputs.foreign_hashes,
            foreign_index=outputs.output_index[:foreign],
        ),
    )


def _places(outputs: OutputColumns, rows: tuple[U32, U32, U64, U64]) -> Places:
    pools = np.arange(len(outputs.addresses), len(outputs.addresses) + len(outputs), dtype=np.uint32)
    address = np.concatenate([np.array([NOBODY_PLACE], np.uint32), outputs.owner, pools])
    opening_lo, opening_hi, untraceable = opening_balances(*rows, len(address))
    return Places(
        address=address,
        asset=np.zeros(len(address), dtype=np.uint16),
        assets=(outputs.asset,),
        opening_lo=opening_lo,
        opening_hi=opening_hi,
        untraceable=untraceable,
    )


def largest_first(columns: TransferColumns) -> I64:
    """Return the rows in another order: within each transaction the inputs by value, then the outputs by value, the
    highest first and ties by index, then the fee.
    """
    assert isinstance(columns.hashes, HashesOfRows), "only a lowered chain has inputs and outputs"
    first_row = columns.hashes.first_row
    transaction = np.repeat(np.arange(len(first_row) - 1), np.diff(first_row))
    stage = np.where(columns.kind == Kind.FEE, np.uint8(255), columns.kind)
    # Values of inputs and outputs fit the lower half; a fee is alone in its stage.
    return np.lexsort((~columns.units_lo, stage, transaction))


def in_order(columns: TransferColumns, order: I64) -> TransferColumns:
    """Return columns for a walk over the rows in another order; what says when and why a row is stays behind."""
    return replace(
        columns,
        source=columns.source[order],
        target=columns.target[order],
        units_lo=columns.units_lo[order],
        units_hi=columns.units_hi[order],
    )


def is_pool(columns: TransferColumns, places: U32 | Sequence[int]) -> NDArray[np.bool_]:
    """Tell which places are transactions, not addresses."""
    first = columns.outputs.first_pool if columns.outputs is not None else len(columns.places)
    return np.asarray(places) >= first
