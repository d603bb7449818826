"""Columns from transfers in memory."""

from datetime import UTC, datetime

import pytest

from qiyafa.model.ledger import Transfer, TransferKind
from qiyafa.stores.memory import columns_from_transfers, in_ledger_order

CHAIN = "eip155:1"
ETHER = "eip155:1/slip44:60"


def transfer(name: str, block: int | None, index: int | None = 0, **more: object) -> Transfer:
    fields = {
        "position": 1,
        "time": None if block is None else datetime.fromtimestamp(block, UTC),
        "kind": TransferKind.NATIVE,
        "source": "a",
        "target": "b",
        "asset": ETHER,
        "units": 5,
        **more,
    }
    return Transfer(chain=CHAIN, block_number=block, transaction_index=index, transaction_hash=name, **fields)


@pytest.mark.parametrize(
    "expected",
    [
        [transfer("0x2", 1, 0), transfer("0x1", 1, 1), transfer("0x0", 2, 0)],
        [
            transfer("0x1", 1, 0, position=0, kind=TransferKind.FEE),
            transfer("0x1", 1, 0),
            transfer("0x1", 1, 0, position=2),
        ],
        [transfer("0x1", 1, None), transfer("0x2", 1, None)],
        [transfer("0x5", 1), transfer("", 1, None, kind=TransferKind.REWARD), transfer("0x1", 2)],
        [transfer("0x5", 9), transfer("0x1", None, time=datetime.fromtimestamp(10, UTC)), transfer("0x0", 11)],
    ],
    ids=["block and index", "position", "no index", "reward last", "no block"],
)
def test_transfers_are_put_in_the_order_of_the_chain(expected):
    assert in_ledger_order(reversed(expected)) == expected


def test_other_chains_are_left_out():
    elsewhere = Transfer("eip155:10", 1, 0, 1, None, "0x1", TransferKind.NATIVE, "a", "b", ETHER, 5)
    columns = columns_from_transfers([elsewhere, transfer("0x2", 1)], CHAIN)
    assert [columns.hashes.text(row) for row in range(len(columns))] == ["0x2"]


def test_units_keep_all_128_bits():
    columns = columns_from_transfers([transfer("0x1", 1, units=10**38 - 1)], CHAIN)
    assert columns.units(0) == 10**38 - 1
