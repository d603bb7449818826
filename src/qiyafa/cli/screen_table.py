"""Verdicts for people: the answer in colour and words, why, and what was not covered."""

from collections.abc import Sequence
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qiyafa.app.rescreen import Change
from qiyafa.app.screen_csv import ScreenedFile
from qiyafa.cli.terminal import Column, say, show_table
from qiyafa.model.asset import AssetUnit
from qiyafa.model.verdict import Outcome
from qiyafa.screen.exposed import percent, readable
from qiyafa.text import text

if TYPE_CHECKING:
    from rich.console import Console

VerdictObject = dict[str, Any]

_STYLES = {
    Outcome.HIT: "bold red",
    Outcome.REVIEW: "bold yellow",
    Outcome.UNAVAILABLE: "bold magenta",
    Outcome.NO_HIT: "bold",
}
_MOST_EXPOSURES = 12


def show_verdicts(screen: "Console", verdicts: Sequence[VerdictObject]) -> None:
    """Print verdicts, a paragraph for each."""
    for number, verdict in enumerate(verdicts):
        if number:
            say(screen, "")
        _show_verdict(screen, verdict)


def show_file(screen: "Console", screened: ScreenedFile, out: Path) -> None:
    """Print how many rows had which verdict."""
    say(screen, text("screen.table.file", rows=f"{screened.rows:,}", out=str(out)))
    for outcome, count in screened.outcomes.items():
        style = _STYLES[outcome] if count else "dim"
        say(
            screen,
            text("screen.table.count", verdict=text(f"screen.verdict.{outcome.value}"), count=f"{count:,}"),
            style,
        )


def show_changes(screen: "Console", changes: Sequence[Change], since: datetime) -> None:
    """Print what has changed since a moment, and why."""
    key = "screen.table.changes" if changes else "screen.table.no_changes"
    say(screen, text(key, since=f"{since:%Y-%m-%d %H:%M:%S}", count=len(changes)), style="bold")
    for change in changes:
        before, after = (text(f"screen.verdict.{one['verdict']}") for one in (change.before, change.after))
        line = text("screen.table.change", address=change.after["address"], before=before, after=after)
        say(screen, line, _STYLES[Outcome(change.after["verdict"])])
        for reason in change.appeared:
            say(screen, f"  + {reason['text']}")
        for reason in change.gone:
            say(screen, f"  - {reason['text']}")


def _show_verdict(screen: "Console", verdict: VerdictObject) -> None:
    outcome = Outcome(verdict["verdict"])
    say(screen, text(f"screen.verdict.{outcome.value}"), _STYLES[outcome])
    say(screen, text("screen.table.address", address=verdict["address"], chain=verdict["chain"] or "-"))
    for reason in verdict["reasons"]:
        say(screen, f"  - {reason['text']}")
    if verdict["exposure"]:
        _show_exposures(screen, verdict["exposure"])
    said = {reason["text"] for reason in verdict["reasons"]}
    gaps = [gap["text"] for gap in verdict["coverage"]["not_covered"] if gap["text"] not in said]
    if gaps:
        say(screen, text("screen.table.not_covered"), "dim")
    for gap in gaps:
        say(screen, f"  - {gap}", "dim")
    say(screen, text("screen.table.versions", as_of=verdict["as_of"], rules=verdict["rules"]), "dim")


def _units(exposure: VerdictObject) -> str:
    symbol, decimals = exposure.get("symbol"), exposure.get("decimals")
    unit = None if decimals is None else AssetUnit(symbol or "", decimals)
    return readable(int(exposure["units"]), unit)


def _show_exposures(screen: "Console", exposures: Sequence[VerdictObject]) -> None:
    headings = ("level", "direction", "category", "entity", "units", "share", "hops", "asset")
    right = {"units", "share", "hops"}
    columns = [Column(text(f"screen.column.{name}"), justify="right" if name in right else "left") for name in headings]
    rows = [
        [
            text(f"screen.level.{one['level']}"),
            text(f"screen.direction.{one['direction']}"),
            one["category"],
            one["entity"] or text("screen.table.whole_category"),
            _units(one),
            percent(Fraction(one["share"])),
            "-" if one["hops"] is None else str(one["hops"]),
            one["asset"],
        ]
        for one in exposures[:_MOST_EXPOSURES]
    ]
    show_table(screen, text("screen.table.exposure"), columns, rows)
    if len(exposures) > _MOST_EXPOSURES:
        say(screen, text("screen.table.more", count=len(exposures) - _MOST_EXPOSURES), "dim")
