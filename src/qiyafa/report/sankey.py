"""Where the nodes and links of a Sankey chart stand. Lengths are in pixels of the drawing; nothing is drawn here.

Nodes of a column never overlap, nor do their labels: each has a slot as high as the larger of the two.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from qiyafa.report.flow_fold import Columns
from qiyafa.report.flow_graph import Link
from qiyafa.report.sankey_heights import settle
from qiyafa.report.sankey_lanes import Board, board
from qiyafa.report.sankey_order import ordered

FLOW_HEIGHT = 430.0
"""Height of the units in the fullest column, without the gaps."""
NODE_LEAST = 2.0
LINK_LEAST = 0.7
GAP = 10.0
LANE_GAP = 4.0


@dataclass(frozen=True, slots=True)
class PlacedNode:
    """A node's box, and how much of it, from the bottom, is units that rest there."""

    key: str
    column: int
    y: float
    height: float
    rest: float
    slot: float
    """Height that the node and its label have for themselves, from `y` down."""


@dataclass(frozen=True, slots=True)
class PlacedLink:
    """A link's thickness, and the middle of it in each column that it visits."""

    link: Link
    stations: tuple[tuple[int, float], ...]
    """Column and height; one only where a link turns back: that of its source."""
    thickness: float


@dataclass(frozen=True, slots=True)
class Layout:
    """A whole chart."""

    nodes: Mapping[str, PlacedNode]
    links: tuple[PlacedLink, ...]
    """Widest first, so that thin ones are drawn above."""
    backward: tuple[PlacedLink, ...]
    height: float


def place(columns: Columns, label_heights: Mapping[str, float]) -> Layout:
    """Place every node and link, given the height that each node's label needs."""
    items = board(columns)
    fullest = max((sum(item.units for item in column) for column in items.columns()), default=0)
    scale = FLOW_HEIGHT / max(1, fullest)
    heights = {key: max(NODE_LEAST, item.units * scale) for key, item in items.items.items()}
    slots = {
        key: heights[key] + LANE_GAP if item.is_lane else max(heights[key], label_heights.get(key, 0.0)) + GAP
        for key, item in items.items.items()
    }
    order = ordered(items)
    height = max((sum(slots[item.key] for item in column) for column in order), default=0.0)
    tops = settle(items, order, slots, height)
    nodes = {
        key: PlacedNode(key, columns.column[key], tops[key], heights[key], node.rest * scale, slots[key] - GAP)
        for key, node in columns.graph.nodes.items()
    }
    links, below = _links(items, tops, scale)
    return Layout(nodes, links, _backward(items, columns, below, scale), height)


def _links(items: Board, tops: Mapping[str, float], scale: float) -> tuple[tuple[PlacedLink, ...], dict[str, float]]:
    """Return the forward links, side by side at every item, and where the next one would leave each item."""
    middles: dict[tuple[str, str], list[tuple[int, float]]] = {
        (link.source, link.target): [] for link, _ in items.routes
    }
    leaving, arriving = dict(tops), dict(tops)
    by_exit = sorted(items.routes, key=lambda route: (tops[route[1][1]], tops[route[0].source], route[0].target))
    for link, route in by_exit:
        thickness = link.units * scale
        middles[link.source, link.target].append((items.items[route[0]].column, leaving[route[0]] + thickness / 2))
        leaving[route[0]] += thickness
    for at in range(1 + max((item.column for item in items.items.values()), default=0)):
        here = [(link, key) for link, route in items.routes for key in route[1:] if items.items[key].column == at]
        for link, key in sorted(
            here, key=lambda pair: (middles[pair[0].source, pair[0].target][-1][1], pair[0].source)
        ):
            thickness = link.units * scale
            middles[link.source, link.target].append((at, arriving[key] + thickness / 2))
            arriving[key] += thickness
    placed = [
        PlacedLink(link, tuple(middles[link.source, link.target]), max(LINK_LEAST, link.units * scale))
        for link, _ in items.routes
    ]
    return tuple(placed), leaving


def _backward(items: Board, columns: Columns, below: dict[str, float], scale: float) -> tuple[PlacedLink, ...]:
    """Return the links that turn back: they leave their source below its other links."""
    placed = []
    for link in sorted(items.backward, key=lambda link: (-link.units, link.source, link.target)):
        thickness = link.units * scale
        station = (columns.column[link.source], below[link.source] + thickness / 2)
        below[link.source] += thickness
        placed.append(PlacedLink(link, (station,), max(LINK_LEAST, thickness)))
    return tuple(placed)
