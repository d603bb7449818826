"""Builds the dense columns of a chain from its Parquet parts, one row group at a time.

Texts are met as dictionaries, once in a row group, and numbered by compiled loops: no Python object is made for a
row. Memory is the columns themselves, one row group, and the tables of addresses and places.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from qiyafa.model.columns import (
    ASSUMED_ORDER,
    I64,
    LOSSY_UNITS,
    U8,
    U16,
    U32,
    U64,
    UNKNOWN_BLOCK,
    UNKNOWN_TIME,
    Kind,
    Places,
    TransferColumns,
)
from qiyafa.model.errors import Conflict
from qiyafa.model.ports import Progress
from qiyafa.stores.dense_kernels import ChunkRows
from qiyafa.stores.dense_lookup import PackedAddresses
from qiyafa.stores.dense_numbering import PlaceNumbers, TextNumbers
from qiyafa.stores.dense_runs import TransactionRuns
from qiyafa.stores.manifest import BY_BLOCK, ChainRecord
from qiyafa.trace.engine.opening import opening_balances

MAX_ASSETS: Final = 1 << 16

_GROUPS_A_RELEASE: Final = 2
"""The allocator is asked so often to give back what it does not use: 40 MB less at the peak."""

_ROWS_A_NAME: Final = 4
"""Tables begin with room for one address in so many rows: growing costs more than a little unused room."""

_TEXTS: Final = ("transaction_hash", "kind", "source", "target", "asset", "order", "precision")
_NUMBERS: Final = ("block_number", "position", "time", "units")


def build_columns(ledger: Path, record: ChainRecord, progress: Progress) -> TransferColumns:
    """Return the traceable transfers of a chain, read from its parts."""
    total = record.rows()
    expected = total // _ROWS_A_NAME
    build = _Build(record, _Rows(total), TextNumbers(expected), PlaceNumbers(expected))
    done = 0
    for number, table in enumerate(_read_ahead(_row_groups(ledger, record))):
        build.add(table)
        done += len(table)
        if number % _GROUPS_A_RELEASE == 0:
            pa.default_memory_pool().release_unused()
        progress("ledger.progress.columns", done, total)
    return build.finish()


def _row_groups(ledger: Path, record: ChainRecord) -> Iterator[pa.Table]:
    for part in record.transfers():
        with pq.ParquetFile(ledger / part.path, read_dictionary=list(_TEXTS)) as file:
            for number in range(file.num_row_groups):
                # One thread: the allocator keeps memory for each that ever read, 50 MB here.
                yield file.read_row_group(number, columns=[*_NUMBERS, *_TEXTS], use_threads=False)


def _read_ahead(tables: Iterator[pa.Table]) -> Iterator[pa.Table]:
    """Yield tables while the next one is being read in another thread."""
    with ThreadPoolExecutor(1) as pool:
        coming = pool.submit(next, tables, None)
        while (table := coming.result()) is not None:
            coming = pool.submit(next, tables, None)
            yield table


@dataclass(slots=True)
class _Rows:
    """The columns of all rows, filled from the front."""

    room: int
    filled: int = 0
    columns: dict[str, NDArray[Any]] = field(init=False)

    def __post_init__(self) -> None:
        types = {
            "source": np.uint32,
            "target": np.uint32,
            "units_lo": np.uint64,
            "units_hi": np.uint64,
            "block": np.int64,
            "time": np.int64,
            "kind": np.uint8,
            "position": np.uint32,
            "marks": np.uint8,
        }
        self.columns = {name: np.empty(self.room, dtype) for name, dtype in types.items()}

    def add(self, kept: NDArray[np.bool_], values: dict[str, NDArray[Any]]) -> None:
        """Append the kept rows of a chunk."""
        end = self.filled + int(np.count_nonzero(kept))
        for name, column in values.items():
            np.compress(kept, column, out=self.columns[name][self.filled : end])
        self.filled = end


@dataclass(slots=True)
class _Build:
    record: ChainRecord
    rows: _Rows
    addresses: TextNumbers
    places: PlaceNumbers
    runs: TransactionRuns = field(default_factory=TransactionRuns)
    assets: dict[str, int] = field(default_factory=dict)
    too_large: dict[int, int] = field(default_factory=dict)
    """Place, and the first block (or time) in which a value above 38 digits came or went."""

    def add(self, table: pa.Table) -> None:
        texts = {name: _dictionary(table[name]) for name in _TEXTS}
        units, oversized = _units(table["units"])
        kept = ((units[:, 0] | units[:, 1]) != 0) & ~oversized
        chunk = ChunkRows(
            source=self.addresses.numbers(texts["source"].values)[texts["source"].indices],
            target=self.addresses.numbers(texts["target"].values)[texts["target"].indices],
            asset=self._asset_numbers(texts["asset"].values)[texts["asset"].indices],
            moves=(kept | oversized).view(np.uint8),
        )
        source, target = self.places.numbers(chunk)
        when = self._when(table)
        self._note_too_large(source[oversized], target[oversized], when[oversized])
        self.runs.add(texts["transaction_hash"].values, texts["transaction_hash"].indices[kept])
        self.rows.add(
            kept,
            {
                "source": source,
                "target": target,
                "units_lo": units[:, 0],
                "units_hi": units[:, 1],
                "block": when if self.record.ordered_by == BY_BLOCK else np.full(len(table), UNKNOWN_BLOCK),
                "time": _integers(table["time"], UNKNOWN_TIME),
                "kind": _looked_up(texts["kind"], {kind.name.lower(): kind for kind in Kind}),
                "position": _integers(table["position"], 0).astype(np.uint32),
                "marks": _looked_up(texts["order"], {"exact": 0, "assumed": ASSUMED_ORDER})
                | _looked_up(texts["precision"], {"exact": 0, "lossy": LOSSY_UNITS}),
            },
        )

    def finish(self) -> TransferColumns:
        end = self.rows.filled
        columns = {name: column[:end] for name, column in self.rows.columns.items()}
        address, asset = self.places.pairs()
        opening_lo, opening_hi, untraceable = opening_balances(
            columns["source"], columns["target"], columns["units_lo"], columns["units_hi"], len(address)
        )
        return TransferColumns(
            chain=self.record.chain,
            places=Places(
                address=address,
                asset=asset,
                assets=tuple(self.assets),
                opening_lo=opening_lo,
                opening_hi=opening_hi,
                untraceable=untraceable,
                too_large=tuple(sorted(self.too_large.items())),
            ),
            addresses=PackedAddresses(*self.addresses.finished()),
            hashes=self.runs.finish(),
            **columns,
        )

    def _asset_numbers(self, values: pa.StringArray) -> U16:
        numbers = [self.assets.setdefault(asset, len(self.assets)) for asset in values.to_pylist()]
        if len(self.assets) > MAX_ASSETS:
            raise Conflict("ledger.too_many_assets", chain=self.record.chain, most=MAX_ASSETS)
        return np.array(numbers, np.uint16)

    def _when(self, table: pa.Table) -> I64:
        by_block = self.record.ordered_by == BY_BLOCK
        return _integers(table["block_number"], UNKNOWN_BLOCK) if by_block else _integers(table["time"], UNKNOWN_TIME)

    def _note_too_large(self, source: U32, target: U32, when: I64) -> None:
        for numbers in (source, target):
            # Rows are in ledger order, so the first of a place is its earliest.
            places, firsts = np.unique(numbers, return_index=True)
            for place, first in zip(places.tolist(), firsts.tolist(), strict=True):
                if place and when[first] < self.too_large.get(place, np.iinfo(np.int64).max):
                    self.too_large[place] = int(when[first])


@dataclass(frozen=True, slots=True)
class _Dictionary:
    indices: NDArray[np.int32]
    values: pa.StringArray


def _dictionary(column: pa.ChunkedArray) -> _Dictionary:
    array = column.unify_dictionaries().combine_chunks()
    if isinstance(array, pa.ChunkedArray):
        array = array.chunk(0)
    return _Dictionary(array.indices.to_numpy(), array.dictionary)


def _units(column: pa.ChunkedArray) -> tuple[NDArray[np.uint64], NDArray[np.bool_]]:
    """Return the halves of the units, low then high, and which rows are null: above 38 digits."""
    array = column.combine_chunks()
    halves: U64 = np.frombuffer(array.buffers()[1], np.uint64).reshape(-1, 2)[array.offset : array.offset + len(array)]
    return halves, array.is_null().to_numpy(zero_copy_only=False)


def _integers(column: pa.ChunkedArray, unknown: int) -> I64:
    filled: I64 = pc.fill_null(column, unknown).combine_chunks().to_numpy(zero_copy_only=False)
    return filled


def _looked_up(texts: _Dictionary, numbers: dict[str, int]) -> U8:
    return np.array([numbers[text] for text in texts.values.to_pylist()], np.uint8)[texts.indices]
