"""The columns that a store expects of every reader, as SQL and as Arrow: made from the one list of the model."""

from collections.abc import Iterable, Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from qiyafa.model.tables import BLOCKS, RAW_TRANSFERS

_ARROW_TYPES = {"BIGINT": pa.int64(), "INTEGER": pa.int32(), "VARCHAR": pa.string()}

ARROW_SCHEMA = pa.schema([(column.name, _ARROW_TYPES[column.type]) for column in RAW_TRANSFERS])
BLOCKS_SCHEMA = pa.schema([(column.name, _ARROW_TYPES[column.type]) for column in BLOCKS])


def raw_select(expressions: Mapping[str, str]) -> str:
    """Return the select list of RAW_TRANSFERS; columns without an SQL expression are null."""
    unknown = set(expressions) - {column.name for column in RAW_TRANSFERS}
    assert not unknown, unknown
    return ",\n".join(
        f'CAST({expressions.get(column.name, "NULL")} AS {column.type}) AS "{column.name}"' for column in RAW_TRANSFERS
    )


def write_raw_rows(rows: Iterable[Mapping[str, object]], path: Path) -> None:
    """Write rows, keyed by column, as a Parquet file of RAW_TRANSFERS; missing keys are null."""
    pq.write_table(pa.Table.from_pylist(list(rows), schema=ARROW_SCHEMA), path)


def write_block_rows(rows: Iterable[Mapping[str, object]], path: Path) -> None:
    """Write rows, keyed by column, as a Parquet file of BLOCKS; missing keys are null."""
    pq.write_table(pa.Table.from_pylist(list(rows), schema=BLOCKS_SCHEMA), path)
