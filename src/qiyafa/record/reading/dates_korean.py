"""How Korean writes dates: `2019년 11월 27일`, `지난 2월`, `1∼9월`, `2025년 상반기`, `29일`."""

import calendar
from dataclasses import replace
from datetime import date, timedelta
from typing import Final

from qiyafa.model.period import Period, year_period
from qiyafa.record.reading.found_date import (
    DateKind,
    FoundDate,
    Today,
    decade,
    month_period,
    months,
    plain,
    small_number,
    whole_date,
    year_number,
    year_of_month,
)
from qiyafa.record.reading.lexicon import Role
from qiyafa.record.reading.sentence import Sentence
from qiyafa.record.reading.tokens import Script

_KOREAN_UNITS: Final = {
    "년": "year",
    "월": "month",
    "일": "day",
    "년간": "span",
    "년도": "year",
    "분기": "quarter",
    "년대": "decade",
}


def korean_date(sentence: Sentence, place: int, today: Today) -> FoundDate | None:
    """Read `2019년`, `2019년 11월 27일`, `지난 2월`, `29일`, `2025년 상반기`, `2023~2024년`."""
    if sentence.tokens[place].script is not Script.NUMBER:
        relative = sentence.at(place, Role.TIME)
        is_last = relative is not None and relative.value == "past" and sentence.tokens[place].script is Script.HANGUL
        return (
            korean_date(sentence, place + 1, today)
            if is_last and relative and relative.after < len(sentence.tokens)
            else None
        )
    several = korean_months(sentence, place, today)
    if several is not None:
        return several
    unit = korean_unit(sentence, place + 1)
    year = year_number(sentence, place)
    if year is not None and unit == "decade":
        return FoundDate(DateKind.PLAIN, decade(year), place, place + 2, is_decade=True)
    if year is not None and unit == "year":
        return _korean_in_year(sentence, place, year)
    if unit == "month":
        return korean_month(sentence, place, place, None, today)
    day = small_number(sentence, place, 31)
    if unit == "day" and day is not None:
        return replace(plain(_day_this_month(today.day, day), place, place + 2, has_year=False), kind=DateKind.SAID)
    return None


def korean_months(sentence: Sentence, place: int, today: Today) -> FoundDate | None:
    """Read `1∼9월`."""
    first, last = small_number(sentence, place, 12), small_number(sentence, place + 2, 12)
    is_range = sentence.word(place + 1) in ("~", "∼", "-") and korean_unit(sentence, place + 3) == "month"
    if first is None or last is None or last <= first or not is_range:
        return None
    year = year_of_month(today, last)
    period = Period(month_period(year, first).start, month_period(year, last).end)
    return plain(period, place, place + 4, has_year=False)


def korean_unit(sentence: Sentence, place: int) -> str:
    """Return what is fastened to a number: `year`, `month`, `day`, `decade` …, or nothing."""
    if place >= len(sentence.tokens) or not sentence.tokens[place].glued:
        return ""
    word = sentence.word(place)
    for length in range(min(len(word), 3), 0, -1):
        if word[:length] in _KOREAN_UNITS and not word.startswith("일당"):
            return _KOREAN_UNITS[word[:length]]
    return ""


def _korean_in_year(sentence: Sentence, place: int, year: int) -> FoundDate | None:
    after = place + 2
    part = sentence.at(after, Role.TIME)
    if part is not None and str(part.value).startswith(("half-", "quarter-")):
        name, _, number = str(part.value).partition("-")
        return plain(months(year, name, int(number)), place, part.after)
    if korean_unit(sentence, after + 1) == "month":
        return korean_month(sentence, place, after, year, Today(date(year, 12, 31), year))
    return replace(plain(year_period(year), place, after), is_year=True)


def korean_month(sentence: Sentence, first: int, place: int, year: int | None, today: Today) -> FoundDate | None:
    """Return a month, or a day of it, of a year; without a year the latest that is not after the day."""
    month = small_number(sentence, place, 12)
    if month is None:
        return plain(year_period(year), first, place) if year else None
    in_year = year or year_of_month(today, month)
    day = small_number(sentence, place + 2, 31)
    if day is not None and korean_unit(sentence, place + 3) == "day":
        whole = whole_date(in_year, month, day, first, place + 4)
        return replace(whole, has_year=year is not None) if whole else None
    return plain(month_period(in_year, month), first, place + 2, has_year=year is not None)


def _day_this_month(today: date, day: int) -> Period:
    """Return the latest such day that is not after today."""
    first = date(today.year, today.month, 1)
    if day > today.day:
        first = (first - timedelta(days=1)).replace(day=1)
    last = calendar.monthrange(first.year, first.month)[1]
    that = first.replace(day=min(day, last))
    return Period(that, that)
