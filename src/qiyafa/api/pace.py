"""How fast each caller may ask: a token bucket for each, by a clock that never steps back.

A bucket holds as many tokens as may be asked in one second and fills at that rate, so a pause earns one short burst.
"""

import math
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

from qiyafa.api.problems import TooMany

MOST_CALLERS: Final = 10_000
"""So many callers are remembered; the one that asked longest ago is forgotten, which fills its bucket."""


class Pace:
    """The buckets of all callers."""

    def __init__(self, per_second: int, clock: Callable[[], float], most_callers: int = MOST_CALLERS) -> None:
        self._rate = per_second
        self._clock = clock
        self._most = most_callers
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, caller: str, tokens: int = 1) -> None:
        """Count a request. Raises TooMany, saying when to ask again, if the caller's bucket is empty.

        A bucket may go below zero: a batch larger than the rate is answered, and paid for by waiting.
        """
        now = self._clock()
        level, before = self._buckets.pop(caller, (float(self._rate), now))
        level = min(self._rate, level + (now - before) * self._rate)
        if level < 1:
            self._buckets[caller] = (level, now)
            raise TooMany("serve.error.too_many", rate=self._rate, seconds=max(1, math.ceil((1 - level) / self._rate)))
        self._buckets[caller] = (level - tokens, now)
        if len(self._buckets) > self._most:
            self._buckets.popitem(last=False)
