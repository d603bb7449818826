"""Trace a case: read it, walk the ledger by every method asked for, and put the answer together."""

import csv
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numba
import numpy

import qiyafa
from qiyafa.app.assets import asset_units
from qiyafa.app.case_file import read_case
from qiyafa.app.columns import traceable_columns
from qiyafa.app.files import written_aside
from qiyafa.model.case import NO_LIMITS, Case, Limits
from qiyafa.model.columns import iso_time
from qiyafa.model.errors import InvalidInput
from qiyafa.model.finding import Flow, LedgerState, Taking, TraceAnswer
from qiyafa.model.ports import Progress, silent
from qiyafa.stores.parquet_duckdb import ParquetLedger
from qiyafa.trace.answer import method_answer, poison_answer
from qiyafa.trace.chain_outcome import ChainOutcome, Coverage
from qiyafa.trace.engine.walk import NAME, Engine
from qiyafa.trace.flows import claim_records, flow_records
from qiyafa.trace.gaps import EVERY_KIND, ChainKnowledge, find_gaps
from qiyafa.trace.holdings import HoldingTable, IntervalTable
from qiyafa.trace.methods import METHODS
from qiyafa.trace.planning import PlannedCase, plan_case

if TYPE_CHECKING:
    from qiyafa.app.label_stops import LabelStops, TraceLabels, UsedLabels
    from qiyafa.stores.opening import Location


@dataclass(frozen=True, slots=True)
class TracedCase:
    """The answer to a case and, behind it, every transfer that carried stolen units."""

    case: Case
    answer: TraceAnswer
    outcomes: dict[str, tuple[ChainOutcome, ...]]
    """By method, one for each chain."""
    display: dict[str, tuple[str, int]]
    """By asset: symbol and decimals, for readable units."""
    labels: "UsedLabels | None" = None
    """The labels that the answer rests on; None if none were asked."""

    @property
    def main_method(self) -> str:
        """The method that reports follow: the first conserving one that was asked for."""
        return next(iter(self.answer.methods), "poison")

    def flows(self, method: str) -> Iterator[Flow]:
        """Yield the transfers that carried stolen units under a method."""
        return flow_records(self.outcomes[method])

    def claims(self, method: str) -> Iterator[Taking]:
        """Yield where the stolen units of a method come from."""
        return claim_records(self.outcomes[method])

    def write_flows(self, path: Path) -> None:
        """Write the flows of every conserving method as CSV."""
        names = [field.name for field in fields(Flow)]
        with written_aside(path) as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(["method", *names])
            for method in self.answer.methods:
                for flow in self.flows(method):
                    writer.writerow([method, *(getattr(flow, name) for name in names)])

    def write_report(self, path: Path, command: str) -> None:
        """Write the report: one HTML file that needs no network."""
        # The report's modules are only needed here, and a trace without one should start at once.
        from qiyafa.app.report import report_html

        html = report_html(self, command)
        with written_aside(path) as file:
            file.write(html)
        if self.labels is not None:
            self.labels.record("report", str(path), hashlib.sha256(html.encode()).hexdigest())


def trace_case(
    case_path: Path,
    ledger_path: Path,
    *,
    methods: Sequence[str] | None = None,
    limits: Limits = NO_LIMITS,
    labels: "Location | None" = None,
    progress: Progress = silent,
) -> TracedCase:
    """Trace a case file over a ledger by some methods; None means all that the case's chains allow.

    `labels` is a label store whose services stop the trace and whose names holders get. Raises QiyafaError with what
    is wrong.
    """
    case_file = read_case(case_path)
    ledger = ParquetLedger.open(ledger_path)
    store = open_labels(labels)
    ground = open_case(case_file.case, ledger, limits, progress, store)
    outcomes = {
        method: tuple(
            ChainOutcome(one.engine.columns, one.planned, outcome, one.coverage)
            for one in ground
            if one.allows(method)
            for outcome in (one.engine.trace(one.planned.plan, method, progress=progress),)
        )
        for method in chosen_methods(methods, ground)
    }
    conserving = {method: chains for method, chains in outcomes.items() if METHODS[method].conserves}
    holdings = {method: HoldingTable(chains) for method, chains in conserving.items()}
    answers = {method: method_answer(method, chains, holdings[method]) for method, chains in conserving.items()}
    knowledge = [chain_knowledge(one) for one in ground]
    answer = TraceAnswer(
        case_id=case_file.case.id,
        title=case_file.case.title,
        ledger=ledger_state(ledger),
        engine=NAME,
        limits={name: value for name in _LIMITS if (value := getattr(limits, name)) is not None},
        methods=answers,
        poison=poison_answer(outcomes["poison"]) if "poison" in outcomes else None,
        intervals=IntervalTable(holdings.values()),
        gaps=find_gaps([chain for chains in conserving.values() for chain in chains], knowledge),
        versions={
            "qiyafa": qiyafa.__version__,
            "numba": numba.__version__,
            "numpy": numpy.__version__,
            "case_sha256": case_file.sha256,
        },
    )
    used = None
    if store is not None:
        answer, used = store.labelled(answer, ground, list(holdings.values()))
    ledger.settle()
    return TracedCase(case_file.case, answer, outcomes, display_units(case_file.case, ledger), used)


def open_labels(location: "Location | None") -> "TraceLabels | None":
    """Return a label store as a trace needs it, or None if none is named."""
    if location is None:
        return None
    # Without labels no trace waits for SQLite.
    from qiyafa.app.label_stops import TraceLabels

    return TraceLabels.open(location)


_LIMITS = tuple(field.name for field in fields(Limits))


@dataclass(frozen=True, slots=True)
class ChainGround:
    """One chain of a case, ready to walk."""

    engine: Engine
    planned: PlannedCase
    ledger: ParquetLedger
    coverage: Coverage
    labels: "LabelStops | None" = None
    """What labels say of where the trace ends here; None if none were asked."""

    def allows(self, method: str) -> bool:
        """Tell whether a method can be used on this chain."""
        return self.engine.columns.model in METHODS[method].models


def chosen_methods(asked: Sequence[str] | None, grounds: Sequence[ChainGround]) -> list[str]:
    """Return the methods to use, in the order of answers. Raises InvalidInput for one that no chain here allows."""
    allowed = [method for method in METHODS if any(one.allows(method) for one in grounds)]
    for method in asked or ():
        if method not in allowed:
            chains = ", ".join(one.engine.columns.chain for one in grounds)
            raise InvalidInput("trace.error.method_needs_outputs", method=method, chains=chains)
    return [method for method in allowed if asked is None or method in asked]


def open_case(
    case: Case, ledger: ParquetLedger, limits: Limits, progress: Progress, labels: "TraceLabels | None" = None
) -> list[ChainGround]:
    """Load the columns of every chain that the case's thefts are on, and plan the walk."""
    grounds = []
    for number, theft in enumerate(case.thefts, start=1):
        if theft.chain not in ledger.chains():
            known = ", ".join(ledger.chains()) or "-"
            raise InvalidInput("case.chain_not_in_ledger", table=f"[[theft]] {number}", chain=theft.chain, known=known)
    for chain in sorted({theft.chain for theft in case.thefts}):
        columns = traceable_columns(ledger, chain, progress)
        stops = None if labels is None else labels.stops(case, columns, limits)
        here = case if stops is None else replace(case, stops=case.stops + stops.stops)
        planned = plan_case(columns, here, limits, ledger.record(chain).head.block_number)
        grounds.append(ChainGround(Engine(columns), planned, ledger, ledger.coverage_status(chain), stops))
    return grounds


def chain_knowledge(ground: ChainGround) -> ChainKnowledge:
    """Return what the sources of a chain provided, for the gaps."""
    chain = ground.engine.columns.chain
    if ground.engine.columns.outputs is not None:
        return ChainKnowledge(chain, EVERY_KIND, 0, ground.ledger.record(chain).diverged)
    known = ground.ledger.knowledge(chain)
    return ChainKnowledge(
        chain,
        known.provides,
        known.status_unknown,
        ground.ledger.record(chain).diverged,
        frozenset(one.asset for one in ground.ledger.tokens(chain).values() if one.unreconciled),
    )


def ledger_state(ledger: ParquetLedger) -> LedgerState:
    """Return which ledger an answer rests on."""
    heads: dict[str, dict[str, str | int | None]] = {}
    for chain in ledger.chains():
        head = ledger.record(chain).head
        time = None if head.time is None else iso_time(head.time)
        heads[chain] = {"block": head.block_number, "hash": head.hash, "time": time}
    return LedgerState(ledger.manifest.sha256, heads, str(ledger.path))


def display_units(case: Case, ledger: ParquetLedger) -> dict[str, tuple[str, int]]:
    """Return symbol and decimals of the assets of a case's chains, of those where both are known."""
    chains = sorted({theft.chain for theft in case.thefts})
    known = [one for chain in chains for one in asset_units(ledger, chain).items()]
    return {asset: (unit.symbol, unit.decimals) for asset, unit in known}
