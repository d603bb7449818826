"""What is shared: the parcel that a user asks for, out of the record and the labels of a home.

Every format and every channel begins here and then goes through the gate (`sharing.release`).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, TypeVar

from qiyafa.app.clock import utc_now
from qiyafa.app.home import Home
from qiyafa.app.labels import existing_store
from qiyafa.chains import find_chain
from qiyafa.chains.formats import FORMATS
from qiyafa.model.actor import Actor
from qiyafa.model.attribution import Attribution
from qiyafa.model.claim import Claim
from qiyafa.model.errors import InvalidInput, NotFound
from qiyafa.model.incident import Incident, LinkKind
from qiyafa.model.label import Label, Tlp
from qiyafa.model.parcel import ItemKey, Parcel, Span, key_of
from qiyafa.model.record import ENTRY_KINDS, Entry, EntryKind, RecordBook
from qiyafa.model.source import Source
from qiyafa.record.references import references
from qiyafa.sharing.stix.pen import Places

E = TypeVar("E", Source, Actor, Incident, Claim, Attribution)

_LONG_AGO: Final = datetime(1970, 1, 1, tzinfo=UTC)
"""For what has no time of its own; a record gives every entry one."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a user wants to share. With no incident and no actor named: the whole record."""

    incidents: tuple[str, ...] = ()
    actors: tuple[str, ...] = ()
    """Each with what is said of it, and with the incidents that are laid to it or to a part of it."""
    labels: bool = False
    """Also labels: of the incidents that are named, or all."""

    @property
    def is_everything(self) -> bool:
        """Whether nothing is left out of the record."""
        return not (self.incidents or self.actors)


def read_tlp(written: str) -> Tlp:
    """Return a level, with or without `TLP:` before it, in any case. Raises InvalidInput for what is none."""
    word = written.strip().upper()
    try:
        return Tlp(word if word.startswith("TLP:") else f"TLP:{word}")
    except ValueError:
        raise InvalidInput("labels.error.tlp", tlp=written, known=", ".join(Tlp)) from None


def places() -> Places:
    """Return how addresses and chains are spelled."""
    return Places(FORMATS, symbol_of)


def symbol_of(chain: str) -> str:
    """Return the ticker of a chain's own asset, or its CAIP-2 if Qiyafa does not know the chain."""
    try:
        return find_chain(chain).native_symbol
    except InvalidInput:
        return chain


def collect(book: RecordBook, home: Home, wanted: Wanted) -> Parcel:
    """Return what is wanted with everything that it refers to. Raises NotFound for what the record does not have, and
    for labels where there are none.
    """
    entries = _Collecting(book).entries(wanted)
    labels = tuple(_labels(home, entries, wanted)) if wanted.labels else ()
    spans, withdrawn = _history(book, entries)
    return Parcel(
        as_of=_LONG_AGO,
        sources=tuple(one for one in entries if isinstance(one, Source)),
        actors=tuple(one for one in entries if isinstance(one, Actor)),
        incidents=tuple(one for one in entries if isinstance(one, Incident)),
        claims=tuple(one for one in entries if isinstance(one, Claim)),
        attributions=tuple(one for one in entries if isinstance(one, Attribution)),
        labels=labels,
        spans=spans,
        withdrawn=frozenset(withdrawn),
    )


class _Collecting:
    """The entries of a record, while those that are wanted are picked."""

    def __init__(self, book: RecordBook) -> None:
        every: list[Entry] = [*book.sources().values(), *book.actors().values(), *book.incidents()]
        every += [*book.claims(), *book.attributions()]
        self._every = {key_of(one): one for one in every}

    def entries(self, wanted: Wanted) -> list[Entry]:
        """Return what is wanted with everything that it refers to, by kind and id."""
        chosen = list(self._every) if wanted.is_everything else self._closed(self._begin(wanted))
        order = {kind.value: number for number, kind in enumerate(ENTRY_KINDS.values())}
        return [self._every[key] for key in sorted(chosen, key=lambda key: (order[key[0]], key[1]))]

    def _begin(self, wanted: Wanted) -> Iterator[ItemKey]:
        """Yield what is named, and what is said of it. Raises NotFound for an incident or actor that is not there."""
        named = {(EntryKind.INCIDENT.value, id) for id in wanted.incidents}
        named |= {(EntryKind.ACTOR.value, id) for id in wanted.actors}
        for kind, id in sorted(named):
            if (kind, id) not in self._every:
                raise NotFound("share.error.unknown", kind=kind, id=id)
        actors = self._with_parts(wanted.actors)
        incidents = {
            id
            for id, one in self._of(Incident)
            if id in wanted.incidents or any(link.actor in actors for link in one.actors)
        }
        yield from ((EntryKind.ACTOR.value, id) for id in actors)
        yield from ((EntryKind.INCIDENT.value, id) for id in incidents)
        for id, claim in self._of(Claim):
            if claim.scope.incident in incidents or (claim.scope.actor in actors and not claim.scope.incident):
                yield EntryKind.CLAIM.value, id
        for id, attribution in self._of(Attribution):
            if attribution.incident in incidents:
                yield EntryKind.ATTRIBUTION.value, id

    def _with_parts(self, actors: Iterable[str]) -> set[str]:
        found = set(actors)
        grown = True
        while grown:
            parts = {id for id, one in self._of(Actor) if one.parent in found} - found
            found |= parts
            grown = bool(parts)
        return found

    def _closed(self, begin: Iterable[ItemKey]) -> set[ItemKey]:
        """Return some entries with all that they refer to, directly or through others."""
        found: set[ItemKey] = set()
        waiting = list(begin)
        while waiting:
            key = waiting.pop()
            if key in self._every and key not in found:
                found.add(key)
                waiting += [(one.kind.value, one.id) for one in references(self._every[key])]
        return found

    def _of(self, shape: type[E]) -> Iterator[tuple[str, E]]:
        return ((key[1], one) for key, one in self._every.items() if isinstance(one, shape))


def _labels(home: Home, entries: Iterable[Entry], wanted: Wanted) -> Iterator[Label]:
    every = existing_store(home).each(utc_now())
    if wanted.is_everything:
        return every
    names = {one.id for one in entries if isinstance(one, Incident)}
    names |= {
        link.target for one in entries if isinstance(one, Incident) for link in one.links if link.kind is LinkKind.LABEL
    }
    return (label for label in every if label.incident in names)


def _history(book: RecordBook, entries: Iterable[Entry]) -> tuple[dict[ItemKey, Span], set[ItemKey]]:
    """Return when each entry was first and last written, and which of them stand no longer."""
    spans: dict[ItemKey, Span] = {}
    withdrawn: set[ItemKey] = set()
    for entry in entries:
        key = key_of(entry)
        revisions = [one for one in book.history(EntryKind(key[0]), entry.id) if not one.aside]
        if revisions:
            spans[key] = Span(revisions[0].known_from, revisions[-1].known_from)
            if revisions[-1].withdrawn:
                withdrawn.add(key)
    return spans, withdrawn
