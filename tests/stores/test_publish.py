"""A kill at any moment, a full disk, two writers: the old ledger or the new one, never a mix."""

import os
import random
import resource
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from qiyafa.model.errors import Conflict, Unavailable
from qiyafa.model.raw import RawTransfers
from qiyafa.stores.disk import unavailable
from qiyafa.stores.locking import writer_lock
from qiyafa.stores.parquet_duckdb import ParquetLedger

from support.killed_writers import Kills, Writers, writing_processes

CHAIN = "eip155:1"
ETHER = "eip155:1/slip44:60"


@pytest.fixture(scope="module")
def writers() -> Iterator[Writers]:
    with writing_processes(CHAIN, ETHER) as made:
        yield made


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


@pytest.fixture
def kills(tmp_path, raws, states, writers) -> Kills:
    return Kills(writers, tmp_path, raws, states)


def test_a_kill_at_a_random_moment_loses_nothing_acknowledged(kills):
    kills.at_random(30, longest=0.4)


@pytest.mark.slow
def test_many_kills_at_random_moments_lose_nothing_acknowledged(kills):
    kills.at_random(400, longest=0.4)


def test_a_kill_before_each_single_change_leaves_the_old_or_the_new_ledger(kills):
    kills.before_each_change()


def test_a_writer_leaves_nothing_but_the_ledger(tmp_path, raws, writers):
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
