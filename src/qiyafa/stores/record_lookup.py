"""Looking things up in the record: its head, the revisions that stand, and how an entry came to be what it is."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from qiyafa.stores.database import Session
from qiyafa.stores.record_rows import REVISION_COLUMNS, RevisionRow
from qiyafa.stores.record_schema import FOREVER

START: Final = bytes(32)
"""The digest of a record without revisions."""
_IDS_AT_ONCE: Final = 2000


class Latest(NamedTuple):
    """The revision of an entry that stands now, withdrawn or not."""

    row: RevisionRow
    first_known: int
    last_number: int
    """Of the entry's revisions; higher than the row's if one was set aside."""


@dataclass(slots=True)
class Head:
    """The record as a whole."""

    revisions: int = 0
    digest: bytes = START
    """A chain of hashes over every revision."""
    casebook: str = ""
    """The version of the casebook that was taken in last."""
    casebook_seq: int = 0
    """How many revisions there were then."""


def read_head(session: Session) -> Head:
    """Return the record as a whole."""
    found = session.execute("SELECT revisions, digest, casebook, casebook_seq FROM head").fetchone()
    return Head() if found is None else Head(found[0], bytes(found[1]), found[2], found[3])


def latest_of(session: Session, keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Latest]:
    """Return the revisions that stand of some entries, by kind and id."""
    by_kind: dict[str, list[str]] = {}
    for kind, id in dict.fromkeys(keys):
        by_kind.setdefault(kind, []).append(id)
    found = {}
    for kind, ids in by_kind.items():
        for begin in range(0, len(ids), _IDS_AT_ONCE):
            part = ids[begin : begin + _IDS_AT_ONCE]
            # The ids are a table, as PostgreSQL would compare each row of a kind with each id of a list; the cross
            # join has SQLite begin with them.
            rows = session.execute(
                f"WITH wanted (id) AS (VALUES {', '.join(['(?)'] * len(part))}) "  # noqa: S608 - our own names
                f"SELECT {qualified_columns()}, s.first_known, "
                "(SELECT max(m.number) FROM revisions m WHERE m.kind = r.kind AND m.id = r.id) "
                "FROM wanted CROSS JOIN standing s JOIN revisions r ON r.seq = s.seq "
                f"WHERE s.kind = ? AND s.id = wanted.id AND s.known_until = {FOREVER}",
                (*part, kind),
            )
            for *values, first_known, last_number in rows:
                row = RevisionRow._make(values)
                found[row.kind, row.id] = Latest(row, first_known, last_number)
    return found


def rows_of(session: Session, condition: str, parameters: Sequence[str] = ()) -> Iterator[RevisionRow]:
    """Yield the revisions of a condition in the order in which they were made."""
    query = f"SELECT {REVISION_COLUMNS} FROM revisions r WHERE {condition} ORDER BY seq"  # noqa: S608 - our own names
    return (RevisionRow._make(row) for row in session.iterate(query, parameters))


def qualified_columns() -> str:
    """Return the columns of a revision, of the table `r`."""
    return ", ".join(f"r.{name}" for name in REVISION_COLUMNS.split(", "))
