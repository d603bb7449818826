"""Attributions as a table for people: one row for each thing that is concluded."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from qiyafa.app.attribution_argument import percent
from qiyafa.cli.terminal import Cell, Column, say, show_table
from qiyafa.record.verbal import told
from qiyafa.text import shown, text

if TYPE_CHECKING:
    from rich.console import Console

    from qiyafa.app.attribution import AttributionRow

_COLUMNS = ("id", "incident", "answer", "percent", "verbal", "standing", "author", "stated")


def show_list(screen: "Console", rows: Sequence["AttributionRow"]) -> None:
    """Print the attributions of a record, and how to read one."""
    if not rows:
        say(screen, text("attribution.list.none"))
        return
    show_rows(screen, rows)
    say(screen, text("attribution.list.show", id=rows[0].attribution.id), style="dim")


def show_rows(screen: "Console", rows: Sequence["AttributionRow"]) -> None:
    """Print attributions with what each concludes."""
    columns = [
        Column(text(f"attribution.column.{name}"), justify="right" if name == "percent" else "left")
        for name in _COLUMNS
    ]
    title = text("attribution.list.title", count=len(rows))
    show_table(screen, title, columns, [line for row in rows for line in _lines(row)])


def _lines(row: "AttributionRow") -> Iterator[Sequence[str | Cell]]:
    one = row.attribution
    first = (Cell(one.id, "bold"), one.incident)
    last = (shown(one.author), str(one.stated))
    if row.argument is None:
        yield (*first, "", "", text("attribution.list.unsound"), "", *last)
        return
    for number, finding in enumerate(row.argument.findings):
        leader = finding.leader
        yield (
            *(first if number == 0 else ("", "")),
            f"{shown(finding.subject)}: {shown(leader.hypothesis.answer)}",
            percent(told(leader.after)),
            text(f"attribution.verbal.{leader.words.name.lower()}"),
            text(f"attribution.standing.{finding.standing.value}"),
            *(last if number == 0 else ("", "")),
        )
