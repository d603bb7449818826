"""Which database a location means: a SQLite file, or a schema of its own in PostgreSQL."""

from pathlib import Path

from qiyafa.model.errors import InvalidInput
from qiyafa.stores.database import Database, Schema
from qiyafa.stores.postgres import PostgresDatabase, is_postgres_url
from qiyafa.stores.sqlite_file import SqliteFile

Location = str | Path
"""A path, or the URL of a PostgreSQL database."""


def database_at(location: Location, schema: Schema) -> Database:
    """Return the database of one kind of store at a location. It need not exist; nothing is made or asked yet.

    Raises InvalidInput for a URL that is none or of another kind of database, Unavailable if the driver of PostgreSQL
    is not installed.
    """
    if isinstance(location, str) and is_postgres_url(location):
        return PostgresDatabase(location, schema)
    if isinstance(location, str) and "://" in location:
        # A file of that name would be an empty store.
        raise InvalidInput("store.error.url")
    return SqliteFile(Path(location), schema)
