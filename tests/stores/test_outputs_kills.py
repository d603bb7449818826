"""A kill at any moment of an ingest of outputs, and a full disk: the old ledger or the new one, never a mix."""

import os
import resource
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from qiyafa.model.errors import Unavailable
from qiyafa.stores.outputs_ingest import IngestOutputs, ingest_outputs
from qiyafa.stores.parquet_duckdb import ParquetLedger

from support.killed_writers import Kills, Writers, writing_processes
from support.output_ledgers import BITCOIN, CHAIN, OutputRows, Spend, hash_of, write_outputs


@pytest.fixture(scope="module")
def writers() -> Iterator[Writers]:
    with writing_processes(CHAIN, BITCOIN) as made:
        yield made


@pytest.fixture
def kills(tmp_path, writers) -> Kills:
    """Sources that each touch every slice of a small ledger, and its states after each."""
    chain = OutputRows()
    for block in range(20):
        origin = chain.add(f"coinbase {block}", block, 0, (), [("a", 50)])
        chain.add(f"spend {block}", block, 1, [Spend(origin)], [("b", 20), ("c", 25)])
    whole = tmp_path / "whole"
    states: dict[str, list[str]] = {ParquetLedger.open_or_create(whole).manifest.sha256: []}
    raws = []
    for start in range(4):
        raw = write_outputs(tmp_path, chain.split(range(start, 40, 4))[0], f"raw {start}")
        raw = type(raw)(CHAIN, raw.transaction_files, raw.input_files, raw.output_files, ())
        report = ingest_outputs(IngestOutputs(whole, raw, BITCOIN, slice_rows=12, row_group_rows=3))
        states[report.manifest_sha256] = list(ParquetLedger.open(whole).dump(CHAIN))
        raws.append(str(tmp_path / f"raw {start}"))
    return Kills(writers, tmp_path, raws, states)


def test_a_kill_at_a_random_moment_loses_nothing_acknowledged(kills):
    kills.at_random(5, longest=1.0)


@pytest.mark.slow
def test_many_kills_at_random_moments_lose_nothing_acknowledged(kills):
    kills.at_random(50, longest=2.0)


@pytest.mark.slow
def test_a_kill_before_each_single_change_leaves_the_old_or_the_new_ledger(kills):
    kills.before_each_change()


@pytest.fixture
def small_disk(tmp_path) -> Iterator[Path]:
    """A disk of 4 MiB; where no disk may be mounted, files that may not grow beyond so much."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", folder], capture_output=True)
    if mounted.returncode == 0:
        yield folder
        subprocess.run(["umount", "-l", folder], check=True)
        return
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4 << 20, before[1]))
    yield folder
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


def coinbases(first: int, count: int) -> OutputRows:
    rows = OutputRows()
    for block in range(first, first + count):
        rows.add(f"coinbase {block}", block, 0, (), [(hash_of(f"address {block}"), 50)])
    return rows


def test_a_full_disk_leaves_the_old_ledger(small_disk, tmp_path):
    path = small_disk / "ledger"
    ledger = ParquetLedger.open_or_create(path)
    ledger.ingest(write_outputs(tmp_path, coinbases(0, 50), "few"), native_asset=BITCOIN)
    before = list(ledger.dump(CHAIN))
    too_much = write_outputs(tmp_path, coinbases(100, 30_000), "too much")
    with pytest.raises(Unavailable) as refused:
        ledger.ingest(too_much, native_asset=BITCOIN)
    assert refused.value.key == "ledger.storage.full"
    assert list(ParquetLedger.open(path).dump(CHAIN)) == before
    assert ledger.verify() == ()

    enough = write_outputs(tmp_path, coinbases(100, 10), "enough")
    ballast = small_disk / "ballast"
    refusals = []
    for free_pages in range(0, 100, 3):
        fill(ballast, small_disk, free_pages)
        try:
            ledger.ingest(enough, native_asset=BITCOIN)
        except Unavailable as error:
            refusals.append(error.key)
            ballast.unlink()
            assert list(ParquetLedger.open(path).dump(CHAIN)) == before
            assert ledger.verify() == ()
        else:
            break
    assert set(refusals) <= {"ledger.storage.full"}
    assert refusals or not is_small(small_disk)
    assert ParquetLedger.open(path).record(CHAIN).rows() == 60


def fill(ballast: Path, disk: Path, free_pages: int) -> None:
    """Leave so many pages of a disk free; a disk of the machine's own is left alone."""
    room = os.statvfs(disk)
    ballast.write_bytes(bytes(max(room.f_bavail - free_pages, 0) * room.f_frsize) if is_small(disk) else b"")


def is_small(disk: Path) -> bool:
    """Whether this is the disk that was mounted for the test."""
    room = os.statvfs(disk)
    return room.f_blocks * room.f_frsize <= 4 << 20
