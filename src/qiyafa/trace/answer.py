"""From an outcome in numbers to an answer in words: totals, holdings, intervals."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from qiyafa.model.columns import U16, U64, TransferColumns, iso_time
from qiyafa.model.finding import Fate, Holding, Interval, MethodAnswer, PoisonAnswer, Status, Totals
from qiyafa.model.ledger import CoverageStatus
from qiyafa.trace.outcome import BEFORE_ROWS, UNTRACED, Ending, Outcome, Records
from qiyafa.trace.planning import PlannedCase
from qiyafa.trace.sums import Groups, joint_key, place_and_colour, sum_by

Coverage = Callable[[str], CoverageStatus]
"""How complete the history of an address is."""

_NOTHING = Totals(0, 0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class ChainOutcome:
    """One method's outcome on one chain, with what is needed to put it in words."""

    columns: TransferColumns
    planned: PlannedCase
    outcome: Outcome
    coverage: Coverage

    def theft_id(self, colour: int) -> str:
        """Return the id of a colour's theft."""
        return self.planned.thefts[colour - 1].id

    def with_flows_to(self, places: Sequence[int], endings: Sequence[Ending]) -> "ChainOutcome":
        """Return the same with only the flows that ended at some places in some way."""
        flows = self.outcome.flows
        chosen = np.isin(flows.place, places) & np.isin(flows.ending, endings)
        return replace(self, outcome=replace(self.outcome, flows=flows.chosen(chosen)))


def method_answer(method: str, chains: Sequence[ChainOutcome]) -> MethodAnswer:
    """Put a conserving method's outcome in words; every total is checked for conservation."""
    theft_totals: dict[str, dict[str, Totals]] = {}
    reasons: dict[str, int] = {}
    holdings: list[Holding] = []
    for chain in chains:
        for theft in chain.planned.thefts:
            theft_totals.setdefault(theft.id, {})
        for (theft_id, asset), totals in _totals(chain).items():
            theft_totals[theft_id][asset] = totals
        for ending in UNTRACED:
            for _, units in _flow_sums(chain, ending).items():
                reasons[_FATES[ending].value] = reasons.get(_FATES[ending].value, 0) + units
        holdings += _holdings(chain)
    holdings.sort(key=lambda holding: (-holding.units, holding.address, holding.asset, holding.theft, holding.status))
    return MethodAnswer(method, _over_thefts(theft_totals), theft_totals, reasons, tuple(holdings))


def poison_answer(chains: Sequence[ChainOutcome]) -> PoisonAnswer:
    """Put the touched addresses in words."""
    by_theft: dict[str, set[str]] = {theft.id: set() for chain in chains for theft in chain.planned.thefts}
    for chain in chains:
        touched = chain.outcome.touched
        for colour in range(1, len(chain.planned.thefts) + 1):
            numbers = np.unique(chain.columns.places.address[touched.place[touched.colour == colour]])
            by_theft[chain.theft_id(colour)] |= {chain.columns.addresses.text(int(number)) for number in numbers}
    every = set().union(*by_theft.values())
    return PoisonAnswer(tuple(sorted(every)), {theft: tuple(sorted(found)) for theft, found in by_theft.items()})


def intervals(answers: Iterable[MethodAnswer]) -> tuple[Interval, ...]:
    """Return the least and the most each holder has over conserving methods; 0 where one gives nothing. Largest
    first.
    """
    by_method: list[dict[tuple[str, str, str], int]] = []
    for answer in answers:
        sums: dict[tuple[str, str, str], int] = {}
        for holding in answer.holdings:
            key = (holding.chain, holding.address, holding.asset)
            sums[key] = sums.get(key, 0) + holding.units
        by_method.append(sums)
    holders = set().union(*by_method)
    found = [
        Interval(
            *holder,
            min(sums.get(holder, 0) for sums in by_method),
            max(sums[holder] for sums in by_method if holder in sums),
        )
        for holder in holders
    ]
    return tuple(sorted(found, key=lambda interval: (-interval.max, -interval.min, interval.address, interval.asset)))


_FATES = {
    Ending.MOVED: Fate.MOVED,
    Ending.STOPPED: Fate.STOPPED,
    Ending.FEE: Fate.FEE,
    Ending.BEYOND_HOPS: Fate.BEYOND_HOPS,
    Ending.BELOW_UNITS: Fate.BELOW_UNITS,
    Ending.UNTRACEABLE: Fate.UNTRACEABLE,
}


def fate_of(ending: int) -> Fate:
    """Return the word for an ending."""
    return _FATES[Ending(ending)]


def assets_of_rows(columns: TransferColumns, rows: np.ndarray[tuple[int], np.dtype[np.int64]]) -> U16:
    """Return the asset number of each row: the payer's, or the receiver's where nobody pays."""
    source, target = columns.source[rows], columns.target[rows]
    assets: U16 = np.where(source != 0, columns.places.asset[source], columns.places.asset[target])
    return assets


def _flow_sums(chain: ChainOutcome, ending: Ending) -> dict[tuple[int, int], int]:
    """Return the stolen units that ended so, by (colour, asset number)."""
    flows = chain.outcome.flows
    chosen = flows.ending == ending
    assets = assets_of_rows(chain.columns, flows.row[chosen])
    return _by_colour_and_asset(flows.colour[chosen], assets, flows.units_lo[chosen], flows.units_hi[chosen])


def _place_sums(chain: ChainOutcome, records: Records) -> dict[tuple[int, int], int]:
    assets = chain.columns.places.asset[records.place]
    return _by_colour_and_asset(records.colour, assets, records.units_lo, records.units_hi)


def _by_colour_and_asset(colour: U16, asset: U16, low: U64, high: U64) -> dict[tuple[int, int], int]:
    keys = (colour.astype(np.uint64) << np.uint64(16)) | asset.astype(np.uint64)
    return {(key >> 16, key & 0xFFFF): units for key, units in sum_by(keys, low, high).items()}


def _totals(chain: ChainOutcome) -> dict[tuple[str, str], Totals]:
    """Return the totals by (theft id, asset), each checked: stolen = held + stopped + fees + untraced."""
    stolen = _place_sums(chain, chain.outcome.claims)
    held = _place_sums(chain, chain.outcome.held)
    ended: dict[Ending, dict[tuple[int, int], int]] = {ending: _flow_sums(chain, ending) for ending in Ending}
    found: dict[tuple[str, str], Totals] = {}
    for key, units in sorted(stolen.items()):
        totals = Totals(
            stolen=units,
            held=held.get(key, 0),
            stopped=ended[Ending.STOPPED].get(key, 0),
            fees=ended[Ending.FEE].get(key, 0),
            untraced=sum(ended[ending].get(key, 0) for ending in UNTRACED),
        )
        _check(totals)
        colour, asset = key
        found[chain.theft_id(colour), chain.columns.places.assets[asset]] = totals
    assert not set(held) - set(stolen), "something is held that nobody stole"
    return found


def _check(totals: Totals) -> None:
    assert totals.stolen == totals.held + totals.stopped + totals.fees + totals.untraced, f"not conserved: {totals}"


def _over_thefts(theft_totals: dict[str, dict[str, Totals]]) -> dict[str, Totals]:
    """Add the thefts of each asset up."""
    sums: dict[str, Totals] = {}
    for by_asset in theft_totals.values():
        for asset, one in by_asset.items():
            so_far = sums.get(asset, _NOTHING)
            sums[asset] = Totals(
                so_far.stolen + one.stolen,
                so_far.held + one.held,
                so_far.stopped + one.stopped,
                so_far.fees + one.fees,
                so_far.untraced + one.untraced,
            )
    return dict(sorted(sums.items()))


@dataclass(frozen=True, slots=True)
class _Arrivals:
    count: int
    first_row: int
    last_row: int


def _arrivals(chain: ChainOutcome) -> dict[int, _Arrivals]:
    """Return by joint key of place and colour which rows brought stolen units there."""
    flows, claims = chain.outcome.flows, chain.outcome.claims
    arrived = (flows.ending == Ending.MOVED) | (flows.ending == Ending.STOPPED)
    received = claims.row != BEFORE_ROWS
    rows = np.concatenate([flows.row[arrived], claims.row[received]])
    keys = np.concatenate(
        [
            joint_key(flows.place[arrived], flows.colour[arrived]),
            joint_key(claims.place[received], claims.colour[received]),
        ]
    )
    order = np.lexsort((rows, keys))
    rows, keys = rows[order], keys[order]
    fresh = np.ones(len(rows), dtype=bool)
    fresh[1:] = (rows[1:] != rows[:-1]) | (keys[1:] != keys[:-1])
    rows, keys = rows[fresh], keys[fresh]
    groups = Groups.of(keys)
    sizes = groups.sizes()
    first = rows[groups.begin].tolist()
    last = [rows[begin + size - 1] for begin, size in zip(groups.begin.tolist(), sizes, strict=True)]
    return {
        key: _Arrivals(size, int(first_row), int(last_row))
        for key, size, first_row, last_row in zip(groups.keys.tolist(), sizes, first, last, strict=True)
    }


def _holdings(chain: ChainOutcome) -> list[Holding]:
    outcome, columns = chain.outcome, chain.columns
    arrivals = _arrivals(chain)
    stopped = outcome.flows.ending == Ending.STOPPED
    flows = outcome.flows
    resting = (
        (
            Status.HELD,
            sum_by(joint_key(outcome.held.place, outcome.held.colour), outcome.held.units_lo, outcome.held.units_hi),
        ),
        (
            Status.STOPPED,
            sum_by(
                joint_key(flows.place[stopped], flows.colour[stopped]), flows.units_lo[stopped], flows.units_hi[stopped]
            ),
        ),
    )
    found: list[Holding] = []
    for status, sums in resting:
        for key, units in sums.items():
            place, colour = place_and_colour(key)
            came = arrivals.get(key)
            address = columns.address_of(place)
            found.append(
                Holding(
                    chain=columns.chain,
                    address=address,
                    asset=columns.asset_of(place),
                    units=units,
                    status=status,
                    theft=chain.theft_id(colour),
                    reason=chain.planned.stop_reasons[place] if status is Status.STOPPED else "",
                    first_received=iso_time(int(columns.time[came.first_row])) if came else None,
                    last_received=iso_time(int(columns.time[came.last_row])) if came else None,
                    transfers=came.count if came else 0,
                    coverage=chain.coverage(address),
                )
            )
    return found
