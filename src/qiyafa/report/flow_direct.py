"""On chains of outputs: leave a transaction out of the flow where it hides nothing.

If only one address paid stolen units into a transaction, that address paid its outputs and its fee; its change is no
flow. Where several did, nobody can say who paid whom, and the transaction stays a node between them.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from qiyafa.model.columns import TRANSACTION
from qiyafa.model.finding import Fate, Flow


def direct(flows: Iterable[Flow]) -> Iterator[Flow]:
    """Yield flows, given in the ledger's order, without the transactions that one address alone paid into."""
    for (_, transaction), group in groupby(flows, key=lambda flow: (flow.chain, flow.transaction_hash)):
        pool = TRANSACTION + transaction
        parts = list(group)
        payers: dict[str, set[str]] = {}
        for flow in parts:
            if _pays_in(flow, pool):
                payers.setdefault(flow.theft, set()).add(flow.source)
        yield from _without_pool(parts, pool, payers) if payers else parts


def _without_pool(parts: Sequence[Flow], pool: str, payers: dict[str, set[str]]) -> Iterator[Flow]:
    for flow in parts:
        alone = payers.get(flow.theft, set())
        kept = _of_payer(flow, pool, next(iter(alone))) if len(alone) == 1 else flow
        if kept is not None:
            yield kept


def _of_payer(flow: Flow, pool: str, payer: str) -> Flow | None:
    """Return a flow as the one address that paid into the pool sent it; paying in and change are no flow."""
    if _pays_in(flow, pool):
        return None
    if flow.source != pool:
        return flow
    is_change = flow.target == payer and flow.fate is Fate.MOVED
    return None if is_change else replace(flow, source=payer)


def _pays_in(flow: Flow, pool: str) -> bool:
    return flow.target == pool and flow.fate is Fate.MOVED
