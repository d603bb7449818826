"""The hashes of transactions in the columns of a chain of outputs, without a Python object for each of millions."""

from bisect import bisect_left
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qiyafa.model.columns import U8, U32

_HASH_DIGITS = 64


@dataclass(frozen=True, slots=True)
class PackedTransactions:
    """A hash for each row, 32 bytes each; the arrays may be memory-mapped."""

    keys: U8
    """32 bytes a row."""
    order: U32
    """The rows, sorted by their key."""

    def text(self, row: int) -> str:
        """Return the transaction hash of a row."""
        key: bytes = self.keys[row].tobytes()
        return key.hex()

    def rows(self, transaction_hash: str) -> NDArray[np.int64]:
        """Return the rows of a transaction, ascending; empty for a text that is no hash of the ledger."""
        found: list[int] = []
        try:
            key = bytes.fromhex(transaction_hash)
        except ValueError:
            key = b""
        if len(transaction_hash) == _HASH_DIGITS and key.hex() == transaction_hash:
            at = bisect_left(self.order, key, key=lambda row: self.keys[row].tobytes())
            while at < len(self.order) and self.keys[self.order[at]].tobytes() == key:
                found.append(int(self.order[at]))
                at += 1
        return np.array(sorted(found), np.int64)
