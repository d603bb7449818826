"""What has changed since a day, and why: verdicts as they were against verdicts as they are now."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from qiyafa.app.kept_verdicts import KeptQuestion, question_of
from qiyafa.app.screen import Screener
from qiyafa.app.verdict_json import verdict_object
from qiyafa.model.ports import Progress, silent
from qiyafa.model.verdict import Outcome, ReasonKind, ScreenRequest
from qiyafa.stores.verdicts import KeptVerdict

VerdictObject = dict[str, Any]
"""A verdict as plain data, as `app/verdict_json.py` writes it."""

_STAGE = "screen.stage.rescreened"
_VERSIONS = ("rules", "labels", "lists", "ledger")
_BATCH = 1_000


@dataclass(frozen=True, slots=True)
class Change:
    """One verdict that is another now."""

    request_id: str
    """Of the kept verdict; empty if an address was given instead."""
    before: VerdictObject
    after: VerdictObject

    @property
    def appeared(self) -> list[VerdictObject]:
        """Reasons that were not there before."""
        return _only_in(self.after, self.before)

    @property
    def gone(self) -> list[VerdictObject]:
        """Reasons that are no longer there."""
        return _only_in(self.before, self.after)

    def versions(self) -> dict[str, dict[str, object]]:
        """Return what the verdicts rest on, where it differs."""
        return {
            name: {"before": self.before[name], "after": self.after[name]}
            for name in _VERSIONS
            if self.before[name] != self.after[name]
        }

    def as_object(self) -> dict[str, object]:
        """Return the change as plain data."""
        return {
            "address": self.after["address"],
            "chain": self.after["chain"],
            "request_id": self.request_id or None,
            "before": {"verdict": self.before["verdict"], "as_of": self.before["as_of"]},
            "after": {"verdict": self.after["verdict"], "as_of": self.after["as_of"]},
            "appeared": self.appeared,
            "gone": self.gone,
            "versions": self.versions(),
        }


def changed_addresses(
    screener: Screener, requests: Iterable[ScreenRequest], since: datetime, progress: Progress = silent
) -> Iterator[Change]:
    """Yield the addresses whose verdict as of a day, by what was known then, is another as of now."""
    done = 0
    for batch in _batches(requests):
        before = screener.screen(batch, as_of=since, known_at=since)
        after = screener.screen(batch)
        for one, other in zip(before, after, strict=True):
            change = Change("", verdict_object(one), verdict_object(other))
            if is_changed(change):
                yield change
        done += len(batch)
        progress(_STAGE, done, 0)


def changed_verdicts(screener: Screener, kept: Iterable[KeptVerdict], progress: Progress = silent) -> Iterator[Change]:
    """Yield the kept verdicts that would be others now, for the moment they were asked about, or for now."""
    for done, verdict in enumerate(kept, start=1):
        question = question_of(json.loads(verdict.question))
        change = Change(verdict.request_id, json.loads(verdict.body), _asked_again(screener, question))
        if is_changed(change):
            yield change
        progress(_STAGE, done, 0)


def is_changed(change: Change) -> bool:
    """Tell whether a verdict or what was found is another. That a list lacks alone is told by the verdict."""
    found = [one for one in (*change.appeared, *change.gone) if one["kind"] != ReasonKind.COVERAGE]
    return change.before["verdict"] != change.after["verdict"] or bool(found)


def _asked_again(screener: Screener, question: KeptQuestion) -> VerdictObject:
    (verdict,) = screener.screen([question.request], as_of=question.as_of, known_at=question.known_at)
    return verdict_object(verdict)


def _only_in(one: VerdictObject, other: VerdictObject) -> list[VerdictObject]:
    known = {_identity(reason) for reason in other["reasons"]}
    return [reason for reason in one["reasons"] if _weighs(reason) and _identity(reason) not in known]


def _weighs(reason: VerdictObject) -> bool:
    return str(reason["outcome"]) != Outcome.NO_HIT


def _identity(reason: VerdictObject) -> tuple[str, ...]:
    """Return what makes two reasons the same. A list that lacks is the same reason on every day, however old it is."""
    is_gap = reason["kind"] == ReasonKind.COVERAGE
    units = str(reason["evidence"].get("units", ""))  # Exact: the sentence cuts them.
    return (reason["kind"], reason["outcome"], reason["key"], "" if is_gap else reason["text"], units)


def _batches(requests: Iterable[ScreenRequest]) -> Iterator[Sequence[ScreenRequest]]:
    batch: list[ScreenRequest] = []
    for request in requests:
        batch.append(request)
        if len(batch) == _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
