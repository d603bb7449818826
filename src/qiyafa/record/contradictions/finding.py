"""What a check found: claims that do not go together, side by side, and why."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from qiyafa.model.claim import Claim


class FindingKind(StrEnum):
    """In which way claims do not go together. The value is what programs read."""

    UNIT_CHANGED = "unit changed"
    """A retelling keeps the number and changes what it counts."""
    CUMULATIVE_AS_ANNUAL = "cumulative read as annual"
    BOUND_DROPPED = "bound dropped"
    REVISED_EDITION = "revised edition"
    VALUATION_BASIS = "valuation basis"
    SUM_AGAINST_PARTS = "sum against parts"
    SHARE_AGAINST_AMOUNT = "share against amount"
    DOUBLE_COUNTED = "double-counted incident"
    ROUNDED = "rounded"
    DIFFERS_BY_SOURCE = "differs by source"


class Severity(StrEnum):
    """What follows from a finding."""

    CONTRADICTION = "contradiction"
    """They cannot both be true as they are said."""
    REVISION = "revision"
    """The claimant has changed the figure; use the newer one and say which."""
    DIFFERENCE = "difference of sources"
    """They count differently; both may be sound. Show both."""
    ROUNDING = "rounding"
    """Both are true; one is coarser than it looks."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Claims that do not go together."""

    kind: FindingKind
    severity: Severity
    claims: tuple[Claim, ...]
    """The one that is doubted first, then what speaks against it, then what else bears on it. Amounts of incidents and
    sums of rows stand among them as claims with the id of the incident, or with none.
    """
    reason: str
    """Name of the sentence `claims.reason.<reason>`; it is filled in from the claims and the numbers."""
    numbers: Mapping[str, Decimal] = field(default_factory=dict)
    """What was worked out: `difference`, `share`, `parts` …"""
    misread: bool = False
    """Whether the first claim is a misreading of the second, so that it is compared with nothing else."""
