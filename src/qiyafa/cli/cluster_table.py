"""Clusters for people: tables of merges, with the rule and the transaction of each."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from qiyafa.cli.terminal import Column, open_screen, say, show_table
from qiyafa.text import text

if TYPE_CHECKING:
    from rich.console import Console

    from qiyafa.app.cluster_answers import (
        BuildReport,
        ClusterView,
        ClusterWay,
        DecisionsView,
        MergeRecord,
    )


def show_builds(reports: Iterable["BuildReport"]) -> None:
    """Print what building gave for each chain."""
    screen = open_screen()
    for report in reports:
        counts = {name: f"{getattr(report, name):,}" for name in ("clusters", "clustered", "addresses", "largest")}
        say(screen, text("cluster.build.title", chain=report.chain, **counts), style="bold")
        say(screen, text("cluster.build.rules", rules=", ".join(report.rules)))
        if report.until:
            say(screen, text("cluster.build.until", until=report.until))
        rows = [(one.rule, text(f"cluster.standing.{one.standing}"), f"{one.merges:,}") for one in report.counts]
        show_table(screen, text("cluster.build.merges"), _columns("rule", "standing", "merges"), rows)
        if report.mixes:
            kinds = [(text(f"cluster.mix.{kind}"), f"{count:,}") for kind, count in report.mixes.items()]
            show_table(screen, text("cluster.build.mixes"), _columns("mix", "transactions"), kinds)
        if "deposit_reuse" in report.rules and not report.labelled:
            say(screen, text("cluster.build.no_labels"), style="dim")
        for transaction, rule in report.idle:
            say(screen, text("cluster.build.idle", transaction=transaction, rule=rule_name(rule)), style="yellow")


def show_views(views: Iterable["ClusterView"]) -> None:
    """Print the cluster of an address on each chain."""
    screen = open_screen()
    for view in views:
        if view.size > 1:
            fields = {"address": view.address, "chain": view.chain, "size": f"{view.size:,}"}
            say(screen, text("cluster.show.title", **fields), style="bold")
            members = [(one.address, one.coverage.value) for one in view.members]
            show_table(screen, text("cluster.show.members"), _columns("address", "coverage"), members)
            _say_more(screen, view.size - len(members))
        else:
            say(screen, text("cluster.show.alone", address=view.address, chain=view.chain), style="bold")
        if view.until:
            say(screen, text("cluster.show.until", until=view.until))
        _show_merges(screen, text("cluster.show.merges"), view.merges, view.merge_count)
        _show_merges(screen, text("cluster.show.hints"), view.hints, view.hint_count)


def show_ways(ways: Iterable["ClusterWay"]) -> None:
    """Print how two addresses are joined on each chain, or what stands between them."""
    screen = open_screen()
    for way in ways:
        say(screen, _title(way), style="bold")
        if way.until:
            say(screen, text("cluster.show.until", until=way.until))
        if way.steps:
            columns = _columns("step", "source", "target", "rule", "transaction", "time")
            rows = [
                (str(at), step.source, step.target, step.merge.rule, _evidence(step.merge), step.merge.time or "")
                for at, step in enumerate(way.steps, 1)
            ]
            show_table(screen, text("cluster.explain.steps"), columns, rows)
        for rule in sorted({step.merge.rule for step in way.steps}):
            weakness = text(f"cluster.weakness.{rule}")
            say(screen, text("cluster.explain.doubt", rule=rule, weakness=weakness), style="dim")
        _show_merges(screen, text("cluster.explain.seen_together"), way.apart, len(way.apart))


def show_decisions(view: "DecisionsView") -> None:
    """Print every decision, oldest first."""
    screen = open_screen()
    if not view.decisions:
        say(screen, text("cluster.decision.empty"))
        return
    rows = [
        (
            one.decided_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            text("cluster.decision.forbid" if one.forbids else "cluster.decision.allow"),
            one.transaction_hash,
            rule_name(one.rule),
            one.reason,
        )
        for one in view.decisions
    ]
    columns = _columns("time", "decision", "transaction", "rule", "reason")
    show_table(screen, text("cluster.decision.title"), columns, rows)


def rule_name(rule: str) -> str:
    """Return a rule as people read it; the empty one is every rule."""
    return rule or text("cluster.cli.every_rule")


def _title(way: "ClusterWay") -> str:
    fields = {"source": way.source, "chain": way.chain}
    if not way.joined:
        return text("cluster.explain.apart", target=way.target, **fields)
    if not way.steps:
        return text("cluster.explain.same", **fields)
    if len(way.steps) == 1:
        return text("cluster.explain.title_one", target=way.target, **fields)
    return text("cluster.explain.title", target=way.target, count=f"{len(way.steps):,}", **fields)


def _show_merges(screen: "Console", title: str, merges: Sequence["MergeRecord"], count: int) -> None:
    if not merges:
        return
    columns = _columns("rule", "standing", "transaction", "time", "addresses")
    rows = [
        (one.rule, _standing(one), _evidence(one), one.time or text("cluster.cli.none"), f"{one.address_count:,}")
        for one in merges
    ]
    show_table(screen, title, columns, rows)
    _say_more(screen, count - len(merges))


def _standing(merge: "MergeRecord") -> str:
    counted = text(f"cluster.standing.{merge.standing}")
    return counted if merge.mix is None else f"{counted}: {text(f'cluster.mix.{merge.mix}')}"


def _evidence(merge: "MergeRecord") -> str:
    """Return the transactions of a merge, and the address in which they meet, one a line."""
    lines = (merge.transaction, merge.other_transaction, merge.through)
    return "\n".join(line for line in lines if line)


def _say_more(screen: "Console", count: int) -> None:
    if count > 0:
        say(screen, text("cluster.show.more", count=f"{count:,}"), style="dim")


def _columns(*names: str) -> tuple[Column, ...]:
    right = {"merges", "transactions", "addresses", "step"}
    return tuple(Column(text(f"cluster.column.{name}"), "right" if name in right else "left") for name in names)
