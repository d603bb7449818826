"""`qiyafa pack`: build a signed file of verdicts, check it, and ask it without network or database."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from qiyafa.cli import exits
from qiyafa.cli.json_text import json_line, json_text
from qiyafa.cli.options import AsJson, HomeFolder, LabelLevel, Quiet, read_moment, read_whole_number
from qiyafa.cli.progress import progress_bar
from qiyafa.text import text

if TYPE_CHECKING:
    from rich.console import Console

    from qiyafa.app.pack import PackVerdict
    from qiyafa.app.pack_check import PackInfo
    from qiyafa.stores.pack_record import PackRecord

app = typer.Typer(help=text("pack.cli.help"), epilog=text("pack.cli.examples"), no_args_is_help=True)

PackFile = Annotated[Path, typer.Argument(metavar="FILE", help=text("pack.option.file"))]
TrustedKey = Annotated[str | None, typer.Option("--key", metavar="KEY", help=text("pack.option.trusted_key"))]

_STYLES = {"hit": "bold red", "review": "bold yellow", "unavailable": "bold magenta", "no_hit": "bold"}


@app.command("build", help=text("pack.cli.build_help"), epilog=text("pack.cli.build_examples"))
def build(  # noqa: PLR0913 - one parameter for each option
    out: Annotated[Path, typer.Option("--out", metavar="FILE.qpack", help=text("pack.option.out"))],
    ledger: Annotated[Path | None, typer.Option("--ledger", metavar="DIR", help=text("pack.option.ledger"))] = None,
    rules: Annotated[Path | None, typer.Option("--rules", metavar="FILE.toml", help=text("pack.option.rules"))] = None,
    as_of: Annotated[str | None, typer.Option("--as-of", metavar="DATE|TIME", help=text("pack.option.as_of"))] = None,
    valid_days: Annotated[
        str | None, typer.Option("--valid-days", metavar="N", help=text("pack.option.valid_days"))
    ] = None,
    key: Annotated[Path | None, typer.Option("--key", metavar="FILE", help=text("pack.option.signing_key"))] = None,
    tlp: LabelLevel = "TLP:AMBER+STRICT",
    home: HomeFolder = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Build and sign a pack."""
    moment = None if as_of is None else read_moment("--as-of", as_of)
    days = None if valid_days is None else read_whole_number("--valid-days", valid_days, least=1)

    from qiyafa.app.clock import utc_now
    from qiyafa.app.home import find_home
    from qiyafa.app.pack_build import VALID_DAYS, PackRequest, build_pack
    from qiyafa.app.pack_check import pack_info
    from qiyafa.app.share import read_tlp

    request = PackRequest(out, find_home(home), ledger, rules, moment, days or VALID_DAYS, key, read_tlp(tlp))
    with progress_bar(quiet) as progress:
        build_pack(request, now=utc_now, progress=progress)
    _say_info(pack_info(out, request.home), as_json)


@app.command("verify", help=text("pack.cli.verify_help"), epilog=text("pack.cli.verify_examples"))
def verify(
    file: PackFile, key: TrustedKey = None, home: HomeFolder = None, as_json: AsJson = False, quiet: Quiet = False
) -> None:
    """Check every page of a pack; exit 1 if one is damaged."""
    from qiyafa.app.home import find_home
    from qiyafa.app.pack_check import check_pack, trusted_key

    trusted = trusted_key(find_home(home), key)
    with progress_bar(quiet) as progress:
        damages = check_pack(file, trusted, progress)
    lines = [text(damage.key, **damage.fields) for damage in damages]
    if as_json:
        typer.echo(json_line({"pack": str(file), "signer": trusted, "sound": not lines, "damaged": lines}))
    else:
        for line in lines or [text("pack.cli.sound", path=str(file), signer=trusted)]:
            typer.echo(line)
    if lines:
        raise typer.Exit(exits.FINDING)


@app.command("info", help=text("pack.cli.info_help"), epilog=text("pack.cli.info_examples"))
def info(file: PackFile, home: HomeFolder = None, as_json: AsJson = False) -> None:
    """Show what a pack was made from and until when it holds."""
    from qiyafa.app.home import find_home
    from qiyafa.app.pack_check import pack_info

    _say_info(pack_info(file, find_home(home)), as_json)


@app.command("query", help=text("pack.cli.query_help"), epilog=text("pack.cli.query_examples"))
def query(
    file: PackFile,
    addresses: Annotated[list[str], typer.Argument(metavar="ADDRESS...", help=text("pack.option.address"))],
    chain: Annotated[str | None, typer.Option("--chain", metavar="CHAIN", help=text("pack.option.chain"))] = None,
    key: TrustedKey = None,
    home: HomeFolder = None,
    as_json: AsJson = False,
) -> None:
    """Ask a pack about addresses; exit 1 if one is a hit."""
    from qiyafa.app.home import find_home
    from qiyafa.app.pack import open_pack
    from qiyafa.app.pack_check import trusted_key
    from qiyafa.app.pack_json import pack_verdict_object

    with open_pack(file, trusted_key(find_home(home), key)) as pack:
        verdicts = [pack.screen(address, chain) for address in addresses]
    if as_json:
        typer.echo(json_text([pack_verdict_object(verdict) for verdict in verdicts]))
    else:
        from qiyafa.cli.terminal import open_screen

        screen = open_screen()
        for verdict in verdicts:
            _show_verdict(screen, verdict)
    if any(verdict.outcome.value == "hit" for verdict in verdicts):
        raise typer.Exit(exits.FINDING)


def _say_info(found: "PackInfo", as_json: bool) -> None:
    if as_json:
        from qiyafa.app.pack_json import pack_info_object

        typer.echo(json_text(pack_info_object(found)))
        return

    from qiyafa.cli.terminal import open_screen, say

    header, contents = found.header, found.header.contents
    screen = open_screen()
    counts = {"records": f"{header.records:,}", "megabytes": f"{found.bytes / 1e6:,.1f}"}
    say(screen, text("pack.info.title", path=str(found.path), **counts), "bold")
    say(screen, text("pack.info.signed_here" if found.is_own else "pack.info.signed", signer=found.signer))
    times = {"as_of": f"{contents.as_of:%Y-%m-%d %H:%M:%S}", "until": f"{contents.valid_until:%Y-%m-%d %H:%M:%S}"}
    say(screen, text("pack.info.times", **times))
    for one in contents.lists:
        say(screen, text("pack.info.list", list=one.list_id, version=one.version, published=str(one.published)))
    for ledger in contents.ledgers:
        say(screen, text("pack.info.ledger", chain=ledger.chain, block=ledger.head_block or "?"))
    versions = {"rules": contents.rules_version, "labels": contents.labels_version or "-"}
    say(screen, text("pack.info.versions", **versions))
    say(screen, text(f"pack.info.absent.{contents.absent.outcome.value}"))
    for note in contents.absent.notes:
        say(screen, f"  - {text(note.key, **dict(note.fields))}", "dim")


def _show_verdict(screen: "Console", verdict: "PackVerdict") -> None:
    from qiyafa.cli.terminal import say

    outcome = verdict.outcome.value
    say(screen, text(f"screen.verdict.{outcome}"), _STYLES[outcome])
    say(screen, text("screen.table.address", address=verdict.address, chain=verdict.chain or "-"))
    lines = [line for record in verdict.records for line in _record_lines(record)]
    for line in dict.fromkeys(lines):
        say(screen, f"  - {line}")
    for sentence in verdict.sentences:
        say(screen, f"  - {sentence}", "dim")


def _record_lines(record: "PackRecord") -> list[str]:
    """Return what a record says, a line for each piece of evidence and each exposure."""
    lines = []
    for one in record.evidence:
        found = text("pack.table.references", references=", ".join(one.references))
        lines.append(f"{text(one.key, **dict(one.fields))} {found}" if one.key else found)
    for exposure in record.exposures:
        share = f"{exposure.share * 100:.4f}".rstrip("0").rstrip(".")
        fields = {"category": exposure.category.value, "share": share, "hops": exposure.hops or "?"}
        direction = text(f"screen.direction.{exposure.direction.value}")
        lines.append(text("pack.table.exposure", chain=record.chain, direction=direction, **fields))
    return lines
