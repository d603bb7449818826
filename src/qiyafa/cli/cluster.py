"""`qiyafa cluster`: which addresses are controlled together, by which transaction and rule; and what is forbidden."""

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from qiyafa.cli import options
from qiyafa.cli.json_text import json_text
from qiyafa.cli.options import AsJson, HomeFolder, LedgerFolder, Quiet
from qiyafa.cli.progress import progress_bar
from qiyafa.text import text

if TYPE_CHECKING:
    from qiyafa.app.cluster_answers import ClusterWay

DEFAULT_TOP = "20"

app = typer.Typer(help=text("cluster.cli.help"), epilog=text("cluster.cli.examples"), no_args_is_help=True)

Chain = Annotated[str | None, typer.Option("--chain", metavar="CAIP-2", help=text("cluster.cli.chain"))]
ClusterAsOf = Annotated[str | None, typer.Option("--as-of", metavar="TIME", help=text("cluster.cli.as_of"))]
BuildAsOf = Annotated[str | None, typer.Option("--as-of", metavar="TIME", help=text("cluster.cli.build_as_of"))]
Extra = Annotated[list[str] | None, typer.Option("--with", metavar="RULE", help=text("cluster.cli.with"))]
Top = Annotated[str, typer.Option("--top", metavar="N", help=text("cluster.cli.top"))]
Address = Annotated[str, typer.Argument(metavar="ADDRESS", help=text("cluster.cli.address"))]
Transaction = Annotated[str, typer.Argument(metavar="TRANSACTION", help=text("cluster.cli.transaction"))]
Rule = Annotated[str, typer.Argument(metavar="[RULE]", help=text("cluster.cli.rule"))]
Reason = Annotated[str, typer.Option("--reason", metavar="TEXT", help=text("cluster.cli.reason"))]


@app.command("build", help=text("cluster.cli.build_help"), epilog=text("cluster.cli.build_examples"))
def build(
    ledger: LedgerFolder,
    chain: Chain = None,
    extra: Extra = None,
    as_of: BuildAsOf = None,
    home: HomeFolder = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Build the clusters of every chain asked for."""
    until = _moment(as_of)

    from qiyafa.app.cluster_use import build_ledger_clusters
    from qiyafa.app.home import find_home

    with progress_bar(quiet) as progress:
        reports = build_ledger_clusters(
            ledger, chain, find_home(home), extra=extra or (), until=until, progress=progress
        )
    if as_json:
        _print([asdict(report) for report in reports])
        return

    from qiyafa.cli.cluster_table import show_builds

    show_builds(reports)


@app.command("show", help=text("cluster.cli.show_help"), epilog=text("cluster.cli.show_examples"))
def show(
    address: Address,
    ledger: LedgerFolder,
    chain: Chain = None,
    as_of: ClusterAsOf = None,
    top: Top = DEFAULT_TOP,
    home: HomeFolder = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Show the cluster of an address on every chain that knows it."""
    at, most = _moment(as_of), options.read_whole_number("--top", top, least=1)

    from qiyafa.app.cluster_use import show_cluster
    from qiyafa.app.home import find_home

    with progress_bar(quiet) as progress:
        views = show_cluster(address, ledger, chain, find_home(home), at=at, most=most, progress=progress)
    if as_json:
        _print([asdict(view) for view in views])
        return

    from qiyafa.cli.cluster_table import show_views

    show_views(views)


@app.command("explain", help=text("cluster.cli.explain_help"), epilog=text("cluster.cli.explain_examples"))
def explain(
    address: Address,
    other: Annotated[str, typer.Argument(metavar="OTHER", help=text("cluster.cli.other"))],
    ledger: LedgerFolder,
    chain: Chain = None,
    as_of: ClusterAsOf = None,
    home: HomeFolder = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Explain why two addresses are in one cluster; that they are not is an answer, too."""
    at = _moment(as_of)

    from qiyafa.app.cluster_use import explain_cluster
    from qiyafa.app.home import find_home

    with progress_bar(quiet) as progress:
        ways = explain_cluster(address, other, ledger, chain, find_home(home), at=at, progress=progress)
    if as_json:
        _print([_way_object(way) for way in ways])
        return

    from qiyafa.cli.cluster_table import show_ways

    show_ways(ways)


@app.command("forbid", help=text("cluster.cli.forbid_help"), epilog=text("cluster.cli.forbid_examples"))
def forbid(
    transaction: Transaction, reason: Reason, rule: Rule = "", home: HomeFolder = None, as_json: AsJson = False
) -> None:
    """Forbid the merges of a transaction."""
    _decide(transaction, rule, reason, home, as_json=as_json, forbids=True)


@app.command("allow", help=text("cluster.cli.allow_help"), epilog=text("cluster.cli.allow_examples"))
def allow(
    transaction: Transaction, reason: Reason, rule: Rule = "", home: HomeFolder = None, as_json: AsJson = False
) -> None:
    """Allow them again."""
    _decide(transaction, rule, reason, home, as_json=as_json, forbids=False)


@app.command("decisions", help=text("cluster.cli.decisions_help"))
def decisions(home: HomeFolder = None, as_json: AsJson = False) -> None:
    """List every decision."""
    from qiyafa.app.cluster_decisions import decisions as all_decisions
    from qiyafa.app.home import find_home

    view = all_decisions(find_home(home))
    if as_json:
        _print(asdict(view))
        return

    from qiyafa.cli.cluster_table import show_decisions

    show_decisions(view)


def _decide(transaction: str, rule: str, reason: str, home: Path | None, *, as_json: bool, forbids: bool) -> None:
    from qiyafa.app import cluster_decisions
    from qiyafa.app.home import find_home

    decide = cluster_decisions.forbid if forbids else cluster_decisions.allow
    decision = decide(find_home(home), transaction, rule, reason)
    if as_json:
        _print(asdict(decision))
        return
    named = decision.rule or text("cluster.cli.every_rule")
    key = "cluster.decision.done_forbid" if forbids else "cluster.decision.done_allow"
    typer.echo(text(key, transaction=decision.transaction_hash, rule=named))


def _way_object(way: "ClusterWay") -> dict[str, object]:
    """Return a way for programs, with what is known to go wrong with each rule on it."""
    rules = sorted({step.merge.rule for step in way.steps})
    return {**asdict(way), "weaknesses": {rule: text(f"cluster.weakness.{rule}") for rule in rules}}


def _moment(written: str | None) -> datetime | None:
    """Return the moment that --as-of gives. Raises InvalidInput for anything else."""
    return None if written is None else options.read_moment("--as-of", written)


def _print(answer: object) -> None:
    typer.echo(json_text(answer, default=_written))


def _written(value: object) -> str:
    """Return a moment as programs read it."""
    assert isinstance(value, datetime)
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
