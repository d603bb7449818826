"""The record of a home, or of a PostgreSQL database, with the casebook in it."""

from dataclasses import dataclass

from qiyafa.app.home import Home
from qiyafa.app.settings import record_variable
from qiyafa.model.errors import InvalidInput
from qiyafa.model.record import EntryKind
from qiyafa.stores.casebook import casebook
from qiyafa.stores.postgres import is_postgres_url
from qiyafa.stores.record import RecordStore, open_record


@dataclass(frozen=True, slots=True)
class CasebookNews:
    """What the casebook says that the record does not."""

    pending: str
    """Version of a newer casebook that the next change takes in; empty if there is none."""
    conflicts: list[tuple[EntryKind, str]]
    """Entries that stand as somebody wrote them although the casebook has said something else since."""


def record_book(home: Home, url: str | None = None, *, to_write: bool = False) -> RecordStore:
    """Return the record of a URL, else that of $QIYAFA_RECORD, else the home's file; it need not exist.

    A home that is to be written is made first. Raises Unavailable if it cannot be, InvalidInput for the URL of another
    kind of database: a file of that name would be an empty record.
    """
    named = url or record_variable()
    if named and "://" in named and not is_postgres_url(named):
        raise InvalidInput("record.error.url")
    if not named and to_write:
        home.made()
    return open_record(named or home.record, casebook=casebook())


def casebook_news(store: RecordStore) -> CasebookNews:
    """Return what the casebook says that a record does not."""
    conflicts = [(one.yours.kind, one.yours.id) for one in store.conflicts()]
    return CasebookNews(store.pending_casebook(), conflicts)
