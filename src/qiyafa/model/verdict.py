"""A verdict of a screening: what we say, why, down to label, list version and transfer, and what was not covered."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from qiyafa.model.designation import ListCoverage
from qiyafa.model.errors import Field
from qiyafa.model.exposure import Exposure, Poisoning


class Outcome(StrEnum):
    """The four answers. `no_hit` says that what was asked found nothing; it never says that an address is clean."""

    HIT = "hit"
    REVIEW = "review"
    UNAVAILABLE = "unavailable"
    """Nothing was found, and something that the rules require could not be asked."""
    NO_HIT = "no_hit"


GRAVEST_FIRST = (Outcome.HIT, Outcome.REVIEW, Outcome.UNAVAILABLE, Outcome.NO_HIT)


def gravest(outcomes: Sequence[Outcome]) -> Outcome:
    """Return the gravest of several outcomes; unavailable if there is none."""
    return min(outcomes, key=GRAVEST_FIRST.index, default=Outcome.UNAVAILABLE)


class ReasonKind(StrEnum):
    """What a reason rests on."""

    DESIGNATION = "designation"
    PAST_DESIGNATION = "past_designation"
    LABEL = "label"
    EXPOSURE = "exposure"
    CLUSTER = "cluster"
    """A designation or label of another address of its cluster."""
    POISONING = "poisoning"
    """Somebody tries to be taken for a counterparty; never grave by itself."""
    COVERAGE = "coverage"
    """Something that was required could not be asked."""
    FORMAT = "format"
    """The text is no address of a known format."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason, with its weight by the rules and its evidence."""

    kind: ReasonKind
    outcome: Outcome
    rule: str
    """Id of the rule in the rule file that gave it its weight."""
    key: str
    """Its sentence in the text catalogue."""
    fields: dict[str, Field] = field(default_factory=dict)
    evidence: dict[str, object] = field(default_factory=dict)
    """Plain data (text, whole numbers, lists and tables of them): list and version, label id and source, exposure."""


@dataclass(frozen=True, slots=True)
class ScreenRequest:
    """One address to screen."""

    address: str
    """As given, byte for byte. Hostile text."""
    chain: str | None = None
    """CAIP-2; None: every chain that the text may belong to."""


@dataclass(frozen=True, slots=True)
class LedgerCoverage:
    """What the ledger could say of an address."""

    chain: str
    manifest_sha256: str
    head_block: int | None
    head_hash: str | None
    status: str
    """Of the address's history: complete, capped, absent, unknown, or `not_in_ledger`."""
    diverged: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer for one address. The same stores, rules and question give the same verdict, byte for byte."""

    address: str
    chain: str | None
    """The chain that gave the gravest outcome; None if the text belongs to no known chain."""
    outcome: Outcome
    reasons: tuple[Reason, ...]
    """Gravest first."""
    exposures: tuple[Exposure, ...]
    poisonings: tuple[Poisoning, ...]
    as_of: datetime
    """UTC."""
    lists: tuple[ListCoverage, ...]
    labels_version: str
    """Digest of the label store; empty if there is none."""
    rules_version: str
    ledger: LedgerCoverage | None
    """None: no ledger was asked, so nothing is said of exposure."""
    not_covered: tuple[Reason, ...]
    """What was not asked or could not be: kind `coverage`. Unknown is not clean."""
