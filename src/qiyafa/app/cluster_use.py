"""What the command line asks of clusters: over every chain of a ledger that fits."""

from collections.abc import Collection, Iterator
from datetime import datetime
from pathlib import Path

from qiyafa.app.cluster import ClusterBook
from qiyafa.app.cluster_answers import BuildReport, ClusterView, ClusterWay
from qiyafa.app.cluster_build import build_clusters, chains_with, check_rules
from qiyafa.app.home import Home
from qiyafa.chains import find_chain
from qiyafa.cluster.heuristics import HEURISTICS
from qiyafa.model.errors import InvalidInput, NotFound, QiyafaError
from qiyafa.model.ledger import LedgerModel
from qiyafa.model.ports import Progress, silent
from qiyafa.stores.parquet_duckdb import ParquetLedger


def build_ledger_clusters(
    path: Path,
    chain: str | None,
    home: Home,
    *,
    extra: Collection[str] = (),
    until: datetime | None = None,
    progress: Progress = silent,
) -> list[BuildReport]:
    """Build the clusters of a chain, or of every chain of a ledger. A rule asked for joins where it can be read.

    Raises what `build_clusters` does; NotFound if there is no ledger or nothing in it.
    """
    ledger = ParquetLedger.open(path)
    chains = chains_with(ledger, chain)
    models = {one: LedgerModel(ledger.record(one).model) for one in chains}
    wanted = check_rules(extra, set(models.values()))
    return [
        build_clusters(
            ledger,
            one,
            home,
            extra=[rule for rule in wanted if HEURISTICS[rule].model is models[one]],
            until=until,
            progress=progress,
        )
        for one in chains
    ]


def show_cluster(
    address: str,
    path: Path,
    chain: str | None,
    home: Home,
    *,
    at: datetime | None = None,
    most: int,
    progress: Progress = silent,
) -> list[ClusterView]:
    """Return the cluster of an address on every chain of a ledger that knows it.

    Raises InvalidInput if no chain accepts the text, NotFound if no chain that does knows it, or has clusters.
    """
    found: list[ClusterView] = []
    missing: list[QiyafaError] = []
    for book, (one,) in _books((address,), path, chain, home, progress):
        try:
            found.append(book.show(one, at, most=most))
        except NotFound as error:
            missing.append(error)
    if not found:
        raise missing[0]
    return found


def explain_cluster(
    address: str,
    other: str,
    path: Path,
    chain: str | None,
    home: Home,
    *,
    at: datetime | None = None,
    progress: Progress = silent,
) -> list[ClusterWay]:
    """Return how two addresses are joined, or that they are not, on every chain of a ledger that knows both.

    Raises as `show_cluster` does.
    """
    found: list[ClusterWay] = []
    missing: list[QiyafaError] = []
    for book, (one, two) in _books((address, other), path, chain, home, progress):
        try:
            found.append(book.explain(one, two, at))
        except NotFound as error:
            missing.append(error)
    if not found:
        raise missing[0]
    return found


def _books(
    addresses: tuple[str, ...], path: Path, chain: str | None, home: Home, progress: Progress
) -> Iterator[tuple[ClusterBook, tuple[str, ...]]]:
    """Yield the clusters of each chain that accepts these addresses, with their canonical spellings there.

    Raises the first chain's InvalidInput if none accepts them, NotFound if none that does has clusters.
    """
    ledger = ParquetLedger.open(path)
    refused: list[QiyafaError] = []
    fitting = 0
    for name in chains_with(ledger, chain):
        try:
            canonical = tuple(find_chain(name).formats.canonical(address) for address in addresses)
        except InvalidInput as error:
            refused.append(error)
            continue
        book = ClusterBook.open(ledger, name, home, progress)
        if book is None:
            refused.append(NotFound("cluster.error.not_built", chain=name))
            continue
        fitting += 1
        yield book, canonical
    if not fitting:
        raise next((error for error in refused if isinstance(error, NotFound)), refused[0])
