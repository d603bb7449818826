"""A parcel as MISP events: the same parcel gives the same bytes.

Each incident is an event with what is said of it; what belongs to no single incident stands in one more event. An
object can be in one event only, so a source that two events rest on stands in both under two identifiers.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from qiyafa.model.actor import Actor
from qiyafa.model.attribution import Attribution
from qiyafa.model.claim import Claim
from qiyafa.model.incident import DateKind, Incident, IncidentStatus, LinkKind
from qiyafa.model.label import Label
from qiyafa.model.parcel import Item, ItemKey, Parcel, SharedFlow, key_of, sources_of, strictest, tlp_of
from qiyafa.model.record import ENTRY_KINDS, EntryKind
from qiyafa.model.source import Source
from qiyafa.record.references import references
from qiyafa.sharing.misp.exact import EXACT, exact_data
from qiyafa.sharing.misp.ids import GENERAL, ORGANISATION, carrier_id, event_id, seconds_of
from qiyafa.sharing.misp.observables import Naming, Observables
from qiyafa.sharing.misp.pen import ANNOTATION, REPORT, WEB, MispObject, ObjectPen
from qiyafa.sharing.misp.tags import DISTRIBUTION, galaxies, tlp_tag
from qiyafa.sharing.misp.words import words_of
from qiyafa.sharing.stix.pen import Places
from qiyafa.sharing.stix.writing import encoded

MispEvent = dict[str, Any]
_SUPPORT: Final = (EntryKind.SOURCE, EntryKind.ACTOR)
"""What an event takes along because something in it refers to it."""
_GENERAL_INFO: Final = "Qiyafa record: sources, actors, claims and labels of no single incident"


def misp_events(parcel: Parcel, places: Places) -> Iterator[MispEvent]:
    """Yield the events that say what a parcel holds.

    The parcel must have passed the gate (`sharing.release`): everything in it is written.
    """
    sharing_out = _SharingOut(parcel)
    for incident in parcel.incidents:
        items = sharing_out.of_incident(incident)
        yield _EventWriter(parcel, places, event_id(incident.id), items).event(incident)
    rest = sharing_out.rest()
    if rest:
        yield _EventWriter(parcel, places, event_id(GENERAL), rest).event(None)


def is_carrier(found: MispObject) -> bool:
    """Tell whether an object carries an item; the others are what items name."""
    return found["name"] in (REPORT.name, ANNOTATION.name)


def write_events(events: Iterable[MispEvent]) -> Iterator[bytes]:
    """Yield a file of events, piece by piece."""
    yield b'{"response":[\n'
    for number, event in enumerate(events):
        yield (b",\n" if number else b"") + encoded({"Event": event})
    yield b"\n]}\n"


def write_event(event: MispEvent) -> bytes:
    """Return one event as a file of a feed."""
    return encoded({"Event": event}) + b"\n"


def write_manifest(events: Iterable[MispEvent]) -> bytes:
    """Return the list of a feed's events."""
    listed = {
        event["uuid"]: {
            "Orgc": event["Orgc"],
            "Tag": event["Tag"],
            "info": event["info"],
            "date": event["date"],
            "analysis": event["analysis"],
            "threat_level_id": event["threat_level_id"],
            "timestamp": event["timestamp"],
        }
        for event in events
    }
    return encoded(listed) + b"\n"


@dataclass(slots=True)
class _SharingOut:
    """Which item stands in which event."""

    parcel: Parcel
    _by_key: dict[ItemKey, Item] = field(default_factory=dict)
    _placed: set[ItemKey] = field(default_factory=set)
    _of: dict[str, list[Item]] = field(default_factory=dict)
    """What is said of an incident, by its id."""

    def __post_init__(self) -> None:
        self._by_key = {key_of(item): item for item in self.parcel.items()}
        names = dict(_label_names(self.parcel.incidents))
        for item in self.parcel.items():
            incident = names.get(item.incident, "") if isinstance(item, Label) else _incident_of(item)
            if incident:
                self._of.setdefault(incident, []).append(item)

    def of_incident(self, incident: Incident) -> list[Item]:
        """Return what stands in the event of an incident."""
        return self._closed([incident, *self._of.get(incident.id, ())])

    def rest(self) -> list[Item]:
        """Return what stands in no event so far, with what it refers to."""
        return self._closed([item for key, item in self._by_key.items() if key not in self._placed])

    def _closed(self, items: list[Item]) -> list[Item]:
        """Return items with the sources and actors that they refer to, in the order of the parcel."""
        found: set[ItemKey] = set()
        waiting = [key_of(one) for one in items]
        while waiting:
            key = waiting.pop()
            if key in self._by_key and key not in found:
                found.add(key)
                waiting += _supporting(self._by_key[key])
        self._placed |= found
        return [item for key, item in self._by_key.items() if key in found]


def _label_names(incidents: Iterable[Incident]) -> Iterator[tuple[str, str]]:
    """Yield the names that labels have for incidents, the incidents' own ids last."""
    for incident in incidents:
        yield from ((link.target, incident.id) for link in incident.links if link.kind is LinkKind.LABEL)
    yield from ((incident.id, incident.id) for incident in incidents)


def _incident_of(item: Item) -> str:
    match item:
        case Claim():
            return item.scope.incident
        case Attribution() | SharedFlow():
            return item.incident
    return ""


def _supporting(item: Item) -> Iterator[ItemKey]:
    if type(item) in ENTRY_KINDS:
        yield from ((one.kind.value, one.id) for one in references(item) if one.kind in _SUPPORT)  # type: ignore[arg-type]


@dataclass(slots=True)
class _EventWriter:
    """Writes one event."""

    parcel: Parcel
    places: Places
    uuid: str
    items: list[Item]
    _sources: dict[str, Source] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._sources = {one.id: one for one in self.parcel.sources}

    def event(self, incident: Incident | None) -> MispEvent:
        """Return the event of an incident, or of what belongs to none."""
        level = strictest(*(tlp_of(item, self._sources) for item in self.items))
        linked = {link.actor for link in incident.actors} if incident is not None else set()
        actors = [one for one in self.items if isinstance(one, Actor) and (incident is None or one.id in linked)]
        tags, galaxy = galaxies(actors if incident is not None else ())
        return {
            "uuid": self.uuid,
            "info": _GENERAL_INFO if incident is None else incident.title.strip() or incident.id,
            "date": self._day(incident),
            "timestamp": max((self._timestamp(item) for item in self.items), key=int),
            "published": False,
            "analysis": _analysis(incident),
            "threat_level_id": "4" if incident is None else "1" if incident.actors else "2",
            "distribution": DISTRIBUTION[level],
            "Orgc": ORGANISATION,
            "Tag": [tlp_tag(level), *tags],
            "Galaxy": galaxy,
            "Attribute": [],
            "Object": list(self._objects()),
        }

    def _objects(self) -> Iterator[MispObject]:
        observables = Observables(self.uuid, self.places)
        for item in self.items:
            naming = Naming(item, tlp_of(item, self._sources), self._timestamp(item), self._is_withdrawn(item))
            yield self._carrier(naming, observables.of(naming))
        yield from observables.objects()

    def _carrier(self, naming: Naming, named: list[str]) -> MispObject:
        """Return the object that carries an item: a report for a source, an annotation for anything else."""
        item = naming.item
        key = key_of(item)
        is_report = isinstance(item, Source)
        pen = ObjectPen(
            REPORT if is_report else ANNOTATION,
            carrier_id(self.uuid, key),
            naming.level,
            naming.timestamp,
            comment=key[0],
            deleted=naming.withdrawn,
        )
        if isinstance(item, Source):
            pen.add("title", item.title or item.id)
        pen.add("summary" if is_report else "text", words_of(item))
        for url in self._pages(item):
            pen.add("link" if is_report else "ref", url)
        data = exact_data(self.parcel, item)
        pen.add("report-file" if is_report else "attachment", f"{key[0]}-{pen.uuid}.json", data=data, comment=EXACT)
        for target in named:
            pen.refer(target, "annotates")
        return pen.object()

    def _pages(self, item: Item) -> Iterator[str]:
        """Yield where an item can be looked up, each page once."""
        if isinstance(item, Source | Label):
            pages = [item.url if isinstance(item, Source) else item.source_url]
        else:
            pages = [self._sources[id].url for id in sources_of(item) if id in self._sources]
        return (url for url in dict.fromkeys(pages) if WEB.fullmatch(url))

    def _day(self, incident: Incident | None) -> str:
        dates = incident.dates if incident is not None else ()
        begun = [one.period.start for one in dates if one.kind is DateKind.THEFT and one.period.start is not None]
        return (begun[0] if begun else self.parcel.span(self.items[0]).created.date()).isoformat()

    def _timestamp(self, item: Item) -> str:
        return seconds_of(self.parcel.span(item).modified)

    def _is_withdrawn(self, item: Item) -> bool:
        return key_of(item) in self.parcel.withdrawn or getattr(item, "known_to", None) is not None


def _analysis(incident: Incident | None) -> str:
    """Return how far an event is worked out: 2 complete, 1 ongoing, as MISP counts."""
    is_settled = incident is None or any(one.status is not IncidentStatus.SUSPECTED for one in incident.actors)
    return "2" if is_settled else "1"
