"""Trace a case: read it, walk the ledger by every method asked for, and put the answer together."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import numba
import numpy

import qiyafa
from qiyafa.app.case_file import read_case
from qiyafa.app.files import written_aside
from qiyafa.chains import find_chain
from qiyafa.model.case import NO_LIMITS, Case, Limits
from qiyafa.model.columns import iso_time
from qiyafa.model.errors import InvalidInput
from qiyafa.model.finding import Claim, Flow, LedgerState, TraceAnswer
from qiyafa.model.ledger import CoverageStatus
from qiyafa.model.ports import Progress, silent
from qiyafa.stores.parquet_duckdb import ParquetLedger
from qiyafa.trace.answer import ChainOutcome, intervals, method_answer, poison_answer
from qiyafa.trace.engine.walk import NAME, Engine
from qiyafa.trace.flows import claim_records, flow_records
from qiyafa.trace.gaps import ChainKnowledge, find_gaps
from qiyafa.trace.methods import METHODS
from qiyafa.trace.planning import PlannedCase, plan_case


@dataclass(frozen=True, slots=True)
class TracedCase:
    """The answer to a case and, behind it, every transfer that carried stolen units."""

    case: Case
    answer: TraceAnswer
    outcomes: dict[str, tuple[ChainOutcome, ...]]
    """By method, one for each chain."""
    display: dict[str, tuple[str, int]]
    """By asset: symbol and decimals, for readable units."""

    @property
    def main_method(self) -> str:
        """The method that reports follow: the first conserving one that was asked for."""
        return next(iter(self.answer.methods), "poison")

    def flows(self, method: str) -> Iterator[Flow]:
        """Yield the transfers that carried stolen units under a method."""
        return flow_records(self.outcomes[method])

    def claims(self, method: str) -> Iterator[Claim]:
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


def trace_case(
    case_path: Path,
    ledger_path: Path,
    *,
    methods: Sequence[str] = tuple(METHODS),
    limits: Limits = NO_LIMITS,
    progress: Progress = silent,
) -> TracedCase:
    """Trace a case file over a ledger by some methods. Raises QiyafaError with what is wrong."""
    case_file = read_case(case_path)
    ledger = ParquetLedger.open(ledger_path)
    ground = open_case(case_file.case, ledger, limits, progress)
    outcomes = {
        method: tuple(
            ChainOutcome(one.engine.columns, one.planned, outcome, one.coverage)
            for one, outcome in ((one, one.engine.trace(one.planned.plan, method, progress=progress)) for one in ground)
        )
        for method in METHODS
        if method in methods
    }
    conserving = {method: chains for method, chains in outcomes.items() if METHODS[method].conserves}
    answers = {method: method_answer(method, chains) for method, chains in conserving.items()}
    knowledge = [chain_knowledge(one) for one in ground]
    answer = TraceAnswer(
        case_id=case_file.case.id,
        title=case_file.case.title,
        ledger=ledger_state(ledger),
        engine=NAME,
        limits={name: value for name in _LIMITS if (value := getattr(limits, name)) is not None},
        methods=answers,
        poison=poison_answer(outcomes["poison"]) if "poison" in outcomes else None,
        intervals=intervals(answers.values()),
        gaps=find_gaps([chain for chains in conserving.values() for chain in chains], knowledge),
        versions={
            "qiyafa": qiyafa.__version__,
            "numba": numba.__version__,
            "numpy": numpy.__version__,
            "case_sha256": case_file.sha256,
        },
    )
    return TracedCase(case_file.case, answer, outcomes, display_units(case_file.case))


_LIMITS = tuple(field.name for field in fields(Limits))


@dataclass(frozen=True, slots=True)
class ChainGround:
    """One chain of a case, ready to walk."""

    engine: Engine
    planned: PlannedCase
    ledger: ParquetLedger

    def coverage(self, address: str) -> CoverageStatus:
        """Return how complete the history of an address is."""
        return self.ledger.address_coverage(self.engine.columns.chain, address).status


def open_case(case: Case, ledger: ParquetLedger, limits: Limits, progress: Progress) -> list[ChainGround]:
    """Load the columns of every chain that the case's thefts are on, and plan the walk."""
    grounds = []
    for number, theft in enumerate(case.thefts, start=1):
        if theft.chain not in ledger.chains():
            known = ", ".join(ledger.chains()) or "-"
            raise InvalidInput("case.chain_not_in_ledger", table=f"[[theft]] {number}", chain=theft.chain, known=known)
    for chain in sorted({theft.chain for theft in case.thefts}):
        columns = ledger.columns(chain, progress)
        planned = plan_case(columns, case, limits, ledger.record(chain).head.block_number)
        grounds.append(ChainGround(Engine(columns), planned, ledger))
    return grounds


def chain_knowledge(ground: ChainGround) -> ChainKnowledge:
    """Return what the sources of a chain provided, for the gaps."""
    chain = ground.engine.columns.chain
    known = ground.ledger.knowledge(chain)
    return ChainKnowledge(chain, known.provides, known.status_unknown)


def ledger_state(ledger: ParquetLedger) -> LedgerState:
    """Return which ledger an answer rests on."""
    heads: dict[str, dict[str, str | int | None]] = {}
    for chain in ledger.chains():
        head = ledger.record(chain).head
        time = None if head.time is None else iso_time(head.time)
        heads[chain] = {"block": head.block_number, "hash": head.hash, "time": time}
    return LedgerState(ledger.manifest.sha256, heads, str(ledger.path))


def display_units(case: Case) -> dict[str, tuple[str, int]]:
    """Return symbol and decimals of the native assets of a case's chains."""
    chains = [find_chain(theft.chain) for theft in case.thefts]
    return {chain.native_asset: (chain.native_symbol, chain.native_decimals) for chain in chains}
