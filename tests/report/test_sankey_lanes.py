"""Lanes: long links to one end run side by side."""

from tests.report.made_content import Story, address, graph_of

from qiyafa.report.flow_fold import fold
from qiyafa.report.sankey_lanes import board


def _story() -> Story:
    story = Story()
    story.claim(address(1), 1000)
    story.move(address(1), address(2), 600)
    story.move(address(2), address(3), 300)
    story.stop(address(1), address(9), 100, "mixer: m")
    story.stop(address(2), address(9), 200, "mixer: m")
    return story


def test_a_lane_carries_all_that_passes_a_column() -> None:
    items = board(fold(graph_of(_story()))).items
    lanes = {item.column: item.units for item in items.values() if item.is_lane}
    assert lanes == {1: 100, 2: 300}


def test_every_forward_link_goes_one_column_at_a_time() -> None:
    lanes = board(fold(graph_of(_story())))
    for _, route in lanes.routes:
        columns = [lanes.items[key].column for key in route]
        assert columns == list(range(columns[0], columns[-1] + 1))


def test_neighbours_are_seen_from_both_sides() -> None:
    before, after = board(fold(graph_of(_story()))).neighbours()
    there = sorted((left, right, units) for right, each in before.items() for left, units in each)
    back = sorted((left, right, units) for left, each in after.items() for right, units in each)
    assert there == back
