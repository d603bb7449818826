"""A clock that waits without waiting, and a client that asks on it."""

from pathlib import Path

from qiyafa.chains.answer_cache import AnswerCache
from qiyafa.chains.http_client import Budget, HttpClient, Pace


class PretendClock:
    """Time that passes only when somebody sleeps."""

    def __init__(self) -> None:
        self.moment = 0.0
        self.naps: list[float] = []

    def now(self) -> float:
        """Return how long was slept."""
        return self.moment

    def sleep(self, seconds: float) -> None:
        """Let time pass at once."""
        self.naps.append(seconds)
        self.moment += seconds


def patient_client(
    folder: Path,
    *,
    clock: PretendClock | None = None,
    budget: Budget | None = None,
    secrets: dict[str, str] | None = None,
    pace: Pace | None = None,
) -> HttpClient:
    """Return a client that keeps its answers in a folder and never really waits."""
    return HttpClient(
        pace=pace or Pace(requests_per_second=1_000_000),
        clock=clock or PretendClock(),
        cache=AnswerCache(folder),
        budget=budget or Budget(),
        secrets=secrets or {},
    )
