"""The headers of all blocks in all files, in compact columns: a chain has millions of blocks.

A header takes 100 bytes while files are read. Once every block is known, the hash of its parent gives way to the
parent's row. With all that it takes to find the chain, 5.5 million headers were seen to need 603 MiB at the most.
"""

from array import array
from typing import Final, NamedTuple

import numpy as np

from qiyafa.chains.outputs.headers import Header
from qiyafa.chains.readers.bitcoin_blk.framing import Frame
from qiyafa.chains.readers.bitcoin_blk.header_links import NO_ROW, link
from qiyafa.model.columns import I32, I64, U8, U32, U64

GENESIS_PARENT: Final = bytes(32)
"""What a genesis block has in place of its parent's hash."""

_HASH_NUMBERS = 4
_MOST_TRANSACTIONS = (1 << 32) - 1
"""Far more than fit into a block; one that states more fails its checks in any case."""


class Headers(NamedTuple):
    """One row a block, in the order in which they were found."""

    hash: U64
    """32 bytes as they are hashed, in four numbers."""
    parent: I32
    """Row in which the parent was found first, or NO_ROW."""
    is_repeated: U8
    """Whether an earlier row has the same block."""
    file: U32
    """Number of the file."""
    at: I64
    """Byte of the file at which the block stands."""
    size: U32
    body: U32
    """Byte of the block at which the count of its transactions stands."""
    transaction_count: U32
    stated_height: I64
    bits: U32
    """The target, as the header states it."""
    orphans: I64
    """The rows without a parent's row, in order."""
    missing: U64
    """The parent's hash of each orphan, as above."""

    def shown_hash(self, row: int) -> str:
        """Return the hash of a block as explorers show it."""
        return self.hash_bytes(row)[::-1].hex()

    def hash_bytes(self, row: int) -> bytes:
        """Return the 32 bytes of the hash of a block."""
        return bytes(self.hash[row])

    def parent_bytes(self, row: int) -> bytes:
        """Return the 32 bytes of the hash of a block's parent."""
        parent = int(self.parent[row])
        if parent != NO_ROW:
            return self.hash_bytes(parent)
        return bytes(self.missing[np.searchsorted(self.orphans, row)])


class HeaderTable:
    """Headers as they are found."""

    def __init__(self) -> None:
        self._hash, self._parent = bytearray(), bytearray()
        self._at, self._stated_height = array("q"), array("q")
        self._numbers = {name: array("I") for name in ("file", "size", "body", "transaction_count", "bits")}

    def add(self, file: int, frame: Frame, header: Header) -> None:
        """Note a block."""
        self._hash += header.hash
        self._parent += header.parent
        self._at.append(frame.at)
        self._stated_height.append(header.stated_height)
        count = min(header.transaction_count, _MOST_TRANSACTIONS)
        found = (file, frame.size, header.body, count, header.bits)
        for column, value in zip(self._numbers.values(), found, strict=True):
            column.append(value)

    def headers(self) -> Headers:
        """Return the columns, over the same memory: nothing may be added afterwards."""
        hashes, parents = _hashes(self._hash), _hashes(self._parent)
        parent, is_repeated = link(hashes, parents)
        orphans = np.flatnonzero(parent == NO_ROW).astype(np.int64)
        return Headers(
            hash=hashes,
            parent=parent,
            is_repeated=is_repeated,
            at=np.frombuffer(self._at, np.int64),
            stated_height=np.frombuffer(self._stated_height, np.int64),
            orphans=orphans,
            missing=parents[orphans],
            **{name: np.frombuffer(column, np.uint32) for name, column in self._numbers.items()},
        )


def _hashes(content: bytearray) -> U64:
    return np.frombuffer(content, np.uint64).reshape(-1, _HASH_NUMBERS)
