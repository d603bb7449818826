"""Kill -9 at random moments of ingests and of a sync: nothing acknowledged is lost, no block is there in part.

Killing leaves the page cache whole, so this is no test of a power cut; it is one of every order of writes and renames.
"""

import itertools
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import pytest

from qiyafa.stores.layout import WRITING
from qiyafa.stores.parquet_duckdb import ParquetLedger

from support.anvil import CHAIN, Anvil, running_anvil
from support.output_ledgers import CHAIN as OUTPUTS_CHAIN
from support.output_ledgers import OutputRows, Spend, write_outputs

# Forks one worker for each line on stdin and answers with its process id; a second line asks how it ended. Imports are
# done once, so that a kill takes milliseconds. A worker appends what it was told is on the disk to a file.
WORKERS = """
import json, os, sys
from pathlib import Path
import qiyafa.app.sync as following
from qiyafa.app.ingest import ingest_ethereum_etl
from qiyafa.app.sync_nodes import node_address
from qiyafa.app.sync_run import Sync, sync
from qiyafa.chains.readers.ethereum_etl.reader import EthereumEtlFiles
from qiyafa.model.raw import RawOutputs
from qiyafa.stores.parquet_duckdb import ParquetLedger

following.BLOCKS_TOGETHER = 3
is_warm = False

def work(order):
    ledger = Path(order["ledger"])
    acknowledged = os.open(order["acknowledged"], os.O_WRONLY | os.O_APPEND)

    def tell(what):
        os.write(acknowledged, (json.dumps(what) + "\\n").encode())

    if order["kind"] == "sync":
        def told(event):
            if isinstance(event, following.Appended):
                tell([event.head.number, event.head.hash])
            elif isinstance(event, following.RolledBack):
                tell([event.ancestor, None])
        sync(Sync(ledger, node_address((order["url"],)), begin=0, is_once=True), told)
    for file in order.get("etl", ()):
        done = ingest_ethereum_etl(EthereumEtlFiles(transactions=(Path(file),)), "eip155:1", ledger)
        tell(done.report.manifest_sha256)
    for chain, tables in order.get("outputs", ()):
        raw = RawOutputs(chain, *(tuple(paths) for paths in tables), sources=())
        tell(ParquetLedger.open(ledger).ingest(raw, native_asset=chain + "/slip44:0").manifest_sha256)

for line in sys.stdin:
    order = json.loads(line)
    if order["kind"] == "sync" and not is_warm:
        # What kernels there are is loaded once, so that a worker begins with its work.
        work({**order, "ledger": order["ledger"] + ".warm", "acknowledged": os.devnull})
        is_warm = True
    child = os.fork()
    if child == 0:
        try:
            work(order)
        except BaseException as error:
            sys.stderr.write(repr(error) + "\\n")
            os._exit(1)
        os._exit(0)
    print(child, flush=True)
    sys.stdin.readline()
    print(os.waitpid(child, 0)[1], flush=True)
"""


PAYEES = 0xABCD_0000
"""Smaller addresses are contracts of the chain itself."""
LONGEST_SECONDS = 60.0
"""A worker that takes longer hangs."""


def kill(process: int) -> None:
    """Kill a worker, unless it has just ended."""
    with suppress(ProcessLookupError):
        os.kill(process, signal.SIGKILL)


@dataclass
class Workers:
    """Workers in processes of their own, to be killed."""

    asks: IO[str]
    answers: IO[str]

    def run(self, ledger: Path, order: dict[str, Any], kill_after: float | None = None) -> bool:
        """Let one work on a ledger; say whether it came to its end."""
        acknowledged = acknowledgements(ledger)
        acknowledged.touch()
        order = {"ledger": str(ledger), "acknowledged": str(acknowledged), **order}
        self.asks.write(json.dumps(order) + "\n")
        self.asks.flush()
        process = int(self.answers.readline())
        deadline = threading.Timer(LONGEST_SECONDS if kill_after is None else kill_after, kill, [process])
        deadline.start()
        self.asks.write("\n")
        self.asks.flush()
        ended = int(self.answers.readline())
        deadline.cancel()
        return ended == 0


def acknowledgements(ledger: Path) -> Path:
    """Return the file of what was told to be on the disk."""
    return ledger.with_suffix(".acknowledged")


def last_acknowledged(ledger: Path) -> Any:
    """Return what was told last; a line that was cut off was not told."""
    lines = acknowledgements(ledger).read_text("utf-8").split("\n")[:-1]
    return json.loads(lines[-1]) if lines else None


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    process = subprocess.Popen(
        [sys.executable, "-c", WORKERS], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
    )
    assert process.stdin is not None
    assert process.stdout is not None
    yield Workers(process.stdin, process.stdout)
    process.stdin.close()
    process.wait()


@dataclass
class Ingests:
    """A row of ingests, and what the ledger holds after each, by the hash of its manifest."""

    chain: str
    order: dict[str, Any]
    states: dict[str, list[str]] = field(default_factory=dict)
    longest_s: float = 0.0
    """How long all of them take."""

    def check(self, ledger: Path) -> None:
        """The ledger is in a state that an ingest made, not before the last acknowledged one, and sound."""
        found = ParquetLedger.open(ledger)
        reached = list(self.states)
        assert reached.index(found.manifest.sha256) >= reached.index(last_acknowledged(ledger) or reached[0])
        assert (list(found.dump(self.chain)) if found.chains() else []) == self.states[found.manifest.sha256]
        assert found.verify() == ()

    def check_end(self, ledger: Path) -> None:
        """Nothing is missing and nothing is left over."""
        assert ParquetLedger.open(ledger).manifest.sha256 == list(self.states)[-1]


def watched(folder: Path, chain: str, kind: str, steps: list[Any], workers: Workers) -> Ingests:
    """Run the steps one by one and note what the ledger holds after each."""
    ledger = ParquetLedger.open_or_create(folder / "whole").path
    ingests = Ingests(chain, {"kind": kind, kind: steps}, {ParquetLedger.open(ledger).manifest.sha256: []})
    for step in steps:
        began = time.monotonic()
        assert workers.run(ledger, {"kind": kind, kind: [step]})
        ingests.longest_s += time.monotonic() - began
        opened = ParquetLedger.open(ledger)
        ingests.states[opened.manifest.sha256] = list(opened.dump(chain))
    assert len(ingests.states) == len(steps) + 1
    return ingests


@pytest.fixture
def etl(tmp_path: Path, workers: Workers) -> Ingests:
    """Tables of ethereum-etl that each touch the others' blocks."""
    header = "hash,block_number,transaction_index,from_address,to_address,value,gas_price,block_timestamp"
    files = []
    for start in range(4):
        lines = [
            f"0x{block:064x},{block},0,0x{block % 5:040x},0x{block % 7 + 1:040x},{1000 + block},1,{1600000000 + block}"
            for block in range(start, 60, 4)
        ]
        files.append(tmp_path / f"transactions-{start}.csv")
        files[-1].write_text("\n".join([header, *lines, ""]), "utf-8")
    return watched(tmp_path, "eip155:1", "etl", [str(file) for file in files], workers)


@pytest.fixture
def outputs(tmp_path: Path, workers: Workers) -> Ingests:
    """Slices of a chain of outputs that spend each other's, out of order."""
    rows = OutputRows()
    before = rows.add("0", 0, 0, [], [("a", 50)])
    for block in range(1, 40):
        rows.add(f"coinbase {block}", block, 0, [], [("m", 50)])
        before = rows.add(f"payment {block}", block, 1, [Spend(before)], [(f"a{block % 7}", 50)])
    steps = []
    for number in range(4):
        part, rows = rows.split(range(0, len(rows.transactions), 4 - number))
        raw = write_outputs(tmp_path, part, str(number))
        steps.append([OUTPUTS_CHAIN, [raw.transaction_files, raw.input_files, raw.output_files]])
    return watched(tmp_path, OUTPUTS_CHAIN, "outputs", steps, workers)


@dataclass
class Followed:
    """A node that is followed, and every block that it ever had."""

    anvil: Anvil
    blocks: dict[str, list[str]] = field(default_factory=dict)
    """By hash: the lines that a ledger's dump has of the block."""
    longest_s: float = 0.0
    """How long the last fresh sync took."""

    @property
    def order(self) -> dict[str, Any]:
        return {"kind": "sync", "url": self.anvil.url}

    def learn(self, folder: Path, workers: Workers) -> None:
        """Note what a fresh sync says of the blocks that the node has now."""
        ledger = ParquetLedger.open_or_create(folder).path
        began = time.monotonic()
        assert workers.run(ledger, self.order)
        self.longest_s = time.monotonic() - began
        self.blocks |= blocks_in(ledger)

    def check(self, ledger: Path) -> None:
        """The ledger holds whole blocks that follow each other, and at least those that were acknowledged."""
        opened = ParquetLedger.open(ledger)
        assert opened.verify() == ()
        if not opened.chains():
            assert last_acknowledged(ledger) is None
            return
        found = blocks_in(ledger)
        headers = [json.loads(lines[0]) for lines in found.values()]
        assert [header[1] for header in headers] == list(range(len(headers)))
        assert all(after[3] == before[2] for before, after in itertools.pairwise(headers))
        assert all(self.blocks[name] == lines for name, lines in found.items())
        number, name = last_acknowledged(ledger) or (-1, None)
        is_of_this_history = (
            name is not None and self.anvil.hash(number) == name if number <= self.anvil.head() else False
        )
        assert not is_of_this_history or name in found

    def check_end(self, ledger: Path) -> None:
        """The ledger holds the node's chain to its head."""
        assert list(blocks_in(ledger))[-1] == self.anvil.hash(self.anvil.head())


def blocks_in(ledger: Path) -> dict[str, list[str]]:
    """Return the lines that a ledger's dump has of each block, its header first, by the block's hash."""
    lines = list(ParquetLedger.open(ledger).dump(CHAIN))
    rows = [(line, json.loads(line)) for line in lines]
    headers = {row[1]: [line] for line, row in rows if row[0] == "blocks" and row[1] != "number"}
    for line, row in rows:
        if row[0] == "transfers" and row[1] != "block_number":
            headers[row[1]].append(line)
    return {json.loads(found[0])[2]: found for found in headers.values()}


@pytest.fixture
def followed(tmp_path: Path, workers: Workers) -> Iterator[Followed]:
    with running_anvil() as anvil:
        for number in range(40):
            anvil.send(anvil.accounts[number % 5], f"0x{PAYEES + number:040x}", 10**15 + number)
            anvil.mine()
        node = Followed(anvil)
        node.learn(tmp_path / "first", workers)
        yield node


def check_kills(
    kills: int, folder: Path, work: Ingests | Followed, workers: Workers, then: Callable[[int], None]
) -> None:
    moments = random.Random(11)
    reached = set()
    for number in range(kills):
        # Several kills in a row hit the same ledger, so that one meets what another left.
        ledger = folder / f"ledger {number // 3}"
        ParquetLedger.open_or_create(ledger)
        workers.run(ledger, work.order, kill_after=moments.uniform(0, work.longest_s / 2))
        work.check(ledger)
        reached.add(ParquetLedger.open(ledger).manifest.sha256)
        then(number)
        if number % 3 == 2:
            began = time.monotonic()
            assert workers.run(ledger, work.order)
            assert time.monotonic() - began < 10
            work.check(ledger)
            work.check_end(ledger)
            assert not (ledger / WRITING).exists()
    # Else the kills all came before or after the work.
    assert len(reached) > 1


def check_sync_kills(kills: int, folder: Path, followed: Followed, workers: Workers) -> None:
    def reorganize(number: int) -> None:
        if number % 6 == 1:
            followed.anvil.reorganize(1 + number % 30)
            followed.learn(folder / f"fresh {number}", workers)

    check_kills(kills, folder, followed, workers, reorganize)


def test_kills_of_a_sync_lose_nothing(tmp_path, followed, workers):
    check_sync_kills(12, tmp_path, followed, workers)


def test_kills_of_an_ingest_of_files_lose_nothing(tmp_path, etl, workers):
    check_kills(9, tmp_path, etl, workers, lambda number: None)


def test_kills_of_an_ingest_of_outputs_lose_nothing(tmp_path, outputs, workers):
    check_kills(9, tmp_path, outputs, workers, lambda number: None)


@pytest.mark.slow
def test_500_kills_of_a_sync_lose_nothing(tmp_path, followed, workers):
    check_sync_kills(500, tmp_path, followed, workers)


@pytest.mark.slow
def test_250_kills_of_an_ingest_of_files_lose_nothing(tmp_path, etl, workers):
    check_kills(250, tmp_path, etl, workers, lambda number: None)


@pytest.mark.slow
def test_250_kills_of_an_ingest_of_outputs_lose_nothing(tmp_path, outputs, workers):
    check_kills(250, tmp_path, outputs, workers, lambda number: None)
