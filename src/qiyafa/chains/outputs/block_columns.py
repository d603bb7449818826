"""The transactions, inputs and outputs of blocks as columns, with transaction ids and merkle roots."""

from typing import NamedTuple

import numpy as np

from qiyafa.chains.outputs.block_layout import BlockBytes, Shapes, compact_size, little_endian, read_transaction
from qiyafa.chains.outputs.sha256 import HASH_BYTES, new_state, sha256d, sha256d_of_parts
from qiyafa.model.columns import I64, U8, U32
from qiyafa.trace.engine.compiled import compiled

_OUTPOINT, _SEQUENCE, _VALUE_BYTES, _VERSION, _LOCK_TIME = 36, 4, 8, 4, 4


class TransactionRows(NamedTuple):
    """One entry a transaction, block by block. The first of each block is its coinbase."""

    id: U8
    """32 bytes each, end to end, as they are hashed; people read them in reverse."""
    block: I64
    """Number of the block in its batch."""
    first_input: I64
    """One entry more than there are transactions; a coinbase has no inputs here."""
    first_output: I64
    """One entry more than there are transactions."""
    size: U32
    """Bytes, witnesses included."""


class InputRows(NamedTuple):
    """One entry an input, in the order of the bytes."""

    spent_id: U8
    """32 bytes each."""
    spent_index: U32


class OutputRows(NamedTuple):
    """One entry an output, in the order of the bytes."""

    units: I64
    script_start: I64
    """Where the locking script stands in the bytes of the batch."""
    script_size: I64


class BlockColumns(NamedTuple):
    """Everything in some blocks."""

    first_transaction: I64
    """One entry more than there are blocks."""
    transactions: TransactionRows
    inputs: InputRows
    outputs: OutputRows


def columns_of(blocks: BlockBytes, shapes: Shapes) -> BlockColumns:
    """Return the columns of blocks of which none is broken."""
    assert len(shapes.ends) == 0 or int(shapes.ends.min()) >= 0
    transactions, inputs, outputs = (int(one.sum()) for one in (shapes.transactions, shapes.inputs, shapes.outputs))
    columns = BlockColumns(
        np.concatenate(([0], np.cumsum(shapes.transactions))).astype(np.int64),
        TransactionRows(
            np.empty(transactions * HASH_BYTES, np.uint8),
            np.empty(transactions, np.int64),
            np.zeros(transactions + 1, np.int64),
            np.zeros(transactions + 1, np.int64),
            np.empty(transactions, np.uint32),
        ),
        InputRows(np.empty(inputs * HASH_BYTES, np.uint8), np.empty(inputs, np.uint32)),
        OutputRows(*(np.empty(outputs, np.int64) for _ in OutputRows._fields)),
    )
    _fill(blocks, columns, new_state())
    return columns


def merkle_roots(columns: BlockColumns) -> tuple[U8, U8]:
    """Return the merkle root of each block, 32 bytes each, and 1 where it repeats transactions (CVE-2012-2459).

    Such a block has the root of another one, without the repetition.
    """
    count = len(columns.first_transaction) - 1
    roots, repeats = np.empty(count * HASH_BYTES, np.uint8), np.zeros(count, np.uint8)
    most = int(np.diff(columns.first_transaction).max(initial=0))
    level = np.empty((most + 1) * HASH_BYTES, np.uint8)
    _find_roots(columns.first_transaction, columns.transactions.id, level, roots, repeats, new_state())
    return roots, repeats


@compiled
def _fill(blocks: BlockBytes, columns: BlockColumns, state: U8) -> None:
    data, rows = blocks.data, columns.transactions
    row = 0
    for block in range(len(blocks.starts)):
        limit = blocks.ends[block]
        count, at = compact_size(data, blocks.bodies[block], limit)
        for i in range(count):
            one = read_transaction(data, at, limit, i == count - 1)
            at = one.end
            if one.inputs == one.start + _VERSION:
                sha256d(data, one.start, one.end - one.start, rows.id, row * HASH_BYTES, state)
            else:
                parts = (one.start, _VERSION, one.inputs, one.witnesses - one.inputs, one.lock_time, _LOCK_TIME)
                sha256d_of_parts(data, parts, rows.id, row * HASH_BYTES, state)
            rows.block[row] = block
            rows.size[row] = one.end - one.start
            first = rows.first_input[row]
            inputs = one.input_count if i else 0
            rows.first_input[row + 1] = first + inputs
            _fill_inputs(data, one.inputs, limit, columns.inputs, first, inputs)
            first = rows.first_output[row]
            rows.first_output[row + 1] = first + one.output_count
            _fill_outputs(data, one.outputs, limit, columns.outputs, first)
            row += 1


@compiled
def _fill_inputs(data: U8, start: int, limit: int, rows: InputRows, first: int, count: int) -> None:
    _, at = compact_size(data, start, limit)
    for row in range(first, first + count):
        for i in range(HASH_BYTES):
            rows.spent_id[row * HASH_BYTES + i] = data[at + i]
        rows.spent_index[row] = little_endian(data, at + HASH_BYTES, 4)
        size, script = compact_size(data, at + _OUTPOINT, limit)
        at = script + size + _SEQUENCE


@compiled
def _fill_outputs(data: U8, start: int, limit: int, rows: OutputRows, first: int) -> None:
    count, at = compact_size(data, start, limit)
    for row in range(first, first + count):
        rows.units[row] = little_endian(data, at, _VALUE_BYTES)
        size, script = compact_size(data, at + _VALUE_BYTES, limit)
        rows.script_start[row] = script
        rows.script_size[row] = size
        at = script + size


@compiled
def _find_roots(first_transaction: I64, ids: U8, level: U8, roots: U8, repeats: U8, state: U8) -> None:
    for block in range(len(first_transaction) - 1):
        first = first_transaction[block] * HASH_BYTES
        count = first_transaction[block + 1] - first_transaction[block]
        for i in range(count * HASH_BYTES):
            level[i] = ids[first + i]
        while count > 1:
            if count % 2:
                for i in range(HASH_BYTES):
                    level[count * HASH_BYTES + i] = level[(count - 1) * HASH_BYTES + i]
            for pair in range((count + 1) // 2):
                at = 2 * pair * HASH_BYTES
                if 2 * pair + 1 < count and _is_twice(level, at):
                    repeats[block] = 1
                sha256d(level, at, 2 * HASH_BYTES, level, pair * HASH_BYTES, state)
            count = (count + 1) // 2
        for i in range(HASH_BYTES):
            roots[block * HASH_BYTES + i] = level[i]


@compiled
def _is_twice(level: U8, at: int) -> bool:
    """Tell whether two hashes that stand side by side are equal."""
    for i in range(at, at + HASH_BYTES):  # noqa: SIM110 - compiled
        if level[i] != level[i + HASH_BYTES]:
            return False
    return True
