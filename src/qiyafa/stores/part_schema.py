"""The columns of `tables.TRANSFERS` as Parquet: types, and which are kept as dictionaries."""

from typing import Final

import pyarrow as pa

from qiyafa.model.tables import ADDRESS_COVERAGE, BLOCK_COVERAGE, TRANSFERS, Column

ROW_GROUP_ROWS: Final = 1 << 16
"""Small enough that reading one takes 20 MB; four times as many rows make the file no smaller."""

DICTIONARIES: Final = ("transaction_hash", "kind", "source", "target", "asset", "status", "order", "precision")
"""Kept as dictionaries, so that a reader meets each text once in a row group."""

DICTIONARY_BYTES: Final = 1 << 28
"""Larger than the texts of any row group: a column that outgrows its dictionary falls back to plain text."""

_ARROW_TYPES = {
    "BIGINT": pa.int64(),
    "INTEGER": pa.int32(),
    "VARCHAR": pa.string(),
    "BOOLEAN": pa.bool_(),
    "DECIMAL(38,0)": pa.decimal128(38, 0),
}


def arrow_schema(columns: tuple[Column, ...]) -> pa.Schema:
    """Return the Arrow schema of a table."""
    return pa.schema([(column.name, _ARROW_TYPES[column.type]) for column in columns])


TRANSFERS_SCHEMA: Final = arrow_schema(TRANSFERS)
ADDRESS_COVERAGE_SCHEMA: Final = arrow_schema(ADDRESS_COVERAGE)
BLOCK_COVERAGE_SCHEMA: Final = arrow_schema(BLOCK_COVERAGE)
