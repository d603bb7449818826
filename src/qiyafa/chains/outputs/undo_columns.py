"""The outputs that a block spends, from what a node keeps to undo the block.

Bitcoin Core's own form (`undo.h`, `compressor.h`): for each transaction but the coinbase a vector of spent outputs,
each with its height, and its value and script compressed. Another form, bcoin's: values of 8 bytes and scripts with a
CompactSize before them, in the order of the inputs, and nothing else.
"""

from typing import Final, NamedTuple

import numpy as np

from qiyafa.chains.outputs.block_layout import BlockFault, compact_size, failure, fault_of, little_endian
from qiyafa.model.columns import I64, U8
from qiyafa.trace.engine.compiled import compiled

UNKNOWN_SIZE: Final = -1
"""The size of a spent output's script that nothing states."""

_CUT, _COUNT, _VALUE = int(BlockFault.CUT), int(BlockFault.COUNT), int(BlockFault.VALUE)
_FIELD_PRIME = 2**256 - 2**32 - 977
"""Of the curve secp256k1: y^2 = x^3 + 7."""
_HASH, _KEY, _LONG_SCRIPT = 20, 32, 67
_SPECIAL_SCRIPTS = 6
_P2PKH, _P2SH, _SHORT_KEYS, _LONG_KEYS = 0, 1, (2, 3), (4, 5)


class SpentOutputs(NamedTuple):
    """The outputs that inputs spend. One entry an input, in the order of the inputs."""

    units: I64
    script_start: I64
    """Where the locking script stands in `scripts`."""
    script_size: I64
    scripts: U8


class UndoFaultError(ValueError):
    """Undo data that does not fit its block; `at` is a byte of the data."""

    def __init__(self, fault: BlockFault, at: int) -> None:
        super().__init__(fault, at)
        self.fault = fault
        self.at = at


def core_spent_outputs(undo: U8, input_counts: I64, most_units: int, *, may_go_on: bool) -> SpentOutputs:
    """Return what a block spends by Bitcoin Core's undo data, given the inputs of each transaction but the coinbase.

    `may_go_on` allows bytes behind (Litecoin's extension blocks have undo data too). Raises UndoFaultError.
    """
    spent = _room(int(input_counts.sum()), len(undo))
    half_keys = np.zeros(len(spent.units), np.uint8)
    _raise_fault(_read_core(undo, input_counts, most_units, may_go_on, spent, half_keys))
    for row in np.flatnonzero(half_keys).tolist():
        _complete_key(spent, row)
    return spent


def plain_spent_outputs(undo: U8, inputs: int, most_units: int) -> SpentOutputs:
    """Return what a block with some inputs spends by bcoin's undo data. Raises UndoFaultError."""
    spent = _room(inputs, len(undo))
    _raise_fault(_read_plain(undo, most_units, spent))
    return spent


def nothing_spent(inputs: int) -> SpentOutputs:
    """Return the spent outputs of inputs of which nothing is known."""
    zeros = np.zeros(inputs, np.int64)
    return SpentOutputs(zeros, zeros, np.full(inputs, UNKNOWN_SIZE, np.int64), np.empty(0, np.uint8))


def joined_spent_outputs(parts: list[SpentOutputs]) -> SpentOutputs:
    """Return spent outputs one after the other."""
    sizes = [len(part.scripts) for part in parts]
    shifts = np.cumsum([0, *sizes])
    return SpentOutputs(
        np.concatenate([part.units for part in parts]),
        np.concatenate([part.script_start + shift for part, shift in zip(parts, shifts, strict=False)]),
        np.concatenate([part.script_size for part in parts]),
        np.concatenate([part.scripts for part in parts]),
    )


def _room(inputs: int, undo_bytes: int) -> SpentOutputs:
    return SpentOutputs(
        np.zeros(inputs, np.int64),
        np.zeros(inputs, np.int64),
        np.full(inputs, UNKNOWN_SIZE, np.int64),
        np.empty(inputs * _LONG_SCRIPT + undo_bytes, np.uint8),
    )


def _raise_fault(position: int) -> None:
    if position < 0:
        raise UndoFaultError(*fault_of(position))


@compiled
def _read_plain(data: U8, most_units: int, spent: SpentOutputs) -> int:
    at, used, end = 0, 0, len(data)
    for row in range(len(spent.units)):
        if at + 8 > end:
            return failure(at, _CUT)
        units = little_endian(data, at, 8)
        if units > np.uint64(most_units):
            return failure(at, _VALUE)
        spent.units[row] = units
        size, script = compact_size(data, at + 8, end)
        if script < 0:
            return script
        if script + size > end:
            return failure(script, _CUT)
        at = script + size
        used = _keep(data, script, size, spent, row, used)
    return at if at == end else failure(at, _COUNT)


@compiled
def _read_core(
    data: U8, input_counts: I64, most_units: int, may_go_on: bool, spent: SpentOutputs, half_keys: U8
) -> int:
    end, row, used = len(data), 0, 0
    transactions, at = compact_size(data, 0, end)
    if at >= 0 and transactions != len(input_counts):
        return failure(0, _COUNT)
    for inputs in input_counts:
        if at < 0:
            return at
        start = at
        stated, at = compact_size(data, at, end)
        if at >= 0 and stated != inputs:
            return failure(start, _COUNT)
        for _ in range(inputs):
            at, used = _read_core_output(data, at, most_units, spent, (row, used), half_keys)
            if at < 0:
                return at
            row += 1
    return at if at == end or may_go_on else failure(at, _COUNT)


@compiled
def _read_core_output(
    data: U8, start: int, most_units: int, spent: SpentOutputs, place: tuple[int, int], half_keys: U8
) -> tuple[int, int]:
    """Read one spent output; return the positions behind it in the data and in the scripts."""
    row, used = place
    end = len(data)
    code, at = _variable_integer(data, start, end)
    if at >= 0 and code > np.uint64(1):
        _, at = _variable_integer(data, at, end)  # A height above 0 is followed by what once was a version.
    value_at = at
    value, at = _variable_integer(data, at, end)
    kind, at = _variable_integer(data, at, end)
    if at < 0:
        return at, used
    units, fits = _decompressed(value)
    if not fits or units > np.uint64(most_units):
        return failure(value_at, _VALUE), used
    spent.units[row] = units
    if kind >= np.uint64(_SPECIAL_SCRIPTS):
        if kind - np.uint64(_SPECIAL_SCRIPTS) > np.uint64(end - at):
            return failure(at, _CUT), used
        size = int(np.int64(kind)) - _SPECIAL_SCRIPTS
        return at + size, _keep(data, at, size, spent, row, used)
    size = _HASH if kind < np.uint64(_SHORT_KEYS[0]) else _KEY
    if at + size > end:
        return failure(at, _CUT), used
    half_keys[row] = 1 if kind >= np.uint64(_LONG_KEYS[0]) else 0
    return at + size, _keep_special(data, at, int(np.int64(kind)), spent, row, used)


@compiled
def _variable_integer(data: U8, start: int, end: int) -> tuple[np.uint64, int]:
    """Return a number in Core's base 128, and the position behind it."""
    value, at = np.uint64(0), start
    if at < 0:
        return value, at
    while at < end:
        byte = np.uint64(data[at])
        at += 1
        value = value << np.uint64(7) | byte & np.uint64(0x7F)
        if byte < np.uint64(0x80):
            return value, at
        if value >= np.uint64(1 << 56):
            return value, failure(at, _VALUE)
        value += np.uint64(1)
    return value, failure(at, _CUT)


@compiled
def _decompressed(value: np.uint64) -> tuple[np.uint64, bool]:
    """Return the units that Core wrote as a short number, and whether they fit 64 bits."""
    if value == np.uint64(0):
        return value, True
    ten, nine = np.uint64(10), np.uint64(9)
    rest = value - np.uint64(1)
    zeros, rest = rest % ten, rest // ten
    if zeros < nine:
        digit, rest = rest % nine + np.uint64(1), rest // nine
        units = rest * ten + digit
    else:
        units = rest + np.uint64(1)
    for _ in range(zeros):
        if units > np.uint64((1 << 64) - 1) // ten:
            return units, False
        units *= ten
    return units, True


@compiled
def _keep(data: U8, start: int, size: int, spent: SpentOutputs, row: int, used: int) -> int:
    """Copy a script; return where the scripts end."""
    spent.script_start[row], spent.script_size[row] = used, size
    for i in range(size):
        spent.scripts[used + i] = data[start + i]
    return used + size


@compiled
def _keep_special(data: U8, start: int, kind: int, spent: SpentOutputs, row: int, used: int) -> int:
    """Write the script that stands for a hash or a key; the second half of a long key is left for later."""
    scripts = spent.scripts
    spent.script_start[row] = used
    if kind == _P2PKH:
        before, size, payload = (0x76, 0xA9, 0x14), 25, _HASH
        scripts[used + 23], scripts[used + 24] = 0x88, 0xAC
    elif kind == _P2SH:
        before, size, payload = (0xA9, 0x14, 0), 23, _HASH
        scripts[used + 22] = 0x87
    elif kind <= _SHORT_KEYS[1]:
        before, size, payload = (0x21, kind, 0), 35, _KEY
        scripts[used + 34] = 0xAC
    else:
        before, size, payload = (0x41, kind, 0), 67, _KEY
        scripts[used + 66] = 0xAC
    shift = 3 if kind == _P2PKH else 2
    for i in range(shift):
        scripts[used + i] = before[i]
    for i in range(payload):
        scripts[used + shift + i] = data[start + i]
    spent.script_size[row] = size
    return used + size


def _complete_key(spent: SpentOutputs, row: int) -> None:
    """Find the second half of a public key, which Core leaves out: y from x and whether y is odd."""
    start = int(spent.script_start[row])
    kind = int(spent.scripts[start + 1])
    x = int.from_bytes(spent.scripts[start + 2 : start + 2 + _KEY].tobytes(), "big")
    square = (pow(x, 3, _FIELD_PRIME) + 7) % _FIELD_PRIME
    y = pow(square, (_FIELD_PRIME + 1) // 4, _FIELD_PRIME)
    if x >= _FIELD_PRIME or y * y % _FIELD_PRIME != square:
        raise UndoFaultError(BlockFault.VALUE, start)
    if y % 2 != kind % 2:
        y = _FIELD_PRIME - y
    spent.scripts[start + 1] = 4
    spent.scripts[start + 2 + _KEY : start + 2 + 2 * _KEY] = np.frombuffer(y.to_bytes(_KEY, "big"), np.uint8)
