"""Token transfers straight from the plainly clean lines of a CSV file to Parquet, past all SQL."""

# ruff: noqa: S608 - every text put into a query is our own, or quoted by `file_literal`

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from qiyafa.chains.readers.ethereum_etl.run import Run
from qiyafa.chains.readers.raw_columns import ARROW_SCHEMA
from qiyafa.chains.readers.source_file import writing
from qiyafa.chains.readers.tabular.plain_csv import AddressBook, PlainCsv, PlainRows
from qiyafa.chains.readers.tabular.sql_text import file_literal

_INDICES = {
    "kind": pa.int8(),
    "asset": pa.int32(),
    "status": pa.int8(),
    "precision": pa.int8(),
}
"""The columns that are dictionaries, and how wide their indices are."""
_MAY_BE_NULL = {"transaction_index", "time", "trace_address"}
_SCHEMA = pa.schema(
    pa.field(
        field.name,
        pa.dictionary(_INDICES[field.name], field.type) if field.name in _INDICES else field.type,
        nullable=field.name in _MAY_BE_NULL,
    )
    for field in ARROW_SCHEMA
)
_MOST_DICTIONARY_BYTES = 64 << 20
_ROWS_WRITTEN_AT_ONCE = 1 << 16


@dataclass(frozen=True, slots=True)
class PlainTransfers:
    """Token transfers in a Parquet file of RAW_TRANSFERS."""

    path: Path
    rows: int

    @property
    def as_fields(self) -> str:
        """The transfers as an SQL relation with the names and texts of the table they came from."""
        return f"""(
          SELECT right(asset, 42) AS token_address, source AS from_address, target AS to_address, units_text AS value,
            transaction_hash, CAST(log_index AS VARCHAR) AS log_index, CAST(block_number AS VARCHAR) AS block_number,
            CAST(transaction_index AS VARCHAR) AS transaction_index, CAST(time AS VARCHAR) AS block_timestamp
          FROM read_parquet({file_literal(self.path)}, hive_partitioning = false)
        )"""


def write_plain_transfers(run: Run, source: PlainCsv, told: Callable[[int], None]) -> PlainTransfers | None:
    """Write the transfers of a file's plainly clean lines; None if the file turns out not to be plain.

    Raises InvalidInput if the packing of the file is damaged, Unavailable if the disk fails.
    """
    folder = run.scratch.folder
    path = folder / f"plain-{next(run.scratch.numbers):06}.parquet"
    namespace = f"{run.chain.caip2}/{run.chain.token_namespace}:"
    count = 0
    with writing(folder):
        writer = pq.ParquetWriter(
            path,
            _SCHEMA,
            compression="none",
            use_dictionary=list(_INDICES),
            dictionary_pagesize_limit=_MOST_DICTIONARY_BYTES,
            write_batch_size=_ROWS_WRITTEN_AT_ONCE,
            write_statistics=False,
            store_schema=False,
        )
    try:
        for rows in source.rows(told):
            count += len(rows)
            with writing(folder):
                writer.write_table(transfer_columns(rows, namespace))
    finally:
        with writing(folder):
            writer.close()
    if source.is_plain:
        return PlainTransfers(path, count)
    with writing(folder):
        path.unlink()
    return None


def transfer_columns(rows: PlainRows, namespace: str) -> pa.Table:
    """Return the RAW_TRANSFERS of some token transfers; what repeats often is a dictionary."""
    tokens = AddressBook()
    token = tokens.numbers(rows, "token_address")
    assets = pc.binary_join_element_wise(namespace, tokens.texts(), "")
    columns = {
        "block_number": rows.numbers("block_number", pa.int64()),
        "transaction_index": rows.numbers("transaction_index", pa.int32()),
        "time": rows.numbers("block_timestamp", pa.int64()),
        "transaction_hash": rows.hexes("transaction_hash"),
        "kind": rows.constant("token"),
        "source": rows.hexes("from_address"),
        "target": rows.hexes("to_address"),
        "asset": pa.DictionaryArray.from_arrays(token, assets),
        "units_text": rows.digits("value"),
        # A failed transaction leaves no events.
        "status": rows.constant("ok"),
        "trace_address": pa.nulls(len(rows), pa.string()),
        "log_index": rows.numbers("log_index", pa.int64()),
        "precision": rows.constant("exact"),
    }
    return pa.table([columns[name] for name in _SCHEMA.names], schema=_SCHEMA)
