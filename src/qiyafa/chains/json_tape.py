"""A strictly read JSON text: where each value stands in its bytes. Nothing is decoded before it is asked for."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np

from qiyafa.chains.json_scan import (
    AFTER,
    ARRAY,
    COLUMNS,
    END,
    KIND,
    MOST_BYTES,
    NAME_END,
    NAME_START,
    NULL,
    OBJECT,
    PADDING,
    START,
    Fault,
    elements,
    hash_of,
    members,
    scan,
)
from qiyafa.model.columns import I32, I64, U8

ABSENT: Final = -1
"""The entry of a member that an object does not have."""

_BYTES_AN_ENTRY = 24
"""A node's answers have an entry for every 40 bytes; a text with more of them is read twice."""


class NotJsonError(Exception):
    """A text that is refused: what is wrong, and the byte where it shows."""

    def __init__(self, fault: Fault, byte: int) -> None:
        self.fault = fault
        self.byte = byte
        super().__init__(f"{fault.name} at byte {byte}")


@dataclass(frozen=True, slots=True)
class Tape:
    """A text and the marks of its values; entry 0 is the whole."""

    data: U8
    """The bytes, and padding."""
    marks: I32
    """One row an entry; `json_scan` names the columns."""

    @property
    def kinds(self) -> I32:
        """The kind of each entry: OBJECT, ARRAY, STRING, NUMBER, TRUE, FALSE or NULL."""
        return self.marks[:, KIND]

    @property
    def starts(self) -> I32:
        """The first byte of each entry; of strings the first after the quote."""
        return self.marks[:, START]

    @property
    def ends(self) -> I32:
        """The byte behind each entry; of strings the closing quote."""
        return self.marks[:, END]

    @property
    def afters(self) -> I32:
        """The entry after each value and all it holds."""
        return self.marks[:, AFTER]

    def kind(self, entry: int) -> int:
        """Return the kind of an entry."""
        return int(self.marks[entry, KIND])

    def is_null(self, entry: int) -> bool:
        """Say whether a value is missing or null."""
        return entry == ABSENT or self.kind(entry) == NULL

    def raw(self, entry: int) -> bytes:
        """Return the bytes of a value; of a string what stands between the quotes, escapes not decoded."""
        return self.data[self.marks[entry, START] : self.marks[entry, END]].tobytes()

    def text(self, entry: int) -> str:
        """Return the bytes of a value as text; what is no UTF-8 becomes visible escapes."""
        return _shown(self.raw(entry))

    def elements(self, entry: int) -> I64:
        """Return the entries of an array's elements; none for what is no array."""
        if entry == ABSENT or self.kind(entry) != ARRAY:
            return np.empty(0, np.int64)
        found = np.empty(int(self.marks[entry, AFTER]) - entry - 1, np.int64)
        return found[: elements(self.marks, entry, found)]

    def members(self, holders: I64, names: tuple[str, ...]) -> I64:
        """Return, one row an object and one column a name, the entry of the value, or ABSENT.

        What is no object has no members.
        """
        found = np.empty((len(names), len(holders)), np.int64)
        members(self.marks, holders.astype(np.int64, copy=False), _hashes(names), found)
        return found.T  # So that each column stands in one piece.

    def member(self, holder: int, name: str) -> int:
        """Return the entry of one member of one object, or ABSENT."""
        return int(self.members(np.array([holder]), (name,))[0, 0])

    def items(self, holder: int) -> Iterator[tuple[str, int]]:
        """Yield the names and entries of an object's members."""
        entry = holder + 1
        while self.kind(holder) == OBJECT and entry < self.marks[holder, AFTER]:
            name = self.data[self.marks[entry, NAME_START] : self.marks[entry, NAME_END]]
            yield _shown(name.tobytes()), entry
            entry = int(self.marks[entry, AFTER])


def read_tape(text: bytes) -> Tape:
    """Read a text. Raises NotJsonError if it is not strict JSON."""
    if len(text) > MOST_BYTES:
        raise NotJsonError(Fault.TOO_LONG, MOST_BYTES)
    data = np.frombuffer(text + PADDING, np.uint8)
    room = len(text) // _BYTES_AN_ENTRY + 64
    while True:
        marks = np.empty((room, COLUMNS), np.int32)
        used, fault, byte = scan(data, len(text), marks)
        if fault == Fault.NONE:
            return Tape(data, marks[:used])
        if fault != Fault.FULL:
            raise NotJsonError(Fault(fault), min(byte, len(text)))
        room = len(text) + 64


def _shown(text: bytes) -> str:
    return text.decode("utf-8", errors="backslashreplace")


@dataclass(frozen=True, slots=True)
class Value:
    """One value of a read text."""

    tape: Tape
    entry: int


def together(values: Sequence[Value]) -> tuple[Tape, list[int]]:
    """Return values as entries of one text; values that come from several texts are joined into a new one."""
    if len({id(value.tape) for value in values}) == 1:
        return values[0].tape, [value.entry for value in values]
    tape = read_tape(b"[" + b",".join(_whole(value) for value in values) + b"]")
    return tape, tape.elements(0).tolist()


def _whole(value: Value) -> bytes:
    raw = value.tape.raw(value.entry)
    return raw if value.tape.kind(value.entry) in (OBJECT, ARRAY, NULL) else b'"' + raw + b'"'


@cache
def _hashes(names: tuple[str, ...]) -> I32:
    encoded = [np.frombuffer(name.encode("ascii") + PADDING, np.uint8) for name in names]
    return np.array([hash_of(name, 0, len(name) - len(PADDING)) for name in encoded], np.int32)
