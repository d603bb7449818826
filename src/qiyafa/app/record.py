"""The record of a home, or of a PostgreSQL database, with the casebook in it."""

from dataclasses import dataclass

from qiyafa.app.home import Home
from qiyafa.model.record import EntryKind
from qiyafa.stores.casebook import casebook
from qiyafa.stores.record import RecordStore, open_record


@dataclass(frozen=True, slots=True)
class CasebookNews:
    """What the casebook says that the record does not."""

    pending: str
    """Version of a newer casebook that the next change takes in; empty if there is none."""
    conflicts: list[tuple[EntryKind, str]]
    """Entries that stand as somebody wrote them although the casebook has said something else since."""


def record_book(home: Home, url: str | None = None, *, to_write: bool = False) -> RecordStore:
    """Return the record of a URL, else that of a home; it need not exist.

    A home that is to be written is made first. Raises Unavailable if it cannot be, InvalidInput for the URL of another
    kind of database.
    """
    if not url and to_write:
        home.made()
    return open_record(url or home.record, casebook=casebook())


def casebook_news(store: RecordStore) -> CasebookNews:
    """Return what the casebook says that a record does not."""
    conflicts = [(one.yours.kind, one.yours.id) for one in store.conflicts()]
    return CasebookNews(store.pending_casebook(), conflicts)
