"""What the words of a claim allow."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiyafa.model.claim import Bound
from qiyafa.record.quantities import Span, agree, allowed, is_noticeably_rounded

from support.statements import counted, said

MONEY = st.decimals(min_value=1, max_value=10**12, places=2)


@pytest.mark.parametrize(
    ("bound", "quantity", "low", "high"),
    [
        (Bound.EXACT, "230000000", "225000000", "235000000"),
        (Bound.EXACT, "400000000", "380000000", "420000000"),
        (Bound.EXACT, "234337668.89", "234337668.885", "234337668.895"),
        (Bound.ABOUT, "2000000000", "1800000000", "2200000000"),
        (Bound.ALMOST, "400000000", "340000000", "400000000"),
        (Bound.AT_LEAST, "750000000", "750000000", None),
        (Bound.MORE_THAN, "750000000", "750000000", None),
        (Bound.UP_TO, "2000000000", None, "2000000000"),
    ],
)
def test_a_bound_allows_what_its_words_say(bound: Bound, quantity: str, low: str | None, high: str | None) -> None:
    words = allowed(said("a-1", quantity, bound=bound))
    assert words == Span(*(None if one is None else Decimal(one) for one in (low, high)))


def test_a_count_is_never_rounded() -> None:
    assert allowed(counted("a-1", "20")) == Span(Decimal(20), Decimal(20))
    assert not agree(counted("a-1", "20"), counted("b-1", "21"))


def test_limits_of_a_claims_own_count_before_those_of_its_bound() -> None:
    range_of_two = said("a-1", "600000000", bound=Bound.ABOUT, upper=Decimal(700_000_000))
    assert allowed(range_of_two) == Span(Decimal(540_000_000), Decimal(700_000_000))
    order = said("a-2", None, bound=Bound.ORDER, lower=Decimal(10**8), upper=Decimal(10**9))
    assert allowed(order) == Span(Decimal(10**8), Decimal(10**9))


def test_only_a_hundredth_or_more_is_a_noticeable_rounding() -> None:
    fine = said("a-1", "234337668.88")
    assert is_noticeably_rounded(said("b-1", "230000000"), fine)
    assert not is_noticeably_rounded(said("b-2", "234000000"), fine)
    assert not is_noticeably_rounded(said("b-3", "230000000", bound=Bound.ABOUT), fine)


@given(MONEY, st.sampled_from([Bound.EXACT, Bound.ABOUT, Bound.ALMOST, Bound.AT_LEAST, Bound.MORE_THAN, Bound.UP_TO]))
def test_words_always_allow_the_number_itself(quantity: Decimal, bound: Bound) -> None:
    assert allowed(said("a-1", str(quantity), bound=bound)).holds(quantity)


@given(MONEY, MONEY, st.sampled_from(list(Bound)[:6]), st.sampled_from(list(Bound)[:6]))
def test_agreeing_goes_both_ways(one: Decimal, other: Decimal, first: Bound, second: Bound) -> None:
    left, right = said("a-1", str(one), bound=first), said("b-1", str(other), bound=second)
    assert agree(left, right) == agree(right, left)
