"""`qiyafa ingest tronscan-csv` and `tron-rpc`: take what TRON's explorer and its nodes give into a ledger."""

from pathlib import Path
from typing import Annotated

import typer

from qiyafa.cli.ingest import ChainOption, ProblemsFile, show_ingested
from qiyafa.cli.options import AsJson, LedgerFolder, Quiet, read_whole_number
from qiyafa.cli.progress import progress_bar
from qiyafa.text import text

TRON = "tron:728126428"
LATEST = "latest"


def tronscan_csv(
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help=text("tron.ingest.tronscan_files"))],
    ledger: LedgerFolder,
    chain: ChainOption = TRON,
    problems: ProblemsFile = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Take lists of TRC-20 transfers into a ledger."""
    from qiyafa.app.ingest_tron import ingest_tronscan

    with progress_bar(quiet) as progress:
        ingested = ingest_tronscan(tuple(files), chain, ledger, progress=progress)
    show_ingested(ingested, ledger, problems, as_json=as_json, quiet=quiet)


def tron_rpc(  # noqa: PLR0913 - one parameter for each option
    url: Annotated[str, typer.Argument(metavar="URL", help=text("tron.ingest.rpc_url"))],
    first: Annotated[str, typer.Option("--from", metavar="BLOCK", help=text("tron.ingest.rpc_from"))],
    ledger: LedgerFolder,
    last: Annotated[str, typer.Option("--to", metavar="BLOCK|latest", help=text("tron.ingest.rpc_to"))] = LATEST,
    chain: Annotated[str | None, typer.Option("--chain", metavar="CAIP-2", help=text("tron.ingest.rpc_chain"))] = None,
    rate: Annotated[float, typer.Option("--rate", min=0, metavar="N", help=text("tron.ingest.rpc_rate"))] = 0.0,
    problems: ProblemsFile = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Take the token transfers of a range of blocks from a node into a ledger."""
    from qiyafa.app.ingest_tron import TronBlocks, ingest_tron_blocks
    from qiyafa.chains.node import Manners

    request = TronBlocks(
        url=url,
        first=read_whole_number("--from", first),
        last=None if last == LATEST else read_whole_number("--to", last),
        chain=chain,
        manners=Manners(rate=rate),
    )
    with progress_bar(quiet) as progress:
        ingested = ingest_tron_blocks(request, ledger, progress=progress)
    show_ingested(ingested, ledger, problems, as_json=as_json, quiet=quiet)
