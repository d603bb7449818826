"""The columns that a trace walks, whatever way a chain keeps its money."""

from qiyafa.model.columns import TransferColumns
from qiyafa.model.ledger import LedgerModel
from qiyafa.model.ports import Progress, silent
from qiyafa.stores.parquet_duckdb import ParquetLedger
from qiyafa.trace.lowering import lowered


def traceable_columns(ledger: ParquetLedger, chain: str, progress: Progress = silent) -> TransferColumns:
    """Return a chain's rows; the transactions of a chain of outputs are lowered to rows."""
    if ledger.record(chain).model == LedgerModel.OUTPUTS:
        return lowered(ledger.outputs(chain, progress))
    return ledger.columns(chain, progress)
