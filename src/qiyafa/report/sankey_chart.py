"""The Sankey chart as SVG: columns are hops, widths are units, colours say where units went.

Its words are whole: an address is never cut, it runs over two lines, and stands once more in the table below.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from qiyafa.model.columns import TRANSACTION
from qiyafa.report import drawing
from qiyafa.report.denomination import Denomination
from qiyafa.report.flow_fold import SMALL_DIVISOR, Columns
from qiyafa.report.flow_graph import ENDS, Graph, Link, Node
from qiyafa.report.markup import Markup, el, joined, pixels
from qiyafa.report.numbers import share
from qiyafa.report.sankey import Layout, PlacedLink, PlacedNode, place
from qiyafa.text import text

NODE_WIDTH = 13
_LEFT = 2
_END_LABELS = 178
"""Room to the right of the last column."""
_TOP = 46
_LABEL_INDENT = 6
_NAME_WIDTH = 7.0
_ADDRESS_WIDTH = 5.75
"""Widths of one character of a label, generous for fonts unknown."""
_NAME_LINES = 3
_LEAST_SHARE_TO_NAME = 100
"""A node that keeps at least one part in so many of what it got says so in its label."""
_TURN = 22.0


@dataclass(frozen=True, slots=True)
class SankeyChart:
    """All that one drawing needs."""

    columns: Columns
    unit: Denomination
    titles: Mapping[str, str]
    """By node: its name, empty for a nameless address."""

    @property
    def graph(self) -> Graph:
        """The folded graph."""
        return self.columns.graph

    def stolen(self) -> int:
        """Return all units that were claimed."""
        return sum(node.claimed for node in self.graph.nodes.values())

    def x(self, column: int) -> float:
        """Return the left edge of a column's nodes."""
        return _LEFT + column * self.step()

    def step(self) -> float:
        """Return the distance between columns."""
        return (drawing.WIDTH - _LEFT - NODE_WIDTH - _END_LABELS) / max(1, self.columns.count - 1)

    def room(self, column: int) -> float:
        """Return the width that the labels of a column may take."""
        return (_END_LABELS if column == self.columns.count - 1 else self.step() - NODE_WIDTH) - _LABEL_INDENT - 4


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    class_: str
    height: float


def draw(chart: SankeyChart, name: str, title: str, description: str) -> Markup:
    """Draw one chart; `name` is unique in the document."""
    labels = {key: _label(chart, node) for key, node in chart.graph.nodes.items()}
    layout = place(chart.columns, {key: sum(line.height for line in lines) for key, lines in labels.items()})
    parts = [
        joined(_header(chart, at, layout.height) for at in range(chart.columns.count)),
        el("g", (_ribbon(chart, link) for link in layout.links), class_="links"),
        el("g", (_turn(chart, link) for link in layout.backward), class_="links"),
        el("g", (_node(chart, layout.nodes[key], labels[key]) for key in layout.nodes), class_="nodes"),
    ]
    return drawing.chart(name, title, description, _TOP + layout.height + 4, _defs(layout), *parts)


def _defs(layout: Layout) -> Markup | None:
    if not layout.backward:
        return None
    tip = el("path", d="M0 0 6 3 0 6z", class_="tip")
    return el(
        "defs",
        el(
            "marker",
            tip,
            id="tip",
            markerWidth=6,
            markerHeight=6,
            refX=3,
            refY=3,
            markerUnits="userSpaceOnUse",
            orient="auto",
        ),
    )


def _header(chart: SankeyChart, at: int, height: float) -> Markup:
    """Draw the heading of a column: its hops, and what all its nodes got."""
    keys = [key for key, column in chart.columns.column.items() if column == at]
    nodes = [chart.graph.nodes[key] for key in keys]
    if nodes[0].kind in ENDS:
        title = text("report.flow.column.ends")
    else:
        first, last = min(node.hops[0] for node in nodes), max(node.hops[1] for node in nodes)
        title = _hops(first, last)
    x = chart.x(at)
    return joined(
        drawing.line(x, _TOP - 12, x, _TOP + height, "column"),
        drawing.label(x, 12, title, "t-column"),
        drawing.label(x, 28, text("report.flow.column.nodes", count=_addresses(nodes)), "t-small"),
    )


def _addresses(nodes: Iterable[Node]) -> int:
    """Count addresses; on a chain of outputs transactions stand between them."""
    return sum(not member.startswith(TRANSACTION) for node in nodes for member in node.members)


def _hops(first: int, last: int) -> str:
    if last == 0:
        return text("report.flow.column.theft")
    if first == last:
        return text(f"report.flow.column.hops.{'one' if first == 1 else 'many'}", count=first)
    return text("report.flow.column.range", first=first, last=last)


def _ribbon(chart: SankeyChart, placed: PlacedLink) -> Markup:
    """Draw a link as one band through all its columns."""
    half = placed.thickness / 2
    upper = [(chart.x(column), y - half) for column, y in placed.stations]
    lower = [(x, y + 2 * half) for x, y in upper]
    path = f"M{_edge(upper)}L{_edge(lower, back=True)}Z"
    kind = chart.graph.nodes[placed.link.target].kind
    return el("path", el("title", link_text(chart, placed.link)), d=path, class_=f"link {kind}")


def _edge(corners: Sequence[tuple[float, float]], back: bool = False) -> str:
    """Return one edge of a band, from its first column to its last, or back."""
    points = [(corners[0][0] + NODE_WIDTH, corners[0][1])]
    for x, y in corners[1:]:
        points += [(x, y), (x + NODE_WIDTH, y)]
    points = points[:-1][::-1] if back else points[:-1]
    path = _point(*points[0])
    for at, ((x, y), (x_next, y_next)) in enumerate(pairwise(points)):
        middle = (x + x_next) / 2
        if at % 2:
            path += f"L{_point(x_next, y_next)}"
        else:
            path += f"C{_point(middle, y)} {_point(middle, y_next)} {_point(x_next, y_next)}"
    return path


def _point(x: float, y: float) -> str:
    return f"{pixels(x)} {pixels(y + _TOP)}"


def _turn(chart: SankeyChart, placed: PlacedLink) -> Markup:
    """Draw a link that leads back as a short arrow bent downwards."""
    column, y = placed.stations[0]
    start = _point(chart.x(column) + NODE_WIDTH, y)
    path = f"M{start}q{pixels(_TURN * 0.7)} 0 {pixels(_TURN)} {pixels(_TURN * 0.6)}"
    width = max(1.0, min(_TURN / 3, placed.thickness))
    title = el("title", link_text(chart, placed.link))
    return el("path", title, d=path, stroke_width=width, marker_end="url(#tip)", class_="link back")


def _node(chart: SankeyChart, placed: PlacedNode, lines: list[_Line]) -> Markup:
    node = chart.graph.nodes[placed.key]
    x, y = chart.x(placed.column), placed.y + _TOP
    passed = placed.height - placed.rest
    resting = node.kind not in ENDS and placed.rest > 0
    parts = [el("title", node_text(chart, node)), drawing.box(x, y, NODE_WIDTH, placed.height, f"node {node.kind}")]
    if resting:
        parts.append(drawing.box(x, y + passed, NODE_WIDTH, max(1.5, placed.rest), "node resting"))
    for line in lines:
        y += line.height
        parts.append(drawing.label(x + NODE_WIDTH + _LABEL_INDENT, y - 3, line.text, line.class_))
    return el("g", *parts)


def _label(chart: SankeyChart, node: Node) -> list[_Line]:
    """Return what stands beside a node, line by line."""
    room = chart.room(chart.columns.column[node.key])
    words = [(chart.titles[node.key], "t-name"), *_units(chart, node)]
    lines = [
        _Line(line, class_, 14)
        for sentence, class_ in words
        if sentence
        for line in drawing.word_lines(sentence, int(room / _NAME_WIDTH), _NAME_LINES)
    ]
    if len(node.members) == 1:
        cut = drawing.even_lines(node.members[0], int(room / _ADDRESS_WIDTH))
        lines += [_Line(line, "t-address", 10.5) for line in cut]
    return lines


def _units(chart: SankeyChart, node: Node) -> list[tuple[str, str]]:
    """Return how much came, and how much of it stayed, where that is not next to nothing."""
    through = chart.graph.through()[node.key]
    if node.kind in ENDS:
        return [(f"{chart.unit.brief(through)} · {share(through, chart.stolen())}", "t-units")]
    found = [(chart.unit.brief(through), "t-units")] if node.rest < through else []
    if node.rest and (node.rest * _LEAST_SHARE_TO_NAME >= through or node.rest * SMALL_DIVISOR >= chart.stolen()):
        found.append((text("report.flow.holds", units=chart.unit.brief(node.rest)), "t-rest"))
    return found


def node_text(chart: SankeyChart, node: Node) -> str:
    """Return everything the chart knows of a node, a line each."""
    through = chart.graph.through()[node.key]
    title = chart.titles[node.key]
    facts = [("got", through), ("claimed", node.claimed), ("rest", node.rest), ("inner", node.inner)]
    lines = [title] if title else []
    lines += node.members if len(node.members) == 1 else []
    lines += [
        text(f"report.flow.fact.{name}", units=chart.unit.plain(units), exact=chart.unit.exact(units))
        for name, units in facts
        if units
    ]
    return "\n".join(lines)


def link_text(chart: SankeyChart, link: Link) -> str:
    """Return everything the chart knows of a link, a line each."""
    ends = (chart.graph.nodes[link.source], chart.graph.nodes[link.target])
    names = [chart.titles[node.key] or node.members[0] for node in ends]
    lines = [
        text("report.flow.from_to", source=names[0], target=names[1]),
        text("report.flow.fact.moved", units=chart.unit.plain(link.units), exact=chart.unit.exact(link.units)),
        text(f"report.flow.transfers.{'one' if link.transfers == 1 else 'many'}", count=link.transfers),
    ]
    return "\n".join(lines)
