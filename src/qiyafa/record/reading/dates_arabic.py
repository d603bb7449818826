"""Stretches of months in Arabic: `الأشهر التسعة الأولى من العام`, `أول ستة أشهر من 2025`, `آخر ثلاثة أشهر`."""

from dataclasses import replace
from datetime import date
from typing import Final

from qiyafa.model.period import Period
from qiyafa.record.reading.fold import folded_words
from qiyafa.record.reading.found_date import FILLERS, FoundDate, Today, month_period, plain, year_at
from qiyafa.record.reading.lexicon import Role
from qiyafa.record.reading.number_at import number_at
from qiyafa.record.reading.sentence import Sentence

_FIRST: Final = frozenset(folded_words("اول الاول الاولي"))
_LAST: Final = frozenset(folded_words("اخر الاخيره الماضيه الفائته المنصرمه"))
_MONTHS_OF_A_YEAR: Final = 12
_MOST: Final = 60
"""Months of `the last N months`."""
_FILLERS_MOST: Final = 3


def arabic_months(sentence: Sentence, place: int, today: Today) -> FoundDate | None:
    """Return the first or the last months of a year or of the time until today that a word for months begins."""
    mark = sentence.at(place, Role.TIME)
    if mark is None or mark.value != "months":
        return None
    first, after = mark.first, mark.after
    number = number_at(sentence.tokens, after) if after < len(sentence.tokens) else None
    if number is not None:
        which, after = sentence.word(number.after), number.after + 1
    else:
        first = next((one for one in (first - 2, first - 3) if sentence.word(one) in _FIRST | _LAST), -1)
        number = number_at(sentence.tokens, first + 1) if first >= 0 else None
        which = sentence.word(first)
    if number is None or number.value is None or number.value % 1 or not 1 < number.value <= _MOST:
        return None
    count = int(number.value)
    if which in _LAST:
        return plain(_last_months(today.day, count), first, after)
    return _of_year(sentence, first, after, count, today) if which in _FIRST else None


def _last_months(day: date, count: int) -> Period:
    years, month = divmod(day.year * _MONTHS_OF_A_YEAR + day.month - 1 - count, _MONTHS_OF_A_YEAR)
    return Period(date(years, month + 1, 1), day)


def _of_year(sentence: Sentence, first: int, after: int, count: int, today: Today) -> FoundDate | None:
    if count > _MONTHS_OF_A_YEAR:
        return None
    year, is_named, behind = today.day.year, False, after
    for place in range(after, after + _FILLERS_MOST):
        named, relative = year_at(sentence, place), sentence.at(place, Role.RELATIVE)
        if named is not None:
            (year, behind), is_named = named, True
        elif relative is not None and str(relative.value) in ("year0", "year-1"):
            year, behind, is_named = today.day.year + int(str(relative.value)[4:]), relative.after, True
        if is_named or sentence.word(place) not in FILLERS:
            break
    covered = Period(date(year, 1, 1), month_period(year, count).end)
    return replace(plain(covered, first, behind, is_named), is_relative=not is_named)
