"""Transfers of zero units. The dense columns leave them out, since nothing moves; whoever looks for poisoning reads
them from the ledger's Parquet: who they are between once, and the rest where an address was found.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from qiyafa.model.columns import I64
from qiyafa.model.ledger import TransferKind
from qiyafa.stores.disk import storage_errors
from qiyafa.stores.manifest import ChainRecord
from qiyafa.trace.poisoning import SmallTransfer

_KEYS = ["source", "target", "units_text", "status"]
_SHOWN = ["transaction_hash", "position", "kind", "source", "target", "asset", "time"]
_TEXTS = ["transaction_hash", "kind", "source", "target", "asset"]


@dataclass(frozen=True, slots=True, eq=False)
class _Group:
    """The transfers of zero units in one row group."""

    path: Path
    number: int
    row: I64
    source: pa.Array
    target: pa.Array


class ZeroTransfers:
    """The transfers of zero units of one chain, those of failed transactions left out."""

    def __init__(self, ledger: Path, record: ChainRecord) -> None:
        """Read which addresses they are between. The caller has checked the files. Raises Unavailable if one cannot
        be read.
        """
        self._ledger = ledger
        with storage_errors(ledger):
            self._groups = [group for part in record.transfers() for group in _groups(ledger / part.path)]

    def of(self, address: str, until: int | None) -> list[SmallTransfer]:
        """Return those from or to an address, fees left out, in ledger order, up to a moment in seconds since 1970."""
        with storage_errors(self._ledger):
            rows = [row for group in self._groups for row in _rows_of(group, address)]
        return [
            SmallTransfer(
                row["transaction_hash"], row["position"], TransferKind(row["kind"]), row["source"], row["target"],
                row["asset"], 0,
            )
            for row in rows
            if row["kind"] != TransferKind.FEE
            if until is None or (row["time"] is not None and row["time"] <= until)
        ]  # fmt: skip


def _groups(path: Path) -> Iterator[_Group]:
    with pq.ParquetFile(path, read_dictionary=_KEYS) as file:
        for number in range(file.num_row_groups):
            rows = file.read_row_group(number, columns=_KEYS).combine_chunks()
            is_zero = _equals(rows["units_text"], "0") & ~_equals(rows["status"], "failed")
            found = np.flatnonzero(is_zero)
            ends = (rows[side].chunk(0).take(pa.array(found)).cast(pa.string()) for side in ("source", "target"))
            yield _Group(path, number, found, *ends)


def _equals(column: pa.ChunkedArray, text: str) -> NDArray[np.bool_]:
    """Tell where a text stands in a column, which is a dictionary and indices into it."""
    keyed = column.chunk(0)
    found: NDArray[np.bool_] = keyed.indices.to_numpy() == pc.index(keyed.dictionary, text).as_py()
    return found


def _rows_of(group: _Group, address: str) -> list[dict[str, Any]]:
    wanted = pa.scalar(address)
    here = group.row[pc.or_(pc.equal(group.source, wanted), pc.equal(group.target, wanted)).to_numpy(False)]
    if not len(here):
        return []
    with pq.ParquetFile(group.path, read_dictionary=_TEXTS) as file:
        rows: list[dict[str, Any]] = file.read_row_group(group.number, columns=_SHOWN).take(here).to_pylist()
        return rows
