"""The labels of addresses, in one SQLite file: what holds at a moment, as known at another, and what rested on it.

Reading never makes the file: without one the book is empty and its version is the empty text. Every thread has a
connection of its own; readers see the store as it was before or after a write, and are never kept waiting by one.
"""

import json
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from qiyafa.model.address import Identity
from qiyafa.model.errors import NotFound
from qiyafa.model.label import Label, LabelState, rank
from qiyafa.stores.labels_chain import damages, head
from qiyafa.stores.labels_rows import VersionRow, moment_of, said
from qiyafa.stores.labels_schema import open_reading, open_writing, translated
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

_VERSION: Final = (
    "SELECT v.id, v.format, v.key, v.written, v.statement, v.state, v.objection, v.known_from, n.known_from"
    " FROM versions v LEFT JOIN versions n ON n.seq = v.replaced_by"
)
_REMEMBERED_STATEMENTS: Final = 1 << 14
_KEYS_AT_ONCE: Final = 1 << 15
_ROWS_AT_ONCE: Final = 1000


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
    """The `model.ports.LabelBook` over one file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._local = threading.local()
        self._said = lru_cache(_REMEMBERED_STATEMENTS)(self._read_statement)

    @classmethod
    def open(cls, path: Path) -> "LabelStore":
        """Return the store after making its file. Raises Conflict for a damaged, foreign or newer file."""
        with open_writing(path):
            return cls(path)

    @classmethod
    def reading(cls, path: Path) -> "LabelStore":
        """Return the store as it is; a file that is missing stays so. Raises Conflict as `open` does."""
        store = cls(path)
        store._connection()
        return store

    @property
    def exists(self) -> bool:
        """Whether there is a file."""
        return self._connection() is not None

    # Reading ---------------------------------------------------------------------------------------------------------

    def of(self, identities: Sequence[Identity], at: datetime, known_at: datetime | None = None) -> list[Label]:
        """Return the labels of any of these addresses that hold at a moment, by `rank`, disputed ones included."""
        wanted = set(identities)
        found = self._labels(f"{_VERSION} WHERE v.key = ?", ((identity.key,) for identity in wanted))
        return sorted((one for one in found if one.identity in wanted and _counts(one, at, known_at)), key=rank)

    def each(self, at: datetime, known_at: datetime | None = None) -> Iterator[Label]:
        """Yield every label that holds at a moment, in the order of their ids."""
        every = self._labels(f"{_VERSION} ORDER BY v.id, v.seq", ((),))
        return (one for one in every if _counts(one, at, known_at))

    def with_keys(self, keys: Sequence[str], at: datetime) -> Iterator[Label]:
        """Yield the labels that hold at a moment of addresses with these keys, in any format."""
        query = f"{_VERSION} JOIN json_each(?) wanted ON v.key = wanted.value WHERE v.replaced_by IS NULL"
        parts = (keys[begin : begin + _KEYS_AT_ONCE] for begin in range(0, len(keys), _KEYS_AT_ONCE))
        found = self._labels(query, ((json.dumps(part),) for part in parts))
        return (one for one in found if _counts(one, at, None))

    def routing_formats(self) -> list[str]:
        """Return the formats of the addresses at which some label stops a trace."""
        # Each format is one step through the index, where DISTINCT reads all of it.
        following = "SELECT min(format) FROM versions WHERE routes AND format > ?"
        found = [""]
        while (after := next(self._rows(following, (found[-1],)), (None,))[0]) is not None:
            found.append(after)
        return found[1:]

    def routing_keys(self, format: str, least_level: int) -> Iterator[str]:
        """Yield the keys of the addresses of a format at which a label of at least this level stops a trace; one may
        come again.
        """
        query = "SELECT key FROM versions WHERE routes AND format = ? AND routes >= ? AND replaced_by IS NULL"
        return (row[0] for row in self._rows(query, (format, least_level)))

    def risk_keys(self) -> Iterator[str]:
        """Yield the keys of the addresses of which some label ever said a risk, each once."""
        query = (
            "SELECT DISTINCT v.key FROM statements s JOIN versions v ON v.statement = s.number"
            " WHERE json_extract(s.body, '$.risk') IS NOT NULL"
        )
        return (row[0] for row in self._rows(query, ()))

    def version(self) -> str:
        """Return the last hash of the chain over all versions of labels; empty if there is no store."""
        connection = self._connection()
        if connection is None:
            return ""
        with translated(self.path):
            return head(connection, "versions")[1].hex()

    def history(self, label: str) -> list[Label]:
        """Return every version of a label, the oldest first. Raises NotFound or InvalidInput as `dispute` does."""
        with translated(self.path):
            key = find_id(self._existing(), label)
        return list(self._labels(f"{_VERSION} WHERE v.id = ? ORDER BY v.seq", ((key,),)))

    def find(self, wanted: str, at: datetime, most: int) -> tuple[list[Label], int]:
        """Return the labels whose name or entity contains a text, in any case, by `rank`: the first `most`, and how
        many there are.
        """
        connection = self._connection()
        if connection is None:
            return [], 0
        folded = wanted.casefold()
        with translated(self.path):
            numbers = [
                number
                for number, name, entity in connection.execute("SELECT number, name, entity FROM statements")
                if folded in name.casefold() or folded in entity.casefold()
            ]
        found = self._labels(
            f"{_VERSION} WHERE v.statement = ? AND v.replaced_by IS NULL", ((number,) for number in numbers)
        )
        ranked = sorted((one for one in found if _counts(one, at, None)), key=rank)
        return ranked[:most], len(ranked)

    def actors(self) -> list[dict[str, Any]]:
        """Return the actors that are known, by id."""
        connection = self._connection()
        if connection is None:
            return []
        with translated(self.path):
            return [json.loads(body) for _, body in sorted(current_actors(connection).items())]

    def uses(self, label: str) -> list[LabelUse]:
        """Return what rested on a label, the oldest first. Raises NotFound or InvalidInput as `dispute` does."""
        with translated(self.path):
            connection = self._existing()
            rows = connection.execute(
                "SELECT kind, name, digest, at FROM uses WHERE label = ? ORDER BY seq", (find_id(connection, label),)
            )
            return [LabelUse(kind, name, digest, moment_of(at)) for kind, name, digest, at in rows]

    def totals(self) -> LabelTotals:
        """Return what the store holds."""
        connection = self._connection()
        if connection is None:
            return LabelTotals("", 0, 0, 0, 0, 0, 0, 0)
        with translated(self.path):
            states = dict(
                connection.execute("SELECT state, count(*) FROM versions WHERE replaced_by IS NULL GROUP BY state")
            )
            count = "SELECT (SELECT count(DISTINCT key) FROM versions), (SELECT count(*) FROM statements)"
            addresses, statements = connection.execute(count).fetchone()
            return LabelTotals(
                version=self.version(),
                labels=states.get(LabelState.ACTIVE, 0) + states.get(LabelState.DISPUTED, 0),
                disputed=states.get(LabelState.DISPUTED, 0),
                withdrawn=states.get(LabelState.WITHDRAWN, 0),
                addresses=addresses,
                statements=statements,
                actors=len(current_actors(connection)),
                uses=head(connection, "uses")[0],
            )

    def damages(self) -> list[tuple[str, int]]:
        """Return (table, row) for every place that is not as it was written. Raises NotFound without a store."""
        with translated(self.path):
            return list(damages(self._existing()))

    # Writing ---------------------------------------------------------------------------------------------------------

    def add(self, labels: Iterable[Label], at: datetime) -> LabelCounts:
        """Add labels that became known at a moment, all or none: the same again is nothing new, and a changed one
        closes the version before. Raises Unavailable if the file cannot be written.
        """
        with open_writing(self.path) as connection:
            return add_labels(connection, labels, at)

    def add_actors(self, actors: Iterable[dict[str, Any]], at: datetime) -> int:
        """Add actors, each a table with an `id`, and return how many were new or said something new."""
        with open_writing(self.path) as connection:
            return add_actors(connection, actors, at)

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
        with open_writing(self.path) as connection:
            return add_uses(connection, label_ids, LabelUse(kind, name, digest, at))

    def close(self) -> None:
        """Close this thread's connection."""
        connection = getattr(self._local, "connection", None)
        if connection is not None:
            connection.close()
            self._local.connection = None

    def _object(self, label: str, state: LabelState, reason: str, by: str, at: datetime) -> Label:
        self._existing()
        objection = f"{by}: {reason}" if by else reason
        with open_writing(self.path) as connection:
            changed = object_to(connection, label, state, objection, at)
        return self.history(changed.id.hex())[-1]

    def _labels(self, query: str, parameters: Iterable[tuple[Any, ...]]) -> Iterator[Label]:
        """Yield the labels of a query, run once for each tuple of parameters."""
        for values in parameters:
            for row in self._rows(query, values):
                with translated(self.path):
                    version = VersionRow._make(row)
                    label = version.label(self._said(version.statement))
                yield label

    def _rows(self, query: str, values: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of a query; none without a store."""
        connection = self._connection()
        if connection is None:
            return
        with translated(self.path):
            rows = connection.execute(query, values)
        while True:
            with translated(self.path):
                part = rows.fetchmany(_ROWS_AT_ONCE)
            if not part:
                return
            yield from part

    def _read_statement(self, number: int) -> dict[str, Any]:
        row = self._existing().execute("SELECT body FROM statements WHERE number = ?", (number,)).fetchone()
        if row is None:
            raise ValueError(number)
        return said(row[0])

    def _connection(self) -> sqlite3.Connection | None:
        """Return this thread's connection, or None if there is no file."""
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None and self.path.exists():
            connection = self._local.connection = open_reading(self.path)
        return connection

    def _existing(self) -> sqlite3.Connection:
        connection = self._connection()
        if connection is None:
            raise NotFound("labels.error.no_store", path=str(self.path))
        return connection


def _counts(label: Label, at: datetime, known_at: datetime | None) -> bool:
    """Tell whether a version counts: it holds, it is no withdrawal, and (for now) no other has replaced it."""
    if label.state is LabelState.WITHDRAWN or (known_at is None and label.known_to is not None):
        return False
    return label.holds(at, known_at)
