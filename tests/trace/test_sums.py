"""Sums by group are exact where 64 bits would wrap."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from qiyafa.trace.sums import joint_key, place_and_colour, sum_by


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 2**120))))
def test_sums_equal_python_integers(rows: list[tuple[int, int]]) -> None:
    keys = np.array([key for key, _ in rows], dtype=np.uint64)
    low = np.array([units & (2**64 - 1) for _, units in rows], dtype=np.uint64)
    high = np.array([units >> 64 for _, units in rows], dtype=np.uint64)
    expected: dict[int, int] = {}
    for key, units in rows:
        expected[key] = expected.get(key, 0) + units
    assert sum_by(keys, low, high) == expected


@given(st.integers(0, 2**32 - 1), st.integers(0, 2**16 - 1))
def test_place_and_colour_come_back(place: int, colour: int) -> None:
    key = joint_key(np.array([place], dtype=np.uint32), np.array([colour], dtype=np.uint16))
    assert place_and_colour(int(key[0])) == (place, colour)
