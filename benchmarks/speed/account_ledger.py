"""A synthetic account ledger, the same for a seed: preferential attachment, as real activity looks.

Half the payers received one of the last 50,000 transfers, 35 % any earlier one, 15 % are one of 64 hubs (weight
1/rank). 20 % of the payees are new, 15 % hubs, 65 % copied from an earlier transfer. 30 % of the payments empty the
balance, the others take a squared random share of it. Where the payer has nothing the units are minted. Assets
follow a Zipf law (1.3) over 1,000. Balances never go negative.
"""

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from qiyafa.model.columns import Kind, Places, TransferColumns
from qiyafa.trace.engine.opening import opening_balances

HUBS = 64
ASSETS = 1000
ROWS_IN_A_BLOCK = 150
TRIES = 3
"""Draws of a payer before the units are minted to it."""


@dataclass(frozen=True, slots=True)
class SyntheticLedger:
    """The columns, and the same rows in the words of a user's own loop."""

    columns: TransferColumns
    payer: NDArray[np.int64]
    """Address number; -1 for a mint."""
    payee: NDArray[np.int64]
    asset: NDArray[np.int64]


class _Numbered:
    """Addresses whose text is their number, and no hashes: a benchmark reads neither."""

    def __init__(self, size: int) -> None:
        self._size = size

    def __len__(self) -> int:
        return self._size

    def number(self, address: str) -> int | None:
        return int(address) if address.isdigit() else None

    def text(self, number: int) -> str:
        return str(number)

    def texts(self, numbers: NDArray[np.uint32]) -> list[str]:
        return [str(number) for number in numbers.tolist()]

    def rows(self, transaction_hash: str) -> NDArray[np.int64]:
        return np.empty(0, dtype=np.int64)


def make_ledger(transfers: int, seed: int = 7) -> SyntheticLedger:
    """Return a ledger of so many transfers."""
    np.random.seed(seed)
    weights = 1.0 / np.arange(1, HUBS + 1)
    hub_cut = np.cumsum(weights / weights.sum())
    zipf = 1.0 / np.arange(1, ASSETS + 1) ** 1.3
    asset_cut = np.cumsum(zipf / zipf.sum())
    table = 1 << max(12, int(np.ceil(np.log2(transfers))))
    payer, payee, asset, source, target, units, places = _generate(transfers, seed, hub_cut, asset_cut, table)
    place_address, place_asset = places
    opening_lo, opening_hi, untraceable = opening_balances(
        source, target, units, np.zeros(transfers, dtype=np.uint64), len(place_address)
    )
    assert not opening_lo[1:].any()
    book = _Numbered(int(payee.max()) + 2)
    block = np.arange(transfers, dtype=np.int64) // ROWS_IN_A_BLOCK
    columns = TransferColumns(
        chain="eip155:1",
        source=source,
        target=target,
        units_lo=units,
        units_hi=np.zeros(transfers, dtype=np.uint64),
        block=block,
        time=block * 12,
        kind=np.full(transfers, Kind.TOKEN, dtype=np.uint8),
        position=np.ones(transfers, dtype=np.uint32),
        marks=np.zeros(transfers, dtype=np.uint8),
        places=Places(
            place_address,
            place_asset,
            tuple(f"eip155:1/erc20:0x{number:040x}" for number in range(ASSETS)),
            opening_lo,
            opening_hi,
            untraceable,
        ),
        addresses=book,
        hashes=book,
    )
    return SyntheticLedger(columns, payer, payee, asset)


@njit
def _pick(cut):  # type: ignore[no-untyped-def]
    return np.searchsorted(cut, np.random.random())


@njit
def _place(table_key, table_place, key):  # type: ignore[no-untyped-def]
    """Return the slot of a key in an open-addressing table."""
    mask = len(table_key) - 1
    slot = (key * np.int64(-7046029254386353131)) >> np.int64(20) & mask
    while table_key[slot] != -1 and table_key[slot] != key:
        slot = (slot + 1) & mask
    return slot


@njit
def _generate(transfers, seed, hub_cut, asset_cut, table_size):  # type: ignore[no-untyped-def]
    np.random.seed(seed)
    payer, payee = np.empty(transfers, dtype=np.int64), np.empty(transfers, dtype=np.int64)
    asset = np.empty(transfers, dtype=np.int64)
    source, target = np.zeros(transfers, dtype=np.uint32), np.zeros(transfers, dtype=np.uint32)
    units = np.empty(transfers, dtype=np.uint64)
    table_key = np.full(table_size, -1, dtype=np.int64)
    table_place = np.zeros(table_size, dtype=np.uint32)
    balance = np.zeros(2 * transfers + 2, dtype=np.int64)
    place_address = np.zeros(2 * transfers + 2, dtype=np.uint32)
    place_asset = np.zeros(2 * transfers + 2, dtype=np.uint16)
    addresses, places = HUBS + 1, 1
    for row in range(transfers):
        who, what, slot, have = 0, 0, 0, 0
        for _ in range(TRIES):
            draw = np.random.random()
            if row == 0 or draw < 0.15:
                who, what = 1 + _pick(hub_cut), _pick(asset_cut)
            else:
                begin = max(0, row - 50_000) if draw < 0.65 else 0
                earlier = np.random.randint(begin, row)
                who, what = payee[earlier], asset[earlier]
            slot = _place(table_key, table_place, who * 1024 + what)
            have = balance[table_place[slot]] if table_key[slot] != -1 else 0
            if have > 0:
                break
        draw = np.random.random()
        if row == 0 or draw < 0.20:
            whom = addresses
            addresses += 1
        elif draw < 0.35:
            whom = 1 + _pick(hub_cut)
        else:
            earlier = np.random.randint(0, row)
            whom = payee[earlier] if np.random.random() < 0.5 or payer[earlier] < 0 else payer[earlier]
        share = 1.0 if np.random.random() < 0.3 else np.random.random() ** 2
        paid = min(have, int(have * share))
        if paid > 0:
            payer[row], source[row] = who, table_place[slot]
            balance[table_place[slot]] -= paid
        else:
            payer[row], paid = -1, 1 + int(1e15 * np.random.random() ** 4)
        slot = _place(table_key, table_place, whom * 1024 + what)
        if table_key[slot] == -1:
            table_key[slot], table_place[slot] = whom * 1024 + what, places
            place_address[places], place_asset[places] = whom, what
            places += 1
        payee[row], target[row], asset[row], units[row] = whom, table_place[slot], what, paid
        balance[target[row]] += paid
    return payer, payee, asset, source, target, units, (place_address[:places].copy(), place_asset[:places].copy())
