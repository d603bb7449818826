"""What people write after an option, and what it means."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiyafa.cli.options import read_limits, read_methods, read_until, read_whole_number
from qiyafa.model.case import Limits
from qiyafa.model.errors import InvalidInput
from qiyafa.text import text

METHODS = ("fifo", "lifo", "prorata", "clean_first", "stolen_first", "poison")


def seconds(*moment: int) -> int:
    return int(datetime(*moment, tzinfo=UTC).timestamp())  # type: ignore[misc,arg-type]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("14442840", (14_442_840, None)),
        ("0", (0, None)),
        ("2022-06-30", (None, seconds(2022, 6, 30, 23, 59, 59))),
        ("2022-06-30T12:00", (None, seconds(2022, 6, 30, 12))),
        ("2022-06-30 12:00:05", (None, seconds(2022, 6, 30, 12, 0, 5))),
        ("2022-06-30T12:00:00Z", (None, seconds(2022, 6, 30, 12))),
        ("2022-06-30T12:00:00+02:00", (None, seconds(2022, 6, 30, 10))),
        ("2022-06-30T12:00:00.999Z", (None, seconds(2022, 6, 30, 12))),
    ],
)
def test_until_is_a_block_or_a_time(written: str, meant: tuple[int | None, int | None]) -> None:
    assert read_until(written) == meant


@pytest.mark.parametrize("written", ["", "-5", "yesterday", "2022-13-01", "1e6", "2022-06", "١٢٣", "12.5", "9" * 40])
def test_until_refuses_what_is_neither(written: str) -> None:
    with pytest.raises(InvalidInput):
        read_until(written)


def test_a_date_alone_means_all_of_that_day() -> None:
    _, end = read_until("2022-06-30")
    _, last_second = read_until("2022-06-30T23:59:59Z")
    assert end == last_second


def test_limits_that_are_not_set_are_none() -> None:
    assert read_limits(None) == Limits()
    assert read_limits("7", "3", "1_000") == Limits(until_block=7, max_hops=3, min_units=1000)


@pytest.mark.parametrize("written", ["-1", "two", "", "1.5", "0x10", "1e3"])
def test_a_limit_that_is_no_whole_number_is_refused_by_name(written: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_limits(None, None, written)
    assert refused.value.fields["option"] == "--min-units"
    assert refused.value.fields["value"] == written


def test_a_number_that_no_trace_can_hold_is_said_to_be_too_long() -> None:
    with pytest.raises(InvalidInput) as refused:
        read_limits(None, None, "9" * 39)
    assert "39 digits" in text(refused.value.key, **refused.value.fields)
    assert read_whole_number("--min-units", "0" * 5000 + "7") == 7


@given(st.integers(0, 10**38 - 1))
def test_every_whole_number_of_38_digits_is_read_exactly(number: int) -> None:
    assert read_whole_number("--min-units", str(number)) == number


def test_all_methods_are_meant_when_none_is_named() -> None:
    assert read_methods([], METHODS) == METHODS


def test_methods_come_once_each_and_in_the_order_of_answers() -> None:
    assert read_methods(["lifo,fifo", "fifo"], METHODS) == ("fifo", "lifo")
    assert read_methods([" poison , lifo "], METHODS) == ("lifo", "poison")


@pytest.mark.parametrize(
    ("written", "nearest"), [("fifi", "fifo"), ("pro-rata", "prorata"), ("FIFO", "fifo"), ("cleanfirst", "clean_first")]
)
def test_an_unknown_method_gets_the_nearest_right_one(written: str, nearest: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_methods([written], METHODS)
    sentence = text(refused.value.key, **refused.value.fields)
    assert f"no method {written}" in sentence
    assert f"Did you mean {nearest}?" in sentence


def test_a_method_near_to_none_gets_the_whole_list() -> None:
    with pytest.raises(InvalidInput) as refused:
        read_methods(["fifo", "xyz"], METHODS)
    sentence = text(refused.value.key, **refused.value.fields)
    assert "Did you mean" not in sentence
    assert "stolen_first" in sentence
