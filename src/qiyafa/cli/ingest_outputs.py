"""`qiyafa ingest bitcoin-blk`: take the files of a node of a Bitcoin-like chain into a ledger."""

from pathlib import Path
from typing import Annotated

import typer

from qiyafa.cli.ingest import ProblemsFile, show_ingested
from qiyafa.cli.options import AsJson, LedgerFolder, Quiet
from qiyafa.cli.progress import progress_bar
from qiyafa.text import text

BITCOIN = "bitcoin"


def bitcoin_blk(
    paths: Annotated[list[Path], typer.Argument(metavar="DIR|FILE…", help=text("chains_outputs.ingest.paths"))],
    ledger: LedgerFolder,
    chain: Annotated[str, typer.Option("--chain", metavar="NAME|CAIP-2", help=text("chains_outputs.ingest.chain"))] = (
        BITCOIN
    ),
    undo: Annotated[
        list[Path] | None, typer.Option("--undo", metavar="FILE…", help=text("chains_outputs.ingest.undo"))
    ] = None,
    problems: ProblemsFile = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Take blocks into a ledger."""
    from qiyafa.app.ingest_outputs import ingest_bitcoin_blk
    from qiyafa.chains.readers.bitcoin_blk.reader import BlockPaths

    with progress_bar(quiet) as progress:
        ingested = ingest_bitcoin_blk(BlockPaths(tuple(paths), tuple(undo or ())), chain, ledger, progress=progress)
    show_ingested(ingested, ledger, problems, as_json=as_json, quiet=quiet)
