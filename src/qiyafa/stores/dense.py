"""The dense columns of a chain: kept ones if they are whole and fit the ledger, else built from Parquet and kept.

The evidence is checked either way: every Parquet part is hashed before columns are given out, kept or built.
"""

from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Final

from qiyafa.model.columns import TransferColumns
from qiyafa.model.errors import Conflict
from qiyafa.model.ports import Progress
from qiyafa.stores.dense_build import build_columns
from qiyafa.stores.dense_files import load_columns, save_columns
from qiyafa.stores.disk import changed_files
from qiyafa.stores.kept import keep, kept_folder
from qiyafa.stores.manifest import ChainRecord

DENSE_FORMAT: Final = "dense/2"
"""Changes whenever the meaning of a kept array does."""


def dense_columns(ledger: Path, record: ChainRecord, progress: Progress) -> tuple[TransferColumns, Future[None] | None]:
    """Return a chain's columns and, if they had to be built, the keeping of them, which goes on in another thread.

    Raises Conflict, naming the file, if a part was changed.
    """
    folder = columns_folder(ledger, record)
    with ThreadPoolExecutor(1) as pool:
        check = pool.submit(_check_parts, ledger, record)
        try:
            kept = load_columns(folder)
            columns = kept if kept is not None else build_columns(ledger, record, progress)
        finally:
            # Nothing built from a changed part leaves here, and what it broke is told as the change that it is.
            check.result()
    if kept is not None:
        return kept, None
    pool = ThreadPoolExecutor(1)
    keeping = pool.submit(keep, folder, lambda aside: save_columns(aside, columns))
    pool.shutdown(wait=False)
    return columns, keeping


def _check_parts(ledger: Path, record: ChainRecord) -> None:
    changed = changed_files(ledger, {part.path: part.sha256 for part in record.transfers()})
    if changed:
        raise Conflict("ledger.file.changed", path=str(ledger / changed[0]), ledger=str(ledger))


def columns_folder(ledger: Path, record: ChainRecord) -> Path:
    """Return where the columns of a chain are kept as its parts are now."""
    parts = (part.sha256 for part in record.transfers())
    return kept_folder(ledger, record.chain, (DENSE_FORMAT, *parts, record.ordered_by))
