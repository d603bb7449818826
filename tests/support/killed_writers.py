"""Writers in processes of their own, to be killed at any moment, and what a ledger must be after that.

One process forks a writer for each order, so that imports are done once and a kill takes milliseconds. A writer
ingests raw rows and appends each new state of the ledger to a file, once it is told to be on the disk.
"""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from qiyafa.stores.layout import WRITING
from qiyafa.stores.parquet_duckdb import ParquetLedger

# A second line on stdin asks how the writer ended. With `die_at` it kills itself before so many-th change in the
# ledger's folder; a file that is opened to be written anew counts twice, as it may also be cut off right after.
# `raws` are Parquet files of transfers, or beginnings of the names of the three files of a chain of outputs.
_PROGRAM = """
import json, os, signal, sys
from pathlib import Path
from qiyafa.model.raw import RawOutputs, RawTransfers
from qiyafa.stores.ingest import Ingest, ingest
from qiyafa.stores.outputs_ingest import IngestOutputs, ingest_outputs
from qiyafa.stores.part_writer import PartSizes

def take(ledger, chain, asset, raw):
    if raw.endswith(".parquet"):
        sizes = PartSizes(part_rows=8, small_rows=4, row_group_rows=3)
        return ingest(Ingest(ledger, RawTransfers(chain, (raw,), (), frozenset()), asset, sizes=sizes))
    files = ((f"{raw}-{table}.parquet",) for table in ("transactions", "inputs", "outputs"))
    return ingest_outputs(IngestOutputs(ledger, RawOutputs(chain, *files, ()), asset, slice_rows=12, row_group_rows=3))

def write(order):
    if order["die_at"]:
        changes = iter(range(1, 10**9))
        def on_change(event, arguments):
            if event not in {"open", "os.rename", "os.remove", "os.mkdir", "os.rmdir"}:
                return
            # Writes go through open; what is only read changes nothing.
            if event == "open" and not (isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR)):
                return
            if not str(arguments[0]).startswith(order["ledger"]):
                return
            if next(changes) == order["die_at"]:
                os.kill(os.getpid(), signal.SIGKILL)
            if event == "open" and arguments[2] & os.O_TRUNC and next(changes) == order["die_at"]:
                if os.path.exists(arguments[0]):
                    os.truncate(arguments[0], 0)
                os.kill(os.getpid(), signal.SIGKILL)
        sys.addaudithook(on_change)
    acknowledged = os.open(order["acknowledged"], os.O_WRONLY | os.O_APPEND)
    for raw in order["raws"]:
        report = take(Path(order["ledger"]), order["chain"], order["asset"], raw)
        os.write(acknowledged, (report.manifest_sha256 + "\\n").encode())
    os._exit(0)

for line in sys.stdin:
    child = os.fork()
    if child == 0:
        write(json.loads(line))
    print(child, flush=True)
    sys.stdin.readline()
    print(os.waitpid(child, 0)[1], flush=True)
"""


@dataclass
class Writers:
    """Writers of one chain in processes of their own, to be killed."""

    chain: str
    asset: str
    asks: IO[str]
    answers: IO[str]

    def run(
        self, ledger: Path, raws: list[str], *, kill_after: float | None = None, die_at: int = 0
    ) -> tuple[bool, str]:
        """Ingest raw rows; return whether the writer came to its end, and the last state it acknowledged."""
        acknowledged = ledger.with_suffix(".acknowledged")
        acknowledged.touch()
        order = {"ledger": str(ledger), "acknowledged": str(acknowledged), "raws": raws, "die_at": die_at}
        self.asks.write(json.dumps({**order, "chain": self.chain, "asset": self.asset}) + "\n")
        self.asks.flush()
        process = int(self.answers.readline())
        if kill_after is not None:
            time.sleep(kill_after)
            os.kill(process, signal.SIGKILL)
        self.asks.write("\n")
        self.asks.flush()
        ended = int(self.answers.readline())
        states = acknowledged.read_text().split()
        return ended == 0, states[-1] if states else ""


@contextmanager
def writing_processes(chain: str, asset: str) -> Iterator[Writers]:
    """Start the process that forks writers; it ends with the block."""
    process = subprocess.Popen(
        [sys.executable, "-c", _PROGRAM], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
    )
    assert process.stdin is not None
    assert process.stdout is not None
    yield Writers(chain, asset, process.stdin, process.stdout)
    process.stdin.close()
    process.wait()


@dataclass(frozen=True)
class Kills:
    """Raw rows to ingest one after the other, and every state that a ledger may be in."""

    writers: Writers
    folder: Path
    raws: list[str]
    states: dict[str, list[str]]
    """The dump after none, one, two ... of the ingests, by the hash of the manifest."""

    def at_random(self, kills: int, longest: float) -> None:
        """Kill writers at random moments, several times on one ledger, so that one meets what another left."""
        moments = random.Random(7)
        for number in range(kills):
            ledger = self.folder / f"ledger {number // 5}"
            ParquetLedger.open_or_create(ledger)
            _, acknowledged = self.writers.run(ledger, self.raws, kill_after=moments.uniform(0, longest))
            self.check(ledger, acknowledged)
            if number % 5 == 4:
                assert self.writers.run(ledger, self.raws)[0]
                self.check(ledger, list(self.states)[-1])
                assert not (ledger / WRITING).exists()

    def before_each_change(self) -> None:
        """Let a writer of the second raw rows die before every single change that it makes in the folder."""
        start = self.folder / "start"
        ParquetLedger.open_or_create(start)
        assert self.writers.run(start, self.raws[:1])[0]
        reached: set[str] = set()
        died, finished = 0, False
        while not finished:
            died += 1
            ledger = self.folder / f"dies at {died}"
            shutil.copytree(start, ledger)
            finished, acknowledged = self.writers.run(ledger, self.raws[1:2], die_at=died)
            self.check(ledger, acknowledged)
            reached.add(ParquetLedger.open(ledger).manifest.sha256)
        assert died > 10
        assert reached == set(list(self.states)[1:3])

    def check(self, ledger: Path, acknowledged: str) -> None:
        """Check that a ledger is in a state that an ingest made, not before the acknowledged one, and sound."""
        found = ParquetLedger.open(ledger)
        order = list(self.states)
        assert order.index(found.manifest.sha256) >= order.index(acknowledged or order[0])
        dump = list(found.dump(self.writers.chain)) if found.chains() else []
        assert dump == self.states[found.manifest.sha256]
        assert found.verify() == ()
