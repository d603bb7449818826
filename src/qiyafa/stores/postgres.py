"""A PostgreSQL database as a store's database: one schema of its own for each kind of store, the same tables.

The driver is psycopg 3, which comes with `qiyafa[postgres]` and is imported when a database is opened.
"""

import re
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from typing import TYPE_CHECKING, Any, Final

from qiyafa.model.errors import InvalidInput, QiyafaError, Unavailable
from qiyafa.stores.database import BUSY_SECONDS, Refusals, Row, Schema, Value
from qiyafa.text import text

if TYPE_CHECKING:
    import psycopg

_ROWS_AT_ONCE: Final = 2000
_CONNECT_SECONDS: Final = 10
_IDLE: Final = 4
"""So many connections are kept open for the next questions."""
_TYPES: Final = {"INTEGER": "BIGINT", "BLOB": "BYTEA", "TEXT": 'TEXT COLLATE "C"', " STRICT": "", ", WITHOUT ROWID": ""}
"""Collation "C" compares UTF-8 byte by byte, which is by code points, as SQLite does."""
_TYPE_WORDS: Final = re.compile(r"\bINTEGER\b|\bBLOB\b|\bTEXT\b| STRICT\b|, WITHOUT ROWID\b")
_URL: Final = re.compile(r"postgres(?:ql)?://")


def is_postgres_url(location: str) -> bool:
    """Tell whether a location is meant as a PostgreSQL database, rather than as a file."""
    return _URL.match(location) is not None


class PostgresSession:
    """A connection inside one transaction."""

    def __init__(self, connection: "psycopg.Connection[Row]") -> None:
        self._connection = connection
        self._cursors = count()

    def execute(self, sql: str, parameters: Sequence[Value] = (), /) -> "psycopg.Cursor[Row]":
        """Run one statement; its answer is held in memory whole."""
        return self._connection.execute(_placeholders(sql), parameters)

    def executemany(self, sql: str, parameters: Iterable[Sequence[Value]], /) -> None:
        """Run one statement for each tuple of parameters, in a pipeline."""
        with self._connection.cursor() as cursor:
            cursor.executemany(_placeholders(sql), parameters)

    def iterate(self, sql: str, parameters: Sequence[Value] = (), /) -> Iterator[Row]:
        """Yield the rows of a query, which the server hands over some thousands at a time."""
        with self._connection.cursor(name=f"rows{next(self._cursors)}") as cursor:
            cursor.itersize = _ROWS_AT_ONCE
            cursor.execute(_placeholders(sql), parameters)
            yield from cursor


class PostgresDatabase:
    """One kind of store in a database that a URL names."""

    def __init__(self, url: str, schema: Schema) -> None:
        """Prepare for a database; nothing is asked yet.

        Raises InvalidInput for what is no URL of one, Unavailable if the driver is not installed.
        """
        try:
            import psycopg
        except ImportError as error:
            raise Unavailable("store.error.no_driver", kind=text(f"store.kind.{schema.kind}")) from error
        self._psycopg = psycopg
        self.schema = schema
        self._url = url
        try:
            self._facts: dict[str, Any] = psycopg.conninfo.conninfo_to_dict(url)
        except (psycopg.Error, UnicodeError):
            # Neither the URL nor what the driver says of it is repeated: a password may stand in both.
            raise InvalidInput("store.error.url") from None
        if "@" in str(self._facts.get("host", "")):
            # The end of a password with an @ in it, which would have to be written as %40.
            raise InvalidInput("store.error.url")
        self.refusals = Refusals(schema.kind, self.location)
        self._name = f"qiyafa_{schema.kind}"
        self._idle: list[psycopg.Connection[Row]] = []
        self._lock = threading.Lock()

    @property
    def location(self) -> str:
        """Where it is, without the password."""
        facts = {name: str(self._facts.get(name, "")) for name in ("user", "host", "port", "dbname")}
        user = f"{facts['user']}@" if facts["user"] else ""
        port = f":{facts['port']}" if facts["port"] else ""
        return f"postgresql://{user}{facts['host']}{port}/{facts['dbname']}"

    @contextmanager
    def reading(self) -> Iterator[PostgresSession | None]:
        """Give a session on the state of one moment that cannot write; None if nothing was ever stored there.

        A row that no store of ours can have written, met while the block lasts, is damage.
        """
        with self._sentences(), self._connection() as connection:
            connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            try:
                yield PostgresSession(connection) if self._is_ours(connection) else None
            except UnicodeEncodeError:
                raise
            except ValueError as error:
                raise self.refusals.damaged() from error
            connection.execute("COMMIT")

    @contextmanager
    def writing(self) -> Iterator[PostgresSession]:
        """Give a session in one transaction, which is on the server's disk when the block ends, or has never been."""
        with self._sentences(), self._connection() as connection:
            connection.execute("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE")
            connection.execute("SET LOCAL synchronous_commit = on")
            # Writers of one kind of store wait here, so each sees whatever the one before it has done.
            connection.execute("SELECT pg_advisory_xact_lock(%s)", (self.schema.application_id,))
            if not self._is_ours(connection):
                self._make_tables(connection)
            yield PostgresSession(connection)
            connection.execute("COMMIT")

    def close(self) -> None:
        """Close every connection that nobody uses."""
        with self._lock:
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

    @contextmanager
    def _connection(self) -> "Iterator[psycopg.Connection[Row]]":
        """Give a connection for one transaction; after an error it is closed, which rolls the transaction back."""
        with self._lock:
            held = self._idle.pop() if self._idle else None
        if held is None or not self._is_alive(held):
            held = self._connected()
        try:
            yield held
        except BaseException:
            held.close()
            raise
        with self._lock:
            if len(self._idle) < _IDLE:
                self._idle.append(held)
                return
        held.close()

    def _connected(self) -> "psycopg.Connection[Row]":
        # Readers wait for whoever locks a table no longer than writers do.
        options = f"-c search_path={self._name} -c lock_timeout={BUSY_SECONDS}s"
        return self._psycopg.connect(self._url, autocommit=True, connect_timeout=_CONNECT_SECONDS, options=options)

    def _is_alive(self, connection: "psycopg.Connection[Row]") -> bool:
        """Tell whether an idle connection still answers: the server may have been restarted meanwhile."""
        try:
            connection.execute("")
        except self._psycopg.OperationalError:
            connection.close()
            return False
        return True

    def _is_ours(self, connection: "psycopg.Connection[Row]") -> bool:
        """Tell whether our tables are there; False if there is no such schema. Raises Conflict for anything else."""
        found = connection.execute(
            "SELECT to_regclass(%s) IS NOT NULL FROM pg_namespace WHERE nspname = %s",
            (f"{self._name}.about", self._name),
        ).fetchone()
        if found is None:
            return False
        if not found[0]:
            raise self.refusals.foreign()
        about = connection.execute("SELECT application_id, version FROM about").fetchone()
        if about is None or about[0] != self.schema.application_id:
            raise self.refusals.foreign()
        if about[1] > self.schema.version:
            raise self.refusals.newer(about[1], self.schema.version)
        return True

    def _make_tables(self, connection: "psycopg.Connection[Row]") -> None:
        connection.execute(f"CREATE SCHEMA {self._name}".encode())
        connection.execute("CREATE TABLE about (application_id BIGINT NOT NULL, version BIGINT NOT NULL)")
        connection.execute("INSERT INTO about VALUES (%s, %s)", (self.schema.application_id, self.schema.version))
        for statement in self.schema.statements():
            connection.execute(_TYPE_WORDS.sub(lambda word: _TYPES[word[0]], statement).encode())

    @contextmanager
    def _sentences(self) -> Iterator[None]:
        """Turn what the server and the driver refuse into sentences."""
        try:
            yield
        except self._psycopg.Error as error:
            raise self._sentence(error) from None
        except UnicodeEncodeError as error:
            raise self.refusals.half_characters() from error

    def _sentence(self, error: "psycopg.Error") -> QiyafaError:
        """Return the sentence for an error of the driver, whose words never carry the password on."""
        errors = self._psycopg.errors
        if isinstance(error, errors.LockNotAvailable | errors.DeadlockDetected):
            return self.refusals.busy()
        if isinstance(error, errors.DiskFull | errors.OutOfMemory):
            return self.refusals.full()
        if isinstance(
            error,
            errors.UndefinedTable | errors.UndefinedColumn | errors.DataCorrupted | errors.IndexCorrupted,
        ):
            return self.refusals.damaged()
        if isinstance(error, errors.ProgramLimitExceeded):
            return self.refusals.too_long()
        reason = " ".join(str(error).split())
        if isinstance(error, self._psycopg.DataError) and error.sqlstate is None and "NUL" in reason:
            # Said by the driver: nothing was sent.
            return self.refusals.zero_characters()
        password = str(self._facts.get("password") or "")
        return self.refusals.failed(reason.replace(password, "***") if password else reason)


def _placeholders(sql: str) -> bytes:
    return sql.replace("%", "%%").replace("?", "%s").encode()
