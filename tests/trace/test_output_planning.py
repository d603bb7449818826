"""A case meets a chain of outputs: thefts of outputs, of whole transactions, and of what came before the ledger."""

import pytest

from qiyafa.model.case import NO_LIMITS, Case, OutputRef, Stop, Theft
from qiyafa.model.errors import NotFound
from qiyafa.trace.planning import PlannedCase, plan_case

from support.random_output_chains import CHAIN
from support.text_output_ledger import read_text_case

LEDGER = read_text_case(
    """# a chain
1  mine: coinbase -> alice 9
2  pay: mine.0 + early.3(zoe 4) -> bob 5, data 0, carol 7
3  note: pay.0 -> data 0
4  late: pay.2 + early.1(zoe 2) -> bob 9
"""
).columns


def planned(*refs: OutputRef, stops: tuple[Stop, ...] = (), address: str | None = None) -> PlannedCase:
    theft = Theft("t", CHAIN, address, 3 if address else 0, outputs=refs)
    return plan_case(LEDGER, Case("case", "", (theft,), stops), NO_LIMITS, 4)


def test_an_output_is_the_row_that_pays_it() -> None:
    (stolen,) = planned(OutputRef("pay", 2)).plan.stolen_rows
    assert (LEDGER.address_of(int(LEDGER.target[stolen.row])), LEDGER.units(stolen.row)) == ("carol", 7)
    assert LEDGER.hashes.text(stolen.row) == "pay"


def test_a_coinbase_can_be_stolen_too() -> None:
    (stolen,) = planned(OutputRef("mine", 0)).plan.stolen_rows
    assert LEDGER.address_of(int(LEDGER.target[stolen.row])) == "alice"


def test_a_transaction_means_every_output_that_has_a_value() -> None:
    plan = planned(OutputRef("pay")).plan
    assert [LEDGER.units(stolen.row) for stolen in plan.stolen_rows] == [5, 7]


def test_an_output_from_before_the_ledger_is_seized_before_the_first_row() -> None:
    (seizure,) = planned(OutputRef("early", 3)).plan.seizures
    assert (seizure.row, LEDGER.address_of(seizure.place)) == (0, "zoe")


def test_a_transaction_from_before_the_ledger_is_known_in_part() -> None:
    found = planned(OutputRef("early"))
    assert len(found.plan.seizures) == 2
    assert found.partly_seen == ("early",)
    assert planned(OutputRef("early", 1)).partly_seen == ()


def test_an_address_theft_owns_all_its_outputs_from_its_block_on() -> None:
    plan = planned(address="bob").plan
    assert len(plan.seizures) == 2
    assert {LEDGER.block[seizure.row] for seizure in plan.seizures} == {3}


def test_a_stop_wins_over_a_theft_of_the_same_output() -> None:
    found = planned(OutputRef("early", 3), stops=(Stop(CHAIN, "zoe", "exchange"),))
    assert found.plan.seizures == ()
    assert len(found.plan.stops) == 2


@pytest.mark.parametrize(
    ("ref", "key"),
    [
        (OutputRef("pay", 1), "case.output_not_in_transaction"),
        (OutputRef("pay", 9), "case.output_not_in_transaction"),
        (OutputRef("note"), "case.output_not_in_transaction"),
        (OutputRef("early", 2), "case.output_not_in_ledger"),
        (OutputRef("nowhere"), "case.output_not_in_ledger"),
    ],
)
def test_what_the_ledger_lacks_is_said(ref: OutputRef, key: str) -> None:
    with pytest.raises(NotFound) as caught:
        planned(ref)
    assert caught.value.key == key
