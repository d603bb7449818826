"""Moments as databases keep them: whole microseconds since 1970."""

from datetime import UTC, datetime, timedelta
from typing import Final

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


def microseconds(moment: datetime) -> int:
    """Return a moment as whole microseconds since 1970."""
    return (moment - _EPOCH) // _MICROSECOND


def moment_of(microseconds_since: int) -> datetime:
    """Return the moment of some microseconds since 1970. UTC. Raises ValueError for what no moment has."""
    try:
        return _EPOCH + timedelta(microseconds=microseconds_since)
    except OverflowError as error:
        raise ValueError(microseconds_since) from error
