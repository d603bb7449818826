"""What a rule of clustering is."""

from collections.abc import Callable
from dataclasses import dataclass

from qiyafa.cluster.records import Ground, Merges
from qiyafa.model.ledger import LedgerModel


@dataclass(frozen=True, slots=True)
class Heuristic:
    """One rule. Its module's docstring says when it errs, and the catalogue says so to the reader."""

    model: LedgerModel
    """The chains that it reads."""
    find: Callable[[Ground], Merges]
    """Return what it finds, in any order; the number of the rule is set by `build`."""
    joins: bool
    """Whether its merges count unless the user says otherwise; if not, they are reported."""
