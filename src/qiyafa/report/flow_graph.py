"""The stolen flow of one asset as a graph that conserves: for every node, claimed + in = out + rest.

Units that move between the members of one node are its `inner` units and stand on neither side.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from qiyafa.model.finding import Fate, Holding, Status, Taking
from qiyafa.report.content import Edge


class NodeKind(StrEnum):
    """What a node of the chart stands for."""

    THEFT = "theft"
    """An address where units were first stolen units."""
    ADDRESS = "address"
    CHAIN = "chain"
    """Addresses that passed the units on one to the next."""
    GROUP = "group"
    """Addresses too small to draw one by one."""
    STOP = "stop"
    STOPS = "stops"
    """Several small stops."""
    FEES = "fees"
    UNTRACED = "untraced"


ENDS = frozenset({NodeKind.STOP, NodeKind.STOPS, NodeKind.FEES, NodeKind.UNTRACED})
"""Where a trace ends: no units leave these."""

FEES_KEY = "fees:"
UNTRACED_KEY = "untraced:"


@dataclass(frozen=True, slots=True)
class Node:
    """One or several addresses."""

    key: str
    kind: NodeKind
    members: tuple[str, ...]
    """Addresses: in a chain first to last, in a group largest first. None for fees and untraced."""
    claimed: int = 0
    """Units that became stolen units here."""
    rest: int = 0
    """Units that are here now."""
    inner: int = 0
    hops: tuple[int, int] = (0, 0)
    """The fewest and the most hops of its members."""


@dataclass(frozen=True, slots=True)
class Link:
    """All units from one node to another."""

    source: str
    target: str
    units: int
    transfers: int
    first_time: str | None
    last_time: str | None

    def and_also(self, other: "Link") -> "Link":
        """Return this link with the units, transfers and times of another added."""
        times = [time for time in (self.first_time, self.last_time, other.first_time, other.last_time) if time]
        return replace(
            self,
            units=self.units + other.units,
            transfers=self.transfers + other.transfers,
            first_time=min(times, default=None),
            last_time=max(times, default=None),
        )


@dataclass(frozen=True, slots=True)
class Graph:
    """Nodes and the links between them, by their keys."""

    nodes: Mapping[str, Node]
    links: Mapping[tuple[str, str], Link]

    def outgoing(self) -> dict[str, list[Link]]:
        """Return the links that leave each node."""
        found: dict[str, list[Link]] = {key: [] for key in self.nodes}
        for link in self.links.values():
            found[link.source].append(link)
        return found

    def incoming(self) -> dict[str, list[Link]]:
        """Return the links that reach each node."""
        found: dict[str, list[Link]] = {key: [] for key in self.nodes}
        for link in self.links.values():
            found[link.target].append(link)
        return found

    def through(self) -> dict[str, int]:
        """Return the units that came to each node, claimed ones included."""
        units = {key: node.claimed for key, node in self.nodes.items()}
        for link in self.links.values():
            units[link.target] += link.units
        return units


def build(asset: str, edges: Iterable[Edge], claims: Iterable[Taking], holdings: Iterable[Holding]) -> Graph:
    """Build the graph of one asset from one method's edges, claims and holdings."""
    edges = [edge for edge in edges if edge.asset == asset]
    claimed, rest, stops = _sums(asset, claims, holdings)
    hops = {edge.target: edge.hop for edge in sorted(edges, key=lambda edge: -edge.hop)}
    hops |= dict.fromkeys(claimed, 0)
    links: dict[tuple[str, str], Link] = {}
    for edge in edges:
        target = _target(edge)
        link = Link(edge.source, target, edge.units, edge.transfers, edge.first_time, edge.last_time)
        known = links.get((edge.source, target))
        links[edge.source, target] = known.and_also(link) if known else link
        if target in (FEES_KEY, UNTRACED_KEY):
            rest[target] = rest.get(target, 0) + edge.units
    keys = dict.fromkeys([*claimed, *rest, *(key for pair in links for key in pair)])
    nodes = {
        key: Node(key, _kind(key, claimed, stops), _members(key), claimed.get(key, 0), rest.get(key, 0), 0, (hop, hop))
        for key in keys
        for hop in (hops.get(key, 0),)
    }
    return contract(Graph(nodes, links), ())


def contract(graph: Graph, merged: Iterable[tuple[Node, Iterable[str]]]) -> Graph:
    """Put nodes together: each new node, given with its name and kind, takes the place of the keys beside it.

    A link inside a node becomes its inner units.
    """
    into: dict[str, str] = {}
    nodes: dict[str, Node] = {}
    for node, keys in merged:
        parts = [graph.nodes[key] for key in keys]
        into |= {part.key: node.key for part in parts}
        nodes[node.key] = replace(
            node,
            members=tuple(member for part in parts for member in part.members),
            claimed=sum(part.claimed for part in parts),
            rest=sum(part.rest for part in parts),
            inner=sum(part.inner for part in parts),
            hops=(min(part.hops[0] for part in parts), max(part.hops[1] for part in parts)),
        )
    nodes = {key: node for key, node in graph.nodes.items() if key not in into} | nodes
    links: dict[tuple[str, str], Link] = {}
    inner: dict[str, int] = {}
    for link in graph.links.values():
        source, target = into.get(link.source, link.source), into.get(link.target, link.target)
        if source == target:
            inner[source] = inner.get(source, 0) + link.units
        elif (source, target) in links:
            links[source, target] = links[source, target].and_also(link)
        else:
            kept = source == link.source and target == link.target
            links[source, target] = link if kept else replace(link, source=source, target=target)
    nodes |= {key: replace(nodes[key], inner=nodes[key].inner + units) for key, units in inner.items()}
    return Graph(nodes, links)


def imbalances(graph: Graph) -> dict[str, int]:
    """Return claimed + in - out - rest of every node where that is not zero: nothing, if the sums are right."""
    left = graph.through()
    for link in graph.links.values():
        left[link.source] -= link.units
    return {key: units - graph.nodes[key].rest for key, units in left.items() if units != graph.nodes[key].rest}


def _sums(
    asset: str, claims: Iterable[Taking], holdings: Iterable[Holding]
) -> tuple[dict[str, int], dict[str, int], set[str]]:
    claimed: dict[str, int] = {}
    rest: dict[str, int] = {}
    stops = set()
    for claim in claims:
        if claim.asset == asset:
            claimed[claim.address] = claimed.get(claim.address, 0) + claim.units
    for holding in holdings:
        if holding.asset == asset:
            rest[holding.address] = rest.get(holding.address, 0) + holding.units
            if holding.status is Status.STOPPED:
                stops.add(holding.address)
    return claimed, rest, stops


def _target(edge: Edge) -> str:
    if edge.fate is Fate.FEE:
        return FEES_KEY
    return edge.target if edge.fate in (Fate.MOVED, Fate.STOPPED) else UNTRACED_KEY


def _kind(key: str, claimed: Mapping[str, int], stops: set[str]) -> NodeKind:
    if key in (FEES_KEY, UNTRACED_KEY):
        return NodeKind.FEES if key == FEES_KEY else NodeKind.UNTRACED
    if key in stops:
        return NodeKind.STOP
    return NodeKind.THEFT if key in claimed else NodeKind.ADDRESS


def _members(key: str) -> tuple[str, ...]:
    return () if key in (FEES_KEY, UNTRACED_KEY) else (key,)
