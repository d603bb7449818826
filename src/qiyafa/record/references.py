"""What an entry of the record refers to: sources, actors, incidents and claims that must stand in the record too."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from qiyafa.model.actor import Actor
from qiyafa.model.attribution import Attribution
from qiyafa.model.claim import Claim
from qiyafa.model.incident import Incident
from qiyafa.model.record import ENTRY_KINDS, Entry, EntryKind
from qiyafa.model.source import Source


@dataclass(frozen=True, slots=True)
class Reference:
    """One entry that another one names."""

    kind: EntryKind
    id: str


@dataclass(frozen=True, slots=True)
class Dangling:
    """A reference that leads nowhere."""

    kind: EntryKind
    """Of the entry that refers."""
    id: str
    missing: Reference


def references(entry: Entry) -> Iterator[Reference]:
    """Yield what an entry refers to, in a fixed order; the same one as often as it is named."""
    match entry:
        case Source():
            named = [(EntryKind.SOURCE, entry.origin)]
        case Actor():
            named = [*_of_actor(entry)]
        case Incident():
            named = [*_of_incident(entry)]
        case Claim():
            named = [
                (EntryKind.SOURCE, entry.source),
                (EntryKind.CLAIM, entry.supersedes),
                (EntryKind.ACTOR, entry.scope.actor),
                (EntryKind.INCIDENT, entry.scope.incident),
            ]
        case Attribution():
            named = [
                (EntryKind.INCIDENT, entry.incident),
                *((EntryKind.SOURCE, item.source) for item in entry.evidence),
            ]
    return (Reference(kind, id) for kind, id in named if id)


def dangling(entries: Iterable[Entry]) -> Iterator[Dangling]:
    """Yield every reference of some entries to what is not among them, in their order."""
    every = list(entries)
    known = {(ENTRY_KINDS[type(entry)], entry.id) for entry in every}
    for entry in every:
        for one in references(entry):
            if (one.kind, one.id) not in known:
                yield Dangling(ENTRY_KINDS[type(entry)], entry.id, one)


def _of_actor(actor: Actor) -> Iterator[tuple[EntryKind, str]]:
    yield EntryKind.SOURCE, actor.source
    yield EntryKind.ACTOR, actor.parent
    yield EntryKind.SOURCE, actor.parent_source
    for alias in actor.aliases:
        yield EntryKind.SOURCE, alias.source
        yield EntryKind.SOURCE, alias.disputed_by


def _of_incident(incident: Incident) -> Iterator[tuple[EntryKind, str]]:
    yield EntryKind.SOURCE, incident.title_source
    stated = (
        *(incident.dates + incident.victims + incident.amounts + incident.assets + incident.actors),
        *(incident.methods + incident.chains + incident.thefts + incident.links + incident.relations),
        *incident.summary,
    )
    for part in stated:
        yield EntryKind.SOURCE, part.source
    for link in incident.actors:
        yield EntryKind.ACTOR, link.actor
    for relation in incident.relations:
        yield EntryKind.INCIDENT, relation.incident
