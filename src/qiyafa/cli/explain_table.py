"""An explanation for people: the stolen books of each address, hop by hop back to the theft."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from qiyafa.app.assets import unit_of
from qiyafa.cli.answer_table import show_gaps
from qiyafa.cli.terminal import Cell, Column, say, show_table
from qiyafa.model.columns import TRANSACTION
from qiyafa.model.finding import ExplainedAddress, Explanation, Leg, LegKind
from qiyafa.text import text
from qiyafa.text.amounts import readable_number

if TYPE_CHECKING:
    from rich.console import Console

Row = tuple[str | Cell, ...]


def show_explanation(screen: "Console", explanation: Explanation, *, depth: int, top: int, exact: bool) -> None:
    """Print the books of the address and of those before it, at most `top` a hop, and `top` legs a side."""
    fields = {"address": explanation.address, "method": explanation.method, "case": explanation.case_id}
    say(screen, text("cli.explain.title", **fields), style="bold")
    if not explanation.steps:
        say(screen, text("cli.explain.nothing", **fields))
    # A transaction that pays an address is as far away as those who fund it; both get their room.
    for (hops, passed), group in groupby(explanation.steps, key=lambda step: (step.hops, is_transaction(step.address))):
        steps = list(group)
        if hops > depth:
            deepest = max(step.hops for step in explanation.steps)
            say(screen, text("cli.explain.deeper", hops=deepest, shown=depth), style="dim")
            break
        for step in steps[:top]:
            _show_step(screen, step, top=top, exact=exact)
        if len(steps) > top:
            wider = "cli.explain.wider_transactions" if passed else "cli.explain.wider"
            say(screen, text(wider, count=f"{len(steps) - top:,}", hops=hops), style="dim")
    show_gaps(screen, explanation.gaps)


def is_transaction(address: str) -> bool:
    """Tell whether a step is a transaction, which stands between addresses on a chain of outputs."""
    return address.startswith(TRANSACTION)


def _show_step(screen: "Console", step: ExplainedAddress, *, top: int, exact: bool) -> None:
    symbol, decimals = unit_of(step.chain, step.asset)
    title = text(
        "cli.explain.step_here" if step.hops == 0 else "cli.explain.step", address=step.address, hops=step.hops
    )
    columns = [
        Column(""),
        Column(symbol, "right"),
        Column(text("cli.column.other_side")),
        Column(text("cli.column.transfers"), "right"),
        Column(text("cli.column.first")),
        Column(text("cli.column.last")),
    ]
    rows: list[Row] = [
        *_side("in", step.inflows, decimals, top, exact),
        *_side("out", step.outflows, decimals, top, exact),
    ]
    rows.append(_holding(step, decimals, exact))
    screen.line()
    show_table(screen, title, columns, rows)


def _side(side: str, legs: Sequence[Leg], decimals: int, top: int, exact: bool) -> Iterator[Row]:
    for leg in legs[:top]:
        style = "bold" if leg.on_the_way and side == "in" else ""
        units = readable_number(leg.units, decimals, exact=exact)
        other = leg.address if leg.kind is LegKind.TRANSFER else text(f"cli.leg.{leg.kind.value}", address=leg.address)
        times = (leg.first_time or "", leg.last_time or "")
        yield (text(f"cli.side.{side}"), Cell(units, style), Cell(other, style), f"{leg.transfers:,}", *times)
    rest = legs[top:]
    if rest:
        units = readable_number(sum(leg.units for leg in rest), decimals, exact=exact)
        others = text("cli.explain.others", count=f"{len(rest):,}")
        transfers = f"{sum(leg.transfers for leg in rest):,}"
        yield (text(f"cli.side.{side}"), units, Cell(others, "dim"), transfers, "", "")


def _holding(step: ExplainedAddress, decimals: int, exact: bool) -> Row:
    came, left = (sum(leg.units for leg in legs) for legs in (step.inflows, step.outflows))
    assert came - left == step.holding, "the stolen books of an address do not add up"
    units = readable_number(step.holding, decimals, exact=exact)
    return (Cell("=", "bold"), Cell(units, "bold"), Cell(text("cli.explain.holding"), "bold"), "", "", "")
