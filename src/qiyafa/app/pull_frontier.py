"""Whose history a trace needs next: every address at which stolen units arrived, the largest share first.

An address opens the frontier as soon as any conserving method brings stolen units to it, whether they rest there or
went on: what else it received and paid decides how much of them is stolen by each method.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from qiyafa.app.trace import open_case
from qiyafa.model.case import Case, Limits, Stop
from qiyafa.model.columns import NOBODY_PLACE, TRANSACTION, TransferColumns
from qiyafa.model.ledger import NOBODY
from qiyafa.model.ports import Progress
from qiyafa.stores.parquet_duckdb import ParquetLedger
from qiyafa.trace.chain_outcome import ChainOutcome
from qiyafa.trace.methods import METHODS
from qiyafa.trace.outcome import Ending, Outcome, Records


@dataclass(frozen=True, slots=True)
class Reached:
    """An address at which stolen units arrived."""

    address: str
    arrived: Mapping[str, int]
    """By asset: the most stolen units that any method brings here, what left again included."""
    held: Mapping[str, int]
    """By asset: the most that any method leaves here."""
    unseen: Mapping[str, int]
    """By asset: what it paid out beyond all that the ledger saw it receive."""


@dataclass(frozen=True, slots=True)
class Question:
    """One trace of a case on one chain."""

    case: Case
    chain: str
    limits: Limits

    def narrowed(self, busy: Iterable[str]) -> "Question":
        """Return the same question with busy addresses as stops, so that no trail leads through a service.

        A thief's own address is never one of them: a stop there would leave nothing stolen.
        """
        own = tuple(theft for theft in self.case.thefts if theft.chain == self.chain)
        thieves = {theft.address for theft in own}
        stops = tuple(Stop(self.chain, address, reason="") for address in busy if address not in thieves)
        return replace(self, case=replace(self.case, thefts=own, stops=self.case.stops + stops))


def reached_addresses(question: Question, ledger: ParquetLedger, progress: Progress) -> tuple[Reached, ...]:
    """Return where stolen units arrived under any conserving method, the largest share of an asset's theft first."""
    (ground,) = open_case(question.case, ledger, question.limits, progress)
    outcomes = [
        ChainOutcome(
            ground.engine.columns,
            ground.planned,
            ground.engine.trace(ground.planned.plan, method, progress=progress),
            ground.coverage,
        )
        for method in METHODS
        if METHODS[method].conserves and ground.allows(method)
    ]
    return largest_first(outcomes)


def largest_first(outcomes: Sequence[ChainOutcome]) -> tuple[Reached, ...]:
    """Return what the outcomes of several methods on one chain reached."""
    columns = outcomes[0].columns
    arrived, held = _most(_arrivals(one.outcome) for one in outcomes), _most(_rests(one.outcome) for one in outcomes)
    stolen: dict[int, int] = defaultdict(int)
    for place, units in _most(_sums([one.outcome.claims]) for one in outcomes).items():
        stolen[int(columns.places.asset[place])] += units
    places: dict[str, list[int]] = defaultdict(list)
    for place in sorted(arrived):
        address = columns.address_of(place)
        if address != NOBODY and not address.startswith(TRANSACTION):
            places[address].append(place)

    def share(address: str) -> float:
        return max(arrived[place] / stolen[int(columns.places.asset[place])] for place in places[address])

    return tuple(
        Reached(
            address,
            _by_asset(columns, {place: arrived[place] for place in places[address]}),
            _by_asset(columns, {place: held.get(place, 0) for place in places[address]}),
            _by_asset(columns, {place: _opening(columns, place) for place in places[address]}),
        )
        for address in sorted(places, key=lambda one: (-share(one), one))
    )


def _arrivals(outcome: Outcome) -> dict[int, int]:
    """Return by place the stolen units that came, or were stolen there."""
    moved = outcome.flows.chosen(outcome.flows.ending == Ending.MOVED)
    return _sums([moved, outcome.claims])


def _rests(outcome: Outcome) -> dict[int, int]:
    return _sums([outcome.held])


def _sums(tables: Iterable[Records]) -> dict[int, int]:
    sums: dict[int, int] = defaultdict(int)
    for table in tables:
        for place, units in zip(table.place.tolist(), table.all_units(), strict=True):
            sums[place] += units
    sums.pop(NOBODY_PLACE, None)
    return sums


def _most(sums: Iterable[Mapping[int, int]]) -> dict[int, int]:
    most: dict[int, int] = {}
    for one in sums:
        for place, units in one.items():
            most[place] = max(units, most.get(place, 0))
    return most


def _by_asset(columns: TransferColumns, units: Mapping[int, int]) -> dict[str, int]:
    found: dict[str, int] = defaultdict(int)
    for place, one in units.items():
        found[columns.asset_of(place)] += one
    return {asset: found[asset] for asset in sorted(found) if found[asset]}


def _opening(columns: TransferColumns, place: int) -> int:
    return int(columns.places.opening_hi[place]) << 64 | int(columns.places.opening_lo[place])
