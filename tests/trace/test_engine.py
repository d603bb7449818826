"""Two speeds, one truth: the engine equals the readable reference on thousands of random ledgers."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qiyafa.trace import reference
from qiyafa.trace.engine import records
from qiyafa.trace.engine.indexed import indexable, trace_each
from qiyafa.trace.engine.intervals import build_index
from qiyafa.trace.engine.lanes import LANES, Lanes, LaneSeeds, payment_shares
from qiyafa.trace.engine.walk import Engine
from qiyafa.trace.outcome import Ending, Outcome
from qiyafa.trace.plan import Plan, Seizure, StolenRow

from support.methods import CONSERVING_ON_ACCOUNTS, ON_ACCOUNTS
from support.random_ledgers import RandomCase, cases, columns_of, plain


@settings(max_examples=500, deadline=None)
@given(cases())
def test_engine_equals_the_reference_by_every_method(case: RandomCase) -> None:
    check_engine(case)


@pytest.mark.slow
@settings(max_examples=2500, deadline=None)
@given(cases())
def test_engine_equals_the_reference_on_thousands_of_ledgers(case: RandomCase) -> None:
    check_engine(case)


def check_engine(case: RandomCase) -> None:
    columns = case.columns
    engine = Engine(columns)
    for method in ON_ACCOUNTS:
        expected = plain(reference.trace(columns, case.plan, method))
        assert plain(engine.trace(case.plan, method)) == expected, method


@settings(max_examples=400, deadline=None)
@given(cases(limits=False))
def test_index_equals_the_walk(case: RandomCase) -> None:
    columns = case.columns
    plans = [alone(case.plan, colour, len(columns)) for colour in range(1, case.plan.colours + 1)]
    walls = Engine(columns).ground(plans[0]).walls
    index = build_index(columns, columns.places.untraceable)
    traces = trace_each(columns, index, plans, walls)
    assert traces is not None
    resting = plain(Outcome("fifo", held=traces.held()))["held"]
    for number, plan in enumerate(plans):
        outcome = traces.outcome(number)
        assert indexable(plan, len(columns)) == (len({s.place for s in plan.seizures}) == len(plan.seizures))
        expected, found = plain(reference.trace(columns, plan, "fifo")), plain(outcome)
        assert found["held"] == expected["held"]
        assert {(place, 1): units for (place, theft), units in resting.items() if theft == number + 1} == found["held"]
        assert found["flows"] == expected["flows"]
        assert by_place(found["claims"]) == by_place(expected["claims"])


def alone(plan: Plan, colour: int, rows: int) -> Plan:
    """Return one theft of a plan as colour 1, over the whole ledger."""
    one = plan.of_colour(colour)
    return replace(
        one,
        colours=1,
        end_row=rows,
        seizures=tuple(sorted(replace(seizure, colour=1) for seizure in one.seizures)),
        stolen_rows=tuple(sorted(replace(stolen, colour=1) for stolen in one.stolen_rows)),
    )


def by_place(claims: dict[tuple[int, ...], int]) -> dict[int, int]:
    sums: dict[int, int] = {}
    for (_, place, _), units in claims.items():
        sums[place] = sums.get(place, 0) + units
    return sums


def test_index_gives_up_where_a_walk_is_faster() -> None:
    hub_and_spokes = tuple((1, 3 + 2 * (number % 2), 1) for number in range(200_000))
    columns = columns_of(((0, 1, 200_000), *hub_and_spokes), 6)
    plan = Plan(1, (Seizure(0, 1, 1),), (), frozenset(), len(columns))
    walls = Engine(columns).ground(plan).walls
    assert trace_each(columns, build_index(columns, columns.places.untraceable), [plan], walls) is None


@settings(max_examples=300, deadline=None)
@given(cases(thefts=1, limits=False), st.data())
def test_lanes_stay_close_to_exact_prorata(case: RandomCase, data: st.DataObject) -> None:
    columns = case.columns
    plan = replace(case.plan, end_row=len(columns), seizures=())
    engine = Engine(columns)
    exact = np.zeros(len(columns.places))
    outcome = engine.trace(plan, "prorata")
    for index in range(len(outcome.held)):
        exact[outcome.held.place[index]] += outcome.held.units(index)
    seeds = np.array(sorted({stolen.row for stolen in plan.stolen_rows}), dtype=np.int64)
    units = np.array([float(columns.units(int(row))) for row in seeds])
    shares = payment_shares(*engine.rows, columns.places.opening_lo, columns.places.opening_hi)
    walls = engine.ground(plan).walls
    once = LaneSeeds(seeds, np.zeros(len(seeds), np.int64))
    one = Lanes(len(walls), 1).walk(*engine.rows[:2], shares, once, units, walls)
    rounding = 2.0 * len(columns) + 1e-9 * float(sum(units))
    followed = walls == 0
    assert np.abs(one[followed, 0] - exact[followed]).max(initial=0.0) <= rounding
    lanes = LaneSeeds(np.repeat(seeds, LANES), np.tile(np.arange(LANES), len(seeds)))
    memory = Lanes(len(walls), LANES)
    for _ in range(data.draw(st.sampled_from((0, 1, 254, 255)))):  # what earlier walks left must not show
        memory.walk(*engine.rows[:2], shares, lanes, np.repeat(units, LANES) + 77.0, np.zeros_like(walls))
    sixteen = memory.walk(*engine.rows[:2], shares, lanes, np.repeat(units, LANES), walls)
    assert sixteen.ctypes.data % 64 == 0
    assert np.allclose(sixteen, one, rtol=1e-9, atol=1e-6)


def test_lanes_take_no_other_number() -> None:
    with pytest.raises(ValueError, match="lanes are 1 or 16"):
        Lanes(2, 3)


@pytest.mark.parametrize("method", CONSERVING_ON_ACCOUNTS)
def test_small_sheets_and_pools_change_nothing(method: str, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [(0, 1, 1000)]
    for number in range(300):
        rows += [(1, 3 + 2 * (number % 5), 2), (0, 1, 1), (3 + 2 * (number % 5), 1, 1)]
    columns = columns_of(tuple(rows), 14)
    plan = Plan(
        2, (Seizure(40, 2, 5),), tuple(StolenRow(row, 1) for row in range(2, 900, 9)), frozenset({13}), len(columns)
    )
    expected = plain(Engine(columns).trace(plan, method))
    monkeypatch.setattr("qiyafa.trace.engine.walk._LOTS_AT_LEAST", 16 - len(columns))
    monkeypatch.setattr("qiyafa.trace.engine.walk.SHEET_ENTRIES", 16)
    monkeypatch.setattr("qiyafa.trace.engine.walk._ROWS_AT_ONCE", 7)
    assert plain(Engine(columns).trace(plan, method)) == expected


@pytest.mark.parametrize("method", CONSERVING_ON_ACCOUNTS)
def test_without_records_the_same_rests(method: str) -> None:
    columns = columns_of(((0, 1, 9), (1, 3, 4), (3, 5, 2), (5, 0, 1)), 7)
    plan = Plan(1, (), (StolenRow(0, 1),), frozenset(), 4)
    full, bare = (Engine(columns).trace(plan, method, record=record) for record in (True, False))
    assert plain(bare)["held"] == plain(full)["held"] != {}
    assert len(bare.flows) == len(bare.claims) == 0


def test_progress_is_told_and_ends_at_the_last_row() -> None:
    columns = columns_of(((0, 1, 9), (1, 3, 4)), 4)
    seen: list[tuple[str, int, int]] = []
    plan = Plan(1, (), (StolenRow(0, 1),), frozenset(), 2)
    Engine(columns).trace(plan, "fifo", progress=lambda *told: seen.append(told))
    assert seen[-1][1:] == (2, 2)


def test_untraceable_places_are_walls() -> None:
    columns = columns_of(((0, 1, 10**38 - 1), (0, 1, 5), (1, 3, 5)), 4)
    plan = Plan(1, (), (StolenRow(1, 1),), frozenset(), 3)
    assert Engine(columns).ground(plan).walls.tolist() == [Ending.FEE, Ending.UNTRACEABLE, 0, 0]


@given(st.integers(0, 2**128 - 1))
def test_sheet_keeps_128_bits(units: int) -> None:
    sheet = records.new_sheet(2)
    records.write(sheet, 5, 1, 1, np.uint64(units & (2**64 - 1)), np.uint64(units >> 64), np.uint8(0))
    assert records.used_part(sheet).all_units() == [units]


@pytest.mark.parametrize("method", ON_ACCOUNTS)
def test_a_hop_limit_beyond_counting_is_no_limit(method: str) -> None:
    columns = columns_of(((0, 1, 9), (1, 3, 4), (3, 5, 2)), 7)
    plan = Plan(1, (), (StolenRow(0, 1),), frozenset(), 3)
    limited = Engine(columns).trace(replace(plan, max_hops=10**20), method)
    assert plain(limited) == plain(Engine(columns).trace(plan, method))
