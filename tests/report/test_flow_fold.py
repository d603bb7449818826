"""Folding: a graph of any size becomes one that can be read, and keeps every unit."""

from hypothesis import given
from tests.report.made_content import Story, address, busy_story, graph_of
from tests.report.made_stories import stories

from qiyafa.report.flow_fold import HOP_COLUMNS, NODES_IN_COLUMN, chains, fold
from qiyafa.report.flow_graph import ENDS, NodeKind, imbalances

UNIT = 10**18


def _chain(length: int, peel: bool = False) -> Story:
    story = Story()
    story.claim(address(1), 1000 * UNIT)
    for at in range(1, length + 1):
        story.move(address(at), address(at + 1), 900 * UNIT - at)
        if peel:
            story.move(address(at + 1), address(100 + at), 1)
    return story


@given(stories())
def test_folding_loses_nothing_and_balances(story: Story) -> None:
    graph = graph_of(story)
    columns = fold(graph)
    assert imbalances(columns.graph) == {}
    for place in ("claimed", "rest"):
        assert sum(getattr(each, place) for each in columns.graph.nodes.values()) == sum(
            getattr(each, place) for each in graph.nodes.values()
        )
    assert sorted(member for node in columns.graph.nodes.values() for member in node.members) == sorted(
        key for key, node in graph.nodes.items() if node.members
    )


@given(stories())
def test_columns_are_few_full_and_end_with_the_ends(story: Story) -> None:
    columns = fold(graph_of(story))
    used = sorted(columns.column.values())
    assert sorted(set(used)) == list(range(columns.count))
    assert columns.count <= HOP_COLUMNS + 1
    assert all(used.count(at) <= NODES_IN_COLUMN for at in range(columns.count))
    ends = {columns.column[key] for key, node in columns.graph.nodes.items() if node.kind in ENDS}
    assert ends <= {columns.count - 1}


def test_a_run_of_passers_on_folds_into_one_node() -> None:
    columns = fold(graph_of(_chain(18)))
    (chain,) = [node for node in columns.graph.nodes.values() if node.kind is NodeKind.CHAIN]
    assert chain.members == tuple(address(at) for at in range(2, 19))
    assert chain.hops == (1, 17)
    assert address(19) in columns.graph.nodes


def test_what_a_chain_peels_off_does_not_break_it() -> None:
    assert [len(run) for run in chains(graph_of(_chain(18, peel=True)))] == [17]


def test_two_passers_on_are_drawn_one_by_one() -> None:
    assert chains(graph_of(_chain(3))) == []


def test_who_keeps_a_tenth_is_no_mere_passer_on() -> None:
    story = _chain(4)
    story.move(address(5), address(6), 800 * UNIT)
    story.move(address(6), address(7), 800 * UNIT)
    story.move(address(7), address(8), 800 * UNIT)
    assert all(address(5) not in run for run in chains(graph_of(story)))


def test_an_address_with_a_name_stays_out_of_a_chain() -> None:
    assert [len(run) for run in chains(graph_of(_chain(18)), frozenset({address(10)}))] == [8, 8]


def test_units_that_run_in_a_circle_are_counted_once() -> None:
    story = Story()
    story.claim(address(1), 100)
    for source, target in ((1, 2), (2, 3), (3, 4), (4, 2)):
        story.move(address(source), address(target), 100)
    story.move(address(2), address(5), 100)
    columns = fold(graph_of(story))
    assert imbalances(columns.graph) == {}
    (chain,) = [node for node in columns.graph.nodes.values() if node.kind is NodeKind.CHAIN]
    assert (columns.graph.through()[chain.key], chain.inner) == (100, 300)


def test_a_fan_of_two_hundred_becomes_one_group() -> None:
    columns = fold(graph_of(busy_story()))
    groups = [node for node in columns.graph.nodes.values() if node.kind is NodeKind.GROUP]
    assert max(len(node.members) for node in groups) >= 190


def test_small_nodes_are_grouped_only_if_there_are_several() -> None:
    story = Story()
    story.claim(address(1), 10**6)
    story.move(address(1), address(2), 900_000)
    story.move(address(1), address(3), 1)
    assert address(3) in fold(graph_of(story)).graph.nodes
    story.move(address(1), address(4), 1)
    assert address(3) not in fold(graph_of(story)).graph.nodes
