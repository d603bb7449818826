"""Paging by blocks: every row exactly once, whatever a server's limit, and always an end."""

from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qiyafa.chains.answer_cache import KeptAnswer
from qiyafa.chains.http_client import BadAnswerError
from qiyafa.chains.readers.etherscan_api.windows import WINDOW_ROWS, BlockRange, Windows, read_windows

LAST = 1_000
MOST = 50_000
ANSWER = KeptAnswer(b"", "", "")


def row(block: int, number: int) -> dict[str, str]:
    return {"blockNumber": str(block), "hash": str(number)}


def history(*blocks: tuple[int, int]) -> list[dict[str, str]]:
    """Return so many rows of each block."""
    numbers = count()
    return [row(block, next(numbers)) for block, rows in sorted(blocks) for _ in range(rows)]


def read(rows: list[dict[str, str]], *, limit: int = WINDOW_ROWS, most: int = MOST) -> tuple[Windows, list[BlockRange]]:
    """Read a history from a server that gives at most `limit` rows, and return what was asked."""
    asked: list[BlockRange] = []

    def ask(blocks: BlockRange) -> tuple[list[object], KeptAnswer]:
        asked.append(blocks)
        found: list[object] = [one for one in rows if blocks.first <= int(one["blockNumber"]) <= blocks.last]
        return found[:limit], ANSWER

    return read_windows(ask, LAST, most), asked


def taken(windows: Windows) -> list[object]:
    return [one for window in windows.windows for one in window.rows]


@settings(max_examples=40)
@given(
    blocks=st.dictionaries(st.integers(0, LAST), st.integers(1, 120) | st.just(700), max_size=30),
    limit=st.sampled_from([1_000, 2_000, 10_000]),
)
def test_every_row_is_taken_once_even_if_the_limit_is_not_stated(blocks: dict[int, int], limit: int) -> None:
    rows = history(*blocks.items())
    windows, _ = read(rows, limit=limit)
    assert windows.cut is None
    assert taken(windows) == rows


def test_a_short_history_takes_one_question_and_a_long_one_few() -> None:
    assert len(read(history((5, 3)))[1]) == 1
    assert len(read([])[1]) == 1
    windows, asked = read(history(*((block, 120) for block in range(300))))
    assert (windows.row_count, len(asked)) == (36_000, 4)


def test_a_block_that_is_larger_than_an_answer_is_said() -> None:
    windows, _ = read(history((4, 7), (5, 12_000), (6, 1)))
    assert windows.cut is not None
    assert (windows.cut.key, windows.cut.fields["block"]) == ("pull.problem.full_block", 5)
    assert taken(windows) == history((4, 7))


def test_a_busy_address_is_cut_after_so_many_rows() -> None:
    windows, asked = read(history(*((block, 100) for block in range(LAST))), most=20_000)
    assert windows.cut is not None
    assert windows.cut.key == "pull.problem.busy"
    assert 20_000 <= windows.row_count < 30_000
    assert len(asked) == 3


def test_a_server_that_pages_for_ever_comes_to_an_end() -> None:
    asked: list[BlockRange] = []

    def ask(blocks: BlockRange) -> tuple[list[object], KeptAnswer]:
        asked.append(blocks)
        return [row(blocks.first, 0)] * 9_999 + [row(blocks.first + 1, 0)], ANSWER

    windows = read_windows(ask, 10**9, MOST)
    assert windows.cut is not None
    assert len(asked) == 6


def test_a_server_that_ignores_the_range_is_found_out() -> None:
    rows: list[object] = list(history((5, 10_000), (6, 10_000)))
    with pytest.raises(BadAnswerError):
        read_windows(lambda _: (rows[5:10_005][::-1], ANSWER), LAST, MOST)
    windows = read_windows(lambda _: (rows[5_000:15_000], ANSWER), LAST, MOST)
    assert windows.cut is not None
    assert windows.cut.key == "pull.problem.order"


def test_a_bad_answer_to_a_later_question_only_cuts() -> None:
    def ask(blocks: BlockRange) -> tuple[list[object], KeptAnswer]:
        if blocks.first:
            raise BadAnswerError("pull.problem.refused", reason="Query Timeout occured")
        return list(history((1, 9_000), (2, 1_000))), ANSWER

    windows = read_windows(ask, LAST, MOST)
    assert taken(windows) == history((1, 9_000))
    assert windows.cut is not None
    assert windows.cut.key == "pull.problem.refused"


def test_rows_without_blocks_are_left_to_their_reader_but_never_paged_by() -> None:
    broken: list[object] = [{"hash": "0x"}, 7, None]
    assert taken(read_windows(lambda _: (broken, ANSWER), LAST, MOST)) == broken
    with pytest.raises(BadAnswerError):
        read_windows(lambda _: ([7] * 10_000, ANSWER), LAST, MOST)
