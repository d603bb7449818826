"""One page of a collection out of its store: each question goes along an index, and a page ends at a size in bytes.

First the moments of the rows are found, then the rows are read, so that no object's body is sorted or skipped over.
"""

import heapq
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from qiyafa.model.collection import ALL, FIRST, LAST, STIX_VERSION, CollectedItem, Collection, Match, Page
from qiyafa.model.parcel import LEVELS
from qiyafa.stores.database import Session, Value
from qiyafa.stores.moments import microseconds, moment_of

MOST_BYTES: Final = 8 << 20
"""A page holds at least one object, and no more bytes than this beyond it."""
_AT_ONCE: Final = 400
"""Rows asked for by one statement: databases limit its parameters."""

Condition = tuple[str, tuple[Value, ...]]


def read_page(session: Session, collection: Collection, match: Match, *, with_bodies: bool) -> Page:
    """Return the objects that a question asks for; none above the collection's level."""
    if match.spec_versions and STIX_VERSION not in match.spec_versions:
        return Page((), more=False)
    found = list(itertools.islice(_moments(session, collection, match), match.limit + 1))
    items: list[CollectedItem] = []
    size = 0
    for item in _rows(session, collection, found[: match.limit], with_bodies=with_bodies):
        size += len(item.body)
        if items and size > MOST_BYTES:
            break
        items.append(item)
    return Page(tuple(items), more=len(found) > len(items))


def _moments(session: Session, collection: Collection, match: Match) -> Iterator[int]:
    """Yield when the objects came in that a question asks for, in order."""
    if match.ids:
        parts = sorted(set(match.ids))
        batches = [tuple(parts[begin : begin + _AT_ONCE]) for begin in range(0, len(parts), _AT_ONCE)]
        answers = [_asked(session, collection, replace(match, ids=batch)) for batch in batches]
    elif match.types:
        # One by one, as only then the index gives them in order.
        answers = [_asked(session, collection, replace(match, types=(one,))) for one in sorted(set(match.types))]
    else:
        answers = [_asked(session, collection, match)]
    return heapq.merge(*answers)


def _asked(session: Session, collection: Collection, match: Match) -> list[int]:
    conditions: list[Condition] = [("collection = ?", (collection.name,))]
    if match.after is not None:
        conditions.append(("added > ?", (microseconds(match.after),)))
    if match.ids:
        conditions.append(_among("id", match.ids))
    if match.types:
        conditions.append(("type = ?", match.types) if len(match.types) == 1 else _among("type", match.types))
    conditions.append(("level <= ?", (LEVELS.index(collection.tlp),)))
    conditions.extend(_of_versions(match.versions))
    where = " AND ".join(words for words, _ in conditions)
    parameters = [value for _, values in conditions for value in values]
    # Few objects have these ids: they are sorted, rather than everything read in order to look for them.
    order = "added + 0" if match.ids else "added"
    sql = f"SELECT added FROM objects WHERE {where} ORDER BY {order} LIMIT ?"  # noqa: S608 - fixed words
    return [added for (added,) in session.execute(sql, (*parameters, match.limit + 1))]


def _of_versions(versions: Sequence[str | datetime]) -> Iterator[Condition]:
    if ALL in versions or not versions:
        return
    parts: list[Condition] = [("is_first = 1", ())] if FIRST in versions else []
    if LAST in versions:
        parts.append(("is_last = 1", ()))
    moments = tuple(microseconds(one) for one in versions if isinstance(one, datetime))
    if moments:
        parts.append(_among("version", moments))
    yield f"({' OR '.join(words for words, _ in parts)})", tuple(value for _, values in parts for value in values)


def _among(column: str, values: Sequence[Value]) -> Condition:
    return f"{column} IN ({', '.join('?' * len(values))})", tuple(values)


def _rows(
    session: Session, collection: Collection, moments: Sequence[int], *, with_bodies: bool
) -> Iterator[CollectedItem]:
    body = ", body" if with_bodies else ""
    for begin in range(0, len(moments), _AT_ONCE):
        words, values = _among("added", moments[begin : begin + _AT_ONCE])
        sql = f"SELECT id, type, version, added{body} FROM objects WHERE collection = ? AND {words} ORDER BY added"  # noqa: S608
        for row in session.execute(sql, (collection.name, *values)):
            id, type_, version, added = row[:4]
            yield CollectedItem(id, type_, moment_of(version), moment_of(added), bytes(row[4]) if with_bodies else b"")
