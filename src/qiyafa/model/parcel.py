"""A parcel: what one party gives another. Entries of the record, labels, and transfers that a trace found.

Everything in it has a level of the Traffic Light Protocol. An entry is never more open than what it rests on: a claim
taken from a source that is TLP:AMBER is TLP:AMBER.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from qiyafa.model.actor import Actor
from qiyafa.model.attribution import Attribution
from qiyafa.model.claim import Claim
from qiyafa.model.finding import Flow
from qiyafa.model.incident import Incident
from qiyafa.model.label import Label, Tlp
from qiyafa.model.record import ENTRY_KINDS, Entry
from qiyafa.model.source import Source

LEVELS: Final = tuple(Tlp)
"""The levels, the most open first."""
LABEL: Final = "label"
FLOW: Final = "flow"


@dataclass(frozen=True, slots=True)
class SharedFlow:
    """A transfer that carried stolen units, with the trace that found it."""

    flow: Flow
    method: str
    """By which the stolen units were counted, e.g. `fifo`."""
    case: str
    symbol: str
    """Ticker of the chain's own asset, e.g. `ETH`: by it others name a transaction."""
    incident: str = ""
    """Id of the incident that was traced; empty if none is known."""
    tlp: Tlp = Tlp.CLEAR

    @property
    def id(self) -> str:
        """Which flow it is."""
        flow = self.flow
        parts = (flow.chain, flow.transaction_hash, str(flow.position), self.case, flow.theft, self.method)
        return "/".join(parts)


Item = Entry | Label | SharedFlow
"""One thing in a parcel."""
ItemKey = tuple[str, str]
"""The kind of an item and its id."""
INCIDENT_PARTS: Final = (
    "dates",
    "victims",
    "amounts",
    "assets",
    "actors",
    "methods",
    "chains",
    "thefts",
    "links",
    "relations",
    "summary",
)
"""The fields of an incident whose parts each rest on a source of their own."""


@dataclass(frozen=True, slots=True)
class Span:
    """When an item came to be known, and when it was last changed."""

    created: datetime
    modified: datetime


@dataclass(frozen=True, slots=True)
class Parcel:
    """Items that are given together. References between them may lead out of it."""

    as_of: datetime
    """Stands for the times of items of which none is known, so that none is ever taken from a clock."""
    sources: tuple[Source, ...] = ()
    actors: tuple[Actor, ...] = ()
    incidents: tuple[Incident, ...] = ()
    claims: tuple[Claim, ...] = ()
    attributions: tuple[Attribution, ...] = ()
    labels: tuple[Label, ...] = ()
    flows: tuple[SharedFlow, ...] = ()
    spans: Mapping[ItemKey, Span] = field(default_factory=dict)
    withdrawn: frozenset[ItemKey] = frozenset()
    """Items that no longer stand: whoever received one is told so."""

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The entries of the record; what others refer to comes before them."""
        return (*self.sources, *self.actors, *self.incidents, *self.claims, *self.attributions)

    def items(self) -> Iterator[Item]:
        """Yield everything in it; what others refer to comes before them."""
        yield from self.entries
        yield from self.labels
        yield from self.flows

    def span(self, item: Item) -> Span:
        """Return when an item came to be known and was changed, as far as known."""
        known = self.spans.get(key_of(item))
        if known is not None:
            return known
        first = getattr(item, "known_from", None) or self.as_of
        return Span(first, max(first, getattr(item, "known_to", None) or first))


def key_of(item: Item) -> ItemKey:
    """Return the kind of an item and its id."""
    if isinstance(item, Label):
        return LABEL, item.id
    if isinstance(item, SharedFlow):
        return FLOW, item.id
    return ENTRY_KINDS[type(item)].value, item.id


def is_above(level: Tlp, limit: Tlp) -> bool:
    """Tell whether a level is stricter than another."""
    return LEVELS.index(level) > LEVELS.index(limit)


def strictest(*levels: Tlp) -> Tlp:
    """Return the strictest of some levels."""
    return max(levels, key=LEVELS.index)


def foundation_of(item: Item) -> Iterator[str]:
    """Yield the ids of the sources without which an item says nothing."""
    match item:
        case Claim() | Actor():
            yield item.source
        case Incident():
            yield item.title_source
        case Attribution():
            yield from (one.source for one in item.evidence)


def sources_of(item: Item) -> Iterator[str]:
    """Yield the ids of every source that an item or a part of it rests on; the same one as often as it is named."""
    yield from foundation_of(item)
    match item:
        case Actor():
            yield item.parent_source
            for alias in item.aliases:
                yield from (alias.source, alias.disputed_by)
        case Incident():
            yield from (part.source for name in INCIDENT_PARTS for part in getattr(item, name))


def tlp_of(item: Item, sources: Mapping[str, Source]) -> Tlp:
    """Return how far an item may be given on: as it says itself, or as the strictest source that it rests on says."""
    return strictest(item.tlp, *(sources[id].tlp for id in sources_of(item) if id in sources))
