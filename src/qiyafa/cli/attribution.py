"""`qiyafa attribution`: who did it, as an argument with the evidence for and against."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from qiyafa.cli import exits
from qiyafa.cli.json_text import json_text
from qiyafa.cli.options import AsJson, HomeFolder, RecordUrl, read_moment
from qiyafa.model.errors import InvalidInput
from qiyafa.text import text

if TYPE_CHECKING:
    from datetime import datetime

    from qiyafa.app.attribution import Checked
    from qiyafa.stores.record import RecordStore

app = typer.Typer(help=text("attribution.cli.help"), epilog=text("attribution.cli.examples"), no_args_is_help=True)

AttributionId = Annotated[str, typer.Argument(metavar="ID", help=text("attribution.option.id"))]
AttributionFile = Annotated[Path, typer.Argument(metavar="FILE.toml", help=text("attribution.option.file"))]
Without = Annotated[
    list[str] | None, typer.Option("--without", metavar="ORIGIN", help=text("attribution.option.without"))
]
FlatPrior = Annotated[bool, typer.Option("--flat-prior", help=text("attribution.option.flat_prior"))]
AsOf = Annotated[str | None, typer.Option("--as-of", metavar="TIME", help=text("attribution.option.as_of"))]


@app.command("list", help=text("attribution.cli.list_help"), epilog=text("attribution.cli.list_examples"))
def list_command(
    as_of: AsOf = None, home: HomeFolder = None, record: RecordUrl = None, as_json: AsJson = False
) -> None:
    """List the attributions of the record."""
    from qiyafa.app.attribution import find_attributions
    from qiyafa.cli.attribution_table import show_list
    from qiyafa.cli.terminal import open_screen

    rows = find_attributions(_book(home, record), _known_at(as_of))
    if as_json:
        from qiyafa.app.attribution_json import row_object

        _print([row_object(row) for row in rows])
        return
    show_list(open_screen(), rows)


@app.command("show", help=text("attribution.cli.show_help"), epilog=text("attribution.cli.show_examples"))
def show(
    id: AttributionId,
    without: Without = None,
    flat_prior: FlatPrior = False,
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE.md", help=text("attribution.option.out"))] = None,
    as_of: AsOf = None,
    home: HomeFolder = None,
    record: RecordUrl = None,
    as_json: AsJson = False,
) -> None:
    """Show one attribution as an argument."""
    from qiyafa.app.attribution import attribution_page
    from qiyafa.app.attribution_argument import argument_blocks
    from qiyafa.app.attribution_pages import markdown, plain_text
    from qiyafa.record.argument import Conditions

    conditions = Conditions(frozenset(without or ()), flat_prior)
    page = attribution_page(_book(home, record), id, conditions, _known_at(as_of))
    if out is not None:
        from qiyafa.app.files import written_aside

        with written_aside(out) as file:
            file.write(markdown(argument_blocks(page)))
    if as_json:
        from qiyafa.app.attribution_json import page_object

        _print(page_object(page))
    elif out is not None:
        typer.echo(text("attribution.cli.written", file=str(out)))
    else:
        typer.echo(plain_text(argument_blocks(page)), nl=False)


@app.command("check", help=text("attribution.cli.check_help"), epilog=text("attribution.cli.check_examples"))
def check(file: AttributionFile, home: HomeFolder = None, record: RecordUrl = None, as_json: AsJson = False) -> None:
    """Check a file of attributions."""
    from qiyafa.app.attribution import check_attributions

    checked = check_attributions(_book(home, record), file)
    _show(checked, as_json=as_json, dry_run=True)
    if checked.offer.problems:
        raise typer.Exit(exits.FINDING)


@app.command("add", help=text("attribution.cli.add_help"), epilog=text("attribution.cli.add_examples"))
def add(
    file: AttributionFile,
    author: Annotated[str, typer.Option("--author", metavar="NAME", help=text("attribution.option.author"))] = "user",
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help=text("attribution.option.reason"))] = "",
    home: HomeFolder = None,
    record: RecordUrl = None,
    as_json: AsJson = False,
) -> None:
    """Write the attributions of a file into the record."""
    from qiyafa.app.attribution import add_attributions

    checked = add_attributions(_book(home, record, to_write=True), file, author, reason)
    _show(checked, as_json=as_json, dry_run=False)
    if checked.offer.problems:
        raise InvalidInput("attribution.error.not_added", count=len(checked.offer.problems))


def _show(checked: "Checked", *, as_json: bool, dry_run: bool) -> None:
    if as_json:
        from qiyafa.app.attribution_json import checked_object

        _print(checked_object(checked))
        return
    from qiyafa.cli.attribution_table import show_rows
    from qiyafa.cli.incidents_table import show_offer
    from qiyafa.cli.terminal import open_screen

    screen = open_screen()
    show_offer(screen, checked.offer, dry_run=dry_run)
    sound = [row for row in checked.rows if row.argument is not None]
    if sound:
        show_rows(screen, sound)


def _book(home: Path | None, url: str | None, *, to_write: bool = False) -> "RecordStore":
    from qiyafa.app.home import find_home
    from qiyafa.app.record import record_book

    return record_book(find_home(home), url, to_write=to_write)


def _known_at(as_of: str | None) -> "datetime | None":
    return None if as_of is None else read_moment("--as-of", as_of)


def _print(answer: object) -> None:
    typer.echo(json_text(answer))
