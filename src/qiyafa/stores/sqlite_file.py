"""A SQLite file as a database: readers on one snapshot, one writer at a time, private, and sentences for what fails."""

import os
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Final
from urllib.parse import quote

from qiyafa.model.errors import QiyafaError
from qiyafa.stores.database import BUSY_SECONDS, Refusals, Row, Schema, Value

_FULL: Final = ("SQLITE_FULL", "SQLITE_IOERR_WRITE", "SQLITE_IOERR_TRUNCATE", "SQLITE_IOERR_SHMSIZE")
_OTHERS_WORK: Final = ("SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_PROTOCOL")
_NOT_NOW: Final = ("SQLITE_CANTOPEN", "SQLITE_READONLY", "SQLITE_IOERR", "SQLITE_PERM", "SQLITE_AUTH")
_CACHE_KIB: Final = 64 * 1024
"""A writer may hold so much in memory; it takes it only as it needs it."""
_IDLE: Final = 8
"""So many readers are kept open for the next questions."""
FileIdentity = tuple[int, int]
"""Device and inode: what tells a file from another that takes its name."""


class SqliteSession(sqlite3.Connection):
    """A connection to a SQLite file."""

    def iterate(self, sql: str, parameters: Sequence[Value] = (), /) -> Iterator[Row]:
        """Yield the rows of a query, which SQLite computes as they are asked for."""
        return self.execute(sql, parameters)


class SqliteFile:
    """One file with one kind of store. A missing or empty file holds nothing, and reading never makes it."""

    def __init__(self, path: Path, schema: Schema) -> None:
        self.path = path
        self.schema = schema
        self.refusals = Refusals(schema.kind, str(path))
        self._idle: list[tuple[FileIdentity, SqliteSession]] = []
        self._lock = threading.Lock()

    @property
    def location(self) -> str:
        """Where it is."""
        return str(self.path)

    @contextmanager
    def reading(self) -> Iterator[SqliteSession | None]:
        """Give a session on the state of one moment that cannot write; None if nothing was ever stored there.

        A row that no store of ours can have written, met while the block lasts, is damage.
        """
        with self._sentences():
            try:
                held = self._reader()
                if held is None:
                    yield None
                    return
                session = held[1]
                try:
                    session.execute("BEGIN")
                    yield session
                    session.execute("COMMIT")
                except BaseException:
                    session.close()
                    raise
                self._keep(held)
            except UnicodeEncodeError:
                raise
            except ValueError as error:
                raise self.refusals.damaged() from error

    @contextmanager
    def writing(self) -> Iterator[SqliteSession]:
        """Give a session in one transaction, which is on the disk when the block ends, or has never been."""
        with self._sentences():
            self._make_private()
            with closing(_connected(str(self.path), is_uri=False)) as session:
                session.execute("PRAGMA foreign_keys = ON")
                session.execute("PRAGMA synchronous = FULL")
                session.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
                is_made = self._is_ours(session)
                session.execute("PRAGMA journal_mode = WAL")
                session.execute("BEGIN IMMEDIATE")
                try:
                    if not is_made and not self._is_ours(session):
                        make_tables(session, self.schema)
                    yield session
                    session.execute("COMMIT")
                finally:
                    if session.in_transaction:
                        session.execute("ROLLBACK")

    def close(self) -> None:
        """Close every reader that nobody uses."""
        with self._lock:
            idle, self._idle = self._idle, []
        for _, session in idle:
            session.close()

    def is_sound(self) -> bool:
        """Tell whether SQLite finds its own structures in order."""
        with self.reading() as session:
            return session is None or session.execute("PRAGMA integrity_check").fetchall() == [("ok",)]

    def _make_private(self) -> None:
        """Make a missing file before SQLite does, so that it is never readable for others."""
        # One that is there is not opened: closing it would drop the locks that this process holds on it.
        with suppress(FileExistsError):
            os.close(os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))

    def _reader(self) -> tuple[FileIdentity, SqliteSession] | None:
        """Return a connection to the file that bears the name now; None if there is none, or an empty one."""
        try:
            status = self.path.stat()
        except FileNotFoundError:
            return None
        file = (status.st_dev, status.st_ino)
        while True:
            with self._lock:
                held = self._idle.pop() if self._idle else None
            if held is None:
                break
            if held[0] == file:
                return held
            held[1].close()
        # A reader must be able to finish what a killed writer left behind, so it may write if the file system lets it.
        mode = "rw" if os.access(self.path, os.W_OK) else "ro"
        # As bytes: the name of a folder need not be UTF-8.
        session = _connected(f"file:{quote(os.fsencode(self.path.absolute()))}?mode={mode}", is_uri=True)
        try:
            session.execute("PRAGMA query_only = ON")
            if self._is_ours(session):
                return file, session
        except BaseException:
            session.close()
            raise
        session.close()
        return None

    def _keep(self, held: tuple[FileIdentity, SqliteSession]) -> None:
        with self._lock:
            if len(self._idle) < _IDLE:
                self._idle.append(held)
                return
        held[1].close()

    def _is_ours(self, session: SqliteSession) -> bool:
        """Tell whether the file has our tables; False if it is empty. Raises Conflict for anything else."""
        inside = session.in_transaction
        if not inside:
            # Three questions about one moment: another process may be making the tables right now.
            session.execute("BEGIN")
        try:
            (tables,) = session.execute("SELECT count(*) FROM sqlite_master").fetchone()
            (application,) = session.execute("PRAGMA application_id").fetchone()
            (found,) = session.execute("PRAGMA user_version").fetchone()
        finally:
            if not inside and session.in_transaction:
                session.execute("COMMIT")
        if application == self.schema.application_id:
            if found > self.schema.version:
                raise self.refusals.newer(found, self.schema.version)
            return True
        if tables or application or found:
            raise self.refusals.foreign()
        return False

    @contextmanager
    def _sentences(self) -> Iterator[None]:
        """Turn what SQLite and the file system refuse into sentences."""
        try:
            yield
        except sqlite3.ProgrammingError:
            raise
        except sqlite3.Error as error:
            raise self._sentence(error) from error
        except UnicodeDecodeError as error:
            # Python's sqlite3 decodes names out of a damaged schema.
            raise self.refusals.damaged() from error
        except UnicodeEncodeError as error:
            raise self.refusals.half_characters() from error
        except OSError as error:
            raise self.refusals.failed(error.strerror or str(error)) from error

    def _sentence(self, error: sqlite3.Error) -> QiyafaError:
        name = getattr(error, "sqlite_errorname", "")
        if name.startswith(_OTHERS_WORK):
            return self.refusals.busy()
        if name == "SQLITE_NOTADB":
            return self.refusals.foreign()
        if name in _FULL:
            return self.refusals.full()
        if name == "SQLITE_TOOBIG":
            return self.refusals.too_long()
        if name.startswith(_NOT_NOW):
            return self.refusals.failed(str(error))
        return self.refusals.damaged()


class SqliteMemory:
    """The same in memory, for what is never written to disk. Every reader has a copy of its own."""

    location = ":memory:"

    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        self.refusals = Refusals(schema.kind, self.location)
        self._content: bytes | None = None

    @contextmanager
    def reading(self) -> Iterator[SqliteSession | None]:
        """Give a session on what was written last; None if nothing was."""
        if self._content is None:
            yield None
            return
        with closing(_connected(self.location, is_uri=False)) as session:
            session.deserialize(self._content)
            session.execute("PRAGMA query_only = ON")
            try:
                yield session
            except UnicodeEncodeError as error:
                raise self.refusals.half_characters() from error

    @contextmanager
    def writing(self) -> Iterator[SqliteSession]:
        """Give a session whose changes readers see when the block ends."""
        with closing(_connected(self.location, is_uri=False)) as session:
            if self._content is None:
                make_tables(session, self.schema)
            else:
                session.deserialize(self._content)
            session.execute("BEGIN")
            yield session
            session.execute("COMMIT")
            self._content = session.serialize()

    def close(self) -> None:
        """Nothing is kept open."""


def make_tables(session: SqliteSession, schema: Schema) -> None:
    """Make the tables of a kind of store in an empty database, and say whose they are."""
    for statement in schema.statements():
        session.execute(statement)
    session.execute(f"PRAGMA application_id = {schema.application_id}")
    session.execute(f"PRAGMA user_version = {schema.version}")


def _connected(address: str, *, is_uri: bool) -> SqliteSession:
    # A session serves one thread at a time, though not always the one that opened it.
    return sqlite3.connect(
        address,
        uri=is_uri,
        timeout=BUSY_SECONDS,
        isolation_level=None,
        check_same_thread=False,
        factory=SqliteSession,
    )
