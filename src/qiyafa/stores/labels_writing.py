"""Adding to the label store: new labels, corrections, objections, withdrawals, actors and uses. Nothing is erased."""

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from qiyafa.model.errors import InvalidInput, NotFound
from qiyafa.model.label import Label, LabelState
from qiyafa.stores.labels_chain import ChainEnd
from qiyafa.stores.labels_rows import VersionRow, statement_key, statement_of
from qiyafa.stores.moments import microseconds

_REMEMBERED: Final = 100_000
"""So many statements are remembered while labels are added."""
_AT_ONCE: Final = 1000
"""So many versions wait to be inserted."""


@dataclass(slots=True)
class LabelCounts:
    """What became of labels that were added."""

    added: int = 0
    changed: int = 0
    """The source says something else now; the old version is closed."""
    same: int = 0
    withdrawn: int = 0
    """They had been withdrawn here, and stay so."""
    repeated: int = 0
    """They differ only in what is no part of an id (a token's ticker, dates): of one import the first one stands."""


def add_labels(connection: sqlite3.Connection, labels: Iterable[Label], at: datetime) -> LabelCounts:
    """Add labels that became known at a moment."""
    writer = _LabelWriter(connection, microseconds(at))
    for label in labels:
        writer.add(label)
    writer.close()
    return writer.counts


def object_to(
    connection: sqlite3.Connection, label: str, state: LabelState, objection: str, at: datetime
) -> VersionRow:
    """Add a version of a label that is disputed or withdrawn. Raises NotFound, and InvalidInput if it is withdrawn."""
    current = current_version(connection, find_id(connection, label))
    if current.state == LabelState.WITHDRAWN:
        raise InvalidInput("labels.error.is_withdrawn", label=current.id.hex())
    writer = _LabelWriter(connection, microseconds(at))
    changed = current._replace(state=state.value, objection=objection)
    writer.write(changed, writer.digest_of(current.statement), current)
    writer.close()
    return changed


def find_id(connection: sqlite3.Connection, written: str) -> bytes:
    """Return the id that begins as written. Raises InvalidInput if several do, NotFound if none does."""
    digits = written.strip().lower()
    if not 6 <= len(digits) <= 32 or any(digit not in "0123456789abcdef" for digit in digits):
        raise InvalidInput("labels.error.no_id", label=written)
    low, high = bytes.fromhex(digits.ljust(32, "0")), bytes.fromhex(digits.ljust(32, "f"))
    found = connection.execute(
        "SELECT DISTINCT id FROM versions WHERE id BETWEEN ? AND ? ORDER BY id LIMIT 2", (low, high)
    ).fetchall()
    if not found:
        raise NotFound("labels.error.no_label", label=written)
    if len(found) > 1:
        raise InvalidInput("labels.error.several", label=written, first=found[0][0].hex(), second=found[1][0].hex())
    known: bytes = found[0][0]
    return known


def current_version(connection: sqlite3.Connection, label: bytes) -> VersionRow:
    """Return the present version of a label."""
    row = connection.execute(f"{_CURRENT} WHERE id = ? AND replaced_by IS NULL", (label,)).fetchone()
    return VersionRow(*row)


_CURRENT: Final = "SELECT id, format, key, written, statement, state, objection, known_from, NULL FROM versions"


class _LabelWriter:
    """Adds versions while one transaction is open."""

    def __init__(self, connection: sqlite3.Connection, at: int) -> None:
        self.connection = connection
        self.at = at
        self.end = ChainEnd(connection, "versions")
        self.counts = LabelCounts()
        self._was_empty = self.end.rows == 0
        self._waiting: list[tuple[Any, ...]] = []
        """Versions to insert; many at once take half the time."""
        self._statements: dict[tuple[Any, ...], tuple[int, str]] = {}
        self._seen: set[bytes] = set()
        """Ids of this import: were it judged by the file's order, importing twice would go back and forth."""

    def add(self, label: Label) -> None:
        """Add one label if it says something new."""
        statement, digest = self._statement(label)
        key = bytes.fromhex(label.id)
        is_repeated = key in self._seen
        self._seen.add(key)
        row = None if self._was_empty and not is_repeated else self._current(key)
        fresh = VersionRow(key, *_identity(label), label.written, statement, LabelState.ACTIVE.value, "", self.at, None)
        if row is None:
            self.counts.added += 1
            self.write(fresh, digest, None)
            return
        current = VersionRow(*row)
        if current.state == LabelState.WITHDRAWN:
            self.counts.withdrawn += 1
        elif current.statement == statement:
            self.counts.same += 1
        elif is_repeated:
            self.counts.repeated += 1
        else:
            self.counts.changed += 1
            self.write(fresh._replace(state=current.state, objection=current.objection), digest, current)

    def write(self, row: VersionRow, digest: str, current: VersionRow | None) -> None:
        """Write a version, and close the one before it."""
        # A clock that was set back must not make a version end before it began.
        at = self.at if current is None else max(self.at, current.known_from)
        values = (row.id.hex().upper(), row.format, row.key, row.written, digest, row.state, row.objection, at)
        number, row_hash = self.end.next(values)
        self._waiting.append(
            (number, row.id, row.format, row.key, row.written, row.state, row.objection, at, row_hash, row.statement)
        )
        if current is not None or len(self._waiting) >= _AT_ONCE:
            self._insert()
        if current is not None:
            self.connection.execute(
                "UPDATE versions SET replaced_by = ? WHERE id = ? AND replaced_by IS NULL AND seq < ?",
                (number, row.id, number),
            )

    def close(self) -> None:
        """Insert what waits, and write down how long the chain is."""
        self._insert()
        self.end.close()

    def _insert(self) -> None:
        self.connection.executemany(
            "INSERT INTO versions SELECT ?, ?, ?, ?, ?, number, ?, ?, ?, routes, NULL, ?"
            " FROM statements WHERE number = ?",
            self._waiting,
        )
        self._waiting.clear()

    def _current(self, key: bytes) -> tuple[Any, ...] | None:
        self._insert()
        found: tuple[Any, ...] | None = self.connection.execute(
            f"{_CURRENT} WHERE id = ? AND replaced_by IS NULL", (key,)
        ).fetchone()
        return found

    def digest_of(self, statement: int) -> str:
        """Return the digest of a stored statement, as its row's hash wants it."""
        row = self.connection.execute("SELECT hex(digest) FROM statements WHERE number = ?", (statement,)).fetchone()
        return str(row[0])

    def _statement(self, label: Label) -> tuple[int, str]:
        """Return number and digest of what a label says, after storing it if it is new."""
        key = statement_key(label)
        known = self._statements.get(key)
        if known is None:
            if len(self._statements) >= _REMEMBERED:
                self._statements.clear()
            known = self._statements[key] = self._stored(label)
        return known

    def _stored(self, label: Label) -> tuple[int, str]:
        statement = statement_of(label)
        row = self.connection.execute("SELECT number FROM statements WHERE digest = ?", (statement.digest,)).fetchone()
        if row is None:
            row = self.connection.execute(
                "INSERT INTO statements (digest, name, entity, routes, body) VALUES (?, ?, ?, ?, ?) RETURNING number",
                statement,
            ).fetchone()
        return row[0], statement.digest.hex().upper()


def _identity(label: Label) -> tuple[str, str]:
    return label.identity.format, label.identity.key


def add_actors(connection: sqlite3.Connection, actors: Iterable[dict[str, Any]], at: datetime) -> int:
    """Add actors (each a table with an `id`) that are new or say something new, and return how many there were."""
    end = ChainEnd(connection, "actors")
    known = current_actors(connection)
    count = 0
    for actor in actors:
        body = json.dumps(actor, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        if known.get(actor["id"]) != body:
            values = (actor["id"], body, microseconds(at))
            number, row_hash = end.next(values)
            connection.execute("INSERT INTO actors VALUES (?, ?, ?, ?, ?)", (number, *values, row_hash))
            known[actor["id"]] = body
            count += 1
    end.close()
    return count


def current_actors(connection: sqlite3.Connection) -> dict[str, str]:
    """Return the present body of every actor, by id."""
    return dict(connection.execute("SELECT id, body FROM actors ORDER BY seq").fetchall())


@dataclass(frozen=True, slots=True)
class LabelUse:
    """That something rested on a label."""

    kind: str
    """`trace`, `report`, `verdict`."""
    name: str
    """Which one: a case, a request."""
    digest: str
    """Of its content, so that two of one name are told apart."""
    at: datetime


def add_uses(connection: sqlite3.Connection, labels: Sequence[str], use: LabelUse) -> int:
    """Note that something rested on labels; what is known already is not noted again. Returns how many were new."""
    end = ChainEnd(connection, "uses")
    before = end.rows
    for label in labels:
        key = bytes.fromhex(label)
        known = connection.execute(
            "SELECT 1 FROM uses WHERE label = ? AND kind = ? AND name = ? AND digest = ?",
            (key, use.kind, use.name, use.digest),
        ).fetchone()
        if known is None:
            values = (label.upper(), use.kind, use.name, use.digest, microseconds(use.at))
            number, row_hash = end.next(values)
            connection.execute("INSERT INTO uses VALUES (?, ?, ?, ?, ?, ?, ?)", (number, key, *values[1:], row_hash))
    if end.rows > before:
        end.close()
    return end.rows - before
