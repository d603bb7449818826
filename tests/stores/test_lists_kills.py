"""Writers of the list store that are killed, and full disks: readers see the old edition or the new one."""

import os
import random
import resource
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from tests.stores.list_editions import made_edition, numbered

from qiyafa.chains.formats import FORMATS
from qiyafa.model.errors import QiyafaError, Unavailable
from qiyafa.stores.lists import ListStore

KILLS = 200
KILLS_OF_ONE_FILE = 20
SIZE = 30
FIRST_DAY = date(2020, 1, 1)

# One process forks a writer for each line, so that imports are done once and a kill takes milliseconds. A writer tells
# each edition that it was told is on the disk.
_WRITERS = """
import os, sys
from pathlib import Path
from tests.stores.test_lists_kills import edition
from qiyafa.chains.formats import FORMATS
from qiyafa.stores.lists import ListStore

for line in sys.stdin:
    path, told, first = line.rstrip("\\n").split("\\t")
    editions = [edition(number) for number in range(int(first), int(first) + 8)]
    child = os.fork()
    if child == 0:
        descriptor = os.open(told, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        store = ListStore.reading(Path(path), FORMATS)
        for number, one in enumerate(editions, int(first)):
            store.add(one)
            os.write(descriptor, f"{number}\\n".encode())
        os._exit(0)
    print(child, flush=True)
    sys.stdin.readline()
    os.waitpid(child, 0)
    print("ended", flush=True)
"""


def edition(number: int):
    """The editions have no address in common."""
    return made_edition(FIRST_DAY + timedelta(days=number), range(number * SIZE + 1, (number + 1) * SIZE + 1))


def shown_edition(store: ListStore) -> int | None:
    """Return the edition that the store shows, after making sure that it shows exactly that one; None for none."""
    now = [one for one in store.each() if one.listed_to is None]
    if not now:
        return None
    number = (now[0].listed_from - FIRST_DAY).days
    assert {one.written for one in now} == {numbered(n) for n in range(number * SIZE + 1, (number + 1) * SIZE + 1)}
    assert {one.listed_from for one in now} == {FIRST_DAY + timedelta(days=number)}
    return number


@pytest.fixture
def writers() -> Iterator[subprocess.Popen[str]]:
    root = Path(__file__).resolve().parents[2]
    process = subprocess.Popen(
        [sys.executable, "-c", _WRITERS], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1, cwd=root
    )
    yield process
    process.stdin.close()
    process.wait(timeout=30)
    process.stdout.close()


class Watcher:
    """A reader that looks at a store in a thread of its own for as long as the block lasts."""

    def __init__(self, path: Path) -> None:
        self._store = ListStore.reading(path, FORMATS)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self.looks = 0
        self.fault: Exception | None = None

    def __enter__(self) -> "Watcher":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _look(self) -> None:
        last = -1
        while not self._stop.is_set() and self.fault is None:
            try:
                shown = shown_edition(self._store)
                assert last <= (last if shown is None else shown)
                last = last if shown is None else shown
                self.looks += 1
                time.sleep(0.002)
            except (AssertionError, QiyafaError) as error:
                self.fault = error


@pytest.mark.slow
def test_a_switch_that_is_killed_200_times_leaves_the_old_or_the_new_edition(tmp_path, writers):
    moments, reached, looks = random.Random(11), set(), 0
    for file in range(KILLS // KILLS_OF_ONE_FILE):
        path, told = tmp_path / f"{file}.sqlite", tmp_path / f"{file}.told"
        told.touch()
        following = 0
        with Watcher(path) as watcher:
            for _ in range(KILLS_OF_ONE_FILE):
                writers.stdin.write(f"{path}\t{told}\t{following}\n")
                child = int(writers.stdout.readline())
                time.sleep(moments.uniform(0, 0.06))
                os.kill(child, signal.SIGKILL)
                writers.stdin.write("\n")
                assert writers.stdout.readline() == "ended\n"
                shown = shown_edition(ListStore.reading(path, FORMATS))
                promised = max(map(int, told.read_text().split()), default=-1)
                assert promised <= (-1 if shown is None else shown) <= promised + 1
                reached.add(shown)
                following = 0 if shown is None else shown + 1
        assert watcher.fault is None
        looks += watcher.looks
        ListStore.reading(path, FORMATS).verify()
    assert len(reached) > 5
    assert looks > KILLS


def test_a_full_disk_leaves_the_old_edition(tmp_path):
    """The file may not grow beyond what it has, as on a disk without space."""
    path = tmp_path / "lists.sqlite"
    store = ListStore.reading(path, FORMATS)
    store.add(edition(0))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size, hard))
        with pytest.raises(Unavailable) as refused:
            store.add(edition(1))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)
    assert refused.value.key == "store.error.full"
    assert shown_edition(ListStore.reading(path, FORMATS)) == 0
    store.verify()
    assert store.add(edition(1))
    assert shown_edition(store) == 1


def test_two_writers_at_once_both_come_through(tmp_path):
    path = tmp_path / "lists.sqlite"

    def add(number: int) -> None:
        ListStore.reading(path, FORMATS).add(edition(number), override="-")

    threads = [threading.Thread(target=add, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    store = ListStore.reading(path, FORMATS)
    assert len(store.versions()) == 6
    assert shown_edition(store) == 5
    store.verify()
