"""`qiyafa scenario`: write an invented ledger with a known truth."""

from pathlib import Path
from typing import Annotated

import typer

from qiyafa.cli.options import Quiet
from qiyafa.cli.progress import progress_bar
from qiyafa.text import text

DEFAULT_TRANSFERS = 200_000


def scenario(
    seed: Annotated[int, typer.Option("--seed", metavar="N", help=text("cli.scenario.seed"))],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help=text("cli.scenario.out"))],
    transfers: Annotated[
        int, typer.Option("--transfers", metavar="N", help=text("cli.scenario.transfers"))
    ] = DEFAULT_TRANSFERS,
    quiet: Quiet = False,
) -> None:
    """Make a scenario and say what was written."""
    from qiyafa.app.scenario.create import create_scenario
    from qiyafa.text.amounts import readable_units

    with progress_bar(quiet) as progress:
        made = create_scenario(out, seed=seed, transfers=transfers, progress=progress)
    if quiet:
        return
    stolen = readable_units(made.truth.stolen, "ETH", 18)
    written = text(
        "cli.scenario.done",
        folder=str(out),
        transfers=f"{made.transfers:,}",
        head=f"{made.head_block:,}",
        stolen=stolen,
    )
    typer.echo(written)
