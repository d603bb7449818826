"""From an outcome in numbers to an answer in words: totals, reasons, what poison touched."""

from collections.abc import Sequence

import numpy as np

from qiyafa.model.columns import U16, U64, TransferColumns
from qiyafa.model.finding import Fate, MethodAnswer, PoisonAnswer, Totals
from qiyafa.trace.chain_outcome import ChainOutcome
from qiyafa.trace.holdings import HoldingTable
from qiyafa.trace.lowering import is_pool
from qiyafa.trace.outcome import UNTRACED, Ending, Records
from qiyafa.trace.sums import ascending, sum_by

_NOTHING = Totals(0, 0, 0, 0, 0)


def method_answer(method: str, chains: Sequence[ChainOutcome], holdings: HoldingTable) -> MethodAnswer:
    """Put a conserving method's outcome in words; every total is checked for conservation."""
    theft_totals: dict[str, dict[str, Totals]] = {}
    reasons: dict[str, int] = {}
    for chain in chains:
        for theft in chain.planned.thefts:
            theft_totals.setdefault(theft.id, {})
        for (theft_id, asset), totals in _totals(chain).items():
            theft_totals[theft_id][asset] = totals
        for ending in UNTRACED:
            for _, units in _flow_sums(chain, ending).items():
                reasons[_FATES[ending].value] = reasons.get(_FATES[ending].value, 0) + units
    return MethodAnswer(method, _over_thefts(theft_totals), theft_totals, reasons, holdings)


def poison_answer(chains: Sequence[ChainOutcome]) -> PoisonAnswer:
    """Put the touched addresses in words."""
    by_theft: dict[str, set[str]] = {theft.id: set() for chain in chains for theft in chain.planned.thefts}
    for chain in chains:
        touched = chain.outcome.touched
        for colour in range(1, len(chain.planned.thefts) + 1):
            places = touched.place[touched.colour == colour]
            numbers = ascending(chain.columns.places.address[places[~is_pool(chain.columns, places)]])
            by_theft[chain.theft_id(colour)].update(chain.columns.addresses.texts(numbers))
    theft_touched = {theft: tuple(sorted(found)) for theft, found in by_theft.items()}
    if len(theft_touched) == 1:
        return PoisonAnswer(next(iter(theft_touched.values())), theft_touched)
    return PoisonAnswer(tuple(sorted(set().union(*by_theft.values()))), theft_touched)


_FATES = {
    Ending.MOVED: Fate.MOVED,
    Ending.STOPPED: Fate.STOPPED,
    Ending.FEE: Fate.FEE,
    Ending.BEYOND_HOPS: Fate.BEYOND_HOPS,
    Ending.BELOW_UNITS: Fate.BELOW_UNITS,
    Ending.UNTRACEABLE: Fate.UNTRACEABLE,
    Ending.INPUT_UNKNOWN: Fate.INPUT_UNKNOWN,
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
