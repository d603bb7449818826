"""Words of TAXII 2.1 (OASIS, 2021): collections of STIX objects, their versions, and what may be asked of them.

A version is the `modified` time of an object, else its `created` time, else the time at which it came in. Every object
of a collection has a time of its own at which it came in, so that no page begins or ends among equals.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from qiyafa.model.label import Tlp

STIX_VERSION: Final = "2.1"
COLLECTION_NAME: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?", re.ASCII)
FIRST, LAST, ALL = "first", "last", "all"
MOST_IN_PAGE: Final = 1000


@dataclass(frozen=True, slots=True)
class Collection:
    """One collection of the server."""

    id: str
    """UUID."""
    name: str
    """Short name, which stands for the id in URLs and in the scopes of keys."""
    title: str
    tlp: Tlp
    """Nothing stricter is shown."""


@dataclass(frozen=True, slots=True)
class StixItem:
    """One version of a STIX object as it travels, read as far as a collection must know it."""

    id: str
    type: str
    version: datetime | None
    """None if the object has no time of its own."""
    tlp: Tlp
    """The strictest of its markings."""
    body: bytes
    """Canonical JSON: members in order of their names, numbers as they were written."""


@dataclass(frozen=True, slots=True)
class CollectedItem:
    """An object in a collection."""

    id: str
    type: str
    version: datetime
    added: datetime
    body: bytes
    """Empty where only the manifest was asked for."""


@dataclass(frozen=True, slots=True)
class Match:
    """What a question is about; an empty tuple does not narrow it."""

    ids: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    versions: tuple[str | datetime, ...] = (LAST,)
    """`first`, `last`, `all`, or times of versions; what fits any of them."""
    spec_versions: tuple[str, ...] = ()
    after: datetime | None = None
    """Only what came in later."""
    limit: int = MOST_IN_PAGE


@dataclass(frozen=True, slots=True)
class Page:
    """Objects in the order in which they came in."""

    items: tuple[CollectedItem, ...]
    more: bool
    """Whether there are later ones."""


def written_moment(moment: datetime) -> str:
    """Return a moment as TAXII writes it: UTC, to the microsecond."""
    return f"{moment:%Y-%m-%dT%H:%M:%S.%f}Z"
