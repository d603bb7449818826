"""`qiyafa path`: ways that money can have taken from one address to another."""

from typing import TYPE_CHECKING, Annotated

import typer

from qiyafa.cli import options
from qiyafa.cli.json_text import json_text
from qiyafa.cli.options import AsJson, Exact, LedgerFolder, Quiet, Until
from qiyafa.cli.progress import progress_bar
from qiyafa.text import text

if TYPE_CHECKING:
    from rich.console import Console

    from qiyafa.model.finding import LedgerPath

DEFAULT_COUNT = "3"


def path(  # noqa: PLR0913 - one parameter for each option
    source: Annotated[str, typer.Argument(metavar="FROM", help=text("cli.path.source"))],
    target: Annotated[str, typer.Argument(metavar="TO", help=text("cli.path.target"))],
    ledger: LedgerFolder,
    asset: Annotated[str | None, typer.Option("--asset", metavar="CAIP-19", help=text("cli.path.asset"))] = None,
    from_block: Annotated[str, typer.Option("--from-block", metavar="BLOCK", help=text("cli.path.from_block"))] = "0",
    until: Until = None,
    count: Annotated[str, typer.Option("--count", metavar="N", help=text("cli.path.count"))] = DEFAULT_COUNT,
    as_json: AsJson = False,
    exact: Exact = False,
    quiet: Quiet = False,
) -> None:
    """Find paths and show them, the one that carries most first."""
    limits = options.read_limits(until)
    first_block = options.read_whole_number("--from-block", from_block)
    wanted = options.read_whole_number("--count", count, least=1)

    from qiyafa.app.path import paths_between

    with progress_bar(quiet) as progress:
        answer = paths_between(
            source,
            target,
            ledger,
            asset=asset,
            from_block=first_block,
            limits=limits,
            count=wanted,
            progress=progress,
        )
    if as_json:
        from qiyafa.cli.explain_json import paths_json

        typer.echo(json_text(paths_json(answer)))
        return

    from qiyafa.cli.answer_table import show_gaps
    from qiyafa.cli.terminal import open_screen, say

    screen = open_screen()
    say(screen, text("cli.path.title", source=answer.source, target=answer.target), style="bold")
    if not answer.paths:
        say(screen, text("cli.path.nothing"))
    for number, found in enumerate(answer.paths, start=1):
        _show_path(screen, number, found, exact=exact)
    show_gaps(screen, answer.gaps)


def _show_path(screen: "Console", number: int, found: "LedgerPath", *, exact: bool) -> None:
    from qiyafa.app.assets import unit_of
    from qiyafa.cli.terminal import Column, show_table
    from qiyafa.text.amounts import readable_number, readable_units

    symbol, decimals = unit_of(found.chain, found.asset)
    most = readable_units(found.units, symbol, decimals, exact=exact)
    columns = [
        Column(text("cli.column.time")),
        Column(text("cli.column.block"), "right"),
        Column(symbol, "right"),
        Column(text("cli.column.to_and_transaction")),
    ]
    rows = [
        (
            transfer.time or "",
            "" if transfer.block_number is None else str(transfer.block_number),
            readable_number(transfer.units, decimals, exact=exact),
            f"{transfer.target}\n  {transfer.transaction_hash}",
        )
        for transfer in found.transfers
    ]
    screen.line()
    show_table(screen, text("cli.path.found", number=number, count=len(rows), most=most), columns, rows)
