"""Exposure: how much of what an address received came from a category, and how much of what it sent went there.

Exposure is traced pro rata from (or to) labelled and listed addresses, which act as walls: what passes through them
is theirs. Direct units are exact sums of transfers; indirect ones come from floating-point lanes and are rounded to
whole units.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction

from qiyafa.model.asset import AssetUnit
from qiyafa.model.category import Category


class Direction(StrEnum):
    """Which way the money went, seen from the screened address."""

    IN = "in"
    """Who funded it."""
    OUT = "out"
    """Where it sends."""


class Level(StrEnum):
    """Whose exposure it is."""

    ADDRESS = "address"
    CLUSTER = "cluster"


@dataclass(frozen=True, slots=True)
class ExposureSource:
    """Why an address stands for a category: the label or designation behind it."""

    address: str
    """Canonical on its chain."""
    category: Category
    entity: str
    """Actor or party; empty if unknown."""
    evidence: str
    """Id of the label, or `list/version/entry` of the designation."""


@dataclass(frozen=True, slots=True)
class ExposureTransfer:
    """One transfer on the way, as proof."""

    transaction_hash: str
    position: int
    block_number: int | None
    time: str | None
    source: str
    target: str
    units: int
    """Moved in all."""
    exposed_units: int
    """Of these, what belongs to the exposure."""


@dataclass(frozen=True, slots=True)
class Exposure:
    """What an address has to do with one category, or with one entity of it, in one asset and direction."""

    chain: str
    asset: str
    """CAIP-19."""
    level: Level
    direction: Direction
    category: Category
    entity: str | None
    """None: the whole category."""
    direct_units: int
    """By transfers straight from (to) addresses of the category. Exact."""
    indirect_units: int
    """Over other addresses, pro rata; rounded from float64."""
    total_units: int
    """All that was received (sent) in this asset."""
    hops: int | None
    """Fewest transfers from (to) an address of the category; None if none leads there."""
    evidence: tuple[ExposureTransfer, ...] = ()
    """Largest first: direct transfers, or the transfers of a shortest way."""
    sources: tuple[str, ...] = ()
    """What puts the far addresses into the category: `ExposureSource.evidence`, those of the most units first."""
    unit: AssetUnit | None = None
    """How people write the asset; None if nobody states its decimals."""

    @property
    def units(self) -> int:
        """Direct and indirect together."""
        return self.direct_units + self.indirect_units

    @property
    def share(self) -> Fraction:
        """Of everything received (sent), between 0 and 1."""
        return min(Fraction(self.units, self.total_units), Fraction(1)) if self.total_units else Fraction(0)


class PoisonKind(StrEnum):
    """How somebody tries to be taken for a counterparty."""

    ZERO = "zero_value"
    DUST = "dust"
    LOOK_ALIKE = "look_alike"


@dataclass(frozen=True, slots=True)
class Poisoning:
    """A transfer that was sent to be mistaken; it is shown and counts for nothing."""

    kind: PoisonKind
    transaction_hash: str
    position: int
    source: str
    target: str
    asset: str
    units: int
    imitated: str = ""
    """The counterparty that a look-alike imitates."""


@dataclass(frozen=True, slots=True)
class ExposureRules:
    """What counts as a transfer, and how much evidence is shown."""

    dust_units: Mapping[str, int] = field(default_factory=dict)
    """By asset (CAIP-19): a transfer of fewer units counts for nothing, as if it were paid to nobody. An asset that is
    not named here: a millionth of its whole unit, and nothing where nobody states its decimals.
    """
    look_alike_head: int = 4
    look_alike_tail: int = 4
    """So many first and last characters, without `0x`, make two addresses look alike."""
    evidence_limit: int = 10
    """For one exposure: sources, and transfers of each kind of evidence. Of poisonings ten times as many are shown."""
