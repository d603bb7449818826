"""Plainly clean lines of CSV, many at once: the loops over bytes, compiled by numba.

A line is plainly clean if it has as many values as the header has columns, and every wanted value is spelled as the
chain's tools write it: `0x` and hexadecimal digits for an address or a hash, decimal digits without leading zeros for
a number. Where nobody wants the value, it is clean without quotes and carriage returns. Other lines are only told.

The bytes are given with PADDING behind their last line end, so that vectors may be loaded from wherever a value begins.
"""

from typing import Final, NamedTuple

import numpy as np

from qiyafa.chains.byte_vectors import VECTOR, byte_at, not_hex_at, put_small, put_word, word_at
from qiyafa.model.columns import I32, I64, U8, U32, U64
from qiyafa.trace.engine.compiled import compiled, compiled_in_place
from qiyafa.trace.engine.wide import prefetch

PADDING: Final = 128
ADDRESS_DIGITS: Final = 40
HASH_DIGITS: Final = 64
ADDRESS_BYTES: Final = 2 + ADDRESS_DIGITS
IGNORED: Final = -1
LINE, START, AFTER = 0, 1, 2
"""The columns of the lines that are told: their number, their first byte, and the first byte of the next line."""

_ZERO, _NINE, _COMMA, _LINE_END, _CARRIAGE_RETURN, _QUOTE = 48, 57, 44, 10, 13, 34
_WORD = 8
_NOTHING, _ALL_OF_VECTOR = np.uint64(0), np.uint64(0xFFFFFFFF)
_PREFIX, _SMALL_X = np.uint64(0xFFFF), np.uint64(0x7830)
_X_IN_SMALL = np.uint64(0x2000)
_LOW_FOUR, _LETTERS, _NINE_MORE = np.uint64(0x0F0F0F0F0F0F0F0F), np.uint64(0x0101010101010101), np.uint64(9)
_ONE, _FOUR, _SIX, _HALF = np.uint64(1), np.uint64(4), np.uint64(6), np.uint64(32)
_AHEAD = 16
_SPREAD, _OTHER_SPREAD = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F)


class Shape(NamedTuple):
    """What the columns of a file are."""

    fields: I64
    """For each column of the file, the number of the wanted field, or IGNORED."""
    hex_digits: I64
    """For each field, how many digits stand behind its `0x`; 0 for a number."""
    most_digits: I64
    """For each field, how many decimal digits it has at most."""
    may_be_empty: U8


class AddressTable(NamedTuple):
    """Different addresses in the order in which they first appear, found by open addressing."""

    slots: U32
    """The number of the address plus 1; 0 if free. Their count is a power of two, at least twice the addresses'."""
    keys: U64
    """The digits of each address, packed into three words."""
    texts: U8
    """Each address in lower case, end to end, with a vector to spare."""


@compiled_in_place
def _packed(word: np.uint64) -> np.uint64:
    """Return the values of eight hexadecimal digits, one in each byte."""
    return (word & _LOW_FOUR) + ((word >> _SIX) & _LETTERS) * _NINE_MORE


@compiled_in_place
def _hex_end(at: int, digits: int) -> int:
    """Return the byte after `0x` and 32 to 64 digits at an address in memory, or 0 if they do not stand there."""
    rest = not_hex_at(at + 2 + VECTOR) << np.uint64(2 * VECTOR - digits) & _ALL_OF_VECTOR
    is_hex = not_hex_at(at + 2) | rest == _NOTHING and (word_at(at) | _X_IN_SMALL) & _PREFIX == _SMALL_X
    return at + 2 + digits if is_hex else 0


@compiled_in_place
def _digits_end(at: int, most: int) -> int:
    """Return the byte after a whole number at an address in memory, or 0 if it has too many digits or a needless 0."""
    end = at
    while byte_at(end) >= _ZERO and byte_at(end) <= _NINE:
        end += 1
    is_bad = end == at or end - at > most or (end - at > 1 and byte_at(at) == _ZERO)
    return 0 if is_bad else end


@compiled_in_place
def _ignored_end(at: int) -> int:
    """Return the byte after a value that nobody wants, or 0 if it holds a quote or a carriage return."""
    byte = byte_at(at)
    while byte != _COMMA and byte != _LINE_END:
        if byte in (_QUOTE, _CARRIAGE_RETURN):
            return 0
        at += 1
        byte = byte_at(at)
    return at


@compiled
def plain_rows(
    data: U8, begin: int, size: int, shape: Shape, starts: I32, sizes: I32, told: I32
) -> tuple[int, int, int]:
    """Find the values of all plainly clean lines from byte `begin` to byte `size`, before which a line ends.

    Fills in starts and sizes, one row a field and one column a line, and `told` with the other lines. Returns how many
    clean lines there are, how many lines were told, and how many lines there are in all.
    """
    base = data.ctypes.data
    at, rows, others, last = base + begin, 0, 0, len(shape.fields) - 1
    while at < base + size:
        first, end = at, 0
        for column in range(last + 1):
            field = shape.fields[column]
            if field == IGNORED:
                end = _ignored_end(at)
            elif shape.may_be_empty[field] and (byte_at(at) == _COMMA or byte_at(at) == _LINE_END):
                end = at
            else:
                digits = shape.hex_digits[field]
                end = _hex_end(at, digits) if digits else _digits_end(at, shape.most_digits[field])
            if end == 0 or byte_at(end) != (_COMMA if column < last else _LINE_END):
                end = 0
                break
            if field != IGNORED:
                starts[field, rows], sizes[field, rows] = at - base, end - at
            at = end + 1
        if end:
            rows += 1
            continue
        while byte_at(at) != _LINE_END:
            at += 1
        at += 1
        told[others, LINE], told[others, START], told[others, AFTER] = rows + others, first - base, at - base
        others += 1
    return rows, others, rows + others


@compiled
def write_hex(data: U8, starts: I32, digits: int, texts: U8) -> None:
    """Write each row's `0x` and so many digits in lower case, end to end; `texts` has a vector to spare."""
    base, target = data.ctypes.data, texts.ctypes.data
    for row in range(len(starts)):
        start = base + int(starts[row])
        for step in range(0, digits + 2, VECTOR):
            put_small(target + step, start + step)
        target += digits + 2


@compiled
def write_digits(data: U8, starts: I32, sizes: I32, ends: I32, texts: U8) -> None:
    """Write each row's digits, end to end, and where each ends; `texts` has a word to spare."""
    base, target, at = data.ctypes.data, texts.ctypes.data, 0
    for row in range(len(starts)):
        start, size = base + int(starts[row]), int(sizes[row])
        for step in range(0, size, _WORD):
            put_word(target + at + step, word_at(start + step))
        at += size
        ends[row] = at


@compiled
def read_numbers(data: U8, starts: I32, sizes: I32, numbers: I64) -> int:
    """Read each row's digits, at most 18, as a number, 0 where there are none; return how many rows have none."""
    base, empty = data.ctypes.data, 0
    for row in range(len(starts)):
        start, size = base + int(starts[row]), int(sizes[row])
        number = 0
        for at in range(start, start + size):
            number = number * 10 + byte_at(at) - _ZERO
        numbers[row] = number
        empty += size == 0
    return empty


@compiled
def number_addresses(data: U8, starts: I32, table: AddressTable, count: int, numbers: I32) -> int:
    """Number each row's address, new ones from `count` on; return the new count. The table must have room.

    Memory is far slower than the processor, so it is asked for each slot, and what stands behind it, well ahead.
    """
    base, texts, mask = data.ctypes.data, table.texts.ctypes.data, np.uint64(len(table.slots) - 1)
    slots, keys = table.slots.ctypes.data, table.keys.ctypes.data
    first_slots = np.empty(len(starts), np.uint64)
    for row in range(len(starts)):
        first_slots[row] = _slot(_key_at(base + int(starts[row]) + 2)) & mask
    for row in range(len(starts)):
        if row + 2 * _AHEAD < len(starts):
            prefetch(slots + np.int64(first_slots[row + 2 * _AHEAD]) * 4)
        if row + _AHEAD < len(starts):
            prefetch(keys + (np.int64(table.slots[first_slots[row + _AHEAD]]) - 1) * 24)
        start = base + int(starts[row])
        key, slot = _key_at(start + 2), first_slots[row]
        found = np.int64(table.slots[slot]) - 1
        while found >= 0 and (
            table.keys[found, 0] != key[0] or table.keys[found, 1] != key[1] or table.keys[found, 2] != key[2]
        ):
            slot = (slot + _ONE) & mask
            found = np.int64(table.slots[slot]) - 1
        if found < 0:
            found = np.int64(count)
            table.slots[slot] = found + 1
            table.keys[found, 0], table.keys[found, 1], table.keys[found, 2] = key
            for step in range(0, ADDRESS_BYTES, VECTOR):
                put_small(texts + found * ADDRESS_BYTES + step, start + step)
            count += 1
        numbers[row] = found
    return count


@compiled
def refill_addresses(table: AddressTable, count: int) -> None:
    """Fill the empty slots of a grown table with the addresses it holds."""
    mask = np.uint64(len(table.slots) - 1)
    for number in range(count):
        slot = _slot((table.keys[number, 0], table.keys[number, 1], table.keys[number, 2])) & mask
        while table.slots[slot] != 0:
            slot = (slot + _ONE) & mask
        table.slots[slot] = number + 1


@compiled_in_place
def _key_at(at: int) -> tuple[np.uint64, np.uint64, np.uint64]:
    """Return the forty digits at an address in memory, packed."""
    first = _packed(word_at(at)) | _packed(word_at(at + 8)) << _FOUR
    second = _packed(word_at(at + 16)) | _packed(word_at(at + 24)) << _FOUR
    return first, second, _packed(word_at(at + 32))


@compiled_in_place
def _slot(key: tuple[np.uint64, np.uint64, np.uint64]) -> np.uint64:
    """Return where to look for an address first, before it is cut to the size of the table."""
    mixed = ((key[0] * _SPREAD) ^ key[1]) * _OTHER_SPREAD
    mixed = ((mixed ^ (mixed >> _HALF)) + key[2]) * _SPREAD
    return mixed ^ (mixed >> _HALF)
