"""Dense columns from transfers in memory, without a disk: for small ledgers, tests and benchmarks.

Plain Python, the readable twin of `dense_build`: both number places in the order in which they first appear,
leave out rows that move nothing, and mark places untraceable where a value exceeds 38 digits.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from qiyafa.model.columns import (
    ASSUMED_ORDER,
    LOSSY_UNITS,
    NOBODY_PLACE,
    U32,
    UNKNOWN_BLOCK,
    UNKNOWN_TIME,
    Kind,
    Places,
    TransferColumns,
)
from qiyafa.model.ledger import MAX_UNITS, NOBODY, Order, Precision, Transfer, TransferKind
from qiyafa.trace.engine.opening import opening_balances

_LOW_HALF = (1 << 64) - 1


@dataclass(frozen=True, slots=True)
class ListedAddresses:
    """An address book in a list: the number of an address is its index, 0 is nobody."""

    spellings: list[str]
    numbers: dict[str, int]

    def __len__(self) -> int:
        return len(self.spellings)

    def number(self, address: str) -> int | None:
        """Return the number of an address in its canonical spelling, or None if the ledger does not know it."""
        return self.numbers.get(address)

    def text(self, number: int) -> str:
        """Return the canonical spelling of a numbered address."""
        return self.spellings[number]

    def texts(self, numbers: U32) -> list[str]:
        """Return the canonical spellings of many addresses at once."""
        return [self.spellings[number] for number in numbers.tolist()]


@dataclass(frozen=True, slots=True)
class ListedHashes:
    """Transaction hashes in a list, one a row."""

    texts: list[str]

    def text(self, row: int) -> str:
        """Return the transaction hash of a row, empty if it has none."""
        return self.texts[row]

    def rows(self, transaction_hash: str) -> NDArray[np.int64]:
        """Return the rows of a transaction, ascending."""
        if transaction_hash == "":
            return np.empty(0, np.int64)
        return np.array([row for row, text in enumerate(self.texts) if text == transaction_hash], np.int64)


def columns_from_transfers(transfers: Sequence[Transfer], chain: str) -> TransferColumns:
    """Return the traceable transfers of one chain as columns, in ledger order whatever order they are given in."""
    numbering = _Numbering()
    rows: list[tuple[Transfer, int, int]] = []
    ordered = in_ledger_order(one for one in transfers if one.chain == chain)
    has_blocks = all(transfer.block_number is not None for transfer in ordered)
    for transfer in ordered:
        if transfer.units == 0:
            continue
        source = numbering.place(transfer.source, transfer.asset)
        target = numbering.place(transfer.target, transfer.asset)
        if transfer.units > MAX_UNITS:
            for place in {source, target} - {NOBODY_PLACE}:
                numbering.too_large.setdefault(place, _when(transfer, has_blocks=has_blocks))
            continue
        rows.append((transfer, source, target))
    return _columns(chain, rows, numbering, has_blocks=has_blocks)


def in_ledger_order(transfers: Iterable[Transfer]) -> list[Transfer]:
    """Return transfers as the chain orders them: block, transaction index, position; block rewards come last.

    Where one lacks its block all are ordered by time; where the index is missing, by transaction hash.
    """
    listed = list(transfers)
    without_block = any(transfer.block_number is None for transfer in listed)
    return sorted(listed, key=_time_key if without_block else _block_key)


def _block_key(transfer: Transfer) -> tuple[float, bool, float, str, int]:
    return (
        _or_infinite(transfer.block_number),
        transfer.kind is TransferKind.REWARD,
        _or_infinite(transfer.transaction_index),
        transfer.transaction_hash,
        transfer.position,
    )


def _time_key(transfer: Transfer) -> tuple[int, float, bool, float, str, int]:
    return (_seconds(transfer), *_block_key(transfer))


def _or_infinite(number: int | None) -> float:
    return float("inf") if number is None else number


def _seconds(transfer: Transfer) -> int:
    return UNKNOWN_TIME if transfer.time is None else int(transfer.time.timestamp())


@dataclass(slots=True)
class _Numbering:
    """Numbers addresses, assets and places as they first appear."""

    addresses: dict[str, int] = field(default_factory=lambda: {NOBODY: 0})
    assets: dict[str, int] = field(default_factory=dict)
    places: dict[tuple[int, int], int] = field(default_factory=lambda: {(0, 0): NOBODY_PLACE})
    too_large: dict[int, int] = field(default_factory=dict)

    def place(self, address: str, asset: str) -> int:
        """Return the number of an asset at an address; nobody has one place for all assets."""
        asset_number = self.assets.setdefault(asset, len(self.assets))
        if address == NOBODY:
            return NOBODY_PLACE
        address_number = self.addresses.setdefault(address, len(self.addresses))
        return self.places.setdefault((address_number, asset_number), len(self.places))


def _columns(
    chain: str, rows: list[tuple[Transfer, int, int]], numbering: _Numbering, *, has_blocks: bool
) -> TransferColumns:
    source = np.array([source for _, source, _ in rows], np.uint32)
    target = np.array([target for _, _, target in rows], np.uint32)
    units_lo = np.array([transfer.units & _LOW_HALF for transfer, _, _ in rows], np.uint64)
    units_hi = np.array([transfer.units >> 64 for transfer, _, _ in rows], np.uint64)
    opening_lo, opening_hi, untraceable = opening_balances(source, target, units_lo, units_hi, len(numbering.places))
    return TransferColumns(
        chain=chain,
        source=source,
        target=target,
        units_lo=units_lo,
        units_hi=units_hi,
        block=np.array([transfer.block_number if has_blocks else UNKNOWN_BLOCK for transfer, _, _ in rows], np.int64),
        time=np.array([_seconds(transfer) for transfer, _, _ in rows], np.int64),
        kind=np.array([Kind[transfer.kind.name] for transfer, _, _ in rows], np.uint8),
        position=np.array([transfer.position for transfer, _, _ in rows], np.uint32),
        marks=np.array([_marks(transfer) for transfer, _, _ in rows], np.uint8),
        places=Places(
            address=np.array([address for address, _ in numbering.places], np.uint32),
            asset=np.array([asset for _, asset in numbering.places], np.uint16),
            assets=tuple(numbering.assets),
            opening_lo=opening_lo,
            opening_hi=opening_hi,
            untraceable=untraceable,
            too_large=tuple(sorted(numbering.too_large.items())),
        ),
        addresses=ListedAddresses(list(numbering.addresses), numbering.addresses),
        hashes=ListedHashes([transfer.transaction_hash for transfer, _, _ in rows]),
    )


def _when(transfer: Transfer, *, has_blocks: bool) -> int:
    block = transfer.block_number if has_blocks else None
    return _seconds(transfer) if block is None else block


def _marks(transfer: Transfer) -> int:
    assumed = ASSUMED_ORDER if transfer.order is Order.ASSUMED else 0
    lossy = LOSSY_UNITS if transfer.precision is Precision.LOSSY else 0
    return assumed | lossy
