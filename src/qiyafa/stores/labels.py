"""The labels of addresses, in a file or a database: what holds at a moment, as known at another, and what rested on it.

Reading makes nothing: where nothing was ever written the book is empty and its version is the empty text. For any
number of threads and processes; readers see the store as it was before or after a write, and are never kept waiting by
one.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

from qiyafa.model.address import Identity
from qiyafa.model.errors import NotFound
from qiyafa.model.label import Label, LabelState, rank
from qiyafa.stores.database import Database, Row, Session, Value
from qiyafa.stores.labels_chain import damages, head
from qiyafa.stores.labels_rows import VersionRow, said
from qiyafa.stores.labels_schema import LABELS
from qiyafa.stores.labels_writing import (
    LabelCounts,
    LabelUse,
    add_actors,
    add_labels,
    add_uses,
    current_actors,
    find_id,
    object_to,
)
from qiyafa.stores.moments import moment_of
from qiyafa.stores.opening import Location, database_at
from qiyafa.stores.wanted import rows_of_keys

_COLUMNS: Final = (
    "v.id, v.format, v.key, v.written, v.statement, v.state, v.objection, v.known_from, n.known_from, s.body"
)
_TABLES: Final = (
    "versions v LEFT JOIN statements s ON s.number = v.statement LEFT JOIN versions n ON n.seq = v.replaced_by"
)
_VERSIONS: Final = f"SELECT {_COLUMNS} FROM {_TABLES}"  # noqa: S608 - our own names
_VERSIONS_OF_KEY: Final = f"{_VERSIONS} WHERE v.key = ?"
_CURRENT: Final = f"SELECT {_COLUMNS} FROM wanted CROSS JOIN {_TABLES} WHERE v.replaced_by IS NULL"  # noqa: S608
_REMEMBERED_STATEMENTS: Final = 1 << 14
_said: Final = lru_cache(_REMEMBERED_STATEMENTS)(said)


@dataclass(frozen=True, slots=True)
class LabelTotals:
    """What a store holds."""

    version: str
    labels: int
    """That are not withdrawn."""
    disputed: int
    withdrawn: int
    addresses: int
    statements: int
    actors: int
    uses: int


class LabelStore:
    """The `model.ports.LabelBook` over a database.

    Every question raises Conflict if what is stored is damaged, foreign, newer or kept busy, and Unavailable if it
    cannot be reached, read or written.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    @classmethod
    def open(cls, location: Location) -> "LabelStore":
        """Return the store at a path or at the URL of a PostgreSQL database, after making it.

        Raises InvalidInput for a URL that is none, Conflict for something damaged, foreign or newer.
        """
        store = open_labels(location)
        with store._database.writing():
            return store

    @classmethod
    def reading(cls, location: Location) -> "LabelStore":
        """Return the store as it is; one that is missing stays so. Raises as `open` does."""
        store = open_labels(location)
        with store._database.reading():
            return store

    @property
    def location(self) -> str:
        """Where it is, without a password."""
        return self._database.location

    @property
    def exists(self) -> bool:
        """Whether anything was ever stored."""
        with self._database.reading() as session:
            return session is not None

    # Reading ---------------------------------------------------------------------------------------------------------

    def of(self, identities: Sequence[Identity], at: datetime, known_at: datetime | None = None) -> list[Label]:
        """Return the labels of any of these addresses that hold at a moment, by `rank`, disputed ones included."""
        with self._database.reading() as session:
            if session is None:
                return []
            keys = dict.fromkeys(identity.key for identity in identities)
            found = [_label(row) for key in keys for row in session.execute(_VERSIONS_OF_KEY, (key,))]
        return sorted((one for one in found if one.identity in identities and _counts(one, at, known_at)), key=rank)

    def each(self, at: datetime, known_at: datetime | None = None) -> Iterator[Label]:
        """Yield every label that holds at a moment, in the order of their ids."""
        every = self._labels(f"{_VERSIONS} ORDER BY v.id, v.seq")
        return (one for one in every if _counts(one, at, known_at))

    def withdrawn(self) -> Iterator[Label]:
        """Yield every label that was withdrawn and does not stand again, by id, with the moment as `known_from`."""
        query = f"{_VERSIONS} WHERE v.replaced_by IS NULL AND v.state = ? ORDER BY v.id"
        return self._labels(query, (LabelState.WITHDRAWN.value,))

    def with_keys(self, keys: Sequence[str], at: datetime) -> Iterator[Label]:
        """Yield the labels that hold at a moment of addresses with these keys, in any format; in a fixed order."""
        with self._database.reading() as session:
            if session is not None:
                found = rows_of_keys(session, f"{_CURRENT} AND v.key = wanted.key ORDER BY v.key, v.seq", keys)
                yield from (one for one in map(_label, found) if _counts(one, at, None))

    def routing_formats(self) -> list[str]:
        """Return the formats of the addresses at which some label stops a trace."""
        # Each format is one step through the index, where DISTINCT reads all of it.
        following = "SELECT min(format) FROM versions WHERE routes > 0 AND format > ?"
        found: list[str] = []
        with self._database.reading() as session:
            if session is not None:
                while (after := session.execute(following, (found[-1] if found else "",)).fetchone()[0]) is not None:
                    found.append(after)
        return found

    def routing_keys(self, format: str, least_level: int) -> Iterator[str]:
        """Yield the keys of the addresses of a format at which a label of at least this level stops a trace; one may
        come again.
        """
        query = "SELECT key FROM versions WHERE routes > 0 AND format = ? AND routes >= ? AND replaced_by IS NULL"
        with self._database.reading() as session:
            if session is not None:
                yield from (key for (key,) in session.iterate(query, (format, least_level)))

    def risk_keys(self) -> Iterator[str]:
        """Yield the keys of the addresses of which some label ever said a risk, each once."""
        # Within a text of JSON quotes are escaped, so these letters are a key; details may have it too.
        candidates = "SELECT number, body FROM statements WHERE body LIKE '%\"risk\":%'"
        query = "SELECT DISTINCT v.key FROM wanted CROSS JOIN versions v WHERE v.statement = wanted.key"
        with self._database.reading() as session:
            if session is None:
                return
            numbers = [number for number, body in session.iterate(candidates) if said(body)["risk"] is not None]
            yield from dict.fromkeys(key for (key,) in rows_of_keys(session, query, numbers))

    def version(self) -> str:
        """Return the last hash of the chain over all versions of labels; empty if there is no store."""
        with self._database.reading() as session:
            return "" if session is None else head(session, "versions")[1].hex()

    def history(self, label: str) -> list[Label]:
        """Return every version of a label, the oldest first. Raises NotFound or InvalidInput as `dispute` does."""
        with self._existing() as session:
            rows = session.execute(f"{_VERSIONS} WHERE v.id = ? ORDER BY v.seq", (find_id(session, label),))
            return [_label(row) for row in rows]

    def find(self, wanted: str, at: datetime, most: int) -> tuple[list[Label], int]:
        """Return the labels whose name or entity contains a text, in any case, by `rank`: the first `most`, and how
        many there are.
        """
        folded = wanted.casefold()
        statements = "SELECT number, name, entity FROM statements"
        with self._database.reading() as session:
            if session is None:
                return [], 0
            numbers = [
                number
                for number, name, entity in session.iterate(statements)
                if folded in name.casefold() or folded in entity.casefold()
            ]
            rows = rows_of_keys(session, f"{_CURRENT} AND v.statement = wanted.key", numbers)
            found = [_label(row) for row in rows]
        ranked = sorted((one for one in found if _counts(one, at, None)), key=rank)
        return ranked[:most], len(ranked)

    def actors(self) -> list[dict[str, Any]]:
        """Return the actors that are known, by id."""
        with self._database.reading() as session:
            found = {} if session is None else current_actors(session)
            return [json.loads(body) for _, body in sorted(found.items())]

    def uses(self, label: str) -> list[LabelUse]:
        """Return what rested on a label, the oldest first. Raises NotFound or InvalidInput as `dispute` does."""
        with self._existing() as session:
            rows = session.execute(
                "SELECT kind, name, digest, at FROM uses WHERE label = ? ORDER BY seq", (find_id(session, label),)
            )
            return [LabelUse(kind, name, digest, moment_of(at)) for kind, name, digest, at in rows]

    def totals(self) -> LabelTotals:
        """Return what the store holds."""
        with self._database.reading() as session:
            if session is None:
                return LabelTotals("", 0, 0, 0, 0, 0, 0, 0)
            states = dict(
                session.execute("SELECT state, count(*) FROM versions WHERE replaced_by IS NULL GROUP BY state")
            )
            count = "SELECT (SELECT count(DISTINCT key) FROM versions), (SELECT count(*) FROM statements)"
            addresses, statements = session.execute(count).fetchone()
            return LabelTotals(
                version=head(session, "versions")[1].hex(),
                labels=states.get(LabelState.ACTIVE, 0) + states.get(LabelState.DISPUTED, 0),
                disputed=states.get(LabelState.DISPUTED, 0),
                withdrawn=states.get(LabelState.WITHDRAWN, 0),
                addresses=addresses,
                statements=statements,
                actors=len(current_actors(session)),
                uses=head(session, "uses")[0],
            )

    def damages(self) -> list[tuple[str, int]]:
        """Return (table, row) for every place that is not as it was written. Raises NotFound without a store."""
        with self._existing() as session:
            return list(damages(session))

    # Writing ---------------------------------------------------------------------------------------------------------

    def add(self, labels: Iterable[Label], at: datetime) -> LabelCounts:
        """Add labels that became known at a moment, all or none: the same again is nothing new, and a changed one
        closes the version before. Raises Unavailable if the file cannot be written.
        """
        with self._database.writing() as session:
            return add_labels(session, labels, at)

    def add_actors(self, actors: Iterable[dict[str, Any]], at: datetime) -> int:
        """Add actors, each a table with an `id`, and return how many were new or said something new."""
        with self._database.writing() as session:
            return add_actors(session, actors, at)

    def dispute(self, label: str, reason: str, by: str, at: datetime) -> Label:
        """Mark a label (its id, or at least six digits that begin it) as disputed: it still counts.

        Raises NotFound if there is none, InvalidInput if several begin so or it is withdrawn.
        """
        return self._object(label, LabelState.DISPUTED, reason, by, at)

    def withdraw(self, label: str, reason: str, by: str, at: datetime) -> Label:
        """Withdraw a label: it counts for nothing from now on, and stays in the history. Raises like `dispute`."""
        return self._object(label, LabelState.WITHDRAWN, reason, by, at)

    def use(self, label_ids: Sequence[str], kind: str, name: str, digest: str, at: datetime) -> int:
        """Note that a verdict, trace or report rested on labels, and return for how many that was new."""
        with self._database.writing() as session:
            return add_uses(session, label_ids, LabelUse(kind, name, digest, at))

    def close(self) -> None:
        """Let the database go; the next question opens it again."""
        self._database.close()

    def _object(self, label: str, state: LabelState, reason: str, by: str, at: datetime) -> Label:
        if not self.exists:
            raise self._missing()
        objection = f"{by}: {reason}" if by else reason
        with self._database.writing() as session:
            changed = object_to(session, label, state, objection, at)
        return self.history(changed.hex())[-1]

    def _labels(self, query: str, parameters: Sequence[Value] = ()) -> Iterator[Label]:
        """Yield the labels of a query; none without a store."""
        with self._database.reading() as session:
            if session is not None:
                yield from map(_label, session.iterate(query, parameters))

    @contextmanager
    def _existing(self) -> Iterator[Session]:
        """Give a session for reading. Raises NotFound if there is no store."""
        with self._database.reading() as session:
            if session is None:
                raise self._missing()
            yield session

    def _missing(self) -> NotFound:
        return NotFound("labels.error.no_store", path=self.location)


def open_labels(location: Location) -> LabelStore:
    """Return the store at a path or at the URL of a PostgreSQL database. It need not exist; nothing is made or asked.

    Raises InvalidInput for a URL that is none, Unavailable if the driver of PostgreSQL is not installed.
    """
    return LabelStore(database_at(location, LABELS))


def _label(row: Row) -> Label:
    """Return the label of a row of `_COLUMNS`. Raises ValueError for a damaged one."""
    *version, body = row
    return VersionRow._make(version).label(_said(body))


def _counts(label: Label, at: datetime, known_at: datetime | None) -> bool:
    """Tell whether a version counts: it holds, it is no withdrawal, and (for now) no other has replaced it."""
    if label.state is LabelState.WITHDRAWN or (known_at is None and label.known_to is not None):
        return False
    return label.holds(at, known_at)
