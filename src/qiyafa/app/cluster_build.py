"""Builds the clusters of a ledger's chain by named rules, and keeps them beside the ledger.

They rest on the ledger, on what the user forbade and, where a rule needs them, on labels of exchanges.
"""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from itertools import product
from typing import Final

import numpy as np

from qiyafa.app.clock import utc_now
from qiyafa.app.cluster_answers import BuildReport, RuleCount, seconds_of
from qiyafa.app.cluster_labels import services
from qiyafa.app.home import Home
from qiyafa.chains import find_chain
from qiyafa.cluster.build import EVERY_RULE, build, rules_of
from qiyafa.cluster.coinjoin import Mix
from qiyafa.cluster.heuristics import HEURISTICS
from qiyafa.cluster.records import NO_ROW, Clusters, Ground, Standing
from qiyafa.model.columns import TransferColumns, iso_time
from qiyafa.model.errors import InvalidInput, NotFound, Unavailable
from qiyafa.model.ledger import LedgerModel
from qiyafa.model.outputs import OutputColumns
from qiyafa.model.ports import Progress, silent
from qiyafa.stores.cluster_files import ClusterPlace, ClusterSettings, save_clusters
from qiyafa.stores.clusters import DecisionStore, digest_of
from qiyafa.stores.parquet_duckdb import ParquetLedger

RULES: Final = tuple(HEURISTICS)
"""By their numbers in `Merges.rule`."""
_STAGE: Final = "cluster.stage.build"
_GAS_SHARE: Final = 10
"""A funding of gas is at most a tenth of a coin."""


@dataclass(frozen=True, slots=True)
class Basis:
    """What the clusters of a chain rest on."""

    ledger: ParquetLedger
    columns: OutputColumns | TransferColumns
    forbidden: frozenset[tuple[str, str]]
    """(transaction, rule), the rule empty where all of them are."""
    entities: dict[str, str]
    """Labelled services, as `Ground.entities`."""
    digests: tuple[str, ...]
    """They change when any of these does."""

    @classmethod
    def of(cls, ledger: ParquetLedger, chain: str, home: Home, progress: Progress) -> "Basis":
        """Read what the clusters of a chain rest on. Raises Conflict for a damaged ledger or store."""
        record, forbidden = ledger.record(chain), DecisionStore(home.clusters).forbidden()
        columns: OutputColumns | TransferColumns
        entities: dict[str, str] = {}
        if record.model == LedgerModel.OUTPUTS:
            columns = ledger.outputs(chain, progress)
        else:
            columns = ledger.columns(chain, progress)
            entities = services(home.labels, chain, columns.addresses, utc_now())
        labelled = "\n".join(f"{address} {entity}" for address, entity in sorted(entities.items()))
        digests = (
            *(file.sha256 for file in record.files),
            digest_of(forbidden),
            hashlib.sha256(labelled.encode()).hexdigest(),
        )
        return cls(ledger, columns, forbidden, entities, digests)

    @property
    def place(self) -> ClusterPlace:
        """Where the clusters are kept."""
        return ClusterPlace(self.ledger.path, self.columns.chain)

    def build(self, settings: ClusterSettings, progress: Progress) -> Clusters:
        """Build the clusters."""
        progress(_STAGE, 0, 0)
        is_outputs = isinstance(self.columns, OutputColumns)
        ground = Ground(
            outputs=self.columns if isinstance(self.columns, OutputColumns) else None,
            transfers=self.columns if isinstance(self.columns, TransferColumns) else None,
            entities=self.entities,
            gas_most=0 if is_outputs else 10 ** find_chain(self.columns.chain).native_decimals // _GAS_SHARE,
            until=settings.until,
        )
        forbidden: dict[str, list[int]] = {}
        for transaction, rule in sorted(self.forbidden):
            forbidden.setdefault(rule, []).extend(self.columns.hashes.rows(transaction).tolist())
        return build(ground, settings.joining, forbidden)


def build_clusters(
    ledger: ParquetLedger,
    chain: str,
    home: Home,
    *,
    extra: Collection[str] = (),
    until: datetime | None = None,
    progress: Progress = silent,
) -> BuildReport:
    """Build the clusters of a chain and keep them beside the ledger.

    `extra`: rules that shall join besides those that always do. `until`: nothing later is looked at. Raises
    InvalidInput for a rule that is unknown or reads other chains, Unavailable if the ledger's folder cannot be written.
    """
    model = LedgerModel(ledger.record(chain).model)
    settings = ClusterSettings(rules_of(model, check_rules(extra, [model])), seconds_of(until))
    basis = Basis.of(ledger, chain, home, progress)
    clusters = basis.build(settings, progress)
    if not save_clusters(basis.place.build_folder(settings, basis.digests), clusters, settings):
        raise Unavailable("cluster.error.cannot_keep", folder=str(basis.place.folder))
    return _report(basis, clusters, settings)


def check_rules(wanted: Collection[str], models: Collection[LedgerModel]) -> tuple[str, ...]:
    """Return the rules asked for, each once. Raises InvalidInput for one that is unknown or reads other chains."""
    for name in wanted:
        if name not in HEURISTICS:
            raise InvalidInput("cluster.error.rule", rule=name, known=", ".join(HEURISTICS))
        if HEURISTICS[name].model not in models:
            fitting = ", ".join(known for known, rule in HEURISTICS.items() if rule.model in models)
            raise InvalidInput("cluster.error.rule_of_others", rule=name, known=fitting)
    return tuple(name for name in HEURISTICS if name in wanted)


def chains_with(ledger: ParquetLedger, chain: str | None) -> tuple[str, ...]:
    """Return the chain asked for, else every chain of the ledger. Raises NotFound if there is none."""
    if chain is not None:
        return (ledger.record(chain).chain,)
    if not ledger.chains():
        raise NotFound("cluster.error.empty_ledger", ledger=str(ledger.path))
    return ledger.chains()


def _report(basis: Basis, clusters: Clusters, settings: ClusterSettings) -> BuildReport:
    merges = clusters.merges
    counts = []
    for rule, standing in product(range(len(RULES)), Standing):
        if count := int(((merges.rule == rule) & (merges.standing == standing)).sum()):
            counts.append(RuleCount(RULES[rule], standing.name.lower(), count))
    refused = merges.mix[merges.standing == Standing.REFUSED]
    return BuildReport(
        chain=basis.columns.chain,
        rules=settings.joining,
        until=None if settings.until is None else iso_time(settings.until),
        addresses=len(clusters.root) - 1,
        clusters=len(clusters),
        clustered=len(clusters.member),
        largest=int(np.diff(clusters.first).max(initial=0)),
        counts=tuple(counts),
        mixes={kind.name.lower(): int((refused == kind).sum()) for kind in Mix if (refused == kind).any()},
        labelled=sum(1 for exchange in basis.entities.values() if exchange),
        idle=_idle(basis, clusters),
    )


def _idle(basis: Basis, clusters: Clusters) -> tuple[tuple[str, str], ...]:
    """Return the prohibitions that name no merge."""
    merges, hashes = clusters.merges, basis.columns.hashes
    used = {
        (hashes.text(int(row)), rule)
        for merge in np.flatnonzero(merges.standing == Standing.FORBIDDEN).tolist()
        for row in (merges.row[merge], merges.other_row[merge])
        if row != NO_ROW
        for rule in (EVERY_RULE, RULES[int(merges.rule[merge])])
    }
    return tuple(one for one in sorted(basis.forbidden) if one not in used)
