"""The tables of a chain of outputs as Parquet: their schemas, and how a slice of blocks is written.

A slice is a range of blocks with its transactions, inputs and outputs, one file for each table that has rows. All
three are in ledger order: block, transaction, index.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from qiyafa.model.tables import INPUTS, OUTPUTS, TRANSACTIONS, Column
from qiyafa.stores import layout
from qiyafa.stores.layout import table_folder
from qiyafa.stores.manifest import ChainRecord, StoredFile
from qiyafa.stores.part_schema import arrow_schema
from qiyafa.stores.row_groups import RowGroupFile


@dataclass(frozen=True, slots=True)
class TableShape:
    """One table as Parquet."""

    table: str
    columns: tuple[Column, ...]
    dictionaries: tuple[str, ...]
    """Columns whose texts repeat within a row group."""

    def schema(self) -> pa.Schema:
        """Return the Arrow schema."""
        return arrow_schema(self.columns)

    def names(self) -> str:
        """Return the columns as SQL."""
        return ", ".join(f'"{column.name}"' for column in self.columns)


SHAPES: Final = {
    layout.TRANSACTIONS: TableShape(layout.TRANSACTIONS, TRANSACTIONS, ("block_hash",)),
    layout.INPUTS: TableShape(layout.INPUTS, INPUTS, ("transaction_hash", "type", "address")),
    layout.OUTPUTS: TableShape(layout.OUTPUTS, OUTPUTS, ("transaction_hash", "type", "address")),
}
"""The tables that every slice of a chain of outputs is made of."""


def output_files(record: ChainRecord | None) -> tuple[StoredFile, ...]:
    """Return the files of a chain's slices, table by table, each in ledger order."""
    return () if record is None else tuple(file for table in SHAPES for file in record.table(table))


def write_part(
    chain: str, shape: TableShape, rows: Iterable[pa.Table], folder: Path, row_group_rows: int
) -> StoredFile | None:
    """Write rows in ledger order into the folder aside; None if there are none."""
    path = folder / f"{shape.table}.parquet"
    facts = _Facts()
    file = RowGroupFile(path, shape.schema(), shape.dictionaries, row_group_rows, facts.add)
    try:
        for table in rows:
            file.append(table.cast(shape.schema()))
        digest = file.finish()
    except BaseException:
        file.abandon()
        raise
    if file.rows == 0:
        path.unlink()
        return None
    aside = path.rename(path.with_name(f"{facts.first_block:012d}-{facts.last_block:012d}-{digest[:16]}.parquet"))
    return StoredFile(
        path=f"{table_folder(chain, shape.table)}/{aside.name}",
        table=shape.table,
        sha256=digest,
        bytes=aside.stat().st_size,
        rows=file.rows,
        first_block=facts.first_block,
        last_block=facts.last_block,
        first_time=facts.first_time,
        last_time=facts.last_time,
        counts=facts.counts,
    )


@dataclass(slots=True)
class _Facts:
    """What the manifest says of a part; rows come in order of their blocks."""

    first_block: int = -1
    last_block: int = -1
    first_time: int | None = None
    last_time: int | None = None
    counts: dict[str, int] = field(default_factory=dict)

    def add(self, rows: pa.Table) -> None:
        """Take the next rows, at least one."""
        if self.first_block < 0:
            self.first_block = rows["block_number"][0].as_py()
        self.last_block = rows["block_number"][-1].as_py()
        if "block_timestamp" in rows.column_names:
            times = pc.min_max(rows["block_timestamp"]).as_py()
            self.first_time = min((t for t in (self.first_time, times["min"]) if t is not None), default=None)
            self.last_time = max((t for t in (self.last_time, times["max"]) if t is not None), default=None)
            self._count("coinbase", pc.sum(rows["is_coinbase"]).as_py())
            self._count("order_assumed", rows["index"].null_count)

    def _count(self, name: str, count: int | None) -> None:
        if count:
            self.counts[name] = self.counts.get(name, 0) + count
