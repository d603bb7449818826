"""What a ledger says of an address that is screened: its exposure, its cluster, and how complete its history is."""

import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from qiyafa.app.assets import asset_units
from qiyafa.app.cluster import ClusterBook
from qiyafa.app.columns import traceable_columns
from qiyafa.app.exposure import ExposureFindings, ExposureGround
from qiyafa.app.exposure_sources import Books, SourceDay, SourceFinder
from qiyafa.app.ground_answer import NOTHING_ASKED, GroundAnswer, Moment
from qiyafa.app.home import Home
from qiyafa.model.address import AddressReading
from qiyafa.model.asset import AssetUnit
from qiyafa.model.category import Category
from qiyafa.model.columns import TransferColumns
from qiyafa.model.exposure import ExposureRules, ExposureSource, Level
from qiyafa.model.ledger import CoverageStatus, LedgerModel
from qiyafa.model.ports import Progress
from qiyafa.model.verdict import LedgerCoverage
from qiyafa.screen.evidence import ClusterFacts, LedgerFacts, Neighbour
from qiyafa.screen.rules import NOT_IN_LEDGER, Rules
from qiyafa.stores.cluster_files import ClusterPlace, ClusterSettings
from qiyafa.stores.clusters import DecisionStore
from qiyafa.stores.disk import storage_errors
from qiyafa.stores.layout import MANIFEST
from qiyafa.stores.parquet_duckdb import ParquetLedger
from qiyafa.trace.exposure_table import ExposureTable
from qiyafa.trace.gaps import EVERY_KIND

_KEPT_GROUNDS: Final = 8
"""Traced exposures that are kept in memory: of a few chains, rules and days."""

Stamp = tuple[int, int, int]
_GroundKey = tuple[str, frozenset[Category], SourceDay, datetime | None, str, str]


class LedgerGround:
    """A ledger under screening. It is opened anew when somebody moved it on; grounds are traced once and kept."""

    def __init__(self, path: Path, home: Home, books: Books, rules: Rules, progress: Progress) -> None:
        self.uses_tables = False
        """Whether the exposure of all addresses at once tells which of them need a closer look."""
        self._path = path
        self._home = home
        self._decisions = DecisionStore(home.clusters)
        self._books = books
        self._rules = rules
        self._progress = progress
        self._lock = threading.RLock()
        self._opened = _OpenedLedger(path)

    def chains(self) -> tuple[str, ...]:
        """Return the chains of the ledger."""
        return self._current().ledger.chains()

    def heads(self) -> tuple[LedgerFacts, ...]:
        """Return the head of each chain, apart from any address."""
        opened = self._current()
        return tuple(opened.facts(chain, CoverageStatus.COMPLETE) for chain in opened.ledger.chains())

    def precompute(self, moment: Moment) -> None:
        """Trace the exposure of all addresses at a moment, and use such tables from now on."""
        self.uses_tables = True
        for chain in self.chains():
            for categories in self._rules.exposure_sets:
                self.table(chain, categories, moment)

    def table(self, chain: str, categories: frozenset[Category], moment: Moment) -> ExposureTable:
        """Return the exposure of every address of a chain to some categories at a moment."""
        return self._traced(self._current(), chain, categories, moment).table()

    def ask(
        self, reading: AddressReading, *, has_chain: bool, moment: Moment, with_evidence: bool = True
    ) -> GroundAnswer:
        """Return what the ledger says of an address; of its chains, only those that were asked for, if any were.

        Without evidence: exposure by category alone, from tables of all addresses, for very many questions.
        """
        opened = self._current()
        question = _Question(opened, moment, with_evidence)
        answer = NOTHING_ASKED
        for chain, address in self._places(opened, reading, has_chain=has_chain):
            answer += self._ask_on(question, chain, address).written_in(opened.units(chain))
        return answer

    def _places(
        self, opened: "_OpenedLedger", reading: AddressReading, *, has_chain: bool
    ) -> Iterator[tuple[str, str]]:
        """Yield the ledger's chains on which this is an address, and how the ledger spells it."""
        for chain in opened.ledger.chains():
            if not has_chain or chain in reading.chains:
                spelled = (self._books.reader.canonical(identity, chain) for identity in reading.identities)
                address = next((one for one in spelled if one is not None), None)
                if address is not None:
                    yield chain, address

    def _ask_on(self, asked: "_Question", chain: str, address: str) -> GroundAnswer:
        opened = asked.opened
        status: str = opened.ledger.address_coverage(chain, address).status
        if opened.columns(chain).addresses.number(address) is None:
            # A ledger that holds every block says by its silence that the address has no history.
            is_known = status == CoverageStatus.COMPLETE
            return GroundAnswer(ledgers=(opened.facts(chain, status if is_known else NOT_IN_LEDGER),))
        if not asked.with_evidence:
            facts = replace(opened.facts(chain, status), lacks_poisonings=True)
            alone = self._tabled(asked, chain, address)
        else:
            alone, found = self._explained(asked, chain, (address,))
            facts = replace(
                opened.facts(chain, status),
                incomplete_sources=len({one for part in found for one in part.incomplete_sources}),
                untraceable=tuple(sorted({one for part in found for one in part.untraceable})),
                lacks_poisonings=not found,
            )
        return alone + self._cluster(asked, chain, address) + GroundAnswer(ledgers=(facts,))

    def _cluster(self, asked: "_Question", chain: str, address: str) -> GroundAnswer:
        """Return what the address's cluster has to do with risk; nothing if it is alone or no clusters were built."""
        moment = asked.moment
        book = self._cluster_book(asked.opened, chain)
        size = 0 if book is None else book.size(address, moment.as_of)
        if book is None or size <= 1:
            return NOTHING_ASKED
        members = book.members(address, moment.as_of, most=self._rules.cluster.most_members)
        exposed = self._explained(asked, chain, members)[0] if asked.with_evidence else NOTHING_ASKED
        return exposed + GroundAnswer(
            neighbours=tuple(self._neighbours(chain, address, members, moment)),
            clusters=(ClusterFacts(chain, size, size - len(members), lacks_exposure=not asked.with_evidence),),
        )

    def _tabled(self, asked: "_Question", chain: str, address: str) -> GroundAnswer:
        """Return the exposure of an address by category, without evidence."""
        answer = NOTHING_ASKED
        for number, categories in enumerate(self._rules.exposure_sets):
            traced = self._traced(asked.opened, chain, categories, asked.moment)
            exposures = tuple(one for one in traced.table().of(address) if one.units)
            answer += GroundAnswer(exposures=exposures if number == 0 else (), weighed={categories: exposures})
        return answer

    def _explained(
        self, asked: "_Question", chain: str, addresses: Sequence[str]
    ) -> tuple[GroundAnswer, list[ExposureFindings]]:
        """Return the exposure of an address, or of several as one cluster, once for each set that the rules name; and
        the findings behind it: none where a table of all addresses says that there is nothing to explain.
        """
        answer, findings = NOTHING_ASKED, []
        level = Level.ADDRESS if len(addresses) == 1 else Level.CLUSTER
        for number, categories in enumerate(self._rules.exposure_sets):
            traced = self._traced(asked.opened, chain, categories, asked.moment)
            if self.uses_tables and not any(one.units for address in addresses for one in traced.table().of(address)):
                continue
            found = traced.ground.explain(addresses, level)
            findings.append(found)
            exposures = tuple(one for one in found.exposures if one.units)
            answer += GroundAnswer(
                exposures=exposures if number == 0 else (),
                weighed={categories: tuple(one for one in exposures if one.entity is None)},
                poisonings=found.poisonings if number == 0 and level is Level.ADDRESS else (),
            )
        return answer, findings

    def _traced(
        self, opened: "_OpenedLedger", chain: str, categories: frozenset[Category], moment: Moment
    ) -> "_Traced":
        head = opened.head_time(chain)
        cut = None if head is not None and head <= moment.as_of else moment.as_of
        versions = self._books.lists.version(), self._books.labels.version()
        key: _GroundKey = (chain, categories, moment.sources_of, cut, *versions)
        with self._lock:
            traced = opened.traced.pop(key, None)
            if traced is None:
                every = self._sources(opened, chain, moment.sources_of, versions)
                sources = [one for one in every if one.category in categories]
                rules = ExposureRules(dust_units=self._rules.dust.by_asset)
                ground = ExposureGround.open(
                    opened.ledger, chain, sources, as_of=cut, rules=rules, progress=self._progress
                )
                traced = _Traced(ground)
            opened.traced[key] = traced
            while len(opened.traced) > _KEPT_GROUNDS:
                del opened.traced[next(iter(opened.traced))]
        return traced

    def _sources(
        self, opened: "_OpenedLedger", chain: str, day: SourceDay, versions: tuple[str, str]
    ) -> tuple[ExposureSource, ...]:
        known = opened.sources.get(chain)
        if known is None or known[0] != (day, versions):
            finder = SourceFinder(self._books, self._rules, chain, opened.columns(chain).addresses)
            known = opened.sources[chain] = (day, versions), finder.sources(day)
        return known[1]

    def _cluster_book(self, opened: "_OpenedLedger", chain: str) -> ClusterBook | None:
        """Return the clusters of a chain, opened anew when decisions on them or labels have changed; None if none were
        ever built.
        """
        settings = ClusterPlace(opened.ledger.path, chain).settings()
        if settings is None:
            return None
        key = chain, settings, self._decisions.version(), self._books.labels.version()
        with self._lock:
            if key not in opened.clusters:
                book = ClusterBook.open(opened.ledger, chain, self._home, self._progress)
                opened.clusters = {one: kept for one, kept in opened.clusters.items() if one[0] != chain} | {key: book}
            return opened.clusters[key]

    def _neighbours(self, chain: str, address: str, members: Sequence[str], moment: Moment) -> Iterator[Neighbour]:
        for member in members:
            if member != address:
                identities = self._books.reader.read(member, chain).identities
                designations = tuple(self._books.lists.of(identities))
                labels = tuple(self._books.labels.of(identities, moment.as_of, moment.known_at))
                if designations or labels:
                    yield Neighbour(chain, member, designations, labels)

    def _current(self) -> "_OpenedLedger":
        """Return the ledger as its manifest is now."""
        with self._lock:
            if self._opened.stamp != stamp(self._path / MANIFEST):
                self._opened = _OpenedLedger(self._path)
            return self._opened


@dataclass(frozen=True, slots=True)
class _Question:
    """What one address is asked about."""

    opened: "_OpenedLedger"
    moment: Moment
    with_evidence: bool


class _Traced:
    """The sources of a day on a chain, and the exposure of all addresses to them once somebody needs it."""

    def __init__(self, ground: ExposureGround) -> None:
        self.ground = ground
        self._table: ExposureTable | None = None
        self._lock = threading.Lock()

    def table(self) -> ExposureTable:
        """Return the exposure of every address by category."""
        with self._lock:
            if self._table is None:
                self._table = self.ground.table()
            return self._table


class _OpenedLedger:
    """A ledger as one manifest has it, and what was worked out of it. Raises NotFound or Conflict."""

    def __init__(self, path: Path) -> None:
        self.stamp = stamp(path / MANIFEST)
        self.ledger = ParquetLedger.open(path)
        self.traced: dict[_GroundKey, _Traced] = {}
        self.sources: dict[str, tuple[tuple[SourceDay, tuple[str, str]], tuple[ExposureSource, ...]]] = {}
        self.clusters: dict[tuple[str, ClusterSettings, str, str], ClusterBook | None] = {}
        self._columns: dict[str, TransferColumns] = {}
        self._units: dict[str, Mapping[str, AssetUnit]] = {}
        self._lock = threading.Lock()

    def columns(self, chain: str) -> TransferColumns:
        """Return the rows of a chain."""
        with self._lock:
            if chain not in self._columns:
                self._columns[chain] = traceable_columns(self.ledger, chain)
            return self._columns[chain]

    def units(self, chain: str) -> Mapping[str, AssetUnit]:
        """Return how people write the assets of a chain, as far as that is known."""
        if chain not in self._units:
            self._units[chain] = asset_units(self.ledger, chain)
        return self._units[chain]

    def head_time(self, chain: str) -> datetime | None:
        """Return when the ledger ends, in UTC; None if it does not say."""
        seconds = self.ledger.record(chain).head.time
        return None if seconds is None else datetime.fromtimestamp(seconds, UTC)

    def facts(self, chain: str, status: str) -> LedgerFacts:
        """Return what the ledger could say of an address whose history has a status."""
        record = self.ledger.record(chain)
        coverage = LedgerCoverage(
            chain=chain,
            manifest_sha256=self.ledger.manifest.sha256,
            head_block=record.head.block_number,
            head_hash=record.head.hash,
            status=str(status),
            diverged=bool(record.diverged),
        )
        return LedgerFacts(coverage, self.head_time(chain), lacks=self._lacks(chain))

    def _lacks(self, chain: str) -> tuple[str, ...]:
        """Return the kinds of transfers that the chain has and its sources do not give; outputs leave nothing out."""
        if self.ledger.record(chain).model == LedgerModel.OUTPUTS:
            return ()
        return tuple(sorted(EVERY_KIND - {"native"} - self.ledger.knowledge(chain).provides))


def stamp(path: Path) -> Stamp:
    """Return what changes when a file is replaced or written; a file that is not there has a stamp too."""
    with storage_errors(path):
        try:
            found = path.stat()
        except (FileNotFoundError, NotADirectoryError):
            return (0, 0, 0)
    return found.st_mtime_ns, found.st_size, found.st_ino
