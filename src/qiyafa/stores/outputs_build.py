"""Builds the dense columns of a chain of outputs from its Parquet parts, one row group at a time.

First the transactions, then the outputs they create, then the inputs, each of which is looked up among both. No
Python object is made for a row. Memory is the columns themselves, one row group, and the tables of slots.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from qiyafa.model.columns import ASSUMED_ORDER, I64, U8, U32, U64, UNKNOWN_BLOCK, UNKNOWN_TIME
from qiyafa.model.outputs import OutputColumns
from qiyafa.model.ports import Progress, silent
from qiyafa.stores import layout
from qiyafa.stores.dense_lookup import PackedAddresses, sorted_runs
from qiyafa.stores.dense_numbering import TextNumbers, text_bytes
from qiyafa.stores.manifest import ChainRecord, StoredFile
from qiyafa.stores.outputs_foreign import ForeignOutputs
from qiyafa.stores.outputs_kernels import (
    Created,
    HashTable,
    Spends,
    decode_hashes,
    fill_table,
    owners_of,
    resolve,
    unreconciled,
)
from qiyafa.stores.outputs_lookup import PackedTransactions
from qiyafa.stores.outputs_tables import output_files

_PROGRESS: Final = "ledger.progress.columns"
_UNSTATED: Final = -1
_OUTPUTS_AN_ADDRESS: Final = 2


@dataclass(frozen=True, slots=True)
class Faults:
    """What the rows of a chain state that cannot be. Numbers are those of the columns."""

    inputs: I64
    """Inputs at fault, ascending."""
    input_faults: U8
    """What is wrong with each: SPENT_TWICE and the others of `outputs_kernels`."""
    unreconciled: I64
    """Transactions that create more than they spend, ascending."""


@dataclass(frozen=True, slots=True)
class BuiltOutputs:
    """Columns and what was wrong with the rows they were built from."""

    columns: OutputColumns
    faults: Faults


def build_outputs(
    record: ChainRecord, where: Callable[[StoredFile], Path], progress: Progress = silent
) -> BuiltOutputs:
    """Return the columns of a chain; `where` says at which path each of its files lies now."""
    told = _Told(progress, sum(file.rows for file in output_files(record)))
    build = _Build(record, where, told)
    return build.finished()


@dataclass(slots=True)
class _Told:
    progress: Progress
    total: int
    done: int = 0

    def more(self, rows: int) -> None:
        """Say that so many more rows are done."""
        self.done += rows
        self.progress(_PROGRESS, self.done, self.total)


class _Build:
    def __init__(self, record: ChainRecord, where: Callable[[StoredFile], Path], told: _Told) -> None:
        self.record = record
        self.where = where
        self.told = told
        self.addresses = TextNumbers(_rows(record.table(layout.OUTPUTS)) // _OUTPUTS_AN_ADDRESS)
        self.seed = _seed(record)

    def finished(self) -> BuiltOutputs:
        """Return the columns of the whole chain, with what was wrong with its inputs."""
        transactions = self._transactions()
        outputs = self._outputs()
        first_output = _starts(transactions["output_count"])
        first_input = _starts(transactions["input_count"])
        keys = transactions["keys"]
        created = Created(
            table=_table_of(keys, self.seed),
            earlier=np.empty(len(keys), np.int64),
            first_output=first_output,
            value=outputs["value"],
            spent=np.zeros(len(outputs["value"]), np.uint8),
        )
        fill_table(created.table, created.earlier)
        foreign = ForeignOutputs(self.seed)
        spent_output, faults = self._spends(created, first_input, foreign)
        del created
        shift = len(foreign)
        spent_output = np.where(spent_output >= 0, spent_output + shift, foreign.numbers(spent_output))
        columns = OutputColumns(
            chain=self.record.chain,
            asset=self.record.native_asset,
            first_input=first_input,
            first_output=first_output + shift,
            block=transactions["block"],
            time=transactions["time"],
            coinbase=transactions["coinbase"],
            marks=transactions["marks"],
            spent_output=spent_output,
            value=np.concatenate([foreign.value(), outputs["value"]]),
            owner=np.concatenate([foreign.owner(), outputs["owner"]]),
            output_index=np.concatenate([foreign.index(), outputs["output_index"]]),
            addresses=PackedAddresses(*self.addresses.finished()),
            hashes=_packed(keys),
            foreign_hashes=_packed(foreign.keys()),
        )
        over = unreconciled(first_input, columns.first_output, columns.coinbase, spent_output, columns.value)
        at_fault = np.flatnonzero(faults)
        return BuiltOutputs(columns, Faults(at_fault, faults[at_fault], np.flatnonzero(over)))

    def _transactions(self) -> dict[str, NDArray[Any]]:
        rows = _Rows(
            _rows(self.record.table(layout.TRANSACTIONS)),
            {
                "keys": np.dtype((np.uint64, 4)),
                "block": np.int64,
                "time": np.int64,
                "coinbase": np.uint8,
                "marks": np.uint8,
                "input_count": np.int64,
                "output_count": np.int64,
            },
        )
        names = ["hash", "block_number", "block_timestamp", "is_coinbase", "index", "input_count", "output_count"]
        for table in self._row_groups(layout.TRANSACTIONS, names, ()):
            rows.add(
                keys=_keys(table["hash"]),
                block=_integers(table["block_number"], UNKNOWN_BLOCK),
                time=_integers(table["block_timestamp"], UNKNOWN_TIME),
                coinbase=_flags(table["is_coinbase"]),
                marks=_flags(pc.is_null(table["index"])) * np.uint8(ASSUMED_ORDER),
                input_count=_integers(table["input_count"], 0),
                output_count=_integers(table["output_count"], 0),
            )
        return rows.columns

    def _outputs(self) -> dict[str, NDArray[Any]]:
        types = {"value": np.uint64, "owner": np.uint32, "output_index": np.uint32}
        rows = _Rows(_rows(self.record.table(layout.OUTPUTS)), types)
        for table in self._row_groups(layout.OUTPUTS, ["value", "index", "address"], ("address",)):
            rows.add(
                value=_integers(table["value"], 0).view(np.uint64),
                owner=self._owners(table["address"]),
                output_index=_integers(table["index"], 0),
            )
        return rows.columns

    def _spends(self, created: Created, first_input: I64, foreign: ForeignOutputs) -> tuple[I64, U8]:
        """Return the output of each input, and what is wrong with it."""
        total = int(first_input[-1])
        spent_output, faults = np.empty(total, np.int64), np.zeros(total, np.uint8)
        names = ["spent_transaction_hash", "spent_output_index", "value", "address"]
        begin = 0
        for table in self._row_groups(layout.INPUTS, names, ("address",)):
            part = slice(begin, begin + len(table))
            spends = Spends(
                spender=np.searchsorted(first_input, np.arange(part.start, part.stop), side="right") - 1,
                keys=_keys(table["spent_transaction_hash"]),
                output_index=_integers(table["spent_output_index"], 0),
                stated=_integers(table["value"], _UNSTATED),
            )
            resolve(spends, created, spent_output[part], faults[part])
            foreign.add(spends, spent_output[part], faults[part], partial(self._owners, table["address"]))
            begin = part.stop
        assert begin == total
        return spent_output, faults

    def _owners(self, addresses: pa.ChunkedArray) -> U32:
        array = addresses.unify_dictionaries().combine_chunks()
        if isinstance(array, pa.ChunkedArray):
            array = array.chunk(0)
        return owners_of(self.addresses.numbers(array.dictionary), _integers(array.indices, -1))

    def _row_groups(self, table: str, columns: list[str], dictionaries: tuple[str, ...]) -> Iterator[pa.Table]:
        files = self.record.table(table)
        for number, rows in enumerate(_read_ahead(self._read(files, columns, dictionaries))):
            self.told.more(len(rows))
            if number % 2 == 0:
                # 40 MB less at the peak.
                pa.default_memory_pool().release_unused()
            yield rows

    def _read(
        self, files: Sequence[StoredFile], columns: list[str], dictionaries: tuple[str, ...]
    ) -> Iterator[pa.Table]:
        for part in files:
            with pq.ParquetFile(self.where(part), read_dictionary=list(dictionaries)) as file:
                for number in range(file.num_row_groups):
                    yield file.read_row_group(number, columns=columns, use_threads=False)


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
    types: dict[str, Any]
    filled: int = 0
    columns: dict[str, NDArray[Any]] = field(init=False)

    def __post_init__(self) -> None:
        self.columns = {name: np.empty(self.room, dtype) for name, dtype in self.types.items()}

    def add(self, **values: NDArray[Any]) -> None:
        """Append rows, given as columns of one length."""
        begin = self.filled
        for name, column in values.items():
            self.columns[name][begin : begin + len(column)] = column
            self.filled = begin + len(column)


def _rows(files: Sequence[StoredFile]) -> int:
    return sum(file.rows for file in files)


def _seed(record: ChainRecord) -> np.uint64:
    """Return a number that nobody could know when the ledger's transactions were made, the same for equal ledgers."""
    state = hashlib.sha256()
    for file in output_files(record):
        state.update(file.sha256.encode())
    return np.uint64(int.from_bytes(state.digest()[:8], "little"))


def _table_of(keys: U64, seed: np.uint64) -> HashTable:
    slots = 1 << max(4, (2 * len(keys)).bit_length())
    return HashTable(np.zeros(slots, np.uint64), keys, seed)


def _packed(keys: U64) -> PackedTransactions:
    # The key of a transaction is its hash as bytes, whatever the words of this machine look like.
    as_bytes = keys.view(np.uint8).reshape(len(keys), 32)
    return PackedTransactions(as_bytes, sorted_runs(as_bytes))


def _keys(hashes: pa.ChunkedArray) -> U64:
    data, ends = text_bytes(_whole(hashes))
    keys = np.empty((len(ends), 32), np.uint8)
    # Readers compute hashes or check them, so another text is our own mistake.
    assert decode_hashes(data, ends, keys), "a transaction hash is not 64 lower-case hex digits"
    return keys.view(np.uint64)


def _starts(counts: I64) -> I64:
    return np.concatenate([[0], np.cumsum(counts)])


def _integers(column: pa.ChunkedArray | pa.Array, unknown: int) -> I64:
    filled: I64 = _whole(pc.fill_null(column, unknown)).to_numpy(zero_copy_only=False).astype(np.int64)
    return filled


def _flags(column: pa.ChunkedArray) -> U8:
    flags: U8 = _whole(pc.fill_null(column, False)).to_numpy(zero_copy_only=False).view(np.uint8)
    return flags


def _whole(column: pa.ChunkedArray | pa.Array) -> pa.Array:
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
    return column.chunk(0) if isinstance(column, pa.ChunkedArray) else column
