"""The timeline: at every step the places add up to all that was stolen."""

from hypothesis import given
from tests.report.made_content import ETHER, Story, content_of
from tests.report.made_stories import stories

from qiyafa.report.content import Moment
from qiyafa.report.timeline import Step, steps, thinned, without_tail


@given(stories())
def test_the_last_step_is_the_answer(story: Story) -> None:
    series = steps(ETHER, content_of(story).flows.moments)
    totals = story.totals(None, ETHER)
    if series:
        last = series[-1]
        assert last.total() == totals.stolen
        assert last.stopped == totals.stopped
        assert last.spent == totals.fees + totals.untraced
        assert last.at_theft + last.elsewhere == totals.held
        assert all(min(step.places()) >= 0 for step in series)


def test_moments_of_one_second_are_one_step() -> None:
    moments = [Moment(ETHER, None, 5, 0, 0, 0), Moment(ETHER, 7, -2, 2, 0, 0), Moment(ETHER, 7, -1, 0, 1, 0)]
    assert steps(ETHER, moments) == [Step(7, 2, 2, 1, 0)]


def test_without_times_there_is_no_timeline() -> None:
    assert steps(ETHER, [Moment(ETHER, None, 5, 0, 0, 0)]) == []


def test_thinning_keeps_the_ends() -> None:
    series = [Step(time, time, 0, 0, 0) for time in range(0, 10_000, 3)]
    thin = thinned(series, 50)
    assert len(thin) <= 52
    assert (thin[0], thin[-1]) == (series[0], series[-1])
    assert [step.time for step in thin] == sorted({step.time for step in thin})


def test_a_long_quiet_tail_is_left_out_and_a_short_one_is_not() -> None:
    busy = [Step(time, 10**6 - 1000 * time, 1000 * time, 0, 0) for time in range(100)]
    late, soon = Step(1000, 10**6 - 99_001, 99_001, 0, 0), Step(101, 10**6 - 99_001, 99_001, 0, 0)
    assert without_tail([*busy, late]) == busy
    assert without_tail([*busy, soon]) == [*busy, soon]
