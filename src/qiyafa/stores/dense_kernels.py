"""Numbers texts and places as they first appear: the loops of building dense columns, compiled by numba.

Texts are kept end to end in one byte array; a table of slots with open addressing finds them by their FNV-1a hash
(http://www.isthe.com/chongo/tech/comp/fnv/). Tables are at most half full.
"""

from typing import Final, NamedTuple

import numpy as np

from qiyafa.model.columns import I64, U8, U16, U32, U64
from qiyafa.trace.engine.compiled import compiled
from qiyafa.trace.engine.wide import prefetch

HASH_START: Final = 0xCBF29CE484222325
HASH_PRIME: Final = 0x100000001B3

_START = np.uint64(HASH_START)
_PRIME = np.uint64(HASH_PRIME)
_SPREAD = np.uint64(0x9E3779B97F4A7C15)
_HALF = np.uint64(32)
_ASSET_BITS = np.uint64(16)
_NOBODY = np.uint32(0)
_FREE, _ONE = np.uint64(0), np.uint64(1)
_NUMBER_BITS = np.uint64(0xFFFFFFFF)
_AHEAD = 16

_HEX_DIGITS = 64
_ZERO, _X = ord("0"), ord("x")
_FOUR, _LOW_FOUR = np.uint8(4), np.uint8(15)
# The value of each lower-case hex digit; 255 for any other byte.
_DIGITS = np.full(256, 255, np.uint8)
_DIGITS[np.frombuffer(b"0123456789abcdef", np.uint8)] = np.arange(16, dtype=np.uint8)


class TextTable(NamedTuple):
    """Numbered texts. Number 0 is the empty text and stands in no slot."""

    slots: U64
    """Below, the number of the text; above, the upper half of its hash, which tells most other texts apart. 0 if free.

    Their count is a power of two."""
    data: U8
    ends: I64
    """End of each text in `data`; it starts where the one before it ends."""


class PlaceTable(NamedTuple):
    """Numbered (address, asset) pairs. Number 0 is nobody and stands in no slot."""

    slots: U32
    address: U32
    asset: U16


class ChunkRows(NamedTuple):
    """Some rows of a ledger, with addresses and assets already numbered."""

    source: U32
    target: U32
    asset: U16
    moves: U8
    """1 where the row moves something: other rows get no place."""


@compiled
def number_texts(data: U8, ends: I64, table: TextTable, count: int, numbers: U32) -> int:
    """Number the texts of a dictionary, new ones from `count` on; return the new count. The table must have room.

    Memory is far slower than the processor, so each loop asks early for what a later turn of it will need.
    """
    hashes = np.empty(len(ends), np.uint64)
    start = 0
    for index in range(len(ends)):
        hashes[index] = text_hash(data, start, ends[index])
        start = ends[index]
    _find_likely(hashes, table, numbers)
    _ask_for_texts(table, numbers, 0)
    start = 0
    for index in range(len(ends)):
        _ask_for_texts(table, numbers, index + 1)
        end = ends[index]
        if end == start:
            numbers[index] = _NOBODY
        elif numbers[index] == _NOBODY or not _same_text(table, numbers[index], data, start, end):
            numbers[index], count = _find_or_add(table, count, hashes[index], data[start:end])
        start = end
    return count


@compiled
def _find_likely(hashes: U64, table: TextTable, numbers: U32) -> None:
    """Find the first text with the same mark as each hash; 0 if there is none."""
    mask = np.uint64(len(table.slots) - 1)
    base = table.slots.ctypes.data
    for index in range(len(hashes)):
        if index + _AHEAD < len(hashes):
            prefetch(base + np.int64(hashes[index + _AHEAD] & mask) * 8)
        slot = hashes[index] & mask
        found = _NOBODY
        while table.slots[slot] != _FREE:
            if table.slots[slot] >> _HALF == hashes[index] >> _HALF:
                found = np.uint32(table.slots[slot] & _NUMBER_BITS)
                break
            slot = (slot + _ONE) & mask
        numbers[index] = found


@compiled
def _ask_for_texts(table: TextTable, numbers: U32, index: int) -> None:
    """Ask for the bounds of a text well ahead, and for the text itself once its bounds have come."""
    if index + 2 * _AHEAD < len(numbers):
        prefetch(table.ends.ctypes.data + np.int64(numbers[index + 2 * _AHEAD]) * 8)
    if index + _AHEAD < len(numbers) and numbers[index + _AHEAD] != _NOBODY:
        prefetch(table.data.ctypes.data + table.ends[np.int64(numbers[index + _AHEAD]) - 1])


@compiled
def _find_or_add(table: TextTable, count: int, hashed: np.uint64, text: U8) -> tuple[np.uint32, int]:
    mask = np.uint64(len(table.slots) - 1)
    slot = hashed & mask
    while table.slots[slot] != _FREE:
        number = np.uint32(table.slots[slot] & _NUMBER_BITS)
        if table.slots[slot] >> _HALF == hashed >> _HALF and _same_text(table, number, text, 0, len(text)):
            return number, count
        slot = (slot + _ONE) & mask
    table.slots[slot] = hashed >> _HALF << _HALF | np.uint64(count)
    begin = table.ends[count - 1]
    table.data[begin : begin + len(text)] = text
    table.ends[count] = begin + len(text)
    return np.uint32(count), count + 1


@compiled
def refill_texts(table: TextTable, count: int) -> None:
    """Fill the empty slots of a grown table with the texts it holds."""
    mask = np.uint64(len(table.slots) - 1)
    for number in range(1, count):
        hashed = text_hash(table.data, table.ends[number - 1], table.ends[number])
        slot = hashed & mask
        while table.slots[slot] != _FREE:
            slot = (slot + _ONE) & mask
        table.slots[slot] = hashed >> _HALF << _HALF | np.uint64(number)


@compiled
def number_places(rows: ChunkRows, table: PlaceTable, count: int, sources: U32, targets: U32) -> int:
    """Number the places of rows, source before target, new ones from `count` on; return the new count."""
    for row in range(len(rows.source)):
        if rows.moves[row] == 0:
            continue
        number, count = _place(table, count, rows.source[row], rows.asset[row])
        sources[row] = number
        number, count = _place(table, count, rows.target[row], rows.asset[row])
        targets[row] = number
    return count


@compiled
def refill_places(table: PlaceTable, count: int) -> None:
    """Fill the empty slots of a grown table with the places it holds."""
    mask = np.uint64(len(table.slots) - 1)
    for number in range(1, count):
        slot = _place_hash(table.address[number], table.asset[number]) & mask
        while table.slots[slot] != _NOBODY:
            slot = (slot + _ONE) & mask
        table.slots[slot] = np.uint32(number)


@compiled
def read_hashes(data: U8, ends: I64, keys: U8, is_hash: U8) -> None:
    """Decode texts of the form 0x and 64 lower-case hex digits into 32 bytes each; mark which have that form."""
    start = 0
    for index in range(len(ends)):
        begin = start + 2
        fits = ends[index] - begin == _HEX_DIGITS and data[start] == _ZERO and data[start + 1] == _X
        if fits:
            seen = np.uint8(0)
            for byte in range(_HEX_DIGITS // 2):
                high = _DIGITS[data[begin + 2 * byte]]
                low = _DIGITS[data[begin + 2 * byte + 1]]
                seen |= high | low
                keys[index, byte] = high << _FOUR | low & _LOW_FOUR
            fits = seen <= _LOW_FOUR
        is_hash[index] = 1 if fits else 0
        start = ends[index]


@compiled
def text_hash(data: U8, start: int, end: int) -> np.uint64:
    """Return the hash of a text: FNV-1a, its lower half folded with its upper."""
    value = _START
    for index in range(start, end):
        value = (value ^ np.uint64(data[index])) * _PRIME
    return value ^ (value >> _HALF)


@compiled
def _same_text(table: TextTable, number: np.uint32, data: U8, start: int, end: int) -> bool:
    begin = table.ends[np.int64(number) - 1]
    if table.ends[number] - begin != end - start:
        return False
    for offset in range(end - start):  # noqa: SIM110 - numba compiles no generator here
        if table.data[begin + offset] != data[start + offset]:
            return False
    return True


@compiled
def _place(table: PlaceTable, count: int, address: np.uint32, asset: np.uint16) -> tuple[np.uint32, int]:
    if address == _NOBODY:
        return _NOBODY, count
    mask = np.uint64(len(table.slots) - 1)
    slot = _place_hash(address, asset) & mask
    while True:
        number = table.slots[slot]
        if number == _NOBODY:
            number = np.uint32(count)
            table.slots[slot] = number
            table.address[count] = address
            table.asset[count] = asset
            return number, count + 1
        if table.address[number] == address and table.asset[number] == asset:
            return number, count
        slot = (slot + _ONE) & mask


@compiled
def _place_hash(address: np.uint32, asset: np.uint16) -> np.uint64:
    value = (np.uint64(address) << _ASSET_BITS | np.uint64(asset)) * _SPREAD
    return value ^ (value >> _HALF)
