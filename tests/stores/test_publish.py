"""A kill at any moment, a full disk, two writers: the old ledger or the new one, never a mix."""

import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from qiyafa.model.errors import Conflict, Unavailable
from qiyafa.model.raw import RawTransfers
from qiyafa.stores.disk import unavailable
from qiyafa.stores.locking import writer_lock
from qiyafa.stores.parquet_duckdb import ParquetLedger

from support.killed_writers import Kills, Writers, writing_processes
from support.small_disk import files_of_at_most, small_disk

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
def wide_raw(raw_of, row) -> Callable[[int, int], RawTransfers]:
    """Make so many raw rows, from a block on, of addresses and hashes that nothing can compress."""

    def make(count: int, first: int) -> RawTransfers:
        chosen = random.Random(first)
        return raw_of(
            [
                row(
                    block_number=n,
                    transaction_hash=f"0x{chosen.getrandbits(256):064x}",
                    source=f"0x{chosen.getrandbits(160):040x}",
                )
                for n in range(first, first + count)
            ]
        )

    return make


def test_a_full_disk_at_any_point_leaves_the_old_ledger(tmp_path, wide_raw):
    few, enough, too_much = wide_raw(50, 0), wide_raw(10, 100), wide_raw(50_000, 100)
    with small_disk(tmp_path / "disk", mebibytes=2) as disk:
        path = disk.folder / "ledger"
        ledger = ParquetLedger.open_or_create(path)
        ledger.ingest(few, native_asset=ETHER)
        before = (path / "manifest.json").read_bytes()
        dump = list(ledger.dump(CHAIN))
        with pytest.raises(Unavailable) as refused:
            ledger.ingest(too_much, native_asset=ETHER)
        assert refused.value.key == "ledger.storage.full"

        def check_unharmed() -> None:
            assert (path / "manifest.json").read_bytes() == before
            assert list(ParquetLedger.open(path).dump(CHAIN)) == dump
            assert ledger.verify() == ()

        check_unharmed()
        disk.write_until_there_is_room(lambda: ledger.ingest(enough, native_asset=ETHER), check_unharmed, range(60))
        assert ParquetLedger.open(path).record(CHAIN).rows() == 60


def test_files_that_may_not_grow_are_a_full_disk(tmp_path, raw_of, ingest_into, row):
    ingest_into(tmp_path, raw_of([row()]))
    before = (tmp_path / "manifest.json").read_bytes()
    more = raw_of([row(block_number=n, transaction_hash=f"0x{n}") for n in range(2, 200)])
    with files_of_at_most(1024), pytest.raises(Unavailable) as refused:
        ingest_into(tmp_path, more)
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
