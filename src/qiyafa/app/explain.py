"""Explain one address of a case: how the stolen units got there under one method."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from qiyafa.app.case_file import read_case
from qiyafa.app.trace import ChainGround, chain_knowledge, chosen_methods, ledger_state, open_case, open_labels
from qiyafa.chains import find_chain
from qiyafa.model.case import NO_LIMITS, Limits
from qiyafa.model.errors import InvalidInput, NotFound, QiyafaError
from qiyafa.model.finding import ExplainedAddress, Explanation, Flow
from qiyafa.model.ports import Progress, silent
from qiyafa.stores.parquet_duckdb import ParquetLedger
from qiyafa.trace.chain_outcome import ChainOutcome
from qiyafa.trace.explain import explain_address
from qiyafa.trace.flows import flow_records
from qiyafa.trace.gaps import find_gaps
from qiyafa.trace.methods import METHODS
from qiyafa.trace.outcome import Ending

if TYPE_CHECKING:
    from qiyafa.stores.opening import Location


def explain(
    case_path: Path,
    address: str,
    ledger_path: Path,
    *,
    method: str = "fifo",
    limits: Limits = NO_LIMITS,
    labels: "Location | None" = None,
    progress: Progress = silent,
) -> Explanation:
    """Return how the stolen units of a case got to an address. No stolen units there is an answer, too.

    `labels` is a label store whose services stop the trace.

    Raises InvalidInput for a method without amounts or a text that is no address, NotFound for an address not in
    the ledger.
    """
    if not METHODS[method].conserves:
        raise InvalidInput("case.method_without_amounts", method=method)
    case_file = read_case(case_path)
    ledger = ParquetLedger.open(ledger_path)
    store = open_labels(labels)
    grounds = open_case(case_file.case, ledger, limits, progress, store)
    chains = _chains_of(address, grounds)
    grounds = [ground for ground in grounds if ground.engine.columns.chain in chains]
    chosen_methods([method], grounds)
    grounds = [ground for ground in grounds if ground.allows(method)]
    steps: list[ExplainedAddress] = []
    outcomes: list[ChainOutcome] = []
    shown = address
    for ground in grounds:
        chain = find_chain(ground.engine.columns.chain)
        shown = chain.formats.canonical(address)
        outcome = ground.engine.trace(ground.planned.plan, method, progress=progress)
        outcomes.append(ChainOutcome(ground.engine.columns, ground.planned, outcome, ground.coverage))
        steps += explain_address(outcomes[-1], shown)
    if not any(one.columns.places_of(shown) for one in outcomes):
        raise NotFound("case.no_such_address", address=shown, ledger=str(ledger_path))
    on_the_way = {step.address for step in steps}
    gaps = find_gaps(outcomes, [chain_knowledge(ground) for ground in grounds])
    return Explanation(
        case_id=case_file.case.id,
        method=method,
        address=shown,
        steps=tuple(steps),
        arrivals=tuple(_arrivals(outcomes, shown)),
        ledger=ledger_state(ledger),
        gaps=tuple(gap for gap in gaps if not gap.address or gap.address in on_the_way),
        labels="" if store is None else store.version,
    )


def _arrivals(outcomes: Sequence[ChainOutcome], address: str) -> Iterator[Flow]:
    """Yield the transfers that brought stolen units to an address."""
    for outcome in outcomes:
        places = outcome.columns.places_of(address)
        yield from flow_records([outcome.with_flows_to(places, (Ending.MOVED, Ending.STOPPED))])


def _chains_of(address: str, grounds: Sequence[ChainGround]) -> set[str]:
    """Return the chains on which a text is an address. Raises the first chain's InvalidInput if there is none."""
    chains: set[str] = set()
    errors: list[QiyafaError] = []
    for ground in grounds:
        chain = find_chain(ground.engine.columns.chain)
        try:
            chain.formats.canonical(address)
            chains.add(chain.caip2)
        except InvalidInput as error:
            errors.append(error)
    if not chains:
        raise errors[0]
    return chains
