"""`qiyafa screen`: may I touch this address? A verdict with its reasons, and what was not covered."""

import os
from pathlib import Path
from typing import Annotated

import typer

from qiyafa.cli import exits
from qiyafa.cli.options import AsJson, HomeFolder, Quiet, read_moment
from qiyafa.cli.progress import progress_bar
from qiyafa.model.errors import InvalidInput
from qiyafa.text import text

Addresses = Annotated[list[str] | None, typer.Argument(metavar="ADDRESS...", help=text("screen.option.address"))]
ChainName = Annotated[str | None, typer.Option("--chain", metavar="CHAIN", help=text("screen.option.chain"))]
AsOf = Annotated[str | None, typer.Option("--as-of", metavar="DATE|TIME", help=text("screen.option.as_of"))]
KnownAt = Annotated[str | None, typer.Option("--known-at", metavar="DATE|TIME", help=text("screen.option.known_at"))]
InFile = Annotated[Path | None, typer.Option("--file", metavar="IN.csv", help=text("screen.option.file"))]
OutFile = Annotated[Path | None, typer.Option("--out", metavar="OUT.csv", help=text("screen.option.out"))]
MaybeLedger = Annotated[Path | None, typer.Option("--ledger", metavar="DIR", help=text("screen.option.ledger"))]
RuleFile = Annotated[Path | None, typer.Option("--rules", metavar="FILE.toml", help=text("screen.option.rules"))]
NoExposure = Annotated[bool, typer.Option("--no-exposure", help=text("screen.option.no_exposure"))]
Keep = Annotated[bool, typer.Option("--keep", help=text("screen.option.keep"))]
RequestId = Annotated[str | None, typer.Option("--request-id", metavar="ID", help=text("screen.option.request_id"))]
Rescreen = Annotated[bool, typer.Option("--rescreen", help=text("screen.option.rescreen"))]
Since = Annotated[str | None, typer.Option("--since", metavar="DATE|TIME", help=text("screen.option.since"))]


def screen(  # noqa: PLR0913 - one parameter for each option
    addresses: Addresses = None,
    chain: ChainName = None,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    file: InFile = None,
    out: OutFile = None,
    ledger: MaybeLedger = None,
    rules: RuleFile = None,
    no_exposure: NoExposure = False,
    keep: Keep = False,
    request_id: RequestId = None,
    rescreen: Rescreen = False,
    since: Since = None,
    home: HomeFolder = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Screen addresses; exit 1 if one is a hit."""
    asked = tuple(addresses or ())
    moments = {"--as-of": as_of, "--known-at": known_at, "--since": since}
    read = {name: None if one is None else read_moment(name, one) for name, one in moments.items()}
    _check_request(asked, file, out, request_id)
    _check_rescreen(rescreen, read["--since"] is not None, out is not None or keep or as_of is not None)
    if not (asked or file or rescreen):
        raise InvalidInput("screen.error.no_address")

    from qiyafa.app.clock import utc_now
    from qiyafa.app.home import find_home
    from qiyafa.app.screen import Screener
    from qiyafa.cli.screen_answers import Question, answer_addresses, answer_file, answer_rescreen

    found = find_home(home)
    with progress_bar(quiet) as progress:
        screener = Screener.open(
            found, ledger=None if no_exposure else ledger, rules=rules, now=utc_now, progress=progress
        )
        if chain is not None:
            screener.check_chain(chain)
        question = Question(
            found, screener, asked, chain, file, read["--as-of"], read["--known-at"], as_json=as_json
        )  # fmt: skip
        if read["--since"] is not None:
            answer_rescreen(question, read["--since"], progress)
            return
        if file is not None:
            has_hit = answer_file(question, out, progress)
        else:
            has_hit = answer_addresses(question, keep=keep or request_id is not None, request_id=request_id)
    if has_hit:
        raise typer.Exit(exits.FINDING)


def _check_request(asked: tuple[str, ...], file: Path | None, out: Path | None, request_id: str | None) -> None:
    """Refuse options that contradict each other."""
    if asked and file is not None:
        raise InvalidInput("screen.error.address_and_file")
    if out is not None and file is None:
        raise InvalidInput("screen.error.out_without_file")
    if out is not None and file is not None and file.is_file() and os.path.realpath(file) == os.path.realpath(out):
        raise InvalidInput("screen.error.same_file", path=str(file))
    if request_id is not None and len(asked) != 1:
        raise InvalidInput("screen.error.one_request")


def _check_rescreen(rescreen: bool, has_since: bool, has_others: bool) -> None:
    if rescreen and not has_since:
        raise InvalidInput("screen.error.no_since")
    if has_since and not rescreen:
        raise InvalidInput("screen.error.since_alone")
    if rescreen and has_others:
        raise InvalidInput("screen.error.rescreen_alone")
