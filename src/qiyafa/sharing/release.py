"""What may leave: the one gate that every way out goes through, whatever the format.

1. An item above the channel's level stays.
2. A part of an incident or an actor (an amount, a victim, an alias …) that rests on a source that stays, or names an
   entry that stays, is left out of it. The rest leaves.
3. An entry that would say something else without what stays, stays too: a claim about an incident that stays, an
   incident whose title rests on such a source, an argument with such evidence.
4. An entry or label whose own words hold the id of something that stays, stays too.

So nothing that leaves names what stays, and no reference leads nowhere. What stayed is told to the sender alone.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Final

import msgspec

from qiyafa.model.actor import Actor
from qiyafa.model.attribution import Attribution
from qiyafa.model.claim import Claim
from qiyafa.model.incident import Incident
from qiyafa.model.label import Label, Tlp
from qiyafa.model.parcel import (
    INCIDENT_PARTS,
    Item,
    ItemKey,
    Parcel,
    SharedFlow,
    foundation_of,
    is_above,
    key_of,
    strictest,
)
from qiyafa.model.record import EntryKind
from qiyafa.model.source import Source
from qiyafa.sharing.actorpack import Actor as PackActor

_TOKEN: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_TELLING: Final = re.compile(r"[0-9-]")
"""An id of one plain word says nothing that the word does not say."""
_SHORTEST: Final = 4


@dataclass(frozen=True, slots=True)
class Channel:
    """A way out, and how strict what leaves by it may be."""

    name: str
    level: Tlp


class Why(StrEnum):
    """Why an item stayed."""

    ABOVE = "above"
    """Its own level, or that of a source without which it says nothing, is above the channel's."""
    RESTS = "rests"
    """It would say something else without an entry that stays, or that is not in the parcel."""
    NAMES = "names"
    """Its words hold the id of something that stays."""


@dataclass(frozen=True, slots=True)
class Kept:
    """One item that stayed. For the sender alone."""

    kind: str
    id: str
    tlp: Tlp
    why: Why


@dataclass(frozen=True, slots=True)
class Trimmed:
    """An entry that left without some of its parts. For the sender alone."""

    kind: str
    id: str
    parts: int


@dataclass(frozen=True, slots=True)
class Released:
    """What leaves by a channel, and what does not."""

    leaves: Parcel
    kept: tuple[Kept, ...] = ()
    trimmed: tuple[Trimmed, ...] = ()


def release(parcel: Parcel, channel: Channel) -> Released:
    """Return what of a parcel may leave by a channel."""
    sorting = _Sorting(parcel, channel)
    sorting.sort()
    every = [(key_of(item), item) for item in parcel.items()]
    left = {key: sorting.leaving[key] for key, _ in every if key in sorting.leaving}
    trimmed = [(key, _parts(item) - _parts(left[key])) for key, item in every if key in left]
    return Released(
        _parcel_of(parcel, left),
        tuple(Kept(key[0], key[1], sorting.level(item), sorting.stays[key]) for key, item in every if key not in left),
        tuple(Trimmed(kind, id, parts) for (kind, id), parts in trimmed if parts),
    )


@dataclass(slots=True)
class LabelGate:
    """The gate for labels that pass one by one."""

    channel: Channel
    kept: list[Kept] = field(default_factory=list)
    unsaid: frozenset[str] = frozenset()
    """Ids of entries that stay, in lower case: a label whose words hold one stays too."""

    def passing(self, labels: Iterable[Label]) -> Iterator[Label]:
        """Yield the labels that may leave, and note the others."""
        for label in labels:
            if is_above(label.tlp, self.channel.level):
                self.kept.append(Kept(*key_of(label), label.tlp, Why.ABOVE))
            elif self.unsaid and not self.unsaid.isdisjoint(_tokens(label)):
                self.kept.append(Kept(*key_of(label), label.tlp, Why.NAMES))
            else:
                yield label

    def passing_actors(self, actors: Iterable[PackActor]) -> Iterator[PackActor]:
        """Yield the actors of packs that may leave, and note the others."""
        for actor in actors:
            if is_above(actor.tlp, self.channel.level):
                self.kept.append(Kept(EntryKind.ACTOR.value, actor.id, actor.tlp, Why.ABOVE))
            else:
                yield actor


@dataclass(slots=True)
class _Sorting:
    """What leaves and what stays, while it is found out."""

    parcel: Parcel
    channel: Channel
    leaving: dict[ItemKey, Item] = field(default_factory=dict)
    stays: dict[ItemKey, Why] = field(default_factory=dict)
    sources: Mapping[str, Source] = field(default_factory=dict)

    def sort(self) -> None:
        """Find out, until nothing more stays because of something else."""
        self.sources = {one.id: one for one in self.parcel.sources}
        for item in self.parcel.items():
            key = key_of(item)
            if is_above(self.level(item), self.channel.level):
                self.stays[key] = Why.ABOVE
            else:
                self.leaving[key] = item
        swept = -1
        while swept != len(self.stays):
            swept = len(self.stays)
            self._trim()
            self._sweep()

    def level(self, item: Item) -> Tlp:
        """Return the level of an item without its parts."""
        return strictest(item.tlp, *(self.sources[id].tlp for id in foundation_of(item) if id in self.sources))

    def _trim(self) -> None:
        """Leave out parts that rest on what stays or name it, and keep what cannot do without them."""
        before = -1
        while before != len(self.stays):
            before = len(self.stays)
            for key, item in list(self.leaving.items()):
                trimmed = _TRIMMERS.get(type(item), _whole)(item, self.leaving)
                if trimmed is None:
                    self._keep(key, Why.RESTS)
                else:
                    self.leaving[key] = trimmed

    def _sweep(self) -> None:
        """Keep what holds the id of something that stays in its words."""
        telling = telling_ids(id for _, id in self.stays)
        if not telling:
            return
        for key, item in list(self.leaving.items()):
            if not telling.isdisjoint(_tokens(item)):
                self._keep(key, Why.NAMES)

    def _keep(self, key: ItemKey, why: Why) -> None:
        del self.leaving[key]
        self.stays[key] = why


def telling_ids(ids: Iterable[str]) -> frozenset[str]:
    """Return, in lower case, those of some ids that say something where they stand in words."""
    return frozenset(id.lower() for id in ids if len(id) >= _SHORTEST and _TELLING.search(id))


_Leaving = Collection[ItemKey]


def _whole(item: Any, leaving: _Leaving) -> Any:
    return item


def _source_leaves(id: str, leaving: _Leaving) -> bool:
    return (EntryKind.SOURCE.value, id) in leaving


def _actor_leaves(id: str, leaving: _Leaving) -> bool:
    return (EntryKind.ACTOR.value, id) in leaving


def _incident_leaves(id: str, leaving: _Leaving) -> bool:
    return (EntryKind.INCIDENT.value, id) in leaving


def _trimmed_source(source: Source, leaving: _Leaving) -> Source:
    """Return a source; what it repeats is not said where that stays."""
    if not source.origin or _source_leaves(source.origin, leaving):
        return source
    return replace(source, origin="")


def _trimmed_actor(actor: Actor, leaving: _Leaving) -> Actor | None:
    """Return an actor without aliases that rest on, or are disputed by, a source that stays."""
    if not _source_leaves(actor.source, leaving):
        return None
    aliases = tuple(
        one
        for one in actor.aliases
        if _source_leaves(one.source, leaving) and (not one.disputed_by or _source_leaves(one.disputed_by, leaving))
    )
    has_parent = not actor.parent or _actor_leaves(actor.parent, leaving)
    has_source = not actor.parent_source or _source_leaves(actor.parent_source, leaving)
    if not (has_parent and has_source):
        return replace(actor, aliases=aliases, parent="", parent_source="")
    return actor if aliases == actor.aliases else replace(actor, aliases=aliases)


def _trimmed_incident(incident: Incident, leaving: _Leaving) -> Incident | None:
    """Return an incident without the parts that rest on, or name, what stays."""
    if not _source_leaves(incident.title_source, leaving):
        return None
    changed: dict[str, Any] = {}
    for name in INCIDENT_PARTS:
        parts = getattr(incident, name)
        left = tuple(one for one in parts if _source_leaves(one.source, leaving))
        if name == "actors":
            left = tuple(one for one in left if _actor_leaves(one.actor, leaving))
        elif name == "relations":
            left = tuple(one for one in left if _incident_leaves(one.incident, leaving))
        if len(left) != len(parts):
            changed[name] = left
    return replace(incident, **changed) if changed else incident


def _trimmed_claim(claim: Claim, leaving: _Leaving) -> Claim | None:
    """Return a claim if what it speaks of leaves; which claim it revises is not said where that one stays."""
    scope = claim.scope
    if (
        not _source_leaves(claim.source, leaving)
        or (scope.actor and not _actor_leaves(scope.actor, leaving))
        or (scope.incident and not _incident_leaves(scope.incident, leaving))
    ):
        return None
    if claim.supersedes and (EntryKind.CLAIM.value, claim.supersedes) not in leaving:
        return replace(claim, supersedes="")
    return claim


def _trimmed_attribution(attribution: Attribution, leaving: _Leaving) -> Attribution | None:
    """Return an argument if all it rests on leaves: without a piece of evidence it would conclude something else."""
    rests = all(_source_leaves(one.source, leaving) for one in attribution.evidence)
    return attribution if rests and _incident_leaves(attribution.incident, leaving) else None


def _trimmed_flow(flow: SharedFlow, leaving: _Leaving) -> SharedFlow | None:
    """Return a flow if the incident that it belongs to leaves."""
    return flow if not flow.incident or _incident_leaves(flow.incident, leaving) else None


_TRIMMERS: Final[Mapping[type, Callable[[Any, _Leaving], Any]]] = {
    Source: _trimmed_source,
    Actor: _trimmed_actor,
    Incident: _trimmed_incident,
    Claim: _trimmed_claim,
    Attribution: _trimmed_attribution,
    SharedFlow: _trimmed_flow,
}


def _tokens(item: Item) -> Iterator[str]:
    """Yield the words of an item that may be ids, but for its own."""
    written = msgspec.json.encode(item, enc_hook=str).decode(errors="replace").lower()
    return (found for found in _TOKEN.findall(written) if found != item.id)


def _parts(item: Item) -> int:
    """Return how many parts an entry has that may be left out of it."""
    match item:
        case Source():
            return int(bool(item.origin))
        case Actor():
            return len(item.aliases) + int(bool(item.parent or item.parent_source))
        case Incident():
            return sum(len(getattr(item, name)) for name in INCIDENT_PARTS)
        case Claim():
            return int(bool(item.supersedes))
    return 0


def _parcel_of(parcel: Parcel, left: Mapping[ItemKey, Item]) -> Parcel:
    """Return a parcel of what is left, in the order in which it was."""

    def of(items: Iterable[Any]) -> tuple[Any, ...]:
        return tuple(left[key] for key in map(key_of, items) if key in left)

    return replace(
        parcel,
        sources=of(parcel.sources),
        actors=of(parcel.actors),
        incidents=of(parcel.incidents),
        claims=of(parcel.claims),
        attributions=of(parcel.attributions),
        labels=of(parcel.labels),
        flows=of(parcel.flows),
        spans={key: span for key, span in parcel.spans.items() if key in left},
        withdrawn=frozenset(key for key in parcel.withdrawn if key in left),
    )
