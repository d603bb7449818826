"""The casebook in a record: taken in as revisions of its own, never over what somebody has changed.

Its author is `casebook <version>`. Where the entry that stands was written by somebody else, what a newer casebook says
is noted beside it, and the entry goes on standing: a conflict, until somebody writes the entry again.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from qiyafa.model.errors import Conflict
from qiyafa.model.record import Entry, RecordContent, Revision
from qiyafa.stores.database import Session
from qiyafa.stores.record_lookup import Latest, latest_of, qualified_columns, rows_of
from qiyafa.stores.record_rows import ASIDE, WITHDRAWN, RevisionRow
from qiyafa.stores.record_schema import FOREVER
from qiyafa.stores.record_writing import By, Change, RecordWriter

CASEBOOK_AUTHOR: Final = "casebook "
"""How the author of every revision of the casebook begins."""


@dataclass(frozen=True, slots=True)
class CasebookConflict:
    """An entry of which the casebook says something else than the revision that stands."""

    yours: Revision
    """It stands."""
    casebook: Revision
    """What the casebook said later."""


def edition_moment(version: str) -> datetime:
    """Return the beginning of the day with which the version of a casebook begins. UTC."""
    return datetime.fromisoformat(version[: len("2026-01-01")]).replace(tzinfo=UTC)


def is_pending(taken_in: str, casebook: RecordContent) -> bool:
    """Tell whether a record with one casebook, or with none, is to take in another: it is, unless that is older."""
    if not taken_in:
        return True
    return taken_in != casebook.version and edition_moment(casebook.version) >= edition_moment(taken_in)


class CasebookIntake:
    """Takes a casebook into a record while one transaction is open."""

    def __init__(self, session: Session, writer: RecordWriter, damaged: Conflict) -> None:
        self._session = session
        self._writer = writer
        self._damaged = damaged

    def take_in(self, casebook: RecordContent, at: datetime) -> None:
        """Write what is new or changed, withdraw what is gone, and set aside what somebody else has changed.

        The first casebook is known since its own day, as answers were given from it before; a newer one from now on.
        """
        moment = edition_moment(casebook.version)
        if self._writer.head.casebook:
            moment = max(moment, at)
        by = By(f"{CASEBOOK_AUTHOR}{casebook.version}", moment)
        latest = latest_of(self._session, (Change(entry).key for entry in casebook.entries))
        changes = []
        for entry in casebook.entries:
            standing = latest.get(Change(entry).key)
            if standing is None or _is_of_casebook(standing.row):
                changes.append(Change(entry))
            elif self._is_news(entry, standing):
                self._writer.set_aside(entry, by)
        changes += self._dropped(casebook)
        self._writer.write(changes, by)
        self._writer.take_in(casebook.version)

    def _is_news(self, entry: Entry, standing: Latest) -> bool:
        """Tell whether the casebook says what neither the entry that stands nor the last casebook said."""
        if not standing.row.withdrawn and standing.row.entry(self._damaged) == entry:
            return False
        key = (standing.row.kind, standing.row.id)
        said = [row for row in rows_of(self._session, "kind = ? AND id = ?", key) if _is_of_casebook(row)]
        return not said or said[-1].entry(self._damaged) != entry

    def _dropped(self, casebook: RecordContent) -> Iterator[Change]:
        """Yield the withdrawal of every entry of an earlier casebook that this one does not have."""
        kept = {Change(entry).key for entry in casebook.entries}
        standing = f"SELECT seq FROM standing WHERE known_until = {FOREVER} AND state <> '{WITHDRAWN}'"  # noqa: S608
        for row in rows_of(self._session, f"author LIKE '{CASEBOOK_AUTHOR}%' AND seq IN ({standing})"):
            if (row.kind, row.id) not in kept:
                yield Change(row.entry(self._damaged), withdraw=True)


def conflicts(session: Session, damaged: Conflict) -> Iterator[CasebookConflict]:
    """Yield every entry that stands although the casebook has said something else since, by kind and id."""
    rows = session.execute(
        f"SELECT {qualified_columns()}, s.seq FROM standing a "  # noqa: S608 - our own names
        f"JOIN standing s ON s.kind = a.kind AND s.id = a.id AND s.known_until = {FOREVER} "
        f"JOIN revisions r ON r.seq = a.seq WHERE a.state = '{ASIDE}' AND a.seq > s.seq ORDER BY a.kind, a.id, a.seq"
    ).fetchall()
    newest = {(row.kind, row.id): (row, standing) for *values, standing in rows for row in [RevisionRow._make(values)]}
    for aside, standing in newest.values():
        (yours,) = rows_of(session, f"seq = {standing:d}")
        yield CasebookConflict(yours.revision(damaged), aside.revision(damaged))


def _is_of_casebook(row: RevisionRow) -> bool:
    return row.author.startswith(CASEBOOK_AUTHOR)
