"""The record on disk: sources, actors, incidents, claims and attributions, as they stand and as they stood.

Where nothing was ever written, the casebook that ships with Qiyafa answers, held in memory by the same code. The first
change makes the file (or the tables) and puts the casebook in first. `docs/record-store.md` tells the rest.
"""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from qiyafa.model.actor import Actor
from qiyafa.model.attribution import Attribution
from qiyafa.model.claim import Claim, ClaimState
from qiyafa.model.errors import InvalidInput
from qiyafa.model.incident import Incident
from qiyafa.model.record import (
    ENTRY_KINDS,
    ClaimTally,
    ClaimTallyRow,
    Entry,
    EntryKind,
    IncidentTally,
    IncidentTallyRow,
    RecordContent,
    Revision,
)
from qiyafa.model.source import Source
from qiyafa.stores.database import Database, Refusals, Session
from qiyafa.stores.moments import microseconds
from qiyafa.stores.opening import Location, database_at
from qiyafa.stores.record_casebook import (
    CASEBOOK_AUTHOR,
    CasebookConflict,
    CasebookIntake,
    conflicts,
    edition_moment,
    is_pending,
)
from qiyafa.stores.record_lookup import qualified_columns, read_head, rows_of
from qiyafa.stores.record_rows import STANDS, WITHDRAWN, RevisionRow, dated
from qiyafa.stores.record_schema import RECORD, standing_at
from qiyafa.stores.record_tallies import claim_tally, incident_tally
from qiyafa.stores.record_verify import check_record
from qiyafa.stores.record_writing import By, Change, RecordWriter
from qiyafa.stores.sqlite_file import SqliteFile, SqliteMemory

__all__ = ["CasebookConflict", "Change", "RecordStore", "open_record"]


def open_record(location: Location, *, casebook: RecordContent | None) -> "RecordStore":
    """Return the record at a path or at the URL of a PostgreSQL database. It need not exist; nothing is made yet.

    Raises InvalidInput for a URL that is none, Unavailable if the driver of PostgreSQL is not installed.
    """
    return RecordStore(database_at(location, RECORD), casebook)


class RecordStore:
    """The `model.record.RecordBook` over a database. For any number of threads.

    Every question raises Conflict if what is stored is damaged, foreign, newer or kept busy, and Unavailable if it
    cannot be reached or read.
    """

    def __init__(self, database: Database, casebook: RecordContent | None) -> None:
        self._database = database
        self._casebook = casebook
        self._damaged = Refusals(RECORD.kind, database.location).damaged
        self._memory: SqliteMemory | None = None
        self._lock = threading.Lock()

    @property
    def location(self) -> str:
        """Where it is, without a password."""
        return self._database.location

    # Reading ---------------------------------------------------------------------------------------------------------

    def version(self) -> str:
        """Return a digest that changes with every change of the record, and with nothing else."""
        with self._reading() as session:
            return read_head(session).digest.hex()

    def casebook_version(self) -> str:
        """Return the version of the casebook that the record has taken in; empty if none."""
        with self._reading() as session:
            return read_head(session).casebook

    def pending_casebook(self) -> str:
        """Return the version of the casebook that ships with this Qiyafa, if the next change will take it in; else an
        empty text. Until then answers come from the one before.
        """
        with self._reading() as session:
            taken_in = read_head(session).casebook
        return self._casebook.version if self._casebook is not None and is_pending(taken_in, self._casebook) else ""

    def conflicts(self) -> list[CasebookConflict]:
        """Return the entries that stand although the casebook has said something else since, by kind and id."""
        with self._reading() as session:
            return list(conflicts(session, self._damaged()))

    def get(self, kind: EntryKind, id: str, known_at: datetime | None = None) -> Entry | None:
        """Return an entry as it stands, or as it stood at a moment; None if it is not there or was withdrawn."""
        condition = f"s.kind = ? AND s.id = ? AND s.state <> '{WITHDRAWN}'"
        return next(self._entries(condition, (kind.value, id), known_at), None)

    def sources(self, known_at: datetime | None = None) -> dict[str, Source]:
        """Return every source by id, withdrawn ones too: what rests on them still names them."""
        found = self._entries("s.kind = 'source'", (), known_at)
        return {one.id: one for one in found if isinstance(one, Source)}

    def actors(self) -> dict[str, Actor]:
        """Return every actor by id, withdrawn ones too."""
        return {one.id: one for one in self._entries("s.kind = 'actor'") if isinstance(one, Actor)}

    def incidents(self, known_at: datetime | None = None) -> Iterator[Incident]:
        """Yield the incidents that stand, by id."""
        found = self._entries(f"s.kind = 'incident' AND s.state = '{STANDS}'", (), known_at)
        return (one for one in found if isinstance(one, Incident))

    def claims(self, known_at: datetime | None = None) -> Iterator[Claim]:
        """Yield the accepted claims that stand, by id."""
        return self._claims(ClaimState.ACCEPTED, known_at)

    def proposed(self) -> Iterator[Claim]:
        """Yield the claims that wait for a person, by id."""
        return self._claims(ClaimState.PROPOSED, None)

    def attributions(self, known_at: datetime | None = None) -> Iterator[Attribution]:
        """Yield the attributions that stand, by id."""
        found = self._entries(f"s.kind = 'attribution' AND s.state = '{STANDS}'", (), known_at)
        return (one for one in found if isinstance(one, Attribution))

    def withdrawn(self) -> Iterator[Revision]:
        """Yield the revision by which each entry that was withdrawn, and stands no longer, ended; by id."""
        for entry in self._entries(f"s.state = '{WITHDRAWN}'"):
            *_, last = (one for one in self.history(ENTRY_KINDS[type(entry)], entry.id) if not one.aside)
            if last.withdrawn:
                yield last

    def history(self, kind: EntryKind, id: str) -> list[Revision]:
        """Return every revision of an entry, oldest first; empty if there never was one."""
        with self._reading() as session:
            rows = list(rows_of(session, "kind = ? AND id = ?", (kind.value, id)))
        return [self._revision(row, rows[0].known_from) for row in rows]

    def incident_tally(self, question: IncidentTally) -> list[IncidentTallyRow]:
        """Answer a statistic of incidents, sorted by group. Merged and part-of incidents are not counted again."""
        moment = _moment(question.known_at)
        with self._reading() as session:
            actors = self._with_descendants(session, question.actor, moment) if question.actor else ()
            return incident_tally(session, question, actors, moment)

    def claim_tally(self, question: ClaimTally) -> list[ClaimTallyRow]:
        """Answer a statistic of claims, sorted by period, claimant, source and edition."""
        with self._reading() as session:
            return claim_tally(session, question, _moment(question.known_at))

    def verify(self) -> None:
        """Read everything, and raise Conflict if anything is not as it was written."""
        with self._reading() as session:
            check_record(session, self._damaged())
        if isinstance(self._database, SqliteFile) and not self._database.is_sound():
            raise self._damaged()

    # Writing ---------------------------------------------------------------------------------------------------------

    def apply(self, changes: Sequence[Change], *, at: datetime, author: str) -> list[Revision]:
        """Take in changes that became known at a moment, all or none, and return the revisions that they made.

        What says nothing new makes none. A casebook that the record has not taken in goes in first, also if there are
        no changes. Raises InvalidInput for a change that cannot be taken in, and like every question.
        """
        if author.startswith(CASEBOOK_AUTHOR):
            raise InvalidInput("record.refused.author", author=author)
        with self._database.writing() as session:
            writer = RecordWriter(session, self._damaged())
            self._take_in_casebook(session, writer, at)
            return writer.write(changes, By(author, at))

    def close(self) -> None:
        """Let idle connections go; the next question opens new ones."""
        self._database.close()

    def _take_in_casebook(self, session: Session, writer: RecordWriter, at: datetime) -> None:
        if self._casebook is not None and is_pending(writer.head.casebook, self._casebook):
            CasebookIntake(session, writer, self._damaged()).take_in(self._casebook, at)

    @contextmanager
    def _reading(self) -> Iterator[Session]:
        """Give a session on what was written, else on the casebook."""
        with self._database.reading() as session:
            if session is not None:
                yield session
                return
        with self._built_in().reading() as session:
            assert session is not None, "the casebook was just put in"
            yield session

    def _built_in(self) -> SqliteMemory:
        """Return the record of somebody who has written nothing: the casebook, known since its own day."""
        with self._lock:
            if self._memory is None:
                memory = SqliteMemory(RECORD)
                with memory.writing() as session:
                    if self._casebook is not None:
                        writer = RecordWriter(session, self._damaged())
                        self._take_in_casebook(session, writer, edition_moment(self._casebook.version))
                self._memory = memory
            return self._memory

    def _entries(
        self, condition: str, parameters: Sequence[str] = (), known_at: datetime | None = None
    ) -> Iterator[Entry]:
        """Yield the entries of a condition that stand at a moment, by id."""
        standing = standing_at("s", _moment(known_at))
        query = (
            f"SELECT {qualified_columns()}, s.first_known FROM standing s "  # noqa: S608 - our own names
            f"JOIN revisions r ON r.seq = s.seq WHERE {condition} AND {standing} ORDER BY s.id"
        )
        damaged = self._damaged()
        with self._reading() as session:
            for *values, first_known in session.iterate(query, parameters):
                row = RevisionRow._make(values)
                yield dated(row.entry(damaged), first_known, row.known_from if row.withdrawn else None)

    def _claims(self, state: ClaimState, known_at: datetime | None) -> Iterator[Claim]:
        found = self._entries(f"s.kind = 'claim' AND s.state = '{state.value}'", (), known_at)
        return (one for one in found if isinstance(one, Claim))

    def _revision(self, row: RevisionRow, first_known: int) -> Revision:
        found = row.revision(self._damaged())
        dated(found.entry, first_known, row.known_from if row.withdrawn else None)
        return found

    def _with_descendants(self, session: Session, actor: str, moment: int | None) -> tuple[str, ...]:
        """Return an actor and all that are said to belong to it, directly or through others.

        Withdrawn ones too: what is laid to them still names them.
        """
        query = (
            f"SELECT {qualified_columns()} FROM standing s JOIN revisions r ON r.seq = s.seq "  # noqa: S608
            f"WHERE s.kind = 'actor' AND {standing_at('s', moment)} ORDER BY s.id"
        )
        parts: dict[str, list[str]] = {}
        for values in session.iterate(query):
            one = RevisionRow._make(values).entry(self._damaged())
            if isinstance(one, Actor) and one.parent:
                parts.setdefault(one.parent, []).append(one.id)
        found = [actor]
        for one_of_them in found:
            found += [part for part in parts.get(one_of_them, ()) if part not in found]
        return tuple(found)


def _moment(known_at: datetime | None) -> int | None:
    return None if known_at is None else microseconds(known_at)
