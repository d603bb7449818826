"""Built clusters beside the ledger: `.npy` files and a sealed `meta.json`, for the ledger and the words they rest on.

They only save time, as kept columns do: if a file is missing or differs, or the ledger, a prohibition or a label has
changed, they count as not there and are built again. One build is kept for each chain; how it was asked for is
remembered, so that the next one is asked for alike.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, cast

import numpy as np

from qiyafa.cluster.records import Clusters, Merges
from qiyafa.stores.dense_files import META, damaged_columns
from qiyafa.stores.disk import sha256_of
from qiyafa.stores.kept import keep
from qiyafa.stores.sealed import BrokenSealError, sealed, unsealed

CLUSTERS: Final = "clusters"
"""The folder inside a ledger; it can be deleted at any time."""
CLUSTERS_FORMAT: Final = "clusters/1"
"""Changes whenever the meaning of a kept array or a rule of clustering does."""
_MERGES: Final = ("rule", "standing", "mix", "row", "other_row", "through", "time", "first", "member")
_CLUSTERS: Final = ("root", "cluster", "first", "member", "join_left", "join_right", "join_merge")


@dataclass(frozen=True, slots=True)
class ClusterSettings:
    """How clusters were asked for."""

    joining: tuple[str, ...]
    """The rules that join."""
    until: int | None = None
    """The moment up to which the ledger was looked at: seconds since 1970 UTC; None: all of it."""


@dataclass(frozen=True, slots=True)
class ClusterPlace:
    """Where the clusters of one chain are kept."""

    ledger: Path
    chain: str

    @property
    def folder(self) -> Path:
        """The folder above the one build that is kept."""
        return self.ledger / CLUSTERS / f"chain={self.chain}"

    def build_folder(self, settings: ClusterSettings, rests_on: Iterable[str]) -> Path:
        """Return where a build is kept that rests on these digests, in their order."""
        state = "\n".join((CLUSTERS_FORMAT, *settings.joining, str(settings.until), *rests_on))
        return self.folder / hashlib.sha256(state.encode()).hexdigest()[:32]

    def settings(self) -> ClusterSettings | None:
        """Return how the last kept build was asked for, or None if there is none."""
        for meta in sorted(self.folder.glob(f"*/{META}")) if self.folder.is_dir() else ():
            try:
                content = unsealed(meta.read_bytes())
            except (OSError, BrokenSealError):
                continue
            if content.get("format") == CLUSTERS_FORMAT:
                return ClusterSettings(
                    joining=tuple(cast("list[str]", content["joining"])), until=cast("int | None", content["until"])
                )
        return None


def save_clusters(folder: Path, clusters: Clusters, settings: ClusterSettings) -> bool:
    """Keep a build in place of older ones; tell whether it could be kept."""

    def save(aside: Path) -> None:
        hashes = {}
        for prefix, owner, names in (("merge_", clusters.merges, _MERGES), ("", clusters, _CLUSTERS)):
            for name in names:
                path = aside / f"{prefix}{name}.npy"
                np.save(path, getattr(owner, name), allow_pickle=False)
                hashes[path.name] = sha256_of(path)
        meta = {"format": CLUSTERS_FORMAT, "joining": settings.joining, "until": settings.until, "files": hashes}
        (aside / META).write_bytes(sealed(meta))

    keep(folder, save)
    return folder.is_dir()


def load_clusters(folder: Path) -> Clusters | None:
    """Return the clusters in a folder, memory-mapped; None if they are not there or not whole."""
    try:
        if not folder.is_dir() or damaged_columns(folder):
            return None
        return Clusters(merges=Merges(**_mapped(folder, "merge_", _MERGES)), **_mapped(folder, "", _CLUSTERS))
    except OSError:
        # Another process keeps a newer build in its place.
        return None


def _mapped(folder: Path, prefix: str, names: tuple[str, ...]) -> dict[str, Any]:
    # Copy-on-write, so that compiled code meets the same kind of array as after building.
    return {name: np.asarray(np.load(folder / f"{prefix}{name}.npy", mmap_mode="c")) for name in names}
