"""The record of a home, or of a PostgreSQL database, with the casebook in it."""

from qiyafa.app.home import Home
from qiyafa.app.settings import record_variable
from qiyafa.model.errors import InvalidInput
from qiyafa.stores.casebook import casebook
from qiyafa.stores.postgres import is_postgres_url
from qiyafa.stores.record import RecordStore, open_record


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
