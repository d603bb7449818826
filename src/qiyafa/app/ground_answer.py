"""What is asked of a ledger under screening, and what it answers."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from qiyafa.app.exposure_sources import SourceDay
from qiyafa.model.asset import AssetUnit
from qiyafa.model.category import Category
from qiyafa.model.exposure import Exposure, Poisoning
from qiyafa.screen.evidence import ClusterFacts, LedgerFacts, Neighbour


@dataclass(frozen=True, slots=True)
class Moment:
    """What is asked about, and as far as labels were known when (None: now)."""

    as_of: datetime
    """UTC."""
    known_at: datetime | None = None

    @property
    def sources_of(self) -> SourceDay:
        """The day whose sources count."""
        return SourceDay(self.as_of.date(), self.known_at)


@dataclass(frozen=True, slots=True)
class GroundAnswer:
    """What the ledger says of one address, on all of its chains."""

    exposures: tuple[Exposure, ...] = ()
    weighed: dict[frozenset[Category], tuple[Exposure, ...]] = field(default_factory=dict)
    poisonings: tuple[Poisoning, ...] = ()
    neighbours: tuple[Neighbour, ...] = ()
    clusters: tuple[ClusterFacts, ...] = ()
    ledgers: tuple[LedgerFacts, ...] = ()

    def __add__(self, other: "GroundAnswer") -> "GroundAnswer":
        sets = {**self.weighed, **other.weighed}
        return GroundAnswer(
            self.exposures + other.exposures,
            {one: self.weighed.get(one, ()) + other.weighed.get(one, ()) for one in sets},
            self.poisonings + other.poisonings,
            self.neighbours + other.neighbours,
            self.clusters + other.clusters,
            self.ledgers + other.ledgers,
        )

    def written_in(self, units: Mapping[str, AssetUnit]) -> "GroundAnswer":
        """Return the same answer, each exposure with how people write its asset (CAIP-19) where that is known."""
        return replace(
            self,
            exposures=_written(self.exposures, units),
            weighed={categories: _written(exposures, units) for categories, exposures in self.weighed.items()},
        )


def _written(exposures: Iterable[Exposure], units: Mapping[str, AssetUnit]) -> tuple[Exposure, ...]:
    return tuple(replace(one, unit=units.get(one.asset)) for one in exposures)


NOTHING_ASKED = GroundAnswer()
