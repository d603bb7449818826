"""`qiyafa explain`: how the stolen units of a case got to one address."""

from typing import Annotated

import typer

from qiyafa.cli import options
from qiyafa.cli.json_text import json_text
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

DEFAULT_METHOD = "fifo"
DEFAULT_TOP = "5"
DEFAULT_DEPTH = "3"


def explain(  # noqa: PLR0913 - one parameter for each option
    case: CaseFile,
    address: Annotated[str, typer.Argument(metavar="ADDRESS", help=text("cli.explain.address"))],
    ledger: LedgerFolder,
    method: Annotated[str, typer.Option("--method", metavar="NAME", help=text("cli.explain.method"))] = DEFAULT_METHOD,
    depth: Annotated[str, typer.Option("--depth", metavar="N", help=text("cli.explain.depth"))] = DEFAULT_DEPTH,
    top: Annotated[str, typer.Option("--top", metavar="N", help=text("cli.explain.top"))] = DEFAULT_TOP,
    until: Until = None,
    max_hops: MaxHops = None,
    min_units: MinUnits = None,
    home: HomeFolder = None,
    use_labels: UseLabels = None,
    as_json: AsJson = False,
    exact: Exact = False,
    quiet: Quiet = False,
) -> None:
    """Explain an address hop by hop, largest first."""
    limits = options.read_limits(until, max_hops, min_units)
    most_hops = options.read_whole_number("--depth", depth)
    most_legs = options.read_whole_number("--top", top, least=1)
    labels = options.read_labels(home, use_labels)

    from qiyafa.app.explain import explain as explain_address
    from qiyafa.trace.methods import METHODS

    (chosen,) = options.read_methods([method], METHODS)[:1]
    with progress_bar(quiet) as progress:
        explanation = explain_address(
            case, address, ledger, method=chosen, limits=limits, labels=labels, progress=progress
        )
    if as_json:
        from qiyafa.cli.explain_json import explanation_json

        typer.echo(json_text(explanation_json(explanation)))
        return

    from qiyafa.cli.explain_table import show_explanation
    from qiyafa.cli.terminal import open_screen

    show_explanation(open_screen(), explanation, depth=most_hops, top=most_legs, exact=exact)
