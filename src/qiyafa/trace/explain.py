"""How stolen units got to an address: the flows that lead there in time, and the stolen books of everyone on the
way.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from qiyafa.model.columns import NOBODY_PLACE, TRANSACTION, TransferColumns, iso_time
from qiyafa.model.finding import ExplainedAddress, Leg, LegKind
from qiyafa.trace.chain_outcome import ChainOutcome
from qiyafa.trace.outcome import BEFORE_ROWS, Ending

_ARRIVING = (Ending.MOVED, Ending.STOPPED)


def explain_address(chain: ChainOutcome, address: str) -> tuple[ExplainedAddress, ...]:
    """Return the books of the address and of all who passed stolen units on to it, nearest first, then largest."""
    columns = chain.columns
    ends = set(columns.places_of(address))
    flows = [
        _FlowRow(row, int(columns.source[row]), place, colour, units, Ending(ending))
        for row, place, colour, units, ending in zip(
            chain.outcome.flows.row.tolist(),
            chain.outcome.flows.place.tolist(),
            chain.outcome.flows.colour.tolist(),
            chain.outcome.flows.all_units(),
            chain.outcome.flows.ending.tolist(),
            strict=True,
        )
    ]
    flows.sort(key=lambda flow: flow.row)
    holders = _Holders(columns)
    hops, on_the_way = _ways_back(flows, ends, holders)
    books = _books(chain, flows, on_the_way, holders, set(hops))
    steps = [book.explained(columns, holder, hops[holder]) for holder, book in books.items()]
    largest = {(step.asset, step.address): sum(leg.units for leg in step.inflows) for step in steps}
    return tuple(
        sorted(
            (step for step in steps if step.inflows),
            key=lambda step: (
                step.asset,
                step.hops,
                not step.address.startswith(TRANSACTION),
                -largest[step.asset, step.address],
                step.address,
            ),
        )
    )


class _Holders:
    """Whose place it is. On a chain of outputs an address has a place for each; one of them stands for all."""

    def __init__(self, columns: TransferColumns) -> None:
        self._columns = columns
        self._place_of: dict[int, int] = {}

    def of(self, place: int) -> int:
        """Return the place that stands for a place's holder."""
        if self._columns.outputs is None or place == NOBODY_PLACE:
            return place
        return self._place_of.setdefault(int(self._columns.places.address[place]), place)

    def is_transaction(self, place: int) -> bool:
        """Tell whether a place is a transaction, through which inputs become outputs."""
        return self._columns.outputs is not None and place >= self._columns.outputs.first_pool


@dataclass(frozen=True, slots=True)
class _FlowRow:
    row: int
    source: int
    target: int
    colour: int
    units: int
    ending: Ending


def _ways_back(flows: Sequence[_FlowRow], ends: set[int], holders: _Holders) -> tuple[dict[int, int], set[int]]:
    """Return (fewest hops to the end by holder, numbers of the flows on a way there).

    Flows are read from the last to the first: whoever paid somebody on the way, before he passed it on, is on the way.
    A transaction is one hop from whom it pays, and its inputs are no further.
    """
    hops: dict[tuple[int, int], int] = {}
    fewest = {holders.of(place): 0 for place in ends}
    on_the_way: set[int] = set()
    for number in range(len(flows) - 1, -1, -1):
        flow = flows[number]
        if flow.ending not in _ARRIVING:
            continue
        further = 0 if flow.target in ends else hops.get((flow.target, flow.colour), -1)
        if further < 0:
            continue
        on_the_way.add(number)
        if flow.source != NOBODY_PLACE:
            key, holder = (flow.source, flow.colour), holders.of(flow.source)
            further += 0 if holders.is_transaction(flow.target) else 1
            hops[key] = min(further, hops.get(key, further))
            fewest[holder] = min(hops[key], fewest.get(holder, further))
    return fewest, on_the_way


@dataclass(slots=True)
class _LegSum:
    units: int = 0
    transfers: int = 0
    first_row: int = BEFORE_ROWS
    last_row: int = BEFORE_ROWS
    on_the_way: bool = False

    def add(self, units: int, row: int, on_the_way: bool) -> None:
        """Add units of one row; claims that no row brought count as no transfer."""
        self.units += units
        self.on_the_way |= on_the_way
        if row != BEFORE_ROWS:
            self.transfers += 1
            self.first_row = row if self.first_row == BEFORE_ROWS else min(self.first_row, row)
            self.last_row = max(self.last_row, row)


@dataclass(slots=True)
class _Book:
    inflows: dict[tuple[LegKind, int], _LegSum] = field(default_factory=dict)
    outflows: dict[tuple[LegKind, int], _LegSum] = field(default_factory=dict)
    holding: int = 0

    def explained(self, columns: TransferColumns, place: int, hops: int) -> ExplainedAddress:
        """Put the book in words, checked to the unit."""
        inflows, outflows = _legs(columns, self.inflows), _legs(columns, self.outflows)
        rest = sum(leg.units for leg in inflows) - sum(leg.units for leg in outflows)
        assert rest == self.holding, f"place {place}: {rest} is left, but {self.holding} is held"
        return ExplainedAddress(
            columns.chain, columns.address_of(place), columns.asset_of(place), hops, inflows, outflows, self.holding
        )


def _books(
    chain: ChainOutcome, flows: Sequence[_FlowRow], on_the_way: set[int], holders: _Holders, chosen: set[int]
) -> dict[int, _Book]:
    """Write the stolen inflows, outflows and holding of every holder on the way."""
    books = {holder: _Book() for holder in chosen}
    fresh: dict[tuple[int, int], int] = {}
    stolen_rows = {(stolen.row, stolen.colour) for stolen in chain.planned.plan.stolen_rows}
    claims = chain.outcome.claims
    for index, row in enumerate(claims.row.tolist()):
        place, colour = holders.of(int(claims.place[index])), int(claims.colour[index])
        if (row, colour) in stolen_rows:
            fresh[row, colour] = claims.units(index)
        elif place in books:
            leg = books[place].inflows.setdefault((LegKind.CLAIM, NOBODY_PLACE), _LegSum())
            leg.add(claims.units(index), row, True)
    for number, flow in enumerate(flows):
        is_on = number in on_the_way
        source, target = holders.of(flow.source), holders.of(flow.target)
        if target in books and flow.ending in _ARRIVING:
            leg = books[target].inflows.setdefault((LegKind.TRANSFER, source), _LegSum())
            leg.add(flow.units, flow.row, is_on)
            if flow.ending is Ending.STOPPED:
                books[target].holding += flow.units
        left = flow.units - fresh.get((flow.row, flow.colour), 0)
        if source in books and left:
            books[source].outflows.setdefault(_way_out(flow, target), _LegSum()).add(left, flow.row, is_on)
    held = chain.outcome.held
    for index, place in enumerate(held.place.tolist()):
        if holders.of(place) in books:
            books[holders.of(place)].holding += held.units(index)
    return books


def _way_out(flow: _FlowRow, target: int) -> tuple[LegKind, int]:
    if flow.ending is Ending.FEE:
        return LegKind.FEE, NOBODY_PLACE
    kind = LegKind.TRANSFER if flow.ending in _ARRIVING else LegKind.UNTRACED
    return kind, target


def _legs(columns: TransferColumns, sums: dict[tuple[LegKind, int], _LegSum]) -> tuple[Leg, ...]:
    legs = [
        Leg(
            kind=kind,
            address=columns.address_of(place) if place != NOBODY_PLACE else "",
            units=leg.units,
            transfers=leg.transfers,
            first_time=iso_time(int(columns.time[leg.first_row])) if leg.first_row != BEFORE_ROWS else None,
            last_time=iso_time(int(columns.time[leg.last_row])) if leg.last_row != BEFORE_ROWS else None,
            on_the_way=leg.on_the_way,
        )
        for (kind, place), leg in sums.items()
    ]
    return tuple(sorted(legs, key=lambda leg: (-leg.units, leg.kind, leg.address)))
