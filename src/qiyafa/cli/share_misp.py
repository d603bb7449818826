"""`qiyafa share misp`: events out, as far as they may leave, and in, for review."""

from pathlib import Path
from typing import Annotated

import typer

from qiyafa.cli.json_text import json_text
from qiyafa.cli.options import AsJson, HomeFolder, Quiet, Receiver, RecordUrl
from qiyafa.cli.progress import progress_bar
from qiyafa.text import text

app = typer.Typer(help=text("misp.cli.help"), epilog=text("misp.cli.examples"), no_args_is_help=True)


@app.command("export", help=text("misp.cli.export_help"), epilog=text("misp.cli.export_examples"))
def export(  # noqa: PLR0913 - one parameter for each option
    out: Annotated[Path, typer.Option("--out", metavar="PATH", help=text("misp.cli.out"))],
    incident: Annotated[
        list[str] | None, typer.Option("--incident", metavar="ID", help=text("share.cli.incident"))
    ] = None,
    actor: Annotated[list[str] | None, typer.Option("--actor", metavar="ID", help=text("share.cli.actor"))] = None,
    labels: Annotated[bool, typer.Option("--labels", help=text("share.cli.labels"))] = False,
    feed: Annotated[bool, typer.Option("--feed", help=text("misp.cli.feed"))] = False,
    tlp: Annotated[str, typer.Option("--tlp", metavar="LEVEL", help=text("share.cli.tlp"))] = "TLP:CLEAR",
    to: Receiver = "",
    home: HomeFolder = None,
    record: RecordUrl = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Write events."""
    from qiyafa.app.home import find_home
    from qiyafa.app.share import Wanted, read_tlp
    from qiyafa.app.share_misp import export_misp
    from qiyafa.cli.share_json import kept_object
    from qiyafa.cli.share_table import show_kept
    from qiyafa.cli.terminal import open_screen, say
    from qiyafa.sharing.release import Channel

    channel = Channel(str(out), read_tlp(tlp))
    wanted = Wanted(tuple(incident or ()), tuple(actor or ()), labels)
    with progress_bar(quiet or as_json) as progress:
        done = export_misp(find_home(home), record, wanted, channel, out, is_feed=feed, receiver=to, progress=progress)
    if as_json:
        about = {"out": str(out), "tlp": channel.level.value, "events": done.events, "objects": done.objects}
        typer.echo(json_text({**about, **kept_object(done.released)}))
        return
    screen = open_screen()
    counts = {"events": f"{done.events:,}", "objects": f"{done.objects:,}"}
    say(screen, text("misp.cli.exported", out=str(out), **counts))
    show_kept(screen, done.released, channel)


@app.command("import", help=text("misp.cli.import_help"), epilog=text("misp.cli.import_examples"))
def import_command(  # noqa: PLR0913 - one parameter for each option
    path: Annotated[Path, typer.Argument(metavar="PATH", help=text("misp.cli.path"))],
    proposals: Annotated[Path | None, typer.Option("--proposals", metavar="FILE", help=text("misp.cli.table"))] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help=text("share.cli.dry_run"))] = False,
    author: Annotated[str, typer.Option("--author", metavar="NAME", help=text("share.cli.author"))] = "user",
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help=text("share.cli.reason"))] = "",
    tlp: Annotated[str, typer.Option("--tlp", metavar="LEVEL", help=text("share.cli.unmarked"))] = "TLP:AMBER",
    home: HomeFolder = None,
    record: RecordUrl = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Take in events."""
    from qiyafa.app.home import find_home
    from qiyafa.app.share import read_tlp
    from qiyafa.app.share_intake import Intake
    from qiyafa.app.share_misp import import_misp
    from qiyafa.cli.share_misp_view import import_object, show_import
    from qiyafa.cli.terminal import open_screen

    intake = Intake(author, reason, read_tlp(tlp), dry_run)
    with progress_bar(quiet or as_json) as progress:
        done = import_misp(find_home(home), record, path, intake, proposals=proposals, progress=progress)
    if as_json:
        typer.echo(json_text(import_object(done)))
        return
    show_import(open_screen(), done)
