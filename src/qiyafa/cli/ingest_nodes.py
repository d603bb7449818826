"""`qiyafa ingest evm-rpc`: take blocks from an Ethereum-like node into a ledger."""

from typing import Annotated

import typer

from qiyafa.cli.ingest import ProblemsFile, show_ingested
from qiyafa.cli.options import AsJson, LedgerFolder, Quiet, read_whole_number
from qiyafa.cli.progress import progress_bar
from qiyafa.text import text

LATEST = "latest"
_MOST_CALLS = "64"
_CHECKED_TOKENS = "100"


def evm_rpc(  # noqa: PLR0913 - one parameter for each option
    url: Annotated[str, typer.Argument(metavar="URL", help=text("nodes.ingest.url"))],
    ledger: LedgerFolder,
    first: Annotated[str, typer.Option("--from", metavar="BLOCK", help=text("nodes.ingest.first"))] = "0",
    last: Annotated[str, typer.Option("--to", metavar="BLOCK|latest", help=text("nodes.ingest.last"))] = LATEST,
    chain: Annotated[str | None, typer.Option("--chain", metavar="CAIP-2", help=text("nodes.ingest.chain"))] = None,
    batch: Annotated[str, typer.Option("--batch", metavar="N", help=text("nodes.ingest.batch"))] = _MOST_CALLS,
    rate: Annotated[str, typer.Option("--rate", metavar="N", help=text("nodes.ingest.rate"))] = "0",
    check_tokens: Annotated[
        str, typer.Option("--check-tokens", metavar="N", help=text("nodes.ingest.check_tokens"))
    ] = _CHECKED_TOKENS,
    problems: ProblemsFile = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Take a range of blocks from a node into a ledger."""
    from qiyafa.app.ingest_nodes import EvmBlocks, ingest_evm_blocks
    from qiyafa.chains.node import Manners

    request = EvmBlocks(
        url=url,
        first=read_whole_number("--from", first),
        last=None if last == LATEST else read_whole_number("--to", last),
        chain=chain,
        manners=Manners(batch=read_whole_number("--batch", batch, least=1), rate=read_whole_number("--rate", rate)),
        check_tokens=read_whole_number("--check-tokens", check_tokens),
    )
    with progress_bar(quiet) as progress:
        ingested = ingest_evm_blocks(request, ledger, progress=progress)
    show_ingested(ingested, ledger, problems, as_json=as_json, quiet=quiet)
