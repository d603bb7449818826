"""Verdicts that were given: one record for each request, the same bytes for ever.

A request has an id of its own, so that a repeated one gets the answer that the first one got. The bytes carry their
SHA-256, since a database does not notice a flipped bit.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from qiyafa.model.errors import Conflict
from qiyafa.stores.database import Schema, Session, Value
from qiyafa.stores.opening import Location, database_at

VERDICTS: Final = Schema(
    kind="verdicts",
    application_id=0x51695664,  # QiVd
    version=1,
    tables="""
CREATE TABLE verdicts (
  request_id TEXT PRIMARY KEY,
  question BLOB NOT NULL,
  body BLOB NOT NULL,
  sha256 BLOB NOT NULL CHECK (length(sha256) = 32),
  labels TEXT NOT NULL,
  lists TEXT NOT NULL,
  at TEXT NOT NULL
) STRICT;
""",
)
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
    """The verdicts at one place, which any number of threads and processes may share.

    Where nothing was ever stored there is none, and reading never makes anything. Every question raises Conflict for a
    damaged or foreign place, Unavailable if it cannot be read or written.
    """

    def __init__(self, location: Location) -> None:
        self._database = database_at(location, VERDICTS)

    def keep(self, verdict: KeptVerdict) -> KeptVerdict:
        """Keep a verdict, or return the one that the same request got before: of many at once, the first one stays.

        Raises Conflict if the id was used for another question.
        """
        with self._database.writing() as session:
            known = _find(session, verdict.request_id, self._database.location)
            if known is None:
                session.execute(
                    f"INSERT INTO verdicts ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)",  # noqa: S608 - fixed names
                    _row(verdict),
                )
        return verdict if known is None else same_question(known, verdict.question)

    def get(self, request_id: str) -> KeptVerdict | None:
        """Return the verdict of a request, or None."""
        with self._database.reading() as session:
            return None if session is None else _find(session, request_id, self._database.location)

    def each(self, since: datetime | None = None) -> Iterator[KeptVerdict]:
        """Yield the verdicts that were given from a moment on, in the order of their times and ids."""
        with self._database.reading() as session:
            if session is None:
                return
            rows = session.iterate(
                f"SELECT {_COLUMNS} FROM verdicts WHERE at >= ? ORDER BY at, request_id",  # noqa: S608 - fixed names
                ("" if since is None else since.isoformat(),),
            )
            for row in rows:
                yield _record(row, self._database.location)

    def close(self) -> None:
        """Let the place go; the next question opens it again."""
        self._database.close()


def same_question(known: KeptVerdict, question: bytes) -> KeptVerdict:
    """Return a verdict that was given to a question. Raises Conflict if its request asked something else."""
    if known.question != question:
        raise Conflict("screen.error.other_question", request=known.request_id)
    return known


def _find(session: Session, request_id: str, location: str) -> KeptVerdict | None:
    row = session.execute(
        f"SELECT {_COLUMNS} FROM verdicts WHERE request_id = ?",  # noqa: S608 - fixed names
        (request_id,),
    ).fetchone()
    return None if row is None else _record(row, location)


def _row(verdict: KeptVerdict) -> tuple[Value, ...]:
    labels, lists, at = "\n".join(verdict.labels), "\n".join(verdict.lists), verdict.at.isoformat()
    digest = _seal(verdict.request_id, verdict.question, verdict.body, labels, lists, at)
    return verdict.request_id, verdict.question, verdict.body, digest, labels, lists, at


def _record(row: tuple[str, bytes, bytes, bytes, str, str, str], location: str) -> KeptVerdict:
    request_id, question, body, digest, labels, lists, at = row
    if digest != _seal(request_id, question, body, labels, lists, at):
        raise Conflict("screen.error.verdict_damaged", path=location, request=request_id)
    moment = datetime.fromisoformat(at)
    return KeptVerdict(request_id, question, body, tuple(labels.splitlines()), tuple(lists.splitlines()), moment)


def _seal(*parts: str | bytes) -> bytes:
    """Return the SHA-256 of a row, each part after its length."""
    encoded = (part.encode() if isinstance(part, str) else part for part in parts)
    return hashlib.sha256(b"".join(len(part).to_bytes(8, "big") + part for part in encoded)).digest()
