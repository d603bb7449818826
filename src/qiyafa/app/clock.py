"""The clock of the machine: read here, handed down to whoever needs the time."""

from datetime import UTC, datetime


def utc_now() -> datetime:
    """Return the time now, in UTC."""
    return datetime.now(UTC)
