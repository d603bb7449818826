"""What labels say, stored once for all addresses of which the same is said."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from qiyafa.model.label import Label
from qiyafa.stores.database import Session
from qiyafa.stores.labels_rows import Statement, statement_key, statement_of
from qiyafa.stores.wanted import rows_of_keys

_REMEMBERED: Final = 100_000
"""So many statements are remembered while labels are added."""


@dataclass(frozen=True, slots=True)
class KeptStatement:
    """A stored statement, as the versions that rest on it need it."""

    number: int
    digest: bytes
    routes: int


class StatementShelf:
    """Stores what labels say while one transaction is open."""

    def __init__(self, session: Session) -> None:
        self._session = session
        (self._last,) = session.execute("SELECT coalesce(max(number), 0) FROM statements").fetchone()
        self._known: dict[tuple[Any, ...], KeptStatement] = {}

    def kept(self, labels: Sequence[Label]) -> Iterator[KeptStatement]:
        """Return what each label says, after storing what is new."""
        if len(self._known) >= _REMEMBERED:
            self._known.clear()
        keys = [statement_key(label) for label in labels]
        fresh = {key: label for key, label in zip(keys, labels, strict=True) if key not in self._known}
        if fresh:
            self._store({key: statement_of(label) for key, label in fresh.items()})
        return (self._known[key] for key in keys)

    def _store(self, statements: dict[tuple[Any, ...], Statement]) -> None:
        numbers = {
            bytes(digest): number
            for digest, number in rows_of_keys(
                self._session,
                "SELECT s.digest, s.number FROM wanted CROSS JOIN statements s WHERE s.digest = wanted.key",
                [one.digest for one in statements.values()],
            )
        }
        rows = []
        for key, one in statements.items():
            if one.digest not in numbers:
                self._last += 1
                numbers[one.digest] = self._last
                rows.append((self._last, *one))
            self._known[key] = KeptStatement(numbers[one.digest], one.digest, one.routes)
        self._session.executemany(
            "INSERT INTO statements (number, digest, name, entity, routes, body) VALUES (?, ?, ?, ?, ?, ?)", rows
        )


def kept_statement(session: Session, number: int) -> KeptStatement:
    """Return a stored statement. Raises ValueError if it is not there."""
    row = session.execute("SELECT number, digest, routes FROM statements WHERE number = ?", (number,)).fetchone()
    if row is None:
        raise ValueError(number)
    return KeptStatement(row[0], bytes(row[1]), row[2])
