"""The rows of a CSV file line by line: a quoted value may run over a few lines, an open quote costs one row.

Names of tokens are hostile text and may hold line breaks. A quote that is never closed must not swallow the rows
behind it, so after so many lines its first line alone is given up.
"""

import csv
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from qiyafa.chains.readers.source_file import reading
from qiyafa.model.errors import InvalidInput

_LONGEST_LINE = 1 << 20
"""Bytes; no row of a list of transfers comes near."""
_MOST_LINES = 8
"""A row runs over so many lines at most."""


@dataclass(frozen=True, slots=True)
class CsvRow:
    """One row of a file."""

    line: int
    """Where it begins; the header is line 1."""
    values: tuple[str, ...]
    """Empty where the line could not be read as CSV."""


def csv_rows(path: Path, told: Callable[[bytes], None]) -> Iterator[CsvRow]:
    """Yield every row that is not blank, the header first; `told` hears the bytes as they are read.

    Raises InvalidInput if a line is longer than any row can be, NotFound or Unavailable if the file cannot be read.
    """
    waiting: deque[str] = deque()
    line = 1
    lines = _lines(path, told)
    while True:
        if not waiting and (first := next(lines, None)) is not None:
            waiting.append(first)
        if not waiting:
            return
        values, taken = _first_row(waiting, lines)
        for _ in range(taken):
            waiting.popleft()
        if values is None or any(values):
            yield CsvRow(line, tuple(values or ()))
        line += taken


def _first_row(waiting: deque[str], lines: Iterator[str]) -> tuple[list[str] | None, int]:
    """Return the values of the row that begins `waiting`, or None if it has none, and how many lines it takes."""
    tried: list[str] = []
    while len(tried) < _MOST_LINES:
        if len(tried) == len(waiting):
            following = next(lines, None) if tried else None
            if following is None:
                break
            waiting.append(following)
        tried.append(waiting[len(tried)])
        try:
            return next(csv.reader(tried, strict=True), []), len(tried)
        except csv.Error as error:
            if "unexpected end of data" not in str(error):
                break
    return None, 1


def _lines(path: Path, told: Callable[[bytes], None]) -> Iterator[str]:
    with reading(path), path.open("rb") as file:
        while line := file.readline(_LONGEST_LINE):
            if len(line) == _LONGEST_LINE:
                raise InvalidInput("tron.error.long_line", file=str(path), longest=_LONGEST_LINE)
            told(line)
            yield line.decode("utf-8", errors="replace")
