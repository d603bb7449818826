"""Appending whole blocks: what one ingest of them gives, without reading what is there."""

import itertools
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qiyafa.model.errors import Conflict
from qiyafa.stores.append import Append, Appended, append
from qiyafa.stores.layout import BLOCKS, WRITING
from qiyafa.stores.parquet_duckdb import ParquetLedger
from qiyafa.stores.part_writer import PartSizes

from support.whole_blocks import CHAIN, ETHER, WholeBlock, chain_of, chains, make_block, payments, raw_blocks

TINY = PartSizes(part_rows=512, small_rows=64, row_group_rows=16)


def add(ledger: Path, blocks: list[WholeBlock], sizes: PartSizes = TINY) -> Appended | None:
    with tempfile.TemporaryDirectory() as scratch:
        return append(Append(ledger, raw_blocks(Path(scratch), blocks), ETHER, sizes))


def ingested(folder: Path, blocks: list[WholeBlock]) -> list[str]:
    """Return the dump of one fresh ingest."""
    ledger = ParquetLedger.open_or_create(folder)
    with tempfile.TemporaryDirectory() as scratch:
        ledger.ingest(raw_blocks(Path(scratch), blocks), native_asset=ETHER)
    return list(ledger.dump(CHAIN))


@settings(max_examples=10, deadline=None)
@given(blocks=chains(), data=st.data())
def test_blocks_appended_in_any_pieces_are_those_of_one_ingest(blocks, data):
    check_pieces(blocks, data)


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(blocks=chains(), data=st.data())
def test_blocks_of_many_chains_appended_in_any_pieces_are_those_of_one_ingest(blocks, data):
    check_pieces(blocks, data)


def check_pieces(blocks: list[WholeBlock], data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as folder:
        ledger = ParquetLedger.open_or_create(Path(folder) / "appended")
        cuts = sorted(data.draw(st.sets(st.integers(1, len(blocks)))) | {0, len(blocks)})
        for begin, end in itertools.pairwise(cuts):
            assert add(ledger.path, blocks[begin:end]) is not None
        appended = ParquetLedger.open(ledger.path)
        assert list(appended.dump(CHAIN)) == ingested(Path(folder) / "whole", blocks)
        assert appended.record(CHAIN).head == ParquetLedger.open(Path(folder) / "whole").record(CHAIN).head
        assert appended.verify() == ()


def test_a_chain_that_grows_keeps_few_files_and_all_rows(tmp_path):
    check_growth(tmp_path, blocks=90, most_files=25)


@pytest.mark.slow
def test_a_long_chain_keeps_few_files_and_all_rows(tmp_path):
    check_growth(tmp_path, blocks=300, most_files=40)


def check_growth(tmp_path: Path, blocks: int, most_files: int) -> None:
    """Append a chain block by block."""
    chain = chain_of(blocks)
    ledger = ParquetLedger.open_or_create(tmp_path / "ledger")
    for block in chain:
        assert add(ledger.path, [block]) is not None
    ledger = ParquetLedger.open(ledger.path)
    assert list(ledger.dump(CHAIN)) == ingested(tmp_path / "whole", chain)
    assert ledger.verify() == ()
    assert len(ledger.record(CHAIN).transfers()) < most_files
    assert len(ledger.record(CHAIN).table(BLOCKS)) < most_files
    assert not (ledger.path / WRITING).exists()


def test_the_head_has_its_hash(tmp_path):
    ParquetLedger.open_or_create(tmp_path)
    blocks = chain_of(3)
    added = add(tmp_path, blocks)
    assert added is not None
    assert (added.head.block_number, added.head.hash) == (2, blocks[-1].hash)
    assert ParquetLedger.open(tmp_path).record(CHAIN).head == added.head


def test_empty_blocks_are_held_whole_too(tmp_path):
    ledger = ParquetLedger.open_or_create(tmp_path)
    assert add(tmp_path, chain_of(5, each=0)) is not None
    ledger = ParquetLedger.open(tmp_path)
    assert (ledger.record(CHAIN).head.block_number, ledger.record(CHAIN).rows()) == (4, 0)
    assert [(span.first_block, span.last_block) for span in ledger.coverage(CHAIN).blocks] == [(0, 4)]


def test_blocks_that_lie_at_or_below_the_head_need_an_ingest(tmp_path):
    ParquetLedger.open_or_create(tmp_path)
    blocks = chain_of(4)
    assert add(tmp_path, blocks) is not None
    assert add(tmp_path, blocks[3:]) is None


def test_a_block_that_does_not_follow_the_head_is_refused(tmp_path):
    ledger = ParquetLedger.open_or_create(tmp_path)
    add(tmp_path, chain_of(4))
    dump = list(ParquetLedger.open(tmp_path).dump(CHAIN))
    with pytest.raises(Conflict) as refused:
        add(tmp_path, [make_block(4, "0x" + "ee" * 32, 0)])
    assert refused.value.key == "sync.blocks.unlinked"
    assert list(ParquetLedger.open(tmp_path).dump(CHAIN)) == dump
    assert ledger.verify() == ()


def test_transfers_outside_the_blocks_need_an_ingest(tmp_path):
    ParquetLedger.open_or_create(tmp_path)
    block = make_block(7, "0x00", 0, payments(2))
    stray = WholeBlock(7, block.hash, block.parent_hash, tuple({**row, "block_number": 6} for row in block.rows))
    assert add(tmp_path, [stray]) is None


def test_a_ledger_with_downloads_is_left_to_the_merge(tmp_path, raw_of, row):
    """A download may hold a transaction that a reorganization moved: only a merge finds it."""
    ledger = ParquetLedger.open_or_create(tmp_path)
    ledger.ingest(_as_chain(raw_of([row(block_number=1)])), native_asset=ETHER)
    assert add(tmp_path, chain_of(1, first=9)) is None


@pytest.mark.parametrize(
    "rows",
    [
        [{"kind": "token", "log_index": None}],
        [{"kind": "internal", "trace_address": None}],
        [{"kind": "internal", "trace_address": "call_0"}],
        [{"transaction_index": None}],
        [{}, {}],
        [{}, {"kind": "fee", "transaction_hash": "0x77"}],
    ],
    ids=["no log index", "no trace", "no path", "no index", "twice", "two hashes at one place"],
)
def test_rows_that_lack_their_place_need_an_ingest(tmp_path, rows):
    ParquetLedger.open_or_create(tmp_path)
    assert add(tmp_path, [make_block(0, "0x00", 0, [rows])]) is None


def test_a_changed_part_is_not_joined_under_a_new_hash(tmp_path):
    ParquetLedger.open_or_create(tmp_path)
    blocks = chain_of(60)
    add(tmp_path, blocks[:1])
    record = ParquetLedger.open(tmp_path).record(CHAIN)
    part = tmp_path / record.transfers()[0].path
    part.write_bytes(part.read_bytes()[:-1] + b"x")
    with pytest.raises(Conflict) as refused:
        all(add(tmp_path, [block]) for block in blocks[1:])
    assert refused.value.key == "ledger.file.changed"


def _as_chain(raw):
    from dataclasses import replace

    return replace(raw, chain=CHAIN)


def test_a_reader_whose_files_were_replaced_is_told_to_ask_again(tmp_path):
    """Damage and a writer that went on are two things."""
    ParquetLedger.open_or_create(tmp_path)
    blocks = chain_of(40)
    add(tmp_path, blocks[:1])
    reader = ParquetLedger.open(tmp_path)
    for block in blocks[1:]:
        add(tmp_path, [block])
    with pytest.raises(Conflict) as columns:
        reader.columns(CHAIN)
    with pytest.raises(Conflict) as coverage:
        reader.coverage(CHAIN)
    assert {columns.value.key, coverage.value.key} == {"sync.error.moved_on"}
    assert len(ParquetLedger.open(tmp_path).columns(CHAIN)) == 160
