"""Section: when it happened. Where the stolen units were over time, as a chart and as a table."""

from collections.abc import Sequence
from itertools import pairwise

from qiyafa.report import dates
from qiyafa.report.denomination import Denomination
from qiyafa.report.markup import Markup, el, joined, say
from qiyafa.report.tables import Column, table
from qiyafa.report.timeline import Step, steps, thinned, without_tail
from qiyafa.report.timeline_chart import PLACES, draw
from qiyafa.report.view import View, hidden_part
from qiyafa.text import text

TABLE_ROWS = 40


def timeline_section(view: View) -> Markup:
    """Render the timeline of every charted asset."""
    return joined(_asset_timeline(view, unit, at) for at, unit in enumerate(view.charted()))


def _asset_timeline(view: View, unit: Denomination, at: int) -> Markup:
    series = steps(unit.asset, view.content.flows.moments)
    if len(series) < 2:
        return el("p", say("report.timeline.none", symbol=unit.symbol))
    drawn = without_tail(series)
    title = text("report.timeline.title", symbol=unit.symbol)
    description = text(
        "report.timeline.description", first=dates.moment_of(series[0].time), last=dates.moment_of(series[-1].time)
    )
    return el(
        "figure",
        el("h3", title) if len(view.charted()) > 1 else None,
        draw(thinned(drawn), unit, f"timeline-{at}", title, description),
        el("figcaption", _legend(), _notes(unit, series, drawn)),
        hidden_part(
            say("report.timeline.table"), _table(unit, [*thinned(drawn, TABLE_ROWS), *series[len(drawn) :][-1:]])
        ),
    )


def _legend() -> Markup:
    keys = (
        el("li", el("span", class_=f"swatch {place}", aria_hidden="true"), say(f"report.timeline.place.{place}"))
        for place in PLACES[::-1]
    )
    return el("ul", keys, class_="legend")


def _notes(unit: Denomination, series: Sequence[Step], drawn: Sequence[Step]) -> Markup:
    notes = [say("report.timeline.read")]
    if len(drawn) < len(series):
        tail = series[len(drawn) - 1 :]
        moved = sum(now.came(then) for then, now in pairwise(tail))
        until, last = dates.moment_of(drawn[-1].time), dates.moment_of(series[-1].time)
        notes.append(say("report.timeline.tail", until=until, last=last, units=unit.marked(moved)))
    return el("p", (joined(note, " ") for note in notes))


def _table(unit: Denomination, series: Sequence[Step]) -> Markup:
    columns = [Column("report.head.until")] + [
        Column(f"report.timeline.place.{place}", number=True) for place in PLACES[::-1]
    ]
    columns.append(Column("report.head.stolen", number=True))
    rows = [
        [
            dates.moment_of(step.time),
            *(unit.both(getattr(step, place)) for place in PLACES[::-1]),
            unit.both(step.total()),
        ]
        for step in series
    ]
    return table(say("report.timeline.caption", count=len(rows)), columns, rows)
