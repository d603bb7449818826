"""Entries that a user writes into the record: weighed one by one, shown, and only then stored.

What cannot be taken in is a problem of that entry; the others are stored together, or none of them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property, partial
from typing import Final

from qiyafa.app.clock import utc_now
from qiyafa.app.incident_case import check_thefts
from qiyafa.model.errors import InvalidInput, Problem
from qiyafa.model.incident import Incident
from qiyafa.model.parcel import strictest
from qiyafa.model.ports import Progress, silent
from qiyafa.model.record import ENTRY_KINDS, EntriesRead, Entry, EntryKind, RecordBook, Revision
from qiyafa.record.references import references
from qiyafa.stores.casebook import casebook
from qiyafa.stores.record import Change, RecordStore
from qiyafa.stores.record_checks import check_entry, check_no_loop, onwards
from qiyafa.stores.record_rows import bare, body_of

FileRead = tuple[str, EntriesRead]
"""The name of a file as the user gave it, and what it holds."""
Key = tuple[EntryKind, str]
_STAGE: Final = "incidents.stage.weigh"
_TOLD_EVERY: Final = 500


@dataclass(frozen=True, slots=True)
class Submission:
    """How entries are written into the record."""

    author: str
    reason: str = ""
    """Why an entry that stands is changed; without it none is."""
    dry_run: bool = False
    all_or_nothing: bool = False
    """Whether one problem keeps everything out."""


@dataclass(slots=True)
class Offer:
    """What became of entries, or would."""

    new: list[Entry] = field(default_factory=list)
    changed: list[Entry] = field(default_factory=list)
    unchanged: list[Entry] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    """What is left out, and why."""
    stored: list[Revision] | None = None
    """None if nothing was to be stored."""

    @property
    def accepted(self) -> list[Entry]:
        """What can be stored."""
        return self.new + self.changed


def submit(store: RecordStore, files: Sequence[FileRead], submission: Submission, progress: Progress = silent) -> Offer:
    """Write entries into the record and return what became of them. Raises QiyafaError as the store does."""
    if not submission.author.strip():
        raise InvalidInput("incidents.error.no_author")
    now = utc_now()
    offer = weigh(store, files, submission.reason, now, progress)
    if not submission.dry_run and not (submission.all_or_nothing and offer.problems):
        changes = [Change(entry, submission.reason) for entry in offer.accepted]
        offer.stored = store.apply(changes, at=now, author=submission.author) if changes else []
    return offer


def weigh(book: RecordBook, files: Sequence[FileRead], reason: str, at: datetime, progress: Progress = silent) -> Offer:
    """Return what would become of entries at a moment; one that stands and says something else needs a reason."""
    problems = [problem for _, read in files for problem in read.problems]
    weighing = _Weighing(book, Offer(problems=problems), progress)
    for file, read in files:
        for entry in read.entries:
            weighing.take(entry, file)
        weighing.levelled |= read.levelled
    weighing.refuse_impossible(at)
    weighing.refuse_loops()
    weighing.refuse_unsupported()
    weighing.sort(reason)
    return weighing.offer


def own_incidents(incidents: Iterable[Incident]) -> int:
    """Return how many incidents are not in the casebook, or say something else than it."""
    known = {one.id: one for one in casebook().incidents}
    return sum(bare(one) != known.get(one.id) for one in incidents)


class _Weighing:
    """Entries that are offered, by kind and id, each with its file; what is refused leaves with its reason."""

    def __init__(self, book: RecordBook, offer: Offer, progress: Progress) -> None:
        self.offer = offer
        self._progress = progress
        self._book = book
        self._sources, self._actors = book.sources(), book.actors()
        self._offered: dict[Key, tuple[str, Entry]] = {}
        self.levelled: frozenset[Key] = frozenset()

    def take(self, entry: Entry, file: str) -> None:
        """Offer an entry; a second one of its id must say the same."""
        key = ENTRY_KINDS[type(entry)], entry.id
        if self._offered.setdefault(key, (file, entry))[1] != entry:
            self._note(file, key, InvalidInput("entries.problem.twice", id=entry.id))

    def refuse_impossible(self, at: datetime) -> None:
        """Refuse what cannot stand in a record whatever else is there."""
        for key, (_, entry) in list(self._offered.items()):
            try:
                check_entry(entry, body_of(bare(entry)), at)
                if isinstance(entry, Incident):
                    check_thefts(entry)
            except InvalidInput as error:
                self._refuse(key, error)

    def refuse_loops(self) -> None:
        """Refuse incidents that would be part of themselves, and claims that would revise themselves."""
        refused: list[tuple[Key, InvalidInput]] = []
        for key, (_, entry) in self._offered.items():
            try:
                check_no_loop(entry, partial(self._onwards, key[0]))
            except InvalidInput as error:
                refused.append((key, error))
        # Only now, so that every entry of a loop is told that it is in one.
        for key, reason in refused:
            self._refuse(key, reason)

    def refuse_unsupported(self) -> None:
        """Refuse what names something that neither stands nor is offered, and then what names that."""
        is_settled = False
        while not is_settled:
            is_settled = True
            for key, (_, entry) in list(self._offered.items()):
                missing = next((one for one in references(entry) if not self._is_known((one.kind, one.id))), None)
                if missing is not None:
                    kind, id = missing.kind.value, missing.id
                    self._refuse(key, InvalidInput("entries.problem.reference", kind=kind, id=id))
                    is_settled = False

    def sort(self, reason: str) -> None:
        """Tell what is new, changed or as it stands."""
        for number, (key, (_, entry)) in enumerate(list(self._offered.items())):
            if number % _TOLD_EVERY == 0:
                self._progress(_STAGE, number, len(self._offered))
            standing = self._standing(key)
            if standing is not None and key not in self.levelled:
                # Who sends an entry, or a table that has no word for levels, never opens what is kept more strictly.
                entry = replace(entry, tlp=strictest(entry.tlp, standing.tlp))
            if standing is None:
                self.offer.new.append(entry)
            elif bare(standing) == bare(entry):
                self.offer.unchanged.append(entry)
            elif reason:
                self.offer.changed.append(entry)
            else:
                self._refuse(key, InvalidInput("entries.problem.differs", id=entry.id))

    def _onwards(self, kind: EntryKind, id: str) -> tuple[str, ...]:
        """Return what an entry, as it is offered or as it stands, is part of or revises."""
        offered = self._offered.get((kind, id))
        return onwards(self._standing((kind, id)) if offered is None else offered[1])

    def _is_known(self, key: Key) -> bool:
        kind, id = key
        if key in self._offered:
            return True
        if kind is EntryKind.SOURCE:
            return id in self._sources
        return id in self._actors if kind is EntryKind.ACTOR else self._standing(key) is not None

    def _standing(self, key: Key) -> Entry | None:
        """Return the entry of an id as it stands; incidents come by the thousand, so they are read at once."""
        kind, id = key
        return self._incidents.get(id) if kind is EntryKind.INCIDENT else self._book.get(kind, id)

    @cached_property
    def _incidents(self) -> dict[str, Incident]:
        return {one.id: one for one in self._book.incidents()}

    def _refuse(self, key: Key, error: InvalidInput) -> None:
        file, _ = self._offered.pop(key)
        self._note(file, key, error)

    def _note(self, file: str, key: Key, error: InvalidInput) -> None:
        kind, id = key
        self.offer.problems.append(Problem(file, f"{kind.value} {id}", error.key, error.fields))
