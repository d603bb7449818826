"""Parquet columns as text, whatever their type: one SQL expression for each column.

DOUBLE stands in the public data sets of AWS where ethereum-etl has integers; such columns are lossy.
Binary columns are big-endian bytes, as cryo writes addresses and hashes.
"""

# ruff: noqa: S608 - every text put into a query is our own, or quoted by `literal` and `identifier`

from dataclasses import dataclass
from pathlib import Path

import duckdb

from qiyafa.chains.readers.source_file import reading
from qiyafa.chains.readers.tabular.scratch import Scratch
from qiyafa.chains.readers.tabular.sql_text import file_literal, identifier
from qiyafa.model.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class ParquetTable:
    """A Parquet file whose footer could be read."""

    path: Path
    types: dict[str, str]
    """Column to DuckDB type, in the order of the file."""

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns."""
        return tuple(self.types)

    @property
    def relation(self) -> str:
        """The file as an SQL relation; `file_row_number` counts its rows from 0."""
        return f"read_parquet({file_literal(self.path)}, file_row_number = true, hive_partitioning = false)"

    def text_of(self, column: str) -> str:
        """Return the SQL that reads a column as text."""
        return _as_text(identifier(column), self.types[column])

    def is_lossy(self, column: str) -> bool:
        """Return whether a column's integers came through floating-point numbers."""
        return self.types[column] in {"FLOAT", "DOUBLE"}


def open_parquet(scratch: Scratch, path: Path) -> ParquetTable:
    """Read the footer of a Parquet file. Raises InvalidInput if it is damaged."""
    with reading(path):
        path.stat()
    table = ParquetTable(path, {})
    try:
        rows = scratch.connection.execute(
            f"DESCRIBE SELECT * EXCLUDE (file_row_number) FROM {table.relation}"
        ).fetchall()
    except duckdb.Error as error:
        raise damaged(path, error) from error
    return ParquetTable(path, {name: kind for name, kind, *_ in rows})


def damaged(path: Path, error: Exception) -> InvalidInput:
    """Return the error for a Parquet file that cannot be read."""
    return InvalidInput("chains.error.parquet_damaged", file=str(path), reason=str(error).splitlines()[0])


def _as_text(column: str, kind: str) -> str:
    if kind == "VARCHAR":
        return column
    if kind in {"FLOAT", "DOUBLE"}:
        return f"float_text_of({column})"
    if kind == "BLOB":
        return f"'0x' || lower(hex({column}))"
    if kind == "BOOLEAN":
        return f"CASE {column} WHEN true THEN '1' WHEN false THEN '0' END"
    if kind.startswith(("TIMESTAMP", "DATE")):
        return f"CAST(CAST(floor(epoch({column})) AS BIGINT) AS VARCHAR)"
    if kind.startswith("DECIMAL") and not kind.endswith(",0)"):
        return f"regexp_replace(CAST({column} AS VARCHAR), '\\.0+$', '')"
    if kind.endswith("[]"):
        return f"array_to_string(list_transform({column}, lambda item: {_as_text('item', kind[:-2])}), ',')"
    return f"CAST({column} AS VARCHAR)"
