"""A stretch of days, as far as known: `2023`, `2025-Q1..2025-Q3`, everything up to a day."""

import calendar
import re
from dataclasses import dataclass
from datetime import date
from typing import Final

from qiyafa.model.errors import InvalidInput

_PART: Final = re.compile(
    r"(?P<year>\d{4})(?:-(?:Q(?P<quarter>[1-4])|H(?P<half>[12])|(?P<month>\d\d)(?:-(?P<day>\d\d))?))?"
)
_FIRST_YEAR: Final = 1900


@dataclass(frozen=True, slots=True)
class Period:
    """Days from `start` to `end`, both included. None on a side: not limited, or not known."""

    start: date | None
    end: date | None

    @property
    def year(self) -> int | None:
        """The year if the period lies in one calendar year and fills or names no more than that; else None."""
        if self.start is None or self.end is None or self.start.year != self.end.year:
            return None
        return self.start.year

    @property
    def is_whole_year(self) -> bool:
        """Whether it is exactly one calendar year."""
        return self.year is not None and self == year_period(self.year)

    def overlaps(self, other: "Period") -> bool:
        """Tell whether some day may lie in both; a side without a limit reaches any day."""
        return _not_after(self.start, other.end) and _not_after(other.start, self.end)

    def holds(self, other: "Period") -> bool:
        """Tell whether every day of another period lies in it; what is not limited lies in nothing that is."""
        begins = self.start is None or (other.start is not None and self.start <= other.start)
        return begins and (self.end is None or (other.end is not None and other.end <= self.end))

    def __str__(self) -> str:
        """Return the shortest text that `read_period` reads back."""
        if self.start is None and self.end is None:
            return ".."
        if self.is_whole_year:
            return str(self.year)
        if self.start == self.end:
            return str(self.start)
        return f"{self.start or ''}..{self.end or ''}"


ALWAYS: Final = Period(None, None)
"""No limit known."""


def year_period(year: int) -> Period:
    """Return one calendar year."""
    return Period(date(year, 1, 1), date(year, 12, 31))


def read_period(written: str) -> Period:
    """Return the period of `2023`, `2023-05`, `2023-05-17`, `2025-Q3`, `2025-H1`, or of `A..B`, `A..`, `..B` of them.

    A part stands for all its days. Raises InvalidInput for anything else and for an end before its start.
    """
    before, dots, after = written.strip().partition("..")
    if not dots:
        return _part(before, written)
    start = _part(before, written).start if before else None
    end = _part(after, written).end if after else None
    if start is not None and end is not None and end < start:
        raise InvalidInput("record.error.period", written=written)
    return Period(start, end)


def _not_after(start: date | None, end: date | None) -> bool:
    return start is None or end is None or start <= end


def _part(part: str, written: str) -> Period:
    found = _PART.fullmatch(part.strip())
    if found is None or int(found["year"]) < _FIRST_YEAR:
        raise InvalidInput("record.error.period", written=written)
    year = int(found["year"])
    if found["quarter"]:
        return _months(year, 3 * int(found["quarter"]) - 2, 3 * int(found["quarter"]))
    if found["half"]:
        return _months(year, 6 * int(found["half"]) - 5, 6 * int(found["half"]))
    if not found["month"]:
        return year_period(year)
    try:
        if found["day"]:
            day = date(year, int(found["month"]), int(found["day"]))
            return Period(day, day)
        return _months(year, int(found["month"]), int(found["month"]))
    except ValueError as error:
        raise InvalidInput("record.error.period", written=written) from error


def _months(year: int, first: int, last: int) -> Period:
    start = date(year, first, 1)
    return Period(start, date(year, last, calendar.monthrange(year, last)[1]))
