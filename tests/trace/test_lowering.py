"""A chain of outputs as rows: what a reader of the rows sees, and in which order."""

import numpy as np
import pytest

from qiyafa.model.columns import Kind
from qiyafa.model.errors import Unavailable
from qiyafa.model.ledger import LedgerModel
from qiyafa.trace import lowering
from qiyafa.trace.lowering import in_order, is_pool, largest_first, lowered

from support.random_ledgers import columns_of
from support.text_output_ledger import read_text_case

CASE = read_text_case(
    """# one of everything
1  mine: coinbase -> alice 9, alice 4, data 0
2  pay: mine.1 + early.3(zoe 4) + mine.0 -> bob 5, carol 11
3  odd: pay.0 + unknown -> carol 7
"""
)
COLUMNS = CASE.columns


def told(row: int) -> tuple[str, str, int, str, int, str]:
    kind = Kind(int(COLUMNS.kind[row])).name.lower()
    ends = (COLUMNS.address_of(int(COLUMNS.source[row])), COLUMNS.address_of(int(COLUMNS.target[row])))
    return (*ends, COLUMNS.units(row), kind, int(COLUMNS.position[row]), COLUMNS.hashes.text(row))


def test_rows_are_inputs_then_outputs_then_the_fee() -> None:
    assert [told(row) for row in range(len(COLUMNS))] == [
        ("", "alice", 9, "reward", 0, "mine"),
        ("", "alice", 4, "reward", 1, "mine"),
        ("alice", "transaction:pay", 4, "spend", 0, "pay"),
        ("zoe", "transaction:pay", 4, "spend", 1, "pay"),
        ("alice", "transaction:pay", 9, "spend", 2, "pay"),
        ("transaction:pay", "bob", 5, "output", 0, "pay"),
        ("transaction:pay", "carol", 11, "output", 1, "pay"),
        ("transaction:pay", "", 1, "fee", 0, "pay"),
        ("bob", "transaction:odd", 5, "spend", 0, "odd"),
        ("transaction:odd", "carol", 7, "output", 0, "odd"),
    ]


def test_rows_have_the_block_and_time_of_their_transaction() -> None:
    assert COLUMNS.block.tolist() == [1, 1, 2, 2, 2, 2, 2, 2, 3, 3]
    assert COLUMNS.time.tolist() == [600 * block for block in COLUMNS.block]
    assert COLUMNS.hashes.rows("pay").tolist() == list(range(2, 8))
    assert COLUMNS.hashes.rows("nowhere").tolist() == []


def test_unseen_is_only_what_came_from_before_the_ledger_and_what_no_known_input_brings() -> None:
    opening = {COLUMNS.address_of(place): int(units) for place, units in enumerate(COLUMNS.places.opening_lo) if units}
    del opening[""]
    assert opening == {"zoe": 4, "transaction:odd": 2}


def test_addresses_and_transactions_have_their_places() -> None:
    assert COLUMNS.model is LedgerModel.OUTPUTS
    assert len(COLUMNS.places_of("alice")) == 2
    (pool,) = COLUMNS.places_of("transaction:pay")
    assert is_pool(COLUMNS, [pool, *COLUMNS.places_of("alice")]).tolist() == [True, False, False]
    assert COLUMNS.places_of("transaction:nowhere") == []
    numbers = np.unique(COLUMNS.places.address)
    assert COLUMNS.addresses.texts(numbers) == [COLUMNS.addresses.text(int(number)) for number in numbers]
    assert [COLUMNS.addresses.number(text) for text in COLUMNS.addresses.texts(numbers)] == numbers.tolist()
    assert len(COLUMNS.addresses) == len(numbers)


def test_largest_first_orders_by_value_within_a_transaction() -> None:
    units = in_order(COLUMNS, largest_first(COLUMNS)).units_lo.tolist()
    assert units == [9, 4, 9, 4, 4, 11, 5, 1, 5, 7]
    assert largest_first(COLUMNS)[3:5].tolist() == [2, 3], "equal ones by index"


def test_a_chain_of_accounts_has_no_pools() -> None:
    columns = columns_of(((0, 1, 5),), 2)
    assert columns.model is LedgerModel.ACCOUNTS
    assert is_pool(columns, [0, 1]).tolist() == [False, False]


def test_more_places_than_a_number_can_name_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lowering, "_MOST_PLACES", 8)
    with pytest.raises(Unavailable) as caught:
        lowered(CASE.outputs)
    assert caught.value.key == "trace.error.too_many_outputs"
