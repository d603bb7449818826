"""Flows on chains of outputs: a transaction that hides nothing is left out, and nothing is lost by it."""

from collections import Counter

from hypothesis import given, settings

from qiyafa.model.case import Case, Theft
from qiyafa.model.finding import Fate, Flow
from qiyafa.model.ledger import CoverageStatus
from qiyafa.report.flow_direct import direct
from qiyafa.report.flow_graph import build, imbalances
from qiyafa.report.flow_summary import summarise
from qiyafa.trace.chain_outcome import ChainOutcome
from qiyafa.trace.engine.walk import Engine
from qiyafa.trace.flows import claim_records, flow_records
from qiyafa.trace.holdings import HoldingTable
from qiyafa.trace.planning import PlannedCase

from support.random_output_chains import CHAIN, NATIVE, RandomOutputs, output_cases
from support.text_output_ledger import OutputCase, read_text_case

PEEL = """# a payment with change
theft a: outputs of haul
1  haul: coinbase -> thief 60
2  pay: haul.0 -> bob 20, thief 35
"""
MEET = """# two payers
theft a: outputs of haul
1  haul: coinbase -> one 60, two 30
2  meet: haul.0 + haul.1 -> bob 50, carol 40
"""


def outcome_of(case: OutputCase) -> ChainOutcome:
    outcome = Engine(case.columns).trace(case.planned.plan, "fifo")
    return ChainOutcome(case.columns, case.planned, outcome, lambda address: CoverageStatus.UNKNOWN)


def flows_of(content: str) -> list[tuple[str, str, int, Fate]]:
    flows = direct(flow_records([outcome_of(read_text_case(content))]))
    return [(flow.source, flow.target, flow.stolen_units, flow.fate) for flow in flows if flow.kind != "reward"]


def test_one_payer_pays_directly_and_his_change_is_no_flow() -> None:
    assert flows_of(PEEL) == [("thief", "bob", 20, Fate.MOVED), ("thief", "", 5, Fate.FEE)]


def test_several_payers_meet_in_the_transaction() -> None:
    assert flows_of(MEET) == [
        ("one", "transaction:meet", 60, Fate.MOVED),
        ("two", "transaction:meet", 30, Fate.MOVED),
        ("transaction:meet", "bob", 50, Fate.MOVED),
        ("transaction:meet", "carol", 40, Fate.MOVED),
    ]


def test_a_transaction_is_one_hop() -> None:
    case = read_text_case(MEET)
    chain = outcome_of(case)
    edges = summarise(case.case, claim_records([chain]), flow_records([chain])).edges
    assert {(edge.source, edge.target): edge.hop for edge in edges} == {
        ("one", "transaction:meet"): 1,
        ("two", "transaction:meet"): 1,
        ("transaction:meet", "bob"): 1,
        ("transaction:meet", "carol"): 1,
    }


def test_a_theft_begins_at_the_outputs_it_names() -> None:
    case = read_text_case(PEEL)
    chain = outcome_of(case)
    summary = summarise(case.case, claim_records([chain]), flow_records([chain]))
    assert sorted((edge.source, edge.target, edge.units) for edge in summary.edges) == [
        ("thief", "", 5),
        ("thief", "bob", 20),
    ]


@settings(max_examples=150, deadline=None)
@given(output_cases(thefts=2))
def test_every_address_balances_and_nothing_is_lost(case: RandomOutputs) -> None:
    thefts = tuple(Theft(str(colour), CHAIN, "x") for colour in range(1, case.plan.colours + 1))
    planned = PlannedCase(case.plan, thefts, dict.fromkeys(case.plan.stops, "stop"))
    for method in ("fifo", "prorata"):
        outcome = Engine(case.columns).trace(case.plan, method)
        chain = ChainOutcome(case.columns, planned, outcome, lambda address: CoverageStatus.UNKNOWN)
        flows = list(flow_records([chain]))
        assert ends(direct(flows)) == ends(flows)
        if not case.plan.stolen_rows:
            claims = list(claim_records([chain]))
            edges = summarise(Case("c", "", thefts), claims, flows).edges
            assert imbalances(build(NATIVE, edges, claims, HoldingTable([chain]))) == {}


def ends(flows: object) -> Counter[tuple[str, str, Fate]]:
    """Add up what ended in each way."""
    sums: Counter[tuple[str, str, Fate]] = Counter()
    for flow in flows:  # type: ignore[attr-defined]
        assert isinstance(flow, Flow)
        if flow.fate is not Fate.MOVED:
            sums[flow.theft, flow.target, flow.fate] += flow.stolen_units
    return sums
