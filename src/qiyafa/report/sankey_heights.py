"""The height of the items in each column of a Sankey chart, once their order stands.

Heights come as near to the neighbours' as they can without overlap: the least squares solution under fixed
distances (pool adjacent violators; Barlow et al. 1972), cut to the drawing.
"""

from collections.abc import Mapping, Sequence

from qiyafa.report.sankey_lanes import Board, Item
from qiyafa.report.sankey_order import Order

Pulls = Mapping[str, Sequence[tuple[str, int]]]
"""By item: the neighbours that pull it, with units as their weight."""


def settle(board: Board, order: Order, slots: Mapping[str, float], height: float) -> dict[str, float]:
    """Return the top of every item, given the height that each may not share with another."""
    before, after = board.neighbours()
    tops: dict[str, float] = {}
    for items in order:
        tops |= _stacked(items, slots, height)
    for pulls, columns in ((before, order), (after, order[::-1]), (before, order)):
        for items in columns:
            wanted = [_pulled(item, pulls, tops, slots) - slots[item.key] / 2 for item in items]
            tops |= dict(zip((item.key for item in items), spread(wanted, _slots(items, slots), height), strict=True))
    return tops


def spread(wanted: Sequence[float], slots: Sequence[float], height: float) -> list[float]:
    """Return tops nearest to the wanted ones, in the same order, no slot over another, all within the height."""
    offsets = [sum(slots[:at]) for at in range(len(slots))]
    blocks: list[tuple[float, int]] = []
    for want, offset in zip(wanted, offsets, strict=True):
        mean, count = want - offset, 1
        while blocks and blocks[-1][0] > mean:
            other, others = blocks.pop()
            mean, count = (mean * count + other * others) / (count + others), count + others
        blocks.append((mean, count))
    room = max(0.0, height - sum(slots))
    levels = [min(max(mean, 0.0), room) for mean, count in blocks for _ in range(count)]
    return [level + offset for level, offset in zip(levels, offsets, strict=True)]


def _pulled(item: Item, pulls: Pulls, tops: Mapping[str, float], slots: Mapping[str, float]) -> float:
    """Return the mean height of an item's neighbours by their units; its own where it has none."""
    weight = sum(units for _, units in pulls[item.key])
    if not weight:
        return tops[item.key] + slots[item.key] / 2
    return sum((tops[key] + slots[key] / 2) * (units / weight) for key, units in pulls[item.key])


def _stacked(items: Sequence[Item], slots: Mapping[str, float], height: float) -> dict[str, float]:
    """Return tops with the items one right below the other, in the middle of the height."""
    top = (height - sum(_slots(items, slots))) / 2
    tops = {}
    for item in items:
        tops[item.key] = top
        top += slots[item.key]
    return tops


def _slots(items: Sequence[Item], slots: Mapping[str, float]) -> list[float]:
    return [slots[item.key] for item in items]
