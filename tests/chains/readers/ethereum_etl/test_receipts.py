"""Receipts of several files, repeated and contradicting."""

from tests.chains.files import CAROL, Desk, receipts, transaction, transactions


def test_a_receipt_that_comes_twice_counts_once(desk: Desk) -> None:
    read = desk.read(transactions=transactions({}), receipts=[receipts({}), receipts({}, {})])
    assert len(read.of("fee")) == len(read.of("native")) == 1
    assert read.problems == []


def test_receipts_that_contradict_each_other_are_said_and_the_same_one_wins_in_any_order(desk: Desk) -> None:
    one, other = receipts({"gas_used": "21000"}), receipts({"gas_used": "30000", "contract_address": CAROL})
    forth = desk.read(transactions=transactions({}), receipts=[one, other])
    back = desk.read(transactions=transactions({}), receipts=[other, one])
    assert forth.rows == back.rows
    assert len(forth.of("fee")) == 1
    assert forth.problems == [
        f"transaction {transaction(1)}: two receipts of this transaction contradict each other; one of them was taken"
    ]


def test_a_receipt_of_an_unknown_transaction_changes_nothing(desk: Desk) -> None:
    read = desk.read(
        transactions=transactions({}), receipts=receipts({}, {"transaction_hash": transaction(9), "status": "0"})
    )
    assert {row["status"] for row in read.rows} == {"ok"}


def test_a_bad_receipt_leaves_its_transaction_without_fee(desk: Desk) -> None:
    read = desk.read(transactions=transactions({}), receipts=receipts({"gas_used": "1" * 16}))
    assert read.problems[0] == "line 2: gas_used is no whole number below 10^15: 1111111111111111"
    assert read.of("fee") == []
    assert read.one("native")["status"] == "unknown"
