"""`qiyafa share stix`: bundles out, as far as they may leave, and in."""

from pathlib import Path
from typing import Annotated

import typer

from qiyafa.cli.json_text import json_text
from qiyafa.cli.options import AsJson, HomeFolder, Quiet, Receiver, RecordUrl
from qiyafa.cli.progress import progress_bar
from qiyafa.text import text

app = typer.Typer(help=text("share.cli.stix_help"), epilog=text("share.cli.stix_examples"), no_args_is_help=True)

ChannelLevel = Annotated[str, typer.Option("--tlp", metavar="LEVEL", help=text("share.cli.tlp"))]


@app.command("export", help=text("share.cli.export_help"), epilog=text("share.cli.export_examples"))
def export(  # noqa: PLR0913 - one parameter for each option
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help=text("share.cli.out"))],
    incident: Annotated[
        list[str] | None, typer.Option("--incident", metavar="ID", help=text("share.cli.incident"))
    ] = None,
    actor: Annotated[list[str] | None, typer.Option("--actor", metavar="ID", help=text("share.cli.actor"))] = None,
    labels: Annotated[bool, typer.Option("--labels", help=text("share.cli.labels"))] = False,
    tlp: ChannelLevel = "TLP:CLEAR",
    to: Receiver = "",
    home: HomeFolder = None,
    record: RecordUrl = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Write a bundle."""
    from qiyafa.app.home import find_home
    from qiyafa.app.share import Wanted, read_tlp
    from qiyafa.app.share_stix import export_stix
    from qiyafa.sharing.release import Channel

    channel = Channel(str(out), read_tlp(tlp))
    wanted = Wanted(tuple(incident or ()), tuple(actor or ()), labels)
    with progress_bar(quiet) as progress:
        done = export_stix(find_home(home), record, wanted, channel, out, receiver=to, progress=progress)
    if as_json:
        from qiyafa.cli.share_json import export_object

        typer.echo(json_text(export_object(done, channel)))
        return
    from qiyafa.cli.share_table import show_export
    from qiyafa.cli.terminal import open_screen

    show_export(open_screen(), done, channel)


@app.command("import", help=text("share.cli.import_help"), epilog=text("share.cli.import_examples"))
def import_command(  # noqa: PLR0913 - one parameter for each option
    file: Annotated[Path, typer.Argument(metavar="FILE", help=text("share.cli.file"))],
    dry_run: Annotated[bool, typer.Option("--dry-run", help=text("share.cli.dry_run"))] = False,
    author: Annotated[str, typer.Option("--author", metavar="NAME", help=text("share.cli.author"))] = "user",
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help=text("share.cli.reason"))] = "",
    tlp: Annotated[str, typer.Option("--tlp", metavar="LEVEL", help=text("share.cli.unmarked"))] = "TLP:AMBER",
    home: HomeFolder = None,
    record: RecordUrl = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Take in a bundle."""
    from qiyafa.app.home import find_home
    from qiyafa.app.share import read_tlp
    from qiyafa.app.share_intake import Intake
    from qiyafa.app.share_stix import import_stix

    options = Intake(author, reason, read_tlp(tlp), dry_run)
    with progress_bar(quiet) as progress:
        done = import_stix(find_home(home), record, file, options, progress=progress)
    if as_json:
        from qiyafa.cli.share_json import import_object

        typer.echo(json_text(import_object(done)))
        return
    from qiyafa.cli.share_table import show_import
    from qiyafa.cli.terminal import open_screen

    show_import(open_screen(), done)
