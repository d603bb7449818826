"""Exact sums of units by key, and the exposure of every address of a chain at once, in arrays."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from qiyafa.model.columns import I64, U8, U32, U64
from qiyafa.model.exposure import Direction, Exposure, Level
from qiyafa.trace.engine.exposure import LaneSums, received, sent, walls_of
from qiyafa.trace.engine.exposure_marks import Marks, marks_from, marks_to
from qiyafa.trace.engine.exposure_rows import ExposureRows
from qiyafa.trace.engine.exposure_totals import found_lanes, lane_sums_by, moved_units
from qiyafa.trace.engine.exposure_vectors import UNREACHED
from qiyafa.trace.engine.lanes import F64
from qiyafa.trace.engine.vectors import LANES
from qiyafa.trace.exposure_sources import CATEGORIES, SourcePlaces, lane_of_category

_LOW_HALF = np.uint64((1 << 32) - 1)
_HALF = np.uint64(32)
_AT_ONCE = 1 << 12
_A_UNIT = 0.5
"""Less is rounded to nothing."""


@dataclass(frozen=True, slots=True, eq=False)
class ExactSums:
    """Sums of 128-bit units by key."""

    key: I64
    """Ascending, each once."""
    low: U64
    high: U64

    @classmethod
    def of(cls, keys: I64, low: U64, high: U64) -> "ExactSums":
        """Add up the units of equal keys."""
        order = np.argsort(keys, kind="stable")
        keys = keys[order]
        first = np.flatnonzero(np.diff(keys, prepend=-1)) if len(keys) else np.zeros(0, np.int64)
        if not len(keys):
            return cls(keys, low, high)
        lowest = np.add.reduceat(low[order] & _LOW_HALF, first)
        middle = np.add.reduceat(low[order] >> _HALF, first) + (lowest >> _HALF)
        total = np.add.reduceat(high[order], first) + (middle >> _HALF)
        return cls(keys[first], (lowest & _LOW_HALF) | (middle << _HALF), total)

    def units(self, at: int) -> int:
        """Return the sum at an index."""
        return int(self.high[at]) << 64 | int(self.low[at])


@dataclass(frozen=True, slots=True, eq=False)
class DirectionSums:
    """One direction, by holder: a place on a chain of accounts, an owner on a chain of outputs."""

    direct: ExactSums
    """Key: holder x 16 + lane."""
    key: I64
    """Holder x 16 + lane, ascending: those that have a unit over other addresses."""
    indirect: F64
    """Per key."""
    hops: U8
    """Per key: the fewest transfers, direct ones included."""
    total: U64
    """By holder: all that was received (sent), as (low, high)."""

    def of(self, holder: int) -> list[tuple[int, int, int, int]]:
        """Return (lane, direct units, indirect units, hops) of a holder, by lane."""
        edges = holder * LANES, holder * LANES + LANES
        first, last = np.searchsorted(self.direct.key, edges).tolist()
        found = {int(self.direct.key[at]): (self.direct.units(at), 0, 1) for at in range(first, last)}
        first, last = np.searchsorted(self.key, edges).tolist()
        for at in range(first, last):
            key = int(self.key[at])
            direct = found[key][0] if key in found else 0
            found[key] = direct, whole_units(float(self.indirect[at])), int(self.hops[at])
        return [(key - edges[0], *found[key]) for key in sorted(found)]


class ExposureTable:
    """The exposure of every address by category, without evidence, as it is at the end of some rows.

    Kept are only the pairs of holder and category that have a unit: 17 bytes each, and 32 bytes a holder.
    """

    def __init__(self, rows: ExposureRows, sources: SourcePlaces) -> None:
        self._rows = rows
        lanes = sources.lanes()
        walls = walls_of(rows, sources.group)
        got, gave = moved_units(rows)
        marks = marks_from(rows, lanes, rows.party)
        funded = self._direction(marks, rows.target, received(rows, marks, walls), got)
        marks = marks_to(rows, lanes, rows.party)
        self._sums = {
            Direction.IN: funded,
            Direction.OUT: self._direction(marks, rows.source, sent(rows, marks, walls), gave),
        }

    def _direction(self, marks: Marks, side: U32, over: LaneSums, total: U64) -> DirectionSums:
        holder = side[marks.row].astype(np.int64)
        units, hops = over.units, over.hops
        if self._is_outputs:
            holder = self._rows.party[holder].astype(np.int64)
            owners = self._rows.party[: self._rows.pools]
            units, hops, total = lane_sums_by(owners, units, hops, total, int(owners.max(initial=0)) + 1)
        direct = ExactSums.of(holder * LANES + marks.group, marks.units_lo, marks.units_hi)
        units[0] = 0.0  # what fees and rewards carry is nobody's
        return DirectionSums(direct, *found_lanes(units, hops, _A_UNIT), total)

    @property
    def _is_outputs(self) -> bool:
        return len(self._rows.first_row) > 0

    @cached_property
    def _holders(self) -> tuple[I64, U32]:
        """All holders by address, and the address of each."""
        if self._is_outputs:
            count = len(self._sums[Direction.IN].total)
            return np.arange(count), np.arange(count, dtype=np.uint32)
        order = np.argsort(self._rows.party, kind="stable")
        return order, self._rows.party[order]

    def sums(self, direction: Direction) -> DirectionSums:
        """Return one direction in arrays, for whoever wants all of it."""
        return self._sums[direction]

    def of(self, address: str) -> list[Exposure]:
        """Return the exposure of an address in its canonical spelling, by asset, direction and category."""
        number = self._rows.columns.addresses.number(address)
        return [] if not number else self._of_number(number)

    def addresses(self) -> Iterator[str]:
        """Yield every address that has some exposure, in the order of their numbers."""
        for text, _ in self._exposed():
            yield text

    def each(self) -> Iterator[tuple[str, list[Exposure]]]:
        """Yield every address that has some exposure, in the order of their numbers."""
        for text, number in self._exposed():
            yield text, self._of_number(number)

    def _exposed(self) -> Iterator[tuple[str, int]]:
        keys = [key for sums in self._sums.values() for key in (sums.direct.key, sums.key)]
        holders = np.unique(np.concatenate([np.unique(key // LANES) for key in keys]))
        numbers = np.unique(holders.astype(np.uint32) if self._is_outputs else self._rows.party[holders])
        for begin in range(0, len(numbers), _AT_ONCE):
            some = numbers[begin : begin + _AT_ONCE]
            yield from zip(self._rows.columns.addresses.texts(some), some.tolist(), strict=True)

    def _of_number(self, number: int) -> list[Exposure]:
        order, address = self._holders
        first, last = np.searchsorted(address, np.array([number, number + 1], dtype=np.uint32)).tolist()
        places = self._rows.columns.places
        found: list[Exposure] = []
        for holder in sorted(order[first:last].tolist()):
            asset = places.assets[0 if self._is_outputs else int(places.asset[holder])]
            for direction, sums in self._sums.items():
                found += self._of_holder(holder, asset, direction, sums)
        return sorted(found, key=lambda one: (one.asset, one.direction, lane_of_category(one.category)))

    def _of_holder(self, holder: int, asset: str, direction: Direction, sums: DirectionSums) -> Iterator[Exposure]:
        total = int(sums.total[holder, 1]) << 64 | int(sums.total[holder, 0])
        for lane, direct, indirect, hops in sums.of(holder):
            yield Exposure(
                chain=self._rows.columns.chain,
                asset=asset,
                level=Level.ADDRESS,
                direction=direction,
                category=CATEGORIES[lane],
                entity=None,
                direct_units=direct,
                indirect_units=indirect,
                total_units=total,
                hops=None if hops == UNREACHED else hops,
            )


def whole_units(units: float) -> int:
    """Return float units as whole ones, rounded half up; rounding errors below nothing are nothing."""
    return int(units + 0.5) if units > 0 else 0
