"""Adding to the label store: new labels, corrections, objections, withdrawals, actors and uses. Nothing is erased."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, Final

from qiyafa.model.errors import InvalidInput, NotFound
from qiyafa.model.label import Label, LabelState
from qiyafa.stores.database import Session
from qiyafa.stores.labels_chain import ChainEnd
from qiyafa.stores.labels_rows import VersionRow
from qiyafa.stores.labels_statements import KeptStatement, StatementShelf, kept_statement
from qiyafa.stores.moments import microseconds
from qiyafa.stores.wanted import rows_of_keys

_AT_ONCE: Final = 1000
"""So many labels are looked up and inserted together."""
_CURRENT: Final = "SELECT v.id, v.format, v.key, v.written, v.statement, v.state, v.objection, v.known_from, NULL"


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


def add_labels(session: Session, labels: Iterable[Label], at: datetime) -> LabelCounts:
    """Add labels that became known at a moment."""
    intake = _LabelIntake(session, microseconds(at))
    remaining = iter(labels)
    while batch := list(islice(remaining, _AT_ONCE)):
        intake.add(batch)
    intake.close()
    return intake.counts


def object_to(session: Session, label: str, state: LabelState, objection: str, at: datetime) -> bytes:
    """Add a version of a label that is disputed or withdrawn, and return the label's id.

    Raises NotFound, and InvalidInput if it is withdrawn.
    """
    id = find_id(session, label)
    current = _current_versions(session, [id])[id]
    if current.state == LabelState.WITHDRAWN:
        raise InvalidInput("labels.error.is_withdrawn", label=id.hex())
    writer = _VersionWriter(session, microseconds(at))
    changed = current._replace(state=state.value, objection=objection)
    writer.write(changed, kept_statement(session, current.statement), current)
    writer.close()
    return id


def find_id(session: Session, written: str) -> bytes:
    """Return the id that begins as written. Raises InvalidInput if several do, NotFound if none does."""
    digits = written.strip().lower()
    if not 6 <= len(digits) <= 32 or any(digit not in "0123456789abcdef" for digit in digits):
        raise InvalidInput("labels.error.no_id", label=written)
    low, high = bytes.fromhex(digits.ljust(32, "0")), bytes.fromhex(digits.ljust(32, "f"))
    found = session.execute(
        "SELECT DISTINCT id FROM versions WHERE id BETWEEN ? AND ? ORDER BY id LIMIT 2", (low, high)
    ).fetchall()
    if not found:
        raise NotFound("labels.error.no_label", label=written)
    if len(found) > 1:
        raise InvalidInput("labels.error.several", label=written, first=found[0][0].hex(), second=found[1][0].hex())
    return bytes(found[0][0])


def _current_versions(session: Session, ids: Sequence[bytes]) -> dict[bytes, VersionRow]:
    """Return the present version of each of these labels that is there."""
    query = f"{_CURRENT} FROM wanted CROSS JOIN versions v WHERE v.id = wanted.key AND v.replaced_by IS NULL"
    rows = (VersionRow._make(row) for row in rows_of_keys(session, query, ids))
    return {bytes(row.id): row for row in rows}


class _VersionWriter:
    """Adds versions while one transaction is open."""

    def __init__(self, session: Session, at: int) -> None:
        self._session = session
        self._at = at
        self._end = ChainEnd(session, "versions")
        self._waiting: list[tuple[Any, ...]] = []
        """Versions to insert; many at once take half the time."""
        self._replaced: list[tuple[int, bytes, int]] = []

    @property
    def is_first(self) -> bool:
        """Whether there is no version yet."""
        return self._end.rows == 0

    def write(self, row: VersionRow, statement: KeptStatement, current: VersionRow | None) -> VersionRow:
        """Write a version, close the one before it, and return the version as it is written."""
        # A clock that was set back must not make a version end before it began.
        at = self._at if current is None else max(self._at, current.known_from)
        said = (row.format, row.key, row.written)
        state = (row.state, row.objection, at)
        number, row_hash = self._end.next((row.id.hex().upper(), *said, statement.digest.hex().upper(), *state))
        self._waiting.append((number, row.id, *said, statement.number, *state, statement.routes, None, row_hash))
        if current is not None:
            self._replaced.append((number, row.id, number))
        return row._replace(known_from=at)

    def flush(self) -> None:
        """Insert what waits."""
        self._session.executemany(
            "INSERT INTO versions (seq, id, format, key, written, statement, state, objection, known_from, routes,"
            " replaced_by, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            self._waiting,
        )
        # With `+ 0`, or PostgreSQL would go through the rows of all lower numbers.
        self._session.executemany(
            "UPDATE versions SET replaced_by = ? WHERE id = ? AND replaced_by IS NULL AND seq + 0 < ?", self._replaced
        )
        self._waiting.clear()
        self._replaced.clear()

    def close(self) -> None:
        """Insert what waits, and write down how long the chain is."""
        self.flush()
        self._end.close()


class _LabelIntake:
    """Adds labels that say something new, some at a time."""

    def __init__(self, session: Session, at: int) -> None:
        self.counts = LabelCounts()
        self._session = session
        self._at = at
        self._writer = _VersionWriter(session, at)
        self._statements = StatementShelf(session)
        self._was_empty = self._writer.is_first
        self._seen: set[bytes] = set()
        """Ids of this import: were it judged by the file's order, importing twice would go back and forth."""

    def add(self, labels: Sequence[Label]) -> None:
        """Add the labels that say something new."""
        ids = [bytes.fromhex(label.id) for label in labels]
        stored = self._seen.intersection(ids) if self._was_empty else ids
        current = _current_versions(self._session, list(dict.fromkeys(stored)))
        for id, label, statement in zip(ids, labels, self._statements.kept(labels), strict=True):
            written = self._add(id, label, statement, current.get(id))
            if written is not None:
                current[id] = written
        self._writer.flush()

    def close(self) -> None:
        """Write down how long the chain is."""
        self._writer.close()

    def _add(self, id: bytes, label: Label, statement: KeptStatement, current: VersionRow | None) -> VersionRow | None:
        """Write a version if a label needs one, and return it."""
        is_repeated = id in self._seen
        self._seen.add(id)
        fresh = VersionRow(
            id, *_identity(label), label.written, statement.number, LabelState.ACTIVE.value, "", self._at, None
        )
        if current is None:
            self.counts.added += 1
            return self._writer.write(fresh, statement, None)
        if current.state == LabelState.WITHDRAWN:
            self.counts.withdrawn += 1
        elif current.statement == statement.number:
            self.counts.same += 1
        elif is_repeated:
            self.counts.repeated += 1
        else:
            self.counts.changed += 1
            changed = fresh._replace(state=current.state, objection=current.objection)
            return self._writer.write(changed, statement, current)
        return None


def _identity(label: Label) -> tuple[str, str]:
    return label.identity.format, label.identity.key


def add_actors(session: Session, actors: Iterable[dict[str, Any]], at: datetime) -> int:
    """Add actors (each a table with an `id`) that are new or say something new, and return how many there were."""
    end = ChainEnd(session, "actors")
    known = current_actors(session)
    rows = []
    for actor in actors:
        body = json.dumps(actor, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        if known.get(actor["id"]) != body:
            values = (actor["id"], body, microseconds(at))
            number, row_hash = end.next(values)
            rows.append((number, *values, row_hash))
            known[actor["id"]] = body
    session.executemany("INSERT INTO actors (seq, id, body, known_from, hash) VALUES (?, ?, ?, ?, ?)", rows)
    end.close()
    return len(rows)


def current_actors(session: Session) -> dict[str, str]:
    """Return the present body of every actor, by id."""
    return dict(session.execute("SELECT id, body FROM actors ORDER BY seq").fetchall())


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


def add_uses(session: Session, labels: Sequence[str], use: LabelUse) -> int:
    """Note that something rested on labels; what is known already is not noted again. Returns how many were new."""
    keys = list(dict.fromkeys(bytes.fromhex(label) for label in labels))
    said = (use.kind, use.name, use.digest)
    query = (
        "SELECT u.label FROM wanted CROSS JOIN uses u"
        " WHERE u.label = wanted.key AND u.kind = ? AND u.name = ? AND u.digest = ?"
    )
    known = {bytes(label) for (label,) in rows_of_keys(session, query, keys, said)}
    end = ChainEnd(session, "uses")
    rows = []
    for key in keys:
        if key not in known:
            values = (*said, microseconds(use.at))
            number, row_hash = end.next((key.hex().upper(), *values))
            rows.append((number, key, *values, row_hash))
    if rows:
        session.executemany(
            "INSERT INTO uses (seq, label, kind, name, digest, at, hash) VALUES (?, ?, ?, ?, ?, ?, ?)", rows
        )
        end.close()
    return len(rows)
