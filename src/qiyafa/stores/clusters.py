"""What the user decided about clusters: merges that are forbidden, and allowed again.

A decision is never erased; the last one on a transaction and a rule stands. It names the transaction that is the
evidence, and one rule or every rule.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from qiyafa.stores.database import Schema, Value
from qiyafa.stores.opening import Location, database_at

DECISIONS: Final = Schema(
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
_LAST: Final = "SELECT id, transaction_hash, rule, forbids, reason, decided_at FROM decisions ORDER BY id DESC LIMIT 1"
_INSERT: Final = "INSERT INTO decisions VALUES (?, ?, ?, ?, ?, ?)"


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
    """The decisions at one place. Where nothing was ever stored there are none; reading never makes anything.

    Every question raises Conflict for a damaged or foreign place, Unavailable if it cannot be read or written.
    """

    def __init__(self, location: Location) -> None:
        self._database = database_at(location, DECISIONS)

    def add(self, decision: Decision) -> None:
        """Keep a decision; the very last one again, from somebody who never heard that it was kept, is kept once."""
        row = _row(decision)
        with self._database.writing() as session:
            number, *last = session.execute(_LAST).fetchone() or (0,)
            if tuple(last) != row:
                session.execute(_INSERT, (number + 1, *row))

    def all(self) -> list[Decision]:
        """Return every decision that was ever made, oldest first."""
        with self._database.reading() as session:
            return [] if session is None else [_decision(row) for row in session.execute(_SELECT)]

    def version(self) -> str:
        """Return what changes with every decision, without reading them all; empty if none was ever made."""
        with self._database.reading() as session:
            last = None if session is None else session.execute(_LAST).fetchone()
        return "" if last is None else f"{last[0]} {last[-1]}"

    def forbidden(self) -> frozenset[tuple[str, str]]:
        """Return what is forbidden now: (transaction, rule), the rule empty where all of them are."""
        return forbidden_by(self.all())

    def close(self) -> None:
        """Let the place go; the next question opens it again."""
        self._database.close()


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


def _row(decision: Decision) -> tuple[Value, ...]:
    moment = decision.decided_at.isoformat()
    return (decision.transaction_hash, decision.rule, int(decision.forbids), decision.reason, moment)


def _decision(row: tuple[str, str, int, str, str]) -> Decision:
    transaction, rule, forbids, reason, decided_at = row
    return Decision(transaction, rule, bool(forbids), reason, datetime.fromisoformat(decided_at))
