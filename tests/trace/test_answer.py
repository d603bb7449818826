"""From numbers to words: totals that add up, holders with their dates, intervals over methods, and gaps."""

from qiyafa.model.finding import Interval, MethodAnswer, Status, Totals
from qiyafa.model.ledger import CoverageStatus
from qiyafa.trace.answer import method_answer, poison_answer
from qiyafa.trace.chain_outcome import ChainOutcome
from qiyafa.trace.engine.walk import Engine
from qiyafa.trace.flows import claim_records, flow_records
from qiyafa.trace.gaps import ChainKnowledge, find_gaps
from qiyafa.trace.holdings import HoldingTable, IntervalTable

from support.text_ledger import NATIVE, read_text_case

CASE = """# a theft that is spent, mixed and stopped
theft a: thief from 2
stop exchange: exchange: Example
limit units 2
1  nobody -> mule 6
2  victim -> thief 12
3  thief fee 1
3  thief -> mule 6
4  mule -> exchange 8
5  thief -> dust 1
6  thief -> exchange 2
"""


def outcome(method: str, content: str = CASE) -> ChainOutcome:
    case = read_text_case(content)
    coverage = {"thief": CoverageStatus.COMPLETE, "exchange": CoverageStatus.CAPPED}
    traced = Engine(case.columns).trace(case.planned.plan, method)
    return ChainOutcome(case.columns, case.planned, traced, lambda who: coverage.get(who, CoverageStatus.UNKNOWN))


def answer(method: str) -> MethodAnswer:
    return method_answer(method, [outcome(method)], HoldingTable([outcome(method)]))


def test_totals_add_up_and_name_what_is_untraced() -> None:
    fifo = answer("fifo")
    assert fifo.totals == {NATIVE: Totals(stolen=12, held=6, stopped=4, fees=1, untraced=1)}
    assert fifo.theft_totals == {"a": fifo.totals}
    assert fifo.untraced_reasons["below_units"] == 1


def test_holdings_are_largest_first_then_as_they_first_appear_with_their_arrivals() -> None:
    second, first, third = answer("fifo").holdings
    assert (first.address, first.units, first.status, first.transfers) == ("exchange", 4, Status.STOPPED, 2)
    assert first.reason == "exchange: Example"
    assert first.coverage is CoverageStatus.CAPPED
    assert (second.address, second.units, second.transfers) == ("mule", 4, 1)
    assert (third.address, third.units, third.transfers) == ("thief", 2, 1)
    assert first.first_received is None, "the text ledger has no times"


def test_intervals_span_the_conserving_methods_and_begin_at_nothing_where_one_gives_nothing() -> None:
    table = IntervalTable([HoldingTable([outcome(name)]) for name in ("fifo", "stolen_first")])
    found = {one.address: one for one in table}
    assert found["exchange"] == Interval("test:1", "exchange", NATIVE, 4, 8)
    assert found["mule"] == Interval("test:1", "mule", NATIVE, 0, 4)


def test_poison_names_the_touched_and_nothing_else() -> None:
    poisoned = poison_answer([outcome("poison")])
    assert poisoned.touched == ("dust", "exchange", "mule", "thief") == poisoned.theft_touched["a"]


def test_flows_and_claims_are_told_in_words() -> None:
    flows = list(flow_records([outcome("fifo")]))
    assert [(flow.source, flow.target, flow.stolen_units, flow.units, flow.fate) for flow in flows] == [
        ("thief", "", 1, 1, "fee"),
        ("thief", "mule", 6, 6, "moved"),
        ("mule", "exchange", 2, 8, "stopped"),
        ("thief", "dust", 1, 1, "below_units"),
        ("thief", "exchange", 2, 2, "stopped"),
    ]
    assert [(claim.address, claim.units, claim.transaction_hash) for claim in claim_records([outcome("fifo")])] == [
        ("thief", 12, "tx2")
    ]


def test_gaps_name_every_entered_address_whose_history_is_not_complete() -> None:
    gaps = find_gaps([outcome("fifo"), outcome("lifo")], [ChainKnowledge("test:1", frozenset({"native", "fees"}), 0)])
    histories = {(gap.address, gap.status) for gap in gaps if gap.kind == "history"}
    assert histories == {("exchange", "capped"), ("mule", "unknown"), ("dust", "unknown")}
    kinds = {gap.kind for gap in gaps}
    assert kinds == {"history", "internal_transfers", "token_transfers", "time"}


def test_gaps_name_unknown_failures_unseen_balances_and_thefts_that_may_claim_one_unit() -> None:
    content = """# two thefts of one coin
theft a: thief from 1
2  thief -> mule 5
3  mule -> shop 2 @b
"""
    gaps = find_gaps([outcome("prorata", content)], [ChainKnowledge("test:1", frozenset({"native"}), 3)])
    assert {"fees", "unseen_balance", "prorata_alone"} <= {gap.kind for gap in gaps}
    assert "5 base units" in next(gap.detail for gap in gaps if gap.kind == "unseen_balance")


def test_gaps_name_where_the_trace_broke_off() -> None:
    content = """# a turnover above 38 digits
1  nobody -> whale 60000000000000000000000000000000000000
2  whale -> other 60000000000000000000000000000000000000
3  victim -> whale 5 @a
"""
    gaps = find_gaps([outcome("fifo", content)], [])
    assert [gap.address for gap in gaps if gap.kind == "untraceable"] == ["whale"]


def test_gaps_name_a_thief_whose_own_units_cannot_be_traced() -> None:
    content = f"""# a thief with a value above 38 digits
theft a: thief from 1
1  nobody -> thief 5
2  nobody -> thief {10**38}
"""
    gaps = find_gaps([outcome("fifo", content)], [])
    assert [gap.address for gap in gaps if gap.kind == "untraceable"] == ["thief"]
