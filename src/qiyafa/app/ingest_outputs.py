"""From files with blocks of a chain of outputs to a ledger."""

from pathlib import Path

from qiyafa.app.ingest import Ingested, ingest_reading
from qiyafa.chains import find_network
from qiyafa.chains.outputs.network import chain_of
from qiyafa.chains.readers.bitcoin_blk.reader import BlockPaths, read_bitcoin_blk
from qiyafa.model.ports import Progress, silent


def ingest_bitcoin_blk(request: BlockPaths, chain: str, ledger: Path, *, progress: Progress = silent) -> Ingested:
    """Take blocks into a ledger, which is made if it is missing. `chain` is a network's name or its CAIP-2.

    Raises InvalidInput or NotFound for files that cannot be read as blocks of that chain, Conflict if the ledger is
    busy or damaged, Unavailable if the disk fails. The ledger is then as it was.
    """
    network = find_network(chain)
    request.total_bytes()  # A name mistyped must not leave a ledger behind.
    return ingest_reading(
        chain_of(network),
        ledger,
        lambda scratch: read_bitcoin_blk(request, network, scratch, progress),
        progress=progress,
    )
