"""Paths respect time; the widest comes first and is as short as its width allows."""

from itertools import pairwise

from hypothesis import given, settings

from qiyafa.model.finding import LedgerPath
from qiyafa.trace.engine.walk import Engine
from qiyafa.trace.paths import PathSearch, find_paths

from support.random_ledgers import Row, columns_of, ledgers
from support.text_ledger import read_text_case


def paths(content: str, source: str, target: str, **options) -> tuple[LedgerPath, ...]:
    engine = Engine(read_text_case(content).columns)
    return find_paths(engine, PathSearch(source, target, **options))


def ways(found: tuple[LedgerPath, ...]) -> list[tuple[int, str]]:
    return [(path.units, " ".join([path.transfers[0].source, *(t.target for t in path.transfers)])) for path in found]


LEDGER = """# three ways and a shortcut against time
1  nobody -> a 100
2  m -> z 90
3  a -> m 80
4  a -> n 30
5  n -> z 20
6  a -> p 50
7  p -> q 40
8  q -> z 40
9  a -> z 5
9  a -> m 7 usd
"""


def test_the_path_that_carries_most_comes_first() -> None:
    assert ways(paths(LEDGER, "a", "z")) == [(40, "a p q z"), (20, "a n z"), (5, "a z")]


def test_a_payment_from_before_cannot_pass_on_what_came_later() -> None:
    assert all(" m " not in way for _, way in ways(paths(LEDGER, "a", "z", count=9)))


def test_no_path_is_an_answer() -> None:
    assert paths(LEDGER, "z", "a") == ()
    assert paths(LEDGER, "a", "a") == ()
    assert paths(LEDGER, "a", "stranger") == ()


def test_a_path_stays_within_one_asset() -> None:
    assert ways(paths(LEDGER, "a", "m", asset="test:1/token:usd")) == [(7, "a m")]


def test_rows_outside_the_window_do_not_count() -> None:
    assert ways(paths(LEDGER, "a", "z", end_row=7)) == [(20, "a n z")]


@settings(max_examples=200, deadline=None)
@given(ledgers(most=15))
def test_width_equals_a_search_over_all_paths(ledger: tuple[tuple[Row, ...], int]) -> None:
    rows, places = ledger
    columns = columns_of(rows, places)
    for path in find_paths(Engine(columns), PathSearch("address1", "address2", count=1)):
        start, finish = (
            next(p for p in columns.places_of(end) if columns.asset_of(p) == path.asset)
            for end in ("address1", "address2")
        )
        assert path.units == widest_by_hand(rows, start, finish)
        assert path.units == min(transfer.units for transfer in path.transfers)
        assert all(before.target == after.source for before, after in pairwise(path.transfers))
        numbers = [int(transfer.transaction_hash.removeprefix("tx")) for transfer in path.transfers]
        assert numbers == sorted(set(numbers))


def widest_by_hand(rows: tuple[Row, ...], start: int, finish: int) -> int:
    widths = {start: 10**40}
    for source, target, units in rows:
        if source and target and source in widths:
            widths[target] = max(widths.get(target, 0), min(widths[source], units))
    return widths.get(finish, 0)
