"""How stolen units got to an address: the flows that lead there in time, and the stolen books of everyone on the
way.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from qiyafa.model.columns import NOBODY_PLACE, TransferColumns, iso_time
from qiyafa.model.finding import ExplainedAddress, Leg, LegKind
from qiyafa.trace.answer import ChainOutcome
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
    hops, on_the_way = _ways_back(flows, ends)
    books = _books(chain, flows, on_the_way, set(hops))
    steps = [book.explained(columns, place, hops[place]) for place, book in books.items()]
    largest = {(step.asset, step.address): sum(leg.units for leg in step.inflows) for step in steps}
    return tuple(
        sorted(
            (step for step in steps if step.inflows),
            key=lambda step: (step.asset, step.hops, -largest[step.asset, step.address], step.address),
        )
    )


@dataclass(frozen=True, slots=True)
class _FlowRow:
    row: int
    source: int
    target: int
    colour: int
    units: int
    ending: Ending


def _ways_back(flows: Sequence[_FlowRow], ends: set[int]) -> tuple[dict[int, int], set[int]]:
    """Return (fewest hops to the end by place, numbers of the flows on a way there).

    Flows are read from the last to the first: whoever paid somebody on the way, before he passed it on, is on the way.
    """
    hops: dict[tuple[int, int], int] = {}
    fewest = dict.fromkeys(ends, 0)
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
            key = (flow.source, flow.colour)
            hops[key] = min(further + 1, hops.get(key, further + 1))
            fewest[flow.source] = min(hops[key], fewest.get(flow.source, further + 1))
    return fewest, on_the_way


@dataclass(slots=True)
class _LegSum:
    units: int = 0
    transfers: int = 0
    first_row: int = BEFORE_ROWS
    last_row: int = BEFORE_ROWS
    on_the_way: bool = False

    def add(self, units: int, row: int, on_the_way: bool) -> None:
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


def _books(chain: ChainOutcome, flows: Sequence[_FlowRow], on_the_way: set[int], places: set[int]) -> dict[int, _Book]:
    """Write the stolen inflows, outflows and holding of every place on the way."""
    books = {place: _Book() for place in places}
    fresh: dict[tuple[int, int], int] = {}
    stolen_rows = {(stolen.row, stolen.colour) for stolen in chain.planned.plan.stolen_rows}
    claims = chain.outcome.claims
    for index, row in enumerate(claims.row.tolist()):
        place, colour = int(claims.place[index]), int(claims.colour[index])
        if (row, colour) in stolen_rows:
            fresh[row, colour] = claims.units(index)
        elif place in books:
            leg = books[place].inflows.setdefault((LegKind.CLAIM, NOBODY_PLACE), _LegSum())
            leg.add(claims.units(index), row, True)
    for number, flow in enumerate(flows):
        is_on = number in on_the_way
        if flow.target in books and flow.ending in _ARRIVING:
            leg = books[flow.target].inflows.setdefault((LegKind.TRANSFER, flow.source), _LegSum())
            leg.add(flow.units, flow.row, is_on)
            if flow.ending is Ending.STOPPED:
                books[flow.target].holding += flow.units
        left = flow.units - fresh.get((flow.row, flow.colour), 0)
        if flow.source in books and left:
            key = _way_out(flow)
            books[flow.source].outflows.setdefault(key, _LegSum()).add(left, flow.row, is_on)
    held = chain.outcome.held
    for index, place in enumerate(held.place.tolist()):
        if place in books:
            books[place].holding += held.units(index)
    return books


def _way_out(flow: _FlowRow) -> tuple[LegKind, int]:
    if flow.ending is Ending.FEE:
        return LegKind.FEE, NOBODY_PLACE
    kind = LegKind.TRANSFER if flow.ending in _ARRIVING else LegKind.UNTRACED
    return kind, flow.target


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
