"""What a store asks of a database, whichever it is: consistent reading, and writing that is whole or has never been.

SQL is written once, in what SQLite and PostgreSQL have in common: `?` for a parameter, the column types TEXT, INTEGER
(64 bits) and BLOB, tables that end in `STRICT` or `STRICT, WITHOUT ROWID`. Text compares by code points in both.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Final, Protocol

from qiyafa.model.errors import Conflict, InvalidInput, Unavailable
from qiyafa.text import text

Value = str | int | bytes | None
Row = tuple[Any, ...]
Damaged = Callable[[], Conflict]
"""Makes the error for content that is not what was stored."""
BUSY_SECONDS: Final = 30
"""So long a writer waits for another one."""


@dataclass(frozen=True, slots=True)
class Schema:
    """The tables of one kind of store, and how to tell them from anything else."""

    kind: str
    """What is stored: a word of the catalogue, `store.kind.<kind>`."""
    application_id: int
    """Says whose file it is (SQLite's `PRAGMA application_id`)."""
    version: int
    tables: str
    """Statements that make them, each closed by a semicolon at the end of a line."""

    def statements(self) -> list[str]:
        """Return the statements one by one."""
        return [statement for statement in self.tables.split(";\n") if statement.strip()]


class Rows(Protocol):
    """The answer to one statement."""

    def fetchone(self) -> Any:
        """Return the next row; None after the last one."""

    def fetchall(self) -> list[Any]:
        """Return every row that is left."""

    def __iter__(self) -> Iterator[Any]:
        """Yield every row that is left."""


class Session(Protocol):
    """A connection inside one transaction."""

    def execute(self, sql: str, parameters: Sequence[Value] = ..., /) -> Rows:
        """Run one statement. The answer may be held in memory whole."""

    def executemany(self, sql: str, parameters: Iterable[Sequence[Value]], /) -> object:
        """Run one statement for each tuple of parameters."""

    def iterate(self, sql: str, parameters: Sequence[Value] = ..., /) -> Iterator[Row]:
        """Yield the rows of a query, of which few are in memory at a time."""


class Database(Protocol):
    """One place for one kind of store. For any number of threads.

    Every method raises Conflict if what is there is damaged, foreign, newer than this Qiyafa or kept busy, and
    Unavailable if it cannot be reached, read or written.
    """

    schema: Schema

    @property
    def location(self) -> str:
        """Where it is, as it may be shown: never with a password."""

    def reading(self) -> AbstractContextManager[Session | None]:
        """Give a session on the state of one moment that cannot write; None if nothing was ever stored there."""

    def writing(self) -> AbstractContextManager[Session]:
        """Give a session in one transaction, which is on the disk when the block ends, or has never been.

        Writers wait for each other. The tables are made if there are none.
        """

    def close(self) -> None:
        """Let idle connections go; the next question opens new ones."""


@dataclass(frozen=True, slots=True)
class Refusals:
    """The sentences of one store."""

    kind: str
    path: str

    def busy(self) -> Conflict:
        """Another process keeps writing."""
        return Conflict("store.error.busy", kind=self._words, path=self.path)

    def damaged(self) -> Conflict:
        """What is there is not what was stored."""
        return Conflict("store.error.damaged", kind=self._words, path=self.path)

    def foreign(self) -> Conflict:
        """Something else is there."""
        return Conflict("store.error.foreign", kind=self._words, path=self.path)

    def newer(self, found: int, known: int) -> Conflict:
        """A newer Qiyafa made it, which may mean something else by the same columns."""
        return Conflict("store.error.newer", kind=self._words, path=self.path, found=found, known=known)

    def full(self) -> Unavailable:
        """There is no space left."""
        return Unavailable("store.error.full", kind=self._words, path=self.path)

    def failed(self, reason: str) -> Unavailable:
        """It cannot be reached, read or written."""
        return Unavailable("store.error.failed", kind=self._words, path=self.path, reason=reason)

    def half_characters(self) -> InvalidInput:
        """A text that was given cannot be stored or looked for."""
        return InvalidInput("store.error.half_characters", kind=self._words, path=self.path)

    def zero_characters(self) -> InvalidInput:
        """A text that was given holds the character NUL, which this database does not keep."""
        return InvalidInput("store.error.zero_characters", kind=self._words, path=self.path)

    def too_long(self) -> InvalidInput:
        """A text that was given is longer than this database keeps or finds again."""
        return InvalidInput("store.error.too_long", kind=self._words, path=self.path)

    @property
    def _words(self) -> str:
        return text(f"store.kind.{self.kind}")
