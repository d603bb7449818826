"""Verdicts that were given, in one SQLite file: one record for each request, the same bytes for ever.

A request has an id of its own, so that a repeated one gets the answer that the first one got. The bytes carry their
SHA-256, since SQLite does not notice a flipped bit.
"""

import hashlib
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from qiyafa.model.errors import Conflict, Unavailable

_APPLICATION_ID: Final = 0x51695664
"""`QiVd`: says whose file it is (SQLite's `PRAGMA application_id`)."""
_VERSION: Final = 1
_BUSY_SECONDS: Final = 30.0
_SCHEMA: Final = """
CREATE TABLE verdicts (
  request_id TEXT PRIMARY KEY,
  question BLOB NOT NULL,
  body BLOB NOT NULL,
  sha256 BLOB NOT NULL CHECK (length(sha256) = 32),
  labels TEXT NOT NULL,
  lists TEXT NOT NULL,
  at TEXT NOT NULL
) STRICT
"""
_COLUMNS: Final = "request_id, question, body, sha256, labels, lists, at"


@dataclass(frozen=True, slots=True)
class KeptVerdict:
    """One verdict as it was given."""

    request_id: str
    question: bytes
    """What was asked, as canonical JSON."""
    body: bytes
    """The answer, byte for byte."""
    labels: tuple[str, ...]
    """Ids of the labels that it rests on."""
    lists: tuple[str, ...]
    """The list versions that it rests on, as `list/version`."""
    at: datetime
    """When it was given. UTC."""


class VerdictStore:
    """The file of verdicts. Every call opens what it needs, so any number of threads and processes may share it."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def keep(self, verdict: KeptVerdict) -> KeptVerdict:
        """Keep a verdict, or return the one that the same request got before: of many at once, the first one stays.

        Raises Conflict if the id was used for another question, or for a damaged or foreign file; Unavailable if the
        file cannot be written.
        """
        with self._writing() as connection:
            known = _find(connection, verdict.request_id, self._path)
            if known is None:
                connection.execute(
                    f"INSERT INTO verdicts ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)",  # noqa: S608 - fixed names
                    _row(verdict),
                )
        return verdict if known is None else same_question(known, verdict.question)

    def get(self, request_id: str) -> KeptVerdict | None:
        """Return the verdict of a request, or None. Raises Conflict for a damaged or foreign file."""
        with self._reading() as connection:
            return None if connection is None else _find(connection, request_id, self._path)

    def each(self, since: datetime | None = None) -> Iterator[KeptVerdict]:
        """Yield the verdicts that were given from a moment on, in the order of their times and ids."""
        with self._reading() as connection:
            if connection is None:
                return
            rows = connection.execute(
                f"SELECT {_COLUMNS} FROM verdicts WHERE at >= ? ORDER BY at, request_id",  # noqa: S608 - fixed names
                ("" if since is None else since.isoformat(),),
            )
            for row in rows:
                yield _record(row, self._path)

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with _store_errors(self._path):
            # Made before SQLite opens it, so that what firms ask about is never readable for others.
            os.close(os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600))
            with closing(sqlite3.connect(self._path, timeout=_BUSY_SECONDS, isolation_level=None)) as connection:
                connection.execute("PRAGMA journal_mode = WAL")
                connection.execute("PRAGMA synchronous = FULL")
                connection.execute("BEGIN IMMEDIATE")
                if not _is_ours(connection, self._path):
                    connection.execute(_SCHEMA)
                    connection.execute(f"PRAGMA application_id = {_APPLICATION_ID}")
                    connection.execute(f"PRAGMA user_version = {_VERSION}")
                yield connection
                connection.execute("COMMIT")

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection | None]:
        """Give a connection for reading; None if nothing was ever kept. The file is not made."""
        if not self._path.exists():
            yield None
            return
        with _store_errors(self._path):
            connection = sqlite3.connect(self._path, timeout=_BUSY_SECONDS, isolation_level=None)
            with closing(connection):
                connection.execute("PRAGMA query_only = ON")
                yield connection if _is_ours(connection, self._path) else None


def same_question(known: KeptVerdict, question: bytes) -> KeptVerdict:
    """Return a verdict that was given to a question. Raises Conflict if its request asked something else."""
    if known.question != question:
        raise Conflict("screen.error.other_question", request=known.request_id)
    return known


def _find(connection: sqlite3.Connection, request_id: str, path: Path) -> KeptVerdict | None:
    row = connection.execute(
        f"SELECT {_COLUMNS} FROM verdicts WHERE request_id = ?",  # noqa: S608 - fixed names
        (request_id,),
    ).fetchone()
    return None if row is None else _record(row, path)


def _row(verdict: KeptVerdict) -> tuple[object, ...]:
    labels, lists, at = "\n".join(verdict.labels), "\n".join(verdict.lists), verdict.at.isoformat()
    digest = _seal(verdict.request_id, verdict.question, verdict.body, labels, lists, at)
    return verdict.request_id, verdict.question, verdict.body, digest, labels, lists, at


def _record(row: tuple[str, bytes, bytes, bytes, str, str, str], path: Path) -> KeptVerdict:
    request_id, question, body, digest, labels, lists, at = row
    if digest != _seal(request_id, question, body, labels, lists, at):
        raise Conflict("screen.error.verdict_damaged", path=str(path), request=request_id)
    moment = datetime.fromisoformat(at)
    return KeptVerdict(request_id, question, body, tuple(labels.splitlines()), tuple(lists.splitlines()), moment)


def _seal(*parts: str | bytes) -> bytes:
    """Return the SHA-256 of a row, each part after its length."""
    encoded = (part.encode() if isinstance(part, str) else part for part in parts)
    return hashlib.sha256(b"".join(len(part).to_bytes(8, "big") + part for part in encoded)).digest()


def _is_ours(connection: sqlite3.Connection, path: Path) -> bool:
    """Tell whether the file has our tables; a new one has none. Raises Conflict for a foreign or newer one."""
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if application == 0 and tables == 0:
        return False
    if application != _APPLICATION_ID:
        raise Conflict("screen.error.verdicts_foreign", path=str(path))
    if version > _VERSION:
        raise Conflict("screen.error.verdicts_newer", path=str(path), version=version, known=_VERSION)
    return True


@contextmanager
def _store_errors(path: Path) -> Iterator[None]:
    """Turn what SQLite and the file system refuse into a QiyafaError."""
    try:
        yield
    except sqlite3.OperationalError as error:
        raise Unavailable("screen.error.verdicts_unavailable", path=str(path), reason=str(error)) from error
    except sqlite3.DatabaseError as error:
        raise Conflict("screen.error.verdicts_damaged", path=str(path), reason=str(error)) from error
    except OSError as error:
        reason = error.strerror or str(error)
        raise Unavailable("screen.error.verdicts_unavailable", path=str(path), reason=reason) from error
