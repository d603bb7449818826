"""CSV as Arrow tables of text with the line of each row: streamed, gzip too, hostile bytes included.

A table of ethereum-etl has one row on one line. A quoted value that runs over lines is therefore refused: it
is nearly always a quote that was left open, and would swallow the rows behind it without a word.
"""

import csv
import io
import re
from array import array
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv
from numpy.typing import NDArray

from qiyafa.chains.readers.reading import KEPT_PROBLEMS
from qiyafa.chains.readers.source_file import GZIP_MAGIC, first_bytes, reading
from qiyafa.model.errors import InvalidInput

LINE_COLUMN = "line of the row"
"""Stands beside the columns of the file; the header is line 1."""

_BLOCK_BYTES = 16 << 20
"""Bytes parsed at a time, and the longest line: the input of a transaction may have a few million digits."""
_BLOCKS_TOGETHER = 4
"""So many blocks become one table, which DuckDB checks with all threads."""
_HEADER_BYTES = 1 << 20
_LINE_END = re.compile(r"\r\n|\n|\r")
_BYTE_ORDER_MARK = "\ufeff"


@dataclass(frozen=True, slots=True)
class CsvTable:
    """A CSV file whose header could be read."""

    path: Path
    columns: tuple[str, ...]
    """As the file spells them."""
    has_rows: bool
    """Whether anything stands behind the header."""


@dataclass(slots=True)
class OddLines:
    """Lines with more or fewer values than the header has columns."""

    lines: "array[int]" = field(default_factory=lambda: array("q"))
    kept: list[tuple[int, int]] = field(default_factory=list)
    """The first of them: line, and how many values it has."""

    def __call__(self, row: pyarrow.csv.InvalidRow) -> str:
        """Take an odd line from the parser."""
        self.lines.append(row.number)
        if len(self.kept) < KEPT_PROBLEMS:
            self.kept.append((row.number, row.actual_columns))
        return "skip"

    def lines_of(self, first: int, count: int) -> NDArray[np.int64]:
        """Return the lines of `count` good rows, the first of which is good row number `first`, counted from 0."""
        rows = np.arange(first, first + count, dtype=np.int64)
        odd = np.array(self.lines, dtype=np.int64)
        # Odd line j stands before every good row from number `odd[j] - 2 - j` on; the first row is line 2.
        return rows + 2 + np.searchsorted(odd - 2 - np.arange(len(odd)), rows, side="right")


def open_csv(path: Path) -> CsvTable:
    """Read the header of a CSV file. Raises InvalidInput if it cannot be one."""
    stream = ByteStream(path, lambda _: None)
    try:
        head = stream.read(_HEADER_BYTES)
    finally:
        stream.close()
    text = head.decode("utf-8", errors="replace").removeprefix(_BYTE_ORDER_MARK)
    header, *rest = _LINE_END.split(text, maxsplit=1)
    try:
        columns = next(csv.reader(io.StringIO(header)), [])
    except csv.Error:
        columns = []
    if not any(column.strip() for column in columns):
        raise InvalidInput("chains.error.csv_header", file=str(path))
    return CsvTable(path, tuple(columns), has_rows=bool(rest and rest[0]))


def csv_tables(table: CsvTable, wanted: list[str], odd: OddLines, told: Callable[[int], None]) -> Iterator[pa.Table]:
    """Yield the wanted columns as text, with LINE_COLUMN; a blank line is a row of empty texts.

    There is at least one table, perhaps without rows. `told` hears how many bytes were read. Raises InvalidInput if
    the file turns out to be damaged.
    """
    schema = pa.schema([*((name, pa.string()) for name in wanted), (LINE_COLUMN, pa.int64())])
    stream = ByteStream(table.path, told)
    rows = 0
    try:
        for batches in _together(_parsed(table, wanted, odd, stream) if table.has_rows else iter(())):
            columns = [_texts(batches.column(index)) for index in range(len(wanted))]
            lines = pa.array(odd.lines_of(rows, batches.num_rows))
            rows += batches.num_rows
            yield pa.table([*columns, lines], schema=schema)
        if not rows:
            yield schema.empty_table()
    except pa.ArrowException as error:
        raise InvalidInput("chains.error.csv_damaged", file=str(table.path), reason=_short(error)) from error
    finally:
        stream.close()
    # The header is a line too.
    if 1 + rows + len(odd.lines) < stream.lines:
        raise InvalidInput("chains.error.csv_open_quote", file=str(table.path))


def _parsed(table: CsvTable, wanted: list[str], odd: OddLines, stream: "ByteStream") -> Iterator[pa.RecordBatch]:
    # Columns are called by number, since a header may name two alike.
    numbers = [str(table.columns.index(name)) for name in wanted]
    reader = pa.csv.open_csv(
        pa.PythonFile(stream, mode="r"),
        read_options=pa.csv.ReadOptions(
            use_threads=False,
            block_size=_BLOCK_BYTES,
            skip_rows=1,
            column_names=[str(number) for number in range(len(table.columns))],
        ),
        parse_options=pa.csv.ParseOptions(newlines_in_values=True, ignore_empty_lines=False, invalid_row_handler=odd),
        convert_options=pa.csv.ConvertOptions(
            column_types=dict.fromkeys(numbers, pa.binary()), include_columns=numbers, strings_can_be_null=False
        ),
    )
    with reader:
        yield from reader


def _together(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.Table]:
    waiting: list[pa.RecordBatch] = []
    for batch in batches:
        waiting.append(batch)
        if len(waiting) == _BLOCKS_TOGETHER:
            yield pa.Table.from_batches(waiting)
            waiting = []
    if waiting:
        yield pa.Table.from_batches(waiting)


def _texts(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Bytes as text; bytes that are not UTF-8 become replacement characters, which no check accepts."""
    try:
        return column.cast(pa.string())
    except pa.ArrowInvalid:
        return pa.chunked_array([[value.as_py().decode("utf-8", errors="replace") for value in column]], pa.string())


class ByteStream:
    """The bytes of a file, unpacked if it is gzip, with its line ends counted on the way."""

    closed = False

    def __init__(self, path: Path, told: Callable[[int], None]) -> None:
        self._path = path
        self._told = told
        self._line_ends = 0
        self._last = b""
        self.is_packed = first_bytes(path, 2) == GZIP_MAGIC
        with reading(path):
            self._file = pa.OSFile(str(path))
        self._bytes = pa.CompressedInputStream(self._file, "gzip") if self.is_packed else self._file

    @property
    def lines(self) -> int:
        """How many lines have been read; the last need not end."""
        return self._line_ends + (self._last not in {b"", b"\n"})

    def read(self, size: int = -1) -> bytes:
        """Read at most so many bytes. Raises InvalidInput if the packing is damaged."""
        with self._reading():
            read: bytes = self._bytes.read(size if size >= 0 else None)
        self._line_ends += read.count(b"\n")
        self._last = read[-1:] or self._last
        return read

    def read_into(self, room: memoryview) -> int:
        """Read at most as many bytes as there is room for, without counting lines, and return how many."""
        with self._reading():
            return int(self._bytes.readinto(room))

    @contextmanager
    def _reading(self) -> Iterator[None]:
        before = self._file.tell()
        try:
            yield
        except OSError as error:
            if error.errno is None:
                raise InvalidInput("chains.error.gzip_damaged", file=str(self._path)) from error
            raise
        self._told(self._file.tell() - before)

    def close(self) -> None:
        """Close the file."""
        self.closed = True
        self._bytes.close()
        self._file.close()


def _short(error: Exception) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__
