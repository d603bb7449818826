"""Probabilities in words: the bands of the directive, and that nothing is told as certain."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiyafa.record.verbal import Verbal, rounded, told, words_of

SHARES = st.fractions(0, 1)


@pytest.mark.parametrize(
    ("percent", "words"),
    [
        ("0", Verbal.ALMOST_NO_CHANCE),
        ("4.9", Verbal.ALMOST_NO_CHANCE),
        ("5", Verbal.VERY_UNLIKELY),
        ("20", Verbal.UNLIKELY),
        ("45", Verbal.EVEN),
        ("50", Verbal.EVEN),
        ("55", Verbal.EVEN),
        ("55.1", Verbal.LIKELY),
        ("80", Verbal.LIKELY),
        ("95", Verbal.VERY_LIKELY),
        ("95.1", Verbal.ALMOST_CERTAIN),
        ("100", Verbal.ALMOST_CERTAIN),
    ],
)
def test_a_border_takes_the_more_cautious_word(percent: str, words: Verbal) -> None:
    assert words_of(Fraction(percent) / 100) is words


@given(SHARES)
def test_words_mirror_each_other(share: Fraction) -> None:
    order = list(Verbal)
    assert order.index(words_of(share)) == len(order) - 1 - order.index(words_of(1 - share))


@given(SHARES, SHARES)
def test_more_likely_never_gets_a_weaker_word(one: Fraction, other: Fraction) -> None:
    order = list(Verbal)
    low, high = sorted((one, other))
    assert order.index(words_of(low)) <= order.index(words_of(high))
    assert told(low) <= told(high)


@given(SHARES)
def test_nothing_is_certain(share: Fraction) -> None:
    assert Decimal("0.01") <= told(share) <= Decimal("0.99")
    assert abs(Fraction(told(share)) - share) <= Fraction(1, 100)


def test_rounding_is_exact() -> None:
    assert rounded(Fraction(1, 3), 4) == Decimal("0.3333")
    assert rounded(Fraction(125, 1000), 2) == Decimal("0.12")
    assert str(told(Fraction(9, 10))) == "0.90"
