"""One method's outcome on one chain, with what is needed to put it in words."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from qiyafa.model.columns import TransferColumns
from qiyafa.model.ledger import CoverageStatus
from qiyafa.trace.outcome import Ending, Outcome
from qiyafa.trace.planning import PlannedCase

Coverage = Callable[[str], CoverageStatus]
"""How complete the history of an address is."""


@dataclass(frozen=True, slots=True)
class ChainOutcome:
    """One method's outcome on one chain, with what is needed to put it in words."""

    columns: TransferColumns
    planned: PlannedCase
    outcome: Outcome
    coverage: Coverage

    def theft_id(self, colour: int) -> str:
        """Return the id of a colour's theft."""
        return self.planned.thefts[colour - 1].id

    def with_flows_to(self, places: Sequence[int], endings: Sequence[Ending]) -> "ChainOutcome":
        """Return the same with only the flows that ended at some places in some way."""
        flows = self.outcome.flows
        chosen = np.isin(flows.place, places) & np.isin(flows.ending, endings)
        return replace(self, outcome=replace(self.outcome, flows=flows.chosen(chosen)))
