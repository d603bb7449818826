"""The plainly clean lines of a CSV file as Arrow columns, without DuckDB; all other lines go into a file of their own.

Nothing is decided here about a line that is not plainly clean: it is read again, with the number of its line, by the
way that knows every spelling and names every fault. A file that holds a quote or a carriage return anywhere, a line
beyond all measure, or many lines that are not clean, is not plain at all, and is read that way from its beginning.
"""

import hashlib
from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa

from qiyafa.chains.byte_vectors import VECTOR
from qiyafa.chains.readers.source_file import writing
from qiyafa.chains.readers.tabular.csv import ByteStream, CsvTable
from qiyafa.chains.readers.tabular.fields import ADDRESS, BLOCK, HASH, INDEX, TIME, UNITS, Check, Field
from qiyafa.chains.readers.tabular.plain_kernels import (
    ADDRESS_BYTES,
    ADDRESS_DIGITS,
    AFTER,
    HASH_DIGITS,
    IGNORED,
    LINE,
    PADDING,
    START,
    AddressTable,
    Shape,
    number_addresses,
    plain_rows,
    read_numbers,
    refill_addresses,
    write_digits,
    write_hex,
)
from qiyafa.model.columns import I32, I64, U8

BLOCK_BYTES = 4 << 20
"""Bytes read at a time."""
LONGEST_LINE = 1 << 20
"""A longer line makes a file not plain."""
_FEW_OTHERS = 1000
_MOST_OTHERS = 0.125
"""If more of the lines of the first block are not clean, and not few, reading them twice costs more than it saves."""
_LINE_END = ord("\n")

_HEX_DIGITS: Final[dict[Check, int]] = {ADDRESS: ADDRESS_DIGITS, HASH: HASH_DIGITS}
_MOST_DIGITS: Final[dict[Check, int]] = {UNITS: 77, BLOCK: 15, INDEX: 9, TIME: 11}
"""Numbers of so many digits fulfil their check whatever the digits; some longer units do too, and are not plain."""


@dataclass(slots=True)
class OtherLines:
    """The lines that are not plainly clean, in a file behind a header."""

    path: Path
    columns: tuple[str, ...]
    numbers: "array[int]" = field(default_factory=lambda: array("q"))
    """The line of each in the user's file."""

    def __post_init__(self) -> None:
        with writing(self.path.parent):
            self.path.write_bytes(b",".join(b"c" for _ in self.columns) + b"\n")

    def add(self, block: bytearray, told: I32, first_line: int) -> bool:
        """Add lines of a block that begins with line `first_line`; return False if one of them is not plain."""
        lines = [bytes(block[start:after]) for start, after in told[:, [START, AFTER]].tolist()]
        if any(len(line) > LONGEST_LINE or b'"' in line or b"\r" in line for line in lines):
            return False
        self.numbers.extend((told[:, LINE] + np.int64(first_line)).tolist())
        if lines:
            with writing(self.path.parent), self.path.open("ab") as file:
                file.writelines(lines)
        return True

    def table(self) -> CsvTable:
        """Return these lines as a table."""
        return CsvTable(self.path, self.columns, has_rows=bool(self.numbers))


@dataclass(frozen=True, slots=True)
class PlainRows:
    """The plainly clean lines of one block, one row a line; to be used before the next block is read."""

    data: U8
    places: dict[str, int]
    """The row of `starts` and `sizes` for each field that the file has."""
    starts: I32
    """Where each value begins: one row a field, one column a line."""
    sizes: I32
    """Its length, 0 where there is no value."""

    def __len__(self) -> int:
        return int(self.starts.shape[1])

    def hexes(self, name: str) -> pa.Array:
        """Return a column of hashes or addresses, none of them empty, as text."""
        starts = self.starts[self.places[name]]
        size = int(self.sizes[self.places[name], 0]) if len(self) else 0
        texts = _room(len(self) * size + VECTOR)
        write_hex(self.data, starts, size - 2, texts)
        return _texts(np.arange(len(self) + 1, dtype=np.int32) * np.int32(size), texts)

    def digits(self, name: str) -> pa.Array:
        """Return a column of whole numbers, none of them empty, as text."""
        starts, sizes = self.starts[self.places[name]], self.sizes[self.places[name]]
        ends = np.zeros(len(self) + 1, np.int32)
        texts = _room(int(sizes.sum(dtype=np.int64)) + VECTOR)
        write_digits(self.data, starts, sizes, ends[1:], texts)
        return _texts(ends, texts)

    def numbers(self, name: str, type_: pa.DataType) -> pa.Array:
        """Return a column of whole numbers that fit the type, null where there is none."""
        if name not in self.places:
            return pa.nulls(len(self), type_)
        starts, sizes = self.starts[self.places[name]], self.sizes[self.places[name]]
        numbers: I64 = np.empty(len(self), np.int64)
        empty = read_numbers(self.data, starts, sizes, numbers)
        return pa.array(numbers, pa.int64(), mask=sizes == 0 if empty else None).cast(type_)

    def constant(self, text: str) -> pa.DictionaryArray:
        """Return a column that says the same in every row."""
        return pa.DictionaryArray.from_arrays(np.zeros(len(self), np.int8), pa.array([text]))


class AddressBook:
    """Numbers addresses, at most 51 million, in the order in which they first appear, across columns and blocks."""

    def __init__(self) -> None:
        self._count = 0
        self._table = AddressTable(np.zeros(1, np.uint32), np.empty((0, 3), np.uint64), np.empty(VECTOR, np.uint8))

    def numbers(self, rows: PlainRows, name: str) -> pa.Array:
        """Return the numbers of a column of addresses, none of them empty."""
        numbers: I32 = np.empty(len(rows), np.int32)
        self._make_room(self._count + len(rows))
        starts = rows.starts[rows.places[name]]
        self._count = number_addresses(rows.data, starts, self._table, self._count, numbers)
        return pa.array(numbers)

    def texts(self) -> pa.Array:
        """Return all addresses so far, in lower case, in the order of their numbers."""
        return _texts(np.arange(self._count + 1, dtype=np.int32) * np.int32(ADDRESS_BYTES), self._table.texts)

    def _make_room(self, most: int) -> None:
        old = self._table
        if most <= len(old.keys):
            return
        room = max(most, 2 * len(old.keys))
        grown = AddressTable(
            slots=np.zeros(1 << (2 * room).bit_length(), np.uint32),
            keys=np.empty((room, 3), np.uint64),
            texts=np.empty(room * ADDRESS_BYTES + VECTOR, np.uint8),
        )
        grown.keys[: self._count] = old.keys[: self._count]
        grown.texts[: self._count * ADDRESS_BYTES] = old.texts[: self._count * ADDRESS_BYTES]
        refill_addresses(grown, self._count)
        self._table = grown


class PlainCsv:
    """Reads the plainly clean lines of one file."""

    def __init__(self, table: CsvTable, fields: tuple[Field, ...], found: dict[str, str], others: OtherLines) -> None:
        present = [field for field in fields if field.name in found]
        self._path = table.path
        self._has_rows = table.has_rows
        self._places = {field.name: place for place, field in enumerate(present)}
        self._shape = _shape(table, present, found)
        self.others = others
        self._hash_is_whole = False
        self.is_plain = True
        """Whether the file has been plain so far; if not, the rows that came are to be forgotten."""
        self.bytes_read = 0
        """Bytes of the file of which was told."""
        self._hash = hashlib.sha256()

    @property
    def sha256(self) -> str | None:
        """The SHA-256 of the file in hexadecimal once all its rows are read; None if those were not its own bytes."""
        return self._hash.hexdigest() if self._hash_is_whole else None

    def rows(self, told: Callable[[int], None]) -> Iterator[PlainRows]:
        """Yield the rows block by block, and stop where the file turns out not to be plain.

        `told` hears how many bytes were read. Raises InvalidInput if the packing of the file is damaged.
        """

        def heard(read: int) -> None:
            self.bytes_read += read
            told(read)

        line = 1
        for block, size in self._blocks(heard) if self._has_rows else ():
            begin = _header_size(block, size) if line == 1 else 0
            self.is_plain = size > 0 and (begin > 0 or line > 1)
            if not self.is_plain:
                return
            first_line = max(line, 2)
            rows, others, lines = self._found(block, begin, size)
            too_many = line == 1 and len(others) > max(_FEW_OTHERS, _MOST_OTHERS * lines)
            self.is_plain = not too_many and self.others.add(block, others, first_line)
            if not self.is_plain:
                return
            yield rows
            line = first_line + lines

    def _blocks(self, told: Callable[[int], None]) -> Iterator[tuple[bytearray, int]]:
        """Yield blocks of whole lines, one after another in the same room, and their size, 0 if a line is too long."""
        stream = ByteStream(self._path, told)
        block = bytearray(BLOCK_BYTES + PADDING)
        room, used = memoryview(block), 0
        try:
            while read := stream.read_into(room[used:BLOCK_BYTES]):
                if not stream.is_packed:
                    self._hash.update(room[used : used + read])
                used += read
                if used == BLOCK_BYTES:
                    size = block.rfind(b"\n", 0, used) + 1
                    yield block, size
                    used -= size
                    room[:used] = room[size : size + used]
        finally:
            stream.close()
        self._hash_is_whole = not stream.is_packed
        if used:
            is_whole = block[used - 1] == _LINE_END
            block[used] = _LINE_END
            yield block, used + (not is_whole)

    def _found(self, block: bytearray, begin: int, size: int) -> tuple[PlainRows, I32, int]:
        """Return the plain rows between two bytes of a block, where its other lines stand, and its count of lines."""
        data = np.frombuffer(block, np.uint8)
        room = int(np.count_nonzero(data[begin:size] == _LINE_END))
        fields = len(self._places)
        starts, sizes = (_room(4 * fields * room).view(np.int32).reshape(fields, room) for _ in range(2))
        told: I32 = np.empty((room, 3), np.int32)
        rows, others, lines = plain_rows(data, begin, size, self._shape, starts, sizes, told)
        return PlainRows(data, self._places, starts[:, :rows], sizes[:, :rows]), told[:others], lines


def _shape(table: CsvTable, fields: list[Field], found: dict[str, str]) -> Shape:
    columns = np.full(len(table.columns), IGNORED, np.int64)
    for place, one in enumerate(fields):
        columns[table.columns.index(found[one.name])] = place
    return Shape(
        fields=columns,
        hex_digits=np.array([_HEX_DIGITS.get(one.check, 0) for one in fields]),
        most_digits=np.array([_MOST_DIGITS.get(one.check, 0) for one in fields]),
        may_be_empty=np.array([one.may_be_empty for one in fields], np.uint8),
    )


def _header_size(block: bytearray, size: int) -> int:
    """Return the length of the header and its line end, 0 if there is more to it than names."""
    header = block[: block.find(b"\n", 0, size) + 1]
    return 0 if b'"' in header or b"\r" in header else len(header)


def _room(size: int) -> U8:
    """Return so many bytes of Arrow's memory, which it takes back and gives again without asking the machine."""
    return np.frombuffer(pa.allocate_buffer(size), np.uint8)


def _texts(ends: I32, texts: U8) -> pa.Array:
    return pa.Array.from_buffers(pa.string(), len(ends) - 1, [None, pa.py_buffer(ends), pa.py_buffer(texts)])
