"""What the user decided about clusters: merges that are forbidden, and allowed again, in one SQLite file.

A decision is never erased; the last one on a transaction and a rule stands. It names the transaction that is the
evidence, and one rule or every rule.
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
from urllib.parse import quote

from qiyafa.model.errors import Conflict, Unavailable

_APPLICATION_ID: Final = 0x5169436C
"""`QiCl`: says whose file it is (SQLite's `PRAGMA application_id`)."""
_VERSION: Final = 1
_BUSY_SECONDS: Final = 10.0
_SCHEMA: Final = """
CREATE TABLE decisions (
  id INTEGER PRIMARY KEY,
  transaction_hash TEXT NOT NULL,
  rule TEXT NOT NULL,
  forbids INTEGER NOT NULL CHECK (forbids IN (0, 1)),
  reason TEXT NOT NULL,
  decided_at TEXT NOT NULL
) STRICT
"""
_SELECT: Final = "SELECT transaction_hash, rule, forbids, reason, decided_at FROM decisions ORDER BY id"
_INSERT: Final = "INSERT INTO decisions (transaction_hash, rule, forbids, reason, decided_at) VALUES (?, ?, ?, ?, ?)"


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision of the user."""

    transaction_hash: str
    rule: str
    """Empty: every rule."""
    forbids: bool
    """False: it is allowed again."""
    reason: str
    decided_at: datetime


class DecisionStore:
    """The file of decisions. A missing file has none; reading never makes it."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def add(self, decision: Decision) -> None:
        """Keep a decision. Raises Conflict for a damaged or foreign file, Unavailable if it cannot be written."""
        with _store_errors(self._path):
            # The file is made before SQLite opens it, so that it is never readable for others.
            os.close(os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600))
            with closing(sqlite3.connect(self._path, timeout=_BUSY_SECONDS, isolation_level=None)) as connection:
                connection.execute("PRAGMA journal_mode = WAL")
                connection.execute("PRAGMA synchronous = FULL")
                connection.execute("BEGIN IMMEDIATE")
                if not _is_ours(connection, self._path):
                    connection.execute(_SCHEMA)
                    connection.execute(f"PRAGMA application_id = {_APPLICATION_ID}")
                    connection.execute(f"PRAGMA user_version = {_VERSION}")
                connection.execute(_INSERT, _row(decision))
                connection.execute("COMMIT")

    def all(self) -> list[Decision]:
        """Return every decision that was ever made, oldest first."""
        with _store_errors(self._path):
            if not self._path.exists():
                return []
            address = f"file:{quote(str(self._path.absolute()))}?mode=ro"
            connection = sqlite3.connect(address, uri=True, timeout=_BUSY_SECONDS, isolation_level=None)
            with closing(connection):
                return (
                    [_decision(row) for row in connection.execute(_SELECT)] if _is_ours(connection, self._path) else []
                )

    def forbidden(self) -> frozenset[tuple[str, str]]:
        """Return what is forbidden now: (transaction, rule), the rule empty where all of them are."""
        return forbidden_by(self.all())


def digest_of(forbidden: frozenset[tuple[str, str]]) -> str:
    """Return a digest that changes with what is forbidden, and with nothing else."""
    listed = "\n".join(f"{transaction} {rule}" for transaction, rule in sorted(forbidden))
    return hashlib.sha256(listed.encode()).hexdigest()


def forbidden_by(decisions: list[Decision]) -> frozenset[tuple[str, str]]:
    """Return what decisions forbid in the end, oldest first. Allowing every rule allows each."""
    found: set[tuple[str, str]] = set()
    for one in decisions:
        if one.forbids:
            found.add((one.transaction_hash, one.rule))
        else:
            found = {
                (transaction, rule)
                for transaction, rule in found
                if transaction != one.transaction_hash or one.rule not in ("", rule)
            }
    return frozenset(found)


def _is_ours(connection: sqlite3.Connection, path: Path) -> bool:
    """Tell whether a file holds decisions, rather than being new. Raises Conflict for a foreign or newer one."""
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    if (application, version, tables) == (0, 0, 0):
        return False
    if application != _APPLICATION_ID:
        raise Conflict("cluster.store.foreign", path=str(path))
    if version > _VERSION:
        raise Conflict("cluster.store.newer", path=str(path), found=version, known=_VERSION)
    return True


def _row(decision: Decision) -> tuple[object, ...]:
    moment = decision.decided_at.isoformat()
    return (decision.transaction_hash, decision.rule, int(decision.forbids), decision.reason, moment)


def _decision(row: tuple[str, str, int, str, str]) -> Decision:
    transaction, rule, forbids, reason, decided_at = row
    return Decision(transaction, rule, bool(forbids), reason, datetime.fromisoformat(decided_at))


@contextmanager
def _store_errors(path: Path) -> Iterator[None]:
    """Turn what SQLite and the file system say into one sentence."""
    try:
        yield
    except sqlite3.OperationalError as error:
        raise Unavailable("cluster.store.unavailable", path=str(path), reason=str(error)) from error
    except (sqlite3.Error, ValueError) as error:
        raise Conflict("cluster.store.damaged", path=str(path), reason=str(error)) from error
    except OSError as error:
        raise Unavailable("cluster.store.unavailable", path=str(path), reason=error.strerror or str(error)) from error
