"""Flows in sums: edges and moments keep every unit, and hops are the fewest."""

from tests.report.made_content import CHAIN, ETHER, START, Story, address

from qiyafa.model.case import Case, Theft, TransferRef
from qiyafa.model.finding import Fate, Flow, Taking
from qiyafa.report.flow_summary import seconds, summarise

A, B, C, D = (address(number) for number in range(1, 5))


def _case(*refs: TransferRef) -> Case:
    return Case("c", "", (Theft("t", CHAIN, None if refs else A, transfers=refs),))


def test_transfers_between_two_addresses_become_one_edge() -> None:
    story = Story()
    story.claim(A, 100)
    story.move(A, B, 30)
    story.move(A, B, 20)
    (edge,) = summarise(_case(), story.claims, story.flows).edges
    assert (edge.source, edge.target, edge.units, edge.transfers, edge.hop) == (A, B, 50, 2, 1)
    assert edge.first_time is not None
    assert edge.last_time is not None
    assert seconds(edge.last_time) == START + 1200
    assert edge.first_time < edge.last_time


def test_hops_are_the_fewest_that_time_allows() -> None:
    story = Story()
    story.claim(A, 100)
    story.move(A, B, 50)
    story.move(B, C, 20)
    story.move(C, D, 10)
    story.move(A, C, 10)
    hops = {(edge.source, edge.target): edge.hop for edge in summarise(_case(), story.claims, story.flows).edges}
    assert hops == {(A, B): 1, (A, C): 1, (B, C): 2, (C, D): 3}


def test_moments_add_up_to_what_is_where() -> None:
    story = Story()
    story.claim(A, 100)
    story.move(A, B, 60)
    story.stop(B, C, 25, "mixer: m")
    story.fee(B, 5)
    story.move(B, A, 10)
    moments = summarise(_case(), story.claims, story.flows).moments
    sums = [sum(getattr(each, place) for each in moments) for place in ("at_theft", "elsewhere", "stopped", "spent")]
    assert sums == [50, 20, 25, 5]


def test_a_stolen_transfer_begins_at_its_receiver() -> None:
    """Such a transfer is among the flows, with the units that it stole and those it carried on."""
    claim = Taking(CHAIN, B, ETHER, "t", 70, "0xab", "2022-01-01T00:00:00Z")
    flow = _flow("0xab", A, B, 100, Fate.MOVED)
    summary = summarise(_case(TransferRef("0xAB", 1)), [claim], [flow])
    assert [(edge.source, edge.target, edge.units) for edge in summary.edges] == [(A, B, 30)]


def test_a_stolen_transfer_into_a_stop_ends_there() -> None:
    claim = Taking(CHAIN, B, ETHER, "t", 70, "0xab", "2022-01-01T00:00:00Z")
    summary = summarise(_case(TransferRef("0xab", 1)), [claim], [_flow("0xab", A, B, 70, Fate.STOPPED)])
    assert [(edge.source, edge.target, edge.units) for edge in summary.edges] == [(B, B, 70)]
    assert summary.moments[-1].stopped == 70
    assert summary.moments[-1].at_theft == 0


def test_a_receipt_of_a_thief_is_no_stolen_transfer() -> None:
    claim = Taking(CHAIN, A, ETHER, "t", 70, "0xab", "2022-01-01T00:00:00Z")
    summary = summarise(_case(), [claim], [_flow("0xab", B, A, 5, Fate.MOVED)])
    assert [(edge.source, edge.target, edge.units) for edge in summary.edges] == [(B, A, 5)]


def test_times_are_utc_whatever_the_clock_of_the_machine() -> None:
    assert seconds("1970-01-02T00:00:00Z") == 86400
    assert seconds(None) is None


def _flow(transaction: str, source: str, target: str, units: int, fate: Fate) -> Flow:
    time = "2022-01-01T00:00:00Z"
    return Flow(CHAIN, transaction, 1, 1, time, "native", source, target, ETHER, "t", units, units, fate)
