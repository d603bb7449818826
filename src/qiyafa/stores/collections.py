"""Collections to share: STIX objects in their versions, published by us or sent by others, and what became of them.

What others sent is told apart by its sender for ever, and nothing here is a fact of the record. A row is one version of
one object; `added` is unique within a collection and only grows, so it is the order, the page mark and the resuming
point in one.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from qiyafa.model.collection import Collection, Match, Page, StixItem
from qiyafa.model.errors import Conflict
from qiyafa.model.label import Tlp
from qiyafa.model.parcel import LEVELS
from qiyafa.stores.collections_pages import read_page
from qiyafa.stores.database import Database, Schema, Session
from qiyafa.stores.moments import microseconds, moment_of
from qiyafa.stores.opening import Location, database_at

COLLECTIONS: Final = Schema(
    kind="collections",
    application_id=0x5169436F,  # QiCo
    version=1,
    tables="""
CREATE TABLE collections (
  name TEXT PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  title TEXT NOT NULL,
  tlp TEXT NOT NULL
) STRICT;
CREATE TABLE objects (
  collection TEXT NOT NULL,
  added INTEGER NOT NULL,
  id TEXT NOT NULL,
  type TEXT NOT NULL,
  version INTEGER NOT NULL,
  is_first INTEGER NOT NULL,
  is_last INTEGER NOT NULL,
  level INTEGER NOT NULL,
  sender TEXT NOT NULL,
  sha256 BLOB NOT NULL,
  body BLOB NOT NULL,
  PRIMARY KEY (collection, added)
) STRICT;
CREATE UNIQUE INDEX objects_by_version ON objects (collection, id, version);
CREATE INDEX objects_by_type ON objects (collection, type, added);
CREATE TABLE statuses (
  id TEXT PRIMARY KEY,
  sender TEXT NOT NULL,
  at INTEGER NOT NULL,
  body BLOB NOT NULL
) STRICT;
CREATE TABLE pulls (
  url TEXT PRIMARY KEY,
  after INTEGER NOT NULL
) STRICT;
""",
)
OURS: Final = ""
"""The sender of what we published."""


class Taken(StrEnum):
    """What became of an object that was to be added."""

    ADDED = "added"
    KNOWN = "known"
    """It is there already, the same."""
    OTHER = "other"
    """The same version is there with another content, which stays."""
    THEIRS = "theirs"
    """Somebody else added the object, who alone gives it new versions."""


@dataclass(slots=True)
class Intake:
    """Objects to add to a collection, and what became of each."""

    collection: str
    """Name."""
    sender: str
    at: datetime
    outcomes: list[tuple[Taken, datetime]] = field(default_factory=list)
    """With the version under which it stands, in the order in which they were given."""


class CollectionStore:
    """The collections at one place, which need not exist. For any number of threads and processes.

    Every question raises Conflict if what is stored is damaged, foreign, newer or kept busy, and Unavailable if it
    cannot be reached, read or written.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def make(self, collection: Collection) -> None:
        """Keep a new collection. Raises Conflict if another one answers to its name or its id."""
        with self._database.writing() as session:
            names = (collection.name, collection.id) * 2
            if session.execute("SELECT 1 FROM collections WHERE name IN (?, ?) OR id IN (?, ?)", names).fetchone():
                raise Conflict("taxii.error.name_taken", name=collection.name)
            row = (collection.name, collection.id, collection.title, collection.tlp.value)
            session.execute("INSERT INTO collections (name, id, title, tlp) VALUES (?, ?, ?, ?)", row)

    def all(self) -> list[Collection]:
        """Return every collection, by name."""
        with self._database.reading() as session:
            if session is None:
                return []
            rows = session.execute("SELECT id, name, title, tlp FROM collections ORDER BY name").fetchall()
            return [Collection(id, name, title, Tlp(tlp)) for id, name, title, tlp in rows]

    def find(self, name_or_id: str) -> Collection | None:
        """Return the collection of a name or an id."""
        return next((one for one in self.all() if name_or_id in (one.name, one.id)), None)

    def count(self, collection: Collection) -> int:
        """Return how many versions of objects a collection holds, those above its level included."""
        with self._database.reading() as session:
            if session is None:
                return 0
            counted = "SELECT count(*) FROM objects WHERE collection = ?"
            return int(session.execute(counted, (collection.name,)).fetchone()[0])

    def page(self, collection: Collection, match: Match, *, with_bodies: bool = True) -> Page:
        """Return the objects that a question asks for, in the order in which they came in; none above the level."""
        with self._database.reading() as session:
            if session is None:
                return Page((), more=False)
            return read_page(session, collection, match, with_bodies=with_bodies)

    def add(self, intake: Intake, items: Sequence[StixItem]) -> None:
        """Add the versions that are not there yet, in one transaction, and note in the intake what became of each."""
        with self._database.writing() as session:
            newest = "SELECT max(added) FROM objects WHERE collection = ?"
            before = session.execute(newest, (intake.collection,)).fetchone()[0]
            added = max(microseconds(intake.at), -1 if before is None else before + 1)
            for item in items:
                taken, version = _add(session, intake, item, added)
                intake.outcomes.append((taken, moment_of(version)))
                added += taken is Taken.ADDED

    def delete(self, collection: Collection, versions: Iterable[tuple[str, datetime]], sender: str) -> int:
        """Remove versions of objects that a sender added; return how many there were."""
        removed = 0
        with self._database.writing() as session:
            for id, version in versions:
                key = (collection.name, id, microseconds(version), sender)
                theirs = "WHERE collection = ? AND id = ? AND version = ? AND sender = ?"
                if session.execute(f"SELECT 1 FROM objects {theirs}", key).fetchone():  # noqa: S608 - fixed words
                    session.execute(f"DELETE FROM objects {theirs}", key)  # noqa: S608 - fixed words
                    _mark_ends(session, collection.name, id)
                    removed += 1
        return removed

    def withhold(self, collection: Collection, ids: Iterable[str]) -> int:
        """Remove every version of objects that we published; return how many objects were there."""
        gone = [(collection.name, id, OURS) for id in dict.fromkeys(ids)]
        if not gone:
            return 0
        theirs = "WHERE collection = ? AND id = ? AND sender = ?"
        with self._database.writing() as session:
            there = [key for key in gone if session.execute(f"SELECT 1 FROM objects {theirs}", key).fetchone()]  # noqa: S608
            session.executemany(f"DELETE FROM objects {theirs}", there)  # noqa: S608 - fixed words
            for _, id, _ in there:
                _mark_ends(session, collection.name, id)
        return len(there)

    def keep_status(self, id: str, sender: str, at: datetime, body: bytes, *, forget_before: datetime) -> None:
        """Keep what a request to add came to, and forget what is older than a moment."""
        with self._database.writing() as session:
            session.execute("DELETE FROM statuses WHERE at < ?", (microseconds(forget_before),))
            row = (id, sender, microseconds(at), body)
            session.execute("INSERT INTO statuses (id, sender, at, body) VALUES (?, ?, ?, ?)", row)

    def status(self, id: str, sender: str) -> bytes | None:
        """Return what a sender's request came to."""
        with self._database.reading() as session:
            if session is None:
                return None
            asked = "SELECT body FROM statuses WHERE id = ? AND sender = ?"
            row = session.execute(asked, (id, sender)).fetchone()
            return None if row is None else bytes(row[0])

    def pulled_until(self, url: str) -> datetime | None:
        """Return up to which moment another server's collection was fetched; None if it never was."""
        with self._database.reading() as session:
            if session is None:
                return None
            row = session.execute("SELECT after FROM pulls WHERE url = ?", (url,)).fetchone()
            return None if row is None else moment_of(row[0])

    def note_pull(self, url: str, after: datetime) -> None:
        """Keep up to which moment another server's collection was fetched."""
        with self._database.writing() as session:
            session.execute("DELETE FROM pulls WHERE url = ?", (url,))
            session.execute("INSERT INTO pulls (url, after) VALUES (?, ?)", (url, microseconds(after)))

    def close(self) -> None:
        """Let the database go."""
        self._database.close()


def open_collections(location: Location) -> CollectionStore:
    """Return the store at a path or at the URL of a PostgreSQL database. Raises InvalidInput for a URL that is none."""
    return CollectionStore(database_at(location, COLLECTIONS))


def _add(session: Session, intake: Intake, item: StixItem, added: int) -> tuple[Taken, int]:
    """Add one version unless it is there; return what became of it and the version under which it stands."""
    digest = hashlib.sha256(item.body).digest()
    if intake.sender == OURS:
        _take_over(session, intake.collection, item.id)
    version = added if item.version is None else microseconds(item.version)
    known = _known(session, intake.collection, item, version)
    if known is not None:
        if bytes(known[1]) == digest:
            return Taken.KNOWN, known[0]
        if item.version is not None or _is_taken(session, intake.collection, item.id, version):
            return Taken.OTHER, version
    if _is_of_another(session, intake, item.id):
        return Taken.THEIRS, version
    session.execute(
        "INSERT INTO objects (collection, added, id, type, version, is_first, is_last, level, sender, sha256, body)"
        " VALUES (?, ?, ?, ?, ?, 1, 1, ?, ?, ?, ?)",
        (
            *(intake.collection, added, item.id, item.type, version),
            *(LEVELS.index(item.tlp), intake.sender, digest, item.body),
        ),
    )
    _mark_ends(session, intake.collection, item.id)
    return Taken.ADDED, version


def _take_over(session: Session, collection: str, id: str) -> None:
    """Remove what others sent under the identifier of an object that we publish: they cannot have meant it."""
    others = "WHERE collection = ? AND id = ? AND sender <> ?"
    key = (collection, id, OURS)
    if session.execute(f"SELECT 1 FROM objects {others} LIMIT 1", key).fetchone():  # noqa: S608 - fixed words
        session.execute(f"DELETE FROM objects {others}", key)  # noqa: S608 - fixed words
        _mark_ends(session, collection, id)


def _is_of_another(session: Session, intake: Intake, id: str) -> bool:
    asked = "SELECT 1 FROM objects WHERE collection = ? AND id = ? AND sender <> ? LIMIT 1"
    return session.execute(asked, (intake.collection, id, intake.sender)).fetchone() is not None


def _known(session: Session, collection: str, item: StixItem, version: int) -> tuple[int, bytes] | None:
    """Return version and digest of the same version; of what came in last where an object has none of its own."""
    sql = "SELECT version, sha256 FROM objects WHERE collection = ? AND id = ?"
    if item.version is not None:
        row = session.execute(f"{sql} AND version = ?", (collection, item.id, version)).fetchone()
    else:
        row = session.execute(f"{sql} ORDER BY added + 0 DESC LIMIT 1", (collection, item.id)).fetchone()
    return None if row is None else (row[0], row[1])


def _is_taken(session: Session, collection: str, id: str, version: int) -> bool:
    asked = "SELECT 1 FROM objects WHERE collection = ? AND id = ? AND version = ?"
    return session.execute(asked, (collection, id, version)).fetchone() is not None


def _mark_ends(session: Session, collection: str, id: str) -> None:
    """Say anew which version of an object is the first and which the last."""
    of_it = "collection = ? AND id = ?"
    ends = session.execute(f"SELECT min(version), max(version), count(*) FROM objects WHERE {of_it}", (collection, id))  # noqa: S608
    first, last, count = ends.fetchone()
    if count > 1:
        marked = "is_first = CASE WHEN version = ? THEN 1 ELSE 0 END, is_last = CASE WHEN version = ? THEN 1 ELSE 0 END"
        session.execute(f"UPDATE objects SET {marked} WHERE {of_it}", (first, last, collection, id))  # noqa: S608
    elif count:
        session.execute(f"UPDATE objects SET is_first = 1, is_last = 1 WHERE {of_it}", (collection, id))  # noqa: S608
