"""Reads the rows of a published CSV file by the names of its columns, whole or not at all."""

import csv
from collections.abc import Iterator, Sequence
from io import StringIO
from typing import Final

from qiyafa.lists.xml_records import refuse_other_content
from qiyafa.model.errors import InvalidInput

_HEADER_WITHIN: Final = 5
"""Rows; some lists put a line with the edition's day above the header."""


def csv_rows(file: str, data: bytes) -> list[list[str]]:
    """Return every row, empty ones too. Raises InvalidInput for what is no text, a web page, no CSV, or cut off.

    A file without a line end after its last row is taken for cut off: the last cell may be a part of what it was.
    """
    refuse_other_content(file, data)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidInput("lists.error.not_text", file=file) from error
    if not text.endswith(("\n", "\r")):
        raise InvalidInput("lists_formats.error.line_end", file=file)
    try:
        return list(csv.reader(StringIO(text, newline=""), strict=True))
    except csv.Error as error:
        raise InvalidInput("lists_formats.error.csv", file=file, reason=str(error)) from error


def csv_records(
    file: str, rows: Sequence[Sequence[str]], needed: Sequence[str]
) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield each row under the header with its number in the file, by column; cells are freed of outer spaces.

    The header is the first row that has all needed columns. Raises InvalidInput if there is none, or if a row has
    another number of cells than the header: then the file was cut off or its quotes are broken.
    """
    headers = [[name.strip() for name in row] for row in rows[:_HEADER_WITHIN]]
    place = next((place for place, names in enumerate(headers) if set(needed) <= set(names)), None)
    if place is None:
        raise InvalidInput("lists_formats.error.columns", file=file, needed=", ".join(needed))
    names = headers[place]
    for number, row in enumerate(rows[place + 1 :], start=place + 2):
        if not any(row):
            continue
        if len(row) != len(names):
            raise InvalidInput("lists_formats.error.cells", file=file, row=number, count=len(row), expected=len(names))
        yield number, {name: cell.strip() for name, cell in zip(names, row, strict=True)}
