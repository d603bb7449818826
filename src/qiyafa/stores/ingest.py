"""One ingest from raw rows to the switched manifest, under the writer's lock."""

from dataclasses import dataclass, field
from pathlib import Path

import pyarrow.parquet as pq

from qiyafa.model.errors import Conflict, Problem
from qiyafa.model.ports import Progress, silent
from qiyafa.model.raw import RawTransfers
from qiyafa.stores.coverage import Coverage, merged_coverage, read_coverage, write_coverage
from qiyafa.stores.disk import changed_files, storage_errors
from qiyafa.stores.duck import session
from qiyafa.stores.layout import WRITING
from qiyafa.stores.locking import writer_lock
from qiyafa.stores.manifest import BY_BLOCK, ChainRecord, Head, Manifest, merged_sources, read_manifest
from qiyafa.stores.merge import Merged, Work, merge_transfers
from qiyafa.stores.part_writer import PartSizes
from qiyafa.stores.publish import begin, clear, publish


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What one ingest did. When it is returned, the ledger is on the disk."""

    chain: str
    rows_read: int
    rows_added: int
    """Transfers the ledger did not have before; negative if rows without a number gave way to numbered ones."""
    rows_total: int
    head_block: int | None
    manifest_sha256: str
    conflicts: tuple[Problem, ...]
    """Sources that contradict each other; the first thousand."""
    conflict_count: int


@dataclass(frozen=True, slots=True)
class Ingest:
    """The request: raw rows of one chain for one ledger."""

    ledger: Path
    raw: RawTransfers
    native_asset: str
    """CAIP-19 of what fees are paid in."""
    progress: Progress = silent
    sizes: PartSizes = field(default_factory=PartSizes)


def ingest(request: Ingest) -> IngestReport:
    """Merge raw rows into a ledger. Raises Conflict if it is busy or damaged, Unavailable if the disk fails."""
    ledger = request.ledger
    with storage_errors(ledger), writer_lock(ledger):
        old = read_manifest(ledger)
        begin(ledger, old)
        try:
            with session(ledger / WRITING / "spill") as connection:
                record = old.chains.get(request.raw.chain)
                _check(request, record)
                work = Work(
                    connection=connection,
                    ledger=ledger,
                    chain=request.raw.chain,
                    record=record,
                    raw_files=request.raw.parquet_files,
                    aside=ledger / WRITING,
                    sizes=request.sizes,
                    progress=request.progress,
                )
                merged = merge_transfers(work)
            new = old.with_chain(_record(request, record, merged))
            publish(ledger, old, new)
        finally:
            clear(ledger, read_manifest(ledger))
    return _report(request.raw.chain, record, merged, new)


def _check(request: Ingest, record: ChainRecord | None) -> None:
    """Refuse to build on files that were changed: a merge would give them a new, valid hash."""
    if record is None:
        return
    if record.native_asset != request.native_asset:
        raise Conflict("ledger.native_asset", chain=record.chain, known=record.native_asset, given=request.native_asset)
    changed = changed_files(request.ledger, {file.path: file.sha256 for file in record.files})
    if changed:
        raise Conflict("ledger.file.changed", path=str(request.ledger / changed[0]), ledger=str(request.ledger))


def _record(request: Ingest, record: ChainRecord | None, merged: Merged) -> ChainRecord:
    raw, ledger = request.raw, request.ledger
    known = read_coverage(ledger, () if record is None else record.files)
    coverage = merged_coverage(known, raw.address_coverage, raw.block_coverage)
    return ChainRecord(
        chain=raw.chain,
        native_asset=request.native_asset,
        ordered_by=merged.ordered_by,
        head=_head(ledger, merged, coverage),
        provides=tuple(sorted({*(record.provides if record else ()), *raw.provides})),
        sources=merged_sources(record.sources if record else (), raw.sources),
        files=(*merged.parts, *write_coverage(raw.chain, coverage, ledger / WRITING)),
    )


def _head(ledger: Path, merged: Merged, coverage: Coverage) -> Head:
    """Return the last block: that of the last transfer, or a later one that a source holds whole."""
    block = max((part.last_block for part in merged.parts if part.last_block is not None), default=None)
    time = _time_of_last_block(ledger, merged) if block is not None else None
    covered = max((span.last_block for span in coverage.blocks), default=None)
    if covered is not None and (block is None or covered > block):
        return Head(covered, None)
    return Head(block, time)


def _time_of_last_block(ledger: Path, merged: Merged) -> int | None:
    last = merged.parts[-1]
    if merged.ordered_by != BY_BLOCK:
        return last.last_time
    written = ledger / WRITING / Path(last.path).name
    file = pq.ParquetFile(written if written.exists() else ledger / last.path)
    rows = file.read_row_group(file.num_row_groups - 1, columns=["time"])
    time: int | None = rows["time"][-1].as_py()
    return time


def _report(chain: str, before: ChainRecord | None, merged: Merged, new: Manifest) -> IngestReport:
    after = new.chains[chain]
    return IngestReport(
        chain=chain,
        rows_read=merged.rows_read,
        rows_added=after.rows() - (0 if before is None else before.rows()),
        rows_total=after.rows(),
        head_block=after.head.block_number,
        manifest_sha256=new.sha256,
        conflicts=merged.conflicts,
        conflict_count=merged.conflict_count,
    )
