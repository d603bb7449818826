"""Words in a drawing: addresses whole, names wrapped."""

from hypothesis import given
from hypothesis import strategies as st

from qiyafa.report.drawing import even_lines, round_steps, word_lines


@given(st.text(alphabet="0123456789abcdefx", max_size=900), st.integers(5, 50))
def test_an_address_is_cut_into_lines_without_losing_a_character(value: str, longest: int) -> None:
    lines = even_lines(value, longest)
    assert "".join(lines) == value
    assert all(len(line) <= longest for line in lines)


@given(st.text(), st.integers(5, 40), st.integers(1, 4))
def test_a_name_takes_no_more_lines_than_it_may(value: str, longest: int, most: int) -> None:
    lines = word_lines(value, longest, most)
    assert len(lines) <= most
    assert all(len(line) <= longest for line in lines)


@given(st.integers(0, 10**60))
def test_an_axis_has_a_few_round_steps(largest: int) -> None:
    levels = list(round_steps(largest))
    assert 1 <= len(levels) <= 6
    assert levels[-1] <= largest
