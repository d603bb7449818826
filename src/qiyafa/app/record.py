"""The record of a home, or of a PostgreSQL database, with the casebook in it."""

from qiyafa.app.home import Home
from qiyafa.app.settings import record_variable
from qiyafa.stores.casebook import casebook
from qiyafa.stores.record import RecordStore, open_record


def record_book(home: Home, url: str | None = None, *, to_write: bool = False) -> RecordStore:
    """Return the record of a URL, else that of $QIYAFA_RECORD, else the home's file; it need not exist.

    A home that is to be written is made first. Raises Unavailable if it cannot be.
    """
    named = url or record_variable()
    if not named and to_write:
        home.made()
    return open_record(named or home.record, casebook=casebook())
