"""From a method's flows to sums that can be drawn: edges between addresses, and moments in time.

One pass, one dict entry for each edge and each second, so it takes flows from a generator. Conserves: for every
address, claimed units + edges in = edges out + what rests there.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import lru_cache

from qiyafa.model.case import Case
from qiyafa.model.columns import TRANSACTION
from qiyafa.model.finding import Fate, Flow, Taking
from qiyafa.model.ledger import TransferKind
from qiyafa.report.content import Edge, FlowSummary, Moment
from qiyafa.report.flow_direct import direct

_EdgeKey = tuple[str, str, str, str, Fate]
_Origin = tuple[str, str, str]
"""Theft, asset, address."""

_FRESH_FATES = (Fate.MOVED, Fate.STOPPED, Fate.UNTRACEABLE)
"""What can become of the transfer that is itself the theft: limits do not apply to it."""


def summarise(case: Case, claims: Iterable[Taking], flows: Iterable[Flow]) -> FlowSummary:
    """Sum up the flows of one method, given in the ledger's order.

    A theft named by its transfers or outputs has those among its flows: what was claimed there begins at the receiver.
    """
    fold = _Fold(_stolen_parts(case))
    for claim in claims:
        fold.claim(claim)
    for flow in direct(flows):
        for part in fold.after_theft(flow):
            fold.flow(part)
    edges = (total.edge(key) for key, total in fold.edges.items())
    return FlowSummary(
        edges=tuple(
            sorted(edges, key=lambda edge: (edge.asset, edge.hop, edge.source, edge.target, edge.theft, edge.fate))
        ),
        moments=tuple(sorted(fold.moments(), key=lambda moment: (moment.asset, moment.time or 0))),
        transfers=fold.transfers,
    )


@lru_cache(maxsize=4096)
def seconds(time: str | None) -> int | None:
    """Return an ISO 8601 moment, which the ledger writes in UTC, as seconds since 1970."""
    return None if time is None else int(datetime.fromisoformat(time).replace(tzinfo=UTC).timestamp())


_StolenPart = tuple[str, str, int | None]
"""Theft, transaction, position of a transfer or index of an output; None for every output."""


def _stolen_parts(case: Case) -> set[_StolenPart]:
    parts: set[_StolenPart] = set()
    for theft in case.thefts:
        parts |= {(theft.id, ref.transaction_hash.lower(), ref.position) for ref in theft.transfers}
        parts |= {(theft.id, ref.transaction_hash.lower(), ref.index) for ref in theft.outputs}
    return parts


@dataclass(slots=True)
class _Total:
    units: int
    transfers: int
    first_time: str | None
    last_time: str | None
    hop: int

    def edge(self, key: _EdgeKey) -> Edge:
        """Return the total as the edge between two addresses."""
        source, target, asset, theft, fate = key
        return Edge(
            source, target, asset, theft, fate, self.units, self.transfers, self.first_time, self.last_time, self.hop
        )

    def add(self, flow: Flow, hop: int) -> None:
        """Add one more flow over the same edge."""
        times = [time for time in (self.first_time, self.last_time, flow.time) if time]
        self.units += flow.stolen_units
        self.transfers += 1
        self.first_time = min(times, default=None)
        self.last_time = max(times, default=None)
        self.hop = min(self.hop, hop)


@dataclass(slots=True)
class _Fold:
    stolen: set[_StolenPart]
    edges: dict[_EdgeKey, _Total] = field(default_factory=dict)
    hops: dict[_Origin, int] = field(default_factory=dict)
    """Fewest hops so far; 0 where units were claimed."""
    changes: dict[tuple[str, int | None], list[int]] = field(default_factory=dict)
    fresh: dict[tuple[str, str, str, str], int] = field(default_factory=dict)
    """By theft, transaction, receiver and asset: claimed units that stand in the flows too."""
    transfers: int = 0

    def claim(self, claim: Taking) -> None:
        """Take a claim: its address is the theft's own, at hop 0."""
        self.hops[claim.theft, claim.asset, claim.address] = 0
        self.change(claim.asset, seconds(claim.time), None, 0, claim.units)
        if claim.transaction_hash:
            key = (claim.theft, claim.transaction_hash, claim.address, claim.asset)
            self.fresh[key] = self.fresh.get(key, 0) + claim.units

    def after_theft(self, flow: Flow) -> Iterator[Flow]:
        """Yield a flow without the units that it stole itself; those begin, and may end, at its receiver."""
        self.transfers += 1
        key = (flow.theft, flow.transaction_hash, flow.target, flow.asset)
        is_fresh = self.is_theft(flow) and flow.fate in _FRESH_FATES
        fresh = min(self.fresh.get(key, 0), flow.stolen_units) if is_fresh else 0
        if fresh:
            self.fresh[key] -= fresh
            if flow.fate is not Fate.MOVED:
                yield replace(flow, source=flow.target, stolen_units=fresh)
        if fresh < flow.stolen_units:
            yield replace(flow, stolen_units=flow.stolen_units - fresh) if fresh else flow

    def is_theft(self, flow: Flow) -> bool:
        """Tell whether a flow is a transfer or an output that its theft names."""
        if flow.kind in (TransferKind.SPEND, TransferKind.FEE):
            return False
        names = ((flow.theft, flow.transaction_hash.lower(), position) for position in (flow.position, None))
        return any(name in self.stolen for name in names)

    def flow(self, flow: Flow) -> None:
        """Take one flow, in the ledger's order: into its edge, the hops of its receiver and the moments."""
        hop = self.hops.get((flow.theft, flow.asset, flow.source), 0)
        # A transaction is one hop: its inputs make it, its outputs share it.
        hop += 0 if flow.source.startswith(TRANSACTION) else 1
        key = (flow.source, flow.target, flow.asset, flow.theft, flow.fate)
        if key in self.edges:
            self.edges[key].add(flow, hop)
        else:
            self.edges[key] = _Total(flow.stolen_units, 1, flow.time, flow.time, hop)
        if flow.fate in (Fate.MOVED, Fate.STOPPED):
            reached = (flow.theft, flow.asset, flow.target)
            self.hops[reached] = min(hop, self.hops.get(reached, hop))
        self.change(flow.asset, seconds(flow.time), self.place(flow, flow.source), self.end(flow), flow.stolen_units)

    def place(self, flow: Flow, address: str) -> int:
        """Say whether an address is the theft's own (0) or another (1)."""
        return 0 if self.hops.get((flow.theft, flow.asset, address), 0) == 0 else 1

    def end(self, flow: Flow) -> int:
        """Say where a flow ends: at the theft's own (0) or another (1) address, at a stop (2) or otherwise (3)."""
        if flow.fate is Fate.MOVED:
            return self.place(flow, flow.target)
        return 2 if flow.fate is Fate.STOPPED else 3

    def change(self, asset: str, time: int | None, source: int | None, target: int, units: int) -> None:
        """Move units at one time from a kind of place, if they came from one, to another."""
        change = self.changes.setdefault((asset, time), [0, 0, 0, 0])
        change[target] += units
        if source is not None:
            change[source] -= units

    def moments(self) -> Iterator[Moment]:
        """Yield how much of each asset changed place at each time; times at which nothing did are left out."""
        for (asset, time), change in self.changes.items():
            if any(change):
                yield Moment(asset, time, *change)
