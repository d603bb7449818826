"""From a graph of any size to one a person can read: chains folded, columns by hops, small nodes grouped.

Every step keeps the sums of `flow_graph`: nothing is left out, only put together.
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

from qiyafa.report.flow_graph import ENDS, Graph, Link, Node, NodeKind, contract

CHAIN_LEAST = 3
"""Fewer addresses than this are drawn one by one."""
CHAIN_REST_DIVISOR = 20
"""An address that keeps more than one part in twenty of what it got does not just pass it on."""
NODES_IN_COLUMN = 12
HOP_COLUMNS = 7
"""The theft and six more; what is further away shares the last of them."""
SMALL_DIVISOR = 250
"""Less than one part in 250 of all that was stolen is too thin to see alone."""


@dataclass(frozen=True, slots=True)
class Columns:
    """A graph small enough to draw, and the column of each node; the last column is that of the ends."""

    graph: Graph
    column: dict[str, int]
    count: int

    def is_forward(self, link: Link) -> bool:
        """Tell whether a link leads to the right; the others turn back, and are drawn as such."""
        return self.column[link.target] > self.column[link.source]


def fold(graph: Graph, keep: Iterable[str] = ()) -> Columns:
    """Fold chains, set columns and group what is small. Addresses in `keep` are not folded into a chain."""
    folded = contract(graph, ((_chain(keys), keys) for keys in chains(graph, frozenset(keep))))
    column = _columns(folded)
    groups = {at: keys for at in range(HOP_COLUMNS + 1) if len(keys := _small(folded, column, at)) > 1}
    grouped = contract(folded, ((_group(at), keys) for at, keys in groups.items()))
    column |= {_group(at).key: at for at in groups}
    return _close_up(grouped, {key: column[key] for key in grouped.nodes})


def chains(graph: Graph, keep: frozenset[str] = frozenset()) -> list[list[str]]:
    """Return every run of addresses, first to last, that got all from the one before and passed it on to one.

    What is peeled off on the way may go to ends, or to addresses that only keep it.
    """
    following = _following(graph, keep)
    senders: dict[str, set[str]] = {}
    for link in graph.links.values():
        senders.setdefault(link.target, set()).add(link.source)
    after = {key: found for key, found in following.items() if len(senders[found]) == 1}
    found = []
    for first in sorted(set(after) - set(after.values())):
        run = [first]
        while run[-1] in after:
            run.append(after[run[-1]])
        if len(run) >= CHAIN_LEAST:
            found.append(run)
    return found


def _following(graph: Graph, keep: frozenset[str]) -> dict[str, str]:
    """Return the one address to which each mere passer-on sends, if that passes on too."""
    outgoing, incoming, through = graph.outgoing(), graph.incoming(), graph.through()

    def is_leaf(key: str) -> bool:
        leaves = all(graph.nodes[link.target].kind is NodeKind.FEES for link in outgoing[key])
        return leaves and len(incoming[key]) <= 1

    passing = {
        key
        for key, node in graph.nodes.items()
        if node.kind is NodeKind.ADDRESS and key not in keep and not is_leaf(key)
        if node.rest * CHAIN_REST_DIVISOR <= through[key]
    }
    following = {}
    for key in passing:
        onward = [
            link.target
            for link in outgoing[key]
            if link.target != key and graph.nodes[link.target].kind not in ENDS and not is_leaf(link.target)
        ]
        if len(onward) == 1 and onward[0] in passing:
            following[key] = onward[0]
    return following


def _chain(keys: list[str]) -> Node:
    return Node(key=f"chain:{keys[0]}", kind=NodeKind.CHAIN, members=())


def _columns(graph: Graph) -> dict[str, int]:
    """Return the column of each node: fewest links from a theft; ends stand in the column after the last."""
    outgoing = graph.outgoing()
    starts = [key for key, node in graph.nodes.items() if node.kind is NodeKind.THEFT]
    column = dict.fromkeys(starts, 0)
    waiting = deque(starts)
    while waiting:
        key = waiting.popleft()
        for link in outgoing[key]:
            if link.target not in column and graph.nodes[link.target].kind not in ENDS:
                column[link.target] = min(column[key] + 1, HOP_COLUMNS - 1)
                waiting.append(link.target)
    return {key: HOP_COLUMNS if node.kind in ENDS else column.get(key, 0) for key, node in graph.nodes.items()}


def _small(graph: Graph, column: dict[str, int], at: int) -> list[str]:
    """Return the nodes of one column that are drawn as one: those too thin to see, and those too many."""
    through = graph.through()
    total = sum(node.claimed for node in graph.nodes.values())
    keys = [key for key, node in graph.nodes.items() if column[key] == at and node.members]
    keys.sort(key=lambda key: (-through[key], key))
    beside = sum(1 for key, node in graph.nodes.items() if column[key] == at and not node.members)
    large = [key for key in keys if through[key] * SMALL_DIVISOR >= total]
    fits = NODES_IN_COLUMN - beside
    shown = large if len(large) == len(keys) <= fits else large[: fits - 1]
    return keys[len(shown) :]


def _group(at: int) -> Node:
    return Node(key=f"group:{at}", kind=NodeKind.STOPS if at == HOP_COLUMNS else NodeKind.GROUP, members=())


def _close_up(graph: Graph, column: dict[str, int]) -> Columns:
    """Number the columns that are in use from 0, without holes."""
    used = sorted(set(column.values()))
    return Columns(graph, {key: used.index(at) for key, at in column.items()}, len(used))
