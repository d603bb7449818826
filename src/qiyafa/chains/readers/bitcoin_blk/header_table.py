"""The headers of all blocks in all files, in compact columns: a chain has millions of blocks."""

from array import array
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from qiyafa.chains.outputs.headers import Header
from qiyafa.chains.outputs.proof_of_work import work_of
from qiyafa.chains.readers.bitcoin_blk.framing import Frame
from qiyafa.model.columns import I64, U64

HASH_BYTES: Final = 32

_HALF = (1 << 64) - 1
_MOST_WORK = (1 << 120) - 1
"""Far above the work of any chain; sums of it stay within 128 bits."""


class Headers(NamedTuple):
    """One entry a block, in the order in which they were found."""

    hash: NDArray[np.bytes_]
    """32 bytes, as they are hashed."""
    parent: NDArray[np.bytes_]
    file: I64
    """Number of the file."""
    at: I64
    """Byte of the file at which the block stands."""
    size: I64
    body: I64
    """Byte of the block at which the count of its transactions stands."""
    transaction_count: I64
    stated_height: I64
    work_lo: U64
    work_hi: U64

    def shown_hash(self, row: int) -> str:
        """Return the hash of a block as explorers show it."""
        return self.hash_bytes(row)[::-1].hex()

    def hash_bytes(self, row: int) -> bytes:
        """Return the 32 bytes of the hash of a block; numpy leaves zeros at their end out."""
        return bytes(self.hash[row].ljust(HASH_BYTES, b"\0"))

    def parent_bytes(self, row: int) -> bytes:
        """Return the 32 bytes of the hash of a block's parent."""
        return bytes(self.parent[row].ljust(HASH_BYTES, b"\0"))


class HeaderTable:
    """Headers as they are found."""

    def __init__(self) -> None:
        self._hash, self._parent = bytearray(), bytearray()
        self._numbers = {
            name: array("q") for name in ("file", "at", "size", "body", "transaction_count", "stated_height")
        }
        self._work_lo, self._work_hi = array("Q"), array("Q")

    def add(self, file: int, frame: Frame, header: Header) -> None:
        """Note a block."""
        self._hash += header.hash
        self._parent += header.parent
        found = (file, frame.at, frame.size, header.body, header.transaction_count, header.stated_height)
        for column, value in zip(self._numbers.values(), found, strict=True):
            column.append(value)
        work = min(work_of(header.target), _MOST_WORK)
        self._work_lo.append(work & _HALF)
        self._work_hi.append(work >> 64)

    def headers(self) -> Headers:
        """Return the columns, over the same memory: nothing may be added afterwards."""
        numbers = {name: np.frombuffer(column, np.int64) for name, column in self._numbers.items()}
        return Headers(
            hash=np.frombuffer(self._hash, f"S{HASH_BYTES}"),
            parent=np.frombuffer(self._parent, f"S{HASH_BYTES}"),
            **numbers,
            work_lo=np.frombuffer(self._work_lo, np.uint64),
            work_hi=np.frombuffer(self._work_hi, np.uint64),
        )
