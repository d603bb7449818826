"""The chains of hashes over the rows of the label store: each row's hash covers the row and the one before.

A flipped bit, a changed, inserted or removed row breaks the chain; `heads` says how long it is. Whoever rewrites the
whole file can make a new chain, but not one with a version that was written down elsewhere (a verdict, a report).
"""

import hashlib
import json
import sqlite3
from collections.abc import Iterator
from typing import Any, Final

from qiyafa.model.label import CONFIDENCES

CHAINS: Final = {
    "versions": "hex(v.id), v.format, v.key, v.written, hex(s.digest), v.state, v.objection, v.known_from",
    "actors": "v.id, v.body, v.known_from",
    "uses": "hex(v.label), v.kind, v.name, v.digest, v.at",
}
"""By table, what its hashes cover."""
_STATEMENT: Final = "LEFT JOIN statements s ON s.number = v.statement"
START: Final = bytes(32)


def row_hash(before: bytes, values: tuple[Any, ...]) -> bytes:
    """Return the hash of a row with these values after the row with the hash `before`."""
    return hashlib.sha256(before + json.dumps(values, ensure_ascii=False).encode()).digest()


class ChainEnd:
    """The end of one chain while rows are added to it."""

    def __init__(self, connection: sqlite3.Connection, chain: str) -> None:
        self._connection = connection
        self._chain = chain
        self.rows, self.hash = head(connection, chain)

    def next(self, values: tuple[Any, ...]) -> tuple[int, bytes]:
        """Return number and hash of the next row."""
        self.rows += 1
        self.hash = row_hash(self.hash, values)
        return self.rows, self.hash

    def close(self) -> None:
        """Write down how long the chain is."""
        self._connection.execute("INSERT OR REPLACE INTO heads VALUES (?, ?, ?)", (self._chain, self.rows, self.hash))


def head(connection: sqlite3.Connection, chain: str) -> tuple[int, bytes]:
    """Return how many rows a chain has, and the hash of the last."""
    found = connection.execute("SELECT rows, hash FROM heads WHERE chain = ?", (chain,)).fetchone()
    return (0, START) if found is None else (found[0], found[1])


def damages(connection: sqlite3.Connection) -> Iterator[tuple[str, int]]:
    """Yield (table, row) for every place where something is not as it was written. Reads the whole store."""
    for number, digest, name, entity, routes, body in connection.execute(
        "SELECT number, digest, name, entity, routes, body FROM statements ORDER BY number"
    ):
        if hashlib.sha256(body.encode()).digest() != digest or not _repeats(body, name, entity, routes):
            yield "statements", number
    for chain in CHAINS:
        yield from _broken_rows(connection, chain)
    yield from _wrong_aids(connection)


def _repeats(body: str, name: str, entity: str, routes: int) -> bool:
    """Tell whether the columns for look-ups say what the body says."""
    table = json.loads(body)
    level = CONFIDENCES[table["confidence"]] if "routing" in table else 0
    return (table.get("name", ""), table.get("entity", ""), level) == (name, entity, routes)


def _broken_rows(connection: sqlite3.Connection, chain: str) -> Iterator[tuple[str, int]]:
    join = _STATEMENT if chain == "versions" else ""
    before, count = START, 0
    for number, stored, *values in connection.execute(
        f"SELECT v.seq, v.hash, {CHAINS[chain]} FROM {chain} v {join} ORDER BY v.seq"  # noqa: S608 - fixed names
    ):
        count += 1
        if number != count or row_hash(before, tuple(values)) != stored:
            yield chain, number
        before, count = stored, number
    if (count, before) != head(connection, chain):
        yield chain, count + 1


def _wrong_aids(connection: sqlite3.Connection) -> Iterator[tuple[str, int]]:
    """Yield the versions of which it is wrong which version came next, or whether a trace may stop there."""
    for (number,) in connection.execute(
        "SELECT seq FROM (SELECT seq, routes, statement, replaced_by,"
        " lead(seq) OVER (PARTITION BY id ORDER BY seq) AS following FROM versions) v"
        " LEFT JOIN statements s ON s.number = v.statement"
        " WHERE replaced_by IS NOT following OR v.routes IS NOT s.routes ORDER BY seq"
    ):
        yield "versions", number
