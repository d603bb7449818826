"""Union-find gives what a plain walk over the pairs gives, whatever their order, and a forest as early as can be."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from qiyafa.cluster.union_find import join_groups, roots_of_pairs

COUNT = 12
NUMBER = st.integers(0, COUNT - 1)


def plain_roots(groups: list[tuple[int, ...]]) -> list[int]:
    """Return the lowest number that each one hangs together with, by sets that swallow each other."""
    sets = [{number} for number in range(COUNT)]
    for group in groups:
        touched = [one for one in sets if one & set(group)]
        sets = [one for one in sets if not one & set(group)] + ([set().union(*touched)] if touched else [])
    return [min(one) for number in range(COUNT) for one in sets if number in one]


def columns(groups: list[tuple[int, ...]]) -> tuple[np.ndarray, np.ndarray]:
    first = np.cumsum([0, *map(len, groups)], dtype=np.int64)
    return first, np.array([number for group in groups for number in group], np.uint32)


def joined(groups: list[tuple[int, ...]], chosen: list[bool] | None = None):
    marks = np.array(chosen if chosen is not None else [True] * len(groups), np.uint8)
    return join_groups(*columns(groups), marks, COUNT)


GROUPS = st.lists(st.lists(NUMBER, max_size=5).map(tuple), max_size=12)


@given(st.lists(st.tuples(NUMBER, NUMBER), max_size=20))
def test_pairs_give_the_same_as_a_plain_walk(pairs) -> None:
    left, right = (np.array([pair[side] for pair in pairs], np.uint32) for side in (0, 1))
    assert roots_of_pairs(left, right, COUNT).tolist() == plain_roots(pairs)


@given(GROUPS)
def test_groups_give_the_same_as_a_plain_walk(groups) -> None:
    assert joined(groups)[0].tolist() == plain_roots(groups)


@given(GROUPS, st.randoms(use_true_random=False))
def test_the_order_of_groups_does_not_matter(groups, random) -> None:
    shuffled = list(groups)
    random.shuffle(shuffled)
    assert joined(groups)[0].tolist() == joined(shuffled)[0].tolist()


@given(GROUPS, st.data())
def test_groups_that_are_not_chosen_join_nothing(groups, data) -> None:
    chosen = [data.draw(st.booleans()) for _ in groups]
    kept = [group for group, is_chosen in zip(groups, chosen, strict=True) if is_chosen]
    assert joined(groups, chosen)[0].tolist() == plain_roots(kept)


@given(GROUPS)
def test_the_joins_are_a_forest_whose_early_part_joins_what_early_groups_join(groups) -> None:
    roots, left, right, group = joined(groups)
    assert len(left) == COUNT - len(set(roots.tolist()))
    assert group.tolist() == sorted(group.tolist())
    for until in range(len(groups) + 1):
        early = group < until
        found = roots_of_pairs(left[early], right[early], COUNT)
        assert found.tolist() == plain_roots(groups[:until])


def test_nothing_at_all_joins_nothing() -> None:
    assert join_groups(np.zeros(1, np.int64), np.empty(0, np.uint32), np.empty(0, np.uint8), 0)[0].tolist() == []
