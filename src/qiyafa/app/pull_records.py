"""What a pull is asked, and what it answers."""

from dataclasses import dataclass
from pathlib import Path

from qiyafa.app.pull_frontier import Reached
from qiyafa.app.pull_sources import SourceRequest
from qiyafa.model.case import NO_LIMITS, Limits
from qiyafa.model.errors import Problem
from qiyafa.model.ledger import AddressCoverage, BlockCoverage, CoverageStatus


@dataclass(frozen=True, slots=True)
class PullRequest:
    """What to pull, from where, and how far."""

    case: Path
    ledger: Path
    source: SourceRequest
    chain: str | None = None
    """CAIP-2; None means the only chain of the case."""
    limits: Limits = NO_LIMITS
    """As of a trace: how many hops, and from how many units on."""
    most_addresses: int | None = None
    """Histories to load at most."""
    first_block: int | None = None
    """Of a node: where to begin; None means where the thefts do."""
    last_block: int | None = None
    """Of a node: where to end; None means its head."""


@dataclass(frozen=True, slots=True)
class PullReport:
    """What was pulled and what was left out. The ledger is on the disk."""

    chain: str
    ledger: Path
    manifest_sha256: str
    last_block: int
    """Histories reach up to it."""
    rounds: int
    histories: tuple[AddressCoverage, ...]
    """Of every address that was asked for, in the order in which they were."""
    busy: tuple[str, ...]
    """Addresses with more rows than were read; nothing behind them was loaded."""
    not_given: tuple[str, ...]
    """Addresses whose history the source refused or garbled."""
    left_out: tuple[Reached, ...]
    """Addresses with stolen units whose history was not loaded because of the limit; the largest share first."""
    unbalanced: tuple[Reached, ...]
    """Addresses whose history was said to be whole, yet that paid out more than it shows them receive."""
    limit: str
    """The limit that ended the run: `addresses`, `requests` or `seconds`; empty if every trail was followed."""
    requests: int
    """Asked of an explorer; those to a node are not counted."""
    kept_answers_used: int
    problems: tuple[Problem, ...]
    problem_count: int
    blocks: BlockCoverage | None = None
    """What was pulled from a node, whole; None where histories were."""

    def count(self, status: CoverageStatus) -> int:
        """Return how many histories are complete, capped or absent."""
        return sum(one.status is status for one in self.histories)
