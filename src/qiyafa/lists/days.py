"""Days as the published lists write them."""

import re
from datetime import date
from typing import Final

_MONTHS: Final = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_YEAR_FIRST = re.compile(r"(\d{4})[-./](\d{1,2})[-./](\d{1,2})(?:[T ].*|\.)?", re.ASCII)
_DAY_FIRST = re.compile(r"(\d{1,2})[-./](\d{1,2})[-./](\d{4})(?:[T ].*)?", re.ASCII)
_MONTH_IN_WORDS = re.compile(r"(\d{1,2})[- ]([A-Za-z]{3})[a-z]*[- ](\d{4})", re.ASCII)
_LOOKED_AT: Final = 4096


def day_of(written: str) -> date | None:
    """Return a day of the forms 2022-04-14, 2022.4.14, 14/04/2022 and 14-Apr-2022, with or without a time; else None.

    Where the day comes first it is a day of British lists, never a month.
    """
    text = written.strip()
    if found := _YEAR_FIRST.fullmatch(text):
        return _day(found[1], found[2], found[3])
    if found := _DAY_FIRST.fullmatch(text):
        return _day(found[3], found[2], found[1])
    if (found := _MONTH_IN_WORDS.fullmatch(text)) and found[2].lower() in _MONTHS:
        return _day(found[3], str(_MONTHS.index(found[2].lower()) + 1), found[1])
    return None


def day_of_root(data: bytes, attribute: str) -> date | None:
    """Return the day that an attribute of an XML file's root states, or None if there is none near the beginning."""
    found = re.search(rb"<[A-Za-z_:]+\s[^>]*?\b" + attribute.encode() + rb'\s*=\s*"([^"<]{10,40})"', data[:_LOOKED_AT])
    return day_of(found[1].decode("ascii", "replace")) if found else None


def _day(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None
