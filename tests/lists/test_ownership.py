"""The 50 percent rule, by example and as a fixpoint."""

from datetime import date
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from qiyafa.lists.ownership import blocked_by_ownership

DAY, LATER = date(2020, 1, 1), date(2022, 1, 1)
HALF = Fraction(1, 2)


def test_two_quarters_make_a_half_on_the_day_of_the_second():
    blocked = blocked_by_ownership({"c": [("a", Fraction(1, 4)), ("b", Fraction(1, 4))]}, {"a": DAY, "b": LATER})
    assert (blocked["c"].since, blocked["c"].share, blocked["c"].owners) == (LATER, HALF, ("a", "b"))


def test_the_share_of_a_blocked_owner_counts_in_full():
    owners = {"b": [("a", HALF)], "c": [("b", HALF)], "d": [("c", Fraction(49, 100))]}
    assert set(blocked_by_ownership(owners, {"a": DAY})) == {"b", "c"}


def test_circles_of_owners_end_and_block_nobody_by_themselves():
    owners = {"b": [("c", Fraction(1))], "c": [("b", Fraction(1))], "d": [("a", HALF), ("d", HALF)]}
    assert set(blocked_by_ownership(owners, {"a": DAY})) == {"d"}


PARTIES = st.sampled_from("abcdefgh")
OWNERS = st.dictionaries(
    PARTIES,
    st.lists(
        st.tuples(PARTIES, st.sampled_from([Fraction(n, 10) for n in range(1, 11)])),
        max_size=4,
        unique_by=lambda o: o[0],
    ),
)
LISTED = st.dictionaries(PARTIES, st.sampled_from([DAY, LATER]))


@given(OWNERS, LISTED)
def test_exactly_those_are_blocked_whose_blocked_owners_hold_half(owners, listed):
    blocked = blocked_by_ownership(owners, listed)
    reached = set(listed) | set(blocked)
    held = {
        party: sum((share for owner, share in holders if owner in reached), Fraction(0))
        for party, holders in owners.items()
    }
    assert all(held[party] >= HALF for party in blocked)
    assert all(held[party] < HALF for party in owners if party not in reached)
    assert all(date.min <= one.since and one.since in set(listed.values()) for one in blocked.values())


@given(OWNERS, LISTED)
def test_nobody_is_blocked_without_somebody_listed(owners, listed):
    assert blocked_by_ownership(owners, {}) == {}
    assert not set(blocked_by_ownership(owners, listed)) & set(listed)
