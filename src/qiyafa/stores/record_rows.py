"""Entries of the record as rows and back: JSON by msgspec, moments as whole microseconds, each row with its seal."""

import hashlib
from dataclasses import replace
from typing import Any, Final, NamedTuple

import msgspec

from qiyafa.model.actor import Actor
from qiyafa.model.claim import Claim, ClaimState
from qiyafa.model.errors import Conflict
from qiyafa.model.record import ENTRY_KINDS, Entry, EntryKind, Revision
from qiyafa.model.source import Source
from qiyafa.stores.moments import moment_of

REVISION_COLUMNS: Final = "seq, kind, id, number, known_from, author, reason, withdrawn, aside, body, seal"
_SHAPES: Final[dict[EntryKind, msgspec.json.Decoder[Any]]] = {
    kind: msgspec.json.Decoder(shape) for shape, kind in ENTRY_KINDS.items()
}
_ENCODER: Final = msgspec.json.Encoder()
STANDS: Final = "stands"
"""The state of what holds and is no claim."""
WITHDRAWN: Final = ClaimState.WITHDRAWN.value
ASIDE: Final = "aside"
"""The state of what the casebook says where somebody else's revision goes on standing."""


class RevisionRow(NamedTuple):
    """One revision as it is stored."""

    seq: int
    """Counted from 1 over the whole record."""
    kind: str
    id: str
    number: int
    known_from: int
    author: str
    reason: str
    withdrawn: int
    aside: int
    """Whether another revision of the entry went on standing."""
    body: str
    seal: bytes = b""

    def sealed(self) -> "RevisionRow":
        """Return the row with the hash over everything else in it."""
        return self._replace(seal=self._hash())

    def entry(self, damaged: Conflict) -> Entry:
        """Return the entry as it was given. Raises the given error if the row is not as it was written."""
        if self._hash() != bytes(self.seal):
            raise damaged
        try:
            found: Entry = _SHAPES[EntryKind(self.kind)].decode(self.body)
        except (msgspec.MsgspecError, ValueError) as error:
            raise damaged from error
        return found

    def revision(self, damaged: Conflict) -> Revision:
        """Return the revision. Raises the given error if the row is not as it was written."""
        entry = self.entry(damaged)
        known_from = moment_of(self.known_from)
        return Revision(
            EntryKind(self.kind),
            self.id,
            self.number,
            entry,
            known_from,
            self.author,
            self.reason,
            bool(self.withdrawn),
            bool(self.aside),
        )

    def state(self, entry: Entry) -> str:
        """Return whether the entry counts: for a claim its own state."""
        if self.aside:
            return ASIDE
        if self.withdrawn:
            return WITHDRAWN
        return entry.state.value if isinstance(entry, Claim) else STANDS

    def _hash(self) -> bytes:
        return hashlib.sha256(_ENCODER.encode(self[:-1])).digest()


def bare(entry: Entry) -> Entry:
    """Return an entry without the moments at which it was known, which are the record's to say."""
    if isinstance(entry, Actor):
        return entry
    if isinstance(entry, Source):
        return entry if entry.known_to is None else replace(entry, known_to=None)
    if entry.known_from is None and entry.known_to is None:
        return entry
    return replace(entry, known_from=None, known_to=None)


def dated(entry: Entry, first_known: int, withdrawn: int | None = None) -> Entry:
    """Set in an entry just read when it was first known, and when it was withdrawn; return it."""
    if not isinstance(entry, Actor):
        # Nobody else has it yet, and a copy would take longer than the reading.
        if not isinstance(entry, Source):
            object.__setattr__(entry, "known_from", moment_of(first_known))
        object.__setattr__(entry, "known_to", None if withdrawn is None else moment_of(withdrawn))
    return entry


def body_of(entry: Entry) -> str:
    """Return an entry as JSON. Raises UnicodeEncodeError for half characters."""
    return _ENCODER.encode(entry).decode()


def chained(digest: bytes, seal: bytes) -> bytes:
    """Return the digest of the record after one more revision."""
    return hashlib.sha256(digest + seal).digest()


def row_of(found: Any) -> RevisionRow:
    """Return a row of `REVISION_COLUMNS`."""
    return RevisionRow._make(found)
