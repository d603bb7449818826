"""MISP events in: what Qiyafa wrote comes back as it was; of others' events, the addresses, as proposals.

Nothing is guessed and nothing is lost silently: what has no place here is counted by its kind with the reason.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

from qiyafa.model.actor import Actor
from qiyafa.model.attribution import Attribution
from qiyafa.model.claim import Claim
from qiyafa.model.errors import Problem
from qiyafa.model.incident import Incident
from qiyafa.model.label import Label, Tlp
from qiyafa.model.parcel import Item, ItemKey, Parcel, SharedFlow, Span, is_above, key_of, tlp_of
from qiyafa.model.source import Source
from qiyafa.sharing.label_draft import Drafting, LabelsRead, is_sound
from qiyafa.sharing.misp.exact import EXACT, exact_item
from qiyafa.sharing.misp.foreign import (
    ADDRESS_OBJECTS,
    ForeignEvent,
    attributes_of,
    foreign_event,
    is_deleted,
    propose_attribute,
    propose_object,
)
from qiyafa.sharing.misp.ids import ORGANISATION, carrier_id
from qiyafa.sharing.misp.pen import BITCOIN_TRANSACTION, TRANSACTION
from qiyafa.sharing.misp.tags import level_of_tags
from qiyafa.sharing.stix.plain import Unreadable
from qiyafa.sharing.stix.reading import Terms

_MOST_PROBLEMS: Final = 1000
_OURS_TOO: Final = ADDRESS_OBJECTS | {TRANSACTION.name, BITCOIN_TRANSACTION.name}
"""Objects that stand beside exact records in our own events and say nothing more."""


@dataclass(frozen=True, slots=True)
class MispApart:
    """Objects and attributes that were not taken in, and why."""

    kind: str
    """The name of the object's template, or the type of the attribute. Hostile text."""
    count: int
    key: str
    """The sentence in the text catalogue."""


@dataclass(frozen=True, slots=True)
class MispRead:
    """What some events hold."""

    parcel: Parcel
    """What Qiyafa wrote; also what was deleted, which `withdrawn` names."""
    proposals: tuple[Label, ...]
    """Addresses that others name; nobody has looked at them."""
    events: int
    supporting: int
    """Addresses and transactions that exact records name."""
    apart: tuple[MispApart, ...]
    problems: tuple[Problem, ...]


def read_events(events: Iterable[dict[str, Any]], file: str, terms: Terms) -> MispRead:
    """Return what events hold."""
    reading = _Reading(file, terms)
    count = 0
    for count, event in enumerate(events, start=1):
        reading.take(event, f"event {count}")
    return reading.read(count)


@dataclass(slots=True)
class _Reading:
    """Events while they are read."""

    file: str
    terms: Terms
    items: dict[ItemKey, Item] = field(default_factory=dict)
    spans: dict[ItemKey, Span] = field(default_factory=dict)
    levels: dict[ItemKey, Tlp] = field(default_factory=dict)
    withdrawn: set[ItemKey] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)
    supporting: int = 0
    _apart: Counter[tuple[str, str]] = field(default_factory=Counter)
    _drafts: LabelsRead = field(init=False)
    _drafting: Drafting = field(init=False)

    def __post_init__(self) -> None:
        self._drafts = LabelsRead(self.file)
        self._drafting = Drafting(self.terms.reader, self._drafts)

    def take(self, event: dict[str, Any], place: str) -> None:
        """Read one event."""
        foreign = foreign_event(event, self.terms.unmarked)
        maker = event.get("Orgc")
        is_ours = isinstance(maker, dict) and maker.get("uuid") == ORGANISATION["uuid"]
        for number, found in enumerate(_objects(event), start=1):
            here = f"{place}, object {number}"
            exact = [one for one in attributes_of(found) if one.get("comment") == EXACT and "data" in one]
            if exact:
                self._take_exact(here, found, exact[0], foreign)
            elif is_ours and found.get("name") in _OURS_TOO:
                self.supporting += 1
            else:
                self._take_foreign(here, found, foreign)
        for number, one in enumerate(attributes_of(event), start=1):
            here = f"{place}, attribute {number}"
            self._take_attribute(here, one, foreign)

    def _take_exact(self, place: str, found: dict[str, Any], attribute: dict[str, Any], event: ForeignEvent) -> None:
        try:
            exact = exact_item(attribute["data"])
        except Unreadable as error:
            self._note(place, "misp.problem.exact", key=error.place)
            return
        item, key = exact.item, key_of(exact.item)
        if found.get("uuid") != carrier_id(event.uuid, key):
            self._note(place, "misp.problem.other_id", entry=item.id)
            return
        if isinstance(item, Label) and not is_sound(item, self.terms.reader):
            self._note(place, "misp.problem.label", id=item.id)
            return
        self._put(place, exact.item, exact.span, is_deleted(found))
        marked = level_of_tags(attribute.get("Tag")) or event.level
        if key not in self.levels or is_above(marked, self.levels[key]):
            self.levels[key] = marked

    def _put(self, place: str, item: Item, span: Span, deleted: bool) -> None:
        """Take an item; of two versions the later one, whichever event it stands in."""
        key = key_of(item)
        known = self.spans.get(key)
        if known is not None and self.items[key] != item:
            self._note(place, "misp.problem.twice", entry=item.id)
        if known is not None and span.modified <= known.modified:
            if deleted and span.modified == known.modified:
                self.withdrawn.add(key)
            return
        self.items[key] = item
        self.spans[key] = span
        (self.withdrawn.add if deleted else self.withdrawn.discard)(key)

    def _take_foreign(self, place: str, found: dict[str, Any], event: ForeignEvent) -> None:
        name = str(found.get("name", ""))
        if is_deleted(found):
            self._apart[name, "misp.apart.deleted"] += 1
        elif name not in ADDRESS_OBJECTS:
            self._apart[name, "misp.apart.object"] += 1
        elif event.problem():
            self._apart[name, event.problem()] += 1
        elif not propose_object(place, found, event, self._drafting):
            self._apart[name, "misp.apart.no_address"] += 1

    def _take_attribute(self, place: str, found: dict[str, Any], event: ForeignEvent) -> None:
        kind = str(found.get("type", ""))
        if is_deleted(found):
            self._apart[kind, "misp.apart.deleted"] += 1
        elif event.problem():
            self._apart[kind, event.problem()] += 1
        elif not propose_attribute(place, found, event, self._drafting):
            self._apart[kind, "misp.apart.attribute"] += 1

    def _note(self, place: str, key: str, /, **fields: str | int) -> None:
        if len(self.problems) < _MOST_PROBLEMS:
            self.problems.append(Problem(self.file, place, key, fields))

    def read(self, events: int) -> MispRead:
        """Return what was read."""
        drafts = self._drafts.closed()
        own = {key[1] for key in self.items}
        proposals = {one.id: one for one in drafts.labels if one.id not in own}
        return MispRead(
            _parcel(self._marked(), self, self.terms.as_of),
            tuple(proposals[id] for id in sorted(proposals)),
            events,
            self.supporting,
            tuple(MispApart(kind, count, key) for (kind, key), count in sorted(self._apart.items())),
            (*self.problems, *drafts.problems[:_MOST_PROBLEMS]),
        )

    def _marked(self) -> list[Item]:
        """Return the items by kind and id, each at least as strict as it was marked."""
        sources = {item.id: item for item in self.items.values() if isinstance(item, Source)}
        for id, source in sources.items():
            level = self.levels[key_of(source)]
            if is_above(level, source.tlp):
                sources[id] = self.items[key_of(source)] = replace(source, tlp=level)
        for key, item in self.items.items():
            if is_above(self.levels[key], tlp_of(item, sources)):
                self.items[key] = replace(item, tlp=self.levels[key])
        return [self.items[key] for key in sorted(self.items)]


def _objects(event: dict[str, Any]) -> Iterator[dict[str, Any]]:
    listed = event.get("Object")
    return (one for one in (listed if isinstance(listed, list) else ()) if isinstance(one, dict))


def _parcel(items: list[Item], reading: _Reading, as_of: datetime) -> Parcel:
    def of(shape: type) -> tuple[Any, ...]:
        return tuple(one for one in items if isinstance(one, shape))

    return Parcel(
        as_of=as_of,
        sources=of(Source),
        actors=of(Actor),
        incidents=of(Incident),
        claims=of(Claim),
        attributions=of(Attribution),
        labels=of(Label),
        flows=of(SharedFlow),
        spans=dict(reading.spans),
        withdrawn=frozenset(reading.withdrawn),
    )
