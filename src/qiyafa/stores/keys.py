"""The keys of the service, in one SQLite file. A key's secret is never kept, only its SHA-256.

The secret has 256 random bits, so a plain hash is as good as a slow one; the public prefix finds the row.
A key is never erased: it expires, or is revoked from a moment on.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final
from urllib.parse import quote

from qiyafa.model.errors import Conflict, Unavailable

_APPLICATION_ID: Final = 0x51694B79
"""`QiKy`: says whose file it is (SQLite's `PRAGMA application_id`)."""
_VERSION: Final = 1
_BUSY_SECONDS: Final = 10.0
_SCHEMA: Final = """
CREATE TABLE keys (
  prefix TEXT PRIMARY KEY,
  sha256 BLOB NOT NULL CHECK (length(sha256) = 32),
  name TEXT NOT NULL,
  scopes TEXT NOT NULL,
  is_signed INTEGER NOT NULL,
  created TEXT NOT NULL,
  expires TEXT NOT NULL,
  revoked TEXT
) STRICT
"""
_COLUMNS: Final = "prefix, sha256, name, scopes, is_signed, created, expires, revoked"


@dataclass(frozen=True, slots=True)
class KeyRecord:
    """One key, without its secret."""

    prefix: str
    """Public; names the key in lists and logs."""
    sha256: bytes
    """Of the secret's text."""
    name: str
    """Whose it is, in the owner's words."""
    scopes: frozenset[str]
    is_signed: bool
    """Whether each request must carry a signature over its body as well."""
    created: datetime
    expires: datetime
    revoked: datetime | None = None

    def is_active(self, now: datetime) -> bool:
        """Whether it opens anything at a moment. What was revoked stays so, also where a clock steps back."""
        return now < self.expires and self.revoked is None


class KeyStore:
    """The file of keys. Every call opens what it needs, except `KeyReader`, which serves many look-ups."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def add(self, record: KeyRecord) -> None:
        """Keep a new key. Raises Conflict for a damaged or foreign file, Unavailable if it cannot be written."""
        with self._writing() as connection:
            connection.execute(f"INSERT INTO keys ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)", _row(record))  # noqa: S608

    def revoke(self, prefix: str, now: datetime) -> bool:
        """Let a key open nothing from now on; tell whether there is such a key. An earlier revocation stands."""
        if not self._path.exists():
            return False
        with self._writing() as connection:
            connection.execute(
                "UPDATE keys SET revoked = coalesce(revoked, ?) WHERE prefix = ?", (now.isoformat(), prefix)
            )
            return connection.execute("SELECT 1 FROM keys WHERE prefix = ?", (prefix,)).fetchone() is not None

    def all(self) -> list[KeyRecord]:
        """Return every key that was ever made, oldest first; none if there is no file."""
        with closing(KeyReader(self._path)) as reader:
            return reader.all()

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with _store_errors(self._path):
            # The file is made before SQLite opens it, so that it is never readable for others.
            os.close(os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600))
            connection = sqlite3.connect(self._path, timeout=_BUSY_SECONDS, isolation_level=None)
            with closing(connection):
                connection.execute("PRAGMA journal_mode = WAL")
                connection.execute("PRAGMA synchronous = FULL")
                connection.execute("BEGIN IMMEDIATE")
                if not _is_ours(connection, self._path):
                    connection.execute(_SCHEMA)
                    connection.execute(f"PRAGMA application_id = {_APPLICATION_ID}")
                    connection.execute(f"PRAGMA user_version = {_VERSION}")
                yield connection
                connection.execute("COMMIT")


class KeyReader:
    """Look-ups in the file of keys as it is at each moment; a missing file has none. For one thread."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: tuple[int, int] | None = None
        self._connection: sqlite3.Connection | None = None

    def find(self, prefix: str) -> KeyRecord | None:
        """Return the key of a prefix. Raises Conflict for a damaged or foreign file, Unavailable if unreadable."""
        with _store_errors(self._path):
            connection = self._current()
            if connection is None:
                return None
            row = connection.execute(f"SELECT {_COLUMNS} FROM keys WHERE prefix = ?", (prefix,)).fetchone()  # noqa: S608
            return None if row is None else _record(row)

    def any(self) -> bool:
        """Whether a key was ever made here."""
        with _store_errors(self._path):
            connection = self._current()
            return connection is not None and connection.execute("SELECT 1 FROM keys LIMIT 1").fetchone() is not None

    def all(self) -> list[KeyRecord]:
        """Return every key that was ever made, oldest first."""
        with _store_errors(self._path):
            connection = self._current()
            if connection is None:
                return []
            rows = connection.execute(f"SELECT {_COLUMNS} FROM keys ORDER BY created, prefix").fetchall()  # noqa: S608
            return [_record(row) for row in rows]

    def close(self) -> None:
        """Let the file go."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _current(self) -> sqlite3.Connection | None:
        """Return a connection to the file that now bears the name: it may have been restored from a copy."""
        try:
            status = self._path.stat()
        except FileNotFoundError:
            self.close()
            return None
        if self._connection is None or self._file != (status.st_dev, status.st_ino):
            self.close()
            address = f"file:{quote(str(self._path.absolute()))}?mode=ro"
            connection = sqlite3.connect(address, uri=True, timeout=_BUSY_SECONDS, isolation_level=None)
            if not _is_ours(connection, self._path):
                connection.close()
                return None
            self._connection, self._file = connection, (status.st_dev, status.st_ino)
        return self._connection


def _is_ours(connection: sqlite3.Connection, path: Path) -> bool:
    """Tell whether a file is a store of keys, rather than a new one. Raises Conflict for a foreign or newer one."""
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    if (application, version, tables) == (0, 0, 0):
        return False
    if application != _APPLICATION_ID:
        raise Conflict("serve.store.foreign", path=str(path))
    if version > _VERSION:
        raise Conflict("serve.store.newer", path=str(path), found=version, known=_VERSION)
    return True


def _row(record: KeyRecord) -> tuple[object, ...]:
    return (
        record.prefix,
        record.sha256,
        record.name,
        " ".join(sorted(record.scopes)),
        int(record.is_signed),
        record.created.isoformat(),
        record.expires.isoformat(),
        None if record.revoked is None else record.revoked.isoformat(),
    )


def _record(row: tuple[str, bytes, str, str, int, str, str, str | None]) -> KeyRecord:
    prefix, sha256, name, scopes, is_signed, created, expires, revoked = row
    return KeyRecord(
        prefix=prefix,
        sha256=sha256,
        name=name,
        scopes=frozenset(scopes.split()),
        is_signed=bool(is_signed),
        created=datetime.fromisoformat(created),
        expires=datetime.fromisoformat(expires),
        revoked=None if revoked is None else datetime.fromisoformat(revoked),
    )


@contextmanager
def _store_errors(path: Path) -> Iterator[None]:
    """Turn what SQLite and the file system say into one sentence."""
    try:
        yield
    except sqlite3.OperationalError as error:
        raise Unavailable("serve.store.unavailable", path=str(path), reason=str(error)) from error
    except (sqlite3.Error, ValueError) as error:
        raise Conflict("serve.store.damaged", path=str(path), reason=str(error)) from error
    except OSError as error:
        raise Unavailable("serve.store.unavailable", path=str(path), reason=error.strerror or str(error)) from error
