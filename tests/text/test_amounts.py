"""Units for people: never more than there is, and whole on request."""

from decimal import Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiyafa.text.amounts import readable_number, readable_share, readable_units


@pytest.mark.parametrize(
    ("units", "decimals", "shown"),
    [
        (173_600 * 10**18, 18, "173,600.0000"),
        (10**18 - 1, 18, "0.9999"),
        (0, 18, "0.0000"),
        (1, 18, "<0.0001"),
        (10**14, 18, "0.0001"),
        (10**14 - 1, 18, "<0.0001"),
        (1234, 2, "12.34"),
        (1, 2, "0.01"),
        (1_234_567, 0, "1,234,567"),
        (-25 * 10**17, 18, "-2.5000"),
    ],
)
def test_a_number_is_cut_after_four_digits(units: int, decimals: int, shown: str) -> None:
    assert readable_number(units, decimals) == shown


@given(st.integers(0, 10**40), st.integers(0, 24))
def test_an_exact_number_reads_back_to_the_same_units(units: int, decimals: int) -> None:
    with localcontext(prec=80):
        assert Decimal(readable_number(units, decimals, exact=True).replace(",", "")) * 10**decimals == units


@given(st.integers(0, 10**40))
def test_what_is_shown_is_never_more_than_there_is(units: int) -> None:
    shown = readable_number(units, 18)
    if not shown.startswith("<"):
        with localcontext(prec=80):
            assert 0 <= units - Decimal(shown.replace(",", "")) * 10**18 < 10**14


def test_the_symbol_follows_the_number() -> None:
    assert readable_units(5 * 10**17, "ETH", 18, exact=True) == "0.5 ETH"


@pytest.mark.parametrize(
    ("share", "shown"),
    [
        (Fraction(1), "100.00%"),
        (Fraction(999_999, 1_000_000), "99.99%"),
        (Fraction(1, 3), "33.33%"),
        (Fraction(1, 100_000), "0.00%"),
        (Fraction(0), "0.00%"),
        (Fraction(101, 2000), "5.05%"),
    ],
)
def test_only_the_whole_reads_as_a_hundred_percent(share: Fraction, shown: str) -> None:
    assert readable_share(share) == shown
