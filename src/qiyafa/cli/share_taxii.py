"""`qiyafa share taxii`: collections that our service shares, and those of other servers."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from qiyafa.cli.json_text import json_line, json_text
from qiyafa.cli.options import AsJson, HomeFolder, Quiet, RecordUrl, read_moment
from qiyafa.cli.progress import progress_bar
from qiyafa.text import text

if TYPE_CHECKING:
    from qiyafa.model.errors import QiyafaError

app = typer.Typer(help=text("taxii.cli.help"), epilog=text("taxii.cli.examples"), no_args_is_help=True)

Url = Annotated[str, typer.Argument(metavar="URL", help=text("taxii.cli.url"))]
Name = Annotated[str, typer.Argument(metavar="NAME", help=text("taxii.cli.name"))]
KeyFile = Annotated[Path | None, typer.Option("--key-file", metavar="FILE", help=text("taxii.cli.key_file"))]
Wanted = Annotated[str, typer.Option("--collection", metavar="NAME", help=text("taxii.cli.collection"))]
Level = Annotated[str, typer.Option("--tlp", metavar="LEVEL", help=text("taxii.cli.tlp"))]


@app.command("create", help=text("taxii.cli.create_help"), epilog=text("taxii.cli.create_examples"))
def create(
    name: Name,
    title: Annotated[str, typer.Option("--title", metavar="TEXT", help=text("taxii.cli.title"))] = "",
    tlp: Level = "TLP:CLEAR",
    home: HomeFolder = None,
    as_json: AsJson = False,
) -> None:
    """Make an empty collection."""
    from qiyafa.app.clock import utc_now
    from qiyafa.app.exchange import Exchange
    from qiyafa.app.home import find_home
    from qiyafa.app.share import read_tlp

    made = Exchange(find_home(home), utc_now).make(name, title or name, read_tlp(tlp))
    if as_json:
        typer.echo(json_line({"id": made.id, "name": made.name, "title": made.title, "tlp": made.tlp.value}))
        return
    typer.echo(text("taxii.cli.created", name=made.name, level=made.tlp.value, id=made.id))


@app.command("list", help=text("taxii.cli.list_help"))
def list_all(home: HomeFolder = None, as_json: AsJson = False) -> None:
    """List our own collections."""
    from qiyafa.app.clock import utc_now
    from qiyafa.app.exchange import Exchange
    from qiyafa.app.home import find_home
    from qiyafa.cli.terminal import Column, open_screen, show_table

    store = Exchange(find_home(home), utc_now).store
    rows = [(one, store.count(one)) for one in store.all()]
    if as_json:
        found = [
            {"id": one.id, "name": one.name, "title": one.title, "tlp": one.tlp.value, "objects": count}
            for one, count in rows
        ]
        typer.echo(json_line(found))
        return
    if not rows:
        typer.echo(text("taxii.cli.none"))
        return
    columns = [Column(text(f"taxii.column.{name}")) for name in ("name", "title", "tlp", "objects", "id")]
    cells = [[one.name, one.title, one.tlp.value, f"{count:,}", one.id] for one, count in rows]
    show_table(open_screen(), text("taxii.cli.list_title"), columns, cells)


@app.command("publish", help=text("taxii.cli.publish_help"), epilog=text("taxii.cli.publish_examples"))
def publish_command(
    collection: Annotated[str, typer.Option("--collection", metavar="NAME", help=text("taxii.cli.own"))],
    incident: Annotated[
        list[str] | None, typer.Option("--incident", metavar="ID", help=text("share.cli.incident"))
    ] = None,
    actor: Annotated[list[str] | None, typer.Option("--actor", metavar="ID", help=text("share.cli.actor"))] = None,
    labels: Annotated[bool, typer.Option("--labels", help=text("share.cli.labels"))] = False,
    home: HomeFolder = None,
    record: RecordUrl = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Put what is wanted into a collection."""
    from qiyafa.app.home import find_home
    from qiyafa.app.share import Wanted as WantedEntries
    from qiyafa.app.share_taxii import publish
    from qiyafa.cli.share_json import kept_object, problem_objects
    from qiyafa.cli.share_table import show_kept, show_problems
    from qiyafa.cli.terminal import open_screen, say
    from qiyafa.sharing.release import Channel

    wanted = WantedEntries(tuple(incident or ()), tuple(actor or ()), labels)
    with progress_bar(quiet or as_json) as progress:
        done = publish(find_home(home), record, collection, wanted, progress=progress)
    counts = {"added": done.added, "known": done.known, "removed": done.removed}
    if as_json:
        about = {"collection": done.collection.name, "tlp": done.collection.tlp.value}
        problems = {"conflicts": list(done.conflicts), "problems": problem_objects(done.problems)}
        told = {**about, **counts, **problems, **kept_object(done.released)}
        typer.echo(json_text(told))
        return
    screen = open_screen()
    say(screen, text("taxii.cli.published", name=collection, **{name: f"{one:,}" for name, one in counts.items()}))
    if done.conflicts:
        say(screen, text("taxii.cli.conflicts", count=f"{len(done.conflicts):,}", first=done.conflicts[0]))
    show_problems(screen, done.problems)
    show_kept(screen, done.released, Channel(done.collection.name, done.collection.tlp))


@app.command("discover", help=text("taxii.cli.discover_help"), epilog=text("taxii.cli.discover_examples"))
def discover_command(url: Url, key_file: KeyFile = None, as_json: AsJson = False) -> None:
    """Show what a server has."""
    from qiyafa.app.share_taxii import Server, discover
    from qiyafa.cli.terminal import Column, open_screen, show_table

    roots = discover(Server(url, key_file))
    listed = [(root, one) for root in roots for one in root.collections]
    if as_json:
        found = [
            {
                "root": root.url,
                "id": one.id,
                "alias": one.alias,
                "title": one.title,
                "can_read": one.can_read,
                "can_write": one.can_write,
            }
            for root, one in listed
        ]
        typer.echo(json_text(found))
        return
    columns = [Column(text(f"taxii.column.{name}")) for name in ("name", "title", "open", "id", "root")]
    cells = [[one.alias, one.title, _open(one.can_read, one.can_write), one.id, root.url] for root, one in listed]
    show_table(open_screen(), text("taxii.cli.discover_title"), columns, cells)


@app.command("pull", help=text("taxii.cli.pull_help"), epilog=text("taxii.cli.pull_examples"))
def pull_command(
    url: Url,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help=text("taxii.cli.out"))],
    collection: Wanted = "",
    key_file: KeyFile = None,
    since: Annotated[str | None, typer.Option("--since", metavar="TIME", help=text("taxii.cli.since"))] = None,
    home: HomeFolder = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Fetch what is new in a collection."""
    from qiyafa.app.home import find_home
    from qiyafa.app.share_taxii import Server, pull
    from qiyafa.cli.share_json import problem_objects
    from qiyafa.cli.share_table import show_problems
    from qiyafa.cli.terminal import open_screen, say

    moment = None if since is None else read_moment("--since", since)
    with progress_bar(quiet or as_json) as progress:
        done = pull(find_home(home), Server(url, key_file, collection), out, moment, progress=progress)
    if as_json:
        told: dict[str, Any] = {"url": done.url, "out": str(out), "objects": done.objects, "pages": done.pages}
        told["until"] = None if done.until is None else done.until.isoformat()
        told["left"] = None if done.left is None else _said(done.left)
        typer.echo(json_text({**told, "problems": problem_objects(done.problems)}))
    else:
        screen = open_screen()
        say(screen, text("taxii.cli.pulled", objects=f"{done.objects:,}", pages=f"{done.pages:,}", out=str(out)))
        show_problems(screen, done.problems)
    if done.left is not None:
        raise done.left


@app.command("push", help=text("taxii.cli.push_help"), epilog=text("taxii.cli.push_examples"))
def push_command(  # noqa: PLR0913 - one parameter for each option
    url: Url,
    file: Annotated[Path, typer.Argument(metavar="FILE", help=text("taxii.cli.file"))],
    collection: Wanted = "",
    key_file: KeyFile = None,
    tlp: Level = "TLP:CLEAR",
    unmarked: Annotated[
        str, typer.Option("--unmarked", metavar="LEVEL", help=text("taxii.cli.unmarked"))
    ] = "TLP:AMBER",
    home: HomeFolder = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Send what a collection lacks."""
    from qiyafa.app.home import find_home
    from qiyafa.app.share import read_tlp
    from qiyafa.app.share_taxii import Sending, Server, push
    from qiyafa.cli.share_json import problem_objects
    from qiyafa.cli.share_table import show_problems
    from qiyafa.cli.terminal import open_screen, say

    sending = Sending(file, read_tlp(tlp), read_tlp(unmarked))
    with progress_bar(quiet or as_json) as progress:
        done = push(find_home(home), Server(url, key_file, collection), sending, progress=progress)
    counts = {"sent": done.sent, "known": done.known, "pending": done.pending}
    if as_json:
        told = {"url": done.url, **counts, "kept": [{"id": one.id, "tlp": one.tlp.value} for one in done.kept]}
        typer.echo(json_text({**told, "problems": problem_objects(done.problems)}))
        return
    screen = open_screen()
    say(screen, text("taxii.cli.pushed", url=done.url, **{name: f"{one:,}" for name, one in counts.items()}))
    if done.kept:
        say(screen, text("taxii.cli.push_kept", count=f"{len(done.kept):,}", level=sending.level.value), style="bold")
    show_problems(screen, done.problems)


def _open(can_read: bool, can_write: bool) -> str:
    words = [text("taxii.word.read")] if can_read else []
    return ", ".join([*words, text("taxii.word.write")] if can_write else words)


def _said(error: "QiyafaError") -> str:
    return text(error.key, **error.fields)
