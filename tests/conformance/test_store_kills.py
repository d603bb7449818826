"""Writers of every kind of store that are killed: what was acknowledged is there, and nothing is half there."""

import random
import time
from pathlib import Path

import pytest
from tests.conformance.store_samples import STORE_SAMPLES

from support.forked_writers import ForkedWriters, acknowledged
from support.watcher import Watcher

KILLS = 200
KILLS_OF_ONE_STORE = 20
BATCHES_OF_A_WRITER = 30
BATCHES_AT_MOST = 4
"""So many a writer ends at most before it is about to be killed."""
PATIENCE = 60


def wait_for(told: Path, batches: int) -> float:
    """Wait until so many batches have been acknowledged; return how long it took."""
    started = time.monotonic()
    while len(acknowledged(told)) < batches and time.monotonic() < started + PATIENCE:
        time.sleep(0.001)
    return time.monotonic() - started


def kill_writers(writers: ForkedWriters, kind: str, place: str, told: Path) -> set[int]:
    """Kill writers of one store at random moments; return the batches at which they stood."""
    moments, reached, sample = random.Random(kind), set(), STORE_SAMPLES[kind]
    told.touch()
    store, watching = sample.opened(place), sample.opened(place)
    following, longest = 0, 0.02
    with Watcher(lambda: sample.written(watching)) as watcher:
        for _ in range(KILLS_OF_ONE_STORE):
            writer = writers.start(kind, place, told, range(following, following + BATCHES_OF_A_WRITER))
            # After some batches, and then at any moment of the next one.
            batches = moments.randint(0, BATCHES_AT_MOST)
            longest = wait_for(told, len(acknowledged(told)) + batches) / batches if batches else longest
            time.sleep(moments.uniform(0, longest))
            writer.kill()
            there = sample.written(store)
            promised = max(acknowledged(told), default=-1)
            # A server may still be ending the transaction of the one that was killed: it may be there a little later.
            following = max(there, default=-1) + 1
            assert promised < following <= promised + 2
            assert there == set(range(following))
            reached.add(following)
    assert watcher.fault is None
    assert watcher.looks > 0
    sample.check(store)
    store.close()
    watching.close()
    return reached


def test_twenty_kills_lose_nothing_that_was_acknowledged(
    kind: str, location: str, writers: ForkedWriters, tmp_path: Path
) -> None:
    assert len(kill_writers(writers, kind, location, tmp_path / "told")) > KILLS_OF_ONE_STORE // 2


@pytest.mark.slow
@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_two_hundred_kills_lose_nothing_that_was_acknowledged(
    kind: str, database: str, request: pytest.FixtureRequest, writers: ForkedWriters, tmp_path: Path
) -> None:
    reached = 0
    for number in range(KILLS // KILLS_OF_ONE_STORE):
        place = str(tmp_path / f"{number}.sqlite")
        if database == "postgresql":
            place = request.getfixturevalue("postgres_server").made_database(f"killed{number}")
        reached += len(kill_writers(writers, kind, place, tmp_path / f"{number}.told"))
    assert reached > KILLS // 2
