"""The last block of a chain, from all that its files say."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from qiyafa.model.ledger import BlockCoverage
from qiyafa.stores.blocks import stored_head
from qiyafa.stores.layout import TRANSACTIONS, WRITING
from qiyafa.stores.manifest import BY_BLOCK, Head, StoredFile


def chain_head(
    ledger: Path,
    transfers: Sequence[StoredFile],
    blocks: Sequence[StoredFile],
    spans: Sequence[BlockCoverage],
    ordered_by: str,
) -> Head:
    """Return the last block: that of the last transfer, or a later one that a source holds whole.

    `transfers` are the transactions on a chain of outputs. Parts that were just written may still lie aside. The hash
    is known where the last block is stored in `blocks`, or where its transactions name it.
    """
    block = max((part.last_block for part in transfers if part.last_block is not None), default=None)
    covered = max((span.last_block for span in spans), default=None)
    last = max((number for number in (block, covered) if number is not None), default=None)
    whole = stored_head(ledger, blocks, ledger / WRITING)
    if whole.block_number is not None and (last is None or last <= whole.block_number):
        return whole
    if covered is not None and (block is None or covered > block):
        return Head(covered, None)
    if block is None:
        return Head()
    if transfers[-1].table == TRANSACTIONS:
        return _last_transaction(ledger, transfers[-1])
    return Head(block, _time_of_last_block(ledger, transfers[-1], ordered_by))


def _time_of_last_block(ledger: Path, last: StoredFile, ordered_by: str) -> int | None:
    if ordered_by != BY_BLOCK:
        return last.last_time
    time: int | None = _last_row(ledger, last, ["time"])["time"]
    return time


def _last_transaction(ledger: Path, last: StoredFile) -> Head:
    row = _last_row(ledger, last, ["block_number", "block_timestamp", "block_hash"])
    return Head(row["block_number"], row["block_timestamp"], row["block_hash"])


def _last_row(ledger: Path, part: StoredFile, columns: list[str]) -> dict[str, Any]:
    written = ledger / WRITING / Path(part.path).name
    with pq.ParquetFile(written if written.exists() else ledger / part.path) as file:
        rows = file.read_row_group(file.num_row_groups - 1, columns=columns)
    row: dict[str, Any] = rows.slice(len(rows) - 1).to_pylist()[0]
    return row
