"""Order: the fewest units cross."""

from tests.report.made_content import Story, address, busy_story, graph_of

from qiyafa.report.flow_fold import fold
from qiyafa.report.sankey_lanes import Board, board
from qiyafa.report.sankey_order import crossing_units, ordered


def _ladder() -> Board:
    """Three thieves, each with one receiver; the largest receiver belongs to the smallest thief's neighbour."""
    story = Story()
    for number, units in ((1, 300), (2, 200), (3, 100)):
        story.claim(address(number), units)
    story.move(address(1), address(11), 50)
    story.move(address(2), address(12), 60)
    story.move(address(3), address(13), 70)
    return board(fold(graph_of(story)))


def test_links_that_need_not_cross_do_not() -> None:
    lanes = _ladder()
    assert crossing_units(lanes, lanes.columns()) == 50 + 50 + 60
    assert crossing_units(lanes, ordered(lanes)) == 0


def test_the_order_is_never_worse_than_by_size_and_holds_every_item() -> None:
    lanes = board(fold(graph_of(busy_story())))
    order = ordered(lanes)
    assert crossing_units(lanes, order) <= crossing_units(lanes, lanes.columns())
    assert sorted(item.key for items in order for item in items) == sorted(lanes.items)
    assert all(item.column == at for at, items in enumerate(order) for item in items)


def test_groups_stand_below_single_nodes_and_fees_below_all() -> None:
    for items in ordered(board(fold(graph_of(busy_story())))):
        assert [item.rank for item in items] == sorted(item.rank for item in items)
