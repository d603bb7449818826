"""What the user decided about clusters: merges that are forbidden, and allowed again, in one SQLite file.

A decision is never erased; the last one on a transaction and a rule stands. It names the transaction that is the
evidence, and one rule or every rule.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from qiyafa.stores.database import Schema
from qiyafa.stores.sqlite_file import SqliteFile

_DECISIONS: Final = Schema(
    kind="clusters",
    application_id=0x5169436C,  # QiCl
    version=1,
    tables="""
CREATE TABLE decisions (
  id INTEGER PRIMARY KEY,
  transaction_hash TEXT NOT NULL,
  rule TEXT NOT NULL,
  forbids INTEGER NOT NULL CHECK (forbids IN (0, 1)),
  reason TEXT NOT NULL,
  decided_at TEXT NOT NULL
) STRICT;
""",
)
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
        self._file = SqliteFile(path, _DECISIONS)

    def add(self, decision: Decision) -> None:
        """Keep a decision. Raises Conflict for a damaged or foreign file, Unavailable if it cannot be written."""
        with self._file.writing() as session:
            session.execute(_INSERT, _row(decision))

    def all(self) -> list[Decision]:
        """Return every decision that was ever made, oldest first."""
        with self._file.reading() as session:
            return [] if session is None else [_decision(row) for row in session.execute(_SELECT)]

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


def _row(decision: Decision) -> tuple[object, ...]:
    moment = decision.decided_at.isoformat()
    return (decision.transaction_hash, decision.rule, int(decision.forbids), decision.reason, moment)


def _decision(row: tuple[str, str, int, str, str]) -> Decision:
    transaction, rule, forbids, reason, decided_at = row
    return Decision(transaction, rule, bool(forbids), reason, datetime.fromisoformat(decided_at))
