"""The terminal: tables and lines for people, in which nothing hostile can act and no address is cut."""

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from qiyafa.text import shown

if TYPE_CHECKING:
    from rich.console import Console

_UNBOUNDED = 10_000
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
    from rich import box
    from rich.measure import Measurement
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for column in columns:
        table.add_column(Text(column.heading), justify=column.justify, style=column.style, no_wrap=True)
    for row in rows:
        cells = [cell if isinstance(cell, Cell) else Cell(cell) for cell in row]
        table.add_row(*(Text(_harmless(cell.content), style=cell.style) for cell in cells))
    say(screen, title, style="bold")
    needed = Measurement.get(screen, screen.options.update(max_width=_UNBOUNDED), table).maximum
    before, screen.width = screen.width, max(screen.width, needed)
    screen.print(table)
    screen.width = before


def _harmless(content: str) -> str:
    return "\n".join(shown(line) for line in content.split("\n"))
