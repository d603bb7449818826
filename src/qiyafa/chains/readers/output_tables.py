"""The tables of a chain of outputs as Parquet files in a scratch folder, written row group by row group."""

from pathlib import Path
from types import TracebackType

import pyarrow as pa
import pyarrow.parquet as pq

from qiyafa.model.tables import BLOCKS, INPUTS, OUTPUTS, TRANSACTIONS, Column

_ARROW_TYPES = {"BIGINT": pa.int64(), "INTEGER": pa.int32(), "VARCHAR": pa.string(), "BOOLEAN": pa.bool_()}
_GROUP_ROWS = 1 << 16
"""A row group is written once it has so many rows, so that memory stays bounded."""


def arrow_schema(columns: tuple[Column, ...]) -> pa.Schema:
    """Return columns of the model as an Arrow schema."""
    return pa.schema([(column.name, _ARROW_TYPES[column.type]) for column in columns])


TRANSACTIONS_SCHEMA = arrow_schema(TRANSACTIONS)
INPUTS_SCHEMA = arrow_schema(INPUTS)
OUTPUTS_SCHEMA = arrow_schema(OUTPUTS)
BLOCKS_SCHEMA = arrow_schema(BLOCKS)


class OutputTables:
    """Four Parquet files in a folder that the caller removes. A context that closes the files."""

    def __init__(self, folder: Path) -> None:
        self._tables = {
            name: _Table(folder / f"{name}.parquet", schema)
            for name, schema in (
                ("transactions", TRANSACTIONS_SCHEMA),
                ("inputs", INPUTS_SCHEMA),
                ("outputs", OUTPUTS_SCHEMA),
                ("blocks", BLOCKS_SCHEMA),
            )
        }

    def __enter__(self) -> "OutputTables":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for table in self._tables.values():
            table.close(is_whole=error is None)

    def add(self, name: str, rows: pa.Table) -> None:
        """Take rows of `transactions`, `inputs`, `outputs` or `blocks`."""
        self._tables[name].add(rows)

    def path(self, name: str) -> str:
        """Return the path of a table's file."""
        return str(self._tables[name].path)


class _Table:
    """One file, and the rows that wait for their row group."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self.path = path
        self._schema = schema
        self._writer = pq.ParquetWriter(path, schema)
        self._waiting: list[pa.Table] = []

    def add(self, rows: pa.Table) -> None:
        """Take rows; they are written once there are enough for a row group."""
        assert rows.schema.equals(self._schema), rows.schema
        self._waiting.append(rows)
        if sum(len(part) for part in self._waiting) >= _GROUP_ROWS:
            self._write()

    def close(self, *, is_whole: bool) -> None:
        """Close the file; rows still waiting are written only if the table is whole."""
        if is_whole:
            self._write()
        self._writer.close()

    def _write(self) -> None:
        if self._waiting:
            self._writer.write_table(pa.concat_tables(self._waiting), row_group_size=_GROUP_ROWS)
            self._waiting = []
