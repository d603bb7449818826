"""Shed load before it is read: when the event loop itself comes late, every answer would, so most are refused at once.

The queues of work have bounds of their own; this one is for what waits before them, in sockets and in the framework.
Only questions by GET are refused so early. A POST may repeat one that is under way, which costs next to nothing and
must get the same answer; it meets the bounds of the queues.
"""

import asyncio
from collections.abc import Callable
from typing import Final

from starlette.types import ASGIApp, Receive, Scope, Send

from qiyafa.api.problems import Busy, problem

_EVERY_SECONDS: Final = 0.02
_LEAST_UNDER_WAY: Final = 16
"""With fewer requests than this, what makes the loop late is not their number, and refusing them would not help."""
_MOST_UNDER_WAY: Final = 48
"""At half a millisecond each, the last of so many is answered well within 50 ms."""
_ALWAYS_ANSWERED: Final = frozenset({"/healthz", "/readyz", "/metrics"})


class Strain:
    """How late the event loop is."""

    def __init__(self, clock: Callable[[], float], late_seconds: float) -> None:
        self._clock = clock
        self._most = late_seconds
        self._late = 0.0
        self.under_way = 0
        """Requests."""

    @property
    def is_too_much(self) -> bool:
        """Whether one more request could not be answered in time."""
        is_late = self._late > self._most and self.under_way >= _LEAST_UNDER_WAY
        return is_late or self.under_way >= _MOST_UNDER_WAY

    async def watch(self) -> None:
        """Measure for as long as the loop runs."""
        while True:
            before = self._clock()
            await asyncio.sleep(_EVERY_SECONDS)
            self._late = self._clock() - before - _EVERY_SECONDS


class Shedding:
    """Refuses requests of an application while its event loop is late."""

    def __init__(self, app: ASGIApp, strain: Strain) -> None:
        self._app = app
        self._strain = strain
        # Made once: whoever is refused must cost next to nothing.
        self._refusal = problem(Busy("serve.error.busy", seconds=1))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or refuse it."""
        if scope["type"] != "http" or scope["path"] in _ALWAYS_ANSWERED:
            await self._app(scope, receive, send)
        elif scope["method"] == "GET" and self._strain.is_too_much:
            await self._refusal(scope, receive, send)
        else:
            self._strain.under_way += 1
            try:
                await self._app(scope, receive, send)
            finally:
                self._strain.under_way -= 1
