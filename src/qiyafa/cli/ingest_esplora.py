"""`qiyafa ingest esplora`: take the histories of some addresses from an Esplora server into a ledger."""

from typing import Annotated

import typer

from qiyafa.cli import options
from qiyafa.cli.ingest import ChainOption, ProblemsFile, show_ingested
from qiyafa.cli.options import AsJson, LedgerFolder, Quiet
from qiyafa.cli.progress import progress_bar
from qiyafa.text import text

BITCOIN = "bip122:000000000019d6689c085ae165831e93"


def esplora(  # noqa: PLR0913 - one parameter for each option
    url: Annotated[str, typer.Argument(metavar="URL", help=text("pull.ingest.url"))],
    address: Annotated[list[str], typer.Option("--address", metavar="ADDRESS", help=text("pull.ingest.address"))],
    ledger: LedgerFolder,
    chain: ChainOption = BITCOIN,
    rate: Annotated[str | None, typer.Option("--rate", metavar="N", help=text("pull.option.rate"))] = None,
    refresh: Annotated[bool, typer.Option("--refresh", help=text("pull.option.refresh"))] = False,
    problems: ProblemsFile = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Take the histories of addresses into a ledger."""
    per_second = None if rate is None else options.read_whole_number("--rate", rate, least=1)

    from qiyafa.app.ingest_explorer import ingest_histories
    from qiyafa.app.pull_sources import SourceRequest
    from qiyafa.chains.http_client import Budget

    source = SourceRequest("esplora", url, Budget(), requests_per_second=per_second, refresh=refresh)
    with progress_bar(quiet) as progress:
        ingested = ingest_histories(source, address, chain, ledger, progress=progress)
    show_ingested(ingested, ledger, problems, as_json=as_json, quiet=quiet)
