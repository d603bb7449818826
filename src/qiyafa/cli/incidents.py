"""`qiyafa incidents`: what happened, to whom, how much of it, by whom, and according to which source."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from qiyafa.cli.incidents_change import add, import_command, relate
from qiyafa.cli.json_text import json_text
from qiyafa.cli.options import AsJson, HomeFolder, Quiet, RecordUrl, read_moment
from qiyafa.model.errors import InvalidInput
from qiyafa.text import text

if TYPE_CHECKING:
    from datetime import datetime

    from qiyafa.app.incidents import Wanted
    from qiyafa.stores.record import RecordStore

app = typer.Typer(help=text("incidents.cli.help"), epilog=text("incidents.cli.examples"), no_args_is_help=True)

IncidentId = Annotated[str, typer.Argument(metavar="INCIDENT", help=text("incidents.option.incident"))]
ActorOption = Annotated[str, typer.Option("--actor", metavar="ID", help=text("incidents.option.actor"))]
PeriodOption = Annotated[
    str, typer.Option("--period", "--year", metavar="PERIOD", help=text("incidents.option.period"))
]
AsOf = Annotated[str | None, typer.Option("--as-of", metavar="TIME", help=text("incidents.option.as_of"))]


@app.command("list", help=text("incidents.cli.list_help"), epilog=text("incidents.cli.list_examples"))
def list_command(  # noqa: PLR0913 - one parameter for each option
    actor: ActorOption = "",
    period: PeriodOption = "",
    kind: Annotated[str, typer.Option("--kind", metavar="WORD", help=text("incidents.option.kind"))] = "",
    country: Annotated[str, typer.Option("--country", metavar="CODE", help=text("incidents.option.country"))] = "",
    method: Annotated[str, typer.Option("--method", metavar="WORD", help=text("incidents.option.method"))] = "",
    status: Annotated[str, typer.Option("--status", metavar="WORD", help=text("incidents.option.status"))] = "",
    words: Annotated[str, typer.Option("--text", metavar="TEXT", help=text("incidents.option.text"))] = "",
    as_of: AsOf = None,
    home: HomeFolder = None,
    record: RecordUrl = None,
    as_json: AsJson = False,
) -> None:
    """List incidents by the day of the theft."""
    from qiyafa.app.incidents import find_incidents, read_kind, read_status
    from qiyafa.app.record import casebook_news
    from qiyafa.cli.incidents_table import show_casebook_news, show_found
    from qiyafa.cli.terminal import open_screen

    wanted = _wanted(
        actor,
        period,
        kind=read_kind(kind) if kind else None,
        country=country,
        method=method.replace("-", " "),
        status=read_status(status) if status else None,
        text=words,
    )
    book = _book(home, record)
    found, news = find_incidents(book, wanted, _known_at(as_of)), casebook_news(book)
    if as_json:
        from qiyafa.app.incident_json import found_object

        _print(found_object(found, news))
        return
    screen = open_screen()
    show_found(screen, found)
    show_casebook_news(screen, news)


@app.command("show", help=text("incidents.cli.show_help"), epilog=text("incidents.cli.show_examples"))
def show(
    incident: IncidentId,
    case: Annotated[bool, typer.Option("--case", help=text("incidents.option.case"))] = False,
    history: Annotated[bool, typer.Option("--history", help=text("incidents.option.history"))] = False,
    as_of: AsOf = None,
    home: HomeFolder = None,
    record: RecordUrl = None,
    as_json: AsJson = False,
) -> None:
    """Show one incident with everything about it."""
    if case and (history or as_json):
        raise InvalidInput("incidents.error.case_alone")

    from qiyafa.app.incident_case import case_file_of
    from qiyafa.app.incidents import incident_page
    from qiyafa.cli.incidents_page import show_history, show_page
    from qiyafa.cli.terminal import open_screen

    page = incident_page(_book(home, record), incident, _known_at(as_of))
    if case:
        typer.echo(case_file_of(page.incident), nl=False)
        return
    if as_json:
        from qiyafa.app.incident_json import history_object, page_object

        _print(history_object(page.revisions) if history else page_object(page))
        return
    screen = open_screen()
    show_history(screen, page) if history else show_page(screen, page)


@app.command("timeline", help=text("incidents.cli.timeline_help"), epilog=text("incidents.cli.timeline_examples"))
def timeline(
    actor: ActorOption = "",
    period: PeriodOption = "",
    svg: Annotated[Path | None, typer.Option("--svg", metavar="FILE", help=text("incidents.option.svg"))] = None,
    as_of: AsOf = None,
    home: HomeFolder = None,
    record: RecordUrl = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Show when thefts happened, became public, were laid to somebody and confirmed."""
    from qiyafa.app.incident_timeline import timeline_of, write_timeline
    from qiyafa.app.incidents import find_incidents
    from qiyafa.cli.incidents_timeline import show_timeline
    from qiyafa.cli.terminal import open_screen, say

    found = find_incidents(_book(home, record), _wanted(actor, period), _known_at(as_of))
    rows = timeline_of(found.incidents)
    if svg is not None:
        write_timeline(svg, rows)
    if as_json:
        from qiyafa.app.incident_json import timeline_object

        _print(timeline_object(rows))
    elif not quiet:
        screen = open_screen()
        show_timeline(screen, rows)
        if svg is not None:
            say(screen, text("incidents.cli.drawn", file=str(svg)))


app.command("add", help=text("incidents.cli.add_help"), epilog=text("incidents.cli.add_examples"))(add)
app.command("import", help=text("incidents.cli.import_help"), epilog=text("incidents.cli.import_examples"))(
    import_command
)
app.command("relate", help=text("incidents.cli.relate_help"), epilog=text("incidents.cli.relate_examples"))(relate)


def _wanted(actor: str, period: str, **others: object) -> "Wanted":
    from qiyafa.app.incidents import Wanted
    from qiyafa.model.period import ALWAYS, read_period

    return Wanted(actor=actor, period=read_period(period) if period else ALWAYS, **others)  # type: ignore[arg-type]


def _book(home: Path | None, record: str | None) -> "RecordStore":
    from qiyafa.app.home import find_home
    from qiyafa.app.record import record_book

    return record_book(find_home(home), record)


def _known_at(as_of: str | None) -> "datetime | None":
    return None if as_of is None else read_moment("--as-of", as_of)


def _print(record: object) -> None:
    typer.echo(json_text(record))
