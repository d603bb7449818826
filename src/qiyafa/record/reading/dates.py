"""Dates in a sentence: explicit, relative to a day, ranges, and dates that only say when somebody said it.

Relative words (`last year`, `العام الماضي`, `지난해`) count from the day of the article; `that year`, `two years later`
from the year that the text has reached. A month without a year is the latest one that is not after the day.
"""

import re
from dataclasses import replace
from datetime import date
from typing import Final

from qiyafa.model.period import Period
from qiyafa.record.reading.date_forms import BEGINNINGS, TIMES_THAT_BEGIN, date_at
from qiyafa.record.reading.fold import folded_words
from qiyafa.record.reading.found_date import (
    FILLERS,
    TWO_THOUSAND,
    DateKind,
    FoundDate,
    Today,
    month_period,
    small_number,
)
from qiyafa.record.reading.lexicon import Mark, Role
from qiyafa.record.reading.sentence import Sentence
from qiyafa.record.reading.tokens import Script

MOST: Final = 40
"""Dates of one sentence that are read."""
_LONGEST_YEAR, _POINTS = 4, 2
"""Digits of a year, and points of a date in digits: other numbers are no dates."""
_ISSUED_WITHIN: Final = 6
"""Words between `published` and the date that belongs to it."""
_FILLERS_BEFORE: Final = 4
"""Words between `since` and its date: `since at least the year 2009`."""
_SAME: Final = frozenset(folded_words("same than against versus نفسها ذاتها نفسه مقابل"))
_INCEPTION: Final = frozenset(
    folded_words(
        "its their his creation inception launch founding establishment emergence appearance arrival birth formation "
        "debut introduction start انشائها انشائه تاسيسها تاسيسه اطلاقها انطلاقها"
    )
)
"""Words between `since` and its date: `since its creation in 2019`."""
_RECORDS: Final = frozenset(folded_words("time مره الاولي"))
"""The last word before a `since` that says when it was so before: `for the first time since`, `لأول مرة منذ`."""
_FROM: Final = ("부터", "이후", "이래")
_AFTER: Final = ("이후", "이래")
_EVENT_WITHIN: Final = 3
"""Tokens behind a Korean date among which an event and `이래` may stand."""
_PARTICLES: Final = ("에", "에서", "에는", "를", "을", "까지", "부터", "로", "와", "과", "도")
"""What ends a Korean word that an event before `이래` does not end with."""
_UNMATCHED: Final = ("가장", "최대", "최다", "최고", "최악", "처음", "첫")
_PART: Final = re.compile("(?:초|말|중순|하순|초순|초반|중반|후반)(?:부터|까지|까지의|에|에는|의)?")
_LONGEST_SPAN: Final = 60
"""Years of `2017년부터 6년간`."""
_DASHES: Final = frozenset({"-", "~", "∼", "/"})


def find_dates(sentence: Sentence, today: Today) -> list[FoundDate]:
    """Return the dates of a sentence in order, at most `MOST`."""
    found: list[FoundDate] = []
    done = 0
    for place in _beginnings(sentence):
        one = date_at(sentence, place, today) if place >= done else None
        if one is None:
            continue
        if len(found) == MOST:
            break
        one = _joined(sentence, _with_part(sentence, one), today)
        if _is_of_record(sentence, one):
            done = one.after
            continue
        year = one.period.year
        if (
            year is not None
            and not one.is_before
            and (one.period.is_whole_year or (one.has_year and not one.is_relative))
        ):
            today = replace(today, year=year)
        done = one.after
        if not _is_yardstick(sentence, one):
            found.append(_with_kind(sentence, one, today))
    return _with_year_of_others(sentence, found)


def _with_part(sentence: Sentence, one: FoundDate) -> FoundDate:
    """Take in the Korean word for the beginning or end of a year or month: `2023년 초부터`."""
    is_part = sentence.language == "ko" and _PART.fullmatch(sentence.word(one.after))
    return replace(one, after=one.after + 1) if is_part else one


def _is_yardstick(sentence: Sentence, one: FoundDate) -> bool:
    """Whether Korean only says since when there was nothing like it: `2020년 이후 가장 많은`."""
    behind = sentence.at(one.after, Role.TIME)
    return behind is not None and behind.value == "since" and sentence.word(behind.after).startswith(_UNMATCHED)


def _beginnings(sentence: Sentence) -> list[int]:
    """Return the tokens at which a date may begin: numbers, and words that the tables say begin one."""
    number = Script.NUMBER
    places = {
        place
        for place, token in enumerate(sentence.tokens)
        if (token.script is number and (len(token.word) <= _LONGEST_YEAR or token.word.count(".") == _POINTS))
        or token.word in TWO_THOUSAND
    }
    for role in BEGINNINGS:
        places.update(mark.first for mark in sentence.roles.get(role, ()))
    times = sentence.roles.get(Role.TIME, ())
    places.update(mark.first for mark in times if str(mark.value).startswith(TIMES_THAT_BEGIN))
    return sorted(places)


def _with_year_of_others(sentence: Sentence, found: list[FoundDate]) -> list[FoundDate]:
    """Give a month without a year the year of the only year in the sentence that could be meant."""
    named = [one for one in found if one.is_year and one.kind is DateKind.PLAIN]
    years = {one.period.year for one in named if not _is_of_same_period(sentence, one)}
    if len(years) != 1:
        return found
    year = years.pop()
    assert year is not None
    return [
        replace(one, period=_in_year(one.period, year)) if not one.has_year and one.kind is DateKind.PLAIN else one
        for one in found
    ]


def _is_of_same_period(sentence: Sentence, one: FoundDate) -> bool:
    """Whether a year is only compared with: `against 657 in the same period of 2023`."""
    return any(sentence.word(place) in _SAME for place in range(max(0, one.first - 4), one.first))


def _in_year(period: Period, year: int) -> Period:
    assert period.start is not None
    last = period.end.month if period.end is not None and period.end.year == period.start.year else period.start.month
    return Period(month_period(year, period.start.month).start, month_period(year, last).end)


def _joined(sentence: Sentence, one: FoundDate, today: Today) -> FoundDate:
    """Make one range of two dates that a dash, `to`, `and`, `부터` joins."""
    place = one.after
    word = sentence.word(place)
    link = sentence.at(place, Role.TIME)
    starts = _start_word(sentence, one.first)
    is_open = starts is not None and starts.value == "between"
    if word in _DASHES or word == "و" or (word in ("에서", "to") and one.has_year):
        place += 1
    elif link is not None and (
        (link.value == "until" and sentence.at(place, Role.RELATIVE) is None)
        or (link.value == "and" and (is_open or one.period.is_whole_year))
    ):
        place = link.after
    elif _is_from_in_korean(sentence, one):
        place = link.after if link is not None and link.value == "since" else place
    elif not (is_open and word.startswith("و")):
        return one
    while sentence.word(place) in FILLERS and place < one.after + 4:
        place += 1
    other = date_at(sentence, place, today)
    if other is None or other.period.end is None or one.period.start is None:
        return one
    start = one.period.start
    if other.period.end < start and not one.has_year and not one.is_relative:
        start = date(start.year - 1, start.month, 1)  # The latest January is later than the latest November.
    if other.period.end < start:
        return one
    both = Period(start, other.period.end)
    return FoundDate(DateKind.PLAIN, both, one.first, other.after, has_year=one.has_year or other.has_year)


def _with_kind(sentence: Sentence, one: FoundDate, today: Today) -> FoundDate:
    starts = _start_word(sentence, one.first)
    if starts is not None and starts.value == "since" and one.period.start is not None:
        return replace(one, kind=DateKind.SINCE, period=Period(one.period.start, max(today.day, one.period.start)))
    if _is_said(sentence, one):
        return replace(one, kind=DateKind.SAID)
    if _is_from_in_korean(sentence, one) and one.period.start is not None:
        start = one.period.start
        end = _end_of_span(sentence, one, start.year)
        period = Period(start, max(start, min(end, today.day) if end is not None else today.day))
        return replace(one, kind=DateKind.SINCE, period=period)
    if starts is not None and starts.value in ("by", "until"):
        return replace(one, kind=DateKind.BY, period=Period(None, one.period.end))
    return one


def _is_of_record(sentence: Sentence, one: FoundDate) -> bool:
    """Whether a date only says how long nothing was like it: `لأول مرة منذ 2022`, `for the first time since 2022`."""
    starts = _start_word(sentence, one.first)
    return starts is not None and starts.value == "since" and sentence.word(starts.first - 1) in _RECORDS


def _end_of_span(sentence: Sentence, one: FoundDate, year: int) -> date | None:
    """Return the last day of so many years from a Korean date on: `2017년부터 6년간`."""
    years = small_number(sentence, one.after, _LONGEST_SPAN)
    is_span = sentence.word(one.after + 1) == "년간" or (
        sentence.word(one.after + 1) == "년" and sentence.word(one.after + 2) == "동안"
    )
    return date(year + years - 1, 12, 31) if years is not None and is_span and one.is_year else None


def _is_from_in_korean(sentence: Sentence, one: FoundDate) -> bool:
    """Whether `부터` or `이후` stands behind a date, is fastened to it, or an event between: `2019년 생긴 이래`."""
    if sentence.word(one.after - 1).endswith(_FROM):
        return True
    for place in range(one.after, min(one.after + _EVENT_WITHIN, len(sentence.tokens))):
        behind = sentence.at(place, Role.TIME)
        if behind is not None and behind.value == "since" and sentence.tokens[place].script is Script.HANGUL:
            return place == one.after or sentence.word(place).startswith(_AFTER)
        if sentence.tokens[place].script is not Script.HANGUL or sentence.word(place).endswith(_PARTICLES):
            return False
    return False


def _start_word(sentence: Sentence, place: int) -> Mark | None:
    """Return the word of time before a date; `in` and fillers like `the year` are passed over: `by the year 2017`."""
    for _ in range(_FILLERS_BEFORE):
        mark = sentence.before(place, Role.TIME)
        if mark is not None and mark.value not in ("in", "years", "early"):
            return mark
        before = sentence.before(place, Role.BEFORE)
        word = sentence.word(place - 1)
        if mark is None and before is None and word not in FILLERS and word not in _INCEPTION:
            return None
        passed = mark or before
        place = passed.first if passed is not None else place - 1
    return None


def _is_said(sentence: Sentence, one: FoundDate) -> bool:
    is_korean = sentence.language == "ko"
    for place in range(one.first, one.first if is_korean else max(0, one.first - _ISSUED_WITHIN), -1):
        if place < one.first and sentence.word(place) == ",":
            return False
        if sentence.before(place, Role.ISSUED) is not None:
            return True
        is_saying = sentence.before(place, Role.SAYS) is not None and sentence.before(place, Role.TIME) is None
        if place >= one.first - 2 and is_saying:
            return True
    if is_korean and any(sentence.at(one.after + more, Role.ISSUED) is not None for more in (0, 1)):
        return True
    return sentence.at(one.after, Role.THAT) is not None or sentence.at(one.after, Role.SAYS) is not None
