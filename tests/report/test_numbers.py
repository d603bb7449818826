"""Units as text: exact by integers, never zero where something is."""

from decimal import ROUND_HALF_UP, Decimal, localcontext

from hypothesis import given
from hypothesis import strategies as st

from qiyafa.report.numbers import brief, readable, rounded, share, shares


@given(st.integers(0, 10**60), st.integers(0, 30), st.integers(0, 30))
def test_rounding_is_that_of_decimal_arithmetic(units: int, decimals: int, places: int) -> None:
    with localcontext() as context:
        context.prec = 100
        exact = Decimal(units).scaleb(-decimals)
        step = Decimal(1).scaleb(-min(places, decimals))
        assert Decimal(rounded(units, decimals, places).replace(",", "")) == exact.quantize(step, ROUND_HALF_UP)


def test_units_read_with_commas_cut_to_four_places() -> None:
    assert readable(173_600 * 10**18, 18) == "173,600.0000"
    assert readable(175_099_999_842_400_000_000_000, 18) == "175,099.9998"
    assert readable(5, 0) == "5"
    assert readable(150, 2) == "1.50"


def test_next_to_nothing_is_not_written_as_nothing() -> None:
    assert readable(1, 18) == "<0.0001"
    assert readable(0, 18) == "0"
    assert share(1, 10**30) == "<0.1%"
    assert share(10**30 - 1, 10**30) == ">99.9%"
    assert share(0, 5) == "0%"
    assert share(5, 5) == "100%"


@given(st.integers(1, 10**40), st.integers(1, 10**40))
def test_a_share_is_within_half_a_tenth_of_the_truth(part: int, rest: int) -> None:
    written = share(part, part + rest)
    if written[0] not in "<>":
        tenths = int(written.rstrip("%").replace(".", ""))
        assert abs(2 * (part * 1000 - tenths * (part + rest))) <= part + rest


def test_shares_of_a_whole_add_up_to_a_hundred() -> None:
    assert shares([9607, 388, 5, 0], 10_000) == ["96.1%", "3.9%", "<0.1%", "0%"]
    assert shares([1, 1, 1], 3) == ["33.4%", "33.3%", "33.3%"]
    assert shares([0, 0], 0) == ["–", "–"]


@given(st.lists(st.integers(0, 10**30), min_size=1, max_size=6).filter(any))
def test_what_is_written_of_shares_is_never_more_than_a_tenth_off(parts: list[int]) -> None:
    whole = sum(parts)
    written = shares(parts, whole)
    tenths = [int(each.strip("<>%").replace(".", "")) * (1 if "." in each else 10) for each in written]
    if not any(each[0] in "<>" for each in written):
        assert sum(tenths) == 1000
    assert all(abs(part * 1000 - tenth * whole) <= whole for part, tenth in zip(parts, tenths, strict=True))


def test_a_chart_writes_large_numbers_short() -> None:
    assert brief(33_568_152 * 10**15, 18) == "33,568"
    assert brief(1_234_500_000 * 10**6, 6) == "1.23 bn"
    assert brief(5 * 10**40, 18) == "5.00×10²²"
    assert brief(72_670 * 10**15, 18) == "72.67"
    assert brief(5 * 10**15, 18) == "0.0050"
