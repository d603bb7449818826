"""How a single date is written: `Feb. 21, 2025`, `فبراير/شباط 2022`, `last year`, `the first half of 2025`."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Final

from qiyafa.model.period import Period, year_period
from qiyafa.record.reading.date_spans import span
from qiyafa.record.reading.dates_arabic import arabic_months
from qiyafa.record.reading.dates_korean import korean_date, korean_month, korean_unit
from qiyafa.record.reading.found_date import (
    FILLERS,
    DateKind,
    FoundDate,
    Today,
    decade,
    month_period,
    months,
    plain,
    small_number,
    whole_date,
    year_at,
    year_number,
    year_of_month,
)
from qiyafa.record.reading.lexicon import Role
from qiyafa.record.reading.number import Kind
from qiyafa.record.reading.number_at import number_at
from qiyafa.record.reading.sentence import Sentence
from qiyafa.record.reading.tokens import Script

_LONGEST_PAST: Final = 60
"""Years of `the past N years`."""
_YEARS: Final = frozenset({"year0", "year-"})
"""How the values of relative years begin: `year0`, `year-1`."""
BEGINNINGS: Final = (Role.RELATIVE, Role.MONTH, Role.DECADE)
"""What a date begins with, if not with a number or one of the next."""
TIMES_THAT_BEGIN: Final = ("past", "years", "half-", "quarter-", "ago", "span-", "months")
"""How the values of words of time begin that a date may begin with."""


def date_at(sentence: Sentence, place: int, today: Today) -> FoundDate | None:
    """Return the one date that begins at a token."""
    if place >= len(sentence.tokens):
        return None
    found = _named(sentence, place, today) if place in sentence.beginning else None
    return (
        found
        or _numeric(sentence, place)
        or korean_date(sentence, place, today)
        or _day_and_month(sentence, place, today)
        or _year(sentence, place)
    )


def _named(sentence: Sentence, place: int, today: Today) -> FoundDate | None:
    """Return the date that begins with a word of time."""
    return (
        _past_years(sentence, place, today)
        or span(sentence, place, today)
        or _relative(sentence, place, today)
        or _part_of_year(sentence, place, today)
        or arabic_months(sentence, place, today)
    )


def _relative(sentence: Sentence, place: int, today: Today) -> FoundDate | None:
    mark = sentence.at(place, Role.RELATIVE)
    if mark is None:
        return None
    assert isinstance(mark.value, str)
    if mark.value[:5] in _YEARS and mark.value != "year-before" and korean_unit(sentence, mark.after + 1) == "month":
        year = today.day.year + int(mark.value[4:])
        return korean_month(sentence, mark.first, mark.after, year, today)
    part = sentence.at(mark.after, Role.TIME)
    if (
        part is not None
        and mark.value[:5] in _YEARS
        and mark.value != "year-before"
        and str(part.value).startswith(("half-", "quarter-"))
    ):
        name, _, number = str(part.value).partition("-")
        covered = months(today.day.year + int(mark.value[4:]), name, int(number))
        return replace(plain(covered, mark.first, part.after), is_relative=True)
    found = plain(_relative_period(mark.value, today), mark.first, mark.after)
    return replace(found, is_relative=True, is_before=mark.value == "year-before")


def _relative_period(word: str, today: Today) -> Period:
    day = today.day
    if word == "recent":
        return Period(date(day.year, 1, 1), day)
    if word == "that-year":
        return year_period(today.year)
    if word == "year-before":
        return year_period(today.year - 1)
    if word.startswith("next-year"):
        return year_period(min(today.year + int(word.removeprefix("next-year").lstrip("-") or 1), day.year))
    unit, back = word.rstrip("0123456789-"), int(word.lstrip("yearmonthwkd"))
    if unit == "year":
        return Period(date(day.year, 1, 1), day) if back == 0 else year_period(day.year + back)
    if unit == "month":
        if back == 0:
            return month_period(day.year, day.month)
        before = date(day.year, day.month, 1) - timedelta(days=1)
        return month_period(before.year, before.month)
    if unit == "week":
        monday = day - timedelta(days=day.weekday()) + timedelta(weeks=back)
        return Period(monday, monday + timedelta(days=6))
    that = day + timedelta(days=back)
    return Period(that, that)


def _year(sentence: Sentence, place: int) -> FoundDate | None:
    mark = sentence.at(place, Role.DECADE)
    if mark is not None and isinstance(mark.value, int):
        after = place + 1
        while sentence.word(after) in ("القرن", "الماضي", "العشرين"):
            after += 1
        return FoundDate(DateKind.PLAIN, decade(mark.value), place, after, is_decade=True)
    named = year_at(sentence, place)
    if named is None:
        return None
    year, after = named
    if sentence.word(after) == "s" and sentence.tokens[after].glued:
        return FoundDate(DateKind.PLAIN, decade(year), place, after + 1, is_decade=True)
    if _short_year_follows(sentence, after, year):
        end = year // 100 * 100 + int(sentence.word(after + 1))
        return plain(Period(date(year, 1, 1), date(end, 12, 31)), place, after + 2)
    return replace(plain(year_period(year), place, after), is_year=True)


def _short_year_follows(sentence: Sentence, place: int, year: int) -> bool:
    """Whether `-23` follows `2017`."""
    last = sentence.word(place + 1)
    is_short = sentence.word(place) == "-" and len(last) == 2 and last.isdigit() and sentence.tokens[place + 1].glued
    return is_short and int(last) > year % 100 and sentence.word(place + 2) != "-"


def _part_of_year(sentence: Sentence, place: int, today: Today) -> FoundDate | None:
    """Read `the first half of 2025`, `Q1 2025`, `النصف الأول من عام 2025`, `상반기`."""
    mark = sentence.at(place, Role.TIME)
    if mark is None or not str(mark.value).startswith(("half-", "quarter-")):
        return None
    name, _, number = str(mark.value).partition("-")
    after = mark.after
    while sentence.word(after) in FILLERS and after < mark.after + 3:
        after += 1
    year, has_year = year_number(sentence, after), True
    relative = sentence.at(after, Role.RELATIVE)
    if year is not None:
        after += 1
    elif relative is not None and str(relative.value)[:5] in _YEARS and relative.value != "year-before":
        year, after = today.day.year + int(str(relative.value)[4:]), relative.after
    else:
        year, after, has_year = today.day.year, mark.after, False
        # A half that has not begun is that of the year before.
        begins = months(year, name, int(number)).start
        year -= begins is not None and begins > today.day
    return plain(months(year, name, int(number)), place, after, has_year)


def _past_years(sentence: Sentence, place: int, today: Today) -> FoundDate | None:
    """Read `the past six years`, `السنوات الخمس الماضية`, `지난 5년간`."""
    mark = sentence.at(place, Role.TIME)
    if mark is None or mark.value not in ("past", "years"):
        return None
    if mark.value == "years" and sentence.tokens[place].script is not Script.ARABIC:
        return None
    if mark.after >= len(sentence.tokens) or sentence.tokens[mark.after].glued:
        return None
    number = number_at(sentence.tokens, mark.after)
    if number is None or number.value is None:
        return None
    # `السنوات الخمس` looks like a fifth: the word for five before a definite one.
    count = round(1 / number.value) if number.kind is Kind.FRACTION else number.value
    if not 1 < count <= _LONGEST_PAST or count % 1:
        return None
    unit = sentence.at(number.after, Role.TIME)
    if (
        mark.value == "past"
        and (unit is None or unit.value != "years")
        and sentence.word(number.after) not in ("년간", "년")
    ):
        return None
    if mark.value == "years" and (unit is None or unit.value != "past"):
        return None
    start = today.day.year - int(count)
    return plain(Period(date(start, 1, 1), today.day), place, number.after + 1)


def _numeric(sentence: Sentence, place: int) -> FoundDate | None:
    """Read `2024-03-29`, `29/03/2024`, `29.3.2024`, `2024.3.29`."""
    token = sentence.tokens[place]
    if token.script is not Script.NUMBER:
        return None
    parts, after = token.word.split("."), place + 1
    if len(parts) == 1:
        joint = sentence.word(after)
        is_joined = joint in ("-", "/") and sentence.word(after + 2) == joint
        if not is_joined or not all(one.glued for one in sentence.tokens[after : after + 4]):
            return None
        parts, after = [token.word, sentence.word(after + 1), sentence.word(after + 3)], after + 4
    if len(parts) != 3 or not all(part.isdigit() and len(part) <= 4 for part in parts):
        return None
    if len(parts[0]) != 4:
        parts.reverse()
    return whole_date(int(parts[0]), int(parts[1]), int(parts[2]), place, after)


def _day_and_month(sentence: Sentence, place: int, today: Today) -> FoundDate | None:
    """Read `22 February 2022`, `Feb. 21, 2025`, `March 2024`, `in March`, `22 فبراير/شباط 2022`, `27 و28 مارس`."""
    first_day = small_number(sentence, place, 31)
    month_place = place if first_day is None else _skip_days(sentence, place + 1)
    month = _month_mark(sentence, month_place)
    if month is None or (first_day is None and not _is_month_here(sentence, place)):
        return None
    number, after = month
    days = (first_day, small_number(sentence, month_place - 1, 31) or first_day) if first_day else None
    if days is None and sentence.tokens[place].script is Script.LATIN and small_number(sentence, after, 31):
        days, after = _days_behind(sentence, after)
    behind = after
    while (
        sentence.word(behind) in (",", "of", "عام", "العام", "سنه", "من", ".", "st", "nd", "rd", "th")
        and behind < after + 3
    ):
        behind += 1
    named = year_at(sentence, behind)
    year, after = named if named is not None else (None, after)
    in_year = year or year_of_month(today, number)
    if sentence.at(after, Role.RELATIVE) is not None and year is None:
        return _month_of_relative(sentence, place, after, number, today)
    if days is None:
        return plain(month_period(in_year, number), place, after, has_year=year is not None)
    try:
        period = Period(date(in_year, number, min(days)), date(in_year, number, max(days)))
    except ValueError:
        return None
    return plain(period, place, after, has_year=year is not None)


def _month_of_relative(sentence: Sentence, place: int, after: int, month: int, today: Today) -> FoundDate:
    relative = sentence.at(after, Role.RELATIVE)
    assert relative is not None
    word = str(relative.value)
    if word[:5] in _YEARS and word != "year-before":
        return plain(month_period(today.day.year + int(word[4:]), month), place, relative.after)
    if word == "that-year":
        return plain(month_period(today.year, month), place, relative.after)
    in_year = year_of_month(today, month)
    return plain(month_period(in_year, month), place, relative.after, has_year=False)


def _skip_days(sentence: Sentence, place: int) -> int:
    """Return the place after `st`, `th`, `of`, or a second day: `27 و28`, `27-28`, `27 and 28`."""
    if sentence.word(place) in ("st", "nd", "rd", "th"):
        place += 1
    if sentence.word(place) in ("و", "-", "and") and small_number(sentence, place + 1, 31):
        place += 2
    return place + 1 if sentence.word(place) in ("of", "من", "شهر") else place


def _days_behind(sentence: Sentence, place: int) -> tuple[tuple[int, int], int]:
    """Return the days behind an English month, `21` or `27-28`, and the place after them."""
    first = small_number(sentence, place, 31)
    assert first is not None
    last = small_number(sentence, place + 2, 31) if sentence.word(place + 1) in ("-", "and", "to") else None
    return (first, last or first), place + (3 if last else 1)


def _month_mark(sentence: Sentence, place: int) -> tuple[int, int] | None:
    """Return the month named at a place, and the place after it and its other name: `فبراير/شباط`."""
    mark = sentence.at(place, Role.MONTH)
    if mark is None or not isinstance(mark.value, int):
        return None
    after = mark.after + 1 if sentence.word(mark.after) == "." else mark.after
    for joint in ("/", "("):
        if sentence.word(after) == joint:
            other = sentence.at(after + 1, Role.MONTH)
            if other is not None:
                closes = joint == "(" and sentence.word(other.after) == ")"
                after = other.after + (1 if closes else 0)
    return mark.value, after


def _is_month_here(sentence: Sentence, place: int) -> bool:
    """Whether a word like `may` or `march` is a month: with a capital, and before a number or after a word of time."""
    token = sentence.tokens[place]
    if token.script is not Script.LATIN:
        return True
    if not token.written[0].isupper():
        return False
    if token.word not in ("may", "march", "august"):
        return True
    before = sentence.before(place, Role.TIME)
    if sentence.word(place + 1) == ":":
        return True
    return before is not None or sentence.tokens[min(place + 1, len(sentence.tokens) - 1)].script is Script.NUMBER
