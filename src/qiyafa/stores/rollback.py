"""Drops everything above a block, for a chain whose node has another history from there on; and marks such chains.

A part that lies below the block stays as it is, one above it goes, and one that the block divides is written anew. The
manifest is switched once, so a kill at any moment leaves the ledger as it was or rolled back, never between.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from qiyafa.model.errors import Conflict, NotFound
from qiyafa.model.ledger import BlockCoverage, LedgerModel
from qiyafa.stores import layout
from qiyafa.stores.blocks import read_part, write_blocks
from qiyafa.stores.coverage import Coverage, read_coverage, write_coverage
from qiyafa.stores.disk import changed_files, storage_errors
from qiyafa.stores.head import chain_head
from qiyafa.stores.layout import WRITING
from qiyafa.stores.locking import writer_lock
from qiyafa.stores.manifest import BY_BLOCK, ChainRecord, Manifest, StoredFile, read_manifest
from qiyafa.stores.outputs_tables import SHAPES, write_part
from qiyafa.stores.part_writer import PartSizes, PartWriter
from qiyafa.stores.publish import begin, clear, publish

_BY_BLOCK: Final = (layout.TRANSFERS, *SHAPES, layout.BLOCKS)
"""The tables whose rows belong to a block; files of others stay as they are."""


@dataclass(frozen=True, slots=True)
class Rollback:
    """The request: keep one chain of a ledger up to a block, that block included."""

    ledger: Path
    chain: str
    last_block: int
    sizes: PartSizes = field(default_factory=PartSizes)


def roll_back(request: Rollback) -> Manifest:
    """Drop what lies above a block and return the new manifest; other chains and address coverage are not touched.

    Raises Conflict if the ledger is busy, if a file to be divided was changed, or if some transfers have no block.
    """
    with _switching(request.ledger) as switch:
        record = _known(switch.old, request.chain)
        if record.model == LedgerModel.ACCOUNTS and record.ordered_by != BY_BLOCK:
            raise Conflict("sync.error.without_blocks", chain=request.chain)
        switch.to(switch.old.with_chain(_rolled_back(request, record)))
    return switch.new


def mark_diverged(ledger: Path, chain: str, why: str) -> Manifest:
    """State why a chain cannot be trusted; an empty reason takes the mark away."""
    with _switching(ledger) as switch:
        switch.to(switch.old.with_chain(replace(_known(switch.old, chain), diverged=why)))
    return switch.new


@dataclass(slots=True)
class _Switch:
    ledger: Path
    old: Manifest
    new: Manifest

    def to(self, new: Manifest) -> None:
        """Publish a manifest in place of the old one."""
        publish(self.ledger, self.old, new)
        self.new = new


@contextmanager
def _switching(ledger: Path) -> Iterator[_Switch]:
    """Hold the ledger for one switch of its manifest."""
    with storage_errors(ledger), writer_lock(ledger):
        old = read_manifest(ledger)
        begin(ledger, old)
        try:
            yield _Switch(ledger, old, old)
        finally:
            clear(ledger, read_manifest(ledger))


def _known(manifest: Manifest, chain: str) -> ChainRecord:
    record = manifest.chains.get(chain)
    if record is None:
        raise NotFound("sync.error.no_chain", chain=chain)
    return record


def _rolled_back(request: Rollback, record: ChainRecord) -> ChainRecord:
    ledger, aside = request.ledger, request.ledger / WRITING
    coverage = tuple(file for file in record.files if file.table == layout.BLOCK_COVERAGE)
    spans = _kept_spans(read_coverage(ledger, coverage).blocks, request.last_block)
    tables = [_kept(request, record, table) for table in _BY_BLOCK]
    transfers, blocks = tables[0], tables[-1]
    rest = tuple(file for file in record.files if file.table not in {*_BY_BLOCK, layout.BLOCK_COVERAGE})
    dated = transfers if record.model == LedgerModel.ACCOUNTS else tables[1]
    return replace(
        record,
        head=chain_head(ledger, dated, blocks, spans, record.ordered_by),
        files=(
            *(file for table in tables for file in table),
            *rest,
            *write_coverage(request.chain, Coverage({}, spans), aside),
        ),
    )


def _kept_spans(spans: tuple[BlockCoverage, ...], last_block: int) -> tuple[BlockCoverage, ...]:
    return tuple(
        BlockCoverage(span.first_block, min(span.last_block, last_block))
        for span in spans
        if span.first_block <= last_block
    )


def _kept(request: Rollback, record: ChainRecord, table: str) -> tuple[StoredFile, ...]:
    """Return the parts of one table up to the block."""
    kept: list[StoredFile] = []
    for part in record.table(table):
        assert part.first_block is not None
        assert part.last_block is not None
        if part.last_block <= request.last_block:
            kept.append(part)
        elif part.first_block <= request.last_block:
            kept += _divided(request, part)
    return tuple(kept)


def _divided(request: Rollback, part: StoredFile) -> list[StoredFile]:
    """Write the rows of a part up to the block anew."""
    ledger, aside, sizes = request.ledger, request.ledger / WRITING, request.sizes
    if changed_files(ledger, {part.path: part.sha256}):
        raise Conflict("ledger.file.changed", path=str(ledger / part.path), ledger=str(ledger))
    path = ledger / part.path
    if part.table == layout.BLOCKS:
        rows = read_part(path)
        return write_blocks(request.chain, rows.filter(pc.field("number") <= request.last_block), aside, sizes)
    groups = _rows_up_to(path, request.last_block)
    if part.table == layout.TRANSFERS:
        with PartWriter(request.chain, BY_BLOCK, aside, sizes) as writer:
            for rows in groups:
                writer.write(rows)
            writer.close()
            return writer.take()
    written = write_part(request.chain, SHAPES[part.table], groups, aside, sizes.row_group_rows)
    return [] if written is None else [written]


def _rows_up_to(path: Path, last_block: int) -> Iterator[pa.Table]:
    with pq.ParquetFile(path) as file:
        for number in range(file.num_row_groups):
            rows = file.read_row_group(number).filter(pc.field("block_number") <= last_block)
            if len(rows):
                yield rows
