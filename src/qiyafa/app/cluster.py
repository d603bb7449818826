"""The clusters of a ledger's chain, asked as of any day: who is in one, and by which transactions.

They are kept beside the ledger (`cluster_build`) and built again, as they were asked for the last time, if what they
rest on has changed since.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

import numpy as np

from qiyafa.app.cluster_answers import ClusterMember, ClusterView, ClusterWay, MergeRecord, WayStep, seconds_of
from qiyafa.app.cluster_build import RULES, Basis
from qiyafa.app.home import Home
from qiyafa.cluster.coinjoin import Mix
from qiyafa.cluster.records import NO_ROW, Clusters, Standing
from qiyafa.cluster.ways import members_of, merges_with, way_between
from qiyafa.model.columns import I64, U32, UNKNOWN_BLOCK, TransferColumns, iso_time
from qiyafa.model.errors import NotFound
from qiyafa.model.outputs import OutputColumns
from qiyafa.model.ports import Progress, silent
from qiyafa.stores.cluster_files import ClusterPlace, ClusterSettings, load_clusters, save_clusters
from qiyafa.stores.parquet_duckdb import ParquetLedger

SHOWN_ADDRESSES: Final = 20
SHOWN_MERGES: Final = 20


class ClusterBook:
    """The clusters of one chain, opened."""

    def __init__(
        self,
        ledger: ParquetLedger,
        columns: OutputColumns | TransferColumns,
        clusters: Clusters,
        settings: ClusterSettings,
    ) -> None:
        self.chain = columns.chain
        self.clusters = clusters
        self.settings = settings
        self._ledger = ledger
        self._columns = columns

    @classmethod
    def open(cls, ledger: ParquetLedger, chain: str, home: Home, progress: Progress = silent) -> "ClusterBook | None":
        """Return a chain's clusters, built again if what they rest on has changed; None if none were ever built.

        Raises Conflict for a damaged ledger or file of decisions.
        """
        settings = ClusterPlace(ledger.path, chain).settings()
        if settings is None:
            return None
        basis = Basis.of(ledger, chain, home, progress)
        folder = basis.place.build_folder(settings, basis.digests)
        clusters = load_clusters(folder)
        if clusters is None:
            clusters = basis.build(settings, progress)
            save_clusters(folder, clusters, settings)
        return cls(ledger, basis.columns, clusters, settings)

    def members(self, address: str, at: datetime | None = None, *, most: int | None = None) -> tuple[str, ...]:
        """Return the addresses in the cluster of one, itself included, in the order in which the ledger met them.

        `address` is canonical; one that the ledger does not know has no members. `at`: by merges up to then alone.
        `most`: not more than so many; the address itself is always among them. See `size`.
        """
        found = self._members(address, at)
        return tuple(self._columns.addresses.texts(self._few(address, found, most)))

    def size(self, address: str, at: datetime | None = None) -> int:
        """Return how many addresses the cluster of one has, itself included; 0 if the ledger does not know it."""
        return len(self._members(address, at))

    def show(self, address: str, at: datetime | None = None, *, most: int = SHOWN_ADDRESSES) -> ClusterView:
        """Return the cluster of an address. Raises NotFound for an address that the ledger does not know."""
        number = self._number(address)
        found = self._members(address, at)
        status = self._ledger.coverage_status(self.chain)
        members = self._columns.addresses.texts(self._few(address, found, most))
        merges = self._known_by(merges_with(self.clusters.merges, number), at)
        joining = self.clusters.merges.standing[merges] == Standing.JOINS
        return ClusterView(
            chain=self.chain,
            address=address,
            size=len(found),
            members=tuple(ClusterMember(one, status(one)) for one in members),
            merges=self._records(merges[joining][:most]),
            merge_count=int(joining.sum()),
            hints=self._records(merges[~joining][:most]),
            hint_count=int((~joining).sum()),
            rules=self.settings.joining,
            until=self._until,
        )

    def explain(self, source: str, target: str, at: datetime | None = None) -> ClusterWay:
        """Return the fewest merges that join two addresses. Raises NotFound for one that the ledger does not know."""
        here, there = self._number(source), self._number(target)
        way = way_between(self.clusters, here, there, seconds_of(at))
        steps = tuple(
            WayStep(
                self._columns.addresses.text(step.source),
                self._columns.addresses.text(step.target),
                self._record(step.merge),
            )
            for step in way or ()
        )
        apart: tuple[MergeRecord, ...] = ()
        if way is None:
            both = np.intersect1d(merges_with(self.clusters.merges, here), merges_with(self.clusters.merges, there))
            apart = self._records(self._known_by(both, at)[:SHOWN_MERGES])
        return ClusterWay(self.chain, source, target, way is not None, steps, apart, self._until)

    @property
    def _until(self) -> str | None:
        return None if self.settings.until is None else iso_time(self.settings.until)

    def _number(self, address: str) -> int:
        number = self._columns.addresses.number(address)
        if not number:
            raise NotFound("cluster.error.no_such_address", address=address, chain=self.chain)
        return number

    def _members(self, address: str, at: datetime | None) -> U32:
        number = self._columns.addresses.number(address)
        if not number:
            return np.empty(0, np.uint32)
        return members_of(self.clusters, number, seconds_of(at))

    def _few(self, address: str, found: U32, most: int | None) -> U32:
        if most is None or len(found) <= most:
            return found
        number = np.uint32(self._number(address))
        first = found[:most]
        if number in first:
            return first
        return np.sort(np.append(first[: max(most - 1, 0)], number))

    def _known_by(self, merges: I64, at: datetime | None) -> I64:
        until = seconds_of(at)
        if until is None:
            return merges
        time = self.clusters.merges.time[merges]
        return merges[(time >= 0) & (time <= until)]

    def _records(self, merges: Iterable[int]) -> tuple[MergeRecord, ...]:
        return tuple(self._record(int(merge)) for merge in merges)

    def _record(self, merge: int) -> MergeRecord:
        merges, columns = self.clusters.merges, self._columns
        row, other, through = int(merges.row[merge]), int(merges.other_row[merge]), int(merges.through[merge])
        mix = Mix(int(merges.mix[merge]))
        members = merges.members(merge)
        block = int(columns.block[row])
        return MergeRecord(
            rule=RULES[int(merges.rule[merge])],
            standing=Standing(int(merges.standing[merge])).name.lower(),
            mix=None if mix is Mix.NONE else mix.name.lower(),
            transaction=columns.hashes.text(row),
            other_transaction=None if other == NO_ROW else columns.hashes.text(other),
            through=columns.addresses.text(through) if through else None,
            block=None if block == UNKNOWN_BLOCK else block,
            time=iso_time(int(merges.time[merge])),
            addresses=tuple(columns.addresses.texts(members[:SHOWN_ADDRESSES])),
            address_count=len(members),
        )
