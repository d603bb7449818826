"""`qiyafa lists`: take in official lists, see how old they are, and what an edition changed."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from qiyafa.cli.json_text import json_text
from qiyafa.cli.options import AsJson, HomeFolder, Quiet
from qiyafa.cli.progress import progress_bar
from qiyafa.model.errors import InvalidInput, QiyafaError
from qiyafa.text import text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from qiyafa.app.lists import Imported
    from qiyafa.app.lists_info import ListsInfo
    from qiyafa.model.designation import ListVersion
    from qiyafa.model.errors import Problem

_SHOWN = 20
"""So many problems of one list are shown."""

app = typer.Typer(help=text("lists.cli.help"), epilog=text("lists.cli.examples"), no_args_is_help=True)

ListName = Annotated[str, typer.Argument(metavar="LIST", help=text("lists.option.list"))]
SmallerBecause = Annotated[
    str, typer.Option("--smaller-because", metavar="REASON", help=text("lists.option.smaller_because"))
]


@app.command("import", help=text("lists.cli.import_help"), epilog=text("lists.cli.import_examples"))
def import_(
    name: ListName,
    path: Annotated[Path, typer.Argument(metavar="PATH", help=text("lists.option.path"))],
    published: Annotated[
        str | None, typer.Option("--published", metavar="DATE", help=text("lists.option.published"))
    ] = None,
    smaller_because: SmallerBecause = "",
    home: HomeFolder = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Take in one edition of a list from files."""
    from qiyafa.app.home import find_home
    from qiyafa.app.lists import ImportRequest, find_source, import_list, read_files

    find_source(name)
    day = None if published is None else _read_day(published)
    request = ImportRequest(name, read_files(path), str(path), day, smaller_because=smaller_because)
    with progress_bar(quiet) as progress:
        done = import_list(find_home(home), request, progress=progress)
    _show_imported([done], as_json)


@app.command("update", help=text("lists.cli.update_help"), epilog=text("lists.cli.update_examples"))
def update(
    names: Annotated[list[str] | None, typer.Argument(metavar="LIST...", help=text("lists.option.lists"))] = None,
    url: Annotated[list[str] | None, typer.Option("--url", metavar="URL", help=text("lists.option.url"))] = None,
    smaller_because: SmallerBecause = "",
    home: HomeFolder = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Fetch lists from where they are published. One that fails does not keep the others from being taken in."""
    from qiyafa.app.home import find_home
    from qiyafa.app.lists_update import UpdateRequest, updatable_lists, update_list

    wanted = updatable_lists(names or [])
    if url and len(wanted) != 1:
        raise InvalidInput("lists.error.url_of_which")
    done: list[Imported] = []
    failures: list[QiyafaError] = []
    with progress_bar(quiet) as progress:
        for name in wanted:
            try:
                request = UpdateRequest(name, tuple(url or ()), smaller_because)
                done.append(update_list(find_home(home), request, progress=progress))
            except QiyafaError as error:
                failures.append(error)
    if done:
        _show_imported(done, as_json)
    for failure in failures[:-1]:
        typer.echo(text(failure.key, **failure.fields), err=True)
    if failures:
        raise failures[-1]


@app.command("info", help=text("lists.cli.info_help"))
def info(
    verify: Annotated[bool, typer.Option("--verify", help=text("lists.option.verify"))] = False,
    home: HomeFolder = None,
    as_json: AsJson = False,
) -> None:
    """Show every list, its editions, its age and its problems."""
    from qiyafa.app.home import find_home
    from qiyafa.app.lists_info import lists_info

    found = lists_info(find_home(home), verify=verify)
    if as_json:
        from qiyafa.cli.lists_json import info_record

        typer.echo(json_text(info_record(found)))
        return

    _show_info(found)
    if verify:
        typer.echo(text("lists.cli.sound"))


@app.command("diff", help=text("lists.cli.diff_help"), epilog=text("lists.cli.diff_examples"))
def diff(
    name: ListName,
    old: Annotated[str | None, typer.Argument(metavar="OLD", help=text("lists.option.old"))] = None,
    new: Annotated[str | None, typer.Argument(metavar="NEW", help=text("lists.option.new"))] = None,
    home: HomeFolder = None,
    as_json: AsJson = False,
) -> None:
    """Show what an edition added, removed and changed."""
    from qiyafa.app.home import find_home
    from qiyafa.app.lists_diff import diff_list

    found = diff_list(find_home(home), name, old, new)
    if as_json:
        from qiyafa.cli.lists_json import diff_record

        typer.echo(json_text(diff_record(found)))
        return
    typer.echo(text("lists.cli.diff_title", list=name, old=found.old.version, new=found.new.version))
    for change in ("added", "removed", "changed"):
        for party in getattr(found, f"parties_{change}"):
            typer.echo(text(f"lists.diff.party_{change}", entry=party.entry, party=party.name))
        for one in getattr(found, f"addresses_{change}"):
            typer.echo(text(f"lists.diff.address_{change}", address=one.written, ticker=one.declared, party=one.party))
    counts = {f"{what}_{change}": len(getattr(found, f"{what}_{change}"))
              for what in ("parties", "addresses") for change in ("added", "removed", "changed")}  # fmt: skip
    typer.echo(text("lists.cli.diff_counts", **counts))


def _read_day(written: str) -> date:
    try:
        return date.fromisoformat(written.strip())
    except ValueError:
        raise InvalidInput("lists.error.day", value=written) from None


def _show_imported(done: "Sequence[Imported]", as_json: bool) -> None:
    if as_json:
        from qiyafa.cli.lists_json import imported_record

        typer.echo(json_text([imported_record(one) for one in done]))
        return
    for one in done:
        version = one.version
        key = "lists.cli.imported" if one.is_new else "lists.cli.unchanged"
        counts = {"parties": version.parties, "addresses": version.addresses, "problems": version.problems}
        typer.echo(text(key, list=version.list_id, version=version.version, **counts))
        for problem in one.problems[:_SHOWN]:
            typer.echo(_problem(problem), err=True)
        if len(one.problems) > _SHOWN:
            typer.echo(text("lists.cli.more_problems", count=len(one.problems) - _SHOWN), err=True)


def _show_info(found: "ListsInfo") -> None:
    from qiyafa.cli.terminal import Column, open_screen, say, show_table

    columns = [Column(text(f"lists.column.{name}")) for name in ("list", "version", "published")]
    counts = ("age", "parties", "addresses", "problems", "editions")
    columns += [Column(text(f"lists.column.{name}"), "right") for name in counts]
    rows: list[Sequence[str]] = []
    for one in found.lists:
        if not one.editions:
            rows.append((one.source.id, text("lists.cli.never"), "", "", "", "", "", "0"))
            continue
        facts = _facts(one.editions[-1].version)
        rows.append((*facts[:3], str(one.age_days), *facts[3:], str(len(one.editions))))
    facts = _facts(found.built_in)
    rows.append((*facts[:3], "", *facts[3:], text("lists.cli.built_in")))
    screen = open_screen()
    show_table(screen, text("lists.cli.title"), tuple(columns), rows)
    for one in found.lists:
        for problem in one.problems[:_SHOWN]:
            say(screen, _problem(problem))


def _problem(problem: "Problem") -> str:
    place = f"{problem.source} {problem.place}".strip()
    return text("lists.cli.problem", place=place, problem=text(problem.key, **problem.fields))


def _facts(version: "ListVersion") -> tuple[str, ...]:
    counts = (version.parties, version.addresses, version.problems)
    return (version.list_id, version.version, version.published.isoformat(), *(f"{count:,}" for count in counts))
