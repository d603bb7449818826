"""A timeline of incidents in the terminal: a line each, with a letter for each thing that became known of it."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Final

from qiyafa.cli.incidents_words import theft_words, when
from qiyafa.cli.terminal import Cell, Column, say, show_table
from qiyafa.model.incident import DateKind
from qiyafa.text import shown, text

if TYPE_CHECKING:
    from rich.console import Console

    from qiyafa.app.incident_timeline import TimelineRow

_WIDTH: Final = 60
_EMPTY, _LINE = " ", "─"
LETTERS: Final = {
    DateKind.THEFT: "T",
    DateKind.DISCLOSURE: "D",
    DateKind.ACCUSATION: "A",
    DateKind.CONFIRMATION: "C",
}
"""In this order the earlier one covers the later one where both fall on one place."""


def show_timeline(screen: "Console", rows: Sequence["TimelineRow"]) -> None:
    """Print the timeline of some incidents."""
    if not rows:
        say(screen, text("incidents.list.none"))
        return
    first, last = _years(rows)
    later = [kind for kind in DateKind if kind is not DateKind.THEFT]
    columns = [
        Column(text("incidents.column.theft")),
        Column(text("incidents.column.title")),
        Column(axis(first, last), style="cyan"),
        *(Column(text(f"incidents.date.{kind.value}"), "right") for kind in later),
    ]
    cells: Iterable[Sequence[str | Cell]] = (
        (
            theft_words(row.incident),
            Cell(shown(row.incident.title), "bold"),
            strip(row, first, last),
            *(_after(row, kind) for kind in later),
        )
        for row in rows
    )
    show_table(screen, text("incidents.timeline.title", count=len(rows)), columns, cells)
    say(screen, text("incidents.timeline.letters"), style="dim")


def strip(row: "TimelineRow", first: int, last: int) -> str:
    """Return the moments of one incident as letters on a line from the beginning of one year to the end of another."""
    places = {one.kind: _place(one.day, first, last) for one in row.milestones if one.day is not None}
    drawn = [_EMPTY] * _WIDTH
    for place in range(min(places.values()), max(places.values()) + 1):
        drawn[place] = _LINE
    for kind in reversed(LETTERS):
        if kind in places:
            drawn[places[kind]] = LETTERS[kind]
    return "".join(drawn)


def axis(first: int, last: int) -> str:
    """Return the years above such lines, each where it begins, as far as there is room."""
    drawn = [_EMPTY] * _WIDTH
    free = 0
    for year in range(first, last + 1):
        place = _place(date(year, 1, 1), first, last)
        written = str(year)
        if place >= free and place + len(written) <= _WIDTH:
            drawn[place : place + len(written)] = written
            free = place + len(written) + 1
    return "".join(drawn)


def _place(day: date, first: int, last: int) -> int:
    begin = date(first, 1, 1)
    return (day - begin).days * _WIDTH // ((date(last, 12, 31) - begin).days + 1)


def _years(rows: Sequence["TimelineRow"]) -> tuple[int, int]:
    years = [one.day.year for row in rows for one in row.milestones if one.day is not None]
    return min(years), max(years)


def _after(row: "TimelineRow", kind: DateKind) -> str:
    """Return how long after the theft a moment came, else when it was."""
    days = row.days_until(kind)
    if days is not None:
        return text("incidents.timeline.days", days=f"{days:,}")
    one = row.milestone(kind)
    return "" if one is None else when(one.period)
