"""The chains of hashes over the rows of the label store: each row's hash covers the row and the one before.

A flipped bit, a changed, inserted or removed row breaks the chain; `heads` says how long it is. Whoever rewrites the
whole file can make a new chain, but not one with a version that was written down elsewhere (a verdict, a report).
"""

import hashlib
import json
from collections.abc import Iterator
from typing import Any, Final

from qiyafa.model.label import CONFIDENCES
from qiyafa.stores.database import Session

CHAINS: Final = {
    "versions": "v.id, v.format, v.key, v.written, s.digest, v.state, v.objection, v.known_from",
    "actors": "v.id, v.body, v.known_from",
    "uses": "v.label, v.kind, v.name, v.digest, v.at",
}
"""By table, what its hashes cover; bytes as hexadecimal digits in capitals."""
_STATEMENT: Final = "LEFT JOIN statements s ON s.number = v.statement"
START: Final = bytes(32)


def row_hash(before: bytes, values: tuple[Any, ...]) -> bytes:
    """Return the hash of a row with these values after the row with the hash `before`."""
    return hashlib.sha256(before + json.dumps(values, ensure_ascii=False).encode()).digest()


class ChainEnd:
    """The end of one chain while rows are added to it."""

    def __init__(self, session: Session, chain: str) -> None:
        self._session = session
        self._chain = chain
        self.rows, self.hash = head(session, chain)

    def next(self, values: tuple[Any, ...]) -> tuple[int, bytes]:
        """Return number and hash of the next row."""
        self.rows += 1
        self.hash = row_hash(self.hash, values)
        return self.rows, self.hash

    def close(self) -> None:
        """Write down how long the chain is."""
        self._session.execute(
            "INSERT INTO heads (chain, rows, hash) VALUES (?, ?, ?)"
            " ON CONFLICT (chain) DO UPDATE SET rows = excluded.rows, hash = excluded.hash",
            (self._chain, self.rows, self.hash),
        )


def head(session: Session, chain: str) -> tuple[int, bytes]:
    """Return how many rows a chain has, and the hash of the last."""
    found = session.execute("SELECT rows, hash FROM heads WHERE chain = ?", (chain,)).fetchone()
    return (0, START) if found is None else (found[0], bytes(found[1]))


def damages(session: Session) -> Iterator[tuple[str, int]]:
    """Yield (table, row) for every place where something is not as it was written. Reads the whole store."""
    for number, digest, name, entity, routes, body in session.iterate(
        "SELECT number, digest, name, entity, routes, body FROM statements ORDER BY number"
    ):
        if hashlib.sha256(body.encode()).digest() != digest or not _repeats(body, name, entity, routes):
            yield "statements", number
    for chain in CHAINS:
        yield from _broken_rows(session, chain)
    yield from _wrong_aids(session)


def _repeats(body: str, name: str, entity: str, routes: int) -> bool:
    """Tell whether the columns for look-ups say what the body says."""
    table = json.loads(body)
    level = CONFIDENCES[table["confidence"]] if "routing" in table else 0
    return (table.get("name", ""), table.get("entity", ""), level) == (name, entity, routes)


def _broken_rows(session: Session, chain: str) -> Iterator[tuple[str, int]]:
    join = _STATEMENT if chain == "versions" else ""
    before, count = START, 0
    for number, stored, *values in session.iterate(
        f"SELECT v.seq, v.hash, {CHAINS[chain]} FROM {chain} v {join} ORDER BY v.seq"  # noqa: S608 - fixed names
    ):
        count += 1
        if number != count or row_hash(before, _covered(values)) != stored:
            yield chain, number
        before, count = bytes(stored), number
    if (count, before) != head(session, chain):
        yield chain, count + 1


def _covered(values: list[Any]) -> tuple[Any, ...]:
    """Return values as hashes cover them."""
    return tuple(one.hex().upper() if isinstance(one, bytes) else one for one in values)


def _wrong_aids(session: Session) -> Iterator[tuple[str, int]]:
    """Yield the versions of which it is wrong which version came next, or whether a trace may stop there."""
    for (number,) in session.iterate(
        "SELECT seq FROM (SELECT seq, routes, statement, replaced_by,"
        " lead(seq) OVER (PARTITION BY id ORDER BY seq) AS following FROM versions) v"
        " LEFT JOIN statements s ON s.number = v.statement"
        " WHERE coalesce(replaced_by, 0) <> coalesce(following, 0) OR v.routes <> coalesce(s.routes, -1) ORDER BY seq"
    ):
        yield "versions", number
