"""What stands in each column of a Sankey chart: nodes, and lanes for links that pass through on their way to an end.

All links to one end share one lane a column, so that they run side by side and cross no node.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from qiyafa.report.flow_fold import Columns
from qiyafa.report.flow_graph import Link, NodeKind

_LAST = {NodeKind.GROUP: 1, NodeKind.STOPS: 1, NodeKind.UNTRACED: 2, NodeKind.FEES: 3}
"""Groups stand below single nodes, fees below all."""


@dataclass(frozen=True, slots=True)
class Item:
    """A node or a lane."""

    key: str
    column: int
    units: int
    rank: int
    """Items of a higher rank stand lower."""
    is_lane: bool


@dataclass(frozen=True, slots=True)
class Board:
    """Every item, and the items that each forward link visits, first to last."""

    items: Mapping[str, Item]
    routes: tuple[tuple[Link, tuple[str, ...]], ...]
    backward: tuple[Link, ...]
    """Links that turn back to the same column or an earlier one."""

    def columns(self) -> list[list[Item]]:
        """Return the items of each column, in rank and then the largest first."""
        count = 1 + max((item.column for item in self.items.values()), default=-1)
        found: list[list[Item]] = [[] for _ in range(count)]
        for item in sorted(self.items.values(), key=lambda item: (item.rank, -item.units, item.key)):
            found[item.column].append(item)
        return found

    def neighbours(self) -> tuple[dict[str, list[tuple[str, int]]], dict[str, list[tuple[str, int]]]]:
        """Return, for each item, what reaches it and what it reaches in the next column, with units."""
        before: dict[str, list[tuple[str, int]]] = {key: [] for key in self.items}
        after: dict[str, list[tuple[str, int]]] = {key: [] for key in self.items}
        for link, route in self.routes:
            for left, right in pairwise(route):
                before[right].append((left, link.units))
                after[left].append((right, link.units))
        return before, after


def board(columns: Columns) -> Board:
    """Route every link of a folded graph."""
    graph, column = columns.graph, columns.column
    items = {
        key: Item(key, column[key], units, _LAST.get(graph.nodes[key].kind, 0), False)
        for key, units in graph.through().items()
    }
    forward = [link for link in graph.links.values() if columns.is_forward(link)]
    routes = []
    for link in sorted(forward, key=lambda link: (-link.units, link.source, link.target)):
        passed = [(at, f"lane:{at}:{link.target}") for at in range(column[link.source] + 1, column[link.target])]
        for at, key in passed:
            units = items[key].units if key in items else 0
            items[key] = Item(key, at, units + link.units, items[link.target].rank, True)
        routes.append((link, (link.source, *(key for _, key in passed), link.target)))
    return Board(items, tuple(routes), tuple(link for link in graph.links.values() if not columns.is_forward(link)))
