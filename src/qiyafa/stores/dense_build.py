"""Builds the dense columns of a chain from its Parquet parts, one row group at a time.

Texts are met as dictionaries, once in a row group, and numbered by compiled loops: no Python object is made for a
row. Memory is the columns themselves, one row group, and the tables of addresses and places.
"""

from collections import deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
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
from qiyafa.stores.dense_runs import TransactionRuns, hash_runs
from qiyafa.stores.manifest import BY_BLOCK, ChainRecord
from qiyafa.trace.engine.opening import opening_balances

MAX_ASSETS: Final = 1 << 16

_GROUPS_A_RELEASE: Final = 2
"""The allocator is asked so often to give back what it does not use: 40 MB less at the peak."""

_CHUNKS_AHEAD: Final = 4
"""Reading goes on so far while the first chunk waits for the kernels to be loaded."""

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
    for number, chunk in enumerate(_read_ahead(_chunks(ledger, record))):
        build.add(chunk)
        done += len(chunk.moves)
        if number % _GROUPS_A_RELEASE == 0:
            pa.default_memory_pool().release_unused()
        progress("ledger.progress.columns", done, total)
    return build.finish()


def _chunks(ledger: Path, record: ChainRecord) -> Iterator["_Chunk"]:
    for part in record.transfers():
        with pq.ParquetFile(ledger / part.path, read_dictionary=list(_TEXTS)) as file:
            for number in range(file.num_row_groups):
                # One thread: the allocator keeps memory for each that ever read, 50 MB here.
                yield _chunk(file.read_row_group(number, columns=[*_NUMBERS, *_TEXTS], use_threads=False), record)


def _read_ahead(chunks: Iterator["_Chunk"]) -> Iterator["_Chunk"]:
    """Yield chunks while the next ones are being read and decoded in another thread."""
    with ThreadPoolExecutor(1) as pool:
        coming = deque(pool.submit(next, chunks, None) for _ in range(_CHUNKS_AHEAD))
        while (chunk := coming.popleft().result()) is not None:
            coming.append(pool.submit(next, chunks, None))
            yield chunk


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

    def add(self, chunk: "_Chunk") -> None:
        """Take the rows of a chunk; chunks come in the ledger's order."""
        rows = ChunkRows(
            source=self.addresses.numbers(chunk.source.values)[chunk.source.indices],
            target=self.addresses.numbers(chunk.target.values)[chunk.target.indices],
            asset=self._asset_numbers(chunk.asset.values)[chunk.asset.indices],
            moves=chunk.moves.view(np.uint8),
        )
        source, target = self.places.numbers(rows)
        oversized = chunk.oversized
        self._note_too_large(source[oversized], target[oversized], chunk.when[oversized])
        kept = chunk.moves & ~oversized
        self.runs.add(hash_runs(chunk.hashes.values, chunk.hashes.indices[kept]))
        self.rows.add(kept, {"source": source, "target": target, **chunk.values})

    def finish(self) -> TransferColumns:
        """Return the columns of all rows taken."""
        end = self.rows.filled
        columns: dict[str, Any] = {name: column[:end] for name, column in self.rows.columns.items()}
        address, asset = self.places.pairs()
        with ThreadPoolExecutor(1) as pool:
            hashes = pool.submit(self.runs.finish)
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
            hashes=hashes.result(),
            **columns,
        )

    def _asset_numbers(self, values: pa.StringArray) -> U16:
        numbers = [self.assets.setdefault(asset, len(self.assets)) for asset in values.to_pylist()]
        if len(self.assets) > MAX_ASSETS:
            raise Conflict("ledger.too_many_assets", chain=self.record.chain, most=MAX_ASSETS)
        return np.array(numbers, np.uint16)

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


@dataclass(frozen=True, slots=True)
class _Chunk:
    """A row group as the reading thread hands it over: decoded, nothing numbered yet. Both threads then work alike."""

    source: _Dictionary
    target: _Dictionary
    asset: _Dictionary
    moves: NDArray[np.bool_]
    """Rows that move something, oversized or not."""
    oversized: NDArray[np.bool_]
    when: I64
    """Block, or time where there are no blocks."""
    hashes: _Dictionary
    values: dict[str, NDArray[Any]]


def _chunk(table: pa.Table, record: ChainRecord) -> _Chunk:
    texts = {name: _dictionary(table[name]) for name in _TEXTS}
    units, oversized = _units(table["units"])
    kept = ((units[:, 0] | units[:, 1]) != 0) & ~oversized
    time = _integers(table["time"], UNKNOWN_TIME)
    by_block = record.ordered_by == BY_BLOCK
    block = _integers(table["block_number"], UNKNOWN_BLOCK) if by_block else np.full(len(table), UNKNOWN_BLOCK)
    return _Chunk(
        source=texts["source"],
        target=texts["target"],
        asset=texts["asset"],
        moves=kept | oversized,
        oversized=oversized,
        when=block if by_block else time,
        hashes=texts["transaction_hash"],
        values={
            "units_lo": units[:, 0],
            "units_hi": units[:, 1],
            "block": block,
            "time": time,
            "kind": _looked_up(texts["kind"], {kind.name.lower(): kind for kind in Kind}),
            "position": _integers(table["position"], 0).astype(np.uint32),
            "marks": _looked_up(texts["order"], {"exact": 0, "assumed": ASSUMED_ORDER})
            | _looked_up(texts["precision"], {"exact": 0, "lossy": LOSSY_UNITS}),
        },
    )


def _dictionary(column: pa.ChunkedArray) -> _Dictionary:
    array = column.unify_dictionaries().combine_chunks()
    if isinstance(array, pa.ChunkedArray):
        array = array.chunk(0)
    return _Dictionary(array.indices.to_numpy(), array.dictionary)


def _units(column: pa.ChunkedArray) -> tuple[NDArray[np.uint64], NDArray[np.bool_]]:
    """Return the halves of the units, low then high, and which rows are null: above 38 digits."""
    array = column.combine_chunks()
    halves: U64 = np.frombuffer(array.buffers()[1], np.uint64).reshape(-1, 2)[array.offset : array.offset + len(array)]
    return halves, _nulls(array)


def _integers(column: pa.ChunkedArray, unknown: int) -> I64:
    array = column.combine_chunks()
    values = np.frombuffer(array.buffers()[1], array.type.to_pandas_dtype())[array.offset : array.offset + len(array)]
    filled: I64 = values.astype(np.int64)
    filled[_nulls(array)] = unknown
    return filled


def _nulls(array: pa.Array) -> NDArray[np.bool_]:
    """Return which values are null. `pyarrow.compute` would say it too, but takes longer to import than this ledger."""
    if array.null_count == 0:
        return np.zeros(len(array), np.bool_)
    bits = np.unpackbits(np.frombuffer(array.buffers()[0], np.uint8), bitorder="little")
    nulls: NDArray[np.bool_] = bits[array.offset : array.offset + len(array)] == 0
    return nulls


def _looked_up(texts: _Dictionary, numbers: dict[str, int]) -> U8:
    return np.array([numbers[text] for text in texts.values.to_pylist()], np.uint8)[texts.indices]
