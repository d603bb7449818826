"""The official lists that are kept: every edition that was ever imported, and the answers from them.

A new edition is loaded aside, checked and switched in one transaction, so a reader sees the old lists or the new ones.
Readers keep what they read in memory, checked against its seals, and ask the database before each look-up whether
another process has switched; a look-up takes microseconds.
"""

import threading
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Self

from qiyafa.model.address import Identity
from qiyafa.model.designation import Designation, ListCoverage, ListVersion, Party
from qiyafa.model.errors import Problem
from qiyafa.model.ports import AddressReader
from qiyafa.stores.database import Refusals
from qiyafa.stores.lists_merge import BuiltIn
from qiyafa.stores.lists_records import Edition, read_problem
from qiyafa.stores.lists_schema import LISTS
from qiyafa.stores.lists_snapshot import (
    EditionContent,
    Snapshot,
    empty_snapshot,
    read_edition,
    read_parties,
    read_snapshot,
)
from qiyafa.stores.lists_versions import StoredVersion, store_edition, stored_state
from qiyafa.stores.opening import Location, database_at
from qiyafa.stores.sqlite_file import SqliteFile


class ListStore:
    """The book of designations. For any number of threads."""

    def __init__(self, location: Location, reader: AddressReader, built_in: Sequence[BuiltIn]) -> None:
        self._database = database_at(location, LISTS)
        self._damaged = Refusals(LISTS.kind, self._database.location).damaged
        self._reader = reader
        self._built_in = tuple(built_in)
        self._empty = empty_snapshot(self._built_in)
        self._kept: tuple[bytes | None, Snapshot] | None = None
        """The digest of a state of the database, and what it held."""
        self._lock = threading.Lock()

    @classmethod
    def reading(cls, location: Location, reader: AddressReader, built_in: Sequence[BuiltIn] = ()) -> Self:
        """Return the book of a place where nothing need be stored: then nothing was imported, and nothing is made."""
        return cls(location, reader, built_in)

    def of(self, identities: Sequence[Identity]) -> list[Designation]:
        """Return every designation of any of these addresses, past, present and future, in a fixed order.

        Raises Conflict for a damaged or foreign place, Unavailable if it cannot be read; so do all questions here.
        """
        snapshot = self._snapshot()
        places = {place for identity in identities for place in snapshot.places.get(identity, ())}
        return [snapshot.designations[place] for place in sorted(places)]

    def each(self) -> Iterator[Designation]:
        """Yield every designation in a fixed order."""
        yield from self._snapshot().designations

    def coverage(self, day: date) -> list[ListCoverage]:
        """Return, for every list that was ever imported, by which edition it answers for a day.

        It is the newest that was published by then, else the oldest, whose age is negative: it vouches for nothing.
        """
        by_list: dict[str, list[ListVersion]] = {}
        for version in self.versions():
            by_list.setdefault(version.list_id, []).append(version)
        found = []
        for list_id, versions in by_list.items():
            by_then = [one for one in versions if one.published <= day]
            best = by_then[-1] if by_then else versions[0]
            age = (day - best.published).days
            found.append(ListCoverage(list_id, best.authority, best.version, best.published, age))
        return found

    def version(self) -> str:
        """Return a digest that changes with every import, and with nothing else; empty if there was none."""
        return self._snapshot().digest

    def versions(self) -> list[ListVersion]:
        """Return every edition, by list and then by publication; the last of a list is the current one."""
        return [one.version for one in self._snapshot().versions]

    def stored(self) -> tuple[StoredVersion, ...]:
        """Return every edition with what the store knows of it beyond its facts."""
        return self._snapshot().versions

    def parties(self, list_id: str | None = None) -> list[Party]:
        """Return every party that was ever listed, or those of one list, with the days it was listed."""
        with self._database.reading() as session:
            found = () if session is None else read_parties(session, self._damaged)
        return [one for one in found if list_id is None or one.list_id == list_id]

    def edition(self, list_id: str, version: str) -> EditionContent | None:
        """Return what one edition says, as it was imported; None if the store does not have it."""
        with self._database.reading() as session:
            return None if session is None else read_edition(session, self._damaged, (list_id, version))

    def problems(self, list_id: str, version: str) -> list[Problem]:
        """Return what was wrong with an edition's data; nothing for an edition that the store does not have."""
        with self._database.reading() as session:
            if session is None:
                return []
            rows = session.execute(
                "SELECT p.content FROM problems p JOIN versions v ON v.id = p.version "
                "WHERE v.list_id = ? AND v.version = ? ORDER BY p.number",
                (list_id, version),
            ).fetchall()
        return [read_problem(content) for (content,) in rows]

    def add(self, edition: Edition, *, override: str = "") -> bool:
        """Take in an edition; return False if the store has it already.

        Raises Conflict if it is much smaller than the one before it and no `override` says why that is right, if the
        place is damaged or foreign, or another process keeps writing; Unavailable if it cannot be written. Then the old
        lists stand.
        """
        return store_edition(self._database, edition, override)

    def verify(self) -> None:
        """Read everything, and have a file's own structures checked. Raises Conflict if anything is damaged."""
        with self._database.reading() as session:
            if session is not None:
                snapshot = read_snapshot(session, self._damaged, self._reader, self._built_in)
                read_parties(session, self._damaged)
                counts: dict[int, int] = dict(
                    session.iterate("SELECT version, count(*) FROM problems GROUP BY version")
                )
                if any(one.version.problems != counts.get(one.id, 0) for one in snapshot.versions):
                    raise self._damaged()
        if isinstance(self._database, SqliteFile) and not self._database.is_sound():
            raise self._damaged()

    def close(self) -> None:
        """Let the place go; the next question opens it again."""
        self._database.close()

    def _snapshot(self) -> Snapshot:
        with self._database.reading() as session:
            if session is None:
                return self._empty
            state = stored_state(session)
            kept = self._kept
            if kept is None or kept[0] != state:
                with self._lock:
                    kept = self._kept
                    if kept is None or kept[0] != state:
                        kept = (state, read_snapshot(session, self._damaged, self._reader, self._built_in))
                        self._kept = kept
            return kept[1]
