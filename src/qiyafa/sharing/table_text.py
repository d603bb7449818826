"""Tables of text in and out: any usual delimiter, hostile rows one by one, and cells that no spreadsheet executes."""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

from qiyafa.model.errors import InvalidInput

_DELIMITERS: Final = (",", ";", "\t", "|")
_EXECUTED: Final = re.compile(r"'*[=+\-@\t\r\n]")
"""What a spreadsheet may take for a formula (OWASP ASVS 1.2.10), behind any number of our own quotes."""

MOST_TABLE_BYTES: Final = 1 << 30
"""A larger table is refused."""
_LONGEST_HEADER: Final = 1 << 14

TableRow = tuple[int, dict[str, str] | None]


def read_table(content: bytes, source: str) -> Iterator[TableRow]:
    """Yield each row by the names of the first one, with its line; None for a row that is no row of this table.

    Raises InvalidInput for what is no UTF-8 and for an empty or repeated name of a column.
    """
    # Decoded piece by piece: a large table would otherwise stand in memory three times.
    text = io.TextIOWrapper(io.BytesIO(content), encoding="utf-8-sig", newline="")
    rows = csv.reader(text, delimiter=_delimiter(content))
    try:
        names = [name.strip() for name in next(rows, [])]
        if not all(names) or len(set(names)) < len(names) or not names:
            raise InvalidInput("labels.csv.header", file=source)
        yield from _rows(rows, names)
    except UnicodeDecodeError as error:
        raise InvalidInput("labels.error.not_utf8", file=source) from error
    except csv.Error as error:
        raise InvalidInput("labels.csv.header", file=source) from error


def column_names(content: bytes) -> frozenset[str]:
    """Return the names of a table's columns, none if the first line is no such line."""
    names = _first_line(content).strip().split(_delimiter(content))
    return frozenset(name.strip().strip('"') for name in names)


def _first_line(content: bytes) -> str:
    return content[:_LONGEST_HEADER].partition(b"\n")[0].decode("utf-8-sig", errors="replace")


def _delimiter(content: bytes) -> str:
    """Return the delimiter that stands most often in the first line."""
    return max(_DELIMITERS, key=_first_line(content).count)


def _rows(rows: Any, names: list[str]) -> Iterator[TableRow]:
    while True:
        line = rows.line_num + 1
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error:
            yield line, None
            continue
        if row:
            yield line, dict(zip(names, map(unquoted, row), strict=True)) if len(row) == len(names) else None


def write_table(names: Iterable[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    """Yield the lines of a table whose cells are harmless in spreadsheets and come back as they were."""
    line = io.StringIO()
    # With RFC 4180's line ends every cell that holds one of their characters is quoted.
    writer = csv.writer(line, lineterminator="\r\n")
    writer.writerow(names)
    yield line.getvalue()
    for row in rows:
        line.seek(0)
        line.truncate()
        writer.writerow([harmless(cell) for cell in row])
        yield line.getvalue()


def harmless(cell: str) -> str:
    """Return a cell behind a single quote if a spreadsheet might execute it."""
    return f"'{cell}" if _EXECUTED.match(cell) else cell


def unquoted(cell: str) -> str:
    """Return what `harmless` made harmless."""
    return cell[1:] if cell.startswith("'") and _EXECUTED.match(cell) else cell
