"""By which names others know an item, whatever channel it came by: with them the log of deliveries is asked."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from qiyafa.model.actor import Actor
from qiyafa.model.attribution import Attribution
from qiyafa.model.claim import Claim
from qiyafa.model.incident import Incident, LinkKind
from qiyafa.model.label import Label
from qiyafa.model.parcel import Item, Parcel, key_of
from qiyafa.model.ports import AddressReader
from qiyafa.model.source import Source
from qiyafa.sharing.incident_labels import incident_labels
from qiyafa.sharing.misp.ids import GENERAL, carrier_id, event_id
from qiyafa.sharing.stix.entries import actor_id, report_id
from qiyafa.sharing.stix.incidents import incident_id
from qiyafa.sharing.stix.observables import label_object_id
from qiyafa.sharing.stix.statements import attribution_id, claim_id

_STIX_NAMES: Final[Mapping[type, Callable[[str], str]]] = {
    Source: report_id,
    Actor: actor_id,
    Incident: incident_id,
    Claim: claim_id,
    Attribution: attribution_id,
    Label: label_object_id,
}


def names_of(item: Item, parcel: Parcel, reader: AddressReader) -> tuple[str, ...]:
    """Return every name under which an item may have been given: as STIX, in each event of MISP, as labels."""
    stix = _STIX_NAMES.get(type(item))
    names = [stix(item.id)] if stix is not None else []
    names += [carrier_id(event_id(incident), key_of(item)) for incident in _events(item, parcel.incidents)]
    names += [one.id for one in labels_of(item, parcel, reader)]
    return tuple(dict.fromkeys(names))


def labels_of(item: Item, parcel: Parcel, reader: AddressReader) -> list[Label]:
    """Return the labels as which an item is given by ways that know labels alone."""
    if isinstance(item, Label):
        return [item]
    if isinstance(item, Incident):
        alone: dict[str, Any] = {"incidents": (item,), "sources": parcel.sources}
        return list(incident_labels(Parcel(parcel.as_of, **alone), reader))
    return []


def _events(item: Item, incidents: Iterable[Incident]) -> list[str]:
    """Return the incidents in whose events an item may stand; `GENERAL` for the event of no incident."""
    match item:
        case Incident():
            return [item.id]
        case Claim():
            return [item.scope.incident, GENERAL] if item.scope.incident else [GENERAL]
        case Attribution():
            return [item.incident, GENERAL]
        case Label():
            return [one.id for one in incidents if item.incident in _label_names(one)] + [GENERAL]
        case _:
            return [*(one.id for one in incidents), GENERAL]


def _label_names(incident: Incident) -> set[str]:
    return {incident.id, *(link.target for link in incident.links if link.kind is LinkKind.LABEL)}
