"""Sums by group are exact where 64 bits would wrap."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from qiyafa.trace.sums import WideUnits, sum_by


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 2**128 - 1))))
def test_sums_equal_python_integers(rows: list[tuple[int, int]]) -> None:
    keys = np.array([key for key, _ in rows], dtype=np.uint64)
    low = np.array([units & (2**64 - 1) for _, units in rows], dtype=np.uint64)
    high = np.array([units >> 64 for _, units in rows], dtype=np.uint64)
    expected: dict[int, int] = {}
    for key, units in rows:
        expected[key] = expected.get(key, 0) + units
    assert sum_by(keys, low, high) == expected


@given(st.lists(st.tuples(st.integers(0, 2**190), st.integers(0, 2**190))))
def test_wide_units_compare_as_python_integers(pairs: list[tuple[int, int]]) -> None:
    one, other = (wide([pair[side] for pair in pairs]) for side in (0, 1))
    assert one.smaller(other).integers() == [min(pair) for pair in pairs]
    assert one.larger(other).integers() == [max(pair) for pair in pairs]
    order = one.largest_first(other).tolist()
    assert order == sorted(range(len(pairs)), key=lambda row: (-pairs[row][0], -pairs[row][1], row))


def wide(amounts: list[int]) -> WideUnits:
    words = [np.array([units >> shift & (2**64 - 1) for units in amounts], dtype=np.uint64) for shift in (0, 64, 128)]
    return WideUnits(*words)
