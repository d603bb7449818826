"""The traceable transfers of one chain as dense columns: what the engine walks, kept beside the ledger.

A *place* is one (address, asset) pair under a dense number; numbers are given in the order in which places first
appear, so that busy places lie close together in memory. Place 0 is nobody: fees go there and rewards come from
there. Only rows that move something traceable are here: no zero units, no failed values, nothing above 38 digits.
Amounts are unsigned 128-bit integers in two halves.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import IntEnum
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from qiyafa.model.ledger import LedgerModel

U8 = NDArray[np.uint8]
U16 = NDArray[np.uint16]
U32 = NDArray[np.uint32]
U64 = NDArray[np.uint64]
I32 = NDArray[np.int32]
I64 = NDArray[np.int64]

NOBODY_PLACE = 0
UNKNOWN_TIME = -1
UNKNOWN_BLOCK = -1

TRANSACTION = "transaction:"
"""What the address of a transaction's place begins with, on a chain of outputs; its hash follows."""

ASSUMED_ORDER = 1
LOSSY_UNITS = 2


class Kind(IntEnum):
    """The number of a transfer's kind in `TransferColumns.kind`."""

    FEE = 0
    NATIVE = 1
    INTERNAL = 2
    TOKEN = 3
    REWARD = 4
    SPEND = 5
    """An output goes into the transaction that spends it."""
    OUTPUT = 6
    """A transaction pays one of its outputs."""


class AddressBook(Protocol):
    """The addresses of a chain under dense numbers."""

    def __len__(self) -> int:
        """Return how many addresses there are."""

    def number(self, address: str) -> int | None:
        """Return the number of an address in its canonical spelling, or None if the ledger does not know it."""

    def text(self, number: int) -> str:
        """Return the canonical spelling of a numbered address; number 0 is nobody, the empty text."""

    def texts(self, numbers: U32) -> list[str]:
        """Return the canonical spellings of many addresses at once."""


class TransactionHashes(Protocol):
    """The transaction hash of each row, read only for the rows an answer shows."""

    def text(self, row: int) -> str:
        """Return the transaction hash of a row, empty if it has none (a block reward)."""

    def rows(self, transaction_hash: str) -> NDArray[np.int64]:
        """Return the rows of a transaction, ascending; empty if the ledger has no traceable transfer of it."""


@dataclass(frozen=True, slots=True)
class Places:
    """The (address, asset) pairs of a chain, by place number."""

    address: U32
    """Number in the address book."""
    asset: U16
    """Index into `assets`."""
    assets: tuple[str, ...]
    """CAIP-19."""
    opening_lo: U64
    opening_hi: U64
    """The unseen balance over the whole ledger: the least that keeps every balance from going negative."""
    untraceable: U8
    """1 where the turnover over the whole ledger exceeds 38 digits."""
    too_large: tuple[tuple[int, int], ...] = ()
    """(place, block) of values above 38 digits, which have no row here; the block is the time where there are no
    blocks.
    """

    def __len__(self) -> int:
        """Return how many places there are, nobody included."""
        return len(self.address)


@dataclass(frozen=True, slots=True)
class OutputPlaces:
    """What is special about the places of a chain of outputs: place n + 1 is output n, its address the owner's; then
    comes one place for each transaction, which its inputs go into and its outputs come from.
    """

    first_pool: int
    """The first place that is a transaction."""
    inputs_unknown: U32
    """The transactions' places into which an input of unknown value goes."""
    foreign_hashes: TransactionHashes
    """Rows are the outputs from before the ledger: the hash of the transaction that created each."""
    foreign_index: U32
    """Their index in that transaction."""


@dataclass(frozen=True, slots=True)
class TransferColumns:
    """The rows of one chain in ledger order. All arrays have one entry a row; they may be memory-mapped."""

    chain: str
    """CAIP-2."""
    source: U32
    """Place number; 0 for a reward."""
    target: U32
    """Place number; 0 for a fee."""
    units_lo: U64
    units_hi: U64
    block: I64
    """Ascending; -1 where the source has no blocks (then rows are in order of time)."""
    time: I64
    """Seconds since 1970 UTC; -1 if unknown."""
    kind: U8
    """A `Kind`."""
    position: U32
    """Order inside the transaction, as in the ledger."""
    marks: U8
    """Bits: ASSUMED_ORDER, LOSSY_UNITS."""
    places: Places
    addresses: AddressBook
    hashes: TransactionHashes
    outputs: OutputPlaces | None = None
    """None on a chain of accounts."""

    def __len__(self) -> int:
        """Return how many rows there are."""
        return len(self.source)

    @property
    def model(self) -> LedgerModel:
        """How the chain keeps money."""
        return LedgerModel.ACCOUNTS if self.outputs is None else LedgerModel.OUTPUTS

    def units(self, row: int) -> int:
        """Return the exact units of a row."""
        return int(self.units_hi[row]) << 64 | int(self.units_lo[row])

    def address_of(self, place: int) -> str:
        """Return the canonical address of a place."""
        return self.addresses.text(int(self.places.address[place]))

    def asset_of(self, place: int) -> str:
        """Return the CAIP-19 asset of a place."""
        return self.places.assets[int(self.places.asset[place])]

    def places_of(self, address: str) -> list[int]:
        """Return every place of an address in its canonical spelling, ascending; empty if it never appears."""
        number = self.addresses.number(address)
        if number is None or address == "":
            return []
        found = np.flatnonzero(self.places.address == np.uint32(number))
        return [int(place) for place in found if place != NOBODY_PLACE]


def iso_time(seconds: int) -> str | None:
    """Return a moment as ISO 8601 in UTC, or None where it is unknown."""
    if seconds == UNKNOWN_TIME:
        return None
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def iso_times(seconds: I64) -> list[str | None]:
    """Return moments as ISO 8601 in UTC, None where they are unknown."""
    written = np.char.add(np.datetime_as_string(seconds.astype("datetime64[s]")), "Z").tolist()
    return [None if unknown else text for text, unknown in zip(written, seconds == UNKNOWN_TIME, strict=True)]
