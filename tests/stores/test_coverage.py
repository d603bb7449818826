"""How complete a history is: what sources said, and what follows from whole blocks."""

import itertools

import pytest

from qiyafa.model.ledger import AddressCoverage, BlockCoverage, CoverageStatus
from qiyafa.stores.coverage import NOTHING_KNOWN, merged_coverage
from qiyafa.stores.parquet_duckdb import ParquetLedger

CHAIN = "eip155:1"
COMPLETE, CAPPED, ABSENT = (
    AddressCoverage("a", status, f"it is {status}")
    for status in (CoverageStatus.COMPLETE, CoverageStatus.CAPPED, CoverageStatus.ABSENT)
)


@pytest.mark.parametrize("order", list(itertools.permutations([COMPLETE, CAPPED, ABSENT])))
def test_the_best_status_wins_in_any_order(order):
    assert merged_coverage(NOTHING_KNOWN, order, ()).addresses == {"a": COMPLETE}


def test_of_equal_statuses_the_one_with_the_most_words_is_kept():
    short, long = (AddressCoverage("a", CoverageStatus.CAPPED, detail) for detail in ("", "10,000 rows"))
    assert merged_coverage(merged_coverage(NOTHING_KNOWN, [long], ()), [short], ()).addresses == {"a": long}


def test_block_ranges_are_united():
    spans = [BlockCoverage(10, 20), BlockCoverage(0, 4), BlockCoverage(5, 7), BlockCoverage(15, 30)]
    assert merged_coverage(NOTHING_KNOWN, (), spans).blocks == (BlockCoverage(0, 7), BlockCoverage(10, 30))


def test_an_address_that_nobody_spoke_of_is_unknown(tmp_path, raw_of, ingest_into, row):
    ingest_into(tmp_path, raw_of([row()], address_coverage=(CAPPED,)))
    ledger = ParquetLedger.open(tmp_path)
    assert ledger.address_coverage(CHAIN, "a") == CAPPED
    assert ledger.address_coverage(CHAIN, "z") == AddressCoverage("z", CoverageStatus.UNKNOWN)


@pytest.mark.parametrize(
    ("spans", "status"),
    [
        ([(0, 9)], CoverageStatus.COMPLETE),
        ([(0, 4), (5, 12)], CoverageStatus.COMPLETE),
        ([(1, 9)], CoverageStatus.UNKNOWN),
        ([(0, 4), (6, 9)], CoverageStatus.UNKNOWN),
    ],
)
def test_all_blocks_up_to_the_head_make_every_history_complete(tmp_path, raw_of, ingest_into, row, spans, status):
    held = tuple(BlockCoverage(first, last) for first, last in spans)
    ingest_into(tmp_path, raw_of([row(block_number=9)], block_coverage=held))
    assert ParquetLedger.open(tmp_path).address_coverage(CHAIN, "z").status is status


def test_blocks_held_whole_without_a_transfer_move_the_head(tmp_path, raw_of, ingest_into, row):
    report = ingest_into(tmp_path, raw_of([row(block_number=9)], block_coverage=(BlockCoverage(0, 12),)))
    head = ParquetLedger.open(tmp_path).record(CHAIN).head
    assert (report.head_block, head.block_number, head.time) == (12, 12, None)
