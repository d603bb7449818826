"""`qiyafa read`: what a document claims, for a person to review; nothing of it counts before."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from qiyafa.cli.json_text import json_text
from qiyafa.cli.options import AsJson, HomeFolder, Quiet, RecordUrl
from qiyafa.cli.progress import progress_bar
from qiyafa.model.errors import InvalidInput
from qiyafa.text import text

Articles = Annotated[list[Path], typer.Argument(metavar="ARTICLE...", help=text("read.option.articles"))]
Day = Annotated[str | None, typer.Option("--date", metavar="YYYY-MM-DD", help=text("read.option.date"))]
Publisher = Annotated[str, typer.Option("--publisher", metavar="NAME", help=text("read.option.publisher"))]
Claimant = Annotated[str, typer.Option("--claimant", metavar="NAME", help=text("read.option.claimant"))]
All = Annotated[bool, typer.Option("--all", help=text("read.option.all"))]
Keep = Annotated[bool, typer.Option("--keep", help=text("read.option.keep"))]
Url = Annotated[str, typer.Option("--url", metavar="URL", help=text("read.option.url"))]
Title = Annotated[str, typer.Option("--title", metavar="TEXT", help=text("read.option.title"))]
Author = Annotated[str, typer.Option("--author", metavar="NAME", help=text("read.option.author"))]


def read(  # noqa: PLR0913 - one parameter for each option
    articles: Articles,
    day: Day = None,
    publisher: Publisher = "",
    claimant: Claimant = "",
    everything: All = False,
    keep: Keep = False,
    url: Url = "",
    title: Title = "",
    author: Author = "",
    record: RecordUrl = None,
    home: HomeFolder = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Read documents."""
    asked = _day(day)
    _check(articles, everything=everything, as_json=as_json, keep=keep, kept=bool(url or title or author))

    from qiyafa.app.clock import utc_now
    from qiyafa.app.home import find_home
    from qiyafa.app.read import ReadRequest, read_articles
    from qiyafa.app.read_keep import PROGRAM, Publication, keep_proposals
    from qiyafa.app.read_names import name_finder
    from qiyafa.app.record import record_book

    folder = find_home(home)
    book = record_book(folder.made() if keep else folder, record)
    now = utc_now()
    with progress_bar(quiet) as progress:
        request = ReadRequest(now.date(), asked, publisher, claimant)
        names = name_finder(folder, book.actors())
        readings = read_articles(articles, request, names, progress=progress)
        kept = [
            keep_proposals(book, one, Publication(url, title), at=now, author=author or PROGRAM)
            for one in readings
            if keep
        ]
    if as_json:
        from qiyafa.app.read_json import claim_objects, reading_object

        objects = [reading_object(one) for one in readings] if everything else claim_objects(readings)
        typer.echo(json_text({"documents": objects} if everything else objects))
        return
    from qiyafa.cli.read_view import show_kept, show_reading
    from qiyafa.cli.terminal import open_screen

    screen = open_screen()
    for one in readings:
        show_reading(screen, one)
    show_kept(screen, kept)


def _day(written: str | None) -> date | None:
    if written is None:
        return None
    try:
        return date.fromisoformat(written.strip())
    except ValueError:
        raise InvalidInput("read.error.date", written=written) from None


def _check(articles: list[Path], *, everything: bool, as_json: bool, keep: bool, kept: bool) -> None:
    if everything and not as_json:
        raise InvalidInput("read.error.all_without_json")
    if kept and not keep:
        raise InvalidInput("read.error.keep_needed")
    if kept and len(articles) > 1:
        raise InvalidInput("read.error.one_article")
