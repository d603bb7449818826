"""Decoded blocks as Arrow tables with the ledger's columns, without an object for each row."""

from typing import Any, Final

import numpy as np
import pyarrow as pa

from qiyafa.chains.outputs.address_columns import Texts, owners_of
from qiyafa.chains.outputs.scripts import SCRIPT_TYPE_NAMES
from qiyafa.chains.outputs.undo_columns import UNKNOWN_SIZE
from qiyafa.chains.readers.bitcoin_blk.decoding import DecodedBlocks
from qiyafa.chains.readers.output_tables import BLOCKS_SCHEMA, INPUTS_SCHEMA, OUTPUTS_SCHEMA, TRANSACTIONS_SCHEMA
from qiyafa.model.columns import I64, U8
from qiyafa.trace.engine.compiled import compiled

_HASH_BYTES, _HASH_DIGITS = 32, 64
_DIGITS: Final = np.frombuffer(b"0123456789abcdef", np.uint8)
_TYPES = pa.array(SCRIPT_TYPE_NAMES, pa.string())


def tables_of(decoded: DecodedBlocks) -> dict[str, pa.Table]:
    """Return the rows of some blocks by the names of their tables."""
    ids = shown_hashes(decoded.columns.transactions.id)
    block_of = decoded.columns.transactions.block
    heights = decoded.heights[block_of]
    hashes = shown_hashes(decoded.hashes)
    return {
        "transactions": _transactions(decoded, ids, hashes),
        "inputs": _inputs(decoded, ids, heights),
        "outputs": _outputs(decoded, ids, heights),
        "blocks": _table(
            BLOCKS_SCHEMA,
            number=decoded.heights,
            hash=hashes,
            parent_hash=shown_hashes(decoded.parents),
            timestamp=decoded.times,
            transaction_count=np.diff(decoded.columns.first_transaction),
        ),
    }


def shown_hashes(hashes: U8) -> pa.Array:
    """Return hashes of 32 bytes, end to end, as explorers show them: in hexadecimal, last byte first."""
    count = len(hashes) // _HASH_BYTES
    digits = np.empty(count * _HASH_DIGITS, np.uint8)
    _write_shown_hashes(hashes, digits)
    return _texts(Texts(digits, np.arange(count + 1, dtype=np.int64) * _HASH_DIGITS))


def _transactions(decoded: DecodedBlocks, ids: pa.Array, hashes: pa.Array) -> pa.Table:
    rows, first = decoded.columns.transactions, decoded.columns.first_transaction
    place = np.arange(len(rows.block)) - first[rows.block]
    return _table(
        TRANSACTIONS_SCHEMA,
        hash=ids,
        block_number=decoded.heights[rows.block],
        block_hash=hashes.take(pa.array(rows.block)),
        index=place,
        block_timestamp=decoded.times[rows.block],
        is_coinbase=place == 0,
        input_count=np.diff(rows.first_input),
        output_count=np.diff(rows.first_output),
        size=rows.size,
    )


def _inputs(decoded: DecodedBlocks, ids: pa.Array, heights: I64) -> pa.Table:
    rows, spent = decoded.columns.inputs, decoded.spent
    first = decoded.columns.transactions.first_input
    transaction = np.repeat(np.arange(len(first) - 1), np.diff(first))
    unknown = spent.script_size == UNKNOWN_SIZE
    kinds, owners = owners_of(spent.scripts, spent.script_start, spent.script_size, decoded.rules)
    return _table(
        INPUTS_SCHEMA,
        transaction_hash=ids.take(pa.array(transaction)),
        block_number=heights[transaction],
        index=np.arange(len(transaction)) - first[transaction],
        spent_transaction_hash=shown_hashes(rows.spent_id),
        spent_output_index=rows.spent_index,
        value=pa.array(spent.units, mask=unknown),
        type=_TYPES.take(pa.array(kinds.astype(np.int32), mask=unknown)),
        address=_texts(owners, unknown),
    )


def _outputs(decoded: DecodedBlocks, ids: pa.Array, heights: I64) -> pa.Table:
    rows, first = decoded.columns.outputs, decoded.columns.transactions.first_output
    transaction = np.repeat(np.arange(len(first) - 1), np.diff(first))
    kinds, owners = owners_of(decoded.data, rows.script_start, rows.script_size, decoded.rules)
    return _table(
        OUTPUTS_SCHEMA,
        transaction_hash=ids.take(pa.array(transaction)),
        block_number=heights[transaction],
        index=np.arange(len(transaction)) - first[transaction],
        value=rows.units,
        type=_TYPES.take(pa.array(kinds.astype(np.int32))),
        address=_texts(owners),
        script_hex=_hex_texts(decoded.data, rows.script_start, rows.script_size),
    )


def _table(schema: pa.Schema, **columns: Any) -> pa.Table:
    arrays = [_array(columns[field.name]).cast(field.type) for field in schema]
    return pa.Table.from_arrays(arrays, schema=schema)


def _array(values: Any) -> pa.Array:
    return values if isinstance(values, pa.Array) else pa.array(values)


def _texts(texts: Texts, missing: Any = None) -> pa.Array:
    """Return texts as an Arrow array over the same memory; a missing one is null."""
    count = len(texts.ends) - 1
    is_there = None
    if missing is not None and missing.any():
        is_there = pa.py_buffer(np.packbits(~missing, bitorder="little"))
    buffers = [is_there, pa.py_buffer(texts.ends.astype(np.int32)), pa.py_buffer(texts.data)]
    return pa.Array.from_buffers(pa.string(), count, buffers)


def _hex_texts(data: U8, starts: I64, sizes: I64) -> pa.Array:
    """Return parts of some bytes in hexadecimal."""
    ends = np.concatenate(([0], np.cumsum(2 * sizes)))
    digits = np.empty(int(ends[-1]), np.uint8)
    _write_hex(data, starts, sizes, digits)
    return _texts(Texts(digits, ends))


@compiled
def _write_shown_hashes(hashes: U8, digits: U8) -> None:
    for start in range(0, len(hashes), _HASH_BYTES):
        for i in range(_HASH_BYTES):
            byte = hashes[start + _HASH_BYTES - 1 - i]
            digits[2 * (start + i)] = _DIGITS[byte >> 4]
            digits[2 * (start + i) + 1] = _DIGITS[byte & 15]


@compiled
def _write_hex(data: U8, starts: I64, sizes: I64, digits: U8) -> None:
    at = 0
    for row in range(len(starts)):
        for i in range(starts[row], starts[row] + sizes[row]):
            digits[at] = _DIGITS[data[i] >> 4]
            digits[at + 1] = _DIGITS[data[i] & 15]
            at += 2
