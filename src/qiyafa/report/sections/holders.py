"""Section: where the stolen units are now, address by address, the largest first."""

from collections.abc import Sequence

from qiyafa.model.finding import Holding, Interval
from qiyafa.report import dates
from qiyafa.report.denomination import Denomination
from qiyafa.report.markup import Child, Markup, el, joined, say, say_count
from qiyafa.report.numbers import share
from qiyafa.report.tables import Column, Row, table
from qiyafa.report.view import View, address_text, hidden_part

ROWS_SHOWN = 25
"""The rest of a table opens on a click."""
ROWS_LISTED = 5000
"""More would make the file too heavy for a phone; what is left out is counted and summed up."""

_COLUMNS = (
    Column("report.head.rank", number=True),
    Column("report.head.address"),
    Column("report.head.status"),
    Column("report.head.units", number=True),
    Column("report.head.share", number=True),
    Column("report.head.received"),
    Column("report.head.transfers", number=True),
    Column("report.head.interval", number=True),
)


def holders_section(view: View) -> Markup:
    """Render a table for each charted asset, and one that opens for all others."""
    tables = [_asset_holders(view, unit) for unit in view.charted()]
    return joined(el("p", say("report.holders.read")), tables, _other_holders(view))


def _asset_holders(view: View, unit: Denomination) -> Markup:
    holdings = view.holdings(unit.asset)
    rows = [_row(view, unit, holding, rank) for rank, holding in enumerate(holdings[:ROWS_LISTED], 1)]
    total = sum(holding.units for holding in holdings)
    foot = _foot(view, unit, holdings, total)
    caption = say("report.holders.caption", symbol=unit.symbol, method=view.content.main_method)
    first = table(caption, _COLUMNS, rows[:ROWS_SHOWN], foot, class_="holders")
    return el(
        "div",
        el("h3", say("report.holders.title", symbol=unit.symbol)) if len(view.charted()) > 1 else None,
        first,
        _rest(unit, rows, holdings),
        _left_out(unit, holdings),
        class_="holders-of",
    )


def _rest(unit: Denomination, rows: Sequence[Row], holdings: Sequence[Holding]) -> Markup | None:
    rest = rows[ROWS_SHOWN:]
    if not rest:
        return None
    units = sum(holding.units for holding in holdings[ROWS_SHOWN:ROWS_LISTED])
    caption = say("report.holders.rest_caption", first=ROWS_SHOWN + 1, last=ROWS_SHOWN + len(rest), symbol=unit.symbol)
    summary = say_count("report.holders.rest", len(rest), units=unit.marked(units))
    return hidden_part(summary, table(caption, _COLUMNS, rest, class_="holders"), class_="rest printed")


def _left_out(unit: Denomination, holdings: Sequence[Holding]) -> Markup | None:
    left_out = holdings[ROWS_LISTED:]
    if not left_out:
        return None
    units = unit.marked(sum(holding.units for holding in left_out))
    return el("p", say("report.holders.left_out", count=len(left_out), units=units), class_="warning")


def _other_holders(view: View) -> Markup | None:
    rows = [
        _row(view, unit, holding, rank)
        for unit in view.others()
        for rank, holding in enumerate(view.holdings(unit.asset), 1)
    ]
    if not rows:
        return None
    caption = say("report.holders.others_caption", shown=min(len(rows), ROWS_LISTED), count=len(rows))
    listed = table(caption, _COLUMNS, rows[:ROWS_LISTED], class_="holders")
    return hidden_part(say_count("report.holders.others", len(rows)), listed, class_="printed")


def _row(view: View, unit: Denomination, holding: Holding, rank: int) -> Row:
    totals = view.totals(unit.asset)
    interval = view.interval(holding)
    cells: list[Child] = [
        rank,
        _who(view, holding),
        el("div", _status(holding), coverage_badge(holding.coverage), class_="badges"),
        unit.both(holding.units),
        _share(holding.units, totals.stolen),
        _received(holding),
        holding.transfers,
        _interval(unit, interval) if interval else "–",
    ]
    sort_by = (
        rank,
        holding.address,
        f"{holding.status} {holding.coverage}",
        holding.units,
        holding.units,
        holding.first_received or "",
        holding.transfers,
        interval.max if interval else 0,
    )
    return Row(cells, sort_by)


def _who(view: View, holding: Holding) -> Markup:
    name = view.content.names.get(holding.address, "")
    reason = holding.reason if holding.reason and holding.reason not in name else ""
    theft = say("report.holders.theft", theft=holding.theft) if len(view.main.theft_totals) > 1 else None
    notes = [el("bdi", note, class_="name") for note in (name, reason) if note]
    return el(
        "div",
        address_text(holding.address),
        notes,
        el("span", theft, class_="theft-id") if theft else None,
        class_="who",
    )


def _status(holding: Holding) -> Markup:
    return el("span", say(f"report.status.{holding.status}"), class_=f"badge {holding.status}")


def coverage_badge(coverage: str) -> Markup:
    """Render how much of an address's history the ledger holds; the section on gaps explains the words."""
    return el("span", say(f"report.coverage.{coverage}"), class_=f"badge coverage {coverage}")


def _share(units: int, stolen: int) -> Markup:
    """Render a share in words and as a small bar."""
    width = max(1.0, 100 * units / stolen) if stolen else 0.0
    bar = el(
        "svg",
        el("rect", width=width, height=6),
        viewBox="0 0 100 6",
        preserveAspectRatio="none",
        aria_hidden="true",
        class_="mini",
    )
    return el("span", share(units, stolen), bar, class_="share-cell")


def _received(holding: Holding) -> Markup:
    by_day = {dates.day(time): time for time in (holding.last_received, holding.first_received) if time}
    days = [el("time", day, datetime=time, title=dates.moment(time)) for day, time in sorted(by_day.items())]
    return el("div", days, class_="days") if days else el("span", say("report.holders.undated"), class_="quiet")


def _interval(unit: Denomination, interval: Interval) -> Markup:
    if interval.min == interval.max:
        return el("span", say("report.holders.same"), class_="quiet", title=unit.exact(interval.max))
    apart = interval.max - interval.min
    if unit.plain(apart).startswith("<"):
        return el("span", say("report.holders.apart", apart=unit.marked(apart)), class_="quiet")
    return el("div", unit.marked(interval.min), el("br"), say("report.holders.to"), " ", unit.marked(interval.max))


def _foot(view: View, unit: Denomination, holdings: Sequence[Holding], total: int) -> list[Markup | str]:
    stolen = view.totals(unit.asset).stolen
    transfers = sum(holding.transfers for holding in holdings)
    sums = [unit.both(total), share(total, stolen), "", f"{transfers:,}", ""]
    return ["", say_count("report.holders.sum", len(holdings)), "", *sums]
