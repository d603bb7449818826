"""`qiyafa pull`: load the histories that a case needs, and no more, from an explorer or a node."""

from pathlib import Path
from typing import Annotated

import typer

from qiyafa.cli import options
from qiyafa.cli.json_text import json_line
from qiyafa.cli.options import AsJson, CaseFile, LedgerFolder, MaxHops, MinUnits, Quiet
from qiyafa.cli.progress import progress_bar
from qiyafa.text import text


def _number(flag: str, field: str) -> typer.models.OptionInfo:
    found: typer.models.OptionInfo = typer.Option(flag, metavar="N", help=text(f"pull.option.{field}"))
    return found


def pull(  # noqa: PLR0913 - one parameter for each option
    case: CaseFile,
    ledger: LedgerFolder,
    source: Annotated[str, typer.Option("--source", metavar="NAME", help=text("pull.option.source"))],
    url: Annotated[str, typer.Option("--url", metavar="URL", help=text("pull.option.url"))],
    chain: Annotated[str | None, typer.Option("--chain", metavar="CAIP-2", help=text("pull.option.chain"))] = None,
    api_key_file: Annotated[
        Path | None, typer.Option("--api-key-file", metavar="FILE", help=text("pull.option.api_key_file"))
    ] = None,
    max_hops: MaxHops = None,
    min_units: MinUnits = None,
    max_addresses: Annotated[str | None, _number("--max-addresses", "max_addresses")] = None,
    max_requests: Annotated[str | None, _number("--max-requests", "max_requests")] = None,
    max_seconds: Annotated[str | None, _number("--max-seconds", "max_seconds")] = None,
    max_rows: Annotated[str | None, _number("--max-rows", "max_rows")] = None,
    rate: Annotated[str | None, _number("--rate", "rate")] = None,
    first_block: Annotated[str | None, _number("--from", "first_block")] = None,
    last_block: Annotated[str | None, _number("--to", "last_block")] = None,
    refresh: Annotated[bool, typer.Option("--refresh", help=text("pull.option.refresh"))] = False,
    problems: Annotated[
        Path | None, typer.Option("--problems", metavar="FILE.jsonl", help=text("chains.ingest.problems"))
    ] = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Pull a case and say what was left out."""
    limits = options.read_limits(None, max_hops, min_units)
    addresses, requests, seconds, rows, per_second = (
        None if written is None else options.read_whole_number(flag, written, least=1)
        for flag, written in (
            ("--max-addresses", max_addresses),
            ("--max-requests", max_requests),
            ("--max-seconds", max_seconds),
            ("--max-rows", max_rows),
            ("--rate", rate),
        )
    )

    first, last = (
        None if written is None else options.read_whole_number(flag, written)
        for flag, written in (("--from", first_block), ("--to", last_block))
    )

    from qiyafa.app.ingest import write_problems
    from qiyafa.app.pull import pull as pull_case
    from qiyafa.app.pull_records import PullRequest
    from qiyafa.app.pull_sources import SourceRequest
    from qiyafa.chains.http_client import Budget

    asked = SourceRequest(source, url, Budget(requests, seconds), api_key_file, per_second, rows, refresh)
    with progress_bar(quiet) as progress:
        report = pull_case(PullRequest(case, ledger, asked, chain, limits, addresses, first, last), progress)
    if problems is not None:
        write_problems(report.problems, problems)
    if as_json:
        from qiyafa.cli.pull_report import report_record

        typer.echo(json_line(report_record(report)))
        return

    from qiyafa.cli.pull_report import report_lines

    for line in report_lines(report, case, has_problems_file=problems is not None, quiet=quiet):
        typer.echo(line)
