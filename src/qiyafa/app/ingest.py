"""From a user's files to a ledger: read them into a scratch folder, merge what was read, and say what happened."""

import fcntl
import json
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from qiyafa.app.files import written_aside
from qiyafa.app.ledger import KNOWLEDGE
from qiyafa.chains.chain import Chain
from qiyafa.chains.readers import READERS
from qiyafa.chains.readers.ethereum_etl.reader import EthereumEtlFiles, read_ethereum_etl
from qiyafa.chains.readers.etherscan.decimals import read_decimals
from qiyafa.chains.readers.etherscan.reader import EtherscanFiles, read_etherscan
from qiyafa.chains.readers.reading import OutputsReading, Reading
from qiyafa.model.errors import Problem, Unavailable
from qiyafa.model.ledger import LedgerModel
from qiyafa.model.ports import Progress, silent
from qiyafa.model.raw import SourceFile
from qiyafa.stores.ingest import IngestReport
from qiyafa.stores.parquet_duckdb import ParquetLedger
from qiyafa.text import text

_SCRATCH: Final = ".reading-"
"""What the name of a scratch folder begins with; it lies in the ledger, hence on the same disk."""


@dataclass(frozen=True, slots=True)
class Ingested:
    """What became of a user's files. The ledger is on the disk."""

    report: IngestReport
    sources: tuple[SourceFile, ...]
    problems: tuple[Problem, ...]
    """Bad rows in the order of the files, at most a thousand a file, then conflicts with what was there before."""
    problem_count: int
    """All of them, those that were not kept included."""
    lacks: tuple[str, ...]
    """What the ledger still does not have of the chain: `native`, `fees`, `internal`, `tokens`."""
    model: LedgerModel = LedgerModel.ACCOUNTS


def ingest_ethereum_etl(files: EthereumEtlFiles, chain: str, ledger: Path, *, progress: Progress = silent) -> Ingested:
    """Take files of ethereum-etl into a ledger, which is made if it is missing.

    Raises InvalidInput or NotFound for files that cannot be read as their table, Conflict if the ledger is busy or
    damaged, Unavailable if the disk fails. The ledger is then as it was.
    """
    found = READERS["ethereum-etl"].chain(chain)
    files.total_bytes()  # A name mistyped must not leave a ledger behind.
    opened = ParquetLedger.open_or_create(ledger)
    with scratch_folder(ledger) as scratch:
        return _merged(opened, found, read_ethereum_etl(files, found, scratch, progress), progress)


def ingest_etherscan(
    files: tuple[Path, ...],
    address: str,
    chain: str,
    ledger: Path,
    *,
    decimals: tuple[str, ...] = (),
    progress: Progress = silent,
) -> Ingested:
    """Take what was downloaded from Etherscan for one address into a ledger, which is made if it is missing.

    `decimals` are texts such as `0xdac1…=6`. Raises like `ingest_ethereum_etl`, and InvalidInput for a bad address.
    """
    found = READERS["etherscan"].chain(chain)
    request = EtherscanFiles(files, found.formats.canonical(address), read_decimals(decimals, found))
    request.total_bytes()  # A name mistyped must not leave a ledger behind.
    opened = ParquetLedger.open_or_create(ledger)
    with scratch_folder(ledger) as scratch:
        return _merged(opened, found, read_etherscan(request, found, scratch, progress), progress)


def ingest_reading(
    found: Chain, ledger: Path, read: Callable[[Path], Reading | OutputsReading], *, progress: Progress = silent
) -> Ingested:
    """Take what a reader finds into a ledger, which is made if it is missing; `read` gets an empty scratch folder.

    Raises what the reader raises, Conflict if the ledger is busy or damaged, Unavailable if the disk fails. The ledger
    is then as it was.
    """
    opened = ParquetLedger.open_or_create(ledger)
    with scratch_folder(ledger) as scratch:
        return _merged(opened, found, read(scratch), progress)


def write_problems(problems: tuple[Problem, ...], path: Path) -> None:
    """Write problems as lines of JSON. Raises Unavailable if the file cannot be written."""
    with written_aside(path) as file:
        for problem in problems:
            file.write(json.dumps(problem_record(problem), ensure_ascii=False) + "\n")


def problem_record(problem: Problem) -> dict[str, object]:
    """Return a problem as programs read it, its sentence included."""
    return {
        "source": problem.source,
        "place": problem.place,
        "key": problem.key,
        "fields": problem.fields,
        "message": text(problem.key, **problem.fields),
    }


def _merged(ledger: ParquetLedger, chain: Chain, reading: Reading | OutputsReading, progress: Progress) -> Ingested:
    report = ledger.ingest(reading.raw, native_asset=chain.native_asset, progress=progress)
    provides = ledger.knowledge(chain.caip2).provides
    return Ingested(
        report=report,
        sources=reading.raw.sources,
        problems=(*reading.problems, *report.conflicts),
        problem_count=reading.problem_count + report.conflict_count,
        lacks=tuple(one for one in KNOWLEDGE if one not in provides) if chain.model is LedgerModel.ACCOUNTS else (),
        model=chain.model,
    )


@contextmanager
def scratch_folder(ledger: Path) -> Iterator[Path]:
    """Give an empty folder in the ledger that is gone afterwards, after Ctrl-C too, and clear those of killed runs."""
    try:
        _clear_leftovers(ledger)
        folder = Path(tempfile.mkdtemp(prefix=_SCRATCH, dir=ledger))
        lock = (folder / ".lock").open("w")
        fcntl.flock(lock, fcntl.LOCK_EX)
    except OSError as error:
        raise Unavailable("chains.error.scratch", path=str(ledger), reason=error.strerror or str(error)) from error
    with lock:
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def _clear_leftovers(ledger: Path) -> None:
    """Delete scratch folders that no living process holds: the system drops a lock with its owner."""
    for folder in ledger.glob(f"{_SCRATCH}*"):
        with suppress(BlockingIOError), (folder / ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder)
