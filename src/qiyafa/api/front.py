"""What all routes share: the desk that screens, the keys, the pace of each caller, and the lanes of work.

Single questions and batches have lanes of their own, so that a batch never makes a withdrawal wait behind it.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from starlette.requests import Request

from qiyafa.api.gathering import Gathering
from qiyafa.api.lane import Lane
from qiyafa.api.metrics import Metrics
from qiyafa.api.pace import Pace
from qiyafa.api.strain import Strain
from qiyafa.api.strict_body import BodyLimits
from qiyafa.app.desk import Answer, Desk, Ready
from qiyafa.app.exchange import Exchange
from qiyafa.app.kept_verdicts import KeptQuestion
from qiyafa.app.keys import KeyRing
from qiyafa.model.errors import QiyafaError
from qiyafa.model.verdict import ScreenRequest
from qiyafa.text import text

_RECORD_THREADS = 4
"""Keeping a verdict waits for the disk, reading one does not; readers do not wait for writers."""


_EXCHANGE_THREADS = 2
Shared = TypeVar("Shared")


@dataclass(frozen=True, slots=True)
class Limits:
    """What the service takes on before it refuses."""

    per_second: int = 1000
    """Addresses that one caller may ask for in a second."""
    request_seconds: float = 30.0
    late_seconds: float = 0.025
    """When the event loop comes later than this, half of what an answer may take, load is shed."""
    most_pending: int = 64
    """Single questions queued or at work. At half a millisecond each the last one is answered well within 50 ms."""
    most_batches: int = 4
    body: BodyLimits = field(default_factory=BodyLimits)


class Front:
    """The service's state, for one event loop."""

    def __init__(self, desk: Desk, ring: KeyRing, limits: Limits) -> None:
        self.desk = desk
        self.ring = ring
        self.limits = limits
        self.metrics = Metrics(self._pending)
        self.strain = Strain(desk.clock, limits.late_seconds)
        self.pace = Pace(limits.per_second, desk.clock)
        self._singles = Gathering(self.desk.screen, limits.most_pending)
        self._batches = Lane("batch", 1, limits.most_batches)
        self._records = Lane("record", _RECORD_THREADS, limits.most_pending)
        self._controls = Lane("control", 1, limits.most_pending)
        self._exchange = Lane("exchange", _EXCHANGE_THREADS, limits.most_pending)
        self._under_way: dict[tuple[str, KeptQuestion], asyncio.Task[Answer]] = {}

    async def screen(self, request: ScreenRequest, as_of: datetime | None = None) -> Answer:
        """Return the verdict on one address. Raises Busy under too much load, Unavailable if nothing can be asked."""
        answer = await self._singles.ask(request, as_of)
        self.metrics.count(answer)
        return answer

    async def screen_many(
        self, caller: str, requests: Sequence[ScreenRequest], as_of: datetime | None = None
    ) -> list[Answer]:
        """Return the verdicts on some addresses, in order; each counts against the caller's pace."""
        self.pace.take(caller, len(requests))
        answers = await self._batches.run(lambda: self.desk.screen(requests, as_of))
        for answer in answers:
            self.metrics.count(answer)
        return answers

    async def screen_once(self, request_id: str, question: KeptQuestion) -> Answer:
        """Return the verdict that is kept under an id, or screen and keep it.

        Parallel duplicates wait for the first of them. Raises Conflict if the id was used for another question.
        """
        key = (request_id, question)
        task = self._under_way.get(key)
        if task is None:
            task = asyncio.create_task(self._screen_and_keep(request_id, question))
            self._under_way[key] = task
            task.add_done_callback(lambda done: self._forget(key, done))
        # Whoever gives up does not take the answer away from the others.
        return await asyncio.shield(task)

    async def kept(self, request_id: str) -> bytes:
        """Return the verdict that is kept under an id, byte for byte. Raises NotFound."""
        return await self._records.run(lambda: self.desk.kept(request_id))

    async def share(self, work: Callable[[Exchange], Shared]) -> Shared:
        """Return what the exchange of collections answers. Raises Busy under too much load."""
        return await self._exchange.run(lambda: work(self.desk.exchange))

    async def ready(self) -> Ready:
        """Return whether answers can be trusted now, and keys be checked."""
        try:
            self.ring.is_needed()
        except QiyafaError as error:
            return Ready((text(error.key, **error.fields),), {})
        return await self._controls.run(self.desk.ready)

    def close(self) -> None:
        """Finish what is at work and let the stores go."""
        for lane in (self._singles, self._batches, self._records, self._controls, self._exchange):
            lane.close()
        self.desk.exchange.close()
        self.ring.close()

    async def _screen_and_keep(self, request_id: str, question: KeptQuestion) -> Answer:
        earlier = await self._records.run(lambda: self.desk.answered(request_id, question))
        if earlier is not None:
            return earlier
        answer = await self.screen(question.request, question.as_of)
        if not answer.is_answer:
            return answer
        return await self._records.run(lambda: self.desk.keep(request_id, question, answer))

    def _forget(self, key: tuple[str, KeptQuestion], done: asyncio.Task[Answer]) -> None:
        self._under_way.pop(key, None)
        if not done.cancelled():
            # Looked at here, as everybody who waited for it may have given up.
            done.exception()

    def _pending(self) -> dict[str, int]:
        lanes = {lane.name: lane.pending for lane in (self._batches, self._records, self._controls, self._exchange)}
        return {"single": self._singles.pending, **lanes}


def front_of(request: Request) -> Front:
    """Return the front of the application that a request reached."""
    front = request.app.state.front
    assert isinstance(front, Front)
    return front
