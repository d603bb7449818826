"""The file of the list store: its tables, who made it, and what it says when it cannot be used."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final
from urllib.parse import quote

from qiyafa.model.errors import Conflict, Unavailable

_APPLICATION_ID: Final = 0x51694C69
"""`QiLi`: says whose file it is (SQLite's `PRAGMA application_id`)."""
_SCHEMA_VERSION: Final = 1
_BUSY_SECONDS: Final = 30.0
_FULL: Final = ("SQLITE_FULL", "SQLITE_IOERR_WRITE", "SQLITE_IOERR_TRUNCATE", "SQLITE_IOERR_SHMSIZE")
_TABLES: Final = """
CREATE TABLE versions (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  list_id TEXT NOT NULL,
  authority TEXT NOT NULL,
  version TEXT NOT NULL,
  published TEXT NOT NULL,
  imported TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  parties INTEGER NOT NULL,
  addresses INTEGER NOT NULL,
  problems INTEGER NOT NULL,
  origin TEXT NOT NULL,
  whole INTEGER NOT NULL,
  override TEXT NOT NULL,
  address_digest BLOB NOT NULL,
  party_digest BLOB NOT NULL,
  seal BLOB NOT NULL,
  UNIQUE (list_id, version)
) STRICT;
CREATE TABLE records (
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,
  list_id TEXT NOT NULL,
  digest BLOB NOT NULL,
  content TEXT NOT NULL,
  UNIQUE (list_id, kind, digest)
) STRICT;
CREATE TABLE members (
  kind TEXT NOT NULL,
  version INTEGER NOT NULL REFERENCES versions (id),
  record INTEGER NOT NULL REFERENCES records (id),
  PRIMARY KEY (kind, version, record)
) STRICT, WITHOUT ROWID;
CREATE TABLE state (
  only INTEGER PRIMARY KEY CHECK (only = 1),
  digest BLOB NOT NULL
) STRICT;
CREATE TABLE problems (
  version INTEGER NOT NULL REFERENCES versions (id),
  number INTEGER NOT NULL,
  content TEXT NOT NULL,
  PRIMARY KEY (version, number)
) STRICT, WITHOUT ROWID;
"""


def reading(path: Path) -> sqlite3.Connection | None:
    """Return a connection that only reads, or None if nothing was ever stored there.

    Raises Conflict for a file of another kind or of a newer Qiyafa, Unavailable if it cannot be read.
    """
    with store_errors(path):
        if not path.exists():
            return None
        # A reader must be able to finish what a killed writer left behind, so it may write if the file system lets it.
        mode = "rw" if os.access(path, os.W_OK) else "ro"
        connection = sqlite3.connect(
            f"file:{quote(str(path.absolute()))}?mode={mode}", uri=True, timeout=_BUSY_SECONDS, isolation_level=None
        )
        try:
            connection.execute("PRAGMA query_only = ON")
            if _is_ours(connection, path):
                return connection
        except BaseException:
            connection.close()
            raise
        connection.close()
        return None


@contextmanager
def writing(path: Path) -> Iterator[sqlite3.Connection]:
    """Give a connection inside one transaction, which is on the disk when the block ends, or has never been.

    Raises Conflict as `reading` does and if another process keeps writing, Unavailable if the disk is full.
    """
    with store_errors(path), closing(sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None)) as connection:
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA synchronous = FULL")
        made = _is_ours(connection, path)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("BEGIN IMMEDIATE")
        try:
            if not made and not _is_ours(connection, path):
                for statement in filter(str.strip, _TABLES.split(";")):
                    connection.execute(statement)
                connection.execute(f"PRAGMA application_id = {_APPLICATION_ID}")
                connection.execute(f"PRAGMA user_version = {_SCHEMA_VERSION}")
            yield connection
            connection.execute("COMMIT")
        finally:
            if connection.in_transaction:
                connection.execute("ROLLBACK")


@contextmanager
def store_errors(path: Path) -> Iterator[None]:
    """Turn what SQLite and the file system refuse into sentences."""
    try:
        yield
    except sqlite3.ProgrammingError:
        raise
    except sqlite3.Error as error:
        raise _translated(error, path) from error
    except UnicodeDecodeError as error:
        # Python's sqlite3 decodes names out of a damaged schema.
        raise damaged(path) from error
    except OSError as error:
        raise Unavailable("lists.store.failed", path=str(path), reason=error.strerror or str(error)) from error


def damaged(path: Path) -> Conflict:
    """Return the error for content that is not what was written."""
    return Conflict("lists.store.damaged", path=str(path))


def _is_ours(connection: sqlite3.Connection, path: Path) -> bool:
    """Tell whether the file has our tables; False if it is empty. Raises Conflict for anything else."""
    inside = connection.in_transaction
    if not inside:
        # Three questions about one moment: another process may be making the tables right now.
        connection.execute("BEGIN")
    try:
        tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        application = connection.execute("PRAGMA application_id").fetchone()[0]
        schema = connection.execute("PRAGMA user_version").fetchone()[0]
    finally:
        if not inside and connection.in_transaction:
            connection.execute("COMMIT")
    if application == _APPLICATION_ID:
        if schema > _SCHEMA_VERSION:
            raise Conflict("lists.store.newer", path=str(path), found=schema, known=_SCHEMA_VERSION)
        return True
    if tables or application or schema:
        raise Conflict("lists.store.foreign", path=str(path))
    return False


def _translated(error: sqlite3.Error, path: Path) -> Conflict | Unavailable:
    name = getattr(error, "sqlite_errorname", "")
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return Conflict("lists.store.busy", path=str(path))
    if name == "SQLITE_NOTADB":
        return Conflict("lists.store.foreign", path=str(path))
    if name in _FULL:
        return Unavailable("lists.store.full", path=str(path))
    if name.startswith(("SQLITE_CANTOPEN", "SQLITE_READONLY", "SQLITE_IOERR", "SQLITE_PERM", "SQLITE_AUTH")):
        return Unavailable("lists.store.failed", path=str(path), reason=str(error))
    return damaged(path)
