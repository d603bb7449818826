"""Hears of new blocks from an Ethereum-like node over a WebSocket: `eth_subscribe` with `newHeads`.

What is heard is only a hint to look: the blocks themselves are asked for. Without a socket, or after it broke, looking
again after a pause is all there is, so nothing is ever missed. Source: geth.ethereum.org, "Real-time events".
"""

import json
from collections.abc import Callable
from contextlib import ExitStack
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from websockets.sync.client import ClientConnection

_SUBSCRIBE: Final = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "eth_subscribe", "params": ["newHeads"]})
_LONGEST_MESSAGE: Final = 1 << 20
_OPEN_SECONDS: Final = 10.0
_RETRY_SECONDS: Final = 30.0
"""A broken socket is tried again after so long."""


class Heads(Protocol):
    """Tells when it is worth looking at the node again."""

    def wait(self, seconds: float) -> None:
        """Return when a new block is heard of, at the latest after so many seconds."""

    def close(self) -> None:
        """Let go of the connection."""


class PolledHeads:
    """Knows of no blocks, and looks again after each pause."""

    def __init__(self, sleep: Callable[[float], None]) -> None:
        self._sleep = sleep

    def wait(self, seconds: float) -> None:
        """Return after so many seconds."""
        self._sleep(seconds)

    def close(self) -> None:
        """Do nothing."""


class HeardHeads:
    """Hears of new blocks over a WebSocket; polls while there is none."""

    def __init__(self, url: str, sleep: Callable[[float], None], clock: Callable[[], float]) -> None:
        self._url = url
        self._sleep = sleep
        self._clock = clock
        self._socket: ClientConnection | None = None
        self._opened = ExitStack()
        self._try_again_at = clock()
        self.is_listening = False
        """Whether the node tells of new blocks by itself now."""

    def wait(self, seconds: float) -> None:
        """Return when a new block is heard of, at the latest after so many seconds."""
        from websockets.exceptions import WebSocketException

        if self._socket is None and self._clock() >= self._try_again_at:
            self._open()
            if self._socket is not None:
                # A block may have come while nobody listened.
                return
        if self._socket is None:
            # Not beyond the next try: without a socket, a long pause between looks is not what was asked for.
            self._sleep(max(0.0, min(seconds, self._try_again_at - self._clock())))
            return
        try:
            self._socket.recv(timeout=seconds)
            self._drain()
        except TimeoutError:
            return
        except (OSError, WebSocketException):
            self.close()

    def close(self) -> None:
        """Let go of the connection; a later wait opens it again."""
        self.is_listening = False
        self._try_again_at = self._clock() + _RETRY_SECONDS
        self._opened.close()
        self._socket = None

    def _open(self) -> None:
        from websockets.exceptions import WebSocketException
        from websockets.sync.client import connect

        self._try_again_at = self._clock() + _RETRY_SECONDS
        try:
            opening = connect(self._url, open_timeout=_OPEN_SECONDS, max_size=_LONGEST_MESSAGE)
            socket = self._opened.enter_context(opening)
            socket.send(_SUBSCRIBE)
            answer = json.loads(socket.recv(timeout=_OPEN_SECONDS))
        except (OSError, WebSocketException, ValueError, RecursionError):
            self._opened.close()
            return
        if isinstance(answer, dict) and isinstance(answer.get("result"), str):
            self._socket, self.is_listening = socket, True
        else:
            self._opened.close()

    def _drain(self) -> None:
        """Take what else has been told: one look at the node answers it all."""
        assert self._socket is not None
        try:
            while True:
                self._socket.recv(timeout=0)
        except TimeoutError:
            return
