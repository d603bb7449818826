"""Single questions that wait together are screened together: the busier the service, the cheaper each answer.

One thread takes whatever waits, up to a few dozen, and asks the desk once: what is the same for all (list versions, the
label store's state) is then asked once too, and the event loop is woken once.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from qiyafa.api.problems import Busy
from qiyafa.app.desk import Answer
from qiyafa.model.verdict import ScreenRequest

_MOST_TOGETHER: Final = 32

Screen = Callable[[Sequence[ScreenRequest], datetime | None], list[Answer]]


@dataclass(frozen=True, slots=True, eq=False)
class _Waiting:
    request: ScreenRequest
    as_of: datetime | None
    answer: asyncio.Future[Answer]


class Gathering:
    """Questions on their way to the desk, in order. For one event loop."""

    def __init__(self, screen: Screen, most_pending: int) -> None:
        self._screen = screen
        self._most = most_pending
        self._waiting: deque[_Waiting] = deque()
        self._pending = 0
        self._is_at_work = False
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="single")

    @property
    def pending(self) -> int:
        """How many wait or are being screened."""
        return self._pending

    async def ask(self, request: ScreenRequest, as_of: datetime | None) -> Answer:
        """Return the verdict on one address. Raises Busy if too many wait, and what the desk raises."""
        if self._pending >= self._most:
            raise Busy("serve.error.busy", seconds=1)
        loop = asyncio.get_running_loop()
        one = _Waiting(request, as_of, loop.create_future())
        self._waiting.append(one)
        self._pending += 1
        if not self._is_at_work:
            self._work_on(loop)
        return await one.answer

    def close(self) -> None:
        """Begin nothing more, and wait for what is at work."""
        self._pool.shutdown(cancel_futures=True)

    def _work_on(self, loop: asyncio.AbstractEventLoop) -> None:
        together = self._next()
        self._is_at_work = bool(together)
        if together:
            self._pool.submit(self._answer, together, loop)

    def _next(self) -> list[_Waiting]:
        """Take the first that wait for the same moment; those who gave up are left out."""
        together: list[_Waiting] = []
        while self._waiting and len(together) < _MOST_TOGETHER:
            if together and self._waiting[0].as_of != together[0].as_of:
                break
            one = self._waiting.popleft()
            if one.answer.cancelled():
                self._pending -= 1
            else:
                together.append(one)
        return together

    def _answer(self, together: list[_Waiting], loop: asyncio.AbstractEventLoop) -> None:
        """Ask the desk; runs in the thread."""
        found: list[Answer] | BaseException
        try:
            found = self._screen([one.request for one in together], together[0].as_of)
        except BaseException as error:  # noqa: BLE001 - it is raised where the answer is awaited
            found = error
        if not loop.is_closed():
            loop.call_soon_threadsafe(self._deliver, together, found, loop)

    def _deliver(
        self, together: list[_Waiting], found: list[Answer] | BaseException, loop: asyncio.AbstractEventLoop
    ) -> None:
        self._pending -= len(together)
        for place, one in enumerate(together):
            if one.answer.done():
                continue
            if isinstance(found, BaseException):
                one.answer.set_exception(found)
            else:
                one.answer.set_result(found[place])
        self._work_on(loop)
