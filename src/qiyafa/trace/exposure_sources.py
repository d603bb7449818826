"""Labelled and listed addresses as places of a ledger: walls that stand for a category."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from qiyafa.model.category import Category
from qiyafa.model.columns import I32, NOBODY_PLACE, TransferColumns
from qiyafa.model.exposure import ExposureSource

CATEGORIES = tuple(Category)
"""The lane of a category is its index here: the gravest first."""

_LANE = {category: lane for lane, category in enumerate(CATEGORIES)}


@dataclass(frozen=True, slots=True, eq=False)
class SourcePlaces:
    """The sources that a chain's ledger knows."""

    sources: tuple[ExposureSource, ...]
    """One for each address, its gravest; by address."""
    group: I32
    """By place: 0, or one more than the index of the source that owns it."""

    @classmethod
    def of(cls, columns: TransferColumns, sources: Iterable[ExposureSource]) -> "SourcePlaces":
        """Find sources in a ledger. Of several for one address the gravest counts, then one that names an entity."""
        known: dict[int, ExposureSource] = {}
        for source in sources:
            number = columns.addresses.number(source.address)
            if number and (number not in known or _weight(source) < _weight(known[number])):
                known[number] = source
        found = sorted(known.items(), key=lambda item: item[1].address)
        by_address = np.zeros(len(columns.addresses) + 1, dtype=np.int32)
        by_address[[number for number, _ in found]] = np.arange(1, len(found) + 1)
        group = by_address[columns.places.address]
        group[NOBODY_PLACE] = 0
        return cls(tuple(source for _, source in found), group)

    def lanes(self) -> I32:
        """Return by place 0, or one more than the lane of its category."""
        lane_of = np.array([0, *(lane_of_category(one.category) + 1 for one in self.sources)], dtype=np.int32)
        return lane_of[self.group]


def lane_of_category(category: Category) -> int:
    """Return the lane of a category."""
    return _LANE[category]


def _weight(source: ExposureSource) -> tuple[int, bool, str]:
    return _LANE[source.category], source.entity == "", source.evidence
