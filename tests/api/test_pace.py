"""How fast each caller may ask."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.api.conftest import Open

from qiyafa.api.pace import Pace
from qiyafa.api.problems import TooMany

from support.service import LISTED


class Clock:
    """A clock that the test sets."""

    seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def test_a_caller_may_ask_so_often_in_a_second_and_again_after_a_while() -> None:
    clock = Clock()
    pace = Pace(10, clock)
    for _ in range(10):
        pace.take("one")
    with pytest.raises(TooMany):
        pace.take("one")
    pace.take("other")
    clock.seconds = 0.1
    pace.take("one")


def test_a_batch_is_paid_for_by_waiting_as_long_as_it_says() -> None:
    clock = Clock()
    pace = Pace(10, clock)
    pace.take("one", 100)
    with pytest.raises(TooMany) as refused:
        pace.take("one")
    seconds = int(refused.value.fields["seconds"])
    assert 9 <= seconds <= 10
    clock.seconds = float(seconds)
    pace.take("one")


@given(st.lists(st.tuples(st.floats(0, 3), st.integers(1, 20)), max_size=60))
def test_nobody_gets_more_than_the_rate_and_one_burst(steps: list[tuple[float, int]]) -> None:
    clock, rate, taken, last = Clock(), 5, 0, 0
    pace = Pace(rate, clock)
    for pause, tokens in steps:
        clock.seconds += pause
        try:
            pace.take("one", tokens)
        except TooMany:
            continue
        taken, last = taken + tokens, tokens
    assert taken - last <= rate * (clock.seconds + 1) + 1e-6


def test_callers_are_not_remembered_without_end() -> None:
    pace = Pace(5, Clock(), most_callers=100)
    for number in range(10_000):
        pace.take(str(number))
    assert len(pace._buckets) == 100


def test_who_asks_too_fast_is_told_when_to_ask_again(opened: Open) -> None:
    http = opened(per_second=3)
    answers = [http.get(f"/api/v1/screen/{LISTED}") for _ in range(20)]
    refused = [one for one in answers if one.status_code == 429]
    assert refused
    assert all(int(one.headers["retry-after"]) >= 1 for one in refused)
    assert all(one.json()["verdict"] == "hit" for one in answers if one.status_code == 200)
    assert http.get("/healthz").status_code == 200
