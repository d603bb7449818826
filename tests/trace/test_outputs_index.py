"""What is fast on chains of outputs: the FIFO index is exact, pro rata in floating point close, on random chains."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from qiyafa.trace import reference_outputs
from qiyafa.trace.engine.outputs_fifo import OutputsIndex
from qiyafa.trace.engine.outputs_prorata import SpendingWeights
from qiyafa.trace.engine.vectors import LANES
from qiyafa.trace.engine.walk import Engine
from qiyafa.trace.lowering import lowered
from qiyafa.trace.outcome import Ending, Outcome
from qiyafa.trace.plan import Plan

from support.random_ledgers import plain
from support.random_output_chains import Drawn, Spending, chains, output_columns, theft_of

MANY = 2**40
"""So many units that rounding to whole ones does not show."""


def drawn_thefts(drawn: Drawn, data: st.DataObject, most: int = 3) -> list[list[int]]:
    created = [number for number, (at, _) in enumerate(drawn.numbers()) if at >= 0]
    if not created:
        return []
    return data.draw(st.lists(st.lists(st.sampled_from(created), min_size=1, max_size=3), min_size=1, max_size=most))


def drawn_stops(drawn: Drawn, data: st.DataObject) -> np.ndarray:
    count = len(drawn.outputs.value)
    return np.array(data.draw(st.lists(st.integers(0, 4), min_size=count, max_size=count))) == 4


def plan_of(drawn: Drawn, theft: list[int], stops: np.ndarray) -> Plan:
    plan = theft_of(lowered(drawn.outputs), sorted(set(theft)))
    return replace(plan, stops=frozenset((np.flatnonzero(stops) + 1).tolist()))


def ended(outcome: Outcome, ending: Ending) -> dict[int, int]:
    """Return the units that ended so, by place."""
    sums: dict[int, int] = {}
    for (_, place, _, how), units in plain(outcome)["flows"].items():
        if how == ending:
            sums[place] = sums.get(place, 0) + units
    return sums


@settings(max_examples=250, deadline=None)
@given(chains(spent_twice=True), st.data())
def test_the_fifo_index_equals_the_reference(drawn: Drawn, data: st.DataObject) -> None:
    outputs = drawn.outputs
    index = OutputsIndex.of(outputs)
    if index is None:
        assert sum(outputs.value.tolist()) >= 2**64
        return
    thefts, stops = drawn_thefts(drawn, data), drawn_stops(drawn, data)
    followed = index.follow([np.array(theft) for theft in thefts], stops.astype(np.uint8))
    assert followed is not None
    for number, theft in enumerate(thefts):
        expected = reference_outputs.trace(outputs, plan_of(drawn, theft, stops), "fifo")
        held = {place: units for (place, _), units in plain(expected)["held"].items()}
        assert {output + 1: units for output, units in followed.ended(number, Ending.MOVED).items()} == held
        stopped = ended(expected, Ending.STOPPED)
        assert {output + 1: units for output, units in followed.ended(number, Ending.STOPPED).items()} == stopped
        assert sum(followed.ended(number, Ending.FEE).values()) == sum(ended(expected, Ending.FEE).values())
        pools = len(outputs.value) + 1
        unknown = {pools + at: units for at, units in followed.ended(number, Ending.INPUT_UNKNOWN).items()}
        assert unknown == ended(expected, Ending.INPUT_UNKNOWN)


@settings(max_examples=200, deadline=None)
@given(chains(spent_twice=True), st.data())
def test_shares_stay_close_to_exact_prorata(drawn: Drawn, data: st.DataObject) -> None:
    assume(drawn.most_units <= 2**20)
    drawn = drawn.scaled(MANY)
    outputs, columns = drawn.outputs, lowered(drawn.outputs)
    thefts, stops = drawn_thefts(drawn, data, most=LANES), drawn_stops(drawn, data)
    weights = SpendingWeights.of(outputs).stopping_at(stops.astype(np.uint8))
    lanes = weights.shares([np.array(theft) for theft in thefts])
    for lane, theft in enumerate(thefts):
        alone = np.array(sorted(set(theft)))
        one = weights.shares([alone])
        outcome = Engine(columns).trace(plan_of(drawn, theft, stops), "prorata")
        exact = np.zeros(len(outputs.value))
        for (place, _), units in plain(outcome)["held"].items():
            exact[place - 1] = units
        least = 1e-9 * max(1.0, float(outputs.value[alone].sum()))
        followed = ~stops
        assert np.abs(weights.held(one, alone) - exact)[followed].max(initial=0.0) <= least
        assert np.abs(weights.held(lanes, alone, lane) - exact)[followed].max(initial=0.0) <= least


def test_more_thefts_than_lanes_are_refused() -> None:
    weights = SpendingWeights.of(output_columns([Spending((), (("a", 1),), is_coinbase=True)]))
    with pytest.raises(ValueError, match="do not fit"):
        weights.shares([np.array([0])] * (LANES + 1))


def test_the_index_gives_up_where_a_walk_is_faster() -> None:
    """Ten thousand outputs of one unit, put together and broken again: every unit is a piece of its own."""
    count = 10_000
    units = tuple(("crowd", 1) for _ in range(count))
    start = Spending((), (("thief", count),), 0, "haul", True)
    splits = [Spending((0,), units, 1, "split")]
    splits += [Spending(tuple(range(1 + n * count, 1 + (n + 1) * count)), units, 2 + n, f"{n}") for n in range(1)]
    index = OutputsIndex.of(output_columns([start, *splits]))
    assert index is not None
    assert index.follow([np.array([0])], np.zeros(1 + 2 * count, np.uint8)) is None


def test_values_above_64_bits_in_one_transaction_are_not_indexed() -> None:
    large = 2**63
    coins = [Spending((), (("whale", large),), 0, f"{number}", True) for number in range(2)]
    columns = output_columns([*coins, Spending((0, 1), (("whale", large),), 1, "together")])
    assert OutputsIndex.of(columns) is None
