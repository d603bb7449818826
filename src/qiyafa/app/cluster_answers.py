"""What is answered about clusters: plain records of addresses, transactions and times."""

from dataclasses import dataclass
from datetime import datetime

from qiyafa.model.ledger import CoverageStatus
from qiyafa.stores.clusters import Decision


@dataclass(frozen=True, slots=True)
class MergeRecord:
    """One merge in the words of the ledger."""

    rule: str
    standing: str
    """`joins`, `reported`, `refused` or `forbidden`."""
    mix: str | None
    """What a refused transaction looks like, e.g. `whirlpool`."""
    transaction: str
    other_transaction: str | None
    """The earlier one that it is compared with, for rules that compare two."""
    through: str | None
    """The address in which both meet: a deposit address, a funder."""
    block: int | None
    time: str | None
    """When the evidence was complete, ISO 8601 in UTC."""
    addresses: tuple[str, ...]
    """At most `SHOWN_ADDRESSES` of those it joins."""
    address_count: int


@dataclass(frozen=True, slots=True)
class ClusterMember:
    """One address of a cluster, and how much of its history the ledger holds."""

    address: str
    coverage: CoverageStatus


@dataclass(frozen=True, slots=True)
class ClusterView:
    """The cluster of one address, as of a moment."""

    chain: str
    address: str
    size: int
    """How many addresses, the one asked for included."""
    members: tuple[ClusterMember, ...]
    """At most as many as asked for, in the order in which the ledger met them."""
    merges: tuple[MergeRecord, ...]
    """Those that join this very address, earliest first, at most as many as asked for."""
    merge_count: int
    hints: tuple[MergeRecord, ...]
    """Those that name it and join nothing: reported, refused, forbidden."""
    hint_count: int
    rules: tuple[str, ...]
    """The rules that join."""
    until: str | None
    """The moment up to which the clusters were built; None: all of the ledger."""


@dataclass(frozen=True, slots=True)
class WayStep:
    """One merge on the way between two addresses."""

    source: str
    target: str
    merge: MergeRecord


@dataclass(frozen=True, slots=True)
class ClusterWay:
    """How two addresses are joined, or that they are not."""

    chain: str
    source: str
    target: str
    joined: bool
    steps: tuple[WayStep, ...]
    """The fewest merges; none if they are not joined, or are one address."""
    apart: tuple[MergeRecord, ...]
    """If they are not joined: what names both and was not counted, at most `SHOWN_MERGES`."""
    until: str | None
    """As in `ClusterView`."""


@dataclass(frozen=True, slots=True)
class RuleCount:
    """How many merges of a rule count for what."""

    rule: str
    standing: str
    merges: int


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What building the clusters of a chain gave."""

    chain: str
    rules: tuple[str, ...]
    until: str | None
    addresses: int
    """All that the chain's ledger knows."""
    clusters: int
    """Of two addresses or more."""
    clustered: int
    """Addresses in them."""
    largest: int
    counts: tuple[RuleCount, ...]
    mixes: dict[str, int]
    """Refused transactions by what they look like."""
    labelled: int
    """Addresses of exchanges that rules could rest on."""
    idle: tuple[tuple[str, str], ...]
    """Prohibitions that name no merge of this chain: (transaction, rule), the rule empty where all of them are."""


@dataclass(frozen=True, slots=True)
class DecisionsView:
    """Every decision on merges, and which of them stand."""

    decisions: tuple[Decision, ...]
    forbidden: tuple[tuple[str, str], ...]
    """(transaction, rule), the rule empty where all of them are."""


def seconds_of(moment: datetime | None) -> int | None:
    """Return a moment in whole seconds since 1970 UTC."""
    return None if moment is None else int(moment.timestamp() // 1)
