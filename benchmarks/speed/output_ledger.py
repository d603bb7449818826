"""A synthetic ledger of outputs, the same for a seed, in the shape of Bitcoin's activity.

Each block of 2,000 transactions begins with a coinbase of 50 coins. The others spend 2.3 outputs on average and
create 2.6, counts being geometric. How far back an input reaches follows a Pareto law (0.6), counted in outputs; if
that output is spent, the nearest unspent one before it is taken. The inputs, less a small fee, are broken at random
points into the outputs. 60 % of the outputs go to a new address, the others to the owner of a recent output.
"""

import itertools
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numba import njit
from numpy.typing import NDArray

from qiyafa.model.ledger import BlockCoverage
from qiyafa.model.outputs import OutputColumns
from qiyafa.model.raw import RawOutputs, SourceFile
from qiyafa.stores.dense_lookup import sorted_runs
from qiyafa.stores.outputs_lookup import PackedTransactions
from qiyafa.stores.outputs_tables import SHAPES

CHAIN = "bip122:000000000019d6689c085ae165831e93"
BITCOIN = f"{CHAIN}/slip44:0"
IN_A_BLOCK = 2_000
SUBSIDY = 50 * 10**8
INPUTS, OUTPUTS = 2.3, 2.6
CHUNK = 1 << 17
"""Transactions in a row group of the raw files."""


class NumberedAddresses:
    """Addresses whose text is their number; 0 is nobody."""

    def __init__(self, size: int) -> None:
        self._size = size

    def __len__(self) -> int:
        return self._size

    def number(self, address: str) -> int | None:
        return int(address.removeprefix("1Synthetic")) if address.startswith("1Synthetic") else None

    def text(self, number: int) -> str:
        return f"1Synthetic{number:024d}" if number else ""

    def texts(self, numbers: NDArray[np.uint32]) -> list[str]:
        return [self.text(number) for number in numbers.tolist()]


def make_outputs(transactions: int, seed: int = 7) -> OutputColumns:
    """Return a ledger of so many transactions."""
    first_input, first_output, spent_output, value, owner, output_index = _generate(transactions, seed)
    block = np.arange(transactions, dtype=np.int64) // IN_A_BLOCK
    coinbase = np.zeros(transactions, np.uint8)
    coinbase[::IN_A_BLOCK] = 1
    nothing = np.empty((0, 32), np.uint8)
    keys = np.random.default_rng(seed).integers(0, 256, (transactions, 32), np.uint8)
    return OutputColumns(
        chain=CHAIN,
        asset=BITCOIN,
        first_input=first_input,
        first_output=first_output,
        block=block,
        time=1_231_006_505 + block * 600,
        coinbase=coinbase,
        marks=np.zeros(transactions, np.uint8),
        spent_output=spent_output,
        value=value,
        owner=owner,
        output_index=output_index,
        addresses=NumberedAddresses(int(owner.max(initial=0)) + 1),
        hashes=PackedTransactions(keys, sorted_runs(keys)),
        foreign_hashes=PackedTransactions(nothing, sorted_runs(nothing)),
    )


@dataclass(frozen=True, slots=True)
class _Span:
    """Some transactions of a ledger, and the rows of their inputs and outputs."""

    columns: OutputColumns
    transactions: slice

    def rows(self, first: NDArray[np.int64]) -> slice:
        return slice(int(first[self.transactions.start]), int(first[self.transactions.stop]))

    def transaction_table(self) -> pa.Table:
        columns, rows = self.columns, self.transactions
        size = rows.stop - rows.start
        return pa.table(
            {
                "hash": _hex(columns.hashes.keys[rows]),  # type: ignore[attr-defined]
                "block_number": columns.block[rows],
                "block_hash": pa.array([f"{number:064x}" for number in columns.block[rows].tolist()]),
                "index": np.arange(rows.start, rows.stop) % IN_A_BLOCK,
                "block_timestamp": columns.time[rows],
                "is_coinbase": columns.coinbase[rows].astype(bool),
                "input_count": np.diff(columns.first_input[rows.start : rows.stop + 1]),
                "output_count": np.diff(columns.first_output[rows.start : rows.stop + 1]),
                "size": np.full(size, 250),
            },
        )

    def input_table(self) -> pa.Table:
        columns = self.columns
        rows = self.rows(columns.first_input)
        spender = np.searchsorted(columns.first_input, np.arange(rows.start, rows.stop), side="right") - 1
        spent = columns.spent_output[rows]
        creator = np.searchsorted(columns.first_output, spent, side="right") - 1
        keys: NDArray[np.uint8] = columns.hashes.keys  # type: ignore[attr-defined]
        nothing = pa.nulls(len(spent))
        return pa.table(
            {
                "transaction_hash": _hex(keys[spender]),
                "block_number": columns.block[spender],
                "index": np.arange(rows.start, rows.stop) - columns.first_input[spender],
                "spent_transaction_hash": _hex(keys[creator]),
                "spent_output_index": columns.output_index[spent],
                "value": nothing,
                "type": nothing,
                "address": nothing,
            }
        )

    def output_table(self) -> pa.Table:
        columns = self.columns
        rows = self.rows(columns.first_output)
        creator = np.searchsorted(columns.first_output, np.arange(rows.start, rows.stop), side="right") - 1
        size = rows.stop - rows.start
        owners = columns.addresses.texts(columns.owner[rows])
        return pa.table(
            {
                "transaction_hash": _hex(columns.hashes.keys[creator]),  # type: ignore[attr-defined]
                "block_number": columns.block[creator],
                "index": columns.output_index[rows],
                "value": columns.value[rows],
                "type": pa.array(itertools.repeat("p2pkh", size)),
                "address": pa.array(owners),
                "script_hex": pa.array([f"76a914{owner[-20:]:0>40}88ac" for owner in owners]),
            }
        )


def write_raw(columns: OutputColumns, scratch: Path) -> RawOutputs:
    """Write a ledger as a reader of blocks would hand it over."""
    spans = [_Span(columns, slice(begin, min(begin + CHUNK, len(columns)))) for begin in range(0, len(columns), CHUNK)]
    makers = (_Span.transaction_table, _Span.input_table, _Span.output_table)
    paths = []
    for shape, maker in zip(SHAPES.values(), makers, strict=True):
        path = scratch / f"raw-{shape.table}.parquet"
        with pq.ParquetWriter(path, shape.schema(), compression="zstd") as writer:
            for span in spans:
                writer.write_table(maker(span).cast(shape.schema()))
        paths.append((str(path),))
    return RawOutputs(
        CHAIN,
        *paths,
        sources=(SourceFile("synthetic", "0" * 64, len(columns), 0, "synthetic/1", "blocks"),),
        block_coverage=(BlockCoverage(0, int(columns.block[-1])),),
    )


def _hex(keys: NDArray[np.uint8]) -> pa.Array:
    digits = np.frombuffer(b"0123456789abcdef", np.uint8)
    text = np.empty((len(keys), 64), np.uint8)
    text[:, 0::2], text[:, 1::2] = digits[keys >> 4], digits[keys & 15]
    offsets = np.arange(len(keys) + 1, dtype=np.int32) * 64
    return pa.StringArray.from_buffers(len(keys), pa.py_buffer(offsets), pa.py_buffer(text))


@njit(cache=True)
def _unspent_before(below, output):  # type: ignore[no-untyped-def]
    """Return the nearest unspent output at or before one, -1 if there is none; shortens the way for the next."""
    found = output
    while found >= 0 and below[found] != found:
        found = below[found]
    while output >= 0 and below[output] != output:
        below[output], output = found, below[output]
    return found


@njit(cache=True)
def _generate(transactions, seed):  # type: ignore[no-untyped-def]
    np.random.seed(seed)
    more_in, more_out = np.log((INPUTS - 1) / INPUTS), np.log((OUTPUTS - 1) / OUTPUTS)
    first_input = np.zeros(transactions + 1, np.int64)
    first_output = np.zeros(transactions + 1, np.int64)
    room = 4 * transactions + 64
    spent_output = np.empty(room, np.int64)
    value, owner = np.empty(room, np.uint64), np.empty(room, np.uint32)
    output_index, below = np.empty(room, np.uint32), np.empty(room, np.int64)
    inputs, outputs, addresses = 0, 0, 1
    for transaction in range(transactions):
        units = SUBSIDY
        count = 1
        if transaction % IN_A_BLOCK != 0:
            units = 0
            for _ in range(1 + int(np.log(1.0 - np.random.random()) / more_in)):
                lag = min((1.0 - np.random.random()) ** (-1.0 / 0.6), 1e15)
                output = _unspent_before(below, max(0, outputs - int(lag)))
                if output < 0:
                    output = _unspent_before(below, outputs - 1)
                if output < 0:
                    break
                below[output] = output - 1
                spent_output[inputs] = output
                inputs += 1
                units += int(value[output])
            units -= min(units // 2, 1000 + int(10_000 * np.random.random()))
            count = 1 + int(np.log(1.0 - np.random.random()) / more_out)
        for index in range(count):
            part = units if index + 1 == count else int(units * np.random.random())
            units -= part
            value[outputs], output_index[outputs], below[outputs] = part, index, outputs
            if outputs == 0 or np.random.random() < 0.6:
                owner[outputs] = addresses
                addresses += 1
            else:
                owner[outputs] = owner[np.random.randint(max(0, outputs - 50_000), outputs)]
            outputs += 1
        first_input[transaction + 1], first_output[transaction + 1] = inputs, outputs
    return (
        first_input,
        first_output,
        spent_output[:inputs].copy(),
        value[:outputs].copy(),
        owner[:outputs].copy(),
        output_index[:outputs].copy(),
    )
