"""Where slices are cut: by the content alone."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiyafa.stores.manifest import StoredFile
from qiyafa.stores.outputs_slices import Slice, cut, slices_of

blocks = st.dictionaries(st.integers(0, 300), st.integers(1, 40), max_size=60).map(lambda rows: sorted(rows.items()))


def file(first: int, last: int, table: str = "transactions") -> StoredFile:
    return StoredFile(f"{table}-{first}", table, "", 0, 10, first, last)


def test_files_of_overlapping_blocks_make_one_slice():
    made = slices_of([file(0, 5), file(6, 9), file(2, 4, "inputs"), file(6, 9, "outputs"), file(0, 5, "outputs")])
    assert [(one.first, one.last, one.rows, len(one.files)) for one in made] == [(0, 5, 30, 3), (6, 9, 20, 2)]


def test_no_blocks_make_no_slices():
    assert cut([], [], 10) == ([], [])


def test_a_block_of_more_rows_than_a_slice_may_have_is_a_slice_of_its_own():
    pieces, _ = cut([(0, 1), (1, 99), (2, 1)], [], 10)
    assert [(one.first, one.last, one.rows) for one in pieces] == [(0, 0, 1), (1, 1, 99), (2, 2, 1)]


@given(blocks, st.integers(1, 100))
def test_slices_hold_every_block_once_in_order_and_no_more_rows_than_they_may(rows, most):
    pieces, broken = cut(rows, [], most)
    assert broken == []
    held = [number for one in pieces for number, _ in rows if one.first <= number <= one.last]
    assert held == [number for number, _ in rows]
    assert all(before.last < after.first for before, after in pairwise(pieces))
    assert all(one.rows <= most or one.first == one.last for one in pieces)


@given(blocks, blocks, st.integers(1, 100))
def test_blocks_that_come_later_are_cut_as_if_they_had_come_at_once(rows, more, most):
    """Slices that can stay do; the others are taken apart until no one is left that cannot."""
    before, _ = cut(rows, [], most)
    kept = [Slice(one.first, one.last, one.rows, ()) for one in before]
    added = [one for one in more if one[0] not in dict(rows)]
    opened: list[tuple[int, int]] = []
    kept = [one for one in kept if not any(one.first <= number <= one.last for number, _ in added)]
    opened = [one for one in rows if not any(other.first <= one[0] <= other.last for other in kept)]
    while True:
        pieces, broken = cut(sorted([*opened, *added]), kept, most)
        if not broken:
            break
        assert all(one in kept for one in broken)
        kept = [one for one in kept if one not in broken]
        opened = [one for one in rows if not any(other.first <= one[0] <= other.last for other in kept)]
    at_once, _ = cut(sorted([*rows, *added]), [], most)
    assert [(one.first, one.last, one.rows) for one in pieces] == [(one.first, one.last, one.rows) for one in at_once]


def test_a_far_block_leaves_the_other_slices_as_they_are():
    kept = [Slice(0, 3, 10, ()), Slice(4, 6, 9, ())]
    pieces, broken = cut([(900, 5)], kept, 10)
    assert broken == []
    assert [one.stays for one in pieces] == [*kept, None]


@pytest.mark.parametrize("most", [1, 5, 10])
def test_a_block_far_above_all_others_takes_no_longer_to_cut(most):
    pieces, _ = cut([(0, 10), (1, 10), (2**62, 10)], [], most)
    assert [one.first for one in pieces][-1] == 2**62
