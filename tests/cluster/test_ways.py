"""The way between two addresses is as short as a plain search finds, and is the earliest of its length."""

from collections import deque

from hypothesis import given
from hypothesis import strategies as st
from tests.cluster.test_build import clusters_of

from qiyafa.cluster.records import Clusters, Standing
from qiyafa.cluster.ways import merges_with, way_between

from support.random_output_chains import Spending, output_columns
from support.text_clusters import read_text_case

OWNERS = 8


@st.composite
def co_spends(draw: st.DrawFn) -> Clusters:
    """Draw transactions that each spend from two or three owners; none looks like a mix."""
    chosen = draw(st.lists(st.sets(st.integers(0, OWNERS - 1), min_size=2, max_size=3), max_size=10))
    foreign = [(f"a{owner}", 10_000 + at) for at, owners in enumerate(chosen) for owner in sorted(owners)]
    inputs, begin = [], 0
    for owners in chosen:
        inputs.append(tuple(range(begin, begin + len(owners))))
        begin += len(owners)
    spendings = [Spending(one, (("shop", 9_000),), block) for block, one in enumerate(inputs)]
    return clusters_of(output_columns(spendings, foreign))


def plain_length(clusters: Clusters, source: int, target: int, until: int | None) -> int | None:
    """Return the fewest merges between two addresses, by a search over sets."""
    merges = clusters.merges
    groups = [
        set(merges.members(at).tolist())
        for at in range(len(merges))
        if merges.standing[at] == Standing.JOINS and (until is None or merges.time[at] <= until)
    ]
    lengths, queue = {source: 0}, deque([source])
    while queue:
        here = queue.popleft()
        for other in {one for group in groups if here in group for one in group} - lengths.keys():
            lengths[other] = lengths[here] + 1
            queue.append(other)
    return lengths.get(target)


@given(co_spends(), st.none() | st.integers(0, 10))
def test_a_way_is_as_short_as_can_be(clusters, block) -> None:
    until = None if block is None else block * 600
    for source in range(1, len(clusters.root)):
        for target in range(1, len(clusters.root)):
            way = way_between(clusters, source, target, until)
            assert (None if way is None else len(way)) == plain_length(clusters, source, target, until)


def test_the_earliest_transaction_of_several_is_named() -> None:
    case = read_text_case(
        "# Two transactions join the same two\noutputs\n"
        "1 first: a.0(ann 9000) + a.1(ben 9000) -> shop 9000\n"
        "2 second: a.2(ann 9000) + a.3(ben 9000) -> shop 9000\n"
    )
    here, there = (case.addresses.number(name) for name in ("ann", "ben"))
    (step,) = way_between(case.clusters, here, there)
    assert case.hashes.text(int(case.clusters.merges.row[step.merge])) == "first"
    assert merges_with(case.clusters.merges, here).tolist() == [0, 1]


def test_an_address_needs_no_step_to_itself_and_has_none_to_strangers() -> None:
    case = read_text_case("# Strangers\noutputs\n1 pay: a.0(ann 9000) -> ben 9000\n")
    here, there = (case.addresses.number(name) for name in ("ann", "ben"))
    assert way_between(case.clusters, here, here) == ()
    assert way_between(case.clusters, here, there) is None
