"""Rolling back: what is left is what an ingest of the blocks below would have given."""

import itertools
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qiyafa.model.errors import Conflict, NotFound
from qiyafa.model.ledger import AddressCoverage, CoverageStatus
from qiyafa.stores.append import Append, append
from qiyafa.stores.disk import sha256_of
from qiyafa.stores.layout import WRITING
from qiyafa.stores.locking import writer_lock
from qiyafa.stores.manifest import StoredFile, read_manifest
from qiyafa.stores.parquet_duckdb import ParquetLedger
from qiyafa.stores.part_writer import PartSizes
from qiyafa.stores.publish import begin, publish
from qiyafa.stores.rollback import Rollback, mark_diverged, roll_back

from support.whole_blocks import CHAIN, ETHER, WholeBlock, chain_of, chains, raw_blocks

TINY = PartSizes(part_rows=64, small_rows=16, row_group_rows=8)


def add(ledger: Path, blocks: list[WholeBlock]) -> None:
    ParquetLedger.open_or_create(ledger)
    with tempfile.TemporaryDirectory() as scratch:
        assert append(Append(ledger, raw_blocks(Path(scratch), blocks), ETHER, TINY)) is not None


def dumped(ledger: Path) -> list[str]:
    opened = ParquetLedger.open(ledger)
    assert opened.verify() == ()
    return list(opened.dump(CHAIN))


@settings(max_examples=12, deadline=None)
@given(blocks=chains(least=2), data=st.data())
def test_a_rolled_back_ledger_is_one_that_never_went_further(blocks, data):
    check_rolled_back(blocks, data)


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(blocks=chains(least=2), data=st.data())
def test_many_rolled_back_ledgers_are_ones_that_never_went_further(blocks, data):
    check_rolled_back(blocks, data)


def check_rolled_back(blocks: list[WholeBlock], data: st.DataObject) -> None:
    last = data.draw(st.integers(0, len(blocks) - 1))
    cuts = sorted(data.draw(st.sets(st.integers(1, len(blocks)))) | {0, len(blocks)})
    with tempfile.TemporaryDirectory() as folder:
        whole, short = Path(folder) / "whole", Path(folder) / "short"
        for begin, end in itertools.pairwise(cuts):
            add(whole, blocks[begin:end])
        add(short, blocks[: last + 1])
        roll_back(Rollback(whole, CHAIN, last, TINY))
        assert dumped(whole) == dumped(short)
        assert ParquetLedger.open(whole).record(CHAIN).head == ParquetLedger.open(short).record(CHAIN).head


@pytest.mark.parametrize("depth", [1, 2, 17, 100, 150])
def test_another_history_takes_the_place_of_the_old_one(tmp_path, depth):
    old = chain_of(150)
    kept = old[: len(old) - depth]
    new = chain_of(depth + 1, 7, first=len(kept), parent_hash=kept[-1].hash if kept else "0x" + "0" * 64)
    for start in range(0, len(old), 4):
        add(tmp_path / "ledger", old[start : start + 4])
    roll_back(Rollback(tmp_path / "ledger", CHAIN, len(kept) - 1, TINY))
    add(tmp_path / "ledger", new)
    add(tmp_path / "fresh", [*kept, *new])
    assert dumped(tmp_path / "ledger") == dumped(tmp_path / "fresh")
    assert not {block.hash for block in old[len(kept) :]} & {block.hash for block in new}


def test_everything_may_go(tmp_path):
    add(tmp_path, chain_of(5))
    roll_back(Rollback(tmp_path, CHAIN, -1, TINY))
    record = ParquetLedger.open(tmp_path).record(CHAIN)
    assert (record.files, record.head.block_number, record.head.hash) == ((), None, None)


def test_other_chains_stay_as_they_are(tmp_path, raw_of, row, read_files):
    ledger = ParquetLedger.open_or_create(tmp_path)
    ledger.ingest(raw_of([row(block_number=block) for block in range(9)]), native_asset="eip155:1/slip44:60")
    before = read_files(tmp_path / "chain=eip155:1")
    record = ParquetLedger.open(tmp_path).record("eip155:1")
    add(tmp_path, chain_of(9))
    roll_back(Rollback(tmp_path, CHAIN, 3, TINY))
    assert read_files(tmp_path / "chain=eip155:1") == before
    assert ParquetLedger.open(tmp_path).record("eip155:1") == record


def test_what_a_source_said_of_addresses_stays(tmp_path):
    stated = AddressCoverage("0xaa", CoverageStatus.CAPPED, "10,000 rows")
    ledger = ParquetLedger.open_or_create(tmp_path / "ledger")
    ledger.ingest(replace(raw_blocks(tmp_path, chain_of(6)), address_coverage=(stated,)), native_asset=ETHER)
    roll_back(Rollback(ledger.path, CHAIN, 2, TINY))
    assert ParquetLedger.open(ledger.path).coverage(CHAIN).addresses == {"0xaa": stated}


def test_rolling_back_needs_block_numbers(tmp_path, raw_of, row):
    ledger = ParquetLedger.open_or_create(tmp_path)
    ledger.ingest(raw_of([row(block_number=None, transaction_index=None)]), native_asset="eip155:1/slip44:60")
    with pytest.raises(Conflict) as refused:
        roll_back(Rollback(tmp_path, "eip155:1", 0))
    assert refused.value.key == "sync.error.without_blocks"


def test_a_changed_part_is_not_divided(tmp_path):
    add(tmp_path, chain_of(9))
    part = tmp_path / ParquetLedger.open(tmp_path).record(CHAIN).transfers()[0].path
    part.write_bytes(part.read_bytes()[:-1] + b"x")
    with pytest.raises(Conflict) as refused:
        roll_back(Rollback(tmp_path, CHAIN, 3, TINY))
    assert refused.value.key == "ledger.file.changed"
    assert not (tmp_path / WRITING).exists()


def test_two_writers_do_not_meet(tmp_path):
    add(tmp_path, chain_of(2))
    with writer_lock(tmp_path), pytest.raises(Conflict) as refused:
        roll_back(Rollback(tmp_path, CHAIN, 0))
    assert refused.value.key == "ledger.lock.busy"


def test_the_mark_of_a_diverged_chain_stays_until_it_is_taken_away(tmp_path, raw_of, row):
    add(tmp_path, chain_of(3))
    mark_diverged(tmp_path, CHAIN, "block 1")
    assert ParquetLedger.open(tmp_path).record(CHAIN).diverged == "block 1"
    add(tmp_path, chain_of(1, first=3, parent_hash=chain_of(3)[-1].hash))
    roll_back(Rollback(tmp_path, CHAIN, 2, TINY))
    assert ParquetLedger.open(tmp_path).record(CHAIN).diverged == "block 1"
    mark_diverged(tmp_path, CHAIN, "")
    assert ParquetLedger.open(tmp_path).record(CHAIN).diverged == ""


def test_files_of_other_tables_stay_through_everything(tmp_path):
    add(tmp_path, chain_of(3))
    stranger = tmp_path / f"chain={CHAIN}" / "table=tokens" / "names.parquet"
    stranger.parent.mkdir()
    stranger.write_bytes(b"names")
    old = read_manifest(tmp_path)
    record = old.chains[CHAIN]
    stored = StoredFile(stranger.relative_to(tmp_path).as_posix(), "tokens", sha256_of(stranger), 5, 0)
    begin(tmp_path, old)
    (tmp_path / WRITING / stranger.name).write_bytes(b"names")
    publish(tmp_path, old, old.with_chain(replace(record, files=(*record.files, stored))))

    add(tmp_path, chain_of(1, first=3, parent_hash=chain_of(3)[-1].hash))
    roll_back(Rollback(tmp_path, CHAIN, 1, TINY))
    with tempfile.TemporaryDirectory() as scratch:
        ParquetLedger.open(tmp_path).ingest(raw_blocks(Path(scratch), chain_of(3)), native_asset=ETHER)
    assert ParquetLedger.open(tmp_path).record(CHAIN).table("tokens") == (stored,)
    assert stranger.read_bytes() == b"names"


def test_a_chain_that_is_not_there_cannot_be_rolled_back(tmp_path):
    add(tmp_path, chain_of(1))
    with pytest.raises(NotFound):
        roll_back(Rollback(tmp_path, "eip155:5", 0))
