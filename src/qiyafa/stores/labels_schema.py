"""The SQLite file of labels: its tables, and how it is opened for reading and for writing.

`statements` holds what is said, once for all addresses of which the same is said; `versions` who it is said of, one
row for each time that a label came, changed, was disputed or withdrawn. `actors` are the parties that labels name,
`uses` what rested on labels. Rows are only ever added. `versions`, `actors` and `uses` each carry a chain of hashes,
since SQLite does not notice a flipped bit (`labels_chain.py`). `routes` is the level of confidence (0 to 100) with
which an address is said to stop a trace, 0 if it is not.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from qiyafa.model.errors import Conflict, QiyafaError, Unavailable

APPLICATION_ID: Final = 0x51694C62
"""`QiLb`: says whose file it is (SQLite's `PRAGMA application_id`)."""
SCHEMA_VERSION: Final = 1
_BUSY_SECONDS: Final = 30.0
_CACHE_KIB: Final = 64 * 1024
_SCHEMA: Final = """
CREATE TABLE heads (chain TEXT PRIMARY KEY, rows INTEGER NOT NULL, hash BLOB NOT NULL) STRICT;
CREATE TABLE statements (
  number INTEGER PRIMARY KEY,
  digest BLOB NOT NULL UNIQUE CHECK (length(digest) = 32),
  name TEXT NOT NULL,
  entity TEXT NOT NULL,
  routes INTEGER NOT NULL,
  body TEXT NOT NULL
) STRICT;
CREATE TABLE versions (
  seq INTEGER PRIMARY KEY,
  id BLOB NOT NULL CHECK (length(id) = 16),
  format TEXT NOT NULL,
  key TEXT NOT NULL,
  written TEXT NOT NULL,
  statement INTEGER NOT NULL REFERENCES statements (number),
  state TEXT NOT NULL,
  objection TEXT NOT NULL,
  known_from INTEGER NOT NULL,
  routes INTEGER NOT NULL,
  replaced_by INTEGER REFERENCES versions (seq),
  hash BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;
CREATE INDEX versions_by_key ON versions (key);
CREATE INDEX versions_by_id ON versions (id);
CREATE INDEX versions_that_route ON versions (format, routes) WHERE routes;
CREATE INDEX versions_by_statement ON versions (statement);
CREATE TABLE actors (
  seq INTEGER PRIMARY KEY, id TEXT NOT NULL, body TEXT NOT NULL, known_from INTEGER NOT NULL, hash BLOB NOT NULL
) STRICT;
CREATE INDEX actors_by_id ON actors (id);
CREATE TABLE uses (
  seq INTEGER PRIMARY KEY,
  label BLOB NOT NULL,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  digest TEXT NOT NULL,
  at INTEGER NOT NULL,
  hash BLOB NOT NULL,
  UNIQUE (label, kind, name, digest)
) STRICT;
"""


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Turn what SQLite and the file system say into errors a user can act on."""
    try:
        yield
    except sqlite3.OperationalError as error:
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_OK)
        if code & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR):
            raise Conflict("labels.error.damaged", path=str(path)) from error
        raise Unavailable("labels.error.unavailable", path=str(path), reason=str(error)) from error
    except (sqlite3.DatabaseError, ValueError) as error:
        # A value that no row of ours can hold is damage, too: text that is no UTF-8, JSON that is none.
        raise Conflict("labels.error.damaged", path=str(path)) from error
    except OSError as error:
        reason = error.strerror or str(error)
        raise Unavailable("labels.error.unavailable", path=str(path), reason=reason) from error


def open_reading(path: Path) -> sqlite3.Connection:
    """Return a connection that cannot write. Raises Conflict for a damaged, foreign or newer file."""
    with translated(path):
        connection = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=_BUSY_SECONDS, check_same_thread=False
        )
        try:
            _check(connection, path)
        except (sqlite3.Error, QiyafaError):
            connection.close()
            raise
    return connection


@contextmanager
def open_writing(path: Path) -> Iterator[sqlite3.Connection]:
    """Give a connection inside one transaction: everything is written, or nothing. Makes the file if it is missing.

    Raises Conflict as `open_reading` does, Unavailable if it cannot be written.
    """
    with translated(path), closing(sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute(f"PRAGMA cache_size=-{_CACHE_KIB}")
        connection.execute("BEGIN IMMEDIATE")
        try:
            if not connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]:
                _create(connection)
            _check(connection, path)
            yield connection
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")


def _create(connection: sqlite3.Connection) -> None:
    for statement in _SCHEMA.split(";\n"):
        if statement.strip():
            connection.execute(statement)
    connection.execute(f"PRAGMA application_id={APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version={SCHEMA_VERSION}")


def _check(connection: sqlite3.Connection, path: Path) -> None:
    identity = connection.execute("PRAGMA application_id").fetchone()[0]
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if identity != APPLICATION_ID:
        raise Conflict("labels.error.foreign", path=str(path))
    if version > SCHEMA_VERSION:
        raise Conflict("labels.error.newer", path=str(path), version=version, known=SCHEMA_VERSION)
