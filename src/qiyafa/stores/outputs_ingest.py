"""One ingest of a chain of outputs, from raw rows to the switched manifest, under the writer's lock."""

from dataclasses import dataclass, replace
from itertools import accumulate
from pathlib import Path

import numpy as np

from qiyafa.model.columns import I64
from qiyafa.model.errors import Conflict
from qiyafa.model.ledger import LedgerModel
from qiyafa.model.outputs import UNKNOWN_OUTPUT
from qiyafa.model.ports import Progress, silent
from qiyafa.model.raw import RawOutputs
from qiyafa.stores import layout
from qiyafa.stores.blocks import BlockParts, merge_blocks, read_block_files, whole_spans
from qiyafa.stores.coverage import merged_coverage, read_coverage, write_coverage
from qiyafa.stores.disk import changed_files, storage_errors
from qiyafa.stores.duck import session
from qiyafa.stores.head import chain_head
from qiyafa.stores.ingest import IngestReport
from qiyafa.stores.layout import WRITING
from qiyafa.stores.locking import writer_lock
from qiyafa.stores.manifest import BY_BLOCK, ChainRecord, Manifest, StoredFile, merged_sources, read_manifest
from qiyafa.stores.outputs_build import BuiltOutputs, build_outputs
from qiyafa.stores.outputs_columns import keep_outputs
from qiyafa.stores.outputs_kernels import NO_SUCH_OUTPUT, OTHER_VALUE, SPENT_BEFORE_CREATED, SPENT_TWICE
from qiyafa.stores.outputs_merge import MergedOutputs, OutputsWork, merge_outputs
from qiyafa.stores.outputs_problems import Problems
from qiyafa.stores.outputs_slices import SLICE_ROWS
from qiyafa.stores.part_schema import ROW_GROUP_ROWS
from qiyafa.stores.part_writer import PartSizes
from qiyafa.stores.publish import begin, clear, publish

_PROVIDES = ("fees", "native")
"""Whole transactions show every transfer of such a chain, and its fees."""

_FAULTS = {
    SPENT_TWICE: "ledger.conflict.spent_twice",
    NO_SUCH_OUTPUT: "ledger.conflict.no_such_output",
    SPENT_BEFORE_CREATED: "ledger.conflict.spent_before_created",
    OTHER_VALUE: "ledger.conflict.other_value",
}


@dataclass(frozen=True, slots=True)
class IngestOutputs:
    """The request: raw rows of one chain of outputs for one ledger."""

    ledger: Path
    raw: RawOutputs
    native_asset: str
    """CAIP-19 of the chain's only asset."""
    progress: Progress = silent
    slice_rows: int = SLICE_ROWS
    row_group_rows: int = ROW_GROUP_ROWS


def ingest_outputs(request: IngestOutputs) -> IngestReport:
    """Merge raw rows into a ledger. Rows in the report are transactions.

    Raises Conflict if the ledger is busy or damaged or if two blocks of one number meet, Unavailable if the disk fails.
    """
    ledger, chain = request.ledger, request.raw.chain
    with storage_errors(ledger), writer_lock(ledger):
        old = read_manifest(ledger)
        begin(ledger, old)
        try:
            before = old.chains.get(chain)
            _check(request, before)
            merged = _merged(request, before)
            plain = _record(request, before, merged)
            built = build_outputs(plain, lambda file: _where(ledger, file), request.progress)
            record = with_counts(plain, built)
            _report_faults(built, merged.problems)
            new = old.with_chain(record)
            publish(ledger, old, new)
        finally:
            clear(ledger, read_manifest(ledger))
        keep_outputs(ledger, record, built.columns)
    return _report(before, merged, new, chain)


def with_counts(record: ChainRecord, built: BuiltOutputs) -> ChainRecord:
    """Return the record with what only the whole chain shows: `unreconciled` transactions, `unresolved` inputs."""
    unresolved = np.flatnonzero(built.columns.spent_output == UNKNOWN_OUTPUT)
    counted = {
        **_counted(record.table(layout.TRANSACTIONS), "unreconciled", built.faults.unreconciled),
        **_counted(record.table(layout.INPUTS), "unresolved", unresolved),
    }
    return replace(record, files=tuple(counted.get(file.path, file) for file in record.files))


def _counted(parts: tuple[StoredFile, ...], name: str, rows: I64) -> dict[str, StoredFile]:
    """Return parts with so many of the numbered rows counted in each."""
    ends = np.fromiter(accumulate(part.rows for part in parts), np.int64, len(parts))
    counts = np.bincount(np.searchsorted(ends, rows, side="right"), minlength=len(parts)).tolist()
    counted = {}
    for part, count in zip(parts, counts, strict=True):
        others = {key: value for key, value in part.counts.items() if key != name}
        counted[part.path] = replace(part, counts={**others, **({name: count} if count else {})})
    return counted


def _check(request: IngestOutputs, record: ChainRecord | None) -> None:
    """Refuse to build on files that were changed: a merge would give them a new, valid hash."""
    if record is None:
        return
    if record.native_asset != request.native_asset:
        raise Conflict("ledger.native_asset", chain=record.chain, known=record.native_asset, given=request.native_asset)
    if record.model != LedgerModel.OUTPUTS:
        raise Conflict("ledger.other_model", chain=record.chain)
    changed = changed_files(request.ledger, {file.path: file.sha256 for file in record.files})
    if changed:
        raise Conflict("ledger.file.changed", path=str(request.ledger / changed[0]), ledger=str(request.ledger))


def _merged(request: IngestOutputs, record: ChainRecord | None) -> MergedOutputs:
    with session(request.ledger / WRITING / "spill") as connection:
        work = OutputsWork(
            connection=connection,
            ledger=request.ledger,
            record=record,
            raw=request.raw,
            aside=request.ledger / WRITING,
            slice_rows=request.slice_rows,
            row_group_rows=request.row_group_rows,
            progress=request.progress,
        )
        return merge_outputs(work)


def _record(request: IngestOutputs, record: ChainRecord | None, merged: MergedOutputs) -> ChainRecord:
    raw, aside = request.raw, request.ledger / WRITING
    known = read_coverage(request.ledger, () if record is None else record.files)
    new_blocks = read_block_files(raw.block_files)
    coverage = merged_coverage(known, raw.address_coverage, [*raw.block_coverage, *whole_spans(new_blocks)])
    stored = BlockParts(request.ledger, raw.chain, () if record is None else record.table(layout.BLOCKS))
    blocks = merge_blocks(stored, new_blocks, aside, PartSizes(row_group_rows=request.row_group_rows))
    transactions = tuple(file for file in merged.files if file.table == layout.TRANSACTIONS)
    return ChainRecord(
        chain=raw.chain,
        native_asset=request.native_asset,
        ordered_by=BY_BLOCK,
        head=chain_head(request.ledger, transactions, blocks, coverage.blocks, BY_BLOCK),
        provides=_PROVIDES,
        sources=merged_sources(record.sources if record else (), raw.sources),
        files=(*merged.files, *blocks, *write_coverage(raw.chain, coverage, aside)),
        model=LedgerModel.OUTPUTS.value,
        diverged="" if record is None else record.diverged,
    )


def _where(ledger: Path, file: StoredFile) -> Path:
    """Return where a file lies before the switch: aside if it was just written."""
    aside = ledger / WRITING / Path(file.path).name
    return aside if aside.exists() else ledger / file.path


def _report_faults(built: BuiltOutputs, problems: Problems) -> None:
    """Report what cannot be, in ledger order, whether it came now or before: it stays wrong until a source mends it."""
    columns, faults = built.columns, built.faults
    spenders = np.searchsorted(columns.first_input, faults.inputs, side="right") - 1
    places = faults.inputs - columns.first_input[spenders]
    found = list(zip(spenders.tolist(), places.tolist(), faults.input_faults.tolist(), strict=True))
    found += [(transaction, -1, 0) for transaction in faults.unreconciled.tolist()]
    for transaction, place, fault in sorted(found):
        transaction_hash = columns.hashes.text(transaction)
        if fault:
            problems.add(_FAULTS[fault], transaction_hash, index=place)
        else:
            problems.add("ledger.conflict.unreconciled", transaction_hash)


def _report(before: ChainRecord | None, merged: MergedOutputs, new: Manifest, chain: str) -> IngestReport:
    after = new.chains[chain]
    return IngestReport(
        chain=chain,
        rows_read=merged.rows_read,
        rows_added=after.rows() - (0 if before is None else before.rows()),
        rows_total=after.rows(),
        head_block=after.head.block_number,
        manifest_sha256=new.sha256,
        conflicts=tuple(merged.problems.listed),
        conflict_count=merged.problems.count,
    )
