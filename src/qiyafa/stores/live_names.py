"""Addresses, places and transaction hashes of a chain that grows: what was there, and beside it what came since."""

from bisect import bisect_left, bisect_right

import numpy as np
from numpy.typing import NDArray

from qiyafa.model.columns import I64, U16, U32, AddressBook, TransactionHashes

_ASSET_BITS = 16


class LiveAddresses:
    """An address book that takes new addresses; numbers of known ones never change."""

    def __init__(self, known: AddressBook) -> None:
        self._known = known
        self._count = len(known)
        self._numbers: dict[str, int] = {}
        self._texts: list[str] = []

    def __len__(self) -> int:
        return self._count + len(self._texts)

    def number(self, address: str) -> int | None:
        """Return the number of an address in its canonical spelling, or None if the ledger does not know it."""
        found = self._numbers.get(address)
        return self._known.number(address) if found is None else found

    def text(self, number: int) -> str:
        """Return the canonical spelling of a numbered address; number 0 is nobody, the empty text."""
        return self._known.text(number) if number < self._count else self._texts[number - self._count]

    def texts(self, numbers: U32) -> list[str]:
        """Return the canonical spellings of many addresses at once."""
        if not len(numbers) or int(numbers.max()) < self._count:
            return self._known.texts(numbers)
        return [self.text(number) for number in numbers.tolist()]

    def numbered(self, address: str) -> int:
        """Return the number of an address, a new one if it is new."""
        found = self._numbers.get(address)
        if found is None:
            known = self._known.number(address)
            if known is None:
                known = len(self)
                self._texts.append(address)
            # Kept for old addresses too: who is active now will be so in the next block.
            found = self._numbers[address] = known
        return found


class LivePlaces:
    """Numbers (address, asset) pairs in the order in which they first come; 0 is nobody."""

    def __init__(self, address: U32, asset: U16) -> None:
        keys = address.astype(np.int64) << _ASSET_BITS | asset.astype(np.int64)
        order = np.argsort(keys[1:], kind="stable") + 1
        self._sorted_keys, self._sorted_places = keys[order], order
        self._count = len(keys)
        self._new: dict[int, int] = {}

    def numbered(self, address: int, asset: int) -> int:
        """Return the number of a place, a new one if it is new."""
        if address == 0:
            return 0
        key = address << _ASSET_BITS | asset
        found = self._new.get(key)
        if found is None:
            at = int(np.searchsorted(self._sorted_keys, key))
            if at < len(self._sorted_keys) and self._sorted_keys[at] == key:
                found = int(self._sorted_places[at])
            else:
                found = self._count
                self._count += 1
            self._new[key] = found
        return found

    def __len__(self) -> int:
        return self._count


class LiveHashes:
    """The transaction hash of each row, of old rows and of those that came since."""

    def __init__(self, known: TransactionHashes, rows: int) -> None:
        self._known = known
        self._known_rows = rows
        self._first_rows: list[int] = []
        self._texts: list[str] = []
        self._runs: dict[str, list[int]] = {}
        self._rows = rows

    def add(self, hashes: list[str]) -> None:
        """Take the hashes of the next rows."""
        before: str | None = None
        for row, text in enumerate(hashes, start=self._rows):
            if text != before:
                self._runs.setdefault(text, []).append(len(self._texts))
                self._first_rows.append(row)
                self._texts.append(text)
                before = text
        self._rows += len(hashes)

    def cut(self, rows: int) -> None:
        """Keep so many rows."""
        self._rows = min(self._rows, rows)
        self._known_rows = min(self._known_rows, rows)
        runs = bisect_left(self._first_rows, rows)
        for text in self._texts[runs:]:
            self._runs[text].pop()
        del self._first_rows[runs:], self._texts[runs:]

    def text(self, row: int) -> str:
        """Return the transaction hash of a row, empty if it has none (a block reward)."""
        if row < self._known_rows:
            return self._known.text(row)
        return self._texts[bisect_right(self._first_rows, row) - 1]

    def rows(self, transaction_hash: str) -> NDArray[np.int64]:
        """Return the rows of a transaction, ascending; empty if the ledger has no traceable transfer of it."""
        known: I64 = self._known.rows(transaction_hash)
        if transaction_hash == "":
            return known
        spans = [range(*self._span(run)) for run in self._runs.get(transaction_hash, ())]
        return np.array([*known[known < self._known_rows], *(row for span in spans for row in span)], np.int64)

    def _span(self, run: int) -> tuple[int, int]:
        end = self._first_rows[run + 1] if run + 1 < len(self._first_rows) else self._rows
        return self._first_rows[run], end
