"""The order of the items in each column of a Sankey chart: the one of several with the fewest units crossing.

Each try sorts every column by the barycentres of its neighbours, sweeping right and left (Sugiyama et al. 1981).
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise

from qiyafa.report.sankey_lanes import Board, Item

_SWEEPS = 8

Order = list[list[Item]]
"""The items of each column from top to bottom."""


def ordered(board: Board) -> Order:
    """Return the columns in the best order that was found."""
    plain = board.columns()
    lanes_low = [sorted(items, key=lambda item: (item.rank, item.is_lane)) for items in plain]
    lanes_high = [sorted(items, key=lambda item: (item.rank, not item.is_lane)) for items in plain]
    tries = [order for start in (plain, lanes_low, lanes_high) for order in _swept(board, start)]
    best = min(tries, key=lambda order: crossing_units(board, order))
    for lane in sorted(
        (item for item in board.items.values() if item.is_lane), key=lambda item: (-item.units, item.key)
    ):
        best = min(_with_lane_moved(best, lane), key=lambda order: crossing_units(board, order))
    return best


def crossing_units(board: Board, order: Order) -> int:
    """Return how many units cross: for every two links that do, the units of the smaller."""
    place = {item.key: at for items in order for at, item in enumerate(items)}
    gaps: dict[int, dict[tuple[int, int], int]] = {}
    for link, route in board.routes:
        for left, right in pairwise(route):
            pairs = gaps.setdefault(board.items[left].column, {})
            ends = (place[left], place[right])
            pairs[ends] = pairs.get(ends, 0) + link.units
    return sum(_crossing(list(pairs.items())) for pairs in gaps.values())


def _with_lane_moved(order: Order, lane: Item) -> list[Order]:
    """Return an order, first as it is, with one lane in every place of its column that its rank allows."""
    others = [item for item in order[lane.column] if item is not lane]
    columns = [
        [*others[:at], lane, *others[at:]]
        for at in range(len(others) + 1)
        if all(item.rank <= lane.rank for item in others[:at]) and all(item.rank >= lane.rank for item in others[at:])
    ]
    return [order, *([*order[: lane.column], column, *order[lane.column + 1 :]] for column in columns)]


def _crossing(pairs: Sequence[tuple[tuple[int, int], int]]) -> int:
    crossing = 0
    for at, ((left, right), units) in enumerate(pairs):
        for (other_left, other_right), other in pairs[:at]:
            if (left - other_left) * (right - other_right) < 0:
                crossing += min(units, other)
    return crossing


def _swept(board: Board, start: Order) -> list[Order]:
    """Return an order and what each sweep makes of it."""
    before, after = board.neighbours()
    order = [list(items) for items in start]
    found = [start]
    for sweep in range(_SWEEPS):
        leftward = sweep % 2 == 1
        middles = {key: middle for items in order for key, middle in _middles(items).items()}
        for items in reversed(order) if leftward else order:
            pulls = after if leftward else before
            items.sort(key=lambda item: (item.rank, _pulled(item, pulls, middles), item.key))
            middles |= _middles(items)
        found.append([list(items) for items in order])
    return found


def _pulled(item: Item, pulls: Mapping[str, Sequence[tuple[str, int]]], middles: Mapping[str, float]) -> float:
    """Return the mean place of an item's neighbours by their units; its own where it has none."""
    weight = sum(units for _, units in pulls[item.key])
    if not weight:
        return middles[item.key]
    return sum(middles[key] * (units / weight) for key, units in pulls[item.key])


def _middles(items: Sequence[Item]) -> dict[str, float]:
    """Return the middle of each item in its column, as a share of the column's units from the top."""
    total = sum(item.units for item in items) or 1
    above = 0
    middles = {}
    for item in items:
        middles[item.key] = (above + item.units / 2) / total
        above += item.units
    return middles
