"""Whether a record is as it was written: every seal, the chain over them, and every row that answers are made from."""

from typing import Final

from qiyafa.model.claim import Claim, ClaimState
from qiyafa.model.errors import Conflict
from qiyafa.model.incident import Incident
from qiyafa.model.record import Entry
from qiyafa.stores.database import Row, Session
from qiyafa.stores.record_index import claim_group, claim_limits, claim_scope, incident_index
from qiyafa.stores.record_lookup import START, qualified_columns, read_head
from qiyafa.stores.record_rows import REVISION_COLUMNS, STANDS, RevisionRow, chained
from qiyafa.stores.record_schema import FOREVER

_WIDTH: Final = len(REVISION_COLUMNS.split(", "))
_INCIDENT: Final = (
    "SELECT seq, id, known_from, known_until, first_day, last_day, cents FROM incident_rows ORDER BY seq DESC"
)
_GROUPS: Final = (
    "SELECT m.seq, g.dimension, g.value FROM incident_members m LEFT JOIN incident_groups g "
    "ON g.number = m.group_number ORDER BY m.seq DESC, g.dimension, g.value"
)
_RELATIONS: Final = "SELECT seq, id, other FROM incident_relations ORDER BY seq DESC, other"
_CLAIM: Final = (
    "SELECT c.seq, c.id, c.known_from, c.known_until, c.is_whole, c.actor, c.least, c.most, g.measure, g.unit, "
    "g.first_day, g.last_day, g.claimant, g.source, g.edition "
    "FROM claim_rows c LEFT JOIN claim_groups g ON g.number = c.group_number ORDER BY c.seq DESC"
)
_REVISIONS: Final = (
    f"SELECT {qualified_columns()}, s.kind, s.state, s.id, s.first_known, s.known_from, s.known_until "  # noqa: S608
    "FROM revisions r LEFT JOIN standing s ON s.seq = r.seq ORDER BY r.seq DESC"
)


def check_record(session: Session, damaged: Conflict) -> None:
    """Raise the given error if anything is not as it was written. Reads everything once, the newest first."""
    seals = []
    spans = _Spans()
    incidents, groups, relations, claims = (_BySeq(session, sql) for sql in (_INCIDENT, _GROUPS, _RELATIONS, _CLAIM))
    for values in session.iterate(_REVISIONS):
        row, standing = RevisionRow._make(values[:_WIDTH]), tuple(values[_WIDTH:])
        entry = row.entry(damaged)
        seals.append(bytes(row.seal))
        found = (standing, incidents.of(row.seq), groups.of(row.seq), relations.of(row.seq), claims.of(row.seq))
        expected = spans.of(row, row.state(entry), standing[3])
        if found != (expected, *_aids(row, entry, expected[-2:])):
            raise damaged
    head, digest = read_head(session), START
    for seal in reversed(seals):
        digest = chained(digest, seal)
    are_left = any(one.is_left() for one in (incidents, groups, relations, claims))
    (standing_rows,) = session.execute("SELECT count(*) FROM standing").fetchone()
    if are_left or (head.revisions, head.digest, standing_rows) != (len(seals), digest, len(seals)):
        raise damaged


class _Spans:
    """What must stand in `standing`, told from the newest revision of an entry back to its first."""

    def __init__(self) -> None:
        self._until: dict[tuple[str, str], int] = {}
        self._first_known: dict[tuple[str, str], int] = {}

    def of(self, row: RevisionRow, state: str, first_known: int) -> Row:
        """Return the row of a revision whose row says when its entry was first known, if that can be so."""
        key = (row.kind, row.id)
        first_known = self._first_known.setdefault(key, first_known)
        until = row.known_from if row.aside else self._until.get(key, FOREVER)
        if not row.aside:
            self._until[key] = row.known_from
        if row.number == 1:
            del self._first_known[key]
            self._until.pop(key, None)
            first_known = row.known_from
        return (row.kind, state, row.id, first_known, row.known_from, until)


class _BySeq:
    """The rows of one table, asked for by revision, the newest first."""

    def __init__(self, session: Session, query: str) -> None:
        self._rows = session.iterate(query)
        self._next: Row | None = next(self._rows, None)

    def of(self, seq: int) -> list[Row]:
        """Return the rows of a revision, without its number."""
        found = []
        while self._next is not None and self._next[0] == seq:
            found.append(tuple(self._next[1:]))
            self._next = next(self._rows, None)
        return found

    def is_left(self) -> bool:
        """Whether there is a row that no revision asked for."""
        return self._next is not None


def _aids(row: RevisionRow, entry: Entry, span: Row) -> tuple[list[Row], ...]:
    """Return the rows that statistics need of a revision, table by table."""
    incidents: list[Row] = []
    groups: list[Row] = []
    relations: list[Row] = []
    claims: list[Row] = []
    state = row.state(entry)
    if isinstance(entry, Incident) and state == STANDS:
        index = incident_index(entry)
        incidents = [(row.id, *span, *index.days, index.cents)]
        groups = sorted(index.groups)
        relations = [(row.id, other) for other in index.others]
    elif isinstance(entry, Claim) and state == ClaimState.ACCEPTED:
        claims = [(row.id, *span, *claim_scope(entry), *claim_limits(entry), *claim_group(entry))]
    return incidents, groups, relations, claims
