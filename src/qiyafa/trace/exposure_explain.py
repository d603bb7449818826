"""The exposure of one queried set in words: by category and by entity, with hops, sources and transfers."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from qiyafa.model.columns import I64, U32
from qiyafa.model.exposure import Direction, Exposure, ExposureRules, Level
from qiyafa.trace.engine.exposure_marks import Marks, marks_from, marks_to
from qiyafa.trace.engine.exposure_rows import ExposureRows
from qiyafa.trace.exposure_evidence import EvidenceFinder
from qiyafa.trace.exposure_parts import ExposureParts, ExposureSetting, QueriedSet, funding_parts, sending_parts
from qiyafa.trace.exposure_sources import CATEGORIES, lane_of_category
from qiyafa.trace.exposure_table import whole_units


@dataclass(slots=True)
class _Part:
    """What one source, entity or category has to do with the set in one asset."""

    direct: int = 0
    indirect: float = 0.0
    hops: int | None = None
    nearest: int = -1
    """The mark with the fewest hops; of several the one with the most units, then the earliest."""
    marks: list[int] = field(default_factory=list)
    by_source: dict[int, float] = field(default_factory=lambda: defaultdict(float))


def explain_set(setting: ExposureSetting, numbers: Sequence[int], level: Level, rules: ExposureRules) -> list[Exposure]:
    """Return the exposures of addresses, given by their numbers, as one set: first by category, then by entity."""
    queried = QueriedSet.of(setting.rows, sorted(set(numbers)))
    totals = set_totals(setting.rows, queried)
    found: list[Exposure] = []
    for parts in (funding_parts(setting, queried), sending_parts(setting, queried)):
        found += _Explaining(setting, queried, parts, totals[parts.direction], level, rules).exposures()
    return sorted(found, key=_order)


def _order(one: Exposure) -> tuple[str, str, bool, int, int, str]:
    entity = one.entity or ""
    return one.asset, one.direction, one.entity is not None, CATEGORIES.index(one.category), -one.units, entity


class _Explaining:
    """One direction of one set."""

    def __init__(
        self,
        setting: ExposureSetting,
        queried: QueriedSet,
        parts: ExposureParts,
        totals: dict[int, int],
        level: Level,
        rules: ExposureRules,
    ) -> None:
        self._setting, self._queried, self._parts, self._totals = setting, queried, parts, totals
        self._level, self._rules = level, rules
        by_lane: dict[tuple[int, int], _Part] = defaultdict(_Part)
        by_entity: dict[tuple[int, int, str], _Part] = defaultdict(_Part)
        for index, asset in self._touching():
            source = setting.sources.sources[int(parts.marks.group[index])]
            lane = lane_of_category(source.category)
            self._add(by_lane[asset, lane], index)
            if source.entity:
                self._add(by_entity[asset, lane, source.entity], index)
        for (asset, lane), units in self._direct_by_lane():
            by_lane[asset, lane].direct = units
        self._by_lane, self._by_entity = by_lane, by_entity
        ways: dict[int, set[int]] = defaultdict(set)
        for part in [*by_lane.values(), *by_entity.values()]:
            if part.nearest >= 0 and not parts.is_direct[part.nearest]:
                nearest = setting.sources.sources[int(parts.marks.group[part.nearest])]
                ways[lane_of_category(nearest.category)].add(part.nearest)
        self._finder = EvidenceFinder(setting, queried, parts, ways, rules.evidence_limit)

    def exposures(self) -> Iterator[Exposure]:
        """Yield the exposure to each category and to each entity."""
        for (asset, lane), part in self._by_lane.items():
            if part.direct or whole_units(part.indirect):
                yield self._exposure(asset, lane, None, part)
        for (asset, lane, entity), part in self._by_entity.items():
            if part.direct or whole_units(part.indirect):
                yield self._exposure(asset, lane, entity, part)

    def _exposure(self, asset: int, lane: int, entity: str | None, part: _Part) -> Exposure:
        sources = self._setting.sources.sources
        ranked = sorted(part.by_source, key=lambda one: (-part.by_source[one], one))
        return Exposure(
            chain=self._setting.rows.columns.chain,
            asset=self._setting.rows.columns.places.assets[asset],
            level=self._level,
            direction=self._parts.direction,
            category=CATEGORIES[lane],
            entity=entity,
            direct_units=part.direct,
            indirect_units=whole_units(part.indirect),
            total_units=self._totals.get(asset, 0),
            hops=part.hops,
            evidence=self._finder.evidence(asset, lane, part.marks, part.nearest, whole=entity is None),
            sources=tuple(sources[one].evidence for one in ranked[: self._rules.evidence_limit]),
        )

    def _touching(self) -> Iterator[tuple[int, int]]:
        """Yield the marks that the set has to do with, and the asset of each."""
        parts, columns = self._parts, self._setting.rows.columns
        touching = np.flatnonzero(parts.is_direct | (parts.indirect > 0))
        places = self._setting.rows.target[parts.marks.row[touching]]
        yield from zip(touching.tolist(), columns.places.asset[places].tolist(), strict=True)

    def _add(self, part: _Part, index: int) -> None:
        parts = self._parts
        direct = parts.marks.units(index) if parts.is_direct[index] else 0
        indirect = float(parts.indirect[index])
        part.direct += direct
        part.indirect += indirect
        part.marks.append(index)
        part.by_source[int(parts.marks.group[index])] += direct + indirect
        hops = parts.hops(index)
        if hops is None:
            return
        if part.hops is None or (hops, -parts.units(index)) < (part.hops, -parts.units(part.nearest)):
            part.hops, part.nearest = hops, index

    def _direct_by_lane(self) -> Iterator[tuple[tuple[int, int], int]]:
        """Yield the direct units of categories where they are rounded once for each transfer, not for each source."""
        if not self._setting.is_outputs:
            return
        rows, is_in = self._setting.rows, self._parts.direction is Direction.IN
        lanes = np.where(self._queried.places, np.int32(0), self._setting.lanes)
        marks = (marks_from if is_in else marks_to)(rows, lanes, self._queried.party)
        side = rows.target if is_in else rows.source
        sums: dict[tuple[int, int], int] = defaultdict(int)
        for index in np.flatnonzero(self._queried.places[side[marks.row]]).tolist():
            sums[0, int(marks.group[index])] += marks.units(index)
        yield from sums.items()


def set_totals(rows: ExposureRows, queried: QueriedSet) -> dict[Direction, dict[int, int]]:
    """Return all that a set received and sent, by asset number; fees, dust and transfers within the set left out."""
    if len(rows.first_row):
        return _output_totals(rows, queried)
    inside = queried.places
    asset = rows.columns.places.asset
    got = np.flatnonzero(inside[rows.target] & ~inside[rows.source])
    gave = np.flatnonzero(inside[rows.source] & ~inside[rows.target] & (rows.target != 0))
    return {
        Direction.IN: _by_asset(rows, got, asset[rows.target[got]].tolist()),
        Direction.OUT: _by_asset(rows, gave, asset[rows.source[gave]].tolist()),
    }


def _by_asset(rows: ExposureRows, chosen: I64, assets: Iterable[int]) -> dict[int, int]:
    sums: dict[int, int] = defaultdict(int)
    units = zip(rows.units_lo[chosen].tolist(), rows.units_hi[chosen].tolist(), strict=True)
    for asset, (low, high) in zip(assets, units, strict=True):
        sums[asset] += high << 64 | low
    return dict(sums)


def _output_totals(rows: ExposureRows, queried: QueriedSet) -> dict[Direction, dict[int, int]]:
    paid = np.flatnonzero(queried.places[rows.target])
    alone = np.arange(len(rows.columns.places), dtype=np.uint32)
    own = marks_from(rows, queried.group, alone)
    got = sum(rows.units(row) for row in paid.tolist()) - _sum_at(own, queried, rows.target)
    everyone = np.ones(len(alone), dtype=np.int32)
    everyone[0] = 0
    gave = _sum_at(marks_to(rows, everyone, queried.party), queried, rows.source)
    return {Direction.IN: {0: got}, Direction.OUT: {0: gave}}


def _sum_at(marks: Marks, queried: QueriedSet, side: U32) -> int:
    return sum(marks.units(index) for index in np.flatnonzero(queried.places[side[marks.row]]).tolist())
