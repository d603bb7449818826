"""STIX objects in: what Qiyafa wrote comes back as it was; of others' objects, what the record has a place for.

Nothing is guessed and nothing is lost silently: what cannot be taken in is kept apart with its reason. References are
followed by identifier and never recursively, so loops cannot hang it; they are named as problems.
"""

from collections.abc import Callable, Mapping
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
from qiyafa.model.ports import AddressReader, Progress, silent
from qiyafa.model.source import Source
from qiyafa.sharing.byte_order_mark import Buffer
from qiyafa.sharing.label_draft import is_sound
from qiyafa.sharing.stix.entries import actor_id, report_id
from qiyafa.sharing.stix.envelope import Envelope, Notes, Raws, open_envelope, split_bundle
from qiyafa.sharing.stix.extensions import EXTENSIONS, QIYAFA
from qiyafa.sharing.stix.foreign import KNOWN_TYPES, SUPPORTING, Foreign, told_by_others
from qiyafa.sharing.stix.ids import moment_of_stamp
from qiyafa.sharing.stix.incidents import incident_id
from qiyafa.sharing.stix.loops import on_loops, onwards, references_of
from qiyafa.sharing.stix.markings import level_of, levels_defined
from qiyafa.sharing.stix.observables import label_object_id
from qiyafa.sharing.stix.plain import Unreadable, record_of
from qiyafa.sharing.stix.statements import attribution_id, claim_id

_STAGE: Final = "stix.stage.read"
_REPORT_EVERY: Final = 1000
_NO_REFERENCES: Final = frozenset({"created_by_ref", "object_marking_refs"})
"""References to what everybody knows, or that say only who wrote an object."""


@dataclass(frozen=True, slots=True)
class _Own:
    """How entries of one kind come back."""

    shape: type
    object_id: Callable[[str], str]


_OWN: Final[Mapping[str, Mapping[str, _Own]]] = {
    "report": {EXTENSIONS["source"]: _Own(Source, report_id)},
    "intrusion-set": {EXTENSIONS["actor"]: _Own(Actor, actor_id)},
    "incident": {EXTENSIONS["incident"]: _Own(Incident, incident_id)},
    "note": {
        EXTENSIONS["claim"]: _Own(Claim, claim_id),
        EXTENSIONS["attribution"]: _Own(Attribution, attribution_id),
    },
    "indicator": {EXTENSIONS["label"]: _Own(Label, label_object_id)},
}


@dataclass(frozen=True, slots=True)
class Apart:
    """An object that was not taken in, and why."""

    id: str
    type: str
    key: str
    """The sentence in the text catalogue."""


@dataclass(frozen=True, slots=True)
class StixRead:
    """What some objects hold."""

    parcel: Parcel
    """Also with what was revoked, which `withdrawn` names."""
    objects: int
    """That were there, in whichever version."""
    supporting: int
    """Objects that only help to understand others: parties, places, relationships, wallets …"""
    apart: tuple[Apart, ...]
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Terms:
    """How others' objects are read."""

    reader: AddressReader
    as_of: datetime
    """For the parcel; never written into an entry."""
    unmarked: Tlp = Tlp.AMBER
    """The level of objects that carry none: what nobody has opened is not open."""


def read_bundle(content: Buffer, file: str, terms: Terms, progress: Progress = silent) -> StixRead:
    """Return what a bundle holds. Raises InvalidInput for what is no bundle."""
    return read_objects(split_bundle(content, file), file, terms, progress)


def read_objects(raws: Raws, file: str, terms: Terms, progress: Progress = silent) -> StixRead:
    """Return what some objects hold, each of them unread JSON."""
    notes = Notes(file)
    envelope = open_envelope(raws, notes)
    reading = _Reading(envelope, terms, notes)
    reading.read(progress)
    items = reading.marked()
    reading.leave_out_loops(items)
    return StixRead(
        _parcel(items, reading, terms),
        len(raws),
        reading.supporting,
        tuple(reading.apart),
        tuple(notes.closed()),
    )


@dataclass(slots=True)
class _Reading:
    """A file while it is read."""

    envelope: Envelope
    terms: Terms
    notes: Notes
    items: dict[ItemKey, Item] = field(default_factory=dict)
    levels: dict[ItemKey, Tlp] = field(default_factory=dict)
    spans: dict[ItemKey, Span] = field(default_factory=dict)
    withdrawn: set[ItemKey] = field(default_factory=set)
    apart: list[Apart] = field(default_factory=list)
    supporting: int = 0
    _defined: dict[str, Tlp] = field(default_factory=dict)
    _names: dict[str, str] = field(default_factory=dict)
    _containers: dict[str, list[str]] = field(default_factory=dict)

    def read(self, progress: Progress) -> None:
        """Read every object in the version that counts."""
        of_type, notes = self.envelope.of_type, self.notes
        for _, found in self.envelope.objects(notes, of_type.get("marking-definition", ())):
            self._defined.update(levels_defined(found))
        for _, found in self.envelope.objects(notes, of_type.get("identity", ())):
            self._names[found["id"]] = str(found.get("name", ""))
        total = len(self.envelope.counting)
        for number, (place, found) in enumerate(self.envelope.objects(notes, self.envelope.counting)):
            if number % _REPORT_EVERY == 0:
                progress(_STAGE, number, total)
            self._take(place, found)
        for id in on_loops(self._containers):
            self.notes.add(f"object {self.envelope.counting[id] + 1}", "stix.problem.loop", id=id)
        progress(_STAGE, total, total)

    def _take(self, place: str, found: dict[str, Any]) -> None:
        type_name = found["type"]
        self._check_references(place, found)
        if found.get("spec_version") != "2.1" and not (type_name in SUPPORTING and "spec_version" not in found):
            self.apart.append(Apart(found["id"], type_name, "stix.apart.version"))
        elif type_name not in KNOWN_TYPES:
            self.apart.append(Apart(found["id"], type_name, "stix.apart.type"))
        elif type_name == "cryptocurrency-transaction":
            self._take_flows(place, found)
        elif type_name in SUPPORTING:
            self.supporting += 1
        else:
            self._take_statement(place, found)

    def _take_statement(self, place: str, found: dict[str, Any]) -> None:
        extensions = found.get("extensions")
        extensions = extensions if isinstance(extensions, dict) else {}
        for extension, own in _OWN.get(found["type"], {}).items():
            if extension in extensions:
                self._take_own(place, found, extensions[extension], own)
                return
        if found["type"] == "threat-actor" and found.get("created_by_ref") == QIYAFA:
            self.supporting += 1  # the state behind an actor: the actor itself names it
            return
        told = told_by_others(found, Foreign(self.terms.reader, self._names, self._level(found)))
        if isinstance(told, str):
            self.apart.append(Apart(found["id"], found["type"], told))
        for item in told if not isinstance(told, str) else ():
            self._put(place, item, found)

    def _take_own(self, place: str, found: dict[str, Any], plain: object, own: _Own) -> None:
        try:
            item: Any = record_of(own.shape, plain)
        except Unreadable as error:
            self.notes.add(place, "stix.problem.extension", key=error.place)
            return
        if own.object_id(item.id) != found["id"]:
            self.notes.add(place, "stix.problem.other_id", id=found["id"], entry=item.id)
        elif isinstance(item, Label) and not is_sound(item, self.terms.reader):
            self.notes.add(place, "stix.problem.label", id=item.id)
        else:
            self._put(place, item, found)

    def _take_flows(self, place: str, found: dict[str, Any]) -> None:
        """Take the flows of a transaction, if it tells any of ours."""
        self.supporting += 1
        extensions = found.get("extensions")
        extension = extensions.get(EXTENSIONS["flow"]) if isinstance(extensions, dict) else None
        extension = extension if isinstance(extension, dict) else {}
        listed = extension.get("flows", [])
        flows: list[SharedFlow] = []
        for plain in listed if isinstance(listed, list) else [listed]:
            try:
                flows.append(record_of(SharedFlow, plain))
            except Unreadable as error:
                self.notes.add(place, "stix.problem.extension", key=error.place)
        if not flows:
            return
        marked = self._level(found)
        # A transaction is marked as the strictest of what names it, and says so; each flow keeps its own level, unless
        # somebody has marked the transaction otherwise.
        least = marked if marked.value != extension.get("tlp") else Tlp.CLEAR
        for flow in flows:
            self._put(place, flow, found)
            self.levels[key_of(flow)] = least

    def _put(self, place: str, item: Item, found: dict[str, Any]) -> None:
        key = key_of(item)
        if self.items.setdefault(key, item) != item:
            self.notes.add(place, "stix.problem.twice", entry=key[1])
            return
        self.levels[key] = self._level(found)
        modified = moment_of_stamp(found.get("modified"))
        created = moment_of_stamp(found.get("created")) or modified
        if created is not None:
            self.spans[key] = Span(created, modified or created)
        if found.get("revoked") is True:
            self.withdrawn.add(key)

    def _level(self, found: dict[str, Any]) -> Tlp:
        """Return the strictest level with which an object, or a part of it, is marked."""
        marks = found.get("object_marking_refs")
        refs = [one for one in marks if isinstance(one, str)] if isinstance(marks, list) else []
        granular = found.get("granular_markings")
        for one in granular if isinstance(granular, list) else []:
            if isinstance(one, dict) and isinstance(one.get("marking_ref"), str):
                refs.append(one["marking_ref"])
        return level_of(refs, self._defined) or self.terms.unmarked

    def _check_references(self, place: str, found: dict[str, Any]) -> None:
        """Name references that lead to nothing in the file, and note those along which a loop could run."""
        known = self.envelope.counting
        listed: list[str] = []
        for name, target in references_of(found):
            if target in known:
                listed.append(target)
            elif name not in _NO_REFERENCES:
                self.notes.add(place, "stix.problem.dangling", id=target, key=name)
        if "object_refs" in found or found["type"] == "marking-definition":
            self._containers[found["id"]] = listed

    # Afterwards ------------------------------------------------------------------------------------------------------

    def marked(self) -> list[Item]:
        """Return what was read, each item at least as strict as its object was marked."""
        sources = {id: item for (kind, id), item in self.items.items() if isinstance(item, Source)}
        for id, source in sources.items():
            level = self.levels[key_of(source)]
            if is_above(level, source.tlp):
                sources[id] = self.items[key_of(source)] = replace(source, tlp=level)
        for key, item in self.items.items():
            if is_above(self.levels[key], tlp_of(item, sources)):
                self.items[key] = replace(item, tlp=self.levels[key])
        return list(self.items.values())

    def leave_out_loops(self, items: list[Item]) -> None:
        """Leave out entries that would be a part of themselves, or revise themselves."""
        targets = {key_of(one): onwards(one) for one in items if isinstance(one, Actor | Incident | Claim)}
        for key in on_loops(targets):
            self.notes.add("", "stix.problem.entry_loop", entry=key[1])
            items.remove(self.items.pop(key))


def _parcel(items: list[Item], reading: _Reading, terms: Terms) -> Parcel:
    def of(shape: type) -> tuple[Any, ...]:
        return tuple(one for one in items if isinstance(one, shape))

    left = {key_of(one) for one in items}
    return Parcel(
        as_of=terms.as_of,
        sources=of(Source),
        actors=of(Actor),
        incidents=of(Incident),
        claims=of(Claim),
        attributions=of(Attribution),
        labels=of(Label),
        flows=of(SharedFlow),
        spans={key: span for key, span in reading.spans.items() if key in left},
        withdrawn=frozenset(reading.withdrawn & left),
    )
