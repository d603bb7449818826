"""What the rules of a screening are: which finding has which weight, and what must have been asked.

The same rules have the same version, whatever their file looks like: it is a digest of their content.
"""

import hashlib
import json
from dataclasses import asdict, dataclass
from enum import StrEnum
from fractions import Fraction
from functools import cached_property

from qiyafa.model.category import Category
from qiyafa.model.exposure import Direction, Exposure, Level
from qiyafa.model.verdict import Outcome

_VERSION_DIGITS = 12

NO_LEDGER = "no_ledger"
NOT_IN_LEDGER = "not_in_ledger"
DIVERGED = "diverged"
LEDGER_STATES = (NO_LEDGER, NOT_IN_LEDGER, DIVERGED, "capped", "absent", "unknown")
"""What can be wrong with the answer of a ledger; the last three are the history of the address."""


class Reach(StrEnum):
    """Which units of an exposure a rule counts."""

    DIRECT = "direct"
    """Only what came straight from, or went straight to, an address of the categories."""
    ANY = "any"
    """Also what came or went over other addresses."""


@dataclass(frozen=True, slots=True)
class Units:
    """A number of base units for each asset; assets differ in decimals, so one number cannot fit all."""

    by_asset: dict[str, int]
    """CAIP-19 to base units."""
    other: int
    """For every asset that is not named."""

    def of(self, asset: str) -> int:
        """Return the units for an asset."""
        return self.by_asset.get(asset, self.other)


@dataclass(frozen=True, slots=True)
class ListRules:
    """Which authorities must answer, and what a designation weighs."""

    required: tuple[str, ...]
    """Authorities, e.g. `ofac`, without whose lists nothing can be said."""
    max_age_days: int
    """A list that was published longer before the day that is asked about does not answer for it."""
    in_force: Outcome = Outcome.HIT
    past: Outcome = Outcome.REVIEW


@dataclass(frozen=True, slots=True)
class LabelRule:
    """What a label of some categories weighs."""

    id: str
    categories: frozenset[Category]
    least_confidence: int
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class ExposureRule:
    """What exposure to some categories, taken together, weighs. Either threshold suffices.

    A share alone can be diluted with clean money by whoever is screened; units cannot (reference: T14 of the laws of
    tracing). Categories are summed so that a label added on the way never lowers a verdict: it moves units from one
    category of the rule to another.
    """

    id: str
    categories: frozenset[Category]
    directions: frozenset[Direction]
    levels: frozenset[Level]
    reach: Reach
    least_units: Units | None
    least_share: Fraction | None
    max_hops: int | None
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class ClusterRules:
    """What a finding at another address of the same cluster weighs."""

    in_force: Outcome
    past: Outcome
    label: Outcome
    most_members: int
    """So many members of a cluster are looked at; the rest is said not to be covered."""


@dataclass(frozen=True, slots=True)
class CoverageRules:
    """What makes a verdict unavailable where nothing graver was found."""

    unknown_format: Outcome
    ledger: frozenset[str]
    """Of `LEDGER_STATES`."""
    labels_required: bool
    """Whether nothing can be said without a label store."""


@dataclass(frozen=True)
class Rules:
    """A rule file, read and checked."""

    id: str
    title: str
    lists: ListRules
    labels: tuple[LabelRule, ...]
    exposures: tuple[ExposureRule, ...]
    dust: Units
    """Exposure of fewer units of an asset counts for nothing, and neither does a transfer of fewer."""
    cluster: ClusterRules
    coverage: CoverageRules

    @cached_property
    def version(self) -> str:
        """The rules' id and the first digits of the SHA-256 of their content."""
        content = json.dumps(_plain(asdict(self)), sort_keys=True, separators=(",", ":"))
        return f"{self.id}/{hashlib.sha256(content.encode()).hexdigest()[:_VERSION_DIGITS]}"

    @cached_property
    def exposure_sets(self) -> tuple[frozenset[Category], ...]:
        """The sets of categories that exposure rules name, each once, the largest first.

        Exposure is traced once for each: an address that a rule does not ask for must not wall off one that it does.
        """
        return tuple(sorted({rule.categories for rule in self.exposures}, key=lambda one: (-len(one), sorted(one))))

    def least_confidence(self, category: Category) -> int | None:
        """Return how sure a label must be for its category to count; None if no rule counts it."""
        return min((rule.least_confidence for rule in self.labels if category in rule.categories), default=None)


def is_dust(exposure: Exposure, rules: Rules) -> bool:
    """Tell whether an exposure is too small to count for anything."""
    return exposure.units < max(1, rules.dust.of(exposure.asset))


def _plain(value: object) -> object:
    """Return rules as JSON has them: sets sorted, fractions as text."""
    if isinstance(value, dict):
        return {str(name): _plain(one) for name, one in value.items()}
    if isinstance(value, frozenset):
        return sorted(str(one) for one in value)
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return str(value) if isinstance(value, Fraction) else value
