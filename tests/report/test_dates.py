"""Dates: in UTC, and ticks on round moments."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from qiyafa.report import dates


def test_moments_read_in_utc_and_unknown_ones_as_a_dash() -> None:
    assert dates.moment("2022-03-23T13:29:09Z") == "2022-03-23 13:29:09 UTC"
    assert dates.day("2022-03-23T13:29:09Z") == "2022-03-23"
    assert dates.moment(None) == dates.day(None) == "–"
    assert dates.moment_of(0) == "1970-01-01 00:00:00 UTC"


def test_a_few_weeks_get_a_tick_every_seven_days() -> None:
    first, last = (int(datetime(2022, month, 1, tzinfo=UTC).timestamp()) for month in (4, 6))
    assert [label for _, label in dates.ticks(first, last)][:2] == ["2022-04-07", "2022-04-14"]


@given(st.integers(0, 4 * 10**9), st.integers(1, 10**9))
def test_ticks_are_few_ascending_and_inside(first: int, span: int) -> None:
    found = [at for at, _ in dates.ticks(first, first + span)]
    assert len(found) <= 10
    assert found == sorted(set(found))
    assert all(first <= at <= first + span for at in found)
