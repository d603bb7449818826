"""The words of clustering: a merge is one piece of evidence that addresses are controlled together.

Merges are kept in columns, as a chain has millions of them. Which column of the ledger `row` counts in depends on the
chain: transactions where it keeps outputs, rows of transfers where it keeps accounts.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum

import numpy as np

from qiyafa.model.columns import I64, U8, U32, TransferColumns
from qiyafa.model.outputs import OutputColumns

NO_ROW = -1
NOBODY = 0
"""The number of the address that is none."""


class Standing(IntEnum):
    """What a merge counts for."""

    JOINS = 0
    """Its addresses are in one cluster."""
    REPORTED = 1
    """A hint by a rule that errs too often: it is shown and joins nothing."""
    REFUSED = 2
    """The transaction looks like a CoinJoin, in which strangers spend together."""
    FORBIDDEN = 3
    """The user forbade it."""


@dataclass(frozen=True, slots=True)
class Merges:
    """Merges in order of time. All arrays have one entry a merge, but for `first` and `member`."""

    rule: U8
    """Number of the rule in the registry of heuristics."""
    standing: U8
    mix: U8
    """The kind of CoinJoin (`coinjoin.Mix`) for which a merge was refused, else 0."""
    row: I64
    """Of the transaction or transfer that is the evidence."""
    other_row: I64
    """The earlier transfer that it is compared with, or NO_ROW."""
    through: U32
    """The address in which both meet (a deposit address, a funder); 0 if there is none."""
    time: I64
    """When the evidence was complete: seconds since 1970 UTC, -1 if unknown."""
    first: I64
    """One entry a merge and one more: its addresses are member[first[m]] to member[first[m + 1]]."""
    member: U32
    """Address numbers, ascending within a merge, at least two."""

    def __len__(self) -> int:
        """Return how many merges there are."""
        return len(self.row)

    def members(self, merge: int) -> U32:
        """Return the addresses of a merge."""
        return self.member[self.first[merge] : self.first[merge + 1]]


@dataclass(frozen=True, slots=True)
class Ground:
    """What heuristics look at: one chain as far as it is known, and who its services are."""

    outputs: OutputColumns | None = None
    transfers: TransferColumns | None = None
    """One of the two is there: how the chain keeps money."""
    entities: Mapping[str, str] = field(default_factory=dict)
    """Canonical address to the exchange that a label names; the empty text for any other labelled service."""
    gas_most: int = 0
    """The most base units that count as a funding of gas."""
    until: int | None = None
    """Nothing later than this moment is looked at: seconds since 1970 UTC. None: everything is."""

    @property
    def addresses(self) -> int:
        """How many address numbers there are, nobody's included."""
        columns = self.transfers if self.outputs is None else self.outputs
        assert columns is not None
        return len(columns.addresses)

    def knows(self, time: I64) -> U8:
        """Return 1 for moments not later than `until`, 0 for later ones and, unless all is looked at, unknown ones."""
        if self.until is None:
            return np.ones(len(time), dtype=np.uint8)
        return ((time >= 0) & (time <= self.until)).astype(np.uint8)


@dataclass(frozen=True, slots=True)
class Clusters:
    """The clusters of one chain: addresses joined by merges. An address in none stands alone."""

    merges: Merges
    root: U32
    """Per address: the lowest number in its cluster, its own if it stands alone."""
    cluster: U32
    """The roots of clusters of two or more, ascending."""
    first: I64
    """One entry a cluster and one more: its members are member[first[c]] to member[first[c + 1]]."""
    member: U32
    """Address numbers, ascending within a cluster."""
    join_left: U32
    join_right: U32
    """The pairs that joined something new, in order of time within a cluster; cluster c has one fewer than members, so
    its joins begin at first[c] - c.
    """
    join_merge: I64
    """The merge behind each join."""

    def __len__(self) -> int:
        """Return how many clusters of two or more addresses there are."""
        return len(self.cluster)

    def place(self, address: int) -> int | None:
        """Return the index of the cluster of an address number, or None if it stands alone."""
        root = self.root[address]
        at = int(np.searchsorted(self.cluster, root))
        return at if at < len(self.cluster) and self.cluster[at] == root else None


def no_merges() -> Merges:
    """Return no merge at all."""
    return merges_of([])


@dataclass(frozen=True, slots=True)
class Merge:
    """One merge outside of columns, for rules whose merges are few."""

    row: int
    time: int
    members: tuple[int, ...]
    """At least two different ones."""
    other_row: int = NO_ROW
    through: int = NOBODY


def merges_of(merges: list[Merge]) -> Merges:
    """Return merges as columns, in the order they are given in; their rule is still to be set."""
    members = [sorted(set(one.members)) for one in merges]
    return Merges(
        rule=np.zeros(len(merges), np.uint8),
        standing=np.zeros(len(merges), np.uint8),
        mix=np.zeros(len(merges), np.uint8),
        row=np.array([one.row for one in merges], np.int64),
        other_row=np.array([one.other_row for one in merges], np.int64),
        through=np.array([one.through for one in merges], np.uint32),
        time=np.array([one.time for one in merges], np.int64),
        first=np.cumsum([0, *map(len, members)], dtype=np.int64),
        member=np.array([one for several in members for one in several], np.uint32),
    )
