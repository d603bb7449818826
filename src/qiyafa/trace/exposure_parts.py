"""The exposure of one queried set of addresses, source by source: who exactly funded it, and where it sent.

In: one pass backward from the set says how much of every unit that a source paid out the set received. Out: one pass
forward from the set says how much it put into each payment that ends at a source. Transfers inside the set do not
count; what leaves it and comes back does.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from qiyafa.model.columns import I32, I64, U8, U32
from qiyafa.model.exposure import Direction
from qiyafa.trace.engine.exposure import walls_of
from qiyafa.trace.engine.exposure_marks import Marks, marks_from, marks_to
from qiyafa.trace.engine.exposure_rows import ExposureRows
from qiyafa.trace.engine.exposure_single import NO_EVENT, SinglePass, flow_from, worth_to
from qiyafa.trace.engine.lanes import F64
from qiyafa.trace.exposure_sources import SourcePlaces, lane_of_category

Mask = NDArray[np.bool_]


class ExposureSetting:
    """Rows and sources, and what does not depend on who is asked about. Computed when first needed, then kept."""

    def __init__(self, rows: ExposureRows, sources: SourcePlaces) -> None:
        self.rows = rows
        self.sources = sources
        self.lanes = sources.lanes()
        self.walls: U8 = walls_of(rows, sources.group)

    @property
    def is_outputs(self) -> bool:
        """Tell whether the chain keeps outputs, not balances."""
        return len(self.rows.first_row) > 0

    @cached_property
    def paid_by_sources(self) -> Marks:
        """What each source pays straight to whom; the groups are sources."""
        return marks_from(self.rows, self.sources.group, self.rows.party)

    @cached_property
    def paid_to_sources(self) -> Marks:
        """What is paid straight to each source; the groups are sources."""
        return marks_to(self.rows, self.sources.group, self.rows.party)


@dataclass(frozen=True, slots=True, eq=False)
class QueriedSet:
    """The places of some addresses that belong together."""

    places: Mask
    """By place."""
    party: U32
    """By place: its address, one number for all of the set."""

    @classmethod
    def of(cls, rows: ExposureRows, numbers: list[int]) -> "QueriedSet":
        """Take the addresses of some numbers."""
        inside = np.zeros(len(rows.columns.addresses) + 1, dtype=bool)
        inside[numbers] = True
        places = inside[rows.party]
        places[0] = False
        if len(numbers) == 1:
            return cls(places, rows.party)
        party = np.array(rows.party)
        party[places] = min(numbers)
        return cls(places, party)

    @property
    def group(self) -> I32:
        """By place: 1 inside the set, else 0."""
        return self.places.astype(np.int32)


@dataclass(frozen=True, slots=True, eq=False)
class ExposureParts:
    """What the set has to do with sources in one direction: one part for each payment of (to) a source."""

    direction: Direction
    marks: Marks
    """The payments of (in) or to (out) sources; the groups are sources. None of them lies inside the set."""
    is_direct: Mask
    """Per mark: the other end is in the set."""
    indirect: F64
    """Per mark: the units that reach (come from) the set over other addresses."""
    passed: SinglePass
    """The pass of the set, which knows the ways."""
    event: I64
    """Per mark: the way to (from) the set."""

    def hops(self, index: int) -> int | None:
        """Return the fewest transfers of a mark's way, itself included; None if none leads to the set."""
        if self.is_direct[index]:
            return 1
        event = int(self.event[index])
        return None if event == NO_EVENT else self.passed.hops(event) + 1

    def units(self, index: int) -> float:
        """Return the units of a mark that concern the set."""
        return (self.marks.units(index) if self.is_direct[index] else 0) + float(self.indirect[index])


def funding_parts(setting: ExposureSetting, queried: QueriedSet) -> ExposureParts:
    """Return what sources paid that the set received."""
    rows = setting.rows
    into = marks_to(rows, queried.group, queried.party)
    marks, is_direct = _outside(setting.paid_by_sources, queried, rows.source, rows.target, setting)
    asked = np.unique(marks.row)
    worth = worth_to(rows, into, setting.walls, asked)
    at = np.searchsorted(asked, marks.row)
    return ExposureParts(Direction.IN, marks, is_direct, marks.carried(rows) * worth.value[at], worth, worth.event[at])


def sending_parts(setting: ExposureSetting, queried: QueriedSet) -> ExposureParts:
    """Return what the set paid that sources received."""
    rows = setting.rows
    out = marks_from(rows, queried.group, queried.party)
    marks, is_direct = _outside(setting.paid_to_sources, queried, rows.target, rows.source, setting)
    asked = np.unique(marks.row)
    flow = flow_from(rows, out, setting.walls, asked)
    at = np.searchsorted(asked, marks.row)
    return ExposureParts(Direction.OUT, marks, is_direct, marks.fraction * flow.value[at], flow, flow.event[at])


def _outside(
    marks: Marks, queried: QueriedSet, source_side: U32, other_side: U32, setting: ExposureSetting
) -> tuple[Marks, Mask]:
    """Drop the marks between a source of the set and the set itself; tell which of the others touch the set."""
    is_direct = queried.places[other_side[marks.row]]
    own = np.zeros(len(setting.sources.sources) + 1, dtype=bool)
    own[setting.sources.group[queried.places]] = True
    keep = ~(is_direct & own[marks.group + 1])
    if keep.all():
        return marks, is_direct
    return marks.chosen(keep), is_direct[keep]


def category_units(setting: ExposureSetting, direction: Direction, lane: int, asked: I64) -> F64:
    """Return how many units of some rows (ascending) come from a category, or end at it; straight ones included."""
    rows = setting.rows
    marks = setting.paid_by_sources if direction is Direction.IN else setting.paid_to_sources
    lane_of = np.array([lane_of_category(one.category) for one in setting.sources.sources], dtype=np.int32)
    marks = marks.chosen(lane_of[marks.group] == lane)
    if direction is Direction.OUT:
        units = worth_to(rows, marks, setting.walls, asked).value * rows.floats(asked)
        return np.where(setting.lanes[rows.target[asked]] == lane + 1, rows.floats(asked), units)
    units = flow_from(rows, marks, setting.walls, asked).value
    if len(asked):
        at = np.minimum(np.searchsorted(asked, marks.row), len(asked) - 1)
        is_asked = asked[at] == marks.row
        np.add.at(units, at[is_asked], marks.carried(rows)[is_asked])
    return units
