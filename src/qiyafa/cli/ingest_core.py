"""`qiyafa ingest bitcoin-rpc`: take blocks from a node of the Bitcoin family into a ledger."""

from pathlib import Path
from typing import Annotated

import typer

from qiyafa.cli.ingest import ProblemsFile, show_ingested
from qiyafa.cli.options import AsJson, LedgerFolder, Quiet, read_whole_number
from qiyafa.cli.progress import progress_bar
from qiyafa.text import text

LATEST = "latest"


def bitcoin_rpc(  # noqa: PLR0913 - one parameter for each option
    url: Annotated[str, typer.Argument(metavar="URL", help=text("core_node.ingest.url"))],
    ledger: LedgerFolder,
    first: Annotated[str, typer.Option("--from", metavar="BLOCK", help=text("core_node.ingest.first"))] = "0",
    last: Annotated[str, typer.Option("--to", metavar="BLOCK|latest", help=text("core_node.ingest.last"))] = LATEST,
    chain: Annotated[
        str | None, typer.Option("--chain", metavar="NAME|CAIP-2", help=text("core_node.ingest.chain"))
    ] = None,
    cookie: Annotated[
        Path | None, typer.Option("--cookie", metavar="FILE", help=text("core_node.ingest.cookie"))
    ] = None,
    problems: ProblemsFile = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Take a range of blocks from a node into a ledger."""
    from qiyafa.app.ingest_core import CoreBlocks, ingest_core_blocks

    request = CoreBlocks(
        url=url,
        first=read_whole_number("--from", first),
        last=None if last == LATEST else read_whole_number("--to", last),
        chain=chain,
        cookie=cookie,
    )
    with progress_bar(quiet) as progress:
        ingested = ingest_core_blocks(request, ledger, progress=progress)
    show_ingested(ingested, ledger, problems, as_json=as_json, quiet=quiet)
