"""Traces a case again with every block that arrives: who holds the stolen units now, and what of them just moved.

The columns stay in memory and grow with the ledger, so a block is traced without reading anything again. FIFO alone
is walked; `qiyafa trace` gives the answer by every method, with its gaps.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from qiyafa.app.case_file import read_case
from qiyafa.app.columns import traceable_columns
from qiyafa.app.sync import Appended, Event, RolledBack
from qiyafa.chains.chain import Chain
from qiyafa.model.case import NO_LIMITS
from qiyafa.model.columns import TransferColumns
from qiyafa.model.errors import InvalidInput, NotFound
from qiyafa.model.ledger import LedgerModel
from qiyafa.stores.live import LiveColumns
from qiyafa.stores.manifest import BY_BLOCK
from qiyafa.stores.parquet_duckdb import ParquetLedger
from qiyafa.trace.engine.walk import Engine
from qiyafa.trace.planning import plan_case

METHOD: Final = "fifo"
_NOT_YET: Final = {
    "case.address_not_in_ledger",
    "case.asset_not_at_address",
    "case.block_beyond_head",
    "case.transaction_not_in_ledger",
}
"""A theft that the ledger has not reached so far."""


@dataclass(frozen=True, slots=True)
class Traced:
    """The stolen units of a case as of the last block."""

    block: int
    moved: int
    """Transfers of the new blocks that carry stolen units."""
    holders: int
    """Addresses that hold stolen units of any asset."""


class LiveCase:
    """One case on the chain that is followed."""

    def __init__(self, case: Path, chain: Chain, ledger: Path) -> None:
        """Read the case. Raises InvalidInput if it is none, or names no theft on this chain."""
        self._case = read_case(case).case
        if all(theft.chain != chain.caip2 for theft in self._case.thefts):
            raise InvalidInput("sync.error.case_of_other_chain", case=str(case), chain=chain.caip2)
        self._chain = chain.caip2
        self._ledger = ledger
        self._live: LiveColumns | None = None

    def after(self, event: Event) -> Traced | None:
        """Return what a change of the ledger means for the case; None after a rollback, which is told by itself."""
        if isinstance(event, RolledBack):
            if self._live is not None:
                self._live.roll_back(event.ancestor)
            return None
        columns = self._columns(event)
        head = event.head.number
        try:
            plan = plan_case(columns, self._case, NO_LIMITS, head).plan
        except (NotFound, InvalidInput) as error:
            if error.key not in _NOT_YET:
                raise
            return Traced(head, 0, 0)
        outcome = Engine(columns).trace(plan, METHOD)
        first_row = int(np.searchsorted(columns.block, event.first))
        moved = np.unique(outcome.flows.row[outcome.flows.row >= first_row])
        holders = np.unique(columns.places.address[outcome.held.place])
        return Traced(head, len(moved), len(holders))

    def _columns(self, event: Appended) -> TransferColumns:
        if self._live is not None and event.rows is not None:
            self._live.extend(event.rows)
            return self._live.columns()
        ledger = ParquetLedger.open(self._ledger)
        columns = traceable_columns(ledger, self._chain)
        record = ledger.record(self._chain)
        is_live = record.model == LedgerModel.ACCOUNTS and record.ordered_by == BY_BLOCK
        self._live = LiveColumns(columns) if is_live else None
        return columns
