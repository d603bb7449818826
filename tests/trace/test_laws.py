"""The laws of tracing that hold for every conserving method, as properties over random ledgers.

Which laws fail by nature is written where a user would trip over them: docs/methods/README.md.
"""

import random
from collections import defaultdict
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qiyafa.model.ledger import Transfer, TransferKind
from qiyafa.stores.memory import columns_from_transfers
from qiyafa.trace import reference
from qiyafa.trace.engine.walk import Engine
from qiyafa.trace.methods import METHODS
from qiyafa.trace.outcome import Ending
from qiyafa.trace.plan import Plan, Seizure, StolenRow

from support.methods import CONSERVING_ON_ACCOUNTS
from support.random_ledgers import Plain, RandomCase, Row, cases, plain, total

FOLLOWS_UNITS = ["fifo", "lifo"]

examples = settings(max_examples=100, deadline=None)
by_every_method = pytest.mark.parametrize("method", CONSERVING_ON_ACCOUNTS)


def traced(case: RandomCase, method: str, plan: Plan | None = None) -> Plain:
    return plain(Engine(case.columns).trace(plan or case.plan, method))


def colours(case: RandomCase) -> range:
    return range(1, case.plan.colours + 1)


@by_every_method
@examples
@given(cases(), st.data())
def test_t1_nothing_stolen_is_lost_or_invented_at_any_moment(
    method: str, case: RandomCase, data: st.DataObject
) -> None:
    for end in data.draw(st.sets(st.integers(0, case.plan.end_row), max_size=4)) | {case.plan.end_row}:
        if any(seizure.row > end for seizure in case.plan.seizures):
            continue
        found = traced(case, method, replace(case.plan, end_row=end))
        for colour in colours(case):
            ended = {key: units for key, units in found["flows"].items() if key[3] != Ending.MOVED}
            rest = total(found["held"], colour, 1) + total(ended, colour, 2)
            assert total(found["claims"], colour, 2) == rest


@by_every_method
@examples
@given(cases())
def test_t2_no_address_holds_more_stolen_units_than_it_has(method: str, case: RandomCase) -> None:
    rows = case.rows[: case.plan.end_row]
    opening, untraceable = reference.unseen_balances(rows)
    balance = defaultdict(int, opening)
    for source, target, units in rows:
        balance[source] -= units
        balance[target] += units
    held = traced(case, method)["held"]
    for place in {key[0] for key in held} - untraceable:
        stolen = [units for (where, _), units in held.items() if where == place]
        assert all(0 < units <= balance[place] for units in stolen)
        if not METHODS[method].traced_alone:
            assert sum(stolen) <= balance[place]


@by_every_method
@examples
@given(cases())
def test_t3_no_transfer_carries_more_than_it_moves_or_its_payer_has(method: str, case: RandomCase) -> None:
    carried: dict[int, int] = defaultdict(int)
    for (row, _, colour, _), units in traced(case, method)["flows"].items():
        if not METHODS[method].traced_alone:
            colour = 0
        carried[row, colour] += units
    for (row, _), units in carried.items():
        assert units <= case.rows[row][2]


@pytest.mark.parametrize("method", [*FOLLOWS_UNITS, "prorata"])
@examples
@given(cases(limits=False))
def test_t5_a_theft_is_traced_the_same_with_and_without_another(method: str, case: RandomCase) -> None:
    """For disjoint thefts: following units, or each theft alone, gives what it gives without the others."""
    stolen = {row.row for row in case.plan.stolen_rows}
    disjoint = replace(
        case.plan,
        seizures=(),
        stolen_rows=tuple(StolenRow(row, 1 + index % 2) for index, row in enumerate(sorted(stolen))),
        colours=2,
    )
    together = traced(case, method, disjoint)
    alone = [traced(case, method, disjoint.of_colour(colour)) for colour in (1, 2)]
    if method == "prorata":
        for colour in (1, 2):
            assert only(together["held"], colour, 1) == only(alone[colour - 1]["held"], colour, 1)
        return
    both = traced(
        case, method, replace(disjoint, stolen_rows=tuple(replace(one, colour=1) for one in disjoint.stolen_rows))
    )
    summed: dict[int, int] = defaultdict(int)
    for (place, _), units in together["held"].items():
        summed[place] += units
    assert dict(summed) == {place: units for (place, _), units in both["held"].items()}


def only(records: dict[tuple[int, ...], int], colour: int, at: int) -> dict[tuple[int, ...], int]:
    return {key: units for key, units in records.items() if key[at] == colour}


@by_every_method
@examples
@given(cases(), st.randoms(use_true_random=False))
def test_t6_the_order_in_which_rows_arrive_changes_nothing(
    method: str, case: RandomCase, shuffle: random.Random
) -> None:
    transfers = [transfer(number, row) for number, row in enumerate(case.rows)]
    shuffled = list(transfers)
    shuffle.shuffle(shuffled)
    first, second = (columns_from_transfers(given, "test:1") for given in (transfers, shuffled))
    assert first.source.tolist() == second.source.tolist()
    assert first.target.tolist() == second.target.tolist()
    plan = Plan(1, tuple(Seizure(0, 1, place) for place in first.places_of("1")), (), frozenset(), len(first))
    assert plain(Engine(first).trace(plan, method)) == plain(Engine(second).trace(plan, method))


def transfer(number: int, row: Row) -> Transfer:
    source, target, units = row
    kind = TransferKind.FEE if target == 0 else TransferKind.NATIVE if source else TransferKind.REWARD
    ends = ("" if source == 0 else str(source), "" if target == 0 else str(target))
    return Transfer("test:1", number // 4, number % 4, 1, None, f"tx{number}", kind, *ends, "test:1/coin", units)


@by_every_method
@examples
@given(cases(), st.integers(0, 30))
def test_t11_zero_value_transfers_change_nothing(method: str, case: RandomCase, where: int) -> None:
    transfers = [transfer(number, row) for number, row in enumerate(case.rows)]
    nothing = [replace(transfer(where, (2, 1, 1)), units=0, position=number, transaction_hash="") for number in (2, 3)]
    plain_columns = columns_from_transfers(transfers, "test:1")
    poisoned = columns_from_transfers(transfers + nothing, "test:1")
    for columns in (plain_columns, poisoned):
        assert len(columns) == len(case.rows)
    seizures = tuple(Seizure(0, 1, place) for place in plain_columns.places_of("1"))
    plan = Plan(1, seizures, (), frozenset(), len(case.rows))
    assert plain(Engine(plain_columns).trace(plan, method)) == plain(Engine(poisoned).trace(plan, method))


@by_every_method
@examples
@given(cases(limits=False), st.sampled_from((10, 2**30)))
def test_t13_amounts_in_another_unit_give_the_same_shares(method: str, case: RandomCase, factor: int) -> None:
    """Exact for whole lots; by pro rata within one unit for each transfer and colour, since it rounds to whole
    units.
    """
    small = tuple((source, target, 1 + units % 10**6) for source, target, units in case.rows)
    scaled = tuple((source, target, units * factor) for source, target, units in small)
    found = plain(Engine(replace(case, rows=small).columns).trace(case.plan, method))["held"]
    larger = plain(Engine(replace(case, rows=scaled).columns).trace(case.plan, method))["held"]
    if method == "prorata":
        slack = (len(case.rows) + 1) * factor
        for key in found.keys() | larger.keys():
            assert abs(found.get(key, 0) * factor - larger.get(key, 0)) <= slack
    else:
        assert {key: units * factor for key, units in found.items()} == larger


@by_every_method
@examples
@given(cases(), cases())
def test_t15_unrelated_transfers_change_nothing(method: str, case: RandomCase, other: RandomCase) -> None:
    """Rows of a disjoint component are put before, between and after; the answer stays."""
    moved: list[Row] = []
    row_of: list[int] = []
    shifted = [(*(end + case.places if end else 0 for end in row[:2]), row[2]) for row in other.rows]
    for row in case.rows:
        moved += shifted[:1]
        shifted = shifted[1:]
        row_of.append(len(moved))
        moved.append(row)
    moved += shifted
    row_of.append(len(moved))
    plan = replace(
        case.plan,
        seizures=tuple(sorted(replace(one, row=row_of[one.row]) for one in case.plan.seizures)),
        stolen_rows=tuple(sorted(replace(one, row=row_of[one.row]) for one in case.plan.stolen_rows)),
        end_row=row_of[case.plan.end_row],
    )
    if any(one.row > case.plan.end_row for one in case.plan.seizures):
        return
    both = RandomCase(tuple(moved), case.places + other.places, plan)
    assert traced(both, method)["held"] == traced(case, method)["held"]


@by_every_method
@examples
@given(cases())
def test_t16_tracing_twice_gives_the_same(method: str, case: RandomCase) -> None:
    engine = Engine(case.columns)
    first, second = engine.trace(case.plan, method), engine.trace(case.plan, method)
    for table in ("claims", "flows", "held"):
        for column in ("row", "place", "colour", "units_lo", "units_hi", "ending"):
            left, right = (getattr(getattr(one, table), column) for one in (first, second))
            assert left.tobytes() == right.tobytes()


@pytest.mark.parametrize("method", FOLLOWS_UNITS)
@examples
@given(cases(thefts=1))
def test_t10_a_wider_limit_never_leaves_more_untraced(method: str, case: RandomCase) -> None:
    """Hops are the fewest, not the most: with the longest way a wider limit could leave more untraced."""
    untraced = []
    for hops in (0, 1, 2, 3, 5):
        flows = traced(case, method, replace(case.plan, max_hops=hops, min_units=None))["flows"]
        untraced.append(sum(units for key, units in flows.items() if key[3] == Ending.BEYOND_HOPS))
    assert untraced == sorted(untraced, reverse=True)
