"""Reads JSON strictly (RFC 8259) in one pass and says where each value stands: the loops, compiled by numba.

Beyond the grammar an answer must not name a key twice in one object, which readers would settle differently, must not
nest deeper than any honest answer, and must end where the text ends. Strings are told apart from their neighbours
but not decoded: whoever takes one checks its content.

A text is given with PADDING behind it: no loop asks whether the text has ended, for a zero stops each of them, and
thirty-two bytes may be loaded from wherever a byte of the text stands. The loops take addresses rather than arrays,
as passing an array on costs more than reading a name.
"""

from enum import IntEnum
from typing import Final

import numpy as np

from qiyafa.chains.byte_vectors import (
    VECTOR,
    byte_at,
    different_at,
    number_at,
    put_number,
    string_stops_at,
    trailing_zeros,
    word_at,
)
from qiyafa.model.columns import I32, I64, U8
from qiyafa.trace.engine.compiled import compiled, compiled_in_place

PADDING: Final = b"\0" * 64
MOST_DEPTH: Final = 4096
"""The EVM calls at most 1,024 deep; each call is an object in an array."""
MOST_KEYS: Final = 128
"""Of one object; honest ones have fewer than 40."""

OBJECT, ARRAY, STRING, NUMBER, TRUE, FALSE, NULL = 1, 2, 3, 4, 5, 6, 7


class Fault(IntEnum):
    """Why a text is refused."""

    NONE = 0
    FULL = 1
    """The tape is too short: not the text's fault."""
    CUT = 2
    GRAMMAR = 3
    DUPLICATE_KEY = 4
    TOO_DEEP = 5
    TOO_MANY_KEYS = 6
    TOO_LONG = 7


KIND, START, END, AFTER, NAME, NAME_START, NAME_END = 0, 1, 2, 3, 4, 5, 6
"""The columns of the marks: one row, an *entry*, for each value, in the order in which they begin.

START is the first byte, of strings the first after the quote; END the byte after the last, of strings the closing
quote. AFTER is the entry after this one and all it holds. Of an object's members, NAME is the hash of the name, which
stands from NAME_START to NAME_END between its quotes; for other values these are -1.
"""
COLUMNS: Final = 7
MOST_BYTES: Final = 2**31 - 2**10

_NONE, _FULL, _CUT, _GRAMMAR = int(Fault.NONE), int(Fault.FULL), int(Fault.CUT), int(Fault.GRAMMAR)
_DUPLICATE_KEY, _TOO_DEEP, _TOO_MANY_KEYS = int(Fault.DUPLICATE_KEY), int(Fault.TOO_DEEP), int(Fault.TOO_MANY_KEYS)

_QUOTE, _BACKSLASH, _COMMA, _COLON, _MINUS, _DOT, _ZERO, _NINE = 34, 92, 44, 58, 45, 46, 48, 57
_OPEN_OBJECT, _CLOSE_OBJECT, _OPEN_ARRAY, _CLOSE_ARRAY = 123, 125, 91, 93

_SPACE = 32
_MARK_BYTES = 4
_SPREAD, _OTHER_SPREAD = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F)
_HALF, _KEPT, _NOTHING = np.uint64(32), np.uint64(33), np.uint64(0)
_ONE, _TWO, _BITS = np.uint64(1), np.uint64(2), np.uint64(8)

_WORDS = (b"true", b"false", b"null")


@compiled_in_place
def _mark(table: int, entry: int, column: int) -> int:
    mark: int = number_at(table + (entry * COLUMNS + column) * _MARK_BYTES)
    return mark


@compiled_in_place
def _set(table: int, entry: int, column: int, mark: int | np.int64) -> None:
    put_number(table + (entry * COLUMNS + column) * _MARK_BYTES, mark)


@compiled_in_place
def _fault(size: int, at: int) -> int:
    """Return what is wrong where a byte is not what must stand there."""
    return _CUT if at >= size else _GRAMMAR


@compiled_in_place
def _string_end(text: int, size: int, at: int) -> int:
    """Return where the string that begins at a byte has its closing quote; or minus the fault."""
    while True:
        found = string_stops_at(text + at)
        if found == _NOTHING:
            at += VECTOR
            continue
        at += trailing_zeros(found)
        if byte_at(text + at) == _QUOTE:
            return at
        if byte_at(text + at) != _BACKSLASH:
            return -_fault(size, at)
        at += 2


@compiled
def _number_end(text: int, at: int) -> int:
    """Return the byte after a number, or minus the fault."""
    at += byte_at(text + at) == _MINUS
    digits = _digits_end(text, at)
    if digits == at or (byte_at(text + at) == _ZERO and digits > at + 1):
        return -_GRAMMAR
    at = digits
    if byte_at(text + at) == _DOT:
        digits = _digits_end(text, at + 1)
        if digits == at + 1:
            return -_GRAMMAR
        at = digits
    if byte_at(text + at) == 101 or byte_at(text + at) == 69:
        at += 1
        at += byte_at(text + at) == _MINUS or byte_at(text + at) == 43
        digits = _digits_end(text, at)
        if digits == at:
            return -_GRAMMAR
        at = digits
    return at


@compiled_in_place
def _digits_end(text: int, at: int) -> int:
    while byte_at(text + at) >= _ZERO and byte_at(text + at) <= _NINE:
        at += 1
    return at


@compiled_in_place
def _hash(text: int, start: int, end: int) -> np.uint64:
    """Return the hash of the bytes of a key, of 31 bits."""
    size = end - start
    first = word_at(text + start)
    if size < 8:
        last = first & ((_ONE << (_BITS * np.uint64(size))) - _ONE)
        first = last
    else:
        last = word_at(text + end - 8)
        for at in range(start + 8, end - 8, 8):
            first = (first * _SPREAD) ^ word_at(text + at)
    mixed = (first * _SPREAD) ^ ((last + np.uint64(size)) * _OTHER_SPREAD)
    name: np.uint64 = ((mixed ^ (mixed >> _HALF)) * _SPREAD) >> _KEPT
    return name


@compiled
def hash_of(data: U8, start: int, end: int) -> np.uint64:
    """Return the hash of the bytes of a key, of 31 bits."""
    return _hash(data.ctypes.data, start, end)


@compiled
def _number_or_word(text: int, size: int, at: int) -> tuple[int, int]:
    """Return kind and end of the number or word at a byte; minus the fault as end if it is none."""
    byte = byte_at(text + at)
    if byte == _MINUS or (byte >= _ZERO and byte <= _NINE):
        return NUMBER, _number_end(text, at)
    word, kind = (_WORDS[0], TRUE) if byte == 116 else (_WORDS[1], FALSE) if byte == 102 else (_WORDS[2], NULL)
    for place in range(len(word)):
        if byte_at(text + at + place) != word[place]:
            return kind, -_fault(size, at + place)
    return kind, at + len(word)


@compiled_in_place
def _scalar(text: int, size: int, at: int) -> tuple[int, int, int]:
    """Return kind, start and end of the string, number or word at a byte; minus the fault as end if it is none."""
    if byte_at(text + at) == _QUOTE:
        return STRING, at + 1, _string_end(text, size, at + 1)
    kind, end = _number_or_word(text, size, at)
    return kind, at, end


@compiled
def _fault_of_names(table: int, holder: int, behind: int) -> int:
    """Return what is wrong with the names of an object's members: too many, or two the same."""
    names = np.empty(MOST_KEYS, np.int32)
    count, entry = 0, holder + 1
    while entry < behind:
        if count == MOST_KEYS:
            return _TOO_MANY_KEYS
        names[count] = _mark(table, entry, NAME)
        for other in range(count):
            if names[other] == names[count]:
                return _DUPLICATE_KEY
        count += 1
        entry = _mark(table, entry, AFTER)
    return _NONE


@compiled
def _member_named(table: int, entry: int, behind: int, name: np.int64) -> int:
    """Return the member of that name, from an entry on, or -1."""
    while entry < behind and _mark(table, entry, NAME) != name:
        entry = _mark(table, entry, AFTER)
    return entry if entry < behind else -1


@compiled_in_place
def _skip_space(text: int, at: int) -> int:
    """Return the first byte from here on that is not white space."""
    while byte_at(text + at) <= _SPACE and (byte_at(text + at) == _SPACE or byte_at(text + at) in (9, 10, 13)):
        at += 1
    return at


@compiled_in_place
def _put(table: int, entry: int, kind: int, start: int, end: int) -> None:
    """Write a value that holds no others; its name was written before."""
    _set(table, entry, KIND, kind)
    _set(table, entry, START, start)
    _set(table, entry, END, end)
    _set(table, entry, AFTER, entry + 1)


@compiled_in_place
def _put_name(table: int, entry: int, name: int | np.int64, start: int, end: int) -> None:
    _set(table, entry, NAME, name)
    _set(table, entry, NAME_START, start)
    _set(table, entry, NAME_END, end)


@compiled_in_place
def _has_name(text: int, table: int, entry: int, start: int) -> bool:
    """Say whether the name that begins at a byte is the one of an entry, if that is shorter than a vector."""
    known = _mark(table, entry, NAME_START)
    size = _mark(table, entry, NAME_END) - known
    counted = (_TWO << np.uint64(size)) - _ONE  # The closing quote is compared, too.
    return size < VECTOR and different_at(text + start, text + known) & counted == _NOTHING


@compiled_in_place
def _read_name(text: int, size: int, at: int, table: int, entry: int, guess: int, behind: int) -> tuple[int, int]:
    """Write the name whose quote is at a byte to an entry; return its closing quote, or minus the fault, and the
    model's member of that name, from the guessed one on, or -1.
    """
    if byte_at(text + at) != _QUOTE:
        return -_fault(size, at), -1
    at += 1
    if guess < behind and _has_name(text, table, guess, at):
        end = at + _mark(table, guess, NAME_END) - _mark(table, guess, NAME_START)
        _put_name(table, entry, _mark(table, guess, NAME), at, end)
        return end, guess
    end = _string_end(text, size, at)
    if end < 0:
        return end, -1
    name = np.int64(_hash(text, at, end))
    _put_name(table, entry, name, at, end)
    return end, _member_named(table, guess, behind, name)


@compiled
def scan(data: U8, size: int, marks: I32) -> tuple[int, int, int]:
    """Fill in the marks of a text of that size; return how many there are, the Fault, and the byte where it shows.

    Objects of one depth mostly have the same names in the same order. The *model* of a depth is the last object there
    whose names were compared with each other: names that come in the order of the model's are different, too.
    """
    text, table, room = data.ctypes.data, marks.ctypes.data, len(marks) - 1
    used, depth = 0, 0
    opened = np.empty(MOST_DEPTH + 1, np.int64)  # The entries of the objects and arrays that are open.
    models = np.full(MOST_DEPTH + 1, -1, np.int64)
    guesses = np.empty(MOST_DEPTH + 1, np.int64)  # The member of the model whose name should come next.
    behind = np.zeros(MOST_DEPTH + 1, np.int64)  # The entry behind the model's members.
    is_new = np.zeros(MOST_DEPTH + 1, np.bool_)  # Whether a name came that is not in the model, or not in its order.
    at, is_object = _skip_space(text, 0), False
    _put_name(table, 0, -1, -1, -1)
    while True:
        byte = byte_at(text + at)
        is_filled = byte in (_OPEN_OBJECT, _OPEN_ARRAY)
        if used == room or (is_filled and depth == MOST_DEPTH):
            return used, _FULL if used == room else _TOO_DEEP, at
        if is_filled:
            depth, is_object = depth + 1, byte == _OPEN_OBJECT
            opened[depth], guesses[depth], is_new[depth] = used, models[depth] + 1, models[depth] < 0
            _put(table, used, OBJECT if is_object else ARRAY, at, at)
            at = _skip_space(text, at + 1)
            is_filled = byte_at(text + at) != (_CLOSE_OBJECT if is_object else _CLOSE_ARRAY)
        else:
            kind, start, end = _scalar(text, size, at)
            if end < 0:
                return used, -end, at
            _put(table, used, kind, start, end)
            at = end + (kind == STRING)
        used += 1
        while not is_filled:
            # Behind a value, what holds it goes on or ends.
            at = _skip_space(text, at)
            if depth == 0:
                return used, _NONE if at == size else _GRAMMAR, at
            if byte_at(text + at) == _COMMA:
                at = _skip_space(text, at + 1)
                break
            if byte_at(text + at) != (_CLOSE_OBJECT if is_object else _CLOSE_ARRAY):
                return used, _fault(size, at), at
            at, holder = at + 1, opened[depth]
            _set(table, holder, END, at)
            _set(table, holder, AFTER, used)
            if is_object and is_new[depth]:
                fault = _fault_of_names(table, holder, used)
                if fault != _NONE:
                    return used, fault, _mark(table, holder, START)
                models[depth], behind[depth] = holder, used
            depth -= 1
            is_object = depth > 0 and _mark(table, opened[depth], KIND) == OBJECT
        if not is_object:
            _put_name(table, used, -1, -1, -1)
            continue
        end, member = _read_name(text, size, at, table, used, guesses[depth], behind[depth])
        if end < 0:
            return used, -end, at
        is_new[depth] |= member < 0
        guesses[depth] = _mark(table, member, AFTER) if member >= 0 else guesses[depth]
        at = _skip_space(text, end + 1)
        if byte_at(text + at) != _COLON:
            return used, _fault(size, at), at
        at = _skip_space(text, at + 1)


@compiled
def _column_of(names: I32, name: int) -> int:
    for column in range(len(names)):
        if names[column] == name:
            return column
    return -1


@compiled
def members(marks: I32, holders: I64, names: I32, found: I64) -> None:
    """Fill in, for each name (a hash) and each object, the entry of the value under that name, or -1.

    Objects of one list mostly have the same keys in the same order, so each key is first sought where it stood last.
    """
    found[:] = -1
    usual = np.full(MOST_KEYS, -2, np.int64)  # The column of the name that stood last at each place; -1 is none.
    standing = np.empty(MOST_KEYS, np.int32)
    for row in range(len(holders)):
        entry, place = holders[row] + 1, 0
        behind = marks[holders[row], AFTER] if marks[holders[row], KIND] == OBJECT else entry
        while entry < behind:
            if usual[place] == -2 or standing[place] != marks[entry, NAME]:
                standing[place] = marks[entry, NAME]
                usual[place] = _column_of(names, standing[place])
            if usual[place] >= 0:
                found[usual[place], row] = entry
            # Whether a value holds others is foreseen well, and sooner known than where it ends.
            entry = entry + 1 if marks[entry, KIND] > ARRAY else marks[entry, AFTER]
            place += 1


@compiled
def elements(marks: I32, array: int, found: I64) -> int:
    """Fill in the entries of an array's elements and return how many there are; there must be room."""
    count, entry, behind = 0, array + 1, marks[array, AFTER]
    while entry < behind:
        found[count] = entry
        count, entry = count + 1, marks[entry, AFTER]
    return count
