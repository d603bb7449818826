"""Reading takes time linear in the text, whatever stands in it: a hostile text is no slower than a long one."""

import time
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qiyafa.record.reading.read import read_claims

DAY = date(2024, 3, 29)
HOSTILE = {
    "digits": "1",
    "numbers": "1 ",
    "money": "$1 ",
    "separators": "1,",
    "points": "1.",
    "parentheses": "(",
    "brackets with words": "(a ",
    "bounds": "about about ",
    "bounds of all kinds": "at least more than about ",
    "scales": "one hundred million ",
    "Arabic scales": "مليار و",
    "Arabic clitics": "وبالهجمات ",
    "Korean numbers": "3억 ",
    "Korean without spaces": "억",
    "dates": "in 2023 to 2024 and ",
    "ranges": "1-",
    "claims": "hackers stole $5 million in 2023 and 7 attacks ",
    "majorities": "most of the funds stolen ",
    "sayings": "x said ",
    "commas": ",1,",
    "lines": "a\n",
    "lone surrogates": "\ud800",
    "overrides": "\u202e1",
    "combining marks": "a\u0301",
    "separate jamo": "\u1112\u1161\u11ab",
    "ligatures": "\ufdfa",
}


def seconds(text: str) -> float:
    """Return the least time of two readings."""
    times = []
    for _ in range(2):
        start = time.process_time()
        read_claims(text, day=DAY)
        times.append(time.process_time() - start)
    return min(times)


@pytest.mark.parametrize("name", HOSTILE)
def test_ten_times_the_text_takes_about_ten_times_as_long(name: str) -> None:
    piece = HOSTILE[name]
    short, long = (seconds(piece * (length // len(piece))) for length in (20_000, 200_000))
    assert long < 20 * max(short, 0.02)
    assert long < 3


@pytest.mark.slow
@pytest.mark.parametrize("name", HOSTILE)
def test_a_million_hostile_characters_take_seconds(name: str) -> None:
    piece = HOSTILE[name]
    assert seconds(piece * (1_000_000 // len(piece))) < 15


@given(st.text(max_size=300))
@settings(max_examples=150, deadline=None)
def test_no_text_breaks_it(text: str) -> None:
    for claim in read_claims(text, day=DAY):
        assert claim.quote.words == text[claim.quote.start : claim.quote.end]


WORDS = """
$ 5 1.5 2023 30억 million مليار ملايين دولار دولارا hackers stole سرق 탈취했다 last year العام الماضي 지난해 about نحو
약 이상 % half نصف 절반 to - ~ and و between من إلى ( ) , . in since منذ 부터 North Korea لازاروس 6차 회의 sixth meeting
اجتماعها السادس 건 달러 ETH \u202e \u0640 \ud800 January شباط 3월 27 / Q1 first half of most of
"""
PIECES = st.sampled_from(WORDS.split())


@given(st.lists(PIECES, max_size=60))
@settings(max_examples=300, deadline=None)
def test_no_order_of_its_own_words_breaks_it(pieces: list[str]) -> None:
    text = " ".join(pieces)
    claims = read_claims(text, day=DAY)
    assert claims == read_claims(text, day=DAY)
    for claim in claims:
        assert claim.quote.words == text[claim.quote.start : claim.quote.end]
        if claim.lower is not None and claim.upper is not None:
            assert claim.lower <= claim.upper
        if claim.period.start is not None and claim.period.end is not None:
            assert claim.period.start <= claim.period.end


@pytest.mark.parametrize("day", [date.min, date.max])
def test_no_day_breaks_it(day: date) -> None:
    text = "Hackers stole $5 million last year, 3 attacks last month, 7 hacks next week, $2m over the past sixty years."
    assert len(read_claims(text, day=day)) == 4


def test_claims_stand_in_the_order_of_their_sentences() -> None:
    text = "\n\n".join(f"Hackers stole ${number} million in 2022." for number in range(2, 40))
    assert [claim.quantity for claim in read_claims(text, day=DAY)] == [number * 10**6 for number in range(2, 40)]
