"""A ledger in a folder: Parquet files under a manifest, merged by DuckDB, walked as dense columns."""

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from qiyafa.model.columns import TransferColumns
from qiyafa.model.errors import Conflict, InvalidInput, NotFound
from qiyafa.model.ledger import AddressCoverage
from qiyafa.model.ports import Progress, silent
from qiyafa.model.raw import RawTransfers
from qiyafa.stores.coverage import Coverage, read_coverage
from qiyafa.stores.dense import dense_columns
from qiyafa.stores.disk import changed_files, make_folder, storage_errors, sync_folders, write_synced
from qiyafa.stores.dump import dump_lines
from qiyafa.stores.knowledge import Knowledge, knowledge_of
from qiyafa.stores.layout import LOCK, MANIFEST, TRANSFERS, WRITING, stored_paths
from qiyafa.stores.locking import writer_lock
from qiyafa.stores.manifest import ChainRecord, Manifest, StoredFile, manifest_bytes, manifest_of, read_manifest
from qiyafa.stores.verify import Damage, verify_ledger

if TYPE_CHECKING:
    from qiyafa.stores.ingest import IngestReport


class ParquetLedger:
    """An opened ledger. It answers from the manifest it was opened with; an ingest moves it on."""

    def __init__(self, path: Path, manifest: Manifest) -> None:
        self.path = path
        self.manifest = manifest

    @classmethod
    def open(cls, path: Path) -> "ParquetLedger":
        """Open a ledger. Raises NotFound if there is none, Conflict if its manifest was changed."""
        return cls(path, read_manifest(path))

    @classmethod
    def open_or_create(cls, path: Path) -> "ParquetLedger":
        """Open a ledger, or make an empty one in a folder that is missing or empty. Raises InvalidInput for others."""
        with storage_errors(path):
            if not (path / MANIFEST).exists():
                _create(path)
        return cls.open(path)

    def ingest(self, raw: RawTransfers, *, native_asset: str, progress: Progress = silent) -> "IngestReport":
        """Merge raw rows into the ledger and return once they are on the disk."""
        # DuckDB is large; a trace never needs it.
        from qiyafa.stores.ingest import Ingest, ingest

        report = ingest(Ingest(self.path, raw, native_asset, progress))
        self.manifest = read_manifest(self.path)
        self.__dict__.pop("_coverage", None)
        return report

    def chains(self) -> tuple[str, ...]:
        """Return the chains of the ledger, sorted."""
        return tuple(self.manifest.chains)

    def record(self, chain: str) -> ChainRecord:
        """Return what the manifest says of a chain. Raises NotFound for a chain that is not here."""
        record = self.manifest.chains.get(chain)
        if record is None:
            raise NotFound("ledger.no_chain", chain=chain, path=str(self.path), known=", ".join(self.chains()) or "-")
        return record

    def columns(self, chain: str, progress: Progress = silent) -> TransferColumns:
        """Return a chain's traceable transfers. Raises Conflict if a file of it was changed since it was written."""
        with storage_errors(self.path):
            return dense_columns(self.path, self.record(chain), progress)

    def address_coverage(self, chain: str, address: str) -> AddressCoverage:
        """Return how complete an address's history is; unknown if no source says."""
        return self._coverage_of(chain).of_address(address, self.record(chain).head.block_number)

    def coverage(self, chain: str) -> Coverage:
        """Return everything that sources said on completeness."""
        return self._coverage_of(chain)

    def knowledge(self, chain: str) -> Knowledge:
        """Return what the sources of a chain provide, and what every answer must mention."""
        return knowledge_of(self.record(chain))

    def count_addresses(self, chain: str) -> int:
        """Return how many addresses appear in a chain's transfers; reads the parts, unchecked."""
        from qiyafa.stores.statistics import count_addresses

        return count_addresses(self.path, self.record(chain))

    def bytes_on_disk(self) -> int:
        """Return the size of everything in the ledger's folder, kept columns included."""
        with storage_errors(self.path):
            return sum(path.stat().st_size for path in self.path.rglob("*") if path.is_file())

    def verify(self, progress: Progress = silent) -> tuple[Damage, ...]:
        """Check every file against the manifest and return what is damaged."""
        return verify_ledger(self.path, progress)

    def dump(self, chain: str) -> Iterator[str]:
        """Yield the content of a chain as lines of text; equal ledgers give equal lines."""
        with storage_errors(self.path):
            self._check(self.record(chain).files)
        return dump_lines(self.path, self.record(chain), self._coverage_of(chain))

    @cached_property
    def _coverage(self) -> dict[str, Coverage]:
        return {}

    def _coverage_of(self, chain: str) -> Coverage:
        if chain not in self._coverage:
            files = tuple(file for file in self.record(chain).files if file.table != TRANSFERS)
            with storage_errors(self.path):
                self._check(files)
                self._coverage[chain] = read_coverage(self.path, files)
        return self._coverage[chain]

    def _check(self, files: tuple[StoredFile, ...]) -> None:
        changed = changed_files(self.path, {file.path: file.sha256 for file in files})
        if changed:
            raise Conflict("ledger.file.changed", path=str(self.path / changed[0]), ledger=str(self.path))


def _create(path: Path) -> None:
    if path.exists() and not path.is_dir():
        raise InvalidInput("ledger.not_a_folder", path=str(path))
    make_folder(path)
    with writer_lock(path):
        if (path / MANIFEST).exists():
            return
        strangers = [entry.name for entry in path.iterdir() if entry.name not in {LOCK, WRITING}]
        if strangers:
            key = "ledger.manifest.lost" if stored_paths(path) else "ledger.folder_in_use"
            raise InvalidInput(key, path=str(path))
        # Aside first, so that a kill leaves no half manifest.
        (path / WRITING).mkdir(exist_ok=True)
        write_synced(path / WRITING / MANIFEST, manifest_bytes(manifest_of({})))
        (path / WRITING / MANIFEST).replace(path / MANIFEST)
        sync_folders([path])
        (path / WRITING).rmdir()
