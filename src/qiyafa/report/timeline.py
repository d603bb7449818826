"""Where the stolen units of one asset were at each moment: exact running sums, thinned out only for drawing.

At every step, at the theft + elsewhere + stopped + spent = all that had been stolen by then.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from qiyafa.report.content import Moment

STEPS_DRAWN = 360
TAIL_DIVISOR = 1000
"""A last stretch in which less than one part in a thousand of all movement happened is left out of the drawing ..."""
TAIL_LEAST_SHARE = 4
"""... if it takes up more than one part in four of the time."""


@dataclass(frozen=True, slots=True)
class Step:
    """Units in each place from one moment on, until the next step."""

    time: int
    """Seconds since 1970 UTC."""
    at_theft: int
    elsewhere: int
    stopped: int
    spent: int

    def total(self) -> int:
        """Return all that was stolen so far."""
        return self.at_theft + self.elsewhere + self.stopped + self.spent

    def came(self, before: "Step") -> int:
        """Return how many units changed place, or were stolen, since an earlier step."""
        pairs = zip(self.places(), before.places(), strict=True)
        return sum(max(0, now - then) for now, then in pairs)

    def places(self) -> tuple[int, int, int, int]:
        """Return the units by place."""
        return self.at_theft, self.elsewhere, self.stopped, self.spent


def steps(asset: str, moments: Iterable[Moment]) -> list[Step]:
    """Add up the moments of one asset, in order of time; those without a time count from the first that has one."""
    dated = sorted((moment for moment in moments if moment.asset == asset), key=lambda moment: moment.time or 0)
    times = [moment.time for moment in dated if moment.time is not None]
    if not times:
        return []
    changes = [
        Step(moment.time or times[0], moment.at_theft, moment.elsewhere, moment.stopped, moment.spent)
        for moment in dated
    ]
    summed = accumulate(changes, _add)
    return list({step.time: step for step in summed}.values())


def without_tail(series: Sequence[Step]) -> list[Step]:
    """Return a series without a long last stretch in which almost nothing moved, so that the rest can be read."""
    moves = [0] + [now.came(then) for then, now in pairwise(series)]
    total, later = sum(moves), 0
    for at in range(len(series) - 1, 0, -1):
        later += moves[at]
        if later * TAIL_DIVISOR > total:
            tail = series[-1].time - series[at].time
            return list(series[: at + 1] if tail * TAIL_LEAST_SHARE > series[-1].time - series[0].time else series)
    return list(series)


def thinned(series: Sequence[Step], most: int = STEPS_DRAWN) -> list[Step]:
    """Return at most about so many steps: the last of each equal stretch of time, and the first and last of all."""
    if len(series) <= most:
        return list(series)
    first, span = series[0].time, max(1, series[-1].time - series[0].time)
    last_of = {(step.time - first) * most // span: step for step in series}
    return [series[0], *(step for step in last_of.values() if step is not series[0])]


def _add(total: Step, change: Step) -> Step:
    return Step(
        change.time,
        total.at_theft + change.at_theft,
        total.elsewhere + change.elsewhere,
        total.stopped + change.stopped,
        total.spent + change.spent,
    )
