"""The answer of a trace for people: totals by method, the largest holders, and what was not covered."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from qiyafa.cli.terminal import Cell, Column, say, show_table
from qiyafa.model.finding import Gap, HolderLabel, Holding, Interval, Status, Totals, TraceAnswer
from qiyafa.model.ledger import CoverageStatus
from qiyafa.text import shown, text
from qiyafa.text.amounts import readable_number

if TYPE_CHECKING:
    from rich.console import Console

Display = Mapping[str, tuple[str, int]]
"""Asset (CAIP-19) to its symbol and the digits after the point."""

_STATUS_STYLE = {Status.HELD: "yellow", Status.STOPPED: "cyan"}


def show_answer(screen: "Console", answer: TraceAnswer, display: Display, *, top: int, exact: bool) -> None:
    """Print an answer. Amounts are cut after four digits unless `exact`."""
    say(screen, text("cli.trace.title", title=answer.title, case=answer.case_id), style="bold")
    for chain, head in answer.ledger.head.items():
        block, time = head.get("block"), head.get("time")
        say(screen, text("cli.trace.ledger", chain=chain, block=_known(block), time=_known(time)), style="dim")
    if "labels_as_of" in answer.versions:
        say(screen, text("cli.trace.labels_as_of", time=answer.versions["labels_as_of"]), style="dim")
    assets = _assets(answer)
    for asset in assets:
        show_totals(screen, answer, asset, display, exact=exact)
        _show_holders(screen, answer, asset, display, top=top, exact=exact)
    if not assets:
        say(screen, text("cli.trace.nothing"))
    if answer.poison is not None:
        screen.line()
        say(screen, text("cli.trace.poison", count=f"{len(answer.poison.touched):,}"))
    show_gaps(screen, answer.gaps)


def _known(value: str | int | None) -> str:
    return text("cli.trace.unknown") if value is None else f"{value:,}" if isinstance(value, int) else value


def _unit(asset: str, display: Display) -> tuple[str, int]:
    """Return symbol and digits of an asset; one without them (a token) is shown in whole base units."""
    return display.get(asset, (text("cli.trace.base_units"), 0))


def _assets(answer: TraceAnswer) -> list[str]:
    return list(dict.fromkeys(asset for method in answer.methods.values() for asset in method.totals))


def show_totals(screen: "Console", answer: TraceAnswer, asset: str, display: Display, *, exact: bool) -> None:
    """Print what each method says of one asset: stolen = held + stopped + fees + untraced."""
    symbol, decimals = _unit(asset, display)
    headings = ("stolen", "held", "stopped", "fees", "untraced")
    columns = [Column(text("cli.column.method"), style="bold")]
    columns += [Column(text(f"cli.column.{heading}"), "right") for heading in headings]
    rows = []
    for name, totals in _totals_by_line(answer, asset):
        amounts = [readable_number(getattr(totals, heading), decimals, exact=exact) for heading in headings]
        rows.append([name, *amounts])
    screen.line()
    show_table(screen, text("cli.trace.totals", symbol=symbol, asset=asset), columns, rows)


def _totals_by_line(answer: TraceAnswer, asset: str) -> Iterator[tuple[str, Totals]]:
    """Yield each method's totals, and below them those of each theft if there are several."""
    for name, method in answer.methods.items():
        if asset not in method.totals:
            continue
        yield name, method.totals[asset]
        if len(method.theft_totals) > 1:
            for theft, totals in method.theft_totals.items():
                if asset in totals:
                    yield f"  {shown(theft)}", totals[asset]


def _show_holders(
    screen: "Console", answer: TraceAnswer, asset: str, display: Display, *, top: int, exact: bool
) -> None:
    symbol, decimals = _unit(asset, display)
    intervals = sorted((entry for entry in answer.intervals if entry.asset == asset), key=_largest_first)
    if not intervals or not top:
        return
    holdings = _holding_of(answer)
    columns = [
        Column(text("cli.column.holder")),
        Column(text("cli.column.least", symbol=symbol), "right"),
        Column(text("cli.column.most", symbol=symbol), "right"),
    ]
    rows: list[list[str | Cell]] = []
    for interval in intervals[:top]:
        holding = holdings[interval.chain, interval.address, asset]
        least, most = (readable_number(units, decimals, exact=exact) for units in (interval.min, interval.max))
        label = answer.labels.get((holding.chain, holding.address))
        rows.append([Cell(_described(holding, label), _STATUS_STYLE[holding.status]), least, most])
    screen.line()
    show_table(
        screen,
        text("cli.trace.holders", count=f"{min(top, len(intervals)):,}", all=f"{len(intervals):,}"),
        columns,
        rows,
    )


def _largest_first(interval: Interval) -> tuple[int, str]:
    return -interval.max, interval.address


def _holding_of(answer: TraceAnswer) -> dict[tuple[str, str, str], Holding]:
    found: dict[tuple[str, str, str], Holding] = {}
    for method in answer.methods.values():
        for holding in method.holdings:
            found.setdefault((holding.chain, holding.address, holding.asset), holding)
    return found


def _described(holding: Holding, label: HolderLabel | None) -> str:
    """Return the address whole, and below it what is known of it."""
    status = text(f"cli.status.{holding.status.value}")
    reason = f": {shown(holding.reason)}" if holding.reason else ""
    history = "" if holding.coverage is CoverageStatus.COMPLETE else f", {text(f'cli.coverage.{holding.coverage}')}"
    name = "" if label is None else label.entity or label.name
    known = f" ({label.category}: {shown(name)})" if label is not None and name not in holding.reason else ""
    return f"{holding.address}\n  {status}{reason}{known}{history}"


def show_gaps(screen: "Console", gaps: Sequence[Gap]) -> None:
    """Print what an answer does not cover, one line for each kind of gap."""
    screen.line()
    if not gaps:
        say(screen, text("cli.trace.no_gaps"))
        return
    say(screen, text("cli.trace.gaps"), style="bold")
    counts = Counter((gap.kind, gap.status) for gap in gaps)
    shown_kinds: set[tuple[str, str]] = set()
    for gap in gaps:
        kind = (gap.kind, gap.status)
        if kind in shown_kinds:
            continue
        shown_kinds.add(kind)
        if counts[kind] == 1:
            say(screen, text("cli.trace.gap", detail=gap.detail))
        else:
            say(screen, text("cli.trace.gap_counted", detail=gap.detail, others=f"{counts[kind] - 1:,}"))
