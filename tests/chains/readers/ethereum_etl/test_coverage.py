"""Coverage files of both kinds."""

from collections import Counter
from pathlib import Path

import pytest
from tests.chains.files import ALICE, BOB, CAROL, Desk, transactions

from qiyafa.model.errors import InvalidInput
from qiyafa.model.ledger import AddressCoverage, BlockCoverage, CoverageStatus


def test_coverage_by_address_keeps_the_words_of_the_source(desk: Desk) -> None:
    rows = [f"{ALICE.upper()},5,complete", f'{BOB},10000,"capped: 10,000 rows"', f"{CAROL},-1,Absent"]
    read = desk.read(coverage="\n".join(["address,txlist_rows,status", *rows]))
    assert read.raw.address_coverage == (
        AddressCoverage(ALICE, CoverageStatus.COMPLETE, "complete"),
        AddressCoverage(BOB, CoverageStatus.CAPPED, "capped: 10,000 rows"),
        AddressCoverage(CAROL, CoverageStatus.ABSENT, "Absent"),
    )
    assert read.raw.provides == frozenset()


def test_coverage_by_blocks_is_a_list_of_ranges(desk: Desk) -> None:
    read = desk.read(transactions=transactions({}), coverage="from_block,to_block\n1,5\n7,7\n9,8\n,4\n")
    assert read.raw.block_coverage == (BlockCoverage(1, 5), BlockCoverage(7, 7))
    assert read.problems[-2:] == [
        "line 4: the range of blocks ends before it begins: 9 > 8",
        "line 5: from_block is empty",
    ]


@pytest.mark.parametrize("status", ["completely", "unknown", "", "incomplete"])
def test_any_other_status_is_a_problem(desk: Desk, status: str) -> None:
    read = desk.read(coverage=f"address,status\n{ALICE},{status}\n")
    assert read.raw.address_coverage == ()
    assert read.problem_count == 1


def test_a_table_of_another_kind_is_refused(desk: Desk) -> None:
    with pytest.raises(InvalidInput) as refused:
        desk.read(coverage="address,from_block\n")
    assert refused.value.key == "chains.error.coverage_columns"


@pytest.mark.shared_data
def test_the_real_coverage_is_read(desk: Desk, shared_data: Path) -> None:
    read = desk.read(coverage=shared_data / "ethereum" / "coverage.csv")
    statuses = Counter(one.status for one in read.raw.address_coverage)
    assert statuses == {CoverageStatus.COMPLETE: 295, CoverageStatus.CAPPED: 27, CoverageStatus.ABSENT: 6}
    assert read.problems == []
