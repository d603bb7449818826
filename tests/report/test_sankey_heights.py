"""Heights: as near to the wanted ones as the slots allow."""

from hypothesis import given
from hypothesis import strategies as st

from qiyafa.report.sankey_heights import spread

_ITEMS = st.lists(st.tuples(st.floats(-100, 500), st.floats(1, 50)), min_size=1, max_size=12)


@given(_ITEMS)
def test_slots_keep_their_order_and_never_overlap(items: list[tuple[float, float]]) -> None:
    wanted, slots = [want for want, _ in items], [slot for _, slot in items]
    height = sum(slots) + 100
    tops = spread(wanted, slots, height)
    for top, slot, following in zip(tops, slots, tops[1:], strict=False):
        assert top + slot <= following + 1e-6
    assert tops[0] >= -1e-6
    assert tops[-1] + slots[-1] <= height + 1e-6


def test_slots_that_have_room_stand_where_they_want() -> None:
    assert spread([10, 50, 90], [10, 10, 10], 200) == [10, 50, 90]


def test_slots_that_want_one_place_share_it_evenly() -> None:
    assert spread([50, 50], [10, 10], 200) == [45, 55]
