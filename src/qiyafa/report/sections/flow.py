"""Section: how the units flowed, hop by hop: a Sankey chart, what it folds, and its tables."""

from collections.abc import Mapping

from qiyafa.model.finding import Status
from qiyafa.report import dates
from qiyafa.report.denomination import Denomination
from qiyafa.report.flow_fold import fold
from qiyafa.report.flow_graph import ENDS, Link, Node, NodeKind, build
from qiyafa.report.markup import Child, Markup, el, joined, say, say_count
from qiyafa.report.sankey_chart import SankeyChart, draw
from qiyafa.report.tables import Column, table
from qiyafa.report.view import View, address_text, hidden_part
from qiyafa.text import text

MEMBERS_LISTED = 200
"""Addresses of one group that the table names; the rest are in the table of holders, or held nothing."""


def flow_section(view: View) -> Markup:
    """Render the flow of every asset that gets a chart."""
    return joined(_asset_flow(view, unit, at) for at, unit in enumerate(view.charted()))


def _asset_flow(view: View, unit: Denomination, at: int) -> Markup:
    chart = _chart(view, unit)
    if not chart.graph.links:
        return el("p", say("report.flow.still", symbol=unit.symbol))
    title = text("report.flow.title", symbol=unit.symbol)
    description = text("report.flow.description", method=view.content.main_method, symbol=unit.symbol)
    return el(
        "figure",
        el("h3", title) if len(view.charted()) > 1 else None,
        draw(chart, f"sankey-{at}", title, description),
        el("figcaption", _legend(chart), _notes(chart)),
        hidden_part(say("report.flow.table.nodes"), _node_table(chart)),
        hidden_part(say("report.flow.table.links"), _link_table(chart)),
    )


def _chart(view: View, unit: Denomination) -> SankeyChart:
    holdings = view.holdings(unit.asset)
    graph = build(unit.asset, view.content.flows.edges, view.content.claims, holdings)
    columns = fold(graph, keep=view.content.names)
    reasons = {holding.address: holding.reason for holding in holdings if holding.status is Status.STOPPED}
    titles = {key: _title(node, {**reasons, **view.content.names}) for key, node in columns.graph.nodes.items()}
    return SankeyChart(columns, unit, titles)


def _title(node: Node, names: Mapping[str, str]) -> str:
    """Return the name of a node; empty for an address that has none."""
    if len(node.members) == 1:
        return names.get(node.members[0], "")
    return text(f"report.flow.node.{node.kind}", count=len(node.members))


def _legend(chart: SankeyChart) -> Markup:
    """Render what the colours mean: only those that the chart shows."""
    kinds = {node.kind for node in chart.graph.nodes.values()}
    shown = ["theft", "address"]
    shown += ["resting"] if any(node.rest for node in chart.graph.nodes.values() if node.kind not in ENDS) else []
    shown += ["stop"] if kinds & {NodeKind.STOP, NodeKind.STOPS} else []
    shown += [kind for kind in (NodeKind.FEES, NodeKind.UNTRACED) if kind in kinds]
    return el("ul", (_key(name) for name in shown), class_="legend")


def _key(name: str) -> Markup:
    return el("li", el("span", class_=f"swatch {name}", aria_hidden="true"), say(f"report.flow.legend.{name}"))


def _notes(chart: SankeyChart) -> Markup:
    """Render how to read the chart, and what it folds or turns back."""
    nodes = chart.graph.nodes.values()
    back = [link for link in chart.graph.links.values() if not chart.columns.is_forward(link)]
    inner = sum(node.inner for node in nodes)
    grouped = sum(len(node.members) for node in nodes if node.kind in (NodeKind.GROUP, NodeKind.STOPS))
    notes = [say("report.flow.read")]
    notes += [say("report.flow.note.grouped", count=grouped)] if grouped else []
    notes += [say("report.flow.note.chains")] if any(node.kind is NodeKind.CHAIN for node in nodes) else []
    if back:
        units = chart.unit.marked(sum(link.units for link in back))
        notes.append(say_count("report.flow.note.back", len(back), units=units))
    notes += [say("report.flow.note.inner", units=chart.unit.marked(inner))] if inner else []
    return el("p", (joined(note, " ") for note in notes))


def _node_table(chart: SankeyChart) -> Markup:
    through = chart.graph.through()
    order = sorted(
        chart.graph.nodes.values(), key=lambda node: (chart.columns.column[node.key], -through[node.key], node.key)
    )
    columns = [
        Column("report.flow.head.node"),
        Column("report.flow.head.hops", number=True),
        Column("report.flow.head.came", number=True),
        Column("report.flow.head.left", number=True),
        Column("report.flow.head.rest", number=True),
    ]
    rows = [_node_row(chart, node, through[node.key]) for node in order]
    return table(say("report.flow.table.nodes_caption"), columns, rows)


def _node_row(chart: SankeyChart, node: Node, through: int) -> list[Child]:
    sums = (through, through - node.rest, node.rest)
    return [_named(chart, node), _hops(node), *(chart.unit.both(units) for units in sums)]


def _hops(node: Node) -> str:
    if not node.members:
        return ""
    first, last = node.hops
    return str(first) if first == last else f"{first}–{last}"


def _named(chart: SankeyChart, node: Node) -> Markup:
    title = chart.titles[node.key]
    listed = [el("li", address_text(member)) for member in node.members[:MEMBERS_LISTED]]
    more = len(node.members) - len(listed)
    rest = el("li", say("report.flow.more_members", count=more)) if more else None
    members = el("ol", listed, rest) if len(node.members) > 1 else (address_text(member) for member in node.members)
    return el("div", el("strong", title) if title else None, members, class_="who")


def _link_table(chart: SankeyChart) -> Markup:
    links = sorted(chart.graph.links.values(), key=lambda link: (-link.units, link.source, link.target))
    columns = [
        Column("report.flow.head.from"),
        Column("report.flow.head.to"),
        Column("report.flow.head.units", number=True),
        Column("report.flow.head.transfers", number=True),
        Column("report.flow.head.time"),
    ]
    rows: list[list[Child]] = [
        [
            _short(chart, link.source),
            _short(chart, link.target),
            chart.unit.both(link.units),
            link.transfers,
            _times(link),
        ]
        for link in links
    ]
    return table(say("report.flow.table.links_caption"), columns, rows)


def _short(chart: SankeyChart, key: str) -> Markup:
    node = chart.graph.nodes[key]
    title = chart.titles[key]
    address = address_text(node.members[0]) if len(node.members) == 1 else None
    return el("div", el("strong", title) if title else None, address, class_="who")


def _times(link: Link) -> Markup:
    days = dict.fromkeys((dates.day(link.first_time), dates.day(link.last_time)))
    return el("span", " – ".join(days), title=f"{dates.moment(link.first_time)} – {dates.moment(link.last_time)}")
