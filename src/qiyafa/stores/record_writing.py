"""Changing the record: every change adds a revision, with the rows that questions are answered from."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from qiyafa.model.claim import Claim, ClaimState
from qiyafa.model.errors import Conflict, InvalidInput
from qiyafa.model.incident import Incident
from qiyafa.model.record import ENTRY_KINDS, Entry, EntryKind, Revision
from qiyafa.model.source import Source
from qiyafa.stores.database import Session
from qiyafa.stores.moments import microseconds, moment_of
from qiyafa.stores.record_checks import check_entry, check_no_loop, entry_words, not_kept, unknown_source
from qiyafa.stores.record_index import (
    ClaimGroup,
    IncidentGroup,
    claim_group,
    claim_limits,
    claim_scope,
    group_digest,
    incident_index,
)
from qiyafa.stores.record_lookup import Latest, latest_of, read_head
from qiyafa.stores.record_rows import ASIDE, WITHDRAWN, RevisionRow, bare, body_of, chained, dated
from qiyafa.stores.record_schema import FOREVER

_AT_ONCE: Final = 2000
"""So many changes are looked up and inserted at a time."""
_INSERTS: Final = {
    "revisions": 11,
    "standing": 7,
    "incident_rows": 7,
    "incident_groups": 4,
    "incident_members": 2,
    "incident_relations": 3,
    "claim_groups": 9,
    "claim_rows": 9,
}
"""The tables in the order in which they are filled, and how many columns each has."""
_SPANS: Final = ("standing", "incident_rows", "claim_rows")


@dataclass(frozen=True, slots=True)
class Change:
    """What is to become of one entry."""

    entry: Entry
    """As it shall be from now on; of a withdrawal, as it last was."""
    reason: str = ""
    withdraw: bool = False

    @property
    def key(self) -> tuple[str, str]:
        """Which entry it is: its kind and id."""
        return ENTRY_KINDS[type(self.entry)].value, self.entry.id

    @property
    def is_withdrawal(self) -> bool:
        """Whether the entry shall stand no longer."""
        return self.withdraw or (isinstance(self.entry, Claim) and self.entry.state is ClaimState.WITHDRAWN)


@dataclass(frozen=True, slots=True)
class By:
    """Who changes something, and when."""

    author: str
    at: datetime


class RecordWriter:
    """Adds revisions while one transaction is open."""

    def __init__(self, session: Session, damaged: Conflict) -> None:
        self.head = read_head(session)
        self._session = session
        self._damaged = damaged
        self._waiting: dict[str, list[tuple[Any, ...]]] = {table: [] for table in _INSERTS}
        self._closing: list[tuple[int, int]] = []
        self._latest: dict[tuple[str, str], Latest] = {}
        self._groups: dict[IncidentGroup | ClaimGroup, int] = {}
        self._group_counts = {table: _rows_in(session, table) for table in ("incident_groups", "claim_groups")}
        self._known_sources: dict[str, bool] = {}

    def write(self, changes: Sequence[Change], by: By) -> list[Revision]:
        """Add a revision for every change that says something new, and return them.

        Raises InvalidInput for the first change that cannot be taken in.
        """
        self._check_references(changes)
        made = []
        for begin in range(0, len(changes), _AT_ONCE):
            part = changes[begin : begin + _AT_ONCE]
            self._look_up(part)
            made += [row for change in part if (row := self._add(change, by)) is not None]
            self._insert()
        self._save_head()
        return made

    def set_aside(self, entry: Entry, by: By) -> None:
        """Note what somebody says of an entry of which another revision goes on standing."""
        self._look_up([Change(entry)])
        latest = self._latest[Change(entry).key]
        row = self._row(Change(entry), self._checked_body(Change(entry), by.at), latest, by, aside=True)
        self._waiting["standing"].append(
            (row.seq, row.kind, ASIDE, row.id, latest.first_known, row.known_from, row.known_from)
        )
        self._latest[row.kind, row.id] = latest._replace(last_number=row.number)
        self._insert()
        self._save_head()

    def take_in(self, version: str) -> None:
        """Note that a casebook has been taken in."""
        self.head.casebook, self.head.casebook_seq = version, self.head.revisions
        self._save_head()

    def _add(self, change: Change, by: By) -> Revision | None:
        body = self._checked_body(change, by.at)
        latest = self._latest.get(change.key)
        if change.is_withdrawal and (latest is None or latest.row.withdrawn):
            if latest is not None:
                return None
            kind = entry_words(ENTRY_KINDS[type(change.entry)])
            raise InvalidInput("record.refused.nothing_to_withdraw", entry=kind, id=change.entry.id)
        if latest is not None and self._is_same(latest.row, body, change):
            return None
        row = self._row(change, body, latest, by)
        first_known = row.known_from if latest is None else latest.first_known
        if latest is not None:
            self._closing.append((row.known_from, latest.row.seq))
        entry = row.entry(self._damaged)
        self._index(row, entry, first_known)
        self._latest[row.kind, row.id] = Latest(row, first_known, row.number)
        return Revision(
            kind=EntryKind(row.kind),
            id=row.id,
            number=row.number,
            entry=dated(entry, first_known, row.known_from if row.withdrawn else None),
            known_from=moment_of(row.known_from),
            author=row.author,
            reason=row.reason,
            withdrawn=bool(row.withdrawn),
        )

    def _is_same(self, row: RevisionRow, body: str, change: Change) -> bool:
        """Tell whether a change says what stands already; a newer Qiyafa may write the same in another way."""
        if bool(row.withdrawn) != change.is_withdrawal:
            return False
        return row.body == body or row.entry(self._damaged) == bare(change.entry)

    def _checked_body(self, change: Change, at: datetime) -> str:
        """Return an entry as JSON. What an older Qiyafa took in and this one would refuse may still be withdrawn."""
        try:
            body = body_of(bare(change.entry))
        except UnicodeEncodeError:
            raise not_kept(change.entry) from None
        if not change.is_withdrawal:
            check_entry(change.entry, body, at)
        return body

    def _row(self, change: Change, body: str, latest: Latest | None, by: By, *, aside: bool = False) -> RevisionRow:
        """Return the next revision of an entry, which waits to be inserted."""
        kind, id = change.key
        at = microseconds(by.at)
        self.head.revisions += 1
        row = RevisionRow(
            seq=self.head.revisions,
            kind=kind,
            id=id,
            number=1 if latest is None else latest.last_number + 1,
            # A clock that was set back must not make a revision end before it began.
            known_from=at if latest is None else max(at, latest.row.known_from),
            author=by.author,
            reason=change.reason,
            withdrawn=int(change.is_withdrawal),
            aside=int(aside),
            body=body,
        ).sealed()
        self.head.digest = chained(self.head.digest, row.seal)
        self._waiting["revisions"].append(row)
        return row

    def _index(self, row: RevisionRow, entry: Entry, first_known: int) -> None:
        span = (row.known_from, FOREVER)
        state = row.state(entry)
        self._waiting["standing"].append((row.seq, row.kind, state, row.id, first_known, *span))
        if state == WITHDRAWN:
            return
        if isinstance(entry, Incident):
            index = incident_index(entry)
            self._waiting["incident_rows"].append((row.seq, row.id, *span, *index.days, index.cents))
            numbers = [self._group("incident_groups", group) for group in index.groups]
            self._waiting["incident_members"] += [(number, row.seq) for number in numbers]
            self._waiting["incident_relations"] += [(row.seq, row.id, other) for other in index.others]
        elif isinstance(entry, Claim) and entry.state is ClaimState.ACCEPTED:
            number = self._group("claim_groups", claim_group(entry))
            self._waiting["claim_rows"].append(
                (row.seq, number, row.id, *span, *claim_scope(entry), *claim_limits(entry))
            )

    def _group(self, table: str, group: IncidentGroup | ClaimGroup) -> int:
        """Return the number of a group, which is new if nothing was ever in it."""
        number = self._groups.get(group)
        if number is None:
            query = f"SELECT number FROM {table} WHERE digest = ?"  # noqa: S608 - our own name
            digest = group_digest(group)
            found = self._session.execute(query, (digest,)).fetchone()
            if found is None:
                self._group_counts[table] += 1
                self._waiting[table].append((self._group_counts[table], digest, *group))
            number = self._groups[group] = self._group_counts[table] if found is None else found[0]
        return number

    def _look_up(self, changes: Sequence[Change]) -> None:
        """Find the revisions that stand of entries that are to change; in an empty record there are none."""
        self._latest = latest_of(self._session, (one.key for one in changes)) if self.head.revisions else {}

    def _check_references(self, changes: Sequence[Change]) -> None:
        """Refuse unknown sources, and chains of relations or revised claims that lead back to where they began."""
        kept = [one.entry for one in changes if not one.is_withdrawal]
        self._known_sources |= {entry.id: True for entry in kept if isinstance(entry, Source)}
        for entry in kept:
            refusal = unknown_source(entry, self._is_known_source)
            if refusal is not None:
                raise refusal
        related = {one.entry.id: _related(one) for one in changes if isinstance(one.entry, Incident)}
        revised = {one.entry.id: _revised(one) for one in changes if isinstance(one.entry, Claim)}
        for entry in kept:
            if isinstance(entry, Incident) and entry.relations:
                check_no_loop(entry, lambda id: self._targets(id, related, self._stored_relations))
            elif isinstance(entry, Claim) and entry.supersedes:
                check_no_loop(entry, lambda id: self._targets(id, revised, self._stored_supersedes))

    def _targets(
        self, id: str, changed: dict[str, tuple[str, ...]], stored: Callable[[str], tuple[str, ...]]
    ) -> tuple[str, ...]:
        found = changed.get(id)
        return stored(id) if found is None else found

    def _stored_relations(self, id: str) -> tuple[str, ...]:
        rows = self._session.execute(
            "SELECT l.other FROM incident_relations l JOIN incident_rows i ON i.seq = l.seq "  # noqa: S608
            f"WHERE l.id = ? AND i.known_until = {FOREVER} ORDER BY l.other",
            (id,),
        )
        return tuple(other for (other,) in rows)

    def _stored_supersedes(self, id: str) -> tuple[str, ...]:
        key = (EntryKind.CLAIM.value, id)
        latest = latest_of(self._session, [key]).get(key)
        entry = None if latest is None or latest.row.withdrawn else latest.row.entry(self._damaged)
        return (entry.supersedes,) if isinstance(entry, Claim) and entry.supersedes else ()

    def _is_known_source(self, id: str) -> bool:
        known = self._known_sources.get(id)
        if known is None:
            latest = latest_of(self._session, [(EntryKind.SOURCE.value, id)])
            known = self._known_sources[id] = any(not one.row.withdrawn for one in latest.values())
        return known

    def _insert(self) -> None:
        for table, columns in _INSERTS.items():
            rows = self._waiting[table]
            if rows:
                self._session.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * columns)})", rows)  # noqa: S608
                rows.clear()
        for table in _SPANS if self._closing else ():
            self._session.executemany(f"UPDATE {table} SET known_until = ? WHERE seq = ?", self._closing)  # noqa: S608
        self._closing.clear()

    def _save_head(self) -> None:
        head = self.head
        self._session.execute("DELETE FROM head")
        self._session.execute(
            "INSERT INTO head VALUES (1, ?, ?, ?, ?)", (head.revisions, head.digest, head.casebook, head.casebook_seq)
        )


def _rows_in(session: Session, table: str) -> int:
    count: int = session.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608 - our own name
    return count


def _related(change: Change) -> tuple[str, ...]:
    entry = change.entry
    return (
        ()
        if change.is_withdrawal or not isinstance(entry, Incident)
        else tuple(one.incident for one in entry.relations)
    )


def _revised(change: Change) -> tuple[str, ...]:
    entry = change.entry
    return (entry.supersedes,) if not change.is_withdrawal and isinstance(entry, Claim) and entry.supersedes else ()
