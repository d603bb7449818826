"""The demo: an invented theft with a known truth, from files to a report, and how near each method comes to it."""

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from qiyafa.app.accuracy import Accuracy, compare
from qiyafa.app.ingest import ingest_ethereum_etl
from qiyafa.app.ledger import verify
from qiyafa.app.scenario import create
from qiyafa.app.scenario.create import Scenario, create_scenario
from qiyafa.app.trace import TracedCase, trace_case
from qiyafa.chains.readers.ethereum_etl.reader import EthereumEtlFiles
from qiyafa.model.errors import Conflict, Unavailable
from qiyafa.model.ports import Progress, silent
from qiyafa.stores.verify import Damage
from qiyafa.text import text

DEFAULT_SEED = 7
DEFAULT_FOLDER = "qiyafa-demo"

SCENARIO = "scenario"
LEDGER = "ledger"
REPORT = "report.html"
MARK = "DEMO.txt"
"""Tells that a folder is a demo's and may be remade."""

LARGE_UNITS = 10 * 10**18
"""Who holds less than 10 ETH, a ten-thousandth of the theft, holds crumbs."""


@dataclass(frozen=True, slots=True)
class Demo:
    """Everything the demo did and found."""

    folder: Path
    scenario: Scenario
    ledger_transfers: int
    rows_left_out: int
    damages: tuple[Damage, ...]
    traced: TracedCase
    accuracy: Accuracy
    seconds: dict[str, float] = field(default_factory=dict)
    """How long each stage took."""

    @property
    def ledger(self) -> Path:
        """The folder of the ledger."""
        return self.folder / LEDGER

    @property
    def report(self) -> Path:
        """The report."""
        return self.folder / REPORT

    @property
    def is_right(self) -> bool:
        """Whether the ledger is whole and every method accounts for every stolen unit."""
        return not self.damages and self.accuracy.is_accounted


def run_demo(
    folder: Path,
    *,
    seed: int = DEFAULT_SEED,
    transfers: int = create.DEFAULT_TRANSFERS,
    command: str = "",
    progress: Progress = silent,
) -> Demo:
    """Make a scenario, take it in, verify, trace and compare it, and write the report.

    `command` is what the report names as the way to make it again. Raises InvalidInput for numbers out of range,
    Conflict if the folder is somebody else's, Unavailable if it cannot be written.
    """
    create.check_numbers(seed, transfers)
    _prepare(folder)
    seconds: dict[str, float] = {}
    with _timed(seconds, "scenario"):
        scenario = create_scenario(folder / SCENARIO, seed=seed, transfers=transfers, progress=progress)
    with _timed(seconds, "ingest"):
        ledger_transfers, rows_left_out = _ingest(scenario, folder / LEDGER, progress)
    with _timed(seconds, "verify"):
        damages = verify(folder / LEDGER, progress)
    with _timed(seconds, "trace"):
        traced = trace_case(scenario.path(create.CASE), folder / LEDGER, progress=progress)
    with _timed(seconds, "report"):
        traced.write_report(folder / REPORT, command)
    accuracy = compare(traced.answer, scenario.truth, least_units=LARGE_UNITS)
    return Demo(
        folder=folder,
        scenario=scenario,
        ledger_transfers=ledger_transfers,
        rows_left_out=rows_left_out,
        damages=damages,
        traced=traced,
        accuracy=accuracy,
        seconds=seconds,
    )


def _prepare(folder: Path) -> None:
    """Make an empty place for the demo, over an earlier one if there is one."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()) and not (folder / MARK).is_file():
            raise Conflict("scenario.error.not_a_demo", folder=str(folder))
        (folder / MARK).write_text(text("scenario.demo.mark"), encoding="utf-8")
        for old in (folder / SCENARIO, folder / LEDGER):
            if old.exists():
                shutil.rmtree(old)
        (folder / REPORT).unlink(missing_ok=True)
    except OSError as error:
        raise Unavailable("scenario.error.write", folder=str(folder), reason=error.strerror or str(error)) from error


def _ingest(scenario: Scenario, ledger: Path, progress: Progress) -> tuple[int, int]:
    """Take the scenario's files into a new ledger; return its transfers and the rows that were left out."""
    files = EthereumEtlFiles(
        transactions=(scenario.path(create.TRANSACTIONS),),
        token_transfers=(scenario.path(create.TOKEN_TRANSFERS),),
        traces=(scenario.path(create.TRACES),),
        coverage=scenario.path(create.COVERAGE),
    )
    ingested = ingest_ethereum_etl(files, create.CHAIN, ledger, progress=progress)
    return ingested.report.rows_total, sum(source.problems for source in ingested.sources)


@contextmanager
def _timed(seconds: dict[str, float], stage: str) -> Iterator[None]:
    began = time.perf_counter()
    yield
    seconds[stage] = time.perf_counter() - began
