"""The sources' figures as bars: in the terminal, and as an SVG file."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Final

from qiyafa.app.files import written_aside
from qiyafa.app.stats import Answer
from qiyafa.app.stats_words import dollars, short, short_said
from qiyafa.cli.terminal import say
from qiyafa.model.claim import Bound
from qiyafa.record.quantities import size
from qiyafa.record.yearly import SourceRow
from qiyafa.text import shown, text

if TYPE_CHECKING:
    from rich.console import Console

    from qiyafa.report.bar_chart import BarGroup

_LONGEST_BAR: Final = 48
_NAME: Final = 30
_OPEN: Final = frozenset({Bound.AT_LEAST, Bound.MORE_THAN})
_FULL, _HOLLOW, _OWN, _MORE = "█", "░", "▓", "▶"


def show_chart(screen: "Console", answer: Answer) -> None:
    """Print the figures of whole years as bars, those that a newer edition replaces hollow."""
    groups = bar_groups(answer)
    most = max((bar.value for group in groups for bar in group.bars), default=Decimal(0))
    for group in groups:
        say(screen, group.name, style="bold")
        for bar in group.bars:
            mark = {"said": _FULL, "replaced": _HOLLOW, "own": _OWN}[bar.kind]
            length = max(1, round(bar.value / most * _LONGEST_BAR)) if most else 1
            end = _MORE if bar.is_open else ""
            name = shown(bar.name)
            say(screen, f"  {name[:_NAME]:<{_NAME}} {mark * length}{end} {bar.words}")


def write_chart(answer: Answer, actor: str, path: Path) -> None:
    """Write the figures of whole years as an SVG file, whole or not at all."""
    from qiyafa.report.bar_chart import draw_bars, scale_of

    groups = bar_groups(answer)
    scale = [(at, short(at)) for at in scale_of(groups)]
    drawn = draw_bars(groups, text("stats.chart.title", actor=actor), text("stats.chart.description"), scale)
    with written_aside(path) as file:
        file.write(drawn)


def bar_groups(answer: Answer) -> list["BarGroup"]:
    """Return the figures of whole years, year by year, the registry's own last."""
    from qiyafa.report.bar_chart import Bar, BarGroup

    own = {row.row.group: row for row in answer.own}
    groups = []
    for year in sorted(answer.every):
        bars = [
            Bar(_name(row), _value(row), _words(row), "replaced" if row.superseded_by else "said", _is_open(row))
            for row in _rows_of(answer, year)
        ]
        if str(year) in own:
            value = dollars(own[str(year)].row.total)
            bars.append(Bar(text("stats.cli.own_source"), value, short(value), "own"))
        groups.append(BarGroup(str(year), bars))
    return groups


def _rows_of(answer: Answer, year: int) -> Iterator[SourceRow]:
    for row in answer.said:
        if row.amount is not None and row.period.is_whole_year and row.period.year == year:
            yield row


def _name(row: SourceRow) -> str:
    said = row.said
    return f"{said.claimant or said.publisher} {said.edition}".strip()


def _value(row: SourceRow) -> Decimal:
    assert row.amount is not None, "only rows with an amount are drawn"
    return size(row.amount)


def _is_open(row: SourceRow) -> bool:
    return row.amount is not None and row.amount.bound in _OPEN


def _words(row: SourceRow) -> str:
    assert row.amount is not None, "only rows with an amount are drawn"
    return short_said(row.amount)
