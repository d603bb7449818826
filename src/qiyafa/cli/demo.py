"""`qiyafa demo`: an invented theft from files to a report, compared with the truth."""

from pathlib import Path
from typing import Annotated

import typer

from qiyafa.cli import exits
from qiyafa.cli.json_text import json_text
from qiyafa.cli.options import AsJson, Quiet, read_whole_number
from qiyafa.cli.progress import progress_bar
from qiyafa.text import text

DEFAULT_FOLDER = Path("qiyafa-demo")
DEFAULT_SEED = "7"
DEFAULT_TRANSFERS = "200000"


def demo(
    context: typer.Context,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help=text("cli.demo.out"))] = DEFAULT_FOLDER,
    seed: Annotated[str, typer.Option("--seed", metavar="N", help=text("cli.demo.seed"))] = DEFAULT_SEED,
    transfers: Annotated[
        str, typer.Option("--transfers", metavar="N", help=text("cli.demo.transfers"))
    ] = DEFAULT_TRANSFERS,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Run the demo; exit 1 if a stolen unit is not accounted for or the ledger is damaged."""
    seed_number = read_whole_number("--seed", seed)
    transfer_count = read_whole_number("--transfers", transfers)

    from qiyafa.app.demo import run_demo

    with progress_bar(quiet) as progress:
        done = run_demo(out, seed=seed_number, transfers=transfer_count, command=str(context.obj), progress=progress)
    if as_json:
        from qiyafa.cli.demo_json import demo_json

        typer.echo(json_text(demo_json(done)))
    else:
        from qiyafa.cli.demo_table import show_demo
        from qiyafa.cli.terminal import open_screen

        show_demo(open_screen(), done, hints=not quiet)
    if not done.is_right:
        raise typer.Exit(exits.FINDING)
