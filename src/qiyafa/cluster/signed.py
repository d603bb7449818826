"""Which transfers somebody signed. Nobody can be made to pay by others, but anybody can write that they did.

A token's transfers are logs of its contract, which may name any payer: address poisoning and fake tokens live on it. So
a token transfer counts as evidence only if its payer also paid the transaction's fee. Native units cannot be forged.
"""

import numpy as np
from numpy.typing import NDArray

from qiyafa.cluster.records import Ground
from qiyafa.model.columns import I64, Kind, TransferColumns

Bools = NDArray[np.bool_]


class Payments:
    """The rows of a chain of accounts as who paid whom, by address number."""

    def __init__(self, ground: Ground) -> None:
        assert ground.transfers is not None, "payments are read on chains of accounts"
        self.columns: TransferColumns = ground.transfers
        places = self.columns.places
        self.payer = places.address[self.columns.source]
        self.payee = places.address[self.columns.target]
        self.is_fee: Bools = self.columns.kind == Kind.FEE
        self.moves: Bools = ~self.is_fee & (self.payer != 0) & (self.payee != 0) & (self.payer != self.payee)
        """Rows that move units from one address to another, as far as they are looked at."""
        self.moves &= ground.knows(self.columns.time) > 0
        self._fee_before = np.maximum.accumulate(np.where(self.is_fee, np.arange(len(self.payer)), -1))

    def signed(self, chosen: Bools) -> Bools:
        """Return those of the chosen rows that their payer signed, or a contract made (native units alone)."""
        kept = chosen.copy()
        for row in np.flatnonzero(chosen & (self.columns.kind == Kind.TOKEN)).tolist():
            kept[row] = self._pays_its_fee(row)
        return kept

    def units(self, row: int) -> int:
        """Return the exact units of a row."""
        return self.columns.units(row)

    def _pays_its_fee(self, row: int) -> bool:
        fee = int(self._fee_before[row])
        if fee < 0 or self.payer[fee] != self.payer[row] or self.columns.block[fee] != self.columns.block[row]:
            return False
        return self.columns.hashes.text(fee) == self.columns.hashes.text(row)


def numbers_of(payments: Payments, entities: dict[str, int]) -> I64:
    """Return for each address number what is given for the address, else 0."""
    found = np.zeros(len(payments.columns.addresses), np.int64)
    for address, entity in entities.items():
        number = payments.columns.addresses.number(address)
        if number:
            found[number] = entity
    return found
