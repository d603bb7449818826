"""A reader beside writers that only ever sees whole batches, and never misses one that it saw before."""

import threading
import time
from collections.abc import Callable

from qiyafa.model.errors import QiyafaError


class Watcher:
    """Looks in a thread of its own for as long as the block lasts."""

    def __init__(self, look: Callable[[], set[int]]) -> None:
        """Take a question that returns the batches that are there, and raises AssertionError if one is not whole."""
        self._look_once = look
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self.looks = 0
        self.fault: Exception | None = None

    def __enter__(self) -> "Watcher":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(60)

    def _look(self) -> None:
        before: set[int] = set()
        while not self._stop.is_set() and self.fault is None:
            try:
                seen = self._look_once()
                assert seen >= before
                before = seen
                self.looks += 1
                time.sleep(0.005)
            except (AssertionError, QiyafaError) as error:
                self.fault = error
