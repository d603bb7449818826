"""Joining small parts: few files, and no row is written again too often."""

from hypothesis import given
from hypothesis import strategies as st

from qiyafa.stores.compaction import FAN_OUT, parts_to_join
from qiyafa.stores.manifest import StoredFile

WHOLE = FAN_OUT**4


def part(rows: int) -> StoredFile:
    return StoredFile("", "", "", 0, rows)


@given(st.lists(st.one_of(st.integers(1, 3), st.integers(1, 500), st.integers(1, 2 * WHOLE)), max_size=300))
def test_parts_stay_few_and_rows_are_rarely_written_again(appended):
    parts: list[StoredFile] = []
    written = 0
    for rows in appended:
        parts.append(part(rows))
        joined = parts_to_join(parts, WHOLE)
        assert joined != 1
        if joined:
            together = sum(one.rows for one in parts[-joined:])
            written += together
            parts[-joined:] = [part(together)]
        small = [one for one in parts if one.rows < WHOLE]
        assert len(small) < 4 * FAN_OUT + 1
    assert sum(one.rows for one in parts) == sum(appended)
    assert written <= 4 * sum(appended)


def test_a_whole_part_stays_as_it_is():
    assert parts_to_join([part(WHOLE), part(1), part(1)], WHOLE) == 0
    assert parts_to_join([part(WHOLE), *(part(1) for _ in range(FAN_OUT))], WHOLE) == FAN_OUT
