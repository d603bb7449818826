"""Appends whole new blocks above the head of a chain of accounts: small new parts, and no other file is read.

The merge of an ingest weighs every row against what the ledger holds. Blocks that follow the stored head need none of
it: the chain itself says that they repeat nothing. They are numbered by `append_rows`, written beside the old parts,
and published by the same rules, so that a kill at any moment leaves the old or the new ledger. The content is the same
as after an ingest of the same blocks. Old parts are not hashed again: that is done when a ledger is opened.
"""

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

from qiyafa.model.errors import Conflict
from qiyafa.model.ledger import LedgerModel
from qiyafa.model.raw import RawTransfers
from qiyafa.stores import layout
from qiyafa.stores.append_rows import concatenated, numbered_rows
from qiyafa.stores.blocks import block_numbers, head_of, read_block_files, read_part, whole_spans, write_blocks
from qiyafa.stores.compaction import parts_to_join
from qiyafa.stores.coverage import Coverage, merged_coverage, read_coverage, write_coverage
from qiyafa.stores.disk import changed_files, storage_errors
from qiyafa.stores.layout import WRITING
from qiyafa.stores.locking import writer_lock
from qiyafa.stores.manifest import BY_BLOCK, ChainRecord, Head, Manifest, StoredFile, merged_sources, read_manifest
from qiyafa.stores.part_writer import PartSizes, PartWriter
from qiyafa.stores.publish import begin, clear, publish

_GROWING: Final = {layout.TRANSFERS, layout.BLOCKS, layout.BLOCK_COVERAGE}
"""The tables that new blocks add to; files of all others stay as they are."""


@dataclass(frozen=True, slots=True)
class Append:
    """The request: whole blocks of one chain of accounts for one ledger."""

    ledger: Path
    raw: RawTransfers
    native_asset: str
    """CAIP-19 of what fees are paid in."""
    sizes: PartSizes = field(default_factory=PartSizes)


@dataclass(frozen=True, slots=True)
class Appended:
    """What one append did. When it is returned, the ledger is on the disk."""

    transfers: pa.Table
    """The new transfers in ledger order, columns `tables.TRANSFERS`."""
    head: Head
    manifest: Manifest


@dataclass(frozen=True, slots=True)
class _NewBlocks:
    transfers: pa.Table
    blocks: pa.Table


def append(request: Append) -> Appended | None:
    """Append blocks to a ledger; None, and nothing is done, if they need an ingest.

    Raises Conflict if the ledger is busy, if the blocks contradict each other, or if they do not follow the head;
    Unavailable if the disk fails.
    """
    ledger, raw = request.ledger, request.raw
    with storage_errors(ledger):
        new = _new_blocks(raw)
        if new is None:
            return None
        with writer_lock(ledger):
            old = read_manifest(ledger)
            record = old.chains.get(raw.chain)
            if not _lies_above(record, new, request):
                return None
            begin(ledger, old)
            try:
                manifest = old.with_chain(_record(request, record, new))
                publish(ledger, old, manifest)
            finally:
                clear(ledger, read_manifest(ledger))
    return Appended(new.transfers, manifest.chains[raw.chain].head, manifest)


def _new_blocks(raw: RawTransfers) -> _NewBlocks | None:
    """Return what a reader found, numbered; None if it is not whole blocks alone."""
    blocks = read_block_files(raw.block_files)
    if not len(blocks) or raw.address_coverage or raw.token_files:
        return None
    transfers = numbered_rows(concatenated([_read(Path(path)) for path in raw.parquet_files]))
    if transfers is None:
        return None
    numbers = set(block_numbers(blocks).tolist())
    if not numbers.issuperset(transfers["block_number"].unique().to_pylist()):
        return None
    return _NewBlocks(transfers, blocks)


def _lies_above(record: ChainRecord | None, new: _NewBlocks, request: Append) -> bool:
    """Say whether blocks can be put after all that a chain holds."""
    if record is None:
        return True
    if record.native_asset != request.native_asset:
        raise Conflict("ledger.native_asset", chain=record.chain, known=record.native_asset, given=request.native_asset)
    if record.ordered_by != BY_BLOCK or record.model != LedgerModel.ACCOUNTS or not _is_whole(record):
        return False
    first = int(block_numbers(new.blocks)[0])
    head = record.head
    if head.block_number is None:
        return True
    if first <= head.block_number:
        return False
    parent = new.blocks["parent_hash"][0].as_py()
    if first == head.block_number + 1 and head.hash is not None and parent and parent != head.hash:
        raise Conflict(
            "sync.blocks.unlinked", block=first, hash=new.blocks["hash"][0].as_py(), other=head.hash, parent=parent
        )
    return True


def _is_whole(record: ChainRecord) -> bool:
    """Say whether every transfer lies in a stretch of blocks that a source held whole.

    Elsewhere a transfer may be that of a transaction which a reorganization moved: only a merge finds it.
    """
    blocks = record.table(layout.BLOCKS)
    transfers = record.transfers()
    if not transfers:
        return True
    first, last = transfers[0].first_block, transfers[-1].last_block
    if first is None or last is None or not blocks:
        return False
    within = [part for part in blocks if part.first_block is not None and part.last_block is not None]
    begins, ends = within[0].first_block, within[-1].last_block
    assert begins is not None
    assert ends is not None
    has_no_gap = sum(part.rows for part in within) == ends - begins + 1
    return has_no_gap and begins <= first and last <= ends


def _record(request: Append, record: ChainRecord | None, new: _NewBlocks) -> ChainRecord:
    raw = request.raw
    if record is None:
        record = ChainRecord(raw.chain, request.native_asset, BY_BLOCK, Head(), (), (), ())
    coverage = [file for file in record.files if file.table == layout.BLOCK_COVERAGE]
    kept = [file for file in record.files if file.table not in _GROWING]
    known = Coverage({}, read_coverage(request.ledger, coverage).blocks)
    blocks = merged_coverage(known, (), [*raw.block_coverage, *whole_spans(new.blocks)])
    return replace(
        record,
        head=head_of(new.blocks),
        provides=tuple(sorted({*record.provides, *raw.provides})),
        sources=merged_sources(record.sources, raw.sources),
        files=(
            *_transfer_parts(request, record.transfers(), new.transfers),
            *_block_parts(request, record.table(layout.BLOCKS), new.blocks),
            *kept,
            *write_coverage(raw.chain, blocks, request.ledger / WRITING),
        ),
    )


def _transfer_parts(request: Append, parts: tuple[StoredFile, ...], rows: pa.Table) -> tuple[StoredFile, ...]:
    if not len(rows):
        return parts
    with PartWriter(request.raw.chain, BY_BLOCK, request.ledger / WRITING, request.sizes) as writer:
        writer.write(rows)
        writer.close()
        parts = (*parts, *writer.take())
        joined = parts_to_join(parts, request.sizes.part_rows)
        if joined:
            for part in parts[-joined:]:
                writer.write(_read(_sound(request.ledger, part)))
            writer.close()
            parts = (*parts[:-joined], *writer.take())
    return parts


def _block_parts(request: Append, parts: tuple[StoredFile, ...], rows: pa.Table) -> tuple[StoredFile, ...]:
    chain, aside = request.raw.chain, request.ledger / WRITING
    parts = (*parts, *write_blocks(chain, rows, aside, request.sizes))
    joined = parts_to_join(parts, request.sizes.part_rows)
    if joined:
        rows = pa.concat_tables([read_part(_sound(request.ledger, part)) for part in parts[-joined:]])
        parts = (*parts[:-joined], *write_blocks(chain, rows, aside, request.sizes))
    return parts


def _read(path: Path) -> pa.Table:
    with pq.ParquetFile(path) as file:
        return file.read(use_threads=False)


def _sound(ledger: Path, part: StoredFile) -> Path:
    """Return where a part lies that is about to be written anew: its content must not get a new, valid hash unseen."""
    written = ledger / WRITING / Path(part.path).name
    if written.exists():
        return written
    if changed_files(ledger, {part.path: part.sha256}):
        raise Conflict("ledger.file.changed", path=str(ledger / part.path), ledger=str(ledger))
    return ledger / part.path
