"""Writers of the record that are killed: what was acknowledged is there, and nothing is half there."""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from qiyafa.model.errors import QiyafaError
from qiyafa.model.record import EntryKind
from qiyafa.stores.record import RecordStore, open_record

from support.records import GROUND, changes, claim, theft

KILLS = 200
KILLS_OF_ONE_RECORD = 20
CLAIMS_OF_A_BATCH = 5
BATCHES_AT_MOST = 4
"""So many a writer ends at most before it is about to be killed."""
PATIENCE = 60

# One process forks a writer for each line, so that imports are done once and a kill takes milliseconds. A writer tells
# each batch that it was told is on the disk.
_WRITERS = """
import os, sys
from tests.conformance.test_record_kills import batch
from qiyafa.stores.record import open_record
import psycopg
from support.records import NOON

for line in sys.stdin:
    place, told, first = line.rstrip("\\n").split("\\t")
    child = os.fork()
    if child == 0:
        descriptor = os.open(told, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        store = open_record(place, casebook=None)
        for number in range(int(first), int(first) + 30):
            store.apply(batch(number), at=NOON, author="killed")
            os.write(descriptor, f"{number}\\n".encode())
        os._exit(0)
    print(child, flush=True)
    sys.stdin.readline()
    os.waitpid(child, 0)
    print("ended", flush=True)
"""


def batch(number: int):
    """Each batch brings claims of its own, and says in an incident which one it was."""
    claims = (claim(f"claim-{number}-{one}") for one in range(CLAIMS_OF_A_BATCH))
    return changes(*GROUND, theft("counter-2023", title=str(number)), *claims)


def last_batch(store: RecordStore) -> int:
    """Return the last batch that is there, after making sure that it and all before it are there whole."""
    found = {one.id for one in store.claims()}
    count, part = divmod(len(found), CLAIMS_OF_A_BATCH)
    assert part == 0
    assert found == {f"claim-{number}-{one}" for number in range(count) for one in range(CLAIMS_OF_A_BATCH)}
    return count - 1


@pytest.fixture(scope="module")
def writers() -> Iterator[subprocess.Popen[str]]:
    root = Path(__file__).resolve().parents[2]
    process = subprocess.Popen(
        [sys.executable, "-c", _WRITERS],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1, cwd=root,
        env={**os.environ, "PYTHONPATH": f"{root}:{root / 'tests'}"},
    )  # fmt: skip
    yield process
    process.stdin.close()
    process.wait(timeout=30)
    process.stdout.close()


class Watcher:
    """A reader beside the writers that only ever sees whole batches, and never fewer than before."""

    def __init__(self, place: str) -> None:
        self._store = open_record(place, casebook=None)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self.looks = 0
        self.fault: Exception | None = None

    def __enter__(self) -> "Watcher":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(60)
        self._store.close()

    def _look(self) -> None:
        last = -1
        while not self._stop.is_set() and self.fault is None:
            try:
                seen = last_batch(self._store)
                assert seen >= last
                last = seen
                self.looks += 1
                time.sleep(0.005)
            except (AssertionError, QiyafaError) as error:
                self.fault = error


def wait_for(told: Path, batches: int) -> float:
    """Wait until so many batches have been acknowledged; return how long it took."""
    started = time.monotonic()
    while len(acknowledged(told)) < batches and time.monotonic() < started + PATIENCE:
        time.sleep(0.001)
    return time.monotonic() - started


def acknowledged(told: Path) -> list[int]:
    return [int(line) for line in told.read_text().split()]


def kill_writers(writers: "subprocess.Popen[str]", place: str, told: Path, kills: int) -> set[int]:
    """Kill writers of one record at random moments; return the batches at which they stood."""
    moments, reached = random.Random(kills), set()
    told.touch()
    store = open_record(place, casebook=None)
    following, longest = 0, 0.02
    with Watcher(place) as watcher:
        for _ in range(kills):
            writers.stdin.write(f"{place}\t{told}\t{following}\n")
            child = int(writers.stdout.readline())
            # After some batches, and then at any moment of the next one.
            batches = moments.randint(0, BATCHES_AT_MOST)
            longest = wait_for(told, len(acknowledged(told)) + batches) / batches if batches else longest
            time.sleep(moments.uniform(0, longest))
            os.kill(child, signal.SIGKILL)
            writers.stdin.write("\n")
            assert writers.stdout.readline() == "ended\n"
            there = last_batch(store)
            promised = max(acknowledged(told), default=-1)
            # A server may still be ending the transaction of the one that was killed: it may be there a little later.
            assert promised <= there <= promised + 1
            following = there + 1
            reached.add(there)
    assert watcher.fault is None
    assert watcher.looks > 0
    counter = store.get(EntryKind.INCIDENT, "counter-2023")
    assert (-1 if counter is None else int(counter.title)) == last_batch(store)
    store.verify()
    store.close()
    return reached


def test_twenty_kills_lose_nothing_that_was_acknowledged(location: str, writers, tmp_path: Path) -> None:
    assert len(kill_writers(writers, location, tmp_path / "told", 20)) > 10


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_two_hundred_kills_lose_nothing_that_was_acknowledged(kind: str, request, writers, tmp_path: Path) -> None:
    reached = 0
    for number in range(KILLS // KILLS_OF_ONE_RECORD):
        place = str(tmp_path / f"{number}.sqlite")
        if kind == "postgresql":
            place = request.getfixturevalue("postgres_server").made_database(f"killed{number}")
        reached += len(kill_writers(writers, place, tmp_path / f"{number}.told", KILLS_OF_ONE_RECORD))
    assert reached > KILLS // 2
