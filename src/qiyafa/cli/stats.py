"""`qiyafa stats`: how much was stolen, in how many thefts, according to whom, and why they differ."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from qiyafa.cli.json_text import json_text
from qiyafa.cli.options import AsJson, HomeFolder, RecordUrl, read_moment
from qiyafa.model.errors import InvalidInput
from qiyafa.text import text

if TYPE_CHECKING:
    from qiyafa.app.stats import Answer

app = typer.Typer(help=text("stats.cli.help"), epilog=text("stats.cli.examples"), no_args_is_help=True)

_DPRK = "dprk"

By = Annotated[str, typer.Option("--by", metavar="DIMENSION", help=text("stats.cli.by"))]
Compare = Annotated[bool, typer.Option("--compare", help=text("stats.cli.compare"))]
Rows = Annotated[bool, typer.Option("--rows", help=text("stats.cli.rows"))]
InPeriod = Annotated[str, typer.Option("--period", metavar="PERIOD", help=text("stats.cli.period"))]
AsOf = Annotated[str | None, typer.Option("--as-of", metavar="DATE", help=text("stats.cli.as_of"))]
StatedBy = Annotated[str | None, typer.Option("--stated-by", metavar="DATE", help=text("stats.cli.stated_by"))]
Svg = Annotated[Path | None, typer.Option("--svg", metavar="FILE", help=text("stats.cli.svg"))]
Status = Annotated[str, typer.Option("--status", metavar="STATUS", help=text("stats.cli.status"))]
OfSource = Annotated[str, typer.Option("--source", metavar="SOURCE", help=text("stats.cli.source"))]


@app.command("dprk", help=text("stats.cli.dprk_help"), epilog=text("stats.cli.dprk_examples"))
def dprk(  # noqa: PLR0913 - one parameter for each option
    by: By = "year",
    compare: Compare = False,
    rows: Rows = False,
    period: InPeriod = "..",
    as_of: AsOf = None,
    stated_by: StatedBy = None,
    status: Status = "suspected",
    svg: Svg = None,
    home: HomeFolder = None,
    record: RecordUrl = None,
    as_json: AsJson = False,
) -> None:
    """Show thefts linked to North Korea."""
    actor(_DPRK, by, compare, rows, period, as_of, stated_by, status, svg, home, record, as_json)


@app.command("actor", help=text("stats.cli.actor_help"), epilog=text("stats.cli.dprk_examples"))
def actor(  # noqa: PLR0913 - one parameter for each option
    name: Annotated[str, typer.Argument(metavar="ACTOR", help=text("stats.cli.actor"))],
    by: By = "year",
    compare: Compare = False,
    rows: Rows = False,
    period: InPeriod = "..",
    as_of: AsOf = None,
    stated_by: StatedBy = None,
    status: Status = "suspected",
    svg: Svg = None,
    home: HomeFolder = None,
    record: RecordUrl = None,
    as_json: AsJson = False,
) -> None:
    """Show thefts linked to an actor."""
    from qiyafa.app.home import find_home
    from qiyafa.app.record import record_book
    from qiyafa.app.stats import Asked, read_dimension, read_status, statistic
    from qiyafa.cli.stats_chart import write_chart
    from qiyafa.cli.stats_json import answer_rows
    from qiyafa.model.period import ALWAYS, read_period
    from qiyafa.model.record import Dimension

    dimension = read_dimension(by)
    if svg is not None and dimension is not Dimension.YEAR:
        raise InvalidInput("stats.error.svg_by")
    days = ALWAYS if period == ".." else read_period(period)
    moment = None if as_of is None else read_moment("--as-of", as_of)
    asked = Asked(name, dimension, days, moment, None if stated_by is None else _day(stated_by), read_status(status))
    answer = statistic(record_book(find_home(home), record), asked)
    if svg is not None:
        write_chart(answer, answer.actors[name].name, svg)
    if as_json:
        typer.echo(json_text(answer_rows(answer, with_rows=rows)))
        return
    _show(answer, compare=compare, rows=rows, svg=svg)


@app.command("check", help=text("stats.cli.check_help"), epilog=text("stats.cli.check_examples"))
def check(
    source: OfSource = "",
    as_of: AsOf = None,
    home: HomeFolder = None,
    record: RecordUrl = None,
    as_json: AsJson = False,
) -> None:
    """Make published figures again."""
    from qiyafa.app.home import find_home
    from qiyafa.app.record import record_book
    from qiyafa.app.stats import remade_figures
    from qiyafa.cli.stats_json import remade_object
    from qiyafa.cli.stats_table import show_remade
    from qiyafa.cli.terminal import open_screen

    book = record_book(find_home(home), record)
    known_at = None if as_of is None else read_moment("--as-of", as_of)
    figures = remade_figures(book, source, known_at)
    if as_json:
        sources = book.sources(known_at)
        typer.echo(json_text([remade_object(one, sources) for one in figures]))
        return
    show_remade(open_screen(), figures)


@app.command("claims", help=text("stats.cli.claims_help"), epilog=text("stats.cli.claims_examples"))
def claims(
    source: OfSource = "",
    as_of: AsOf = None,
    home: HomeFolder = None,
    record: RecordUrl = None,
    as_json: AsJson = False,
) -> None:
    """Say how each claim stands."""
    from qiyafa.app.home import find_home
    from qiyafa.app.record import record_book
    from qiyafa.app.stats import claim_verdicts
    from qiyafa.cli.stats_json import verdict_object
    from qiyafa.cli.stats_table import show_verdicts, verdict_reason
    from qiyafa.cli.terminal import open_screen

    book = record_book(find_home(home), record)
    known_at = None if as_of is None else read_moment("--as-of", as_of)
    found, sources = claim_verdicts(book, source, known_at), book.sources(known_at)
    if as_json:
        objects = [verdict_object(one, verdict_reason(one), sources) for one in found]
        typer.echo(json_text(objects))
        return
    show_verdicts(open_screen(), found, sources)


def _show(answer: "Answer", *, compare: bool, rows: bool, svg: Path | None) -> None:
    from qiyafa.cli.stats_chart import show_chart
    from qiyafa.cli.stats_table import show_own, show_said, show_why
    from qiyafa.cli.terminal import open_screen, say

    screen = open_screen()
    show_own(screen, answer, with_rows=rows)
    if compare and answer.said:
        show_said(screen, answer, with_rows=rows)
        show_chart(screen, answer)
        show_why(screen, answer)
    if svg is not None:
        say(screen, text("stats.cli.written", file=str(svg)))


def _day(written: str) -> date:
    try:
        return date.fromisoformat(written.strip())
    except ValueError:
        raise InvalidInput("stats.error.day", value=written) from None
