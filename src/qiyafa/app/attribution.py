"""Attributions of the record: found, weighed, checked before they are added, and added."""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from qiyafa.app.incident_files import read_file
from qiyafa.app.record_entries import Offer, Submission, submit
from qiyafa.model.attribution import Attribution
from qiyafa.model.errors import InvalidInput, NotFound, Problem
from qiyafa.model.incident import Incident
from qiyafa.model.label import Tlp
from qiyafa.model.parcel import tlp_of
from qiyafa.model.record import EntryKind, RecordBook
from qiyafa.model.source import Source
from qiyafa.record.argument import Argument, Conditions
from qiyafa.record.attribution import AS_STATED, argue, origin_of
from qiyafa.record.attribution_check import attribution_problems
from qiyafa.stores.record import RecordStore


@dataclass(frozen=True, slots=True)
class AttributionPage:
    """One attribution, weighed, with what it speaks of."""

    argument: Argument
    incident: str
    """Title of the incident; empty if the record does not have it."""
    sources: dict[str, Source]
    """Those of the evidence, by id."""

    @property
    def tlp(self) -> Tlp:
        """How far it may be given on: as it says, or as the strictest of its sources does."""
        return tlp_of(self.argument.attribution, self.sources)


@dataclass(frozen=True, slots=True)
class AttributionRow:
    """One attribution in a list."""

    attribution: Attribution
    argument: Argument | None
    """None if it is not sound."""
    problems: list[Problem]


@dataclass(frozen=True, slots=True)
class Checked:
    """What a file of attributions would do."""

    offer: Offer
    rows: list[AttributionRow]
    """Every attribution that could be read in it."""


def find_attributions(book: RecordBook, known_at: datetime | None = None) -> list[AttributionRow]:
    """Return every attribution of the record, weighed, by id."""
    return [_row(one, "") for one in book.attributions(known_at)]


def attribution_page(
    book: RecordBook, id: str, conditions: Conditions = AS_STATED, known_at: datetime | None = None
) -> AttributionPage:
    """Return one attribution, weighed.

    Raises NotFound if it is not there, InvalidInput for an origin that it does not name, or if it is not sound.
    """
    found = book.get(EntryKind.ATTRIBUTION, id, known_at)
    if not isinstance(found, Attribution):
        raise _unknown(id, (one.id for one in book.attributions(known_at)))
    problems = attribution_problems(found)
    if problems:
        raise InvalidInput("attribution.error.unsound", id=id, count=len(problems))
    origins = {origin_of(item) for item in found.evidence}
    for origin in sorted(conditions.without - origins):
        raise InvalidInput("attribution.error.origin", origin=origin, known=", ".join(sorted(origins)))
    incident = book.get(EntryKind.INCIDENT, found.incident, known_at)
    sources = book.sources()
    return AttributionPage(
        argument=argue(found, conditions),
        incident=incident.title if isinstance(incident, Incident) else "",
        sources={item.source: sources[item.source] for item in found.evidence if item.source in sources},
    )


def check_attributions(store: RecordStore, path: Path) -> Checked:
    """Return what would become of a file's entries; nothing is stored. Raises QiyafaError if it cannot be read."""
    return _submitted(store, path, Submission("check", reason="check", dry_run=True, all_or_nothing=True))


def add_attributions(store: RecordStore, path: Path, author: str, reason: str) -> Checked:
    """Store a file's entries, or none of them if there is a problem. Raises QiyafaError as the store does."""
    return _submitted(store, path, Submission(author, reason, all_or_nothing=True))


def _submitted(store: RecordStore, path: Path, submission: Submission) -> Checked:
    read = read_file(path)
    rows = [_row(one, str(path)) for one in read.entries if isinstance(one, Attribution)]
    if not rows and not read.problems:
        raise InvalidInput("attribution.error.no_attribution", file=str(path))
    unsound = tuple(problem for row in rows for problem in row.problems)
    left = tuple(one for one in read.entries if not any(row.problems and row.attribution is one for row in rows))
    judged = replace(read, entries=left, problems=(*read.problems, *unsound))
    return Checked(submit(store, [(str(path), judged)], submission), rows)


def _row(attribution: Attribution, file: str) -> AttributionRow:
    problems = attribution_problems(attribution, file)
    return AttributionRow(attribution, None if problems else argue(attribution), problems)


def _unknown(id: str, known: Iterable[str]) -> NotFound:
    nearest = difflib.get_close_matches(id, list(known), n=3, cutoff=0.6)
    if not nearest:
        return NotFound("attribution.error.unknown", id=id)
    return NotFound("attribution.error.unknown_near", id=id, nearest=", ".join(nearest))
