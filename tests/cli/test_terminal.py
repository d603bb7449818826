"""Tables in the terminal: as wide as they need to be, and harmless."""

import io

from hypothesis import given
from hypothesis import strategies as st
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from qiyafa.cli.terminal import Cell, Column, show_table

WORDS = st.text("ab\n이ي", max_size=12)


def printed(columns: list[Column], rows: list[list[str]]) -> str:
    screen = Console(file=io.StringIO(), width=20, highlight=False, markup=False, emoji=False, soft_wrap=True)
    show_table(screen, "A title", columns, rows)
    return screen.file.getvalue()  # type: ignore[attr-defined]


@given(st.lists(st.tuples(WORDS, WORDS), min_size=1, max_size=5))
def test_a_table_looks_as_rich_would_draw_it(rows: list[tuple[str, str]]) -> None:
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    table.add_column("name", no_wrap=True)
    table.add_column("이름", justify="right", no_wrap=True)
    for row in rows:
        table.add_row(*map(Text, row))
    drawn = Console(file=io.StringIO(), width=200)
    drawn.print(table)
    columns = [Column("name"), Column("이름", "right")]
    assert printed(columns, [list(row) for row in rows]) == "A title\n" + drawn.file.getvalue()  # type: ignore[attr-defined]


def test_nothing_hostile_in_a_cell_acts_and_nothing_is_cut() -> None:
    long = "0x" + "ab" * 40
    seen = printed([Column("address"), Column("name")], [[long, "a \u202e\x1b[31mname\nof two lines"]])
    assert long in seen
    assert "\u202e" not in seen
    assert "\x1b" not in seen
    assert seen.splitlines()[-1].strip() == "of two lines"


def test_styles_stand_around_what_they_are_said_of() -> None:
    screen = Console(file=io.StringIO(), width=20, force_terminal=True, color_system="standard")
    show_table(screen, "A title", [Column("address"), Column("name")], [[Cell("bad", "red"), "plain"]])
    assert "\x1b[31mbad" in screen.file.getvalue()  # type: ignore[attr-defined]
