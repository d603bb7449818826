"""The demo for people: what was done, where the money is, how near that is to the truth, and what to try next."""

import shlex
from collections import Counter
from typing import TYPE_CHECKING

from qiyafa.app.accuracy import Agreement, MethodAccuracy
from qiyafa.app.demo import Demo
from qiyafa.app.scenario import create
from qiyafa.app.scenario.chain import BLOCK_SECONDS, GENESIS_TIME
from qiyafa.app.scenario.truth import Role
from qiyafa.cli.answer_table import show_totals
from qiyafa.cli.terminal import Column, say, show_table
from qiyafa.model.columns import iso_time
from qiyafa.text import text
from qiyafa.text.amounts import readable_share, readable_units

if TYPE_CHECKING:
    from rich.console import Console

_NOTHING = "-"
_DAY_SECONDS = 24 * 60 * 60


def show_demo(screen: "Console", demo: Demo, *, hints: bool) -> None:
    """Print the demo from beginning to end; every number in it was computed in this run."""
    screen.line()
    say(screen, text("cli.demo.title", stolen=_units(demo, demo.scenario.truth.stolen)), style="bold")
    screen.line()
    _show_steps(screen, demo)
    show_totals(screen, demo.traced.answer, demo.scenario.truth.asset, demo.traced.display, exact=False)
    _show_accuracy(screen, demo)
    _show_truth(screen, demo)
    if hints:
        say(screen, text("cli.demo.note", least=_units(demo, demo.accuracy.least_units, exact=True)), style="dim")
        _show_next(screen, demo)


def _show_steps(screen: "Console", demo: Demo) -> None:
    scenario, answer = demo.scenario, demo.traced.answer
    damaged = len(demo.damages)
    transfers, blocks = f"{scenario.transfers:,}", f"{scenario.head_block:,}"
    facts = {
        "scenario": text("cli.demo.scenario", transfers=transfers, blocks=blocks, seed=scenario.seed),
        "ingest": text("cli.demo.ingest", transfers=f"{demo.ledger_transfers:,}", left_out=f"{demo.rows_left_out:,}"),
        "verify": text("cli.demo.verify_damaged", count=damaged) if damaged else text("cli.demo.verify"),
        "trace": text("cli.demo.trace", methods=len(demo.traced.outcomes), engine=answer.engine),
        "report": text("cli.demo.report", file=str(demo.report)),
    }
    names = {step: text(f"cli.step.{step}") for step in facts}
    width = max(map(len, names.values()))
    for step, fact in facts.items():
        say(screen, f"  {names[step]:<{width}}  {demo.seconds[step]:>5.1f} s  {fact}")


def _show_accuracy(screen: "Console", demo: Demo) -> None:
    columns = [Column(text("cli.column.method"), style="bold"), Column(text("cli.column.units_right"), "right")]
    columns += [Column(text(f"cli.column.{name}"), "right") for name in ("large_recall", "large_precision")]
    columns += [Column(text(f"cli.column.{name}"), "right") for name in ("all_recall", "all_precision")]
    screen.line()
    show_table(screen, text("cli.demo.near"), columns, [_accuracy_row(entry) for entry in demo.accuracy.methods])
    stolen = _units(demo, demo.accuracy.stolen_units, exact=True)
    screen.line()
    if demo.accuracy.is_accounted:
        say(screen, text("cli.demo.accounted", stolen=stolen), style="bold green")
    else:
        accounted = [entry.accounted_units for entry in demo.accuracy.methods if entry.accounted_units is not None]
        named = ", ".join(_units(demo, units, exact=True) for units in accounted)
        say(screen, text("cli.demo.not_accounted", stolen=stolen, accounted=named), style="bold red")


def _accuracy_row(entry: MethodAccuracy) -> list[str]:
    units = _NOTHING if entry.units is None else readable_share(entry.units.recall)
    return [entry.method, units, *_shares(entry.large_holders), *_shares(entry.holders)]


def _shares(holders: Agreement | None) -> tuple[str, str]:
    """Return recall and precision with what they are shares of."""
    if holders is None:
        return _NOTHING, _NOTHING
    recall, precision = (readable_share(share) for share in (holders.recall, holders.precision))
    return (
        text("cli.demo.share", share=recall, whole=f"{holders.true:,}"),
        text("cli.demo.share", share=precision, whole=f"{holders.found:,}"),
    )


def _show_truth(screen: "Console", demo: Demo) -> None:
    """Print where the stolen units really are, by what the address is in the story."""
    truth = demo.scenario.truth
    units: Counter[str] = Counter()
    addresses: Counter[str] = Counter()
    for holder in truth.holders:
        units[holder.role] += holder.units
        addresses[holder.role] += 1
    rows = [
        (text(f"cli.role.{role.replace(' ', '_')}"), f"{addresses[role]:,}", _units(demo, held))
        for role, held in units.most_common()
    ]
    rows.append((text("cli.role.fees"), "", _units(demo, truth.fees)))
    columns = [Column(text("cli.column.role")), Column(text("cli.column.addresses"), "right")]
    columns.append(Column(text("cli.column.stolen"), "right"))
    screen.line()
    show_table(screen, text("cli.demo.truth"), columns, rows)
    screen.line()


def _show_next(screen: "Console", demo: Demo) -> None:
    truth = demo.scenario.truth
    case, ledger = (shlex.quote(str(path)) for path in (demo.scenario.path(create.CASE), demo.ledger))
    day_after = iso_time(GENESIS_TIME + BLOCK_SECONDS * truth.from_block + _DAY_SECONDS)
    peels = [holder.address for holder in truth.holders if holder.role == Role.PEEL]
    asked = (peels or [holder.address for holder in truth.holders])[0]
    exchange = truth.with_role(Role.EXCHANGE)[0]
    hints = (
        ("cli.demo.next_trace", f"qiyafa trace {case} --ledger {ledger} --until {day_after}"),
        ("cli.demo.next_explain", f"qiyafa explain {case} {asked} --ledger {ledger}"),
        ("cli.demo.next_path", f"qiyafa path {truth.thief} {exchange} --ledger {ledger}"),
    )
    screen.line()
    say(screen, text("cli.demo.next"), style="bold")
    say(screen, f"  {text('cli.demo.next_report', file=str(demo.report.resolve()))}")
    for key, command in hints:
        say(screen, f"  {text(key)}")
        say(screen, f"    {command}", style="cyan")
    say(screen, f"  {text('cli.demo.next_own')}")


def _units(demo: Demo, units: int, *, exact: bool = False) -> str:
    return readable_units(units, *demo.traced.display[demo.scenario.truth.asset], exact=exact)
