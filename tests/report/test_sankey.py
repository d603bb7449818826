"""The places of a Sankey chart: nothing overlaps, every width is what flows."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.report.made_content import Story, address, busy_story, graph_of
from tests.report.made_stories import stories

from qiyafa.report.flow_fold import Columns, fold
from qiyafa.report.sankey import GAP, LINK_LEAST, NODE_LEAST, Layout, place


def _placed(story: Story, label: float = 40.0) -> tuple[Columns, Layout]:
    columns = fold(graph_of(story))
    return columns, place(columns, dict.fromkeys(columns.graph.nodes, label))


@given(stories(), st.floats(0, 80))
def test_nodes_and_labels_of_a_column_never_overlap(story: Story, label: float) -> None:
    columns, layout = _placed(story, label)
    for at in range(columns.count):
        nodes = sorted((node for node in layout.nodes.values() if node.column == at), key=lambda node: node.y)
        for upper, lower in pairwise(nodes):
            assert upper.y + max(upper.height, label) + GAP <= lower.y + 1e-6
        assert all(node.y >= -1e-6 and node.y + node.slot <= layout.height + 1e-6 for node in nodes)


@given(stories())
def test_links_at_a_node_fill_it_and_no_more(story: Story) -> None:
    columns, layout = _placed(story)
    scale = _scale(columns, layout)
    for key, node in layout.nodes.items():
        source = columns.graph.nodes[key]
        leaving = [each for each in (*layout.links, *layout.backward) if each.link.source == key]
        widths = sum(each.link.units * scale for each in leaving) + source.rest * scale
        assert widths == pytest.approx(columns.graph.through()[key] * scale)
        for each in leaving:
            middle, half = each.stations[0][1], each.link.units * scale / 2
            assert node.y - 1e-6 <= middle - half
            assert middle + half <= node.y + max(node.height, NODE_LEAST) + 1e-6


@given(stories())
def test_links_that_leave_a_node_lie_side_by_side(story: Story) -> None:
    columns, layout = _placed(story)
    scale = _scale(columns, layout)
    for key in layout.nodes:
        for end in (0, -1):
            links = [each for each in layout.links if (each.link.source if end == 0 else each.link.target) == key]
            links.sort(key=lambda each: each.stations[end][1])
            for upper, lower in pairwise(links):
                apart = lower.stations[end][1] - upper.stations[end][1]
                assert apart == pytest.approx((upper.link.units + lower.link.units) * scale / 2, abs=1e-6)


def test_a_link_is_as_thick_as_its_units_and_stays_visible() -> None:
    story = Story()
    story.claim(address(1), 10**9)
    story.move(address(1), address(2), 5 * 10**8)
    story.move(address(1), address(3), 1)
    _, layout = _placed(story)
    thick = {each.link.target: each.thickness for each in layout.links}
    assert thick[address(2)] == pytest.approx(layout.nodes[address(1)].height / 2)
    assert thick[address(3)] == LINK_LEAST


def test_a_link_back_leaves_its_node_but_reaches_none() -> None:
    story = Story()
    story.claim(address(1), 100)
    story.move(address(1), address(2), 100)
    story.move(address(2), address(1), 40)
    _, layout = _placed(story)
    (back,) = layout.backward
    assert back.link.source == address(2)
    assert len(back.stations) == 1


def test_a_long_link_visits_every_column_on_its_way() -> None:
    columns, layout = _placed(busy_story())
    for each in layout.links:
        first, last = columns.column[each.link.source], columns.column[each.link.target]
        assert [column for column, _ in each.stations] == list(range(first, last + 1))


def test_the_same_graph_gets_the_same_places() -> None:
    assert _placed(busy_story())[1] == _placed(busy_story())[1]


def _scale(columns: Columns, layout: Layout) -> float:
    key, units = max(columns.graph.through().items(), key=lambda pair: (pair[1], pair[0]))
    return layout.nodes[key].height / units
