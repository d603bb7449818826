"""Section: what each method assumes, what it answers, and how far they agree on the largest holders."""

from collections.abc import Sequence

from qiyafa.model.finding import Status
from qiyafa.report import range_plot
from qiyafa.report.denomination import Denomination
from qiyafa.report.markup import Markup, el, joined, say, say_count, whole
from qiyafa.report.range_plot import PlotRow
from qiyafa.report.sections.headline import PARTS
from qiyafa.report.tables import Column, table
from qiyafa.report.view import View, address_text, hidden_part
from qiyafa.text import keys

HOLDERS_PLOTTED = 12
TOUCHED_LISTED = 1000


def methods_section(view: View) -> Markup:
    """Render the methods' sums, the plot of holders, and poison, which is no amount."""
    assets = (_asset_methods(view, unit, at) for at, unit in enumerate(view.charted()))
    return joined(el("p", say("report.methods.read")), _assumptions(view), assets, _poison(view))


def about(method: str) -> Markup:
    """Return the one line on what a method assumes."""
    key = f"report.methods.about.{method}"
    return say(key if key in keys() else "report.methods.about.unknown")


def _methods(view: View) -> list[str]:
    """Return the conserving methods, the main one first."""
    names = list(view.content.answer.methods)
    return sorted(names, key=lambda name: (name != view.content.main_method, names.index(name)))


def _assumptions(view: View) -> Markup:
    pairs = (
        el("div", el("dt", _mark(at), el("code", method)), el("dd", about(method)))
        for at, method in enumerate(_methods(view))
    )
    return el("dl", pairs, class_="assumptions")


def _mark(at: int) -> Markup:
    return el("svg", range_plot.shape(at), viewBox="0 0 14 14", class_="method-mark", aria_hidden="true")


def _asset_methods(view: View, unit: Denomination, at: int) -> Markup:
    methods = [method for method in _methods(view) if unit.asset in view.content.answer.methods[method].totals]
    columns = [Column("report.head.method"), Column("report.head.stolen", number=True)]
    columns += [Column(f"report.head.{part}", number=True) for part in PARTS]
    columns.append(Column("report.head.holders", number=True))
    rows = [_method_row(view, unit, method) for method in methods]
    return el(
        "div",
        table(say("report.methods.caption", symbol=unit.symbol), columns, rows),
        _plot(view, unit, methods, at) if len(methods) > 1 else None,
    )


def _method_row(view: View, unit: Denomination, method: str) -> list[Markup | int]:
    answer = view.content.answer.methods[method]
    totals = answer.totals[unit.asset]
    addresses = {each.address for each in answer.holdings if each.asset == unit.asset and each.status is Status.HELD}
    cells = [unit.both(totals.stolen), *(unit.both(getattr(totals, part)) for part in PARTS)]
    return [el("code", method), *cells, len(addresses)]


def _plot(view: View, unit: Denomination, methods: Sequence[str], at: int) -> Markup | None:
    rows = plot_rows(view, unit, methods)
    if not rows:
        return None
    marks = (el("li", _mark(number), el("code", method)) for number, method in enumerate(methods))
    return el(
        "figure",
        range_plot.draw(rows, methods, unit, f"range-{at}"),
        el("figcaption", el("ul", marks, class_="legend"), el("p", say("report.methods.plot.read"))),
        hidden_part(say("report.methods.plot.table"), _plot_table(unit, rows, methods)),
    )


def plot_rows(view: View, unit: Denomination, methods: Sequence[str]) -> list[PlotRow]:
    """Return the largest holders by the most that any method gives them, with what each method gives."""
    units: dict[str, dict[str, int]] = {}
    names = dict(view.content.names)
    for method in methods:
        for holding in view.content.answer.methods[method].holdings:
            if holding.asset == unit.asset:
                by_method = units.setdefault(holding.address, dict.fromkeys(methods, 0))
                by_method[method] += holding.units
                names.setdefault(holding.address, holding.reason)
    order = sorted(units, key=lambda address: (-max(units[address].values()), address))
    return [PlotRow(address, names.get(address, ""), units[address]) for address in order[:HOLDERS_PLOTTED]]


def _plot_table(unit: Denomination, rows: Sequence[PlotRow], methods: Sequence[str]) -> Markup:
    columns = [Column("report.head.address"), Column("report.head.method"), Column("report.head.units", number=True)]
    cells = [
        [address_text(row.address), el("code", method), unit.both(row.units[method])]
        for row in rows
        for method in methods
    ]
    return table(say("report.methods.plot.caption", count=len(rows)), columns, cells)


def _poison(view: View) -> Markup | None:
    poison = view.content.answer.poison
    if poison is None:
        return None
    listed = poison.touched[:TOUCHED_LISTED]
    more = len(poison.touched) - len(listed)
    addresses = el(
        "ul", (el("li", el("bdi", whole(each), dir="ltr", class_="address")) for each in listed), class_="columns"
    )
    return el(
        "div",
        el("p", el("strong", "poison"), " ", say_count("report.methods.poison", len(poison.touched)), class_="warning"),
        hidden_part(
            say("report.methods.touched"),
            addresses,
            el("p", say("report.methods.touched_more", count=more)) if more else None,
        ),
    )
