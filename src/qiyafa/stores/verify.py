"""Checks a ledger file by file: what is missing, changed, unexpected, or not what the manifest says of it.

Parquet does not notice bit rot by itself, so every file is hashed. A file whose hash is right is then read far
enough to see that its rows are as many, and in the order, that the manifest promises.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from qiyafa.model.columns import UNKNOWN_TIME
from qiyafa.model.errors import Field
from qiyafa.model.ports import Progress, silent
from qiyafa.stores import layout
from qiyafa.stores.dense_files import META, damaged_columns
from qiyafa.stores.disk import sha256_of, storage_errors
from qiyafa.stores.kept import ASIDE
from qiyafa.stores.manifest import (
    BY_BLOCK,
    ChainRecord,
    Manifest,
    StoredFile,
    despite_damage,
    from_content,
    manifest_data,
)
from qiyafa.stores.part_writer import sort_keys
from qiyafa.stores.publish import journaled
from qiyafa.stores.sealed import BrokenSealError, unsealed

_STAGE = "ledger.progress.verifying"
_ORDERED = (layout.TRANSFERS, layout.TRANSACTIONS, layout.INPUTS, layout.OUTPUTS)


@dataclass(frozen=True, slots=True)
class Damage:
    """One file that is not as it was written."""

    path: str
    """Inside the ledger's folder."""
    key: str
    """The sentence in the text catalogue."""
    fields: dict[str, Field] = field(default_factory=dict)


def verify_ledger(ledger: Path, progress: Progress = silent) -> tuple[Damage, ...]:
    """Return everything that is damaged, a changed manifest included. Raises NotFound if there is no ledger."""
    with storage_errors(ledger):
        return tuple(_damages(ledger, progress))


def _damages(ledger: Path, progress: Progress) -> Iterator[Damage]:
    data = manifest_data(ledger)
    manifest: Manifest | None
    try:
        manifest = from_content(unsealed(data), data)
    except BrokenSealError:
        yield Damage(layout.MANIFEST, "ledger.damage.manifest")
        manifest = despite_damage(data)
    if manifest is None:
        return
    told = _Told(progress, sum(file.bytes for file in manifest.files().values()))
    for record in manifest.chains.values():
        sound = True
        for file in record.files:
            for damage in _damage_of(ledger, record, file, told.more):
                sound = False
                yield damage
        if sound:
            yield from _overlaps(record)
    yield from _unexpected(ledger, manifest)
    yield from _columns(ledger)


@dataclass(slots=True)
class _Told:
    progress: Progress
    total: int
    done: int = 0

    def more(self, size: int) -> None:
        """Say that so many more bytes are read."""
        self.done += size
        self.progress(_STAGE, self.done, self.total)


def _damage_of(ledger: Path, record: ChainRecord, file: StoredFile, told: Callable[[int], None]) -> Iterator[Damage]:
    path = ledger / file.path
    if not path.is_file():
        yield Damage(file.path, "ledger.damage.missing")
        return
    if sha256_of(path, told) != file.sha256:
        yield Damage(file.path, "ledger.damage.changed")
        return
    parquet = pq.ParquetFile(path)
    if parquet.metadata.num_rows != file.rows:
        fields: dict[str, Field] = {"rows": parquet.metadata.num_rows, "expected": file.rows}
        yield Damage(file.path, "ledger.damage.rows", fields)
    if file.table in _ORDERED and not _is_sorted(parquet, record.ordered_by):
        yield Damage(file.path, "ledger.damage.order")


def _is_sorted(parquet: pq.ParquetFile, ordered_by: str) -> bool:
    last = UNKNOWN_TIME
    name = "block_number" if ordered_by == BY_BLOCK else "time"
    for number in range(parquet.num_row_groups):
        keys = sort_keys(parquet.read_row_group(number, columns=[name]), ordered_by)
        if len(keys) and (keys[0] < last or np.any(keys[1:] < keys[:-1])):
            return False
        last = int(keys[-1]) if len(keys) else last
    return True


def _overlaps(record: ChainRecord) -> Iterator[Damage]:
    """Name parts that begin before the one before them ends."""
    for before, after in (pair for table in _ORDERED for pair in pairwise(record.table(table))):
        if record.ordered_by == BY_BLOCK:
            ends, begins = before.last_block, after.first_block
        else:
            ends, begins = before.last_time, after.first_time
        if ends is not None and begins is not None and begins <= ends:
            yield Damage(after.path, "ledger.damage.overlap", {"other": before.path})


def _unexpected(ledger: Path, manifest: Manifest) -> Iterator[Damage]:
    # What a running or killed ingest announced in its journal is no damage: the next ingest clears it.
    expected = manifest.files().keys() | journaled(ledger)
    for path in layout.stored_paths(ledger):
        if path not in expected:
            yield Damage(path, "ledger.damage.unexpected")


def _columns(ledger: Path) -> Iterator[Damage]:
    for meta in sorted((ledger / layout.COLUMNS).glob(f"chain=*/*/{META}")):
        # What a killed run left half written is no damage: nothing reads it, and the next run clears it.
        for name in () if meta.parent.name == ASIDE else damaged_columns(meta.parent):
            yield Damage((meta.parent / name).relative_to(ledger).as_posix(), "ledger.damage.columns")
