"""`qiyafa labels`: take in, show, contradict and give away what is said of addresses."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from qiyafa.cli import exits
from qiyafa.cli.json_text import json_line, json_text
from qiyafa.cli.options import AsJson, HomeFolder, Quiet, Receiver, read_moment, read_whole_number
from qiyafa.cli.progress import progress_bar
from qiyafa.model.errors import InvalidInput
from qiyafa.model.label import Tlp
from qiyafa.text import text

app = typer.Typer(help=text("labels.cli.help"), epilog=text("labels.cli.examples"), no_args_is_help=True)

LabelId = Annotated[str, typer.Argument(metavar="LABEL", help=text("labels.cli.label"))]
Reason = Annotated[str, typer.Option("--reason", metavar="TEXT", help=text("labels.cli.reason"))]
By = Annotated[str, typer.Option("--by", metavar="NAME", help=text("labels.cli.by"))]
Most = Annotated[str, typer.Option("--top", metavar="N", help=text("labels.cli.most"))]


@app.command("import", help=text("labels.cli.import_help"), epilog=text("labels.cli.import_examples"))
def import_command(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...", help=text("labels.cli.paths"))],
    home: HomeFolder = None,
    format_in: Annotated[str | None, typer.Option("--format", help=text("labels.cli.format_in"))] = None,
    tlp: Annotated[str, typer.Option("--tlp", help=text("labels.cli.tlp"))] = "TLP:CLEAR",
    source_url: Annotated[str, typer.Option("--source-url", metavar="URL", help=text("labels.cli.source_url"))] = "",
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Take in labels."""
    from qiyafa.app.home import find_home
    from qiyafa.app.labels import FORMATS_IN, ImportOptions, import_labels
    from qiyafa.cli.labels_table import show_import
    from qiyafa.cli.terminal import open_screen

    options = ImportOptions(
        None if format_in is None else _format(format_in, FORMATS_IN),
        _tlp(tlp),
        source_url,
    )
    with progress_bar(quiet) as progress:
        result = import_labels(find_home(home), paths, options, progress=progress)
    if as_json:
        from qiyafa.cli.labels_json import import_object

        typer.echo(json_text(import_object(result)))
        return
    show_import(open_screen(), result)


@app.command("export", help=text("labels.cli.export_help"), epilog=text("labels.cli.export_examples"))
def export(
    out: Annotated[Path, typer.Option("--out", metavar="PATH", help=text("labels.cli.out"))],
    format_out: Annotated[str, typer.Option("--format", help=text("labels.cli.format_out"))] = "csv",
    tlp: Annotated[str, typer.Option("--tlp", metavar="LEVEL", help=text("labels.cli.tlp_out"))] = "TLP:CLEAR",
    to: Receiver = "",
    home: HomeFolder = None,
    as_json: AsJson = False,
) -> None:
    """Give labels away."""
    from qiyafa.app.home import find_home
    from qiyafa.app.labels import FORMATS_OUT, export_labels
    from qiyafa.app.share_labels import label_gate
    from qiyafa.sharing.release import Channel

    chosen = _format(format_out, FORMATS_OUT)
    folder = find_home(home)
    gate = label_gate(folder, Channel(str(out), _tlp(tlp)))
    count = export_labels(folder, chosen, out, gate, to)
    if as_json:
        kept = [{"kind": one.kind, "id": one.id, "tlp": one.tlp.value} for one in gate.kept]
        typer.echo(json_line({"format": chosen, "out": str(out), "entries": count, "kept": kept}))
        return
    typer.echo(text("labels.cli.exported", count=f"{count:,}", out=str(out)))
    if gate.kept:
        typer.echo(text("labels.cli.stayed", count=f"{len(gate.kept):,}", level=gate.channel.level.value))


@app.command("show", help=text("labels.cli.show_help"), epilog=text("labels.cli.show_examples"))
def show(
    address: Annotated[str, typer.Argument(metavar="ADDRESS", help=text("labels.cli.address"))],
    chain: Annotated[str | None, typer.Option("--chain", metavar="CHAIN", help=text("labels.cli.chain"))] = None,
    as_of: Annotated[str | None, typer.Option("--as-of", metavar="TIME", help=text("labels.cli.as_of"))] = None,
    home: HomeFolder = None,
    as_json: AsJson = False,
) -> None:
    """Show what is said of an address."""
    from qiyafa.app.home import find_home
    from qiyafa.app.labels import labels_of
    from qiyafa.cli.labels_table import show_address
    from qiyafa.cli.terminal import open_screen

    at = None if as_of is None else read_moment("--as-of", as_of)
    found = labels_of(find_home(home), address, chain, at)
    if as_json:
        from qiyafa.cli.labels_json import address_object

        typer.echo(json_text(address_object(found)))
        return
    show_address(open_screen(), found)


@app.command("find", help=text("labels.cli.find_help"))
def find(
    wanted: Annotated[str, typer.Argument(metavar="TEXT", help=text("labels.cli.find"))],
    top: Most = "20",
    home: HomeFolder = None,
    as_json: AsJson = False,
) -> None:
    """Find labels by name or entity."""
    from qiyafa.app.home import find_home
    from qiyafa.app.labels import find_labels
    from qiyafa.cli.labels_json import label_object
    from qiyafa.cli.labels_table import show_found
    from qiyafa.cli.terminal import open_screen

    found, count = find_labels(find_home(home), wanted, read_whole_number("--top", top, least=1))
    if as_json:
        record = {"text": wanted, "count": count, "labels": [label_object(label) for label in found]}
        typer.echo(json_text(record))
        return
    show_found(open_screen(), wanted, found, count)


@app.command("dispute", help=text("labels.cli.dispute_help"))
def dispute(label: LabelId, reason: Reason, by: By = "", home: HomeFolder = None, as_json: AsJson = False) -> None:
    """Contradict a label."""
    _contradict(label, reason, by, home, withdraw=False, as_json=as_json)


@app.command("withdraw", help=text("labels.cli.withdraw_help"))
def withdraw(label: LabelId, reason: Reason, by: By = "", home: HomeFolder = None, as_json: AsJson = False) -> None:
    """Withdraw a label."""
    _contradict(label, reason, by, home, withdraw=True, as_json=as_json)


def _contradict(label: str, reason: str, by: str, home: Path | None, *, withdraw: bool, as_json: bool) -> None:
    from qiyafa.app.home import find_home
    from qiyafa.app.labels import contradict, uses_of
    from qiyafa.cli.labels_json import label_object, use_object
    from qiyafa.cli.labels_table import show_uses
    from qiyafa.cli.terminal import open_screen, say

    folder = find_home(home)
    changed = contradict(folder, label, reason, by, withdraw=withdraw)
    uses = uses_of(folder, changed.id)
    if as_json:
        record = {"label": label_object(changed), "uses": [use_object(use) for use in uses]}
        typer.echo(json_text(record))
        return
    screen = open_screen()
    say(screen, text("labels.cli.withdrawn" if withdraw else "labels.cli.disputed", label=changed.id))
    show_uses(screen, changed.id, uses)


@app.command("history", help=text("labels.cli.history_help"))
def history(label: LabelId, home: HomeFolder = None, as_json: AsJson = False) -> None:
    """Show every version of a label."""
    from qiyafa.app.home import find_home
    from qiyafa.app.labels import existing_store
    from qiyafa.cli.labels_json import label_object
    from qiyafa.cli.labels_table import show_history
    from qiyafa.cli.terminal import open_screen

    versions = existing_store(find_home(home)).history(label)
    if as_json:
        typer.echo(json_text([label_object(version) for version in versions]))
        return
    show_history(open_screen(), versions)


@app.command("blast-radius", help=text("labels.cli.blast_help"))
def blast_radius(label: LabelId, home: HomeFolder = None, as_json: AsJson = False) -> None:
    """List what rested on a label."""
    from qiyafa.app.home import find_home
    from qiyafa.app.labels import uses_of
    from qiyafa.cli.labels_json import use_object
    from qiyafa.cli.labels_table import show_uses
    from qiyafa.cli.terminal import open_screen

    uses = uses_of(find_home(home), label)
    if as_json:
        record = {"label": label, "uses": [use_object(use) for use in uses]}
        typer.echo(json_text(record))
        return
    show_uses(open_screen(), label, uses)


@app.command("info", help=text("labels.cli.info_help"))
def info(home: HomeFolder = None, as_json: AsJson = False) -> None:
    """Show how much the store holds."""
    from dataclasses import asdict

    from qiyafa.app.home import find_home
    from qiyafa.app.labels import existing_store
    from qiyafa.cli.labels_table import show_totals
    from qiyafa.cli.terminal import open_screen

    store = existing_store(find_home(home))
    totals = store.totals()
    if as_json:
        typer.echo(json_text({"path": store.location, **asdict(totals)}))
        return
    show_totals(open_screen(), store.location, totals)


@app.command("verify", help=text("labels.cli.verify_help"))
def verify(home: HomeFolder = None, as_json: AsJson = False) -> None:
    """Check every row; exit 1 if one is damaged."""
    from qiyafa.app.home import find_home
    from qiyafa.app.labels import existing_store

    store = existing_store(find_home(home))
    damages = store.damages()
    if as_json:
        record = {
            "path": store.location,
            "version": store.version(),
            "sound": not damages,
            "damaged": [{"table": table, "row": row} for table, row in damages],
        }
        typer.echo(json_line(record))
    else:
        for table, row in damages:
            typer.echo(text("labels.cli.damage", table=table, row=row))
        key = "labels.cli.not_sound" if damages else "labels.cli.sound"
        typer.echo(text(key, path=store.location, **({"count": len(damages)} if damages else {})))
    if damages:
        raise typer.Exit(exits.FINDING)


def _format(written: str, known: Sequence[str]) -> str:
    if written not in known:
        raise InvalidInput("labels.error.format", format=written, known=", ".join(known))
    return written


def _tlp(written: str) -> Tlp:
    try:
        return Tlp(written.upper())
    except ValueError:
        raise InvalidInput("labels.error.tlp", tlp=written, known=", ".join(Tlp)) from None
