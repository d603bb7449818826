"""The terminal: tables and lines for people, in which nothing hostile can act and no address is cut."""

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from qiyafa.text import shown

if TYPE_CHECKING:
    from rich.console import Console

_GAP = "   "
"""Between two columns."""
Justify = Literal["left", "right"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table."""

    heading: str
    justify: Justify = "left"
    style: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell with a style of its own."""

    content: str
    style: str = ""


def open_screen() -> "Console":
    """Return the console on stdout."""
    from rich.console import Console

    return Console(file=sys.stdout, highlight=False, markup=False, emoji=False, soft_wrap=True)


def say(screen: "Console", line: str, style: str | None = None) -> None:
    """Print a line that the catalogue rendered; it is never broken, so that commands in it can be copied."""
    screen.out(line, style=style, highlight=False)


def show_table(screen: "Console", title: str, columns: Sequence[Column], rows: Iterable[Sequence[str | Cell]]) -> None:
    """Print a table as wide as its content needs, whatever the terminal's width; cells may have several lines."""
    from rich.cells import cell_len

    heads = [[shown(column.heading)] for column in columns]
    body = [[cell if isinstance(cell, Cell) else Cell(cell) for cell in row] for row in rows]
    cells = [[_harmless(cell.content).split("\n") for cell in row] for row in body]
    widths = [max(cell_len(line) for row in (heads, *cells) for line in row[at]) for at in range(len(columns))]
    say(screen, title, style="bold")
    _show_row(screen, columns, widths, heads, ["bold"] * len(columns))
    say(screen, "─" * (sum(widths) + len(_GAP) * (len(columns) - 1)))
    for row, lines in zip(body, cells, strict=True):
        styles = [f"{column.style} {cell.style}".strip() for column, cell in zip(columns, row, strict=True)]
        _show_row(screen, columns, widths, lines, styles)


def _show_row(
    screen: "Console", columns: Sequence[Column], widths: Sequence[int], cells: Sequence[list[str]], styles: list[str]
) -> None:
    """Print one row, every cell filled up to the width of its column. rich's own tables take several times as long."""
    from rich.cells import cell_len
    from rich.text import Text

    for number in range(max(map(len, cells))):
        written = Text()
        for at, (column, width, lines, style) in enumerate(zip(columns, widths, cells, styles, strict=True)):
            line = lines[number] if number < len(lines) else ""
            blank = " " * (width - cell_len(line))
            filled = blank + line if column.justify == "right" else line + blank
            written.append(_GAP if at else "").append(filled, style)
        screen.print(written, no_wrap=True, crop=False, soft_wrap=True)


def _harmless(content: str) -> str:
    return "\n".join(shown(line) for line in content.split("\n"))
