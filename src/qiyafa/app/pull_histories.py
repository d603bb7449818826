"""Pull by histories: from the thefts on, the history of every address that stolen units reached, round after round.

Each round reads the histories of the addresses that wait, takes them into the ledger, traces the case, and lets those
wait that stolen units reached since, the largest share first. It ends when none waits, or at a limit. Every answer of
the source is kept beside the ledger with its SHA-256, so a run that was cut short goes on where it was: the same
questions are asked in the same order, and the kept ones are not asked again.

Never loaded: the case's stops; and what lies behind a busy address, since a service mixes its customers' money.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from qiyafa.app.ingest import ingest_reading, scratch_folder
from qiyafa.app.pull_frontier import Question, Reached, reached_addresses
from qiyafa.app.pull_records import PullReport, PullRequest
from qiyafa.app.pull_sources import OpenSource, open_source
from qiyafa.chains.chain import Chain
from qiyafa.chains.http_client import BadAnswerError, LimitReachedError
from qiyafa.chains.readers.history import joined_readings
from qiyafa.chains.readers.reading import OutputsReading, Reading
from qiyafa.model.case import Case
from qiyafa.model.errors import Problem, Unavailable
from qiyafa.model.ledger import AddressCoverage, CoverageStatus
from qiyafa.model.ports import Progress
from qiyafa.stores.parquet_duckdb import ParquetLedger
from qiyafa.text import text

_KEPT_PROBLEMS = 1000


def pull_histories(request: PullRequest, case: Case, chain: Chain, progress: Progress) -> PullReport:
    """Pull from an explorer. Raises what `pull` raises."""
    thefts = [theft for theft in case.thefts if theft.chain == chain.caip2]
    try:
        with open_source(request.source, chain, thefts, request.ledger) as source:
            return _Pull(request, case, chain, source.ledger, source, progress).run()
    except LimitReachedError as reached:
        raise Unavailable("pull.error.limit", limit=reached.limit) from reached
    except BadAnswerError as bad:
        raise Unavailable("pull.error.answer", url=request.source.url, reason=text(bad.key, **bad.fields)) from bad


@dataclass(slots=True)
class _Pull:
    request: PullRequest
    case: Case
    chain: Chain
    ledger: ParquetLedger
    source: OpenSource
    progress: Progress
    histories: dict[str, AddressCoverage] = field(default_factory=dict)
    busy: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    problem_count: int = 0
    rounds: int = 0
    limit: str = ""

    def run(self) -> PullReport:
        """Go on until nothing waits or a limit is reached."""
        reached: tuple[Reached, ...] = ()
        waiting = self.starts()
        while waiting and not self.limit:
            self.rounds += 1
            with scratch_folder(self.ledger.path) as scratch:
                readings = self.read(waiting, scratch)
                if not readings:
                    break
                self.take_in(readings)
            reached = self.reached()
            waiting = [one.address for one in reached if one.address not in self.histories]
        return self.report(reached, waiting)

    def starts(self) -> list[str]:
        """Return the addresses that the thefts name, or that the transactions of the thefts concern."""
        found: dict[str, None] = {}
        for theft in self.case.thefts:
            if theft.chain == self.chain.caip2:
                own = self.source.histories.starts(theft) if theft.address is None else (theft.address,)
                found |= dict.fromkeys(own)
        stops = {stop.address for stop in self.case.stops if stop.chain == self.chain.caip2}
        return [address for address in found if address not in stops]

    def read(self, waiting: Sequence[str], scratch: Path) -> list[Reading | OutputsReading]:
        """Return the histories of the addresses that wait, as far as the limits allow."""
        readings: list[Reading | OutputsReading] = []
        known = len(self.histories) + len(waiting)
        for address in waiting:
            self.progress("pull.stage.histories", len(self.histories), known)
            if self.request.most_addresses is not None and len(self.histories) >= self.request.most_addresses:
                self.limit = "addresses"
                break
            folder = scratch / f"{len(self.histories):06}"
            folder.mkdir()
            try:
                history = self.source.histories.read(address, folder)
            except LimitReachedError as reached:
                self.limit = reached.limit
                break
            readings.append(history.reading)
            (self.histories[address],) = history.reading.raw.address_coverage
            self.busy += [address] if history.is_busy else []
        return readings

    def take_in(self, readings: Sequence[Reading | OutputsReading]) -> None:
        """Take histories into the ledger, unless it holds them. Raises Unavailable if none was given so far."""
        reading = joined_readings(readings)
        if all(one.status is CoverageStatus.ABSENT for one in self.histories.values()):
            first = reading.problems[0]
            raise Unavailable("pull.error.nothing", place=first.source, reason=text(first.key, **first.fields))
        if self.holds(reading):
            self.note(reading.problems, reading.problem_count)
            return
        ingested = ingest_reading(self.chain, self.ledger.path, lambda _: reading, progress=self.progress)
        self.note(ingested.problems, ingested.problem_count)
        self.ledger = ParquetLedger.open(self.ledger.path)

    def holds(self, reading: Reading | OutputsReading) -> bool:
        """Tell whether an earlier run has taken all these answers in."""
        if self.chain.caip2 not in self.ledger.chains():
            return False
        known = {(one.sha256, one.table, one.reader) for one in self.ledger.record(self.chain.caip2).sources}
        coverage = self.ledger.coverage(self.chain.caip2).addresses
        return all((one.sha256, one.table, one.reader) in known for one in reading.raw.sources) and all(
            coverage.get(one.address) == one for one in reading.raw.address_coverage
        )

    def note(self, problems: Sequence[Problem], count: int) -> None:
        """Keep problems for the report."""
        self.problems += problems[: max(0, _KEPT_PROBLEMS - len(self.problems))]
        self.problem_count += count

    def reached(self) -> tuple[Reached, ...]:
        """Trace the case over what the ledger holds now."""
        question = Question(self.case, self.chain.caip2, self.request.limits)
        return reached_addresses(question.narrowed(self.busy), self.ledger, self.progress)

    def report(self, reached: Sequence[Reached], waiting: Sequence[str]) -> PullReport:
        """Return what was pulled, and what of the reached or waiting was not."""
        whole = {one.address for one in self.histories.values() if one.status is CoverageStatus.COMPLETE}
        client = self.source.client
        return PullReport(
            chain=self.chain.caip2,
            ledger=self.ledger.path,
            manifest_sha256=self.ledger.manifest.sha256,
            last_block=self.source.histories.last_block,
            rounds=self.rounds,
            histories=tuple(self.histories.values()),
            busy=tuple(self.busy),
            not_given=tuple(a for a, one in self.histories.items() if one.status is CoverageStatus.ABSENT),
            left_out=self.left_out(reached, waiting),
            unbalanced=tuple(one for one in reached if one.unseen and one.address in whole),
            limit=self.limit,
            requests=client.requests,
            kept_answers_used=client.kept_answers_used,
            problems=tuple(self.problems),
            problem_count=self.problem_count,
        )

    def left_out(self, reached: Sequence[Reached], waiting: Sequence[str]) -> tuple[Reached, ...]:
        """Return the addresses that still wait; what a first address holds is not known before its history is."""
        known = {one.address: one for one in reached}
        unread = [address for address in waiting if address not in self.histories]
        return tuple(known.get(address) or Reached(address, {}, {}, {}) for address in unread)
