"""A ledger in a folder: Parquet files under a manifest, merged by DuckDB, walked as dense columns."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from qiyafa.model.columns import TransferColumns
from qiyafa.model.errors import Conflict, InvalidInput, NotFound, Unavailable
from qiyafa.model.ledger import AddressCoverage, CoverageStatus
from qiyafa.model.outputs import OutputColumns
from qiyafa.model.ports import Progress, silent
from qiyafa.model.raw import RawOutputs, RawTransfers
from qiyafa.model.token import TokenFacts
from qiyafa.stores.coverage import Coverage, read_coverage
from qiyafa.stores.dense import dense_columns
from qiyafa.stores.disk import changed_files, make_folder, storage_errors, sync_folders, write_synced
from qiyafa.stores.dump import dump_lines
from qiyafa.stores.knowledge import Knowledge, knowledge_of
from qiyafa.stores.layout import ADDRESS_COVERAGE, BLOCK_COVERAGE, LOCK, MANIFEST, TOKENS, WRITING, stored_paths
from qiyafa.stores.locking import writer_lock
from qiyafa.stores.manifest import ChainRecord, Manifest, StoredFile, manifest_bytes, manifest_of, read_manifest
from qiyafa.stores.publish import clear
from qiyafa.stores.tokens import read_tokens

if TYPE_CHECKING:
    from qiyafa.stores.ingest import IngestReport
    from qiyafa.stores.verify import Damage

_COVERAGE = {ADDRESS_COVERAGE, BLOCK_COVERAGE}


class ParquetLedger:
    """An opened ledger. It answers from the manifest it was opened with; an ingest moves it on."""

    def __init__(self, path: Path, manifest: Manifest) -> None:
        self.path = path
        self.manifest = manifest
        self._keeping: list[Future[None]] = []

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

    def ingest(
        self, raw: RawTransfers | RawOutputs, *, native_asset: str, progress: Progress = silent
    ) -> "IngestReport":
        """Merge raw rows into the ledger and return once they are on the disk."""
        # DuckDB is large; a trace never needs it.
        from qiyafa.stores.ingest import Ingest, ingest

        if isinstance(raw, RawOutputs):
            from qiyafa.stores.outputs_ingest import IngestOutputs, ingest_outputs

            report = ingest_outputs(IngestOutputs(self.path, raw, native_asset, progress))
        else:
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
        """Return a chain's traceable transfers. Raises Conflict if a file of it was changed since it was written.

        Columns that had to be built are kept for the next time in another thread; see `settle`.
        """
        with self._as_opened():
            columns, keeping = dense_columns(self.path, self.record(chain), progress)
        if keeping is not None:
            self._keeping.append(keeping)
        return columns

    def settle(self) -> None:
        """Return once all columns that were built are kept beside the ledger."""
        while self._keeping:
            self._keeping.pop().result()

    def outputs(self, chain: str, progress: Progress = silent) -> OutputColumns:
        """Return the transactions of a chain of outputs. Raises Conflict if a file was changed since it was written."""
        from qiyafa.stores.outputs_columns import output_columns

        with self._as_opened():
            return output_columns(self.path, self.record(chain), progress)

    def address_coverage(self, chain: str, address: str) -> AddressCoverage:
        """Return how complete an address's history is; unknown if no source says."""
        return self._coverage_of(chain).of_address(address, self.record(chain).head.block_number)

    def coverage_status(self, chain: str) -> Callable[[str], CoverageStatus]:
        """Return what answers how complete the history of an address is, for any number of them."""
        return self._coverage_of(chain).statuses(self.record(chain).head.block_number)

    def coverage(self, chain: str) -> Coverage:
        """Return everything that sources said on completeness."""
        return self._coverage_of(chain)

    def knowledge(self, chain: str) -> Knowledge:
        """Return what the sources of a chain provide, and what every answer must mention."""
        return knowledge_of(self.record(chain))

    def tokens(self, chain: str) -> dict[str, TokenFacts]:
        """Return what is known of a chain's tokens, by asset; raises Conflict if that file was changed."""
        files = self.record(chain).table(TOKENS)
        with self._as_opened():
            self._check(files)
            return read_tokens(self.path, files)

    def count_addresses(self, chain: str) -> int:
        """Return how many addresses appear in a chain's transfers; reads the parts, unchecked."""
        from qiyafa.stores.statistics import count_addresses

        return count_addresses(self.path, self.record(chain))

    def bytes_on_disk(self) -> int:
        """Return the size of everything in the ledger's folder, kept columns included."""
        with storage_errors(self.path):
            return sum(path.stat().st_size for path in self.path.rglob("*") if path.is_file())

    def verify(self, progress: Progress = silent) -> tuple["Damage", ...]:
        """Check every file against the manifest and return what is damaged."""
        from qiyafa.stores.verify import verify_ledger

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
            files = tuple(file for file in self.record(chain).files if file.table in _COVERAGE)
            with self._as_opened():
                self._check(files)
                self._coverage[chain] = read_coverage(self.path, files)
        return self._coverage[chain]

    @contextmanager
    def _as_opened(self) -> Iterator[None]:
        """Tell files that a writer has replaced since the ledger was opened from damaged ones."""
        try:
            with storage_errors(self.path):
                yield
        except (Conflict, Unavailable) as error:
            if read_manifest(self.path).sha256 != self.manifest.sha256:
                raise Conflict("sync.error.moved_on", path=str(self.path)) from error
            raise

    def tidy(self) -> None:
        """Clear what a killed writer left. Raises Conflict if another one is at work."""
        with storage_errors(self.path):
            if (self.path / WRITING).is_dir():
                with writer_lock(self.path):
                    clear(self.path, read_manifest(self.path))

    def check(self, chain: str) -> None:
        """Hash every file of a chain. Raises Conflict if one is missing or was changed since it was written."""
        with storage_errors(self.path):
            self._check(self.record(chain).files)

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
