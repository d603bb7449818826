"""The date that a text states as its own: one on a short line near its beginning or its end.

A date in the middle of a sentence is that of an event, so only lines count that hold little else: `Published: 29 March
2024`, `입력 2024.03.29 10:15`, `SEOUL, March 29, 2024 (Yonhap)`. Two different dates there are none.
"""

import re
from datetime import date
from typing import Final

_HEAD_LINES, _TAIL_LINES = 12, 5
_LONGEST_LINE: Final = 80
_MOST_OTHER_LETTERS: Final = 40
_ENGLISH: Final = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_ARABIC: Final = (
    ("يناير", "كانون الثاني", "جانفي"), ("فبراير", "شباط", "فيفري"), ("مارس", "آذار"),
    ("أبريل", "نيسان", "إبريل", "أفريل"),
    ("مايو", "أيار", "ماي"), ("يونيو", "حزيران", "جوان"), ("يوليو", "تموز", "جويلية"), ("أغسطس", "آب", "أوت"),
    ("سبتمبر", "أيلول"), ("أكتوبر", "تشرين الأول"), ("نوفمبر", "تشرين الثاني"), ("ديسمبر", "كانون الأول"),
)  # fmt: skip
_MONTHS: Final = (
    {name: number for number, name in enumerate(_ENGLISH, 1)}
    | {name[:3]: number for number, name in enumerate(_ENGLISH, 1)}
    | {"sept": 9}
    | {name: number for number, names in enumerate(_ARABIC, 1) for name in names}
)
_MONTH: Final = "|".join(sorted(map(re.escape, _MONTHS), key=len, reverse=True))
_DIGITS: Final = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789")
_DATES: Final = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"(?<!\d)(?P<y>\d{4})\s?[-./년]\s?(?P<m>\d{1,2})\s?[-./월]\s?(?P<d>\d{1,2})(?!\d)",
        rf"(?<!\d)(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\s(?P<name>{_MONTH})\.?(?:\s?/\s?\w{{2,8}}(?:\s\w{{2,7}})?)?,?\s(?P<y>\d{{4}})(?!\d)",
        rf"\b(?P<name>{_MONTH})\.?\s(?P<d>\d{{1,2}})(?:st|nd|rd|th)?,?\s(?P<y>\d{{4}})(?!\d)",
    )
)


def stated_date(text: str) -> date | None:
    """Return the one date that short lines at the beginning state, else at the end; None if none or several do."""
    lines = text[:20_000].splitlines()
    tail = text[-20_000:].splitlines()[-_TAIL_LINES:]
    for part in ([line for line in lines if line.strip()][:_HEAD_LINES], tail):
        found = {day for line in part if len(line) <= _LONGEST_LINE for day in _dates(line)}
        if found:
            return found.pop() if len(found) == 1 else None
    return None


def _dates(line: str) -> list[date]:
    plain = line.translate(_DIGITS)
    found = []
    for pattern in _DATES:
        for match in pattern.finditer(plain):
            others = sum(one.isalpha() for one in plain[: match.start()] + plain[match.end() :])
            day = _day(match)
            if day is not None and others <= _MOST_OTHER_LETTERS:
                found.append(day)
    return found


def _day(match: re.Match[str]) -> date | None:
    parts = match.groupdict()
    month = _MONTHS[parts["name"].lower()] if parts.get("name") else int(parts["m"])
    try:
        return date(int(parts["y"]), month, int(parts["d"]))
    except ValueError:
        return None
