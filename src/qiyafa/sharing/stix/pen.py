"""What every writer of objects needs: common properties, references to sources, and what several entries name."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from qiyafa.model.address import VERBATIM, Identity
from qiyafa.model.label import Tlp
from qiyafa.model.parcel import LEVELS, Item, Parcel, key_of, tlp_of
from qiyafa.model.ports import AddressReader
from qiyafa.model.source import Source
from qiyafa.sharing.stix.extensions import EXTENSIONS, QIYAFA, TRANSACTION, WALLET, property_extension
from qiyafa.sharing.stix.ids import DEFINED, object_id, observable_id, stamp
from qiyafa.sharing.stix.markings import MARKINGS

StixObject = dict[str, Any]

_WEB: Final = re.compile(r"https?://[!-~]+", re.ASCII)
_CREDIBILITY: Final = {"1": 90, "2": 70, "3": 50, "4": 30, "5": 10}
"""Admiralty credibility as STIX confidence: STIX 2.1, appendix A; 6 (cannot be judged) has none."""
_OBSERVABLES: Final = frozenset({"cryptocurrency-wallet", "cryptocurrency-transaction"})
COUNTRY: Final = re.compile(r"[A-Z]{2}")


@dataclass(frozen=True, slots=True)
class Places:
    """How addresses and chains are spelled."""

    reader: AddressReader
    symbol_of: Callable[[str], str]
    """From a chain (CAIP-2) to the ticker of its own asset."""

    def spelled(self, identity: Identity, written: str) -> str:
        """Return the one spelling of an address by which it is named, in lower case where case has no meaning."""
        return written if identity.format == VERBATIM else identity.key

    def named(self, chain: str, address: str) -> str:
        """Return the one spelling of an address of a chain."""
        return self.spelled(self.reader.read(address, chain).identities[0], address)


@dataclass(slots=True)
class Pen:
    """Writes the objects of one parcel."""

    parcel: Parcel
    places: Places
    sources: dict[str, Source] = field(default_factory=dict)
    laid: set[tuple[str, str]] = field(default_factory=set)
    """Each incident with each actor that it is laid to."""
    _shared: dict[str, tuple[int, StixObject]] = field(default_factory=dict)
    """Objects that several entries name, with their level: the most open one of those that name it; where it says
    what each of them adds, the strictest."""
    _relationships: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.sources = {one.id: one for one in self.parcel.sources}
        self.laid = {(one.id, link.actor) for one in self.parcel.incidents for link in one.actors}

    def object(self, item: Item, type_name: str, id: str, **properties: Any) -> StixObject:
        """Return an object that says something of an item: known since, and marked as, the item is."""
        span = self.parcel.span(item)
        written: StixObject = {
            "type": type_name,
            "spec_version": "2.1",
            "id": id,
            "created_by_ref": QIYAFA,
            "created": stamp(span.created),
            "modified": stamp(span.modified),
        }
        if self.is_withdrawn(item):
            written["revoked"] = True
        written.update((name, value) for name, value in properties.items() if value)
        written["object_marking_refs"] = [MARKINGS[tlp_of(item, self.sources)]]
        return written

    def is_withdrawn(self, item: Item) -> bool:
        """Tell whether an item no longer stands."""
        return key_of(item) in self.parcel.withdrawn or getattr(item, "known_to", None) is not None

    def related(self, item: Item, source: str, relation: str, target: str, **properties: Any) -> Iterator[StixObject]:
        """Yield a relationship that an item states, unless it was yielded before."""
        id = object_id("relationship", source, relation, target)
        if id not in self._relationships:
            self._relationships.add(id)
            ends = {"relationship_type": relation, "source_ref": source, "target_ref": target}
            yield self.object(item, "relationship", id, **ends, **properties)

    def references(self, ids: Iterable[str]) -> list[StixObject]:
        """Return external references to sources, each once."""
        known = (self.sources[id] for id in dict.fromkeys(ids) if id in self.sources)
        return [{**reference(one.publisher or one.id, one.url, one.title), "external_id": one.id} for one in known]

    def confidence(self, source: str) -> int | None:
        """Return the confidence that a source's grade means."""
        return confidence_of(self.sources[source].grade) if source in self.sources else None

    # What several entries name ---------------------------------------------------------------------------------------

    def identity(self, item: Item, name: str, identity_class: str) -> str:
        """Return the identifier of a party, and note it for the end."""
        id = object_id("identity", identity_class, name)
        return self._note(item, id, {"name": name, "identity_class": identity_class})

    def location(self, item: Item, country: str) -> str:
        """Return the identifier of a country (ISO 3166-1 alpha-2), and note it for the end."""
        return self._note(item, object_id("location", country), {"country": country})

    def state_actor(self, item: Item, country: str) -> str:
        """Return the identifier of a state as an actor, and note it for the end."""
        told = {"name": f"State actors of {country}", "threat_actor_types": ["nation-state"]}
        return self._note(item, object_id("threat-actor", "state", country), told)

    def wallet(self, item: Item, value: str, chain: str | None) -> str:
        """Return the identifier of an address, and note it with the chain on which it is used for the end."""
        id = observable_id("cryptocurrency-wallet", value=value)
        self._note(item, id, {"value": value, "extensions": {WALLET: {"extension_type": "new-sco"}}})
        if chain is not None:
            extensions = self._shared[id][1]["extensions"]
            account = extensions.setdefault(EXTENSIONS["account"], property_extension(chains=[]))
            if chain not in account["chains"]:
                account["chains"] = sorted((*account["chains"], chain))
        return id

    def transaction(self, item: Item, hash: str, chain: str, symbol: str) -> tuple[str, StixObject]:
        """Return the identifier of a transaction and its object, which is noted for the end."""
        id = observable_id("cryptocurrency-transaction", symbol=symbol, value=hash)
        flows = {EXTENSIONS["flow"]: property_extension(chain=chain)}
        extensions = {TRANSACTION: {"extension_type": "new-sco"}, **flows}
        self._note(item, id, {"symbol": symbol, "value": hash, "extensions": extensions})
        return id, self._shared[id][1]

    def shared(self) -> Iterator[StixObject]:
        """Yield what was noted, by identifier."""
        for id in sorted(self._shared):
            number, written = self._shared[id]
            level = LEVELS[number]
            if EXTENSIONS["flow"] in written.get("extensions", {}):
                written["extensions"][EXTENSIONS["flow"]]["tlp"] = level.value
            yield {**written, "object_marking_refs": [MARKINGS[level]]}

    def _note(self, item: Item, id: str, properties: StixObject) -> str:
        level = LEVELS.index(self.level(item))
        type_name = id.partition("--")[0]
        is_observable = type_name in _OBSERVABLES
        known = self._shared.get(id)
        if known is not None:
            self._shared[id] = ((max if is_observable else min)(level, known[0]), known[1])
            return id
        written: StixObject = {"type": type_name, "spec_version": "2.1", "id": id}
        if not is_observable:
            written |= {"created_by_ref": QIYAFA, "created": DEFINED, "modified": DEFINED}
        self._shared[id] = (level, written | properties)
        return id

    def level(self, item: Item) -> Tlp:
        """Return how far an item may be given on."""
        return tlp_of(item, self.sources)


def reference(name: str, url: str, description: str = "") -> StixObject:
    """Return an external reference; what is no web address stands in the description."""
    found = {"source_name": name or "unnamed"}
    if _WEB.fullmatch(url):
        found["url"] = url
    else:
        description = " ".join(part for part in (description, url) if part)
    if description or "url" not in found:
        found["description"] = description or found["source_name"]
    return found


def confidence_of(grade: str) -> int | None:
    """Return the confidence (0 to 100) that an Admiralty grade means, or None if it cannot be judged."""
    return _CREDIBILITY.get(grade[1:2])
