"""A parcel from others, taken in: entries into the record, labels into the label store, whatever format it came in."""

from dataclasses import dataclass, field

from qiyafa.app.clock import utc_now
from qiyafa.app.home import Home
from qiyafa.app.record import record_book
from qiyafa.app.record_entries import Offer, Submission, submit
from qiyafa.model.errors import Problem, QiyafaError
from qiyafa.model.label import Label, LabelState, Tlp
from qiyafa.model.parcel import Parcel, key_of
from qiyafa.model.ports import Progress, silent
from qiyafa.model.record import EntriesRead, Entry, EntryKind
from qiyafa.stores.labels import LabelStore
from qiyafa.stores.labels_writing import LabelCounts
from qiyafa.stores.record import Change, RecordStore


@dataclass(frozen=True, slots=True)
class Intake:
    """How a file is taken in."""

    author: str
    reason: str = ""
    """Why entries that stand are changed or withdrawn; without it none is."""
    unmarked: Tlp = Tlp.AMBER
    """The level of objects that carry none."""
    dry_run: bool = False


@dataclass(slots=True)
class TakenIn:
    """What became of a parcel."""

    offer: Offer
    labels: LabelCounts | None = None
    """None if none was to be stored."""
    withdrawn: int = 0
    """Entries and labels that were withdrawn because the file revokes them, or would be."""
    problems: list[Problem] = field(default_factory=list)


def take_parcel(
    home: Home, record: str | None, parcel: Parcel, intake: Intake, file: str, *, progress: Progress = silent
) -> TakenIn:
    """Take in a parcel that was read from a file. Entries go in together or not at all, then the labels.

    Raises QiyafaError as the stores do.
    """
    standing = tuple(one for one in parcel.entries if key_of(one) not in parcel.withdrawn)
    store = record_book(home, record, to_write=not intake.dry_run)
    submission = Submission(intake.author, intake.reason, intake.dry_run)
    offer = submit(store, [(file, EntriesRead(standing, ()))], submission, progress)
    taking = _Taking(home, parcel, intake, file, TakenIn(offer, problems=[*offer.problems]))
    taking.withdraw_entries(store)
    if parcel.labels:
        taking.take_labels()
    if parcel.flows:
        taking.note(Problem(file, "", "stix.problem.flows", {"count": len(parcel.flows)}))
    return taking.taken


@dataclass(frozen=True, slots=True)
class _Taking:
    """A parcel while it is taken in."""

    home: Home
    parcel: Parcel
    intake: Intake
    file: str
    taken: TakenIn

    def note(self, problem: Problem) -> None:
        """Note what was not taken in, and why."""
        self.taken.problems.append(problem)

    def withdraw_entries(self, store: RecordStore) -> None:
        """Withdraw the entries that stand here and that the file revokes, if a reason is given."""
        changes = []
        for entry in self.parcel.entries:
            if key_of(entry) not in self.parcel.withdrawn or not _stands(store, entry):
                continue
            if self.intake.reason:
                changes.append(Change(entry, self.intake.reason, withdraw=True))
            else:
                self._note_revoked(*key_of(entry))
        self.taken.withdrawn += len(changes)
        if changes and not self.intake.dry_run:
            store.apply(changes, at=utc_now(), author=self.intake.author)

    def take_labels(self) -> None:
        """Add the labels that stand, with their objections, and withdraw those that the file revokes."""
        if self.intake.dry_run:
            return
        labels, at, author = LabelStore.open(self.home.made().labels), utc_now(), self.intake.author
        revoked = {one.id for one in self.parcel.labels if self._is_revoked(one)}
        standing = [one for one in self.parcel.labels if one.id not in revoked]
        self.taken.labels = labels.add(standing, at)
        for label in standing:
            if label.state is LabelState.DISPUTED and labels.history(label.id)[-1].state is LabelState.ACTIVE:
                labels.dispute(label.id, label.objection or author, author, at)
        for label in self.parcel.labels:
            if label.id in revoked:
                self._withdraw_label(labels, label)

    def _withdraw_label(self, labels: LabelStore, label: Label) -> None:
        if not self.intake.reason:
            self._note_revoked("label", label.id)
            return
        try:
            labels.withdraw(label.id, self.intake.reason, self.intake.author, utc_now())
        except QiyafaError as error:
            self.note(Problem(self.file, f"label {label.id}", error.key, error.fields))
        else:
            self.taken.withdrawn += 1

    def _is_revoked(self, label: Label) -> bool:
        return key_of(label) in self.parcel.withdrawn or label.state is LabelState.WITHDRAWN

    def _note_revoked(self, kind: str, id: str) -> None:
        self.note(Problem(self.file, f"{kind} {id}", "stix.problem.revoked", {"id": id}))


def _stands(store: RecordStore, entry: Entry) -> bool:
    kind, id = key_of(entry)
    return store.get(EntryKind(kind), id) is not None
