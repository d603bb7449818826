"""`qiyafa names`: is a person or company of this name on an imported list, in whatever script it is written?"""

from typing import TYPE_CHECKING, Annotated

import typer

from qiyafa.cli.json_text import json_text
from qiyafa.cli.options import AsJson, HomeFolder, Quiet
from qiyafa.cli.progress import progress_bar
from qiyafa.text import text

if TYPE_CHECKING:
    from rich.console import Console

    from qiyafa.app.names import FoundParty, NameAnswer


def names(
    asked: Annotated[list[str], typer.Argument(metavar="NAME...", help=text("names.option.name"))],
    least: Annotated[float, typer.Option("--at-least", min=0, max=1, help=text("names.option.least"))] = 0.75,
    home: HomeFolder = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Show the listed parties whose names are like the ones given."""
    from qiyafa.app.home import find_home
    from qiyafa.app.names import find_names

    with progress_bar(quiet=quiet or as_json) as progress:
        answers = find_names(find_home(home), asked, least_score=least, progress=progress)
    if as_json:
        typer.echo(json_text([_object(answer) for answer in answers]))
        return

    from qiyafa.cli.terminal import open_screen

    screen = open_screen()
    for answer in answers:
        _show(screen, answer)


def _object(answer: "NameAnswer") -> dict[str, object]:
    return {
        "name": answer.asked,
        "found": [_found_object(one) for one in answer.found],
        "aliases": [{"name": one.name, "aliases": list(one.aliases), "source": one.source} for one in answer.aliases],
        "lists": [
            {"list": one.list_id, "version": one.version, "age_days": one.age_days}
            for one in answer.lists
            if one.version
        ],
        "parties_compared": answer.parties,
    }


def _found_object(one: "FoundParty") -> dict[str, object]:
    party, match = one.party, one.match
    return {
        "list": party.list_id,
        "authority": party.authority,
        "entry": party.entry,
        "party": party.name,
        "kind": party.kind,
        "programmes": list(party.programmes),
        "listed_from": None if party.listed_from is None else party.listed_from.isoformat(),
        "listed_to": None if party.listed_to is None else party.listed_to.isoformat(),
        "score": round(match.score, 3),
        "matched": match.matched,
        "through": match.through.value,
        "read_as": match.read_as,
        "source": match.source,
    }


def _show(screen: "Console", answer: "NameAnswer") -> None:
    from qiyafa.cli.terminal import Column, say, show_table

    for alias in answer.aliases:
        say(screen, text("names.answer.alias", asked=answer.asked, name=alias.name, source=alias.source))
    if not answer.found:
        say(screen, text("names.answer.none", asked=answer.asked, parties=answer.parties, lists=len(answer.lists)))
        return
    columns = [Column(text(f"names.column.{name}"), "right" if name == "score" else "left") for name in _COLUMNS]
    rows = [
        (
            f"{one.match.score:.2f}",
            one.match.matched,
            one.party.name,
            one.party.list_id,
            one.party.entry,
            _in_force(one),
            text(f"names.through.{one.match.through.value}", read_as=one.match.read_as),
        )
        for one in answer.found
    ]
    title = text("names.answer.title", asked=answer.asked, found=len(answer.found), parties=answer.parties)
    show_table(screen, title, columns, rows)


_COLUMNS = ("score", "matched", "party", "list", "entry", "listed", "through")


def _in_force(one: "FoundParty") -> str:
    begin, end = one.party.listed_from, one.party.listed_to
    return f"{begin or '?'} – {end or ''}"
