"""The columns of a chain of outputs: kept ones if they are whole and fit the ledger, else built and kept.

The evidence is checked either way: every Parquet part is hashed before columns are used, kept or built.
"""

from pathlib import Path
from typing import Final

from qiyafa.model.errors import Conflict
from qiyafa.model.outputs import OutputColumns
from qiyafa.model.ports import Progress
from qiyafa.stores.disk import changed_files
from qiyafa.stores.kept import keep, kept_folder
from qiyafa.stores.manifest import ChainRecord
from qiyafa.stores.outputs_build import build_outputs
from qiyafa.stores.outputs_files import load_outputs, save_outputs
from qiyafa.stores.outputs_tables import output_files

OUTPUTS_FORMAT: Final = "outputs/1"
"""Changes whenever the meaning of a kept array does."""


def output_columns(ledger: Path, record: ChainRecord, progress: Progress) -> OutputColumns:
    """Return a chain's columns. Raises Conflict, naming the file, if a part was changed."""
    changed = changed_files(ledger, {file.path: file.sha256 for file in output_files(record)})
    if changed:
        raise Conflict("ledger.file.changed", path=str(ledger / changed[0]), ledger=str(ledger))
    kept = load_outputs(outputs_folder(ledger, record))
    if kept is not None:
        return kept
    columns = build_outputs(record, lambda file: ledger / file.path, progress).columns
    keep_outputs(ledger, record, columns)
    return columns


def outputs_folder(ledger: Path, record: ChainRecord) -> Path:
    """Return where the columns of a chain are kept as its parts are now."""
    return kept_folder(ledger, record.chain, (OUTPUTS_FORMAT, *(file.sha256 for file in output_files(record))))


def keep_outputs(ledger: Path, record: ChainRecord, columns: OutputColumns) -> None:
    """Keep columns beside the ledger."""
    keep(outputs_folder(ledger, record), lambda folder: save_outputs(folder, columns))
