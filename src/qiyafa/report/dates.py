"""Moments in UTC as people read them, and where the ticks of a time axis stand."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

_HOUR = 3600
_DAY = 86400
_SHORT_STEPS = (60, 300, 900, _HOUR, 3 * _HOUR, 6 * _HOUR, 12 * _HOUR, _DAY, 2 * _DAY, 7 * _DAY, 14 * _DAY)
_MONTH_STEPS = (1, 3, 6, 12, 24, 60)
_MOST_TICKS = 9


def moment(time: str | None) -> str:
    """Return an ISO 8601 moment as `2022-03-23 13:29:09 UTC`; a dash where it is unknown."""
    return "–" if time is None else f"{time.replace('T', ' ').removesuffix('Z')} UTC"


def day(time: str | None) -> str:
    """Return the day of an ISO 8601 moment; a dash where it is unknown."""
    return "–" if time is None else time[:10]


def moment_of(seconds: int) -> str:
    """Return seconds since 1970 as `2022-03-23 13:29:09 UTC`."""
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M:%S} UTC"


def ticks(first: int, last: int) -> list[tuple[int, str]]:
    """Return round moments between two, seconds since 1970, with their labels: at most nine."""
    for step in _SHORT_STEPS:
        if (last - first) // step < _MOST_TICKS:
            start = -(-first // step) * step
            form = "%Y-%m-%d %H:%M" if step < _DAY else "%Y-%m-%d"
            return [(at, f"{datetime.fromtimestamp(at, UTC):{form}}") for at in range(start, last + 1, step)]
    for months in _MONTH_STEPS:
        found = list(_months(first, last, months))
        if len(found) <= _MOST_TICKS:
            break
    return found


def _months(first: int, last: int, step: int) -> Iterator[tuple[int, str]]:
    """Yield the first days of every so many months."""
    at = datetime.fromtimestamp(first, UTC).replace(month=1, day=1, hour=0, minute=0, second=0, microsecond=0)
    while at.timestamp() <= last:
        if at.timestamp() >= first:
            yield int(at.timestamp()), f"{at:%Y-%m}"
        for _ in range(step):
            at = (at + timedelta(days=31)).replace(day=1)
