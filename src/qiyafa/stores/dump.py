"""The logical dump: a chain's content as lines of text, whatever files it is kept in.

Each line is a JSON list: the table, then the columns in the order of `model.tables`. Two ledgers hold the same if
their dumps are equal.
"""

import json
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq

from qiyafa.model.ledger import LedgerModel
from qiyafa.model.tables import (
    ADDRESS_COVERAGE,
    BLOCK_COVERAGE,
    BLOCKS,
    INPUTS,
    OUTPUTS,
    TRANSACTIONS,
    TRANSFERS,
    Column,
)
from qiyafa.stores import layout
from qiyafa.stores.coverage import Coverage
from qiyafa.stores.manifest import ChainRecord

_BATCH_ROWS = 1 << 15
_TABLES: dict[str, dict[str, tuple[Column, ...]]] = {
    LedgerModel.ACCOUNTS: {layout.TRANSFERS: TRANSFERS, layout.BLOCKS: BLOCKS},
    LedgerModel.OUTPUTS: {
        layout.TRANSACTIONS: TRANSACTIONS,
        layout.INPUTS: INPUTS,
        layout.OUTPUTS: OUTPUTS,
        layout.BLOCKS: BLOCKS,
    },
}


def dump_lines(ledger: Path, record: ChainRecord, coverage: Coverage) -> Iterator[str]:
    """Yield the names of the columns, then every row in ledger order."""
    yield _line("chain", record.chain, "ordered_by", record.ordered_by)
    for table, columns in _TABLES[record.model].items():
        yield from _table_lines(ledger, record, table, columns)
    yield _line(layout.ADDRESS_COVERAGE, *(column.name for column in ADDRESS_COVERAGE))
    for one in coverage.addresses.values():
        yield _line(layout.ADDRESS_COVERAGE, one.address, one.status.value, one.detail)
    yield _line(layout.BLOCK_COVERAGE, *(column.name for column in BLOCK_COVERAGE))
    for span in coverage.blocks:
        yield _line(layout.BLOCK_COVERAGE, span.first_block, span.last_block)


def _table_lines(ledger: Path, record: ChainRecord, table: str, columns: tuple[Column, ...]) -> Iterator[str]:
    names = [column.name for column in columns if column.name != "units"]
    yield _line(table, *names)
    for part in record.table(table):
        for batch in pq.ParquetFile(ledger / part.path).iter_batches(_BATCH_ROWS, columns=names):
            for row in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                yield _line(table, *row)


def _line(*fields: object) -> str:
    return json.dumps(fields, separators=(",", ":"))
