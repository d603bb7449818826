"""The layers below a claim: folding, tokens and sentences, numbers, dates, and what a bound allows."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiyafa.model.claim import Bound
from qiyafa.record.reading.dates import find_dates
from qiyafa.record.reading.fold import fold
from qiyafa.record.reading.found_date import Today
from qiyafa.record.reading.number_at import number_at
from qiyafa.record.reading.numbers_korean import taken_apart
from qiyafa.record.reading.read_claim import limits
from qiyafa.record.reading.sentence import sentence_of
from qiyafa.record.reading.tokens import LONGEST, sentences, tokens

DAY = date(2024, 3, 29)


def first_number(text: str) -> str | None:
    """Return the number at the beginning of a text, or its limits."""
    folded = fold(text).text
    number = number_at(taken_apart(tokens(folded, 0, len(folded))), 0)
    if number is None:
        return None
    return f"{number.value:f}" if number.value is not None else f"{number.lower:f}..{number.upper:f}"


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("1.8 billion", "1800000000.0"),
        ("230m", "230000000"),
        ("3bn", "3000000000"),
        ("173,600 ETH", "173600"),
        ("1,5 مليار", "1500000000.0"),
        ("1.2.3", None),
        ("two billion", "2000000000"),
        ("twenty-one", "21"),
        ("three hundred and fifty million", "350000000"),
        ("a dozen", "12"),
        ("half a billion", "500000000.0"),
        ("a quarter of a million", "250000.00"),
        ("two-thirds", "0.666667"),
        ("a third", "0.333333"),
        ("hundreds of millions", "100000000..1000000000"),
        ("several million", "2000000..10000000"),
        ("dozens", "24..100"),
        ("a man", None),
        ("several", None),
        ("٢٣٠ مليون", "230000000"),
        ("١٫٨ مليار", "1800000000.0"),
        ("٣٬٠٠٠", "3000"),
        ("ملياري دولار", "2000000000"),
        ("مليون ونصف", "1500000.0"),
        ("مليار و400 مليون", "1400000000"),
        ("سبعة عشر", "17"),
        ("خمسة وعشرين مليون", "25000000"),
        ("ثلاثمئة وخمسين مليون", "350000000"),
        ("خمس هجمات", "5"),
        ("خمس إجمالي", "0.2"),
        ("خمس الخسائر", "0.2"),
        ("ثلاثة أرباع", "0.75"),
        ("نصف مليار", "500000000.0"),
        ("مئات الملايين", "100000000..1000000000"),
        ("بضعة ملايين", "3000000..10000000"),
        ("3천만", "30000000"),
        ("1조 2천억", "1200000000000"),
        ("1조4천700억원", "1470000000000"),
        ("34만2천개", "342000"),
        ("2억3,000만", "230000000"),
        ("수백만 달러", "1000000..10000000"),
        ("천만 달러", "10000000"),
        ("5분의 1", "0.2"),
        ("절반", "0.5"),
        ("세 차례", "3"),
        ("세계", None),
    ],
)
def test_a_number_is_read_as_it_is_said(written: str, value: str | None) -> None:
    assert first_number(written) == value


@pytest.mark.parametrize(
    ("written", "period"),
    [
        ("in 2014", "2014"),
        ("on Feb. 21, 2025", "2025-02-21"),
        ("22 February 2022", "2022-02-22"),
        ("March 27-28, 2024", "2024-03-27..2024-03-28"),
        ("between 2017 and last year", "2017-01-01..2023-12-31"),
        ("2017-2023", "2017-01-01..2023-12-31"),
        ("from 2017-23", "2017-01-01..2023-12-31"),
        ("in the first half of 2023", "2023-01-01..2023-06-30"),
        ("in Q3 2023", "2023-07-01..2023-09-30"),
        ("2024-03-29", "2024-03-29"),
        ("29/03/2024", "2024-03-29"),
        ("29.3.2024", "2024-03-29"),
        ("in November", "2023-11-01..2023-11-30"),
        ("over the past six years", "2018-01-01..2024-03-29"),
        ("بين عامي 2017 والعام الماضي", "2017-01-01..2023-12-31"),
        ("في 22 فبراير/شباط 2022", "2022-02-22"),
        ("في كانون الأول 2023", "2023-12-01..2023-12-31"),
        ("في شتنبر 2023", "2023-09-01..2023-09-30"),
        ("يومي 27 و28 مارس", "2024-03-27..2024-03-28"),
        ("سنة ألفين وستة عشر", "2016"),
        ("بين ألفين وسبعة عشر وألفين وثلاثة وعشرين", "2017-01-01..2023-12-31"),
        ("في الأشهر التسعة الأولى من عام 2023", "2023-01-01..2023-09-30"),
        ("خلال الأشهر الستة الماضية", "2023-09-01..2024-03-29"),
        ("في آخر ثلاثة أشهر", "2023-12-01..2024-03-29"),
        ("في النصف الثاني", "2023-07-01..2023-12-31"),
        ("سبعينيات القرن الماضي", "1970-01-01..1979-12-31"),
        ("2019년 11월 27일", "2019-11-27"),
        ("지난 2월", "2024-02-01..2024-02-29"),
        ("2017년부터 2023년까지", "2017-01-01..2023-12-31"),
        ("올해 상반기", "2024-01-01..2024-06-30"),
        ("작년 3월", "2023-03-01..2023-03-31"),
    ],
)
def test_a_date_is_read_as_it_is_written(written: str, period: str) -> None:
    text = fold(f"attack {written}").text
    sentence = sentence_of(text, 0, len(text))
    assert sentence is not None
    assert [str(one.period) for one in find_dates(sentence, Today(DAY, 2024))] == [period]


@pytest.mark.parametrize("written", ["$2014", "2014 dollars", "2,014", "2014 BTC", "12345", "2014 million", "room 101"])
def test_other_numbers_are_no_years(written: str) -> None:
    text = fold(f"attack {written}").text
    sentence = sentence_of(text, 0, len(text))
    assert sentence is not None
    assert find_dates(sentence, Today(DAY, 2024)) == []


@pytest.mark.parametrize(
    ("quantity", "bound", "lower", "upper"),
    [
        ("100", Bound.EXACT, "100", "100"),
        ("100", Bound.ABOUT, "90", "110"),
        ("100", Bound.ALMOST, "85", "100"),
        ("100", Bound.AT_LEAST, "100", None),
        ("100", Bound.MORE_THAN, "100", None),
        ("100", Bound.UP_TO, None, "100"),
        ("0.5", Bound.MAJORITY, "0.5", "1"),
        ("-0.5", Bound.ABOUT, "-0.55", "-0.45"),
        ("-0.5", Bound.MORE_THAN, None, "-0.5"),
    ],
)
def test_a_bound_says_what_it_allows(quantity: str, bound: Bound, lower: str | None, upper: str | None) -> None:
    expected = tuple(Decimal(one) if one is not None else None for one in (lower, upper))
    assert limits(Decimal(quantity), bound) == expected


@given(st.text(alphabet="aأإىة٣ـَ\u202e\u0301\u1112\u1161\u11abﷺ…３ ", max_size=40))
def test_each_folded_character_has_a_place_in_the_text(text: str) -> None:
    folded = fold(text)
    places = [folded.original(place) for place in range(len(folded.text))]
    assert places == sorted(places)
    assert all(0 <= place < len(text) for place in places)


def test_folding_makes_spellings_alike() -> None:
    assert fold("إلـى ٣٠٪").text == fold("الي 30%").text
    assert fold("３０억　달러").text == "30억 달러"
    assert fold("\u1112\u1161\u11ab국").text == "한국"


def cut(text: str) -> list[str]:
    return [text[start:stop].strip() for start, stop in sentences(text)]


def test_sentences_end_where_they_end() -> None:
    assert cut("The U.S. stole nothing. Mr. Kim said so! 3.5 is a number.") == [
        "The U.S. stole nothing.",
        "Mr. Kim said so!",
        "3.5 is a number.",
    ]
    assert cut("A heading\n- one\n- two\n\nThen.") == ["A heading", "- one", "- two", "Then."]
    wrapped = "This line was wrapped because it is longer than sixty characters,\nand goes on."
    assert cut(wrapped) == [wrapped]


def test_a_sentence_without_end_is_cut() -> None:
    assert max(stop - start for start, stop in sentences("word " * 3 * LONGEST)) <= LONGEST
    assert "".join(cut("x" * 3 * LONGEST)) == "x" * 3 * LONGEST
