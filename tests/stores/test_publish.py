"""A kill at any moment, a full disk, two writers: the old ledger or the new one, never a mix."""

import itertools
import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import pytest

from qiyafa.model.errors import Conflict, Unavailable
from qiyafa.model.raw import RawTransfers
from qiyafa.stores.disk import unavailable
from qiyafa.stores.layout import WRITING
from qiyafa.stores.locking import writer_lock
from qiyafa.stores.parquet_duckdb import ParquetLedger

CHAIN = "eip155:1"
ETHER = "eip155:1/slip44:60"

# Forks one writer for each line on stdin and answers with its process id; a second line asks how it ended. Imports
# are done once, so that a kill takes milliseconds. A writer ingests raw files and appends each new state to a file.
# With `die_at` it kills itself before so many-th change in the ledger's folder; a file that is opened to be written
# anew counts twice, as it may also be cut off right after.
WRITERS = """
import json, os, signal, sys
from pathlib import Path
from qiyafa.model.raw import RawTransfers
from qiyafa.stores.ingest import Ingest, ingest
from qiyafa.stores.part_writer import PartSizes

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
        sizes = PartSizes(part_rows=8, small_rows=4, row_group_rows=3)
        transfers = RawTransfers("eip155:1", (raw,), (), frozenset())
        report = ingest(Ingest(Path(order["ledger"]), transfers, "eip155:1/slip44:60", sizes=sizes))
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
    """Writers in processes of their own, to be killed."""

    asks: IO[str]
    answers: IO[str]

    def run(
        self, ledger: Path, raws: list[str], *, kill_after: float | None = None, die_at: int = 0
    ) -> tuple[bool, str]:
        """Ingest raw files; return whether the writer came to its end, and the last state it acknowledged."""
        acknowledged = ledger.with_suffix(".acknowledged")
        acknowledged.touch()
        order = {"ledger": str(ledger), "acknowledged": str(acknowledged), "raws": raws, "die_at": die_at}
        self.asks.write(json.dumps(order) + "\n")
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


@pytest.fixture(scope="module")
def writers() -> Iterator[Writers]:
    process = subprocess.Popen(
        [sys.executable, "-c", WRITERS], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
    )
    assert process.stdin is not None
    assert process.stdout is not None
    yield Writers(process.stdin, process.stdout)
    process.stdin.close()
    process.wait()


@pytest.fixture
def raws(raw_of, row) -> list[str]:
    """Raw files that each touch every part of a small ledger."""
    spans = [range(start, 40, 4) for start in range(4)]
    files = [raw_of([row(block_number=b, transaction_hash=f"0x{b:03d}") for b in span]) for span in spans]
    return [file.parquet_files[0] for file in files]


@pytest.fixture
def states(tmp_path, raws, ingest_into) -> dict[str, list[str]]:
    """The dump after none, one, two ... of the ingests, by the hash of the manifest."""
    whole = tmp_path / "whole"
    dumps: dict[str, list[str]] = {ParquetLedger.open_or_create(whole).manifest.sha256: []}
    for raw in raws:
        report = ingest_into(whole, RawTransfers(CHAIN, (raw,), (), frozenset()))
        dumps[report.manifest_sha256] = list(ParquetLedger.open(whole).dump(CHAIN))
    return dumps


def check_state(ledger: Path, states: dict[str, list[str]], acknowledged: str) -> None:
    """The ledger is in a state that an ingest made, not before the last acknowledged one, and sound."""
    found = ParquetLedger.open(ledger)
    order = list(states)
    assert order.index(found.manifest.sha256) >= order.index(acknowledged or order[0])
    assert (list(found.dump(CHAIN)) if found.chains() else []) == states[found.manifest.sha256]
    assert found.verify() == ()


def check_kills(kills: int, tmp_path: Path, raws: list[str], states: dict[str, list[str]], writers: Writers) -> None:
    moments = random.Random(7)
    whole = 0
    for number in range(kills):
        # Several kills in a row hit the same ledger, so that one meets what another left.
        ledger = tmp_path / f"ledger {number // 5}"
        ParquetLedger.open_or_create(ledger)
        _, acknowledged = writers.run(ledger, raws, kill_after=moments.uniform(0, 0.4))
        check_state(ledger, states, acknowledged)
        if number % 5 == 4:
            assert writers.run(ledger, raws)[0]
            check_state(ledger, states, list(states)[-1])
            assert not (ledger / WRITING).exists()
            whole += 1
    assert whole == kills // 5


def test_a_kill_at_a_random_moment_loses_nothing_acknowledged(tmp_path, raws, states, writers):
    check_kills(30, tmp_path, raws, states, writers)


@pytest.mark.slow
def test_many_kills_at_random_moments_lose_nothing_acknowledged(tmp_path, raws, states, writers):
    check_kills(400, tmp_path, raws, states, writers)


def test_a_kill_before_each_single_change_leaves_the_old_or_the_new_ledger(tmp_path, raws, states, writers):
    start = tmp_path / "start"
    ParquetLedger.open_or_create(start)
    assert writers.run(start, raws[:1])[0]
    reached = set()
    for die_at in itertools.count(1):
        ledger = tmp_path / f"dies at {die_at}"
        shutil.copytree(start, ledger)
        finished, acknowledged = writers.run(ledger, raws[1:2], die_at=die_at)
        check_state(ledger, states, acknowledged)
        reached.add(ParquetLedger.open(ledger).manifest.sha256)
        if finished:
            break
    assert die_at > 10
    assert reached == set(list(states)[1:3])


def test_a_writer_leaves_nothing_but_the_ledger(tmp_path, raws, states, writers):
    ledger = tmp_path / "ledger"
    ParquetLedger.open_or_create(ledger)
    assert writers.run(ledger, raws)[0]
    named = {"manifest.json", ".lock", *ParquetLedger.open(ledger).manifest.files()}
    assert {path.relative_to(ledger).as_posix() for path in ledger.rglob("*") if path.is_file()} == named


def test_two_writers_do_not_meet(tmp_path, raw_of, row):
    ledger = ParquetLedger.open_or_create(tmp_path)
    with writer_lock(tmp_path), pytest.raises(Conflict) as refused:
        ledger.ingest(raw_of([row()]), native_asset=ETHER)
    assert refused.value.key == "ledger.lock.busy"
    assert ledger.ingest(raw_of([row()]), native_asset=ETHER).rows_total == 1


def test_a_file_that_a_person_put_there_is_named_and_never_deleted(tmp_path, raw_of, ingest_into, row):
    ingest_into(tmp_path, raw_of([row()]))
    stranger = tmp_path / f"chain={CHAIN}" / "table=transfers" / "mine.parquet"
    stranger.write_bytes(b"mine")
    ingest_into(tmp_path, raw_of([row(kind="fee", target="")]))
    assert stranger.read_bytes() == b"mine"
    assert [(one.path, one.key) for one in ParquetLedger.open(tmp_path).verify()] == [
        (stranger.relative_to(tmp_path).as_posix(), "ledger.damage.unexpected")
    ]


@pytest.fixture
def small_disk(tmp_path) -> Iterator[Path]:
    """A disk of 2 MiB; where no disk may be mounted, files that may not grow beyond so much."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", folder], capture_output=True)
    if mounted.returncode == 0:
        yield folder
        subprocess.run(["umount", "-l", folder], check=True)
        return
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2 << 20, before[1]))
    yield folder
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_full_disk_at_any_point_leaves_the_old_ledger(small_disk, raw_of, row):
    def wide_rows(count: int, first: int) -> list[dict[str, object]]:
        chosen = random.Random(first)
        return [
            row(
                block_number=n,
                transaction_hash=f"0x{chosen.getrandbits(256):064x}",
                source=f"0x{chosen.getrandbits(160):040x}",
            )
            for n in range(first, first + count)
        ]

    path = small_disk / "ledger"
    ledger = ParquetLedger.open_or_create(path)
    ledger.ingest(raw_of(wide_rows(50, 0)), native_asset=ETHER)
    before = (path / "manifest.json").read_bytes()
    dump = list(ledger.dump(CHAIN))
    too_much, enough = raw_of(wide_rows(50_000, 100)), raw_of(wide_rows(10, 100))
    with pytest.raises(Unavailable) as refused:
        ledger.ingest(too_much, native_asset=ETHER)
    assert refused.value.key == "ledger.storage.full"

    ballast = small_disk / "ballast"
    outcomes = []
    for free_pages in range(60):
        fill(ballast, small_disk, free_pages)
        try:
            ledger.ingest(enough, native_asset=ETHER)
        except Unavailable as error:
            outcomes.append(error.key)
            ballast.unlink()
            assert (path / "manifest.json").read_bytes() == before
            assert list(ParquetLedger.open(path).dump(CHAIN)) == dump
            assert ledger.verify() == ()
        else:
            break
    assert set(outcomes) <= {"ledger.storage.full"}
    assert outcomes or not is_small(small_disk)
    assert ParquetLedger.open(path).record(CHAIN).rows() == 60


def fill(ballast: Path, disk: Path, free_pages: int) -> None:
    """Leave so many pages of a disk free."""
    room = os.statvfs(disk)
    ballast.write_bytes(bytes(max(room.f_bavail - free_pages, 0) * room.f_frsize) if is_small(disk) else b"")


def is_small(disk: Path) -> bool:
    room = os.statvfs(disk)
    return room.f_blocks * room.f_frsize <= 2 << 20


def test_files_that_may_not_grow_are_a_full_disk(tmp_path, raw_of, ingest_into, row):
    ingest_into(tmp_path, raw_of([row()]))
    before = (tmp_path / "manifest.json").read_bytes()
    more = raw_of([row(block_number=n, transaction_hash=f"0x{n}") for n in range(2, 200)])
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1024, limits[1]))
    try:
        with pytest.raises(Unavailable) as refused:
            ingest_into(tmp_path, more)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert refused.value.key == "ledger.storage.full"
    assert (tmp_path / "manifest.json").read_bytes() == before
    assert ParquetLedger.open(tmp_path).verify() == ()


def test_a_disk_that_refuses_is_told_in_plain_words():
    assert (
        unavailable(PermissionError(13, "Permission denied", "/ledger/x"), Path("/ledger")).key
        == "ledger.storage.denied"
    )
    assert unavailable(OSError(5, "Input/output error"), Path("/ledger")).fields == {
        "path": "/ledger",
        "reason": "Input/output error",
    }
