"""Hexadecimal values of many rows at once, where they stand in a node's answer: the loops, compiled by numba.

A quantity becomes eight limbs of 32 bits, lowest first, each in a word of 64: as wide as the EVM's own numbers, and
products carry without overflow. Every loop returns the first row that it cannot take, or -1.
"""

from typing import Final

import numpy as np

from qiyafa.chains.byte_vectors import VECTOR, different_at, not_hex_at, put_small, word_at
from qiyafa.chains.json_scan import END, KIND, NULL, START, STRING
from qiyafa.model.columns import I32, I64, U8, U64
from qiyafa.trace.engine.compiled import compiled, compiled_in_place

LIMBS: Final = 8
MOST_DIGITS: Final = 78
"""2^256 - 1 has so many decimal digits."""

_X, _ZERO = 120, 48
_LIMB_DIGITS = 8
_TEXT_BITS = np.uint64(64)

_LOW, _WIDTH, _NOTHING = np.uint64(0xFFFFFFFF), np.uint64(32), np.uint64(0)
_TEN, _BILLION = np.uint64(10), np.uint64(10**9)
_ONE, _EVERY = np.uint64(1), np.uint64(0xFFFFFFFF)

# What is done to eight digits in a word at once, one to a byte, and to pairs and fours of them.
_LETTER_BITS = np.uint64(0x4040404040404040)
_ZEROS, _ONES, _NIBBLES = np.uint64(0x3030303030303030), np.uint64(0x0101010101010101), np.uint64(0x0F0F0F0F0F0F0F0F)
_PAIRS, _FOURS = np.uint64(0x00FF00FF00FF00FF), np.uint64(0x0000FFFF0000FFFF)


@compiled_in_place
def _number_of(word: np.uint64, digits: int) -> np.int64:
    """Return the number that the first bytes of a word spell in at most eight hexadecimal digits, or -1."""
    # Zeros before the digits make them eight.
    unused = _TEXT_BITS - (np.uint64(digits) << np.uint64(3))
    text = (word << unused) | (_ZEROS & ((_ONE << unused) - _ONE)) if digits < _LIMB_DIGITS else word
    is_letter = (text & _LETTER_BITS) >> np.uint64(6)
    nibbles = (text & _NIBBLES) + is_letter * np.uint64(9)
    # What they spell, spelled again in small letters, must be the text: nothing but a digit comes back as itself.
    spelled = nibbles + _ZEROS + (((nibbles + _ONES * np.uint64(6)) >> np.uint64(4)) & _ONES) * np.uint64(39)
    if spelled != text | (is_letter << np.uint64(5)) or nibbles & ~_NIBBLES != _NOTHING:
        return np.int64(-1)
    pairs = ((nibbles << np.uint64(4)) | (nibbles >> np.uint64(8))) & _PAIRS
    fours = ((pairs << np.uint64(8)) | (pairs >> np.uint64(16))) & _FOURS
    return np.int64(((fours << np.uint64(16)) | (fours >> np.uint64(32))) & _LOW)


@compiled
def first_not_hex(data: U8, marks: I32, entries: I64, digits: int) -> int:
    """Return the first row whose value is not `0x` and so many hexadecimal digits, at least 32."""
    base = data.ctypes.data
    for row in range(len(entries)):
        entry = entries[row]
        if entry < 0 or marks[entry, KIND] != STRING:
            return row
        start = marks[entry, START]
        if marks[entry, END] - start != digits + 2 or data[start] != _ZERO or data[start + 1] != _X:
            return row
        first, last = base + start + 2, base + start + 2 + digits - VECTOR
        while first < last and not_hex_at(first) == _NOTHING:
            first += VECTOR
        # The last vector overlaps the one before it, unless that was not hexadecimal already.
        if not_hex_at(min(first, last)) != _NOTHING:
            return row
    return -1


@compiled
def first_different(data: U8, marks: I32, left: I64, right: I64) -> int:
    """Return the first place, row by row, at which the texts of two sets of columns differ, or one is missing."""
    base = data.ctypes.data
    columns = len(left)
    for row in range(left.shape[1]):
        for column in range(columns):
            one, other = left[column, row], right[column, row]
            if one < 0 or other < 0:
                return row * columns + column
            here, there = base + marks[one, START], base + marks[other, START]
            size = marks[one, END] - marks[one, START]
            is_same = marks[other, END] - marks[other, START] == size
            while is_same and size > VECTOR:
                is_same = different_at(here, there) == _NOTHING
                here, there, size = here + VECTOR, there + VECTOR, size - VECTOR
            counted = _EVERY if size == VECTOR else (_ONE << np.uint64(size)) - _ONE
            if not is_same or different_at(here, there) & counted != _NOTHING:
                return row * columns + column
    return -1


@compiled
def read_quantities(data: U8, marks: I32, entries: I64, is_optional: bool, limbs: U64) -> int:
    """Fill in the limbs of the quantities of a column; missing ones are 0 where they may be missing."""
    limbs[:] = 0
    base = data.ctypes.data
    for row in range(len(entries)):
        entry = entries[row]
        if is_optional and (entry < 0 or marks[entry, KIND] == NULL):
            continue
        if entry < 0 or marks[entry, KIND] != STRING:
            return row
        start, end = marks[entry, START], marks[entry, END]
        if end - start < 3 or end - start > 66 or data[start] != _ZERO or data[start + 1] != _X:
            return row
        limb = 0
        while end > start + 2:
            first = max(end - _LIMB_DIGITS, start + 2)
            number = _number_of(word_at(base + first), end - first)
            if number < 0:
                return row
            limbs[row, limb] = number
            limb, end = limb + 1, first
    return -1


@compiled
def read_numbers(data: U8, marks: I32, entries: I64, numbers: I64) -> int:
    """Fill in the quantities of a column that have at most 15 digits."""
    base = data.ctypes.data
    for row in range(len(entries)):
        entry = entries[row]
        if entry < 0 or marks[entry, KIND] != STRING:
            return row
        start, end = marks[entry, START], marks[entry, END]
        if end - start < 3 or end - start > 17 or data[start] != _ZERO or data[start + 1] != _X:
            return row
        size = end - start - 2
        high = max(size - _LIMB_DIGITS, 0)
        upper = _number_of(word_at(base + start + 2), high) if high else np.int64(0)
        lower = _number_of(word_at(base + start + 2 + high), size - high)
        if upper < 0 or lower < 0:
            return row
        numbers[row] = upper << 32 | lower
    return -1


@compiled
def add_products(left: U64, right: U64, sums: U64) -> int:
    """Add left x right to sums, row by row; return the first row whose sum is above 2^256 - 1."""
    for row in range(len(left)):
        for low in range(LIMBS):
            factor, carry = left[row, low], _NOTHING
            if factor == _NOTHING:
                continue
            for place in range(LIMBS - low):
                carry += sums[row, low + place] + factor * right[row, place]
                sums[row, low + place] = carry & _LOW
                carry >>= _WIDTH
            for place in range(LIMBS - low, LIMBS):
                carry |= right[row, place]
            if carry != _NOTHING:
                return row
    return -1


@compiled
def add_blocks(limbs: U64, bounds: I64, sums: U64) -> None:
    """Add the limbs of each block's rows, which begin at its bound, to its sums, without carry."""
    for block in range(len(bounds) - 1):
        for row in range(bounds[block], bounds[block + 1]):
            for place in range(LIMBS):
                sums[block, place] += limbs[row, place]


@compiled
def write_decimals(limbs: U64, digits: U8, begins: I64) -> None:
    """Write each number in decimal, at the end of its row of digits, and say where in the array it begins."""
    width = digits.shape[1]
    rest = np.empty(LIMBS, np.uint64)
    for row in range(len(limbs)):
        at = width
        high = LIMBS
        while high > 2 and limbs[row, high - 1] == _NOTHING:
            high -= 1
        rest[:] = limbs[row]
        while high > 2:
            # Nine digits at a time, the lowest first.
            remainder = _NOTHING
            for place in range(high - 1, -1, -1):
                word = (remainder << _WIDTH) | rest[place]
                rest[place] = word // _BILLION
                remainder = word % _BILLION
            for _ in range(9):
                at -= 1
                digits[row, at] = _ZERO + remainder % _TEN
                remainder //= _TEN
            while high > 2 and rest[high - 1] == _NOTHING:
                high -= 1
        small = rest[0] | (rest[1] << _WIDTH)
        while small != _NOTHING or at == width:
            at -= 1
            digits[row, at] = _ZERO + small % _TEN
            small //= _TEN
        begins[row] = row * width + at


@compiled
def write_texts(data: U8, more: U8, starts: I64, sizes: I64, lead: U8, is_led: U8, ends: I32, written: U8) -> None:
    """Write one text a row, end to end and in lower case: perhaps the lead, then a piece of one of the arrays.

    A start of 0 or more is in the data; -1 is the first byte of `more`, -2 the second. All three arrays have a
    vector to spare behind the last text. The texts are hexadecimal digits, small letters and signs, of which one bit
    tells a small letter and is set in all others.
    """
    at, target = 0, written.ctypes.data
    near, far = data.ctypes.data, more.ctypes.data - 1
    for row in range(len(starts)):
        start, size = starts[row], sizes[row]
        if is_led[row]:
            for place in range(len(lead)):
                written[at + place] = lead[place]
            at += len(lead)
        source = near + start if start >= 0 else far - start
        for step in range(0, size, VECTOR):
            put_small(target + at + step, source + step)
        at += size
        ends[row] = at
