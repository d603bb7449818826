"""The laws of tracing on chains of outputs, as properties over random ones; numbered as in `test_laws`."""

import random
from collections import defaultdict
from dataclasses import replace

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from qiyafa.model.columns import TransferColumns
from qiyafa.model.outputs import UNKNOWN_OUTPUT
from qiyafa.trace.engine.walk import Engine
from qiyafa.trace.lowering import lowered
from qiyafa.trace.methods import METHODS
from qiyafa.trace.outcome import Ending, Outcome
from qiyafa.trace.plan import Plan, StolenRow

from support.methods import CONSERVING
from support.random_ledgers import Plain, plain, total
from support.random_output_chains import Drawn, RandomOutputs, chains, first_rows, output_cases, theft_of

FOLLOWS_UNITS = ["fifo", "lifo"]

examples = settings(max_examples=40, deadline=None)
by_every_method = pytest.mark.parametrize("method", CONSERVING)


def traced(case: RandomOutputs, method: str, plan: Plan | None = None) -> Plain:
    return plain(Engine(case.columns).trace(plan or case.plan, method))


def by_owner(columns: TransferColumns, outcome: Outcome) -> dict[str, int]:
    """Return what everybody holds of the stolen units."""
    sums: dict[str, int] = defaultdict(int)
    for (place, _), units in plain(outcome)["held"].items():
        sums[columns.address_of(place)] += units
    return dict(sums)


def stolen_outputs(drawn: Drawn, data: st.DataObject) -> list[int]:
    """Draw outputs of the ledger's own transactions to steal."""
    created = [number for number, (at, _) in enumerate(drawn.numbers()) if at >= 0]
    return sorted(data.draw(st.sets(st.sampled_from(created), max_size=3))) if created else []


@by_every_method
@examples
@given(output_cases(), st.data())
def test_t1_nothing_stolen_is_lost_or_invented_at_any_moment(
    method: str, case: RandomOutputs, data: st.DataObject
) -> None:
    for end in {case.plan.end_row, data.draw(st.sampled_from(first_rows(case.columns)))}:
        if end > case.plan.end_row or any(seizure.row > end for seizure in case.plan.seizures):
            continue
        found = traced(case, method, replace(case.plan, end_row=end))
        for colour in range(1, case.plan.colours + 1):
            ended = {key: units for key, units in found["flows"].items() if key[3] != Ending.MOVED}
            rest = total(found["held"], colour, 1) + total(ended, colour, 2)
            assert total(found["claims"], colour, 2) == rest


@by_every_method
@examples
@given(output_cases())
def test_t2_no_output_holds_more_stolen_units_than_its_value_and_no_transaction_any(
    method: str, case: RandomOutputs
) -> None:
    held: dict[int, list[int]] = defaultdict(list)
    for (place, _), units in traced(case, method)["held"].items():
        held[place].append(units)
    for place, stolen in held.items():
        assert 0 < place <= len(case.outputs.value)
        value = int(case.outputs.value[place - 1])
        assert all(units <= value for units in stolen)
        assert METHODS[method].traced_alone or sum(stolen) <= value


@by_every_method
@examples
@given(output_cases())
def test_t3_no_input_output_or_fee_carries_more_than_it_moves(method: str, case: RandomOutputs) -> None:
    carried: dict[tuple[int, int], int] = defaultdict(int)
    for (row, _, colour, _), units in traced(case, method)["flows"].items():
        carried[row, colour if METHODS[method].traced_alone else 0] += units
    for (row, _), units in carried.items():
        assert units <= case.columns.units(row)


@pytest.mark.parametrize("method", [*FOLLOWS_UNITS, "prorata"])
@examples
@given(output_cases(limits=False))
def test_t5_a_theft_is_traced_the_same_with_and_without_another(method: str, case: RandomOutputs) -> None:
    rows = sorted({stolen.row for stolen in case.plan.stolen_rows})
    two = tuple(StolenRow(row, 1 + index % 2) for index, row in enumerate(rows))
    disjoint = replace(case.plan, seizures=(), stolen_rows=two, colours=2)
    together = traced(case, method, disjoint)["held"]
    if method == "prorata":
        for colour in (1, 2):
            alone = traced(case, method, disjoint.of_colour(colour))["held"]
            assert {key: units for key, units in together.items() if key[1] == colour} == alone
        return
    as_one = replace(disjoint, stolen_rows=tuple(replace(one, colour=1) for one in two))
    summed: dict[int, int] = defaultdict(int)
    for (place, _), units in together.items():
        summed[place] += units
    assert dict(summed) == {place: units for (place, _), units in traced(case, method, as_one)["held"].items()}


@by_every_method
@examples
@given(chains(), st.randoms(use_true_random=False), st.data())
def test_t6_any_order_in_which_nothing_is_spent_before_it_is_paid_gives_the_same(
    method: str, drawn: Drawn, shuffle: random.Random, data: st.DataObject
) -> None:
    """Unlike on chains of accounts: an output is spent once, so only what it came from matters."""
    stolen = stolen_outputs(drawn, data)
    order = another_order(drawn, shuffle)
    other = drawn.ordered(order)
    names = drawn.numbers()
    new = {name: number for number, name in enumerate(other.numbers())}
    moved = [new[order.index(names[output][0]), names[output][1]] for output in stolen]
    first, second = lowered(drawn.outputs), lowered(other.outputs)
    expected = by_owner(first, Engine(first).trace(theft_of(first, stolen), method))
    assert by_owner(second, Engine(second).trace(theft_of(second, moved), method)) == expected


def another_order(drawn: Drawn, shuffle: random.Random) -> list[int]:
    """Return a random order of the transactions in which everybody who is spent from comes first."""
    names = drawn.numbers()
    needs = [{names[spent][0] for spent in one.inputs if spent != UNKNOWN_OUTPUT} - {-1} for one in drawn.transactions]
    order: list[int] = []
    while len(order) < len(needs):
        ready = [at for at, needed in enumerate(needs) if at not in order and needed <= set(order)]
        order.append(shuffle.choice(ready))
    return order


@by_every_method
@examples
@given(chains(), st.data())
def test_t11_inputs_and_outputs_of_no_value_change_nothing(method: str, drawn: Drawn, data: st.DataObject) -> None:
    stolen = stolen_outputs(drawn, data)
    other = drawn.with_zeros()
    new = {name: number for number, name in enumerate(other.numbers())}
    moved = [new[drawn.numbers()[output]] for output in stolen]
    first, second = lowered(drawn.outputs), lowered(other.outputs)
    assert len(first) == len(second)
    expected = by_owner(first, Engine(first).trace(theft_of(first, stolen), method))
    assert by_owner(second, Engine(second).trace(theft_of(second, moved), method)) == expected


@by_every_method
@examples
@given(chains(), st.sampled_from((10, 2**20)), st.data())
def test_t13_values_in_another_unit_give_the_same_shares(
    method: str, drawn: Drawn, factor: int, data: st.DataObject
) -> None:
    """Exact for whole lots; by pro rata within one unit for each movement, since it rounds to whole units."""
    assume(drawn.most_units <= 2**40)
    stolen = stolen_outputs(drawn, data)
    small, large = lowered(drawn.outputs), lowered(drawn.scaled(factor).outputs)
    found = by_owner(small, Engine(small).trace(theft_of(small, stolen), method))
    scaled = by_owner(large, Engine(large).trace(theft_of(large, stolen), method))
    slack = (len(small) + 1) * factor if method == "prorata" else 0
    for owner in found.keys() | scaled.keys():
        assert abs(found.get(owner, 0) * factor - scaled.get(owner, 0)) <= slack


@by_every_method
@examples
@given(chains(), chains(), st.data())
def test_t15_unrelated_transactions_change_nothing(
    method: str, drawn: Drawn, other: Drawn, data: st.DataObject
) -> None:
    stolen = stolen_outputs(drawn, data)
    both = drawn.beside(other)
    names = {name: number for number, name in enumerate(both.numbers())}
    at_of = {one.name: at for at, one in enumerate(both.transactions)}
    moved = [names[at_of[str(drawn.numbers()[output][0])], drawn.numbers()[output][1]] for output in stolen]
    alone, mixed = lowered(drawn.outputs), lowered(both.outputs)
    expected = by_owner(alone, Engine(alone).trace(theft_of(alone, stolen), method))
    assert by_owner(mixed, Engine(mixed).trace(theft_of(mixed, moved), method)) == expected


@by_every_method
@examples
@given(output_cases())
def test_t16_tracing_twice_gives_the_same(method: str, case: RandomOutputs) -> None:
    engine = Engine(case.columns)
    first, second = engine.trace(case.plan, method), engine.trace(case.plan, method)
    for table in ("claims", "flows", "held"):
        for column in ("row", "place", "colour", "units_lo", "units_hi", "ending"):
            left, right = (getattr(getattr(one, table), column) for one in (first, second))
            assert left.tobytes() == right.tobytes()
    if not METHODS[method].traced_alone:
        assert (first.flows.row[1:] >= first.flows.row[:-1]).all()


@pytest.mark.parametrize("method", FOLLOWS_UNITS)
@examples
@given(output_cases(thefts=1))
def test_t10_a_wider_limit_never_leaves_more_untraced(method: str, case: RandomOutputs) -> None:
    untraced = []
    for hops in (0, 1, 2, 3, 9):
        flows = traced(case, method, replace(case.plan, max_hops=hops, min_units=None))["flows"]
        untraced.append(sum(units for key, units in flows.items() if key[3] == Ending.BEYOND_HOPS))
    assert untraced == sorted(untraced, reverse=True)
