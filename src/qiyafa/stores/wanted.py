"""Asking for the rows of many keys at once, in a way that both databases answer by an index."""

from collections.abc import Iterator, Sequence
from typing import Final

from qiyafa.stores.database import Row, Session, Value

_KEYS_AT_ONCE: Final = 2000


def rows_of_keys(
    session: Session, query: str, keys: Sequence[Value], parameters: Sequence[Value] = ()
) -> Iterator[Row]:
    """Yield the rows of a query over `wanted`, a table whose one column `key` holds some of the keys at a time.

    A query that begins with `FROM wanted CROSS JOIN` has SQLite go through the keys and not through the other table;
    a list of keys instead would have PostgreSQL compare each row with each key.
    """
    for begin in range(0, len(keys), _KEYS_AT_ONCE):
        part = keys[begin : begin + _KEYS_AT_ONCE]
        wanted = f"WITH wanted (key) AS (VALUES {', '.join(['(?)'] * len(part))})"
        yield from session.execute(f"{wanted} {query}", (*part, *parameters))
