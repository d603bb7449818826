"""Answers on chains of outputs: addresses hold outputs, transactions hold nothing, and every book balances."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qiyafa.model.case import Theft
from qiyafa.model.finding import LegKind, Status
from qiyafa.model.ledger import CoverageStatus
from qiyafa.trace.answer import method_answer, poison_answer
from qiyafa.trace.chain_outcome import ChainOutcome
from qiyafa.trace.engine.walk import Engine
from qiyafa.trace.explain import explain_address
from qiyafa.trace.flows import flow_records
from qiyafa.trace.gaps import EVERY_KIND, ChainKnowledge, find_gaps
from qiyafa.trace.holdings import HoldingTable
from qiyafa.trace.lowering import lowered
from qiyafa.trace.paths import PathSearch, find_paths
from qiyafa.trace.planning import PlannedCase

from support.methods import CONSERVING
from support.random_output_chains import CHAIN, NATIVE, RandomOutputs, Spending, output_cases, output_columns, theft_of
from support.text_output_ledger import read_text_case

STORY = """# a haul in two outputs that meet again, with an unknown input on the side
theft a: outputs of haul
stop exchange: exchange: Example
1  haul: coinbase -> thief 60, thief 30, mule 10
2  meet: haul.0 + haul.1 -> mule 50, exchange 20, thief 15
3  side: haul.2 + unknown -> shop 12
4  last: meet.0 -> shop 49
"""
EVERYTHING = [ChainKnowledge(CHAIN, EVERY_KIND, 0)]


def outcomes(*methods: str, content: str = STORY) -> list[ChainOutcome]:
    case = read_text_case(content)
    engine = Engine(case.columns)
    return [
        ChainOutcome(case.columns, case.planned, engine.trace(case.planned.plan, method), known) for method in methods
    ]


def outcome(method: str = "fifo", content: str = STORY) -> ChainOutcome:
    return outcomes(method, content=content)[0]


def known(address: str) -> CoverageStatus:
    assert not address.startswith("transaction:"), "only addresses have a history"
    return CoverageStatus.COMPLETE if address == "mule" else CoverageStatus.UNKNOWN


def test_an_address_holds_all_its_outputs_and_a_transaction_none() -> None:
    content = STORY.replace("-> shop 49", "-> thief 20, shop 29")
    holdings = {one.address: one for one in HoldingTable([outcome(content=content)])}
    assert {address: one.units for address, one in holdings.items()} == {"thief": 35, "shop": 29, "exchange": 20}
    assert holdings["thief"].transfers == 4
    assert holdings["exchange"].status is Status.STOPPED
    assert holdings["exchange"].reason == "exchange: Example"


def test_totals_name_what_met_an_unknown_input() -> None:
    found = outcome()
    answer = method_answer("fifo", [found], HoldingTable([found]))
    totals = answer.totals[NATIVE]
    assert (totals.stolen, totals.held, totals.stopped, totals.fees, totals.untraced) == (100, 64, 20, 6, 10)
    assert answer.untraced_reasons["input_value_unknown"] == 10


def test_poison_touches_addresses_only() -> None:
    assert poison_answer([outcome("poison")]).touched == ("exchange", "mule", "shop", "thief")


def test_gaps_name_unknown_inputs_and_speak_of_addresses_only() -> None:
    gaps = find_gaps(outcomes(*CONSERVING), EVERYTHING)
    assert [gap.detail.split()[1] for gap in gaps if gap.kind == "input_unknown"] == ["side"]
    assert {gap.address for gap in gaps if gap.kind == "history"} == {"thief", "shop", "exchange"}
    assert {gap.kind for gap in gaps} == {"input_unknown", "history"}


def test_gaps_name_what_came_from_before_the_ledger() -> None:
    content = """# two outputs from before the ledger
theft a: outputs of early
1  pay: early.0(thief 4) + early.1(thief 5) -> bob 9
"""
    gaps = find_gaps([outcome(content=content)], EVERYTHING)
    (unseen,) = [gap for gap in gaps if gap.kind == "unseen_balance"]
    assert "9 base units" in unseen.detail
    assert [gap.detail.split()[1] for gap in gaps if gap.kind == "theft"] == ["early"]


def test_gaps_name_the_chains_that_a_method_leaves_out() -> None:
    gaps = find_gaps([outcome("tiho")], [*EVERYTHING, ChainKnowledge("other:1", EVERY_KIND, 0)])
    (gap,) = [gap for gap in gaps if gap.kind == "method"]
    assert gap.detail.startswith("other:1: tiho")


def test_flows_have_transactions_between_addresses() -> None:
    flows = [(flow.source, flow.target, flow.kind, flow.stolen_units) for flow in flow_records([outcome()])]
    assert ("thief", "transaction:meet", "spend", 60) in flows
    assert ("transaction:meet", "mule", "output", 50) in flows
    assert ("transaction:meet", "", "fee", 5) in flows


def test_an_explanation_goes_from_address_to_transaction_to_address() -> None:
    found = outcome()
    steps = explain_address(found, "shop")
    assert [(step.hops, step.address) for step in steps] == [
        (0, "shop"),
        (1, "transaction:last"),
        (1, "mule"),
        (2, "transaction:meet"),
        (2, "thief"),
    ]
    mule = steps[2]
    assert {(leg.kind, leg.address, leg.units) for leg in mule.inflows} == {
        (LegKind.TRANSFER, "transaction:meet", 50),
        (LegKind.TRANSFER, "", 10),
    }
    assert (LegKind.UNTRACED, "transaction:side", 10) in {(leg.kind, leg.address, leg.units) for leg in mule.outflows}
    assert mule.holding == 0


@pytest.mark.parametrize("method", CONSERVING)
@settings(max_examples=60, deadline=None)
@given(case=output_cases(), data=st.data())
def test_books_balance_everywhere(method: str, case: RandomOutputs, data: st.DataObject) -> None:
    owners = [case.outputs.addresses.text(number) for number in range(1, len(case.outputs.addresses))]
    if not owners:
        return
    thefts = tuple(Theft(str(colour), CHAIN, "x") for colour in range(1, case.plan.colours + 1))
    planned = PlannedCase(case.plan, thefts, dict.fromkeys(case.plan.stops, "stop"))
    chain = ChainOutcome(case.columns, planned, Engine(case.columns).trace(case.plan, method), known)
    held: dict[str, int] = {}
    for one in HoldingTable([chain]):
        held[one.address] = held.get(one.address, 0) + one.units
    assert not any(address.startswith("transaction:") for address in held)
    for step in explain_address(chain, data.draw(st.sampled_from(owners))):
        rest = sum(leg.units for leg in step.inflows) - sum(leg.units for leg in step.outflows)
        assert rest == step.holding == held.get(step.address, 0)


def test_a_path_is_one_transfer_a_transaction() -> None:
    columns = read_text_case(STORY).columns
    (path,) = find_paths(Engine(columns), PathSearch("thief", "shop"))
    assert [(one.source, one.target, one.units, one.transaction_hash) for one in path.transfers] == [
        ("thief", "mule", 50, "meet"),
        ("mule", "shop", 49, "last"),
    ]
    assert path.units == 49


def test_a_chain_of_thousands_of_transactions_is_traced_and_explained_to_its_end() -> None:
    length = 5000
    transactions = [Spending((), (("thief", 10**9),), 0, "haul", True)]
    transactions += [Spending((number,), ((f"a{number % 7}", 10**9 - number - 1),), 1) for number in range(length)]
    columns = lowered(output_columns(transactions))
    plan = theft_of(columns, [0])
    for method in CONSERVING:
        found = Engine(columns).trace(plan, method)
        assert found.held.all_units() == [10**9 - length], method
    planned = PlannedCase(plan, (Theft("t", CHAIN, "x"),), {})
    chain = ChainOutcome(columns, planned, Engine(columns).trace(plan, "fifo"), known)
    steps = explain_address(chain, f"a{(length - 1) % 7}")
    assert sum(step.address.startswith("transaction:") for step in steps) == length
