"""Where everything in a serialized block stands, and whether it is whole: the walk over its bytes.

Formats: Bitcoin's protocol (blocks, transactions, CompactSize), BIP144 (witnesses), Litecoin's LIP-0002 (extension
blocks: the last transaction carries the flag 8, and the extension follows it). Every count is held against the bytes
that are left, so no number in a hostile block makes the walk long or its columns large.

A position inside these loops is a byte of the array, or, if negative, a fault and where it stands: see `failure`.
"""

from enum import IntEnum
from typing import Final, NamedTuple

import numpy as np

from qiyafa.model.columns import I64, U8
from qiyafa.trace.engine.compiled import compiled

HEADER_BYTES: Final = 80
MOST_BLOCK_BYTES: Final = 8_000_000
"""Twice what any of these chains allows for a block; Litecoin's extension blocks stand beside that limit."""


class BlockFault(IntEnum):
    """Why the bytes of a block are no block."""

    CUT = 1
    """They end inside something."""
    COUNT = 2
    """A count or a length says more than is left."""
    COMPACT = 3
    """A count is not written in its shortest form."""
    NO_TRANSACTIONS = 4
    NO_INPUTS = 5
    NO_OUTPUTS = 6
    FLAG = 7
    """A transaction is marked for an extension that this chain does not have."""
    COINBASE = 8
    """The first transaction is no coinbase, or a later one is."""
    VALUE = 9
    """An output, or a transaction's outputs together, have more than can exist."""
    REST = 10
    """Bytes follow the last transaction."""


_CUT, _COUNT, _COMPACT = int(BlockFault.CUT), int(BlockFault.COUNT), int(BlockFault.COMPACT)
_NO_TRANSACTIONS, _NO_INPUTS = int(BlockFault.NO_TRANSACTIONS), int(BlockFault.NO_INPUTS)
_NO_OUTPUTS, _FLAG, _COINBASE = int(BlockFault.NO_OUTPUTS), int(BlockFault.FLAG), int(BlockFault.COINBASE)
_VALUE, _REST = int(BlockFault.VALUE), int(BlockFault.REST)

_FAULT_CODES = 16
_OUTPOINT, _SEQUENCE, _VALUE_BYTES, _VERSION, _LOCK_TIME = 36, 4, 8, 4, 4
_LEAST_TRANSACTION, _LEAST_INPUT, _LEAST_OUTPUT = 60, 41, 9
_WITNESS, _EXTENSION = 1, 8
_COINBASE_INDEX = 0xFFFFFFFF


class BlockBytes(NamedTuple):
    """Some serialized blocks in one array of bytes. One entry a block."""

    data: U8
    starts: I64
    bodies: I64
    """Where the count of transactions stands: behind the header, or behind the proof of merged mining."""
    ends: I64


class Shapes(NamedTuple):
    """What the walk found. One entry a block."""

    ends: I64
    """Where the last transaction ends, or, if negative, a `failure`."""
    transactions: I64
    inputs: I64
    """Without that of the coinbase."""
    outputs: I64


class Transaction(NamedTuple):
    """Where the parts of a transaction stand."""

    start: int
    inputs: int
    """First byte of the count of inputs."""
    input_count: int
    outputs: int
    """First byte of the count of outputs."""
    output_count: int
    witnesses: int
    """First byte behind the outputs."""
    lock_time: int
    end: int
    """First byte behind it, or, if negative, a `failure`."""
    has_extension: bool


@compiled
def failure(at: int, fault: int) -> int:
    """Return a fault and where it stands as one negative number."""
    return -(at * _FAULT_CODES + fault)


def fault_of(position: int) -> tuple[BlockFault, int]:
    """Return the fault in a negative position, and the byte at which it stands."""
    return BlockFault(-position % _FAULT_CODES), -position // _FAULT_CODES


def shapes_of(blocks: BlockBytes, most_units: int, *, has_extensions: bool) -> Shapes:
    """Walk over blocks; return what each holds, or where it is broken."""
    count = len(blocks.starts)
    shapes = Shapes(*(np.zeros(count, np.int64) for _ in Shapes._fields))
    _walk_blocks(blocks, most_units, has_extensions, shapes)
    return shapes


@compiled
def compact_size(data: U8, at: int, end: int) -> tuple[int, int]:
    """Return a CompactSize, at most the bytes that are left, and the position behind it."""
    if at >= end:
        return 0, failure(at, _CUT)
    first = data[at]
    if first < 0xFD:
        return int(first), (at + 1 if first < end - at else failure(at, _COUNT))
    width = 1 << (first - 0xFC)
    if at + width >= end:
        return 0, failure(at, _CUT)
    value, shift = np.uint64(0), np.uint64(0)
    for i in range(at + 1, at + 1 + width):
        value |= np.uint64(data[i]) << shift
        shift += np.uint64(8)
    if value < np.uint64(0xFD) or (width > 2 and value >> np.uint64(4 * width) == np.uint64(0)):
        return 0, failure(at, _COMPACT)
    if value > np.uint64(end - at):
        return 0, failure(at, _COUNT)
    return int(np.int64(value)), at + 1 + width


@compiled
def little_endian(data: U8, at: int, width: int) -> np.uint64:
    """Return an unsigned number of some bytes, lowest first."""
    value = np.uint64(0)
    for i in range(width):
        value |= np.uint64(data[at + i]) << np.uint64(8 * i)
    return value


@compiled
def read_transaction(data: U8, start: int, limit: int, may_have_extension: bool) -> Transaction:
    """Walk over one transaction."""
    flags, inputs = 0, start + _VERSION
    if inputs + 2 <= limit and data[inputs] == 0:
        flags, inputs = data[inputs + 1], inputs + 2
    allowed = _WITNESS | _EXTENSION if may_have_extension else _WITNESS
    input_count, outputs = _skip_inputs(data, inputs, limit)
    output_count, witnesses = _skip_outputs(data, outputs, limit)
    at = witnesses
    if flags & ~allowed or (inputs > start + _VERSION and flags == 0):
        at = failure(start + _VERSION + 1, _FLAG)
    if flags & _WITNESS:
        at = _skip_witnesses(data, at, limit, input_count)
    if flags & _EXTENSION and at >= 0:
        # In a block only an empty extension may stand here: one byte, 0.
        at = failure(at, _CUT) if at >= limit else at + 1 if data[at] == 0 else failure(at, _FLAG)
    lock_time = at
    if at >= 0:
        at = at + _LOCK_TIME if at + _LOCK_TIME <= limit else failure(at, _CUT)
    has_extension = flags & _EXTENSION != 0
    return Transaction(start, inputs, input_count, outputs, output_count, witnesses, lock_time, at, has_extension)


@compiled
def _walk_blocks(blocks: BlockBytes, most_units: int, has_extensions: bool, shapes: Shapes) -> None:
    data = blocks.data
    for block in range(len(blocks.starts)):
        limit = blocks.ends[block]
        count, at = compact_size(data, blocks.bodies[block], limit)
        if at >= 0 and count == 0:
            at = failure(at - 1, _NO_TRANSACTIONS)
        elif at >= 0 and count > (limit - at) // _LEAST_TRANSACTION:
            at = failure(blocks.bodies[block], _COUNT)
        has_extension = False
        shapes.transactions[block] = count
        for i in range(count):
            if at < 0:
                break
            one = read_transaction(data, at, limit, has_extensions and i == count - 1)
            at = one.end
            if at >= 0:
                at = _checked(data, one, i == 0, np.uint64(most_units))
            shapes.inputs[block] += one.input_count if i else 0
            shapes.outputs[block] += one.output_count
            has_extension = one.has_extension
        if at >= 0 and at != limit and not has_extension:
            at = failure(at, _REST)
        shapes.ends[block] = at


@compiled
def _checked(data: U8, one: Transaction, is_first: bool, most_units: np.uint64) -> int:
    """Return where a transaction ends, or the fault in what it says."""
    _, at = compact_size(data, one.inputs, one.end)
    for _ in range(one.input_count):
        if _is_coinbase(data, at) != is_first or (is_first and one.input_count != 1):
            return failure(at, _COINBASE)
        size, script = compact_size(data, at + _OUTPOINT, one.end)
        at = script + size + _SEQUENCE
    total = np.uint64(0)
    _, at = compact_size(data, one.outputs, one.end)
    for _ in range(one.output_count):
        units = little_endian(data, at, _VALUE_BYTES)
        if units > most_units or total + units > most_units:
            return failure(at, _VALUE)
        total += units
        size, script = compact_size(data, at + _VALUE_BYTES, one.end)
        at = script + size
    return one.end


@compiled
def _is_coinbase(data: U8, at: int) -> bool:
    """Tell whether an input spends nothing: the hash of its outpoint is 0 and the index the largest."""
    if little_endian(data, at + _OUTPOINT - 4, 4) != np.uint64(_COINBASE_INDEX):
        return False
    for i in range(at, at + _OUTPOINT - 4):  # noqa: SIM110 - compiled
        if data[i] != 0:
            return False
    return True


@compiled
def _skip_inputs(data: U8, start: int, limit: int) -> tuple[int, int]:
    count, at = compact_size(data, start, limit)
    if at >= 0 and count == 0:
        return 0, failure(start, _NO_INPUTS)
    if at >= 0 and count > (limit - at) // _LEAST_INPUT:
        return 0, failure(start, _COUNT)
    for _ in range(count):
        if at < 0:
            break
        size, at = compact_size(data, at + _OUTPOINT, limit)
        if at >= 0:
            at = at + size + _SEQUENCE if at + size + _SEQUENCE <= limit else failure(at, _CUT)
    return count, at


@compiled
def _skip_outputs(data: U8, start: int, limit: int) -> tuple[int, int]:
    if start < 0:
        return 0, start
    count, at = compact_size(data, start, limit)
    if at >= 0 and count == 0:
        return 0, failure(start, _NO_OUTPUTS)
    if at >= 0 and count > (limit - at) // _LEAST_OUTPUT:
        return 0, failure(start, _COUNT)
    for _ in range(count):
        if at < 0:
            break
        size, at = compact_size(data, at + _VALUE_BYTES, limit)
        if at >= 0:
            at = at + size if at + size <= limit else failure(at, _CUT)
    return count, at


@compiled
def _skip_witnesses(data: U8, start: int, limit: int, inputs: int) -> int:
    at = start
    for _ in range(inputs):
        if at < 0:
            break
        items, at = compact_size(data, at, limit)
        for _ in range(items):
            if at < 0:
                break
            size, at = compact_size(data, at, limit)
            if at >= 0:
                at = at + size if at + size <= limit else failure(at, _CUT)
    return at
