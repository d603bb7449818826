"""An explanation leads back to the theft in time, and everybody's stolen books balance to the unit."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qiyafa.model.case import Theft
from qiyafa.model.finding import ExplainedAddress, LegKind
from qiyafa.model.ledger import CoverageStatus
from qiyafa.trace.answer import method_answer
from qiyafa.trace.chain_outcome import ChainOutcome
from qiyafa.trace.engine.walk import Engine
from qiyafa.trace.explain import explain_address
from qiyafa.trace.holdings import HoldingTable
from qiyafa.trace.planning import PlannedCase

from support.random_ledgers import RandomCase, cases
from support.text_ledger import read_text_case

WEB = """# two ways to the shop, and a payment that came too late to matter
theft a: thief from 1
stop exchange: exchange
1  victim -> thief 100
2  thief -> one 60
3  thief -> two 30
4  one fee 1
4  one -> shop 50
5  two -> shop 20
6  one -> exchange 9
7  thief -> two 5
"""


def explained(content: str, address: str, method: str = "fifo") -> tuple[ExplainedAddress, ...]:
    case = read_text_case(content)
    outcome = Engine(case.columns).trace(case.planned.plan, method)
    return explain_address(ChainOutcome(case.columns, case.planned, outcome, unknown), address)


def unknown(address: str) -> CoverageStatus:
    return CoverageStatus.UNKNOWN


def rest(step: ExplainedAddress) -> int:
    return sum(leg.units for leg in step.inflows) - sum(leg.units for leg in step.outflows)


def test_the_address_stands_first_and_the_theft_last() -> None:
    steps = explained(WEB, "shop")
    assert [(step.hops, step.address) for step in steps] == [(0, "shop"), (1, "one"), (1, "two"), (2, "thief")]
    assert [leg.address for leg in steps[0].inflows] == ["one", "two"]
    assert steps[3].inflows[0].kind is LegKind.CLAIM
    assert [rest(step) for step in steps] == [step.holding for step in steps] == [70, 0, 15, 5]


def test_what_came_too_late_is_not_on_the_way() -> None:
    late = [leg for leg in explained(WEB, "two")[1].outflows if leg.address == "two"]
    assert late[0].on_the_way
    onwards = [leg for step in explained(WEB, "shop") if step.address == "thief" for leg in step.outflows]
    assert {leg.address: (leg.units, leg.on_the_way) for leg in onwards} == {"one": (60, True), "two": (35, True)}
    assert [leg.on_the_way for step in explained(WEB, "shop")[1:2] for leg in step.outflows] == [True, False, False]


def test_a_stop_is_explained_too() -> None:
    steps = explained(WEB, "exchange")
    assert [(step.address, step.holding) for step in steps] == [("exchange", 9), ("one", 0), ("thief", 5)]


def test_who_holds_nothing_stolen_has_no_steps() -> None:
    assert explained(WEB, "victim") == ()


@pytest.mark.parametrize("method", ["fifo", "lifo", "prorata", "clean_first", "stolen_first"])
@settings(max_examples=60, deadline=None)
@given(case=cases(), data=st.data())
def test_books_balance_everywhere(method: str, case: RandomCase, data: st.DataObject) -> None:
    columns = case.columns
    thefts = tuple(Theft(str(colour), columns.chain, "address1") for colour in range(1, case.plan.colours + 1))
    planned = PlannedCase(case.plan, thefts, dict.fromkeys(case.plan.stops, "stop"))
    chain = ChainOutcome(columns, planned, Engine(columns).trace(case.plan, method), unknown)
    answer = method_answer(method, [chain], HoldingTable([chain]))
    address = data.draw(st.sampled_from([f"address{number}" for number in range(1, 1 + case.places // 2)]))
    for step in explain_address(chain, address):
        held = [
            holding.units
            for holding in answer.holdings
            if (holding.address, holding.asset) == (step.address, step.asset)
        ]
        assert rest(step) == step.holding == sum(held)
