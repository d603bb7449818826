"""`qiyafa ingest`: take files into a ledger."""

from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperCommand

from qiyafa.cli.json_text import json_line
from qiyafa.cli.options import AsJson, LedgerFolder, Quiet
from qiyafa.cli.progress import progress_bar
from qiyafa.model.ledger import LedgerModel
from qiyafa.text import text

if TYPE_CHECKING:
    from qiyafa.app.ingest import Ingested

ETHEREUM = "eip155:1"
_SHOWN_PROBLEMS = 10
_SHOWN_SOURCES = 10

ChainOption = Annotated[str, typer.Option("--chain", metavar="CAIP-2", help=text("chains.ingest.chain"))]
ProblemsFile = Annotated[
    Path | None, typer.Option("--problems", metavar="FILE.jsonl", help=text("chains.ingest.problems"))
]

app = typer.Typer(help=text("chains.ingest.help"), no_args_is_help=True)


class SeveralValues(TyperCommand):
    """A command whose repeatable options also take several values after one flag: `--transactions a.csv b.csv`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Repeat the flag before each further value, which is what the parser understands."""
        repeatable = {flag for option in self.params if getattr(option, "multiple", False) for flag in option.opts}
        return super().parse_args(ctx, with_repeated_flags(args, repeatable))


def with_repeated_flags(arguments: Iterable[str], repeatable: set[str]) -> list[str]:
    """Return a command line in which every value of a repeatable flag has the flag before it."""
    written: list[str] = []
    flag, is_waiting = "", False
    for argument in arguments:
        if argument.startswith("-"):
            name, equals, _ = argument.partition("=")
            flag, is_waiting = name if name in repeatable else "", not equals
        elif flag and not is_waiting:
            written.append(flag)
        else:
            is_waiting = False
        written.append(argument)
    return written


def _files(flag: str, field: str) -> Any:
    return typer.Option(flag, metavar="FILE…", help=text(f"chains.ingest.{field}"))


@app.command(
    "ethereum-etl",
    cls=SeveralValues,
    help=text("chains.ingest.ethereum_etl_help"),
    epilog=text("chains.ingest.ethereum_etl_examples"),
)
def ethereum_etl(  # noqa: PLR0913 - one parameter for each option
    ledger: LedgerFolder,
    transactions: Annotated[list[Path] | None, _files("--transactions", "transactions")] = None,
    receipts: Annotated[list[Path] | None, _files("--receipts", "receipts")] = None,
    token_transfers: Annotated[list[Path] | None, _files("--token-transfers", "token_transfers")] = None,
    traces: Annotated[list[Path] | None, _files("--traces", "traces")] = None,
    logs: Annotated[list[Path] | None, _files("--logs", "logs")] = None,
    coverage: Annotated[
        Path | None, typer.Option("--coverage", metavar="FILE", help=text("chains.ingest.coverage"))
    ] = None,
    chain: ChainOption = ETHEREUM,
    problems: ProblemsFile = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Take tables of ethereum-etl into a ledger."""
    from qiyafa.app.ingest import ingest_ethereum_etl
    from qiyafa.chains.readers.ethereum_etl.reader import EthereumEtlFiles

    files = EthereumEtlFiles(
        transactions=tuple(transactions or ()),
        receipts=tuple(receipts or ()),
        token_transfers=tuple(token_transfers or ()),
        traces=tuple(traces or ()),
        logs=tuple(logs or ()),
        coverage=coverage,
    )
    with progress_bar(quiet) as progress:
        ingested = ingest_ethereum_etl(files, chain, ledger, progress=progress)
    _answer(ingested, ledger, problems, as_json=as_json, quiet=quiet)


@app.command(
    "etherscan",
    help=text("chains.ingest.etherscan_help"),
    epilog=text("chains.ingest.etherscan_examples"),
)
def etherscan(
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help=text("chains.ingest.downloads"))],
    address: Annotated[str, typer.Option("--address", metavar="ADDRESS", help=text("chains.ingest.address"))],
    ledger: LedgerFolder,
    chain: ChainOption = ETHEREUM,
    decimals: Annotated[
        list[str] | None, typer.Option("--decimals", metavar="CONTRACT=N", help=text("chains.ingest.decimals"))
    ] = None,
    problems: ProblemsFile = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Take what was downloaded from Etherscan for one address into a ledger."""
    from qiyafa.app.ingest import ingest_etherscan

    with progress_bar(quiet) as progress:
        ingested = ingest_etherscan(
            tuple(files), address, chain, ledger, decimals=tuple(decimals or ()), progress=progress
        )
    _answer(ingested, ledger, problems, as_json=as_json, quiet=quiet)


def show_ingested(ingested: "Ingested", ledger: Path, problems: Path | None, *, as_json: bool, quiet: bool) -> None:
    """Print what became of a source, as every `ingest` command does, and write its problems where that was asked."""
    _answer(ingested, ledger, problems, as_json=as_json, quiet=quiet)


def _answer(ingested: "Ingested", ledger: Path, problems: Path | None, *, as_json: bool, quiet: bool) -> None:
    from qiyafa.app.ingest import write_problems

    if problems is not None:
        write_problems(ingested.problems, problems)
    if as_json:
        typer.echo(json_line(_record(ingested, ledger)))
        return
    for line in _lines(ingested, ledger, has_problems_file=problems is not None, quiet=quiet):
        typer.echo(line)


def _record(ingested: "Ingested", ledger: Path) -> dict[str, object]:
    from qiyafa.app.ingest import problem_record

    report = ingested.report
    return {
        "ledger": str(ledger),
        "chain": report.chain,
        "manifest_sha256": report.manifest_sha256,
        "rows_read": report.rows_read,
        "rows_added": report.rows_added,
        "rows_total": report.rows_total,
        "head_block": report.head_block,
        "lacks": ingested.lacks,
        "sources": [asdict(source) for source in ingested.sources],
        "problem_count": ingested.problem_count,
        "problems": [problem_record(problem) for problem in ingested.problems],
    }


def _lines(ingested: "Ingested", ledger: Path, *, has_problems_file: bool, quiet: bool) -> Iterable[str]:
    report = ingested.report
    for source in ingested.sources[:_SHOWN_SOURCES]:
        rows, left_out = f"{source.rows:,}", f"{source.problems:,}"
        yield text("chains.ingest.read", file=source.name, table=source.table, rows=rows, left_out=left_out)
    if len(ingested.sources) > _SHOWN_SOURCES:
        yield text("chains.ingest.more_files", count=f"{len(ingested.sources) - _SHOWN_SOURCES:,}")
    head = "-" if report.head_block is None else f"{report.head_block:,}"
    counts = {"added": f"{report.rows_added:,}", "total": f"{report.rows_total:,}"}
    if ingested.model is LedgerModel.OUTPUTS:
        yield text("chains_outputs.ingest.done", ledger=str(ledger), chain=report.chain, head=head, **counts)
    else:
        yield text("chains.ingest.done", ledger=str(ledger), chain=report.chain, head=head, **counts)
    if ingested.problem_count:
        yield text("chains.ingest.problem_count", count=f"{ingested.problem_count:,}")
    for problem in ingested.problems[:_SHOWN_PROBLEMS]:
        place = ", ".join(part for part in (problem.source, problem.place) if part)
        yield text("chains.ingest.problem", place=place, message=text(problem.key, **problem.fields))
    hidden = ingested.problem_count - min(len(ingested.problems), _SHOWN_PROBLEMS)
    if hidden and not (quiet or has_problems_file):
        yield text("chains.ingest.more_problems", count=f"{hidden:,}", kept=f"{len(ingested.problems):,}")
    if ingested.lacks:
        lacks = ", ".join(text(f"ledger.knowledge.{one}") for one in ingested.lacks)
        yield text("chains.ingest.lacks", lacks=lacks)
