"""Stretches of time in English, counted in months, weeks or days: `the first seven months of 2025`, `3 weeks ago`."""

from datetime import date, timedelta
from typing import Final

from qiyafa.model.period import Period
from qiyafa.record.reading.found_date import FoundDate, Today, month_period, plain, year_number
from qiyafa.record.reading.lexicon import Mark, Role
from qiyafa.record.reading.number import Kind, Number
from qiyafa.record.reading.number_at import number_at
from qiyafa.record.reading.sentence import Sentence

_DAYS: Final = {"day": 1, "days": 1, "week": 7, "weeks": 7}
_MONTHS: Final = {"month": 1, "months": 1, "year": 12, "years": 12}
_LONGEST: Final = 60 * 12
"""Months that a stretch may last."""
_SPELLED: Final = 3
"""Tokens of a number in letters before `ago`: `twenty - one`."""
_TOWARDS: Final = frozenset({"to", "through", "until", "ending", "ended"})
"""Words between `the 12 months` and the month they end with."""
_FILLERS: Final = frozenset({"of", "the", "in", "this"})


def span(sentence: Sentence, place: int, today: Today) -> FoundDate | None:
    """Return the stretch of time that begins at a token, by its word of time: `first`, `past`, `ago`."""
    mark = sentence.at(place, Role.TIME)
    if mark is None:
        return None
    if mark.value == "ago":
        return _ago(sentence, mark, today)
    if mark.value == "span-first":
        return _first_months(sentence, mark, today)
    if mark.value == "span-to":
        return _months_to(sentence, mark, today)
    return _past(sentence, mark, today) if mark.value == "past" else None


def _ago(sentence: Sentence, mark: Mark, today: Today) -> FoundDate | None:
    """Read `three days ago`, `18 months ago`; years ago are a whole year."""
    number = _number_before(sentence, mark.first)
    day = None if number is None else _back(today.day, number, sentence.word(mark.first))
    if number is None or day is None:
        return None
    unit = sentence.word(mark.first)
    whole = Period(day, day)
    if unit in _MONTHS:
        whole = Period(date(day.year, 1, 1), date(day.year, 12, 31)) if unit[0] == "y" else _month(day)
    return plain(whole, number.first, mark.after)


def _month(day: date) -> Period:
    return month_period(day.year, day.month)


def _number_before(sentence: Sentence, place: int) -> Number | None:
    """Return the number that ends right before a token."""
    found = None
    for first in range(place - 1, max(-1, place - 1 - _SPELLED), -1):
        number = number_at(sentence.tokens, first)
        if number is not None and number.after == place and number.kind is Kind.NUMBER:
            found = number
    return found


def _first_months(sentence: Sentence, mark: Mark, today: Today) -> FoundDate | None:
    """Read `the first seven months of 2025`, `the first 10 months of the year`."""
    number = number_at(sentence.tokens, mark.after) if mark.after < len(sentence.tokens) else None
    count = _whole(number)
    if number is None or count is None or count > 12 or sentence.word(number.after) != "months":
        return None
    after = number.after + 1
    behind = after
    while sentence.word(behind) in _FILLERS and behind < after + 3:
        behind += 1
    year = year_number(sentence, behind)
    relative = sentence.at(behind, Role.RELATIVE)
    if year is not None:
        after = behind + 1
    elif relative is not None and relative.value == "year-1":
        year, after = today.day.year - 1, relative.after
    elif sentence.word(behind) == "year":
        year, after = today.day.year, behind + 1
    first = date(year or today.day.year, 1, 1)
    return plain(Period(first, month_period(first.year, count).end), mark.first, after, has_year=year is not None)


def _months_to(sentence: Sentence, mark: Mark, today: Today) -> FoundDate | None:
    """Read `the 12 months to March 2024`, `six months through June`: so many months, of which the named is the last."""
    number = _number_before(sentence, mark.first)
    count = _whole(number)
    if number is None or count is None or not 1 <= count <= _LONGEST:
        return None
    place = mark.after
    while sentence.word(place) in _FILLERS or sentence.word(place) == "end":
        place += 1
    month = sentence.at(place, Role.MONTH)
    if month is None or not isinstance(month.value, int):
        return None
    year = year_number(sentence, month.after)
    after = month.after if year is None else month.after + 1
    last = month_period(year or _latest_year(today, month.value), month.value)
    assert last.start is not None
    return plain(Period(_months_before(last.start, count - 1), last.end), number.first, after)


def _latest_year(today: Today, month: int) -> int:
    return today.day.year if month <= today.day.month else today.day.year - 1


def _past(sentence: Sentence, mark: Mark, today: Today) -> FoundDate | None:
    """Read `the past 18 months`, `the last two weeks`: up to the day of the text."""
    number = number_at(sentence.tokens, mark.after) if mark.after < len(sentence.tokens) else None
    unit = "" if number is None else sentence.word(number.after)
    start = None if number is None or unit.startswith("year") else _back(today.day, number, unit)
    if number is None or start is None:
        return None
    return plain(Period(start, today.day), mark.first, number.after + 1)


def _whole(number: Number | None) -> int | None:
    if number is None or number.value is None or number.value % 1:
        return None
    return int(number.value)


def _back(day: date, number: Number, unit: str) -> date | None:
    """Return the day so many days, weeks, months or years before, or None if the words say no such thing."""
    count = _whole(number)
    if count is None or not 1 <= count <= _LONGEST:
        return None
    if unit in _DAYS:
        return day - timedelta(days=count * _DAYS[unit])
    months = count * _MONTHS.get(unit, 0)
    return _months_before(day, months) if 1 <= months <= _LONGEST else None


def _months_before(day: date, months: int) -> date:
    """Return the first of the month so many months before a day's."""
    count = day.year * 12 + day.month - 1 - months
    return date(count // 12, count % 12 + 1, 1)
