"""Questions that wait together are screened together, each gets its own answer, and too many are refused at once."""

import asyncio
import threading
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from tests.api.known_verdicts import verdict

from qiyafa.api.gathering import Gathering
from qiyafa.api.lane import Lane
from qiyafa.api.problems import Busy
from qiyafa.app.desk import Answer
from qiyafa.model.errors import Unavailable
from qiyafa.model.verdict import Outcome, ScreenRequest

DAY = datetime(2024, 1, 1, tzinfo=UTC)


class SlowDesk:
    """Answers once it is let go, and remembers what was asked together."""

    def __init__(self) -> None:
        self.go = threading.Event()
        self.asked: list[tuple[int, datetime | None]] = []

    def screen(self, requests: Sequence[ScreenRequest], as_of: datetime | None) -> list[Answer]:
        assert self.go.wait(10)
        self.asked.append((len(requests), as_of))
        if any(one.address == "lost" for one in requests):
            raise Unavailable("serve.error.busy")
        verdicts = [verdict(one.address, Outcome.NO_HIT) for one in requests]
        return [Answer(one.address.encode(), one.outcome, one) for one in verdicts]


def test_what_waits_is_asked_together_and_every_one_gets_its_own_answer() -> None:
    desk = SlowDesk()

    async def run() -> list[Answer]:
        gathering = Gathering(desk.screen, 1000)
        tasks = [asyncio.create_task(gathering.ask(ScreenRequest(str(number)), None)) for number in range(100)]
        await asyncio.sleep(0)
        desk.go.set()
        answers = await asyncio.gather(*tasks)
        assert gathering.pending == 0
        gathering.close()
        return answers

    assert [one.body for one in asyncio.run(run())] == [str(number).encode() for number in range(100)]
    assert [count for count, _ in desk.asked] == [1, 32, 32, 32, 3]


def test_questions_about_different_moments_are_never_mixed() -> None:
    desk = SlowDesk()

    async def run() -> None:
        gathering = Gathering(desk.screen, 1000)
        moments = [None, DAY, DAY, None]
        tasks = [asyncio.create_task(gathering.ask(ScreenRequest("a"), moment)) for moment in moments]
        await asyncio.sleep(0)
        desk.go.set()
        await asyncio.gather(*tasks)
        gathering.close()

    asyncio.run(run())
    assert desk.asked == [(1, None), (2, DAY), (1, None)]


def test_what_does_not_fit_is_refused_at_once_and_there_is_room_again_later() -> None:
    desk = SlowDesk()

    async def run() -> None:
        gathering = Gathering(desk.screen, 3)
        tasks = [asyncio.create_task(gathering.ask(ScreenRequest("a"), None)) for _ in range(3)]
        await asyncio.sleep(0)
        with pytest.raises(Busy):
            await gathering.ask(ScreenRequest("a"), None)
        desk.go.set()
        await asyncio.gather(*tasks)
        assert (await gathering.ask(ScreenRequest("later"), None)).body == b"later"
        gathering.close()

    asyncio.run(run())


def test_who_gives_up_is_left_out_and_harms_nobody() -> None:
    desk = SlowDesk()

    async def run() -> None:
        gathering = Gathering(desk.screen, 10)
        tasks = [asyncio.create_task(gathering.ask(ScreenRequest(name), None)) for name in "abc"]
        await asyncio.sleep(0)
        tasks[1].cancel()
        await asyncio.sleep(0)
        desk.go.set()
        found = await asyncio.gather(*tasks, return_exceptions=True)
        assert isinstance(found[1], asyncio.CancelledError)
        assert [one.body for one in (found[0], found[2]) if isinstance(one, Answer)] == [b"a", b"c"]
        assert gathering.pending == 0
        gathering.close()

    asyncio.run(run())
    assert [count for count, _ in desk.asked] == [1, 1]


def test_a_failure_reaches_whoever_asked_and_nobody_after() -> None:
    desk = SlowDesk()
    desk.go.set()

    async def run() -> None:
        gathering = Gathering(desk.screen, 10)
        with pytest.raises(Unavailable):
            await gathering.ask(ScreenRequest("lost"), None)
        assert (await gathering.ask(ScreenRequest("a"), None)).body == b"a"
        gathering.close()

    asyncio.run(run())


def test_a_lane_refuses_what_does_not_fit_and_counts_what_is_at_work() -> None:
    go = threading.Event()

    async def run() -> None:
        lane = Lane("test", 1, 2)
        tasks = [asyncio.create_task(lane.run(lambda: go.wait(10))) for _ in range(2)]
        await asyncio.sleep(0)
        assert lane.pending == 2
        with pytest.raises(Busy):
            await lane.run(lambda: None)
        go.set()
        await asyncio.gather(*tasks)
        await asyncio.sleep(0)
        assert await lane.run(lambda: 7) == 7
        lane.close()

    asyncio.run(run())
