"""The table of blocks: two histories never stand side by side, whatever comes in which order."""

import itertools
import tempfile
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qiyafa.model.errors import Conflict
from qiyafa.model.ledger import BlockCoverage
from qiyafa.stores.blocks import BLOCKS_SCHEMA, BlockHashes, BlockParts, fitting, head_of, merge_blocks, whole_spans
from qiyafa.stores.layout import BLOCKS
from qiyafa.stores.manifest import Head
from qiyafa.stores.parquet_duckdb import ParquetLedger
from qiyafa.stores.part_writer import PartSizes

from support.whole_blocks import CHAIN, ETHER, WholeBlock, chain_of, make_block, raw_blocks

TINY = PartSizes(part_rows=8, small_rows=4, row_group_rows=3)


def table(blocks: list[WholeBlock]) -> pa.Table:
    return pa.Table.from_pylist([block.header() for block in blocks], BLOCKS_SCHEMA)


def ingest(ledger: Path, blocks: list[WholeBlock]) -> ParquetLedger:
    opened = ParquetLedger.open_or_create(ledger)
    with tempfile.TemporaryDirectory() as scratch:
        opened.ingest(raw_blocks(Path(scratch), blocks), native_asset=ETHER)
    return opened


@settings(max_examples=60)
@given(data=st.data())
def test_blocks_in_any_order_and_any_number_of_times_are_one_table(data):
    blocks = chain_of(30, each=0)
    pieces = data.draw(st.lists(st.lists(st.sampled_from(blocks), min_size=1), min_size=1, max_size=6))
    with tempfile.TemporaryDirectory() as folder:
        parts = ()
        for piece in pieces:
            parts = merge_blocks(BlockParts(Path(folder), CHAIN, parts), fitting(table(piece)), Path(folder), TINY)
            for part in parts:
                (Path(folder) / part.path).parent.mkdir(parents=True, exist_ok=True)
                written = Path(folder) / Path(part.path).name
                if written.exists():
                    written.rename(Path(folder) / part.path)
        wanted = sorted({(block.number, block.hash) for piece in pieces for block in piece})
        assert list(BlockHashes(BlockParts(Path(folder), CHAIN, parts))) == wanted
        assert all(part.rows <= TINY.part_rows for part in parts)
        assert all(one.last_block < other.first_block for one, other in itertools.pairwise(parts))


def test_a_number_has_one_hash():
    with pytest.raises(Conflict) as refused:
        fitting(table([*chain_of(5), *chain_of(5, 3)[4:]]))
    assert refused.value.key == "sync.blocks.two_hashes"
    assert refused.value.fields["block"] == 4


def test_a_block_follows_the_one_before_it():
    with pytest.raises(Conflict) as refused:
        fitting(table([*chain_of(4), *chain_of(9, 3)[4:]]))
    assert (refused.value.key, refused.value.fields["block"]) == ("sync.blocks.unlinked", 4)


def test_blocks_behind_a_gap_are_taken_as_they_are():
    blocks = [*chain_of(4), *chain_of(9, 3)[5:]]
    assert whole_spans(fitting(table(blocks))) == [BlockCoverage(0, 3), BlockCoverage(5, 8)]


def test_of_two_rows_with_one_hash_the_one_that_states_more_is_kept():
    block = make_block(7, "0x01", 0).header()
    rows = pa.Table.from_pylist(
        [{**block, "transaction_count": None}, {**block, "transaction_count": 4}], BLOCKS_SCHEMA
    )
    assert fitting(rows).to_pylist() == [{**block, "transaction_count": 4}]


def test_an_ingest_keeps_blocks_and_head(tmp_path):
    blocks = chain_of(9)
    opened = ingest(tmp_path, blocks)
    record = opened.record(CHAIN)
    assert sum(part.rows for part in record.table(BLOCKS)) == 9
    assert record.head == Head(8, blocks[-1].header()["timestamp"], blocks[-1].hash)
    assert opened.coverage(CHAIN).blocks == (BlockCoverage(0, 8),)
    assert opened.verify() == ()


def test_an_ingest_of_another_history_is_refused_and_changes_nothing(tmp_path):
    opened = ingest(tmp_path, chain_of(9))
    before = list(opened.dump(CHAIN))
    with pytest.raises(Conflict) as refused:
        ingest(tmp_path, chain_of(9, 4)[7:])
    assert refused.value.key == "sync.blocks.two_hashes"
    assert list(ParquetLedger.open(tmp_path).dump(CHAIN)) == before


def test_the_head_has_no_hash_where_transfers_go_beyond_the_blocks(tmp_path, raw_of, row):
    from dataclasses import replace

    opened = ingest(tmp_path, chain_of(3))
    opened.ingest(replace(raw_of([row(block_number=7)]), chain=CHAIN), native_asset=ETHER)
    assert opened.record(CHAIN).head == Head(7, 1000, None)


def test_no_blocks_have_no_head():
    assert head_of(BLOCKS_SCHEMA.empty_table()) == Head()


def test_the_dump_holds_the_blocks(tmp_path):
    blocks = chain_of(2)
    lines = [line for line in ingest(tmp_path, blocks).dump(CHAIN) if line.startswith('["blocks"')]
    assert [block.hash in line for block, line in zip(blocks, lines[1:], strict=True)] == [True, True]
