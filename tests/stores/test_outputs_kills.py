"""A kill at any moment of an ingest of outputs, and a full disk: the old ledger or the new one, never a mix."""

from collections.abc import Iterator

import pytest

from qiyafa.model.errors import Unavailable
from qiyafa.stores.outputs_ingest import IngestOutputs, ingest_outputs
from qiyafa.stores.parquet_duckdb import ParquetLedger

from support.killed_writers import Kills, Writers, writing_processes
from support.output_ledgers import BITCOIN, CHAIN, OutputRows, Spend, hash_of, write_outputs
from support.small_disk import small_disk


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


def coinbases(first: int, count: int) -> OutputRows:
    rows = OutputRows()
    for block in range(first, first + count):
        rows.add(f"coinbase {block}", block, 0, (), [(hash_of(f"address {block}"), 50)])
    return rows


def test_a_full_disk_leaves_the_old_ledger(tmp_path):
    few, enough, too_much = (
        write_outputs(tmp_path, coinbases(first, count), name)
        for first, count, name in ((0, 50, "few"), (100, 10, "enough"), (100, 30_000, "too much"))
    )
    with small_disk(tmp_path / "disk", mebibytes=2) as disk:
        path = disk.folder / "ledger"
        ledger = ParquetLedger.open_or_create(path)
        ledger.ingest(few, native_asset=BITCOIN)
        before = list(ledger.dump(CHAIN))
        with pytest.raises(Unavailable) as refused:
            ledger.ingest(too_much, native_asset=BITCOIN)
        assert refused.value.key == "ledger.storage.full"

        def check_unharmed() -> None:
            assert list(ParquetLedger.open(path).dump(CHAIN)) == before
            assert ledger.verify() == ()

        check_unharmed()
        disk.write_until_there_is_room(
            lambda: ledger.ingest(enough, native_asset=BITCOIN), check_unharmed, range(0, 100, 3)
        )
        assert ParquetLedger.open(path).record(CHAIN).rows() == 60
