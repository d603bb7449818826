"""`qiyafa claims`: what is claimed, by whom, and what does not go together. Reviewing stands in `claims_review`."""

from pathlib import Path
from typing import Annotated

import typer

from qiyafa.cli import claims_review
from qiyafa.cli.json_text import json_text
from qiyafa.cli.options import AsJson, HomeFolder, Quiet, RecordUrl, read_moment, read_whole_number
from qiyafa.cli.progress import progress_bar
from qiyafa.model.errors import InvalidInput
from qiyafa.text import text

app = typer.Typer(help=text("claims.cli.help"), epilog=text("claims.cli.examples"), no_args_is_help=True)
claims_review.register(app)

_FIRST_YEAR, _LAST_YEAR = 1900, 2200

Files = Annotated[list[Path] | None, typer.Argument(metavar="[FILE]...", help=text("claims.cli.files"))]
Tables = Annotated[list[Path] | None, typer.Option("--incidents", metavar="FILE", help=text("claims.cli.incidents"))]
AsOf = Annotated[str | None, typer.Option("--as-of", metavar="DATE", help=text("claims.cli.as_of"))]


@app.command("check", help=text("claims.cli.check_help"), epilog=text("claims.cli.check_examples"))
def check(  # noqa: PLR0913 - one parameter for each option
    files: Files = None,
    incidents: Tables = None,
    of: Annotated[str, typer.Option("--of", metavar="SOURCE", help=text("claims.cli.of"))] = "",
    actor: Annotated[str, typer.Option("--actor", metavar="ACTOR", help=text("claims.cli.rows_actor"))] = "dprk",
    as_of: AsOf = None,
    home: HomeFolder = None,
    record: RecordUrl = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Find contradictions."""
    from qiyafa.app.claims import Beside, check_claims
    from qiyafa.app.home import find_home
    from qiyafa.app.record import record_book
    from qiyafa.cli.claims_table import show_checked
    from qiyafa.cli.terminal import open_screen

    book = record_book(find_home(home), record)
    beside = Beside(files or (), incidents or (), actor, of)
    with progress_bar(quiet) as progress:
        known_at = None if as_of is None else read_moment("--as-of", as_of)
        checked = check_claims(book, beside, known_at=known_at, progress=progress)
    if as_json:
        from qiyafa.cli.claims_json import finding_object, unsupported_object
        from qiyafa.cli.claims_table import problem_lines

        for line in problem_lines(checked.problems):
            typer.echo(line, err=True)
        found = [finding_object(one, checked.sources) for one in checked.findings]
        fallen = [unsupported_object(one, checked.sources) for one in checked.unsupported]
        typer.echo(json_text([*found, *fallen]))
        return
    show_checked(open_screen(), checked)


@app.command("list", help=text("claims.cli.list_help"), epilog=text("claims.cli.list_examples"))
def list_command(  # noqa: PLR0913 - one parameter for each option
    actor: Annotated[str, typer.Option("--actor", metavar="ACTOR", help=text("claims.cli.actor"))] = "",
    claimant: Annotated[str, typer.Option("--claimant", metavar="NAME", help=text("claims.cli.claimant"))] = "",
    source: Annotated[str, typer.Option("--source", metavar="SOURCE", help=text("claims.cli.source"))] = "",
    measure: Annotated[str, typer.Option("--measure", metavar="MEASURE", help=text("claims.cli.measure"))] = "",
    year: Annotated[str | None, typer.Option("--year", metavar="YEAR", help=text("claims.cli.year"))] = None,
    proposed: Annotated[bool, typer.Option("--proposed", help=text("claims.cli.proposed"))] = False,
    as_of: AsOf = None,
    home: HomeFolder = None,
    record: RecordUrl = None,
    as_json: AsJson = False,
) -> None:
    """List claims."""
    from qiyafa.app.claims import Wanted, listed_claims
    from qiyafa.app.home import find_home
    from qiyafa.app.record import record_book
    from qiyafa.cli.claims_table import show_claims
    from qiyafa.cli.terminal import open_screen

    book = record_book(find_home(home), record)
    wanted = Wanted(actor, claimant, source, measure, None if year is None else _year(year), proposed)
    known_at = None if as_of is None else read_moment("--as-of", as_of)
    found, sources = listed_claims(book, wanted, known_at), book.sources(known_at)
    if as_json:
        from qiyafa.cli.claims_json import side_object

        typer.echo(json_text([side_object(one, sources) for one in found]))
        return
    show_claims(open_screen(), found, sources)


@app.command("show", help=text("claims.cli.show_help"), epilog=text("claims.cli.show_examples"))
def show(
    claim: Annotated[str, typer.Argument(metavar="CLAIM", help=text("claims.cli.claim"))],
    as_of: AsOf = None,
    home: HomeFolder = None,
    record: RecordUrl = None,
    as_json: AsJson = False,
) -> None:
    """Show one claim."""
    from qiyafa.app.claims import Beside, check_claims, findings_about, one_claim
    from qiyafa.app.home import find_home
    from qiyafa.app.record import record_book
    from qiyafa.cli.claims_table import show_claim
    from qiyafa.cli.terminal import open_screen

    book = record_book(find_home(home), record)
    known_at = None if as_of is None else read_moment("--as-of", as_of)
    found = one_claim(book, claim, known_at)
    checked = check_claims(book, Beside(), known_at=known_at)
    about = findings_about(checked.findings, found)
    if as_json:
        from qiyafa.cli.claims_json import finding_object, side_object

        shown = {**side_object(found, checked.sources), "findings": [finding_object(x, checked.sources) for x in about]}
        typer.echo(json_text(shown))
        return
    show_claim(open_screen(), found, about, checked.sources)


def _year(written: str) -> int:
    year = read_whole_number("--year", written)
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        raise InvalidInput("claims.error.no_year", value=written)
    return year
