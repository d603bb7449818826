"""The command `qiyafa` and its subcommands. Each command imports what it needs when it runs, so that help is quick."""

import gc
import io
import shlex
import signal
import sys
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from qiyafa import __version__
from qiyafa.cli import exits
from qiyafa.cli.attribution import app as attribution
from qiyafa.cli.claims import app as claims
from qiyafa.cli.cluster import app as cluster
from qiyafa.cli.demo import demo
from qiyafa.cli.explain import explain
from qiyafa.cli.incidents import app as incidents
from qiyafa.cli.ingest import SeveralValues
from qiyafa.cli.ingest import app as ingest
from qiyafa.cli.ingest_core import bitcoin_rpc
from qiyafa.cli.ingest_esplora import esplora
from qiyafa.cli.ingest_nodes import evm_rpc
from qiyafa.cli.ingest_outputs import bitcoin_blk
from qiyafa.cli.ingest_tron import tron_rpc, tronscan_csv
from qiyafa.cli.keys import app as keys
from qiyafa.cli.labels import app as labels
from qiyafa.cli.ledger import app as ledger
from qiyafa.cli.lists import app as lists
from qiyafa.cli.names import names
from qiyafa.cli.pack import app as pack
from qiyafa.cli.path import path
from qiyafa.cli.pull import pull
from qiyafa.cli.read import read
from qiyafa.cli.scenario import scenario
from qiyafa.cli.screen import screen
from qiyafa.cli.serve import serve
from qiyafa.cli.share import app as share
from qiyafa.cli.stats import app as stats
from qiyafa.cli.sync import sync
from qiyafa.cli.trace import trace
from qiyafa.text import ENGLISH, language, text

PROGRAM = "qiyafa"
ORDER = (
    "demo",
    "ingest",
    "pull",
    "sync",
    "ledger",
    "trace",
    "explain",
    "path",
    "screen",
    "lists",
    "labels",
    "cluster",
    "incidents",
    "read",
    "claims",
    "stats",
    "attribution",
    "names",
    "pack",
    "share",
    "serve",
    "keys",
    "scenario",
)
"""Commands as help lists them: the first one to try, then the order of an investigation."""

_OBJECTS_BETWEEN_COLLECTIONS = 200_000


class OrderedCommands(TyperGroup):
    """The commands in the order in which a newcomer needs them."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Return the names in `ORDER`."""
        return [name for name in ORDER if name in self.commands]


app = typer.Typer(
    name=PROGRAM,
    cls=OrderedCommands,
    help=text("cli.qiyafa.help"),
    epilog=text("cli.qiyafa.examples"),
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

app.command("demo", help=text("cli.demo.help"), epilog=text("cli.demo.examples"))(demo)
ingest.command(
    "bitcoin-blk",
    cls=SeveralValues,
    help=text("chains_outputs.ingest.bitcoin_blk_help"),
    epilog=text("chains_outputs.ingest.bitcoin_blk_examples"),
)(bitcoin_blk)
ingest.command(
    "bitcoin-rpc", help=text("core_node.ingest.bitcoin_rpc_help"), epilog=text("core_node.ingest.bitcoin_rpc_examples")
)(bitcoin_rpc)
ingest.command("evm-rpc", help=text("nodes.ingest.evm_help"), epilog=text("nodes.ingest.evm_examples"))(evm_rpc)
ingest.command("esplora", help=text("pull.ingest.help"), epilog=text("pull.ingest.examples"))(esplora)
ingest.command("tronscan-csv", help=text("tron.ingest.tronscan_help"), epilog=text("tron.ingest.tronscan_examples"))(
    tronscan_csv
)
ingest.command("tron-rpc", help=text("tron.ingest.rpc_help"), epilog=text("tron.ingest.rpc_examples"))(tron_rpc)
app.add_typer(ingest, name="ingest")
app.command("pull", help=text("pull.command.help"), epilog=text("pull.command.examples"))(pull)
app.command("sync", help=text("sync.cli.help"), epilog=text("sync.cli.examples"))(sync)
app.add_typer(ledger, name="ledger")
app.add_typer(labels, name="labels")
app.command("trace", help=text("cli.trace.help"), epilog=text("cli.trace.examples"))(trace)
app.command("explain", help=text("cli.explain.help"), epilog=text("cli.explain.examples"))(explain)
app.command("path", help=text("cli.path.help"), epilog=text("cli.path.examples"))(path)
app.command("names", help=text("names.command.help"), epilog=text("names.command.examples"))(names)
app.command("serve", help=text("serve.cli.help"), epilog=text("serve.cli.examples"))(serve)
app.add_typer(keys, name="keys")
app.add_typer(lists, name="lists")
app.add_typer(pack, name="pack")
app.add_typer(cluster, name="cluster")
app.add_typer(share, name="share")
app.add_typer(incidents, name="incidents")
app.add_typer(attribution, name="attribution")
app.add_typer(claims, name="claims")
app.add_typer(stats, name="stats")
app.command("read", help=text("read.command.help"), epilog=text("read.command.examples"))(read)
app.command("screen", help=text("screen.command.help"), epilog=text("screen.command.examples"))(screen)
app.command("scenario", help=text("cli.scenario.help"), epilog=text("cli.scenario.examples"))(scenario)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"{PROGRAM} {__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def qiyafa(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", help=text("cli.qiyafa.version"), callback=_show_version, is_eager=True)
    ] = False,
    chosen_language: Annotated[
        str | None, typer.Option("--language", metavar="TAG", help=text("cli.qiyafa.language"))
    ] = None,
) -> None:
    """Show the help where no command is given. The language was chosen before (`cli/entry.py`)."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


def main() -> None:
    """Run the command line of this process."""
    collect_seldom()
    if hasattr(signal, "SIGPIPE"):
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A terminal that lacks a character gets an escape, never a traceback.
            stream.reconfigure(errors="backslashreplace")
    sys.exit(run(sys.argv[1:]))


def collect_seldom() -> None:
    """Look for unreachable objects less often.

    Modules and kernels make a hundred thousand objects that live to the end: looking through them again and again
    costs a tenth of a short command's time.
    """
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS)


def as_typed(arguments: list[str]) -> str:
    """Return the command line that says the same again, in the same language, wherever it is typed."""
    chosen = [] if language() == ENGLISH else [f"--language={language()}"]
    return shlex.join([PROGRAM, *chosen, *arguments])


def run(arguments: list[str]) -> int:
    """Run one command line and return its exit code; commands find it written out in their context's `obj`."""
    as_json = "--json" in arguments
    try:
        code = app(args=arguments, prog_name=PROGRAM, standalone_mode=False, obj=as_typed(arguments))
        sys.stdout.flush()
    except OSError as error:
        exits.abandon_output()
        return exits.report_failure(exits.failure_of(error), as_json=as_json)
    except exits.EXPECTED as error:
        return exits.report_failure(exits.failure_of(error), as_json=as_json)
    if code == exits.INTERRUPTED:
        return exits.report_failure(exits.failure_of(KeyboardInterrupt()), as_json=as_json)
    return code if isinstance(code, int) else exits.DONE
