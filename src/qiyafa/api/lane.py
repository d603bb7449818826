"""A few threads with a bounded queue before them: what does not fit is refused at once instead of answered late."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from qiyafa.api.problems import Busy

Result = TypeVar("Result")


class Lane:
    """Work that may block, off the event loop."""

    def __init__(self, name: str, threads: int, most_pending: int) -> None:
        self.name = name
        self._most = most_pending
        self._pending = 0
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix=name)

    @property
    def pending(self) -> int:
        """How much is queued or at work."""
        return self._pending

    async def run(self, work: Callable[[], Result]) -> Result:
        """Return what the work gives. Raises Busy if the queue is full.

        Where the caller gives up, work that has not begun is dropped; work that has begun keeps its place to its end.
        """
        if self._pending >= self._most:
            raise Busy("serve.error.busy", seconds=1)
        loop = asyncio.get_running_loop()
        self._pending += 1
        future = self._pool.submit(work)
        future.add_done_callback(lambda done: self._leave(loop, done))
        return await asyncio.wrap_future(future)

    def close(self) -> None:
        """Begin nothing more, and wait for what is at work."""
        self._pool.shutdown(cancel_futures=True)

    def _leave(self, loop: asyncio.AbstractEventLoop, _: Future[Result]) -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(self._count_down)

    def _count_down(self) -> None:
        self._pending -= 1
