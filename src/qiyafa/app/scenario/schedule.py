"""Plans that take time: a plan is a generator that yields how many blocks it waits before it goes on."""

import heapq
from collections.abc import Iterator

Plan = Iterator[int]


class Schedule:
    """Runs each plan when its block comes; among plans of one block the one that was set first goes first."""

    def __init__(self) -> None:
        self._block = 0
        self._order = 0
        self._waiting: list[tuple[int, int, Plan]] = []

    def start(self, plan: Plan, after_blocks: int) -> None:
        """Let a plan begin some blocks from now."""
        self._order += 1
        heapq.heappush(self._waiting, (self._block + max(1, after_blocks), self._order, plan))

    def run_until(self, block: int) -> None:
        """Run what is due up to a block, this one included."""
        self._block = block
        while self._waiting and self._waiting[0][0] <= block:
            _, _, plan = heapq.heappop(self._waiting)
            wait = next(plan, None)
            if wait is not None:
                self.start(plan, wait)
