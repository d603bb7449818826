"""DuckDB as the merge uses it: in memory, within bounds, spilling into the ledger's own folder.

Only ingest modules import this: a trace must not load DuckDB.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import duckdb
import pyarrow as pa

from qiyafa.model.errors import Unavailable

MEMORY_LIMIT: Final = "1200MB"
BATCH_ROWS: Final = 1 << 16


@contextmanager
def session(spill: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a database in memory that spills into a folder. A disk that fails becomes Unavailable."""
    connection = duckdb.connect()
    try:
        connection.execute(f"SET memory_limit = '{MEMORY_LIMIT}'")
        connection.execute(f"SET temp_directory = {literal(str(spill))}")
        # Without it DuckDB 1.5 streams the batches of a sorted query in the order in which its threads finish them.
        connection.execute("SET preserve_insertion_order = true")
        connection.execute("SET enable_progress_bar = false")
        yield connection
    except (duckdb.IOException, duckdb.OutOfMemoryException) as error:
        reason = str(error).splitlines()[0]
        if "No space left" in reason or "File too large" in reason or isinstance(error, duckdb.OutOfMemoryException):
            raise Unavailable("ledger.storage.full", path=str(spill.parent)) from error
        raise Unavailable("ledger.storage.failed", path=str(spill.parent), reason=reason) from error
    finally:
        connection.close()


def tables(
    connection: duckdb.DuckDBPyConnection, query: str, parameters: Mapping[str, object] | None = None
) -> Iterator[pa.Table]:
    """Run a query and yield its rows as Arrow tables, one batch at a time."""
    relation = connection.sql(query, params=dict(parameters or {}))
    # The older name is all that DuckDB 1.4 has; the newer warns about it.
    stream = getattr(relation, "to_arrow_reader", None) or relation.fetch_record_batch
    for batch in stream(BATCH_ROWS):
        yield pa.Table.from_batches([batch])


def literal(text: str) -> str:
    """Return a text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def literals(texts: list[str]) -> str:
    """Return texts as an SQL list."""
    return "[" + ", ".join(literal(text) for text in texts) + "]"
