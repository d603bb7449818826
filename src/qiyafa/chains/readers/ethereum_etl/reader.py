"""From files of ethereum-etl to raw transfers: the tables in the order in which they need each other."""

from dataclasses import dataclass
from pathlib import Path

from qiyafa.chains.chain import Chain
from qiyafa.chains.readers.ethereum_etl.coverage import read_coverage
from qiyafa.chains.readers.ethereum_etl.logs import read_logs
from qiyafa.chains.readers.ethereum_etl.receipts import read_receipts
from qiyafa.chains.readers.ethereum_etl.run import Run
from qiyafa.chains.readers.ethereum_etl.token_transfers import read_token_transfers
from qiyafa.chains.readers.ethereum_etl.traces import read_traces
from qiyafa.chains.readers.ethereum_etl.transactions import read_transactions
from qiyafa.chains.readers.reading import Reading, joined
from qiyafa.chains.readers.source_file import size_of
from qiyafa.chains.readers.tabular.scratch import Scratch
from qiyafa.model.errors import InvalidInput
from qiyafa.model.ports import Progress, silent
from qiyafa.model.raw import RawTransfers


@dataclass(frozen=True, slots=True)
class EthereumEtlFiles:
    """The files of one run, by table; each CSV (gzip too) or Parquet."""

    transactions: tuple[Path, ...] = ()
    receipts: tuple[Path, ...] = ()
    token_transfers: tuple[Path, ...] = ()
    traces: tuple[Path, ...] = ()
    logs: tuple[Path, ...] = ()
    coverage: Path | None = None

    def all(self) -> tuple[Path, ...]:
        """Return every file."""
        coverage = () if self.coverage is None else (self.coverage,)
        return (*self.transactions, *self.receipts, *self.token_transfers, *self.traces, *self.logs, *coverage)

    def total_bytes(self) -> int:
        """Return the size of all files. Raises InvalidInput or NotFound if they cannot be read as one run."""
        if not self.all():
            raise InvalidInput("chains.error.no_files")
        if self.receipts and not self.transactions:
            raise InvalidInput("chains.error.receipts_alone")
        return sum(size_of(path) for path in self.all())


def read_ethereum_etl(
    files: EthereumEtlFiles, chain: Chain, scratch_folder: Path, progress: Progress = silent
) -> Reading:
    """Read the files and write their transfers as Parquet into an empty folder that the caller removes.

    Raises InvalidInput or NotFound for a file that cannot be read as its table, Unavailable if the disk fails.
    """
    total_bytes = files.total_bytes()
    with Scratch(scratch_folder) as scratch:
        run = Run(chain, scratch, progress, total_bytes)
        read_receipts(run, files.receipts)
        read_transactions(run, files.transactions, are_traced=bool(files.traces))
        read_traces(run, files.traces)
        read_logs(run, files.logs)
        read_token_transfers(run, files.token_transfers)
        addresses, blocks = read_coverage(run, files.coverage)
    problems, problem_count = joined(run.problems)
    raw = RawTransfers(
        chain=chain.caip2,
        parquet_files=tuple(scratch.parquet_files),
        sources=tuple(run.sources),
        provides=frozenset(run.provides),
        address_coverage=addresses,
        block_coverage=blocks,
    )
    return Reading(raw, problems, problem_count)
