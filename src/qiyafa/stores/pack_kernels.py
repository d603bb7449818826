"""The loops of a pack, compiled by numba: spreading records over pages, and looking up many keys at once."""

from typing import Final, NamedTuple

import numpy as np

from qiyafa.model.columns import I64, U8, U64
from qiyafa.stores.pack_layout import (
    COUNT_AT,
    HEAD_BYTES,
    KEY_BYTES,
    PAGE_BYTES,
    RECORD_BYTES,
    SLOTS,
    SPILLS_AT,
)
from qiyafa.stores.pack_tree import DAMAGED, UNREAD
from qiyafa.trace.engine.compiled import compiled
from qiyafa.trace.engine.wide import prefetch

ABSENT: Final = np.uint8(254)
"""The pack has no record of the key."""
UNTRUSTED: Final = np.uint8(255)
"""A page that the answer rests on is damaged."""
DONE: Final = -1
EVERY_CHAIN: Final = -1

KEY_WORDS: Final = 5
"""A key as words of 8 bytes, as it stands in a slot: of the last word the lower 16 bits belong to it."""

_TAGS = np.uint64(255)
_SPREAD = np.uint64(0x9E3779B97F4A7C15)
_ONE, _HALF, _TAG_SHIFT, _BYTE = np.uint64(1), np.uint64(32), np.uint64(29), np.uint64(0xFF)
_TWO_BYTES, _SIX_BYTES, _KIND = np.uint64(16), np.uint64(48), np.uint64(0xFFFF)
_EACH_BYTE, _TOP_BITS = np.uint64(0x0101010101010101), np.uint64(0x8080808080808080)
_OUTCOME_SHIFT, _CHAIN_SHIFT, _SPILLS_SHIFT = np.uint64(16), np.uint64(24), np.uint64(24)
_WORD_BYTES: Final = 8
_TAG_WORDS: Final = 6
_LAST_TAGS = np.uint64(0x8080)
"""Of the sixth word of a page's head, two bytes are tags."""
_CHAIN_AT: Final = 35
_AT_ONCE: Final = 64
"""So many keys are hashed, and their pages asked for, before the first is looked up."""


class Table(NamedTuple):
    """The pages of records of an open pack."""

    data: U64
    """The whole file, in words."""
    body_at: int
    """Offset of the first page, in bytes."""
    homes: int
    states: U8
    """What is known of each page; see `pack_tree`."""
    factors: U64


class Answers(NamedTuple):
    """What was found, one row for each key."""

    outcomes: U8
    """The gravest outcome of the key's records; `ABSENT` or `UNTRUSTED` otherwise."""
    records: I64
    """Offset of that record in the file; -1 if there is none."""
    waits_for: I64
    """The page that must be checked before the key can be looked up; `DONE` if it was."""


@compiled
def mixed_hashes(words: U64, factors: U64) -> U64:
    """Return 64 bits for each key, given as rows that begin with its words; the upper half chooses the home page."""
    mixed = np.empty(len(words), np.uint64)
    for row in range(len(words)):
        mixed[row] = _mixed(words, row, factors)
    return mixed


@compiled
def order_equal_hashes(records: U8, hashes: U64, order: I64) -> int:
    """Sort, in place, records of equal hash by their bytes; return one that stands there twice, or -1.

    Only records of one key on several chains have equal hashes, so the runs are short.
    """
    for place in range(1, len(order)):
        at = place
        while at > 0 and hashes[order[at]] == hashes[order[at - 1]]:
            difference = _compare(records, order[at - 1], order[at])
            if difference == 0:
                return int(order[at])
            if difference < 0:
                break
            order[at - 1], order[at] = order[at], order[at - 1]
            at -= 1
    return -1


@compiled
def fill_pages(records: U8, hashes: U64, order: I64, homes: int, state: I64, pages: U8) -> None:
    """Write the next pages of the table. `state` is (number of the first page, records already placed).

    Each page takes, in the order of the hashes, the records that belong in it or before it and have no place yet.
    """
    first, placed = state[0], state[1]
    for number in range(len(pages)):
        page = pages[number]
        count = 0
        while placed < len(order) and count < SLOTS:
            row = order[placed]
            if _home(hashes[row], homes) > first + number:
                break
            page[count] = _tag(hashes[row])
            begin = HEAD_BYTES + count * RECORD_BYTES
            page[begin : begin + RECORD_BYTES] = records[row]
            count += 1
            placed += 1
        page[COUNT_AT] = count
        page[SPILLS_AT] = 1 if placed < len(order) and _home(hashes[order[placed]], homes) <= first + number else 0
    state[0], state[1] = first + len(pages), placed


@compiled
def find_keys(table: Table, keys: U64, rows: I64, chain: int, answers: Answers) -> None:
    """Look up the keys of some rows; records of other chains than `chain` are passed over."""
    hashes = np.empty(_AT_ONCE, np.uint64)
    base = table.data.ctypes.data + table.body_at
    for begin in range(0, len(rows), _AT_ONCE):
        some = rows[begin : begin + _AT_ONCE]
        for index in range(len(some)):
            hashes[index] = _mixed(keys, some[index], table.factors)
            prefetch(base + _home(hashes[index], table.homes) * PAGE_BYTES)
        for index in range(len(some)):
            _ask_for_slot(table, hashes[index])
        for index in range(len(some)):
            _find(table, keys, some[index], hashes[index], chain, answers)


@compiled
def _ask_for_slot(table: Table, mixed: np.uint64) -> None:
    """Ask early for the slot that will most likely be compared."""
    head = (table.body_at + _home(mixed, table.homes) * PAGE_BYTES) // _WORD_BYTES
    tags = np.uint64(_tag(mixed)) * _EACH_BYTE
    for word in range(_TAG_WORDS):
        found = _matches(table.data[head + word], tags, word)
        if found:
            slot = word * _WORD_BYTES + _lowest_byte(found)
            prefetch(table.data.ctypes.data + head * _WORD_BYTES + HEAD_BYTES + slot * RECORD_BYTES)
            return


@compiled
def _find(table: Table, keys: U64, row: int, mixed: np.uint64, chain: int, answers: Answers) -> None:
    page = _home(mixed, table.homes)
    tags = np.uint64(_tag(mixed)) * _EACH_BYTE
    gravest = np.int64(-1)
    answers.records[row] = -1
    answers.waits_for[row] = DONE
    while True:
        if table.states[page] == UNREAD:
            answers.waits_for[row] = page
            return
        if table.states[page] == DAMAGED:
            answers.outcomes[row] = UNTRUSTED
            answers.records[row] = -1
            return
        head = (table.body_at + page * PAGE_BYTES) // _WORD_BYTES
        for word in range(_TAG_WORDS):
            found = _matches(table.data[head + word], tags, word)
            while found:
                slot = word * _WORD_BYTES + _lowest_byte(found)
                found &= found - _ONE
                at = head + (HEAD_BYTES + slot * RECORD_BYTES) // _WORD_BYTES
                outcome = _outcome(table.data, at, keys, row, chain)
                if outcome > gravest:
                    gravest = outcome
                    answers.records[row] = at * _WORD_BYTES
        if (table.data[head + _TAG_WORDS - 1] >> _SPILLS_SHIFT) & _BYTE == np.uint64(0):
            break
        page += 1
    answers.outcomes[row] = ABSENT if gravest < 0 else gravest


@compiled
def _outcome(data: U64, at: np.int64, keys: U64, row: int, chain: int) -> np.int64:
    """Return the outcome of a slot, or -1 if it is another key's or another chain's."""
    for word in range(KEY_WORDS - 1):
        if data[at + word] != keys[row, word]:
            return np.int64(-1)
    last = data[at + KEY_WORDS - 1]
    if last & _KIND != keys[row, KEY_WORDS - 1]:
        return np.int64(-1)
    on_chain = np.int64((last >> _CHAIN_SHIFT) & _BYTE)
    if chain not in (EVERY_CHAIN, on_chain) and on_chain != 0:
        return np.int64(-1)
    return np.int64((last >> _OUTCOME_SHIFT) & _BYTE)


@compiled
def _matches(word: np.uint64, tags: np.uint64, number: int) -> np.uint64:
    """Return a word with the top bit set of each byte that is the tag, and of few that are not: keys decide."""
    other = word ^ tags
    found = (other - _EACH_BYTE) & ~other & _TOP_BITS
    return found & _LAST_TAGS if number == _TAG_WORDS - 1 else found


@compiled
def _lowest_byte(found: np.uint64) -> int:
    """Return the number of the lowest byte that has a bit; there is one."""
    byte = 0
    while found & _BYTE == np.uint64(0):
        found >>= np.uint64(8)
        byte += 1
    return byte


@compiled
def _compare(records: U8, left: int, right: int) -> np.int64:
    """Compare the key and chain of two records; other fields make no other record."""
    for byte in range(KEY_BYTES):
        if records[left, byte] != records[right, byte]:
            return np.int64(-1 if records[left, byte] < records[right, byte] else 1)
    return np.int64(records[left, _CHAIN_AT]) - np.int64(records[right, _CHAIN_AT])


@compiled
def _mixed(words: U64, row: int, factors: U64) -> np.uint64:
    kind = words[row, 0] & _KIND
    mixed = kind * factors[0] + factors[5]
    for word in range(4):
        value = (words[row, word] >> _TWO_BYTES) | (words[row, word + 1] << _SIX_BYTES)
        mixed += value * factors[word + 1]
    return np.uint64((mixed ^ (mixed >> _HALF)) * _SPREAD)


@compiled
def _home(mixed: np.uint64, homes: int) -> np.int64:
    return np.int64(((mixed >> _HALF) * np.uint64(homes)) >> _HALF)


@compiled
def _tag(mixed: np.uint64) -> np.uint8:
    return np.uint8((mixed ^ (mixed >> _TAG_SHIFT)) % _TAGS + _ONE)
