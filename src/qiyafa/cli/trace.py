"""`qiyafa trace`: where the stolen units of a case are now, by every method."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from qiyafa.cli import options
from qiyafa.cli.options import (
    AsJson,
    CaseFile,
    Exact,
    HomeFolder,
    LedgerFolder,
    MaxHops,
    MinUnits,
    Quiet,
    Until,
    UseLabels,
)
from qiyafa.cli.progress import progress_bar
from qiyafa.text import text

DEFAULT_TOP = "10"


def trace(  # noqa: PLR0913 - one parameter for each option
    context: typer.Context,
    case: CaseFile,
    ledger: LedgerFolder,
    method: Annotated[list[str] | None, typer.Option("--method", metavar="NAME", help=text("cli.trace.method"))] = None,
    until: Until = None,
    max_hops: MaxHops = None,
    min_units: MinUnits = None,
    home: HomeFolder = None,
    use_labels: UseLabels = None,
    as_json: AsJson = False,
    report: Annotated[Path | None, typer.Option("--report", metavar="FILE.html", help=text("cli.trace.report"))] = None,
    flows: Annotated[Path | None, typer.Option("--flows", metavar="FILE.csv", help=text("cli.trace.flows"))] = None,
    top: Annotated[str, typer.Option("--top", metavar="N", help=text("cli.trace.top"))] = DEFAULT_TOP,
    exact: Exact = False,
    quiet: Quiet = False,
) -> None:
    """Trace a case and show the answer."""
    limits = options.read_limits(until, max_hops, min_units)
    holders = options.read_whole_number("--top", top)
    labels = options.read_labels(home, use_labels)

    from qiyafa.app.trace import trace_case
    from qiyafa.trace.methods import METHODS

    methods = options.read_methods(method, METHODS) if method else None
    with progress_bar(quiet) as progress:
        traced = trace_case(case, ledger, methods=methods, limits=limits, labels=labels, progress=progress)
        if flows is not None:
            traced.write_flows(flows)
        if report is not None:
            traced.write_report(report, command=str(context.obj))

    if as_json:
        from qiyafa.cli.answer_json import answer_json

        sys.stdout.writelines(answer_json(traced.answer))
        sys.stdout.write("\n")
        return

    from qiyafa.cli.answer_table import show_answer
    from qiyafa.cli.terminal import open_screen, say

    screen = open_screen()
    show_answer(screen, traced.answer, traced.display, top=holders, exact=exact)
    for key, written in (("cli.trace.wrote_report", report), ("cli.trace.wrote_flows", flows)):
        if written is not None:
            say(screen, text(key, file=str(written)))
    if not quiet:
        say(screen, text("cli.trace.more"), style="dim")
