"""Finds the output that each input spends: the loops of building the columns of a chain of outputs, compiled by numba.

Hashes are 32 bytes as four 64-bit words. A table of slots with open addressing finds a transaction by its hash.
Anybody can grind hashes that begin alike, so a slot is chosen by a seed that nobody knew when the hash was made, and
a find is believed only if all 32 bytes are the same. Tables are at most half full.
"""

from typing import Final, NamedTuple

import numpy as np

from qiyafa.model.columns import I64, U8, U32, U64
from qiyafa.trace.engine.compiled import compiled
from qiyafa.trace.engine.wide import prefetch

NOT_FOUND: Final = -1
STATED_ONLY: Final = -2
"""The output is not of this ledger, but the input states its value."""
SPENT_TWICE: Final = 1
NO_SUCH_OUTPUT: Final = 2
SPENT_BEFORE_CREATED: Final = 3
OTHER_VALUE: Final = 4

_FREE, _ONE, _HALF = np.uint64(0), np.uint64(1), np.uint64(32)
_NUMBER_BITS = np.uint64(0xFFFFFFFF)
_SPREAD = np.uint64(0x9E3779B97F4A7C15)
_AHEAD = 16
_HEX_DIGITS = 64
_FOUR, _LOW_FOUR = np.uint8(4), np.uint8(15)
# The value of each lower-case hex digit; 255 for any other byte.
_DIGITS = np.full(256, 255, np.uint8)
_DIGITS[np.frombuffer(b"0123456789abcdef", np.uint8)] = np.arange(16, dtype=np.uint8)


class HashTable(NamedTuple):
    """Hashes under numbers."""

    slots: U64
    """Below, the number and one; above, half of the hash's own hash. 0 if free. Their count is a power of two."""
    keys: U64
    """Four words a number."""
    seed: np.uint64


class Created(NamedTuple):
    """The transactions of the ledger and what they create."""

    table: HashTable
    """Of equal hashes the last transaction."""
    earlier: I64
    """Per transaction: the one before it with the same hash, or -1."""
    first_output: I64
    value: U64
    spent: U8
    """Per output: 1 once an input spends it."""


class Spends(NamedTuple):
    """Some inputs, in ledger order."""

    spender: I64
    """Transaction number."""
    keys: U64
    """Hash of the transaction whose output is spent, four words an input."""
    output_index: I64
    stated: I64
    """Units that the source states, or -1."""


class Foreign(NamedTuple):
    """Outputs that only inputs tell of. The table's keys are their transaction's hashes."""

    table: HashTable
    output_index: I64
    value: U64


@compiled
def decode_hashes(data: U8, ends: I64, keys: U8) -> bool:
    """Decode texts into 32 bytes each; return whether each is one of 64 lower-case hex digits."""
    seen = np.uint8(0)
    for row in range(len(ends)):
        start = ends[row] - _HEX_DIGITS
        if start != (ends[row - 1] if row else 0):
            return False
        for byte in range(_HEX_DIGITS // 2):
            high, low = _DIGITS[data[start + 2 * byte]], _DIGITS[data[start + 2 * byte + 1]]
            seen |= high | low
            keys[row, byte] = high << _FOUR | low & _LOW_FOUR
    return bool(seen <= _LOW_FOUR)


@compiled
def fill_table(table: HashTable, earlier: I64) -> None:
    """Put every transaction into the free slots of a table; the later of two with one hash takes the slot."""
    mask = np.uint64(len(table.slots) - 1)
    base = table.slots.ctypes.data
    hashes = np.empty(len(table.keys), np.uint64)
    for number in range(len(table.keys)):
        hashes[number] = _hash_of(table.keys, number, table.seed)
    for number in range(len(table.keys)):
        if number + _AHEAD < len(hashes):
            prefetch(base + np.int64(hashes[number + _AHEAD] & mask) * 8)
        slot, before = _seek(table, hashes[number], table.keys, number)
        earlier[number] = before
        table.slots[slot] = _entry(hashes[number], number)


@compiled
def resolve(spends: Spends, created: Created, spent_output: I64, faults: U8) -> None:
    """Find the output that each input spends, as its number among those of the ledger.

    An output is spent by the first input that names it. NOT_FOUND or STATED_ONLY stands for the others; `faults` says
    why a statement cannot be.
    """
    candidates = _likely(spends, created.table)
    first_output = created.first_output.ctypes.data
    keys = created.table.keys.ctypes.data
    for row in range(len(candidates)):
        if row + 2 * _AHEAD < len(candidates) and candidates[row + 2 * _AHEAD] >= 0:
            prefetch(keys + candidates[row + 2 * _AHEAD] * 32)
            prefetch(first_output + candidates[row + 2 * _AHEAD] * 8)
        if row + _AHEAD < len(candidates) and candidates[row + _AHEAD] >= 0:
            coming = created.first_output[candidates[row + _AHEAD]] + spends.output_index[row + _AHEAD]
            prefetch(created.spent.ctypes.data + coming)
            prefetch(created.value.ctypes.data + coming * 8)
        transaction = candidates[row]
        if transaction >= 0 and not _same(created.table.keys, transaction, spends.keys, row):
            hashed = _hash_of(spends.keys, row, created.table.seed)
            transaction = _seek(created.table, hashed, spends.keys, row)[1]
        spent_output[row], faults[row] = _spent(spends, row, created, transaction)


@compiled
def _likely(spends: Spends, table: HashTable) -> I64:
    """Return the first transaction with the same mark as each spent hash; -1 if there is none."""
    mask = np.uint64(len(table.slots) - 1)
    base = table.slots.ctypes.data
    hashes = np.empty(len(spends.output_index), np.uint64)
    for row in range(len(hashes)):
        hashes[row] = _hash_of(spends.keys, row, table.seed)
    found = np.empty(len(hashes), np.int64)
    for row in range(len(hashes)):
        if row + _AHEAD < len(hashes):
            prefetch(base + np.int64(hashes[row + _AHEAD] & mask) * 8)
        slot = hashes[row] & mask
        found[row] = -1
        while table.slots[slot] != _FREE:
            if table.slots[slot] >> _HALF == hashes[row] >> _HALF:
                found[row] = _number(table.slots[slot])
                break
            slot = (slot + _ONE) & mask
    return found


@compiled
def _spent(spends: Spends, row: int, created: Created, transaction: int) -> tuple[int, int]:
    """Return the output that an input spends, and what is wrong with it."""
    stated = spends.stated[row]
    if transaction < 0:
        return (STATED_ONLY if stated >= 0 else NOT_FOUND), 0
    # Of transactions with one hash, the last that stands before the spender.
    while transaction >= spends.spender[row]:
        transaction = created.earlier[transaction]
        if transaction < 0:
            return NOT_FOUND, SPENT_BEFORE_CREATED
    output = created.first_output[transaction] + spends.output_index[row]
    if output >= created.first_output[transaction + 1]:
        return NOT_FOUND, NO_SUCH_OUTPUT
    if created.spent[output]:
        return NOT_FOUND, SPENT_TWICE
    created.spent[output] = 1
    return output, (OTHER_VALUE if stated >= 0 and np.uint64(stated) != created.value[output] else 0)


@compiled
def number_foreign(spends: Spends, foreign: Foreign, count: int, spent_output: I64, faults: U8, new: I64) -> int:
    """Number the outputs of inputs marked STATED_ONLY from `count` on, as -(3 + number); return the new count.

    `new` takes the input that each new one came from. The tables must have room.
    """
    for row in range(len(spent_output)):
        if spent_output[row] != STATED_ONLY:
            continue
        hashed = _hash_of(spends.keys, row, foreign.table.seed ^ np.uint64(spends.output_index[row]))
        mask = np.uint64(len(foreign.table.slots) - 1)
        slot = hashed & mask
        is_new = True
        while is_new and foreign.table.slots[slot] != _FREE:
            number = _number(foreign.table.slots[slot])
            if foreign.output_index[number] == spends.output_index[row] and _same(
                foreign.table.keys, number, spends.keys, row
            ):
                is_new = False
            slot = (slot + _ONE) & mask
        if is_new:
            foreign.table.slots[slot] = _entry(hashed, count)
            foreign.table.keys[count] = spends.keys[row]
            foreign.output_index[count] = spends.output_index[row]
            foreign.value[count] = np.uint64(spends.stated[row])
            new[count] = row
            spent_output[row] = -3 - count
            count += 1
        else:
            spent_output[row], faults[row] = NOT_FOUND, SPENT_TWICE
    return count


@compiled
def refill_foreign(foreign: Foreign, count: int) -> None:
    """Fill the free slots of a grown table with the outputs it holds."""
    mask = np.uint64(len(foreign.table.slots) - 1)
    for number in range(count):
        hashed = _hash_of(foreign.table.keys, number, foreign.table.seed ^ np.uint64(foreign.output_index[number]))
        slot = hashed & mask
        while foreign.table.slots[slot] != _FREE:
            slot = (slot + _ONE) & mask
        foreign.table.slots[slot] = _entry(hashed, number)


@compiled
def unreconciled(first_input: I64, first_output: I64, coinbase: U8, spent_output: I64, value: U64) -> U8:
    """Mark transactions that create more units than they spend, though the value of every input is known.

    Sums are kept in 128 bits: values that are impossible by themselves must not wrap into a sum that looks right.
    """
    marks = np.zeros(len(coinbase), np.uint8)
    for transaction in range(len(coinbase)):
        if coinbase[transaction]:
            continue
        known = True
        in_lo, in_hi, out_lo, out_hi = _FREE, _FREE, _FREE, _FREE
        for row in range(first_input[transaction], first_input[transaction + 1]):
            if spent_output[row] < 0:
                known = False
                break
            in_lo += value[spent_output[row]]
            in_hi += _ONE if in_lo < value[spent_output[row]] else _FREE
        if not known:
            continue
        for output in range(first_output[transaction], first_output[transaction + 1]):
            out_lo += value[output]
            out_hi += _ONE if out_lo < value[output] else _FREE
        if out_hi > in_hi or (out_hi == in_hi and out_lo > in_lo):
            marks[transaction] = 1
    return marks


@compiled
def _seek(table: HashTable, hashed: np.uint64, keys: U64, row: int) -> tuple[np.uint64, int]:
    """Return the slot of a hash, or the free one it would take, and its number or -1."""
    mask = np.uint64(len(table.slots) - 1)
    slot = hashed & mask
    while table.slots[slot] != _FREE:
        if table.slots[slot] >> _HALF == hashed >> _HALF:
            number = _number(table.slots[slot])
            if _same(table.keys, number, keys, row):
                return slot, number
        slot = (slot + _ONE) & mask
    return slot, -1


@compiled
def _entry(hashed: np.uint64, number: int) -> np.uint64:
    return hashed >> _HALF << _HALF | np.uint64(number + 1)


@compiled
def _number(entry: np.uint64) -> int:
    return int(entry & _NUMBER_BITS) - 1


@compiled
def _same(keys: U64, number: int, others: U64, row: int) -> bool:
    return bool(
        keys[number, 0] == others[row, 0]
        and keys[number, 1] == others[row, 1]
        and keys[number, 2] == others[row, 2]
        and keys[number, 3] == others[row, 3]
    )


@compiled
def _hash_of(keys: U64, row: int, seed: np.uint64) -> np.uint64:
    """Return a hash of two words of a key that needs the seed to be foreseen."""
    value: np.uint64 = (keys[row, 0] ^ seed) * _SPREAD
    value = (value ^ (value >> _HALF) ^ keys[row, 3]) * _SPREAD
    return value ^ (value >> _HALF)


def owners_of(numbers: U32, indices: I64) -> U32:
    """Return the address number of each row from those of a dictionary; a row without a text is nobody's."""
    owners: U32 = np.zeros(len(indices), np.uint32)
    known = indices >= 0
    owners[known] = numbers[indices[known]]
    return owners
