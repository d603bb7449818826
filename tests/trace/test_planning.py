"""A case meets a ledger: what cannot be meant is refused with a sentence, and a row is what the case named."""

import pytest

from qiyafa.model.case import NO_LIMITS, Case, Limits, Stop, Theft, TransferRef
from qiyafa.model.errors import InvalidInput, NotFound
from qiyafa.trace.planning import plan_case

from support.text_ledger import CHAIN, NATIVE, asset_of, read_text_case

LEDGER = read_text_case(
    """# a ledger
1  nobody -> alice 9 @x
2  alice fee 1
2  alice -> bob 3
2  alice -> bob 2 usd
7  bob -> carol 1
"""
).columns


def planned(theft: Theft, *stops: Stop, limits: Limits = NO_LIMITS, head: int | None = 7):
    return plan_case(LEDGER, Case("case", "", (theft,), stops), limits, head)


def test_an_address_theft_seizes_every_asset_from_its_block_on() -> None:
    plan = planned(Theft("t", CHAIN, "alice", 2)).plan
    assert {LEDGER.asset_of(seizure.place) for seizure in plan.seizures} == {NATIVE, asset_of("usd")}
    assert {seizure.row for seizure in plan.seizures} == {1}


def test_a_block_without_transactions_is_fine() -> None:
    assert {seizure.row for seizure in planned(Theft("t", CHAIN, "alice", 5)).plan.seizures} == {4}


def test_a_theft_after_the_moment_of_the_answer_has_not_happened() -> None:
    assert planned(Theft("t", CHAIN, "alice", 5), limits=Limits(until_block=4)).plan.seizures == ()


def test_a_stop_wins_over_a_theft_of_the_same_address() -> None:
    found = planned(Theft("t", CHAIN, "alice", 2), Stop(CHAIN, "alice", "exchange"))
    assert found.plan.seizures == ()
    assert set(found.stop_reasons.values()) == {"exchange"}


def test_a_stop_that_the_ledger_never_saw_changes_nothing() -> None:
    assert planned(Theft("t", CHAIN, "alice", 2), Stop(CHAIN, "zoe", "exchange")).plan.stops == frozenset()


@pytest.mark.parametrize(
    ("theft", "error", "key"),
    [
        (Theft("t", CHAIN, "zoe"), NotFound, "case.address_not_in_ledger"),
        (Theft("t", CHAIN, "alice", 8), InvalidInput, "case.block_beyond_head"),
        (Theft("t", CHAIN, "carol", 0, asset=asset_of("usd")), NotFound, "case.asset_not_at_address"),
        (Theft("t", CHAIN, transfers=(TransferRef("tx9", 1),)), NotFound, "case.transaction_not_in_ledger"),
        (Theft("t", CHAIN, transfers=(TransferRef("tx2", 5),)), NotFound, "case.position_not_in_transaction"),
        (Theft("t", CHAIN, transfers=(TransferRef("tx2", 0),)), InvalidInput, "case.fee_is_no_theft"),
        (
            Theft("t", CHAIN, transfers=(TransferRef("tx2", 1),), asset=asset_of("usd")),
            InvalidInput,
            "case.transfer_of_other_asset",
        ),
    ],
)
def test_what_the_ledger_lacks_is_said(theft: Theft, error: type, key: str) -> None:
    with pytest.raises(error) as caught:
        planned(theft)
    assert caught.value.key == key


def test_a_block_means_nothing_to_a_chain_without_blocks() -> None:
    with pytest.raises(InvalidInput) as caught:
        planned(Theft("t", CHAIN, "alice", 2), head=None)
    assert caught.value.key == "case.chain_without_blocks"
