"""`qiyafa share addresses`: what to look out for, as a list, a table or a TagPack."""

from pathlib import Path
from typing import Annotated

import typer

from qiyafa.cli.json_text import json_text
from qiyafa.cli.options import AsJson, HomeFolder, Receiver, RecordUrl
from qiyafa.text import text


def addresses(  # noqa: PLR0913 - one parameter for each option
    out: Annotated[Path, typer.Option("--out", metavar="PATH", help=text("share.cli.out"))],
    format_out: Annotated[str, typer.Option("--format", help=text("misp.addresses.format"))] = "list",
    incident: Annotated[
        list[str] | None, typer.Option("--incident", metavar="ID", help=text("share.cli.incident"))
    ] = None,
    actor: Annotated[list[str] | None, typer.Option("--actor", metavar="ID", help=text("share.cli.actor"))] = None,
    labels: Annotated[bool, typer.Option("--labels", help=text("share.cli.labels"))] = False,
    tlp: Annotated[str, typer.Option("--tlp", metavar="LEVEL", help=text("share.cli.tlp"))] = "TLP:CLEAR",
    to: Receiver = "",
    home: HomeFolder = None,
    record: RecordUrl = None,
    as_json: AsJson = False,
) -> None:
    """Write addresses."""
    from qiyafa.app.home import find_home
    from qiyafa.app.share import Wanted, read_tlp
    from qiyafa.app.share_addresses import export_addresses
    from qiyafa.cli.share_json import kept_object
    from qiyafa.cli.share_table import show_kept
    from qiyafa.cli.terminal import open_screen, say
    from qiyafa.sharing.release import Channel

    channel = Channel(str(out), read_tlp(tlp))
    wanted = Wanted(tuple(incident or ()), tuple(actor or ()), labels)
    done = export_addresses(find_home(home), record, wanted, channel, out, format=format_out, receiver=to)
    if as_json:
        about = {"out": str(out), "tlp": channel.level.value, "addresses": done.addresses, "labels": done.labels}
        typer.echo(json_text({**about, **kept_object(done.released)}))
        return
    screen = open_screen()
    counts = {"addresses": f"{done.addresses:,}", "labels": f"{done.labels:,}"}
    say(screen, text("misp.addresses.written", out=str(out), **counts))
    show_kept(screen, done.released, channel)
