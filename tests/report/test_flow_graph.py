"""The graph of a flow: for every node, claimed + in = out + rest, whatever is put together."""

from hypothesis import given
from hypothesis import strategies as st
from tests.report.made_content import Story, address, busy_story, graph_of
from tests.report.made_stories import stories

from qiyafa.report.flow_graph import FEES_KEY, UNTRACED_KEY, Node, NodeKind, contract, imbalances


@given(stories())
def test_every_node_passes_on_or_keeps_what_it_got(story: Story) -> None:
    assert imbalances(graph_of(story)) == {}


@given(stories(), st.lists(st.integers(1, 12), unique=True))
def test_nodes_put_together_still_balance_and_lose_nothing(story: Story, numbers: list[int]) -> None:
    graph = graph_of(story)
    keys = [address(number) for number in numbers if address(number) in graph.nodes]
    merged = contract(graph, [(Node("group:1", NodeKind.GROUP, ()), keys)] if keys else [])
    assert imbalances(merged) == {}
    for place in ("claimed", "rest"):
        assert sum(getattr(each, place) for each in merged.nodes.values()) == sum(
            getattr(each, place) for each in graph.nodes.values()
        )
    assert sorted(member for each in merged.nodes.values() for member in each.members) == sorted(
        member for each in graph.nodes.values() for member in each.members
    )


def test_what_moves_inside_a_group_is_its_inner_flow() -> None:
    story = Story()
    story.claim(address(1), 10)
    story.move(address(1), address(2), 10)
    story.move(address(2), address(3), 8)
    merged = contract(graph_of(story), [(Node("g", NodeKind.GROUP, ()), [address(2), address(3)])])
    assert merged.nodes["g"].inner == 8
    assert merged.nodes["g"].rest == 10


def test_kinds_say_where_a_trace_begins_and_ends() -> None:
    kinds = {key: node.kind for key, node in graph_of(busy_story(scale=1000, chain=6)).nodes.items()}
    assert kinds[address(1)] is NodeKind.THEFT
    assert kinds[address(4)] is NodeKind.ADDRESS
    assert kinds[address(51)] is NodeKind.STOP
    assert kinds[FEES_KEY] is NodeKind.FEES
    assert kinds[UNTRACED_KEY] is NodeKind.UNTRACED


def test_a_transfer_to_oneself_is_no_link() -> None:
    story = Story()
    story.claim(address(1), 10)
    story.move(address(1), address(1), 10)
    assert graph_of(story).links == {}
