"""One ingest from raw rows to the switched manifest, under the writer's lock."""

from dataclasses import dataclass, field
from pathlib import Path

from qiyafa.model.errors import Conflict, Problem
from qiyafa.model.ledger import LedgerModel
from qiyafa.model.ports import Progress, silent
from qiyafa.model.raw import RawTransfers
from qiyafa.stores.blocks import BlockParts, merge_blocks, read_block_files, whole_spans
from qiyafa.stores.coverage import merged_coverage, read_coverage, write_coverage
from qiyafa.stores.disk import changed_files, storage_errors
from qiyafa.stores.duck import session
from qiyafa.stores.head import chain_head
from qiyafa.stores.layout import ADDRESS_COVERAGE, BLOCK_COVERAGE, BLOCKS, TOKENS, TRANSFERS, WRITING
from qiyafa.stores.locking import writer_lock
from qiyafa.stores.manifest import ChainRecord, Manifest, StoredFile, merged_sources, read_manifest
from qiyafa.stores.merge import Merged, Work, merge_transfers
from qiyafa.stores.part_writer import PartSizes
from qiyafa.stores.publish import begin, clear, publish
from qiyafa.stores.tokens import merged_tokens, read_token_files, read_tokens, write_tokens


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
    if record.model != LedgerModel.ACCOUNTS:
        raise Conflict("ledger.other_model", chain=record.chain)
    changed = changed_files(request.ledger, {file.path: file.sha256 for file in record.files})
    if changed:
        raise Conflict("ledger.file.changed", path=str(request.ledger / changed[0]), ledger=str(request.ledger))


def _record(request: Ingest, record: ChainRecord | None, merged: Merged) -> ChainRecord:
    raw, ledger = request.raw, request.ledger
    known = read_coverage(ledger, () if record is None else record.files)
    new_blocks = read_block_files(raw.block_files)
    coverage = merged_coverage(known, raw.address_coverage, [*raw.block_coverage, *whole_spans(new_blocks)])
    stored = BlockParts(ledger, raw.chain, () if record is None else record.table(BLOCKS))
    blocks = merge_blocks(stored, new_blocks, ledger / WRITING, request.sizes)
    return ChainRecord(
        chain=raw.chain,
        native_asset=request.native_asset,
        ordered_by=merged.ordered_by,
        head=chain_head(ledger, merged.parts, blocks, coverage.blocks, merged.ordered_by),
        provides=tuple(sorted({*(record.provides if record else ()), *raw.provides})),
        sources=merged_sources(record.sources if record else (), raw.sources),
        files=(
            *merged.parts,
            *blocks,
            *_others(record),
            *_tokens(request, record),
            *write_coverage(raw.chain, coverage, ledger / WRITING),
        ),
        diverged="" if record is None else record.diverged,
    )


def _tokens(request: Ingest, record: ChainRecord | None) -> tuple[StoredFile, ...]:
    """Return the table of tokens with what was newly said of them."""
    stored = () if record is None else record.table(TOKENS)
    if not request.raw.token_files:
        return stored
    known = read_tokens(request.ledger, stored)
    tokens = merged_tokens([*known.values(), *read_token_files(request.raw.token_files)])
    return write_tokens(request.raw.chain, tokens, request.ledger / WRITING)


def _others(record: ChainRecord | None) -> tuple[StoredFile, ...]:
    """Return the files of tables that an ingest does not know."""
    written = {TRANSFERS, BLOCKS, TOKENS, ADDRESS_COVERAGE, BLOCK_COVERAGE}
    return () if record is None else tuple(file for file in record.files if file.table not in written)


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
