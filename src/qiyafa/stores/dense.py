"""The dense columns of a chain: kept ones if they are whole and fit the ledger, else built from Parquet and kept.

The evidence is checked either way: every Parquet part is hashed before columns are used, kept or built.
"""

import hashlib
import shutil
from pathlib import Path
from typing import Final

from qiyafa.model.columns import TransferColumns
from qiyafa.model.errors import Conflict
from qiyafa.model.ports import Progress
from qiyafa.stores.dense_build import build_columns
from qiyafa.stores.dense_files import load_columns, save_columns
from qiyafa.stores.disk import changed_files
from qiyafa.stores.layout import COLUMNS
from qiyafa.stores.locking import writer_lock
from qiyafa.stores.manifest import ChainRecord

DENSE_FORMAT: Final = "dense/1"
"""Changes whenever the meaning of a kept array does."""

_ASIDE: Final = "writing"


def dense_columns(ledger: Path, record: ChainRecord, progress: Progress) -> TransferColumns:
    """Return a chain's columns. Raises Conflict, naming the file, if a part was changed."""
    changed = changed_files(ledger, {part.path: part.sha256 for part in record.transfers()})
    if changed:
        raise Conflict("ledger.file.changed", path=str(ledger / changed[0]), ledger=str(ledger))
    folder = columns_folder(ledger, record)
    kept = load_columns(folder)
    if kept is not None:
        return kept
    columns = build_columns(ledger, record, progress)
    _keep(folder, columns)
    return columns


def columns_folder(ledger: Path, record: ChainRecord) -> Path:
    """Return where the columns of a chain are kept as its parts are now."""
    state = hashlib.sha256(DENSE_FORMAT.encode())
    for part in record.transfers():
        state.update(part.sha256.encode())
    state.update(record.ordered_by.encode())
    return ledger / COLUMNS / f"chain={record.chain}" / state.hexdigest()[:32]


def _keep(folder: Path, columns: TransferColumns) -> None:
    """Keep columns in place of older ones, if the folder can be written and nobody else is writing there."""
    aside = folder.parent / _ASIDE
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with writer_lock(folder.parent):
            for other in folder.parent.iterdir():
                if other.is_dir():
                    shutil.rmtree(other)
            try:
                aside.mkdir()
                save_columns(aside, columns)
                aside.rename(folder)
            except OSError:
                shutil.rmtree(aside, ignore_errors=True)
                raise
    except (OSError, Conflict):
        # Keeping columns only saves time: evidence on a read-only or full disk is traced all the same.
        return
