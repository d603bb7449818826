"""The order of transactions inside a block where the source does not state it."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from qiyafa.stores.outputs_order import order_in_block


def test_an_output_is_created_before_it_is_spent():
    assert order_in_block([(None, "a"), (None, "b"), (None, "c")], [("c", "a")]) == ["b", "c", "a"]


def test_what_nothing_orders_is_ordered_by_hash():
    assert order_in_block([(None, "c"), (None, "a"), (None, "b")], []) == ["a", "b", "c"]


def test_stated_places_are_kept_and_come_first():
    assert order_in_block([(7, "b"), (None, "a"), (3, "c")], []) == ["c", "b", "a"]


def test_a_transaction_without_a_place_comes_before_the_placed_one_that_spends_it():
    assert order_in_block([(3, "c"), (7, "b"), (None, "z")], [("z", "c")]) == ["z", "c", "b"]


def test_a_circle_is_broken_where_it_begins_by_hash():
    assert order_in_block([(None, "b"), (None, "a"), (None, "c")], [("a", "b"), ("b", "a"), ("b", "c")]) == [
        "a",
        "b",
        "c",
    ]


@given(st.permutations("abcdefgh"), st.data())
def test_any_order_of_the_statements_gives_the_same_order_and_keeps_them_all(names, data):
    spends = data.draw(st.sets(st.tuples(st.integers(0, 7), st.integers(0, 7)).filter(lambda pair: pair[0] < pair[1])))
    edges = [("abcdefgh"[::-1][before], "abcdefgh"[::-1][after]) for before, after in sorted(spends)]
    ordered = order_in_block([(None, name) for name in names], data.draw(st.permutations(edges)))
    assert ordered == order_in_block([(None, name) for name in "abcdefgh"], edges)
    assert sorted(ordered) == list("abcdefgh")
    assert all(ordered.index(before) < ordered.index(after) for before, after in edges)


def test_a_chain_as_long_as_a_block_can_be_is_ordered_without_recursion():
    names = [f"{number * 7919 % 4000:04d}" for number in range(4000)]
    spends = list(pairwise(names))
    assert order_in_block([(None, name) for name in sorted(names)], spends) == names
