"""A date found in a sentence, and the small readings that every way of writing dates shares."""

import calendar
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from qiyafa.model.period import Period
from qiyafa.record.reading.lexicon import Role
from qiyafa.record.reading.number_at import number_at
from qiyafa.record.reading.sentence import Sentence
from qiyafa.record.reading.tokens import Script

_EARLIEST, _LATEST = 1900, 2100
_SPELLED_FROM: Final = 2000
"""A number in words above it that counts nothing is a year: `ألفين وستة عشر`."""
TWO_THOUSAND: Final = frozenset({"الفين", "والفين", "الفان", "والفان"})
"""What a year in Arabic words begins with."""
FILLERS: Final = frozenset(
    {"the", "of", "in", "'", "year", "عام", "العام", "سنه", "شهر", "يوم", "من", ",", "(", "يومي"}
)


class DateKind(StrEnum):
    """How a date limits what is said."""

    PLAIN = "in"
    SINCE = "since"
    BY = "by"
    SAID = "said on"
    """When it was said or published, not when it happened."""


@dataclass(frozen=True, slots=True)
class FoundDate:
    """A date of a sentence, from token `first` to before `after`."""

    kind: DateKind
    period: Period
    first: int
    after: int
    is_decade: bool = False
    has_year: bool = True
    """Whether the words themselves name a year."""
    is_relative: bool = False
    is_before: bool = False
    """Whether it is the year before the one that is told of: `a year earlier`, `전년`."""
    is_year: bool = False
    """Whether it is a year and no more: `2014`."""


@dataclass(frozen=True, slots=True)
class Today:
    """What relative dates count from."""

    day: date
    year: int
    """The year that the text has reached."""
    heading: int | None = None
    """The year of the heading that a list stands under."""


def month_period(year: int, month: int) -> Period:
    """Return one month."""
    return Period(date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1]))


def plain(period: Period, first: int, after: int, has_year: bool = True) -> FoundDate:
    """Return a date that stands in a sentence and says when."""
    return FoundDate(DateKind.PLAIN, period, first, after, has_year=has_year)


def year_number(sentence: Sentence, place: int) -> int | None:
    """Return the year that a token is, or None; a number with a unit behind it or money before it is none."""
    if place >= len(sentence.tokens):
        return None
    token = sentence.tokens[place]
    if token.script is not Script.NUMBER or len(token.word) != 4 or not token.word.isdigit():
        return None
    year = int(token.word)
    if not _EARLIEST <= year < _LATEST or _is_money(sentence, place):
        return None
    number = number_at(sentence.tokens, place)
    if number is not None and number.after > place + 1:
        return None
    counted = (Role.CURRENCY, Role.PERCENT, Role.ASSET)
    if any(sentence.at(place + 1, role) is not None for role in counted) and not _is_after_in(sentence, place):
        return None
    if sentence.word(place + 1) in ("명", "건", "개", "원"):
        return None
    return year


def year_at(sentence: Sentence, place: int) -> tuple[int, int] | None:
    """Return the year that begins at a token and the token after it; Arabic speakers say it in words."""
    year = year_number(sentence, place)
    if year is not None:
        return year, place + 1
    if sentence.word(place) not in TWO_THOUSAND:
        return None
    number = number_at(sentence.tokens, place)
    if number is None or number.value is None or not _SPELLED_FROM < number.value < _LATEST:
        return None
    is_counting = any(sentence.at(number.after, role) for role in (Role.CURRENCY, Role.ASSET, Role.COUNT, Role.PEOPLE))
    return None if is_counting or number.value % 1 else (int(number.value), number.after)


def _is_money(sentence: Sentence, place: int) -> bool:
    """Whether a currency belongs to the number behind it: `$2023`, and not `37억 달러에서 2023년`."""
    before = sentence.before(place, Role.CURRENCY)
    return before is not None and sentence.tokens[before.after - 1].script in (Script.MARK, Script.LATIN)


def _is_after_in(sentence: Sentence, place: int) -> bool:
    before = sentence.before(place, Role.TIME)
    return before is not None and before.value in ("in", "since", "by")


def decade(year: int) -> Period:
    """Return ten years."""
    return Period(date(year, 1, 1), date(year + 9, 12, 31))


def months(year: int, name: str, number: int) -> Period:
    """Return a half or a quarter of a year."""
    length = 6 if name == "half" else 3
    last = number * length
    return Period(date(year, last - length + 1, 1), date(year, last, calendar.monthrange(year, last)[1]))


def whole_date(year: int, month: int, day: int, first: int, after: int) -> FoundDate | None:
    """Return one day, or None if there is no such day."""
    if not _EARLIEST <= year < _LATEST:
        return None
    try:
        that = date(year, month, day)
    except ValueError:
        return None
    return plain(Period(that, that), first, after)


def small_number(sentence: Sentence, place: int, most: int) -> int | None:
    """Return a whole number of one or two digits up to `most`, or None."""
    word = sentence.word(place)
    return int(word) if word.isascii() and word.isdigit() and len(word) <= 2 and 1 <= int(word) <= most else None


def year_of_month(today: Today, month: int) -> int:
    """Return the year of a month without one: of the heading, else the latest that is not after the day."""
    if today.heading is not None:
        return today.heading
    return today.day.year if month <= today.day.month else today.day.year - 1
