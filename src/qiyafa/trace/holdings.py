"""Who holds how much, as columns: an answer may name a million holders, and few are ever looked at one by one.

A holder is an address and an asset: on a chain of outputs an address has a place for each output, all one holder.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import overload

import numpy as np
from numpy.typing import NDArray

from qiyafa.model.columns import I64, U16, U32, U64, UNKNOWN_TIME, TransferColumns, iso_times
from qiyafa.model.finding import Holding, Interval, Status
from qiyafa.trace.chain_outcome import ChainOutcome
from qiyafa.trace.outcome import BEFORE_ROWS, Ending
from qiyafa.trace.sums import Groups, WideUnits, ascending

AT_ONCE = 1 << 14
"""So many records are made at a time when all are asked for."""

_ASSET_BITS, _COLOUR_BITS = np.uint64(16), np.uint64(16)
_ASSET_MASK = np.uint64((1 << 16) - 1)


def holder_keys(columns: TransferColumns, place: U32) -> U64:
    """Return one number for the holder of each place: above the address's number, below the asset's."""
    return (columns.places.address[place].astype(np.uint64) << _ASSET_BITS) | columns.places.asset[place]


def holder_addresses(tables: Iterable["HoldingTable"], chain: str) -> list[str]:
    """Return the addresses of every holder on a chain under any method, each once, as they first appear there."""
    parts = [part for table in tables for part in table.parts if part.chain.columns.chain == chain]
    if not parts:
        return []
    holders = np.unique(np.concatenate([part.holder for part in parts]) >> _ASSET_BITS)
    return parts[0].chain.columns.addresses.texts(holders.astype(np.uint32))


@dataclass(frozen=True, slots=True)
class _Part:
    """The holdings of one chain, a row for each holder, theft and status."""

    chain: ChainOutcome
    holder: U64
    colour: U16
    is_stopped: NDArray[np.bool_]
    units: WideUnits
    place: U32
    """One of the holder's places."""
    first_row: I64
    """The row that first brought stolen units here; BEFORE_ROWS if none did."""
    last_row: I64
    transfers: I64

    def records(self, rows: I64) -> Iterator[Holding]:
        """Make the records of some rows."""
        columns, thefts = self.chain.columns, self.chain.planned.thefts
        holder = self.holder[rows]
        reasons = self.chain.planned.stop_reasons
        for address, asset, colour, is_stopped, place, units, first, last, count in zip(
            columns.addresses.texts((holder >> _ASSET_BITS).astype(np.uint32)),
            (holder & _ASSET_MASK).tolist(),
            self.colour[rows].tolist(),
            self.is_stopped[rows].tolist(),
            self.place[rows].tolist(),
            self.units.chosen(rows).integers(),
            _times(columns, self.first_row[rows]),
            _times(columns, self.last_row[rows]),
            self.transfers[rows].tolist(),
            strict=True,
        ):
            yield Holding(
                chain=columns.chain,
                address=address,
                asset=columns.places.assets[asset],
                units=units,
                status=Status.STOPPED if is_stopped else Status.HELD,
                theft=thefts[colour - 1].id,
                reason=reasons[place] if is_stopped else "",
                first_received=first,
                last_received=last,
                transfers=count,
                coverage=self.chain.coverage(address),
            )


class HoldingTable(Sequence[Holding]):
    """The holdings of one method, largest first; those of equal units as their holders first appear in the ledger."""

    def __init__(self, chains: Iterable[ChainOutcome]) -> None:
        self.parts = tuple(_part(chain) for chain in chains)
        sizes = [len(part.holder) for part in self.parts]
        self._part_of = np.repeat(np.arange(len(sizes), dtype=np.uint16), sizes)
        self._row_of = np.concatenate([np.empty(0, np.int64), *(np.arange(size) for size in sizes)])
        order = WideUnits.joined(part.units for part in self.parts).largest_first()
        self._part_of, self._row_of = self._part_of[order], self._row_of[order]

    def __len__(self) -> int:
        return len(self._row_of)

    @overload
    def __getitem__(self, index: int) -> Holding: ...
    @overload
    def __getitem__(self, index: slice) -> list[Holding]: ...
    def __getitem__(self, index: int | slice) -> Holding | list[Holding]:
        if isinstance(index, slice):
            return self._records(np.arange(len(self))[index])
        return self._records(np.array([range(len(self))[index]]))[0]

    def __iter__(self) -> Iterator[Holding]:
        for begin in range(0, len(self), AT_ONCE):
            yield from self._records(np.arange(begin, min(begin + AT_ONCE, len(self))))

    def _records(self, positions: I64) -> list[Holding]:
        part_of, row_of = self._part_of[positions], self._row_of[positions]
        found: list[Holding | None] = [None] * len(positions)
        for number, part in enumerate(self.parts):
            at = np.flatnonzero(part_of == number)
            for position, holding in zip(at.tolist(), part.records(row_of[at]), strict=True):
                found[position] = holding
        return [holding for holding in found if holding is not None]


class IntervalTable(Sequence[Interval]):
    """The least and the most that each holder has over the methods of its chain; 0 where one gives nothing.

    The largest first, by the most and then by the least; equal ones as their holders first appear in the ledger.
    """

    def __init__(self, tables: Iterable[HoldingTable]) -> None:
        by_chain: dict[str, list[_Part]] = {}
        for table in tables:
            for part in table.parts:
                by_chain.setdefault(part.chain.columns.chain, []).append(part)
        self._columns = [parts[0].chain.columns for parts in by_chain.values()]
        spans = [_span(parts) for parts in by_chain.values()]
        self._holder = np.concatenate([np.empty(0, np.uint64), *(holder for holder, _, _ in spans)])
        self._chain = np.repeat(np.arange(len(spans), dtype=np.uint16), [len(holder) for holder, _, _ in spans])
        self._least = WideUnits.joined(least for _, least, _ in spans)
        self._most = WideUnits.joined(most for _, _, most in spans)
        self._order = self._most.largest_first(self._least)

    def __len__(self) -> int:
        return len(self._order)

    @overload
    def __getitem__(self, index: int) -> Interval: ...
    @overload
    def __getitem__(self, index: slice) -> list[Interval]: ...
    def __getitem__(self, index: int | slice) -> Interval | list[Interval]:
        if isinstance(index, slice):
            return self._records(self._order[index])
        return self._records(self._order[[index]])[0]

    def __iter__(self) -> Iterator[Interval]:
        for begin in range(0, len(self), AT_ONCE):
            yield from self._records(self._order[begin : begin + AT_ONCE])

    def _records(self, rows: I64) -> list[Interval]:
        least, most = self._least.chosen(rows).integers(), self._most.chosen(rows).integers()
        holder, chain_of = self._holder[rows], self._chain[rows].tolist()
        numbers = (holder >> _ASSET_BITS).astype(np.uint32)
        texts = [""] * len(rows)
        for chain, columns in enumerate(self._columns):
            at = np.flatnonzero(self._chain[rows] == chain)
            for position, address in zip(at.tolist(), columns.addresses.texts(numbers[at]), strict=True):
                texts[position] = address
        return [
            Interval(self._columns[chain].chain, address, self._columns[chain].places.assets[asset], low, high)
            for chain, address, asset, low, high in zip(
                chain_of, texts, (holder & _ASSET_MASK).tolist(), least, most, strict=True
            )
        ]


def _part(chain: ChainOutcome) -> _Part:
    held, flows = chain.outcome.held, chain.outcome.flows
    stopped = flows.chosen(flows.ending == Ending.STOPPED)
    found = []
    for records, is_stopped in ((held, False), (stopped, True)):
        keys = _owner_keys(chain.columns, records.place, records.colour)
        groups = Groups.of(keys)
        found.append((groups, groups.sums(records.units_lo, records.units_hi), records.place, is_stopped))
    owner = np.concatenate([groups.keys for groups, _, _, _ in found])
    arrivals = _Arrivals.of(chain)
    first_row, last_row, transfers = arrivals.at(owner)
    return _Part(
        chain=chain,
        holder=owner >> _COLOUR_BITS,
        colour=owner.astype(np.uint16),
        is_stopped=np.concatenate([np.full(len(groups.keys), stopped) for groups, _, _, stopped in found]),
        units=WideUnits.joined(sums for _, sums, _, _ in found),
        place=np.concatenate([place[groups.order[groups.begin]] for groups, _, place, _ in found]),
        first_row=first_row,
        last_row=last_row,
        transfers=transfers,
    )


def _owner_keys(columns: TransferColumns, place: U32, colour: U16) -> U64:
    """Return one number for a holder and a theft: above the holder's, below the colour."""
    return (holder_keys(columns, place) << _COLOUR_BITS) | colour


@dataclass(frozen=True, slots=True)
class _Arrivals:
    """By holder and theft: which rows brought stolen units there."""

    owner: U64
    first_row: I64
    last_row: I64
    count: I64

    @classmethod
    def of(cls, chain: ChainOutcome) -> "_Arrivals":
        """Return the arrivals of a traced chain; a row that a theft names arrives once."""
        flows, claims = chain.outcome.flows, chain.outcome.claims
        arrived = (flows.ending == Ending.MOVED) | (flows.ending == Ending.STOPPED)
        received = claims.row != BEFORE_ROWS
        rows = np.concatenate([flows.row[arrived], claims.row[received]])
        place = np.concatenate([flows.place[arrived], claims.place[received]])
        colour = np.concatenate([flows.colour[arrived], claims.colour[received]])
        owner = _owner_keys(chain.columns, place, colour)
        order = np.lexsort((rows, owner))
        rows, owner = rows[order], owner[order]
        # A stolen row is a claim and a flow: one arrival.
        fresh = np.ones(len(rows), dtype=bool)
        fresh[1:] = (rows[1:] != rows[:-1]) | (owner[1:] != owner[:-1])
        rows, owner = rows[fresh], owner[fresh]
        groups = Groups.of(owner)
        sizes = groups.sizes()
        return cls(groups.keys, rows[groups.begin], rows[groups.begin + sizes - 1], sizes)

    def at(self, owner: U64) -> tuple[I64, I64, I64]:
        """Return first row, last row and count for some holders and thefts; no arrival is BEFORE_ROWS and 0."""
        if not len(self.owner):
            nowhere = np.full(len(owner), BEFORE_ROWS)
            return nowhere, nowhere, np.zeros(len(owner), np.int64)
        at = np.minimum(np.searchsorted(self.owner, owner), len(self.owner) - 1)
        known = self.owner[at] == owner
        first, last = (np.where(known, rows[at], BEFORE_ROWS) for rows in (self.first_row, self.last_row))
        return first, last, np.where(known, self.count[at], 0)


def _span(parts: Sequence[_Part]) -> tuple[U64, WideUnits, WideUnits]:
    """Return the holders of one chain, ascending, and the least and the most that a method gives each."""
    holders = ascending(np.concatenate([part.holder for part in parts]))
    least = most = None
    for part in parts:
        groups = Groups.of(part.holder)
        units = WideUnits.zeros(len(holders))
        units.put(np.searchsorted(holders, groups.keys), groups.total(part.units))
        least = units if least is None else least.smaller(units)
        most = units if most is None else most.larger(units)
    assert least is not None
    assert most is not None
    return holders, least, most


def _times(columns: TransferColumns, rows: I64) -> list[str | None]:
    """Return when each row happened, in ISO 8601 and UTC; None if it is not known or there is no row."""
    if not len(columns):
        return [None] * len(rows)
    return iso_times(np.where(rows == BEFORE_ROWS, UNKNOWN_TIME, columns.time[np.maximum(rows, 0)]))
