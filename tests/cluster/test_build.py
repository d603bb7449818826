"""Building clusters: what hostile ledgers do not break, what prohibitions do, and that nothing depends on order."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from qiyafa.cluster.build import build
from qiyafa.cluster.heuristics import HEURISTICS
from qiyafa.cluster.heuristics.co_spend import DUST
from qiyafa.cluster.records import Ground, Standing
from qiyafa.cluster.ways import members_of
from qiyafa.model.outputs import UNKNOWN_OUTPUT, OutputColumns
from qiyafa.stores.memory import columns_from_transfers

from support.explained_clusters import payers_of, unexplained_pairs
from support.random_output_chains import Drawn, Spending, chains, output_columns


def clusters_of(outputs: OutputColumns, *extra: str, **more):
    return build(Ground(outputs=outputs, **more), ("co_spend", *extra), {})


def valuable(drawn: Drawn) -> OutputColumns:
    """Return a drawn chain in which no value is dust, so that every input is evidence."""
    spendings = [
        Spending(one.inputs, tuple((owner, units + 10_000) for owner, units in one.outputs), one.block, one.name)
        for one in drawn.transactions
    ]
    return output_columns(spendings, [(owner, units + 10_000) for owner, units in drawn.foreign])


@given(chains(spent_twice=True))
def test_every_join_of_a_random_chain_is_explained(drawn) -> None:
    outputs = valuable(drawn)
    for extra in ((), ("one_time_change",)):
        clusters = clusters_of(outputs, *extra)
        assert unexplained_pairs(Ground(outputs=outputs), clusters) == []


@given(chains())
def test_what_a_transaction_spends_is_together_unless_it_was_refused(drawn) -> None:
    outputs = valuable(drawn)
    clusters = clusters_of(outputs)
    refused = set(clusters.merges.row[clusters.merges.standing == Standing.REFUSED].tolist())
    for transaction in range(len(outputs)):
        payers = payers_of(outputs, transaction) - {0}
        if len(payers) > 1 and transaction not in refused:
            assert len({int(clusters.root[one]) for one in payers}) == 1


@given(chains(), st.data())
def test_a_forbidden_transaction_leaves_the_clusters_of_the_others(drawn, data) -> None:
    outputs = valuable(drawn)
    merges = clusters_of(outputs).merges
    rows = sorted(set(merges.row.tolist()))
    banned = data.draw(st.sets(st.sampled_from(rows))) if rows else set()
    by_transaction = build(Ground(outputs=outputs), ("co_spend",), {"": banned})
    by_rule = build(Ground(outputs=outputs), ("co_spend",), {"co_spend": banned})
    assert by_transaction.root.tolist() == by_rule.root.tolist()
    assert unexplained_pairs(Ground(outputs=outputs), by_transaction) == []
    joins = by_transaction.merges.standing == Standing.JOINS
    assert not set(by_transaction.merges.row[joins].tolist()) & banned
    everything = build(Ground(outputs=outputs), ("co_spend",), {"": rows})
    assert len(everything) == 0


@given(chains(), st.integers(0, 6))
def test_building_up_to_a_day_is_the_same_as_asking_as_of_it(drawn, block) -> None:
    """Co-spend looks at one transaction at a time, so later ones change nothing."""
    outputs = valuable(drawn)
    whole, until = clusters_of(outputs), block * 600
    early = clusters_of(outputs, until=until)
    for number in range(1, len(outputs.addresses)):
        assert members_of(whole, number, until).tolist() == members_of(early, number).tolist()


@given(chains())
def test_a_cluster_never_shrinks_with_time(drawn) -> None:
    outputs = valuable(drawn)
    clusters = clusters_of(outputs)
    for number in range(1, len(outputs.addresses)):
        before: set[int] = {number}
        for block in range(8):
            now = set(members_of(clusters, number, block * 600).tolist())
            assert before <= now
            before = now
        assert before <= set(members_of(clusters, number).tolist())


def test_an_empty_ledger_has_no_clusters() -> None:
    assert len(clusters_of(output_columns([]))) == 0
    accounts = columns_from_transfers([], "test:1")
    assert len(build(Ground(transfers=accounts), tuple(HEURISTICS), {})) == 0


def test_a_transaction_of_a_hundred_thousand_inputs_is_one_cluster() -> None:
    count = 100_000
    foreign = [(f"a{number}", 10_000) for number in range(count)]
    outputs = output_columns([Spending(tuple(range(count)), (("shop", 10_000 * count),), 1)], foreign)
    clusters = clusters_of(outputs)
    assert clusters.first.tolist() == [0, count]
    assert len(members_of(clusters, 1, 600)) == count


def test_inputs_of_dust_of_nobody_and_unknown_ones_join_nothing() -> None:
    foreign = [("alice", 10_000), ("bob", int(DUST)), ("", 10_000), ("carol", int(DUST) + 1)]
    outputs = output_columns([Spending((0, 1, 2, UNKNOWN_OUTPUT), (("shop", 9_000),), 1)], foreign)
    assert len(clusters_of(outputs)) == 0
    above = output_columns([Spending((0, 3), (("shop", 9_000),), 1)], foreign)
    assert [above.addresses.text(one) for one in clusters_of(above).member.tolist()] == ["alice", "carol"]


def test_a_moment_that_is_unknown_counts_only_where_no_day_is_asked_for() -> None:
    foreign = [("alice", 10_000), ("bob", 10_000)]
    outputs = output_columns([Spending((0, 1), (("shop", 9_000),), 1)], foreign)
    outputs.time[:] = -1
    clusters = clusters_of(outputs)
    assert len(members_of(clusters, 1)) == 2
    assert members_of(clusters, 1, 10**10).tolist() == [1]
    assert len(clusters_of(outputs, until=10**10)) == 0


def test_merges_are_in_order_of_time_though_blocks_are_not() -> None:
    """Bitcoin's block times may go backwards by hours."""
    foreign = [(f"a{number}", 10_000) for number in range(4)]
    outputs = output_columns([Spending((0, 1), (), 1), Spending((2, 3), (), 2), Spending((1, 2), (), 3)], foreign)
    outputs.time[:] = [300, 100, 200]
    clusters = clusters_of(outputs)
    assert clusters.merges.time.tolist() == [100, 200, 300]
    assert len(members_of(clusters, 3, 200)) == 3
    assert np.array_equal(clusters.merges.row, [1, 2, 0])
