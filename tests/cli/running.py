"""How a command line ended, for tests that run one inside their own process."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Ran:
    """Exit code and what was written."""

    code: int
    out: str
    err: str


Qiyafa = Callable[..., Ran]
"""Run `qiyafa` with these arguments."""
