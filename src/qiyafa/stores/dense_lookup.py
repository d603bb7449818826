"""Finds addresses and transactions in dense columns without a Python object for each of millions.

The arrays may be memory-mapped; a look-up touches a few pages of them.
"""

import hashlib
from bisect import bisect_left
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qiyafa.model.columns import I64, U8, U32, U64
from qiyafa.stores.dense_kernels import HASH_PRIME, HASH_START

_ALL_BITS = (1 << 64) - 1
_NUMBER_BITS = (1 << 32) - 1
_AT_ONCE = 1 << 16
"""So many addresses are copied together."""


@dataclass(frozen=True, slots=True)
class PackedAddresses:
    """An address book: texts end to end, found through a table of hash slots (see `dense_kernels`)."""

    slots: U64
    data: U8
    ends: I64

    def __len__(self) -> int:
        return len(self.ends)

    def number(self, address: str) -> int | None:
        """Return the number of an address in its canonical spelling, or None if the ledger does not know it."""
        if address == "":
            return 0
        wanted = address.encode()
        mask = len(self.slots) - 1
        slot = _text_hash(wanted) & mask
        while entry := int(self.slots[slot]):
            number = entry & _NUMBER_BITS
            if self._bytes(number) == wanted:
                return number
            slot = (slot + 1) & mask
        return None

    def text(self, number: int) -> str:
        """Return the canonical spelling of a numbered address."""
        return "" if number == 0 else self._bytes(number).decode()

    def texts(self, numbers: U32) -> list[str]:
        """Return the canonical spellings of many addresses at once."""
        found: list[str] = []
        for begin in range(0, len(numbers), _AT_ONCE):
            found += self._some_texts(numbers[begin : begin + _AT_ONCE])
        return found

    def _some_texts(self, numbers: U32) -> list[str]:
        ends = self.ends[numbers]
        sizes = ends - self.ends[np.maximum(numbers, 1) - np.uint32(1)]
        size = int(sizes[0])
        if size == 0 or (sizes != size).any():
            return [self.text(number) for number in numbers.tolist()]
        # All of one length, as on most chains: one copy and one decoding for all.
        together = self.data[(ends - size)[:, np.newaxis] + np.arange(size)].tobytes().decode()
        if len(together) != size * len(numbers):
            return [self.text(number) for number in numbers.tolist()]
        return [together[begin : begin + size] for begin in range(0, size * len(numbers), size)]

    def _bytes(self, number: int) -> bytes:
        return self.data[self.ends[number - 1] : self.ends[number]].tobytes()


@dataclass(frozen=True, slots=True)
class PackedHashes:
    """The hash of each transaction, and the row at which it begins.

    A hash written 0x and 64 hex digits is kept as its 32 bytes. Any other text is kept as it is, under the SHA-256
    of its bytes.
    """

    rows_total: int
    first_rows: I64
    """First row of each run of rows of one transaction, ascending."""
    keys: U8
    """32 bytes a run."""
    order: U32
    """The runs, sorted by their key."""
    text_runs: I64
    """The runs whose hash has another form, ascending."""
    text_data: U8
    text_ends: I64

    def text(self, row: int) -> str:
        """Return the transaction hash of a row, empty if it has none."""
        return self._text_of_run(int(np.searchsorted(self.first_rows, row, side="right")) - 1)

    def rows(self, transaction_hash: str) -> NDArray[np.int64]:
        """Return the rows of a transaction, ascending."""
        if transaction_hash == "":
            return np.empty(0, np.int64)
        key = key_of(transaction_hash)
        at = bisect_left(self.order, key, key=lambda run: self.keys[run].tobytes())
        found: list[int] = []
        while at < len(self.order) and self.keys[self.order[at]].tobytes() == key:
            run = int(self.order[at])
            if self._text_of_run(run) == transaction_hash:
                found.extend(range(*self._span(run)))
            at += 1
        return np.array(sorted(found), np.int64)

    def _span(self, run: int) -> tuple[int, int]:
        end = int(self.first_rows[run + 1]) if run + 1 < len(self.first_rows) else self.rows_total
        return int(self.first_rows[run]), end

    def _text_of_run(self, run: int) -> str:
        at = int(np.searchsorted(self.text_runs, run))
        if at < len(self.text_runs) and self.text_runs[at] == run:
            begin = self.text_ends[at - 1] if at else 0
            text: bytes = self.text_data[begin : self.text_ends[at]].tobytes()
            return text.decode()
        key: bytes = self.keys[run].tobytes()
        return "0x" + key.hex()


def key_of(transaction_hash: str) -> bytes:
    """Return the 32 bytes under which a transaction hash is kept."""
    digits = transaction_hash.removeprefix("0x")
    if len(transaction_hash) == 66 and len(digits) == 64 and all(digit in "0123456789abcdef" for digit in digits):
        return bytes.fromhex(digits)
    return hashlib.sha256(transaction_hash.encode()).digest()


def sorted_runs(keys: U8) -> U32:
    """Return the runs sorted by their key, all of it: anybody can grind hashes that begin alike."""
    words = np.ascontiguousarray(keys).view(">u8").astype(np.uint64)
    order = np.argsort(words[:, 0])
    first = words[order, 0]
    alike = np.zeros(len(order), dtype=bool)
    alike[1:] = first[1:] == first[:-1]
    alike[:-1] |= alike[1:]
    # A stable sort by every word of the few that begin alike puts them in order where they stand.
    tied = order[alike]
    order[alike] = tied[np.lexsort((tied, words[tied, 3], words[tied, 2], words[tied, 1], words[tied, 0]))]
    return order.astype(np.uint32)


def _text_hash(text: bytes) -> int:
    value = HASH_START
    for byte in text:
        value = (value ^ byte) * HASH_PRIME & _ALL_BITS
    return value ^ (value >> 32)
