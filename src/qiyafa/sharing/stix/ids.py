"""Identifiers and moments of STIX objects: the same thing has the same identifier on every machine and in every run."""

import re
import uuid
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final

import msgspec

NAMESPACE: Final = uuid.UUID("7607c91a-5fb4-4c65-ba47-3006d5ee2fee")
"""Of Qiyafa's own identifiers (version 5)."""
_OBSERVABLE_NAMESPACE: Final = uuid.UUID("00abedb4-aa42-466c-9c01-fed23315a9b7")
"""Of observables: STIX 2.1, section 2.9."""
_ID: Final = re.compile(
    r"([a-z][a-z0-9-]{1,248})--[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", re.IGNORECASE
)
DEFINED: Final = "2026-11-01T00:00:00.000Z"
"""When Qiyafa's own definitions were made, and anything that has no time of its own."""


def object_id(type_name: str, *parts: str) -> str:
    """Return the identifier of a domain object or relationship that some words name."""
    counted = "".join(f"{len(part)}:{part}" for part in parts)
    return f"{type_name}--{uuid.uuid5(NAMESPACE, counted)}"


@lru_cache(maxsize=1 << 16)
def observable_id(type_name: str, **contributing: str) -> str:
    """Return the identifier of an observable by its contributing properties, as canonical JSON (RFC 8785)."""
    canonical = msgspec.json.encode(dict(sorted(contributing.items()))).decode()
    return f"{type_name}--{uuid.uuid5(_OBSERVABLE_NAMESPACE, canonical)}"


def type_of_id(id: object) -> str:
    """Return the type that an identifier begins with; empty if it is no identifier."""
    found = _ID.fullmatch(id) if isinstance(id, str) else None
    return found[1] if found else ""


def stamp(moment: datetime) -> str:
    """Return a moment as STIX writes it, in UTC and whole milliseconds; a part of one is dropped."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def moment_of_stamp(written: object) -> datetime | None:
    """Return the moment of a timestamp in UTC, to the microsecond; None if it is none."""
    if not isinstance(written, str) or not written.endswith("Z"):
        return None
    try:
        return datetime.fromisoformat(written).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
