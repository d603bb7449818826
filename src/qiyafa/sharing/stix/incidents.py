"""Incidents as STIX: OASIS's incident suite for those who know it, and our extension with everything, exactly.

The suite gives amounts of money as JSON numbers. An impact therefore holds the whole numbers between which an amount
lies, which are exact, and beside them the amount itself as a text.
"""

from collections.abc import Iterator
from decimal import ROUND_CEILING, ROUND_FLOOR
from typing import Any, Final

from qiyafa.model.claim import Bound
from qiyafa.model.incident import Amount, AmountKind, DateKind, Incident, IncidentDate, Victim
from qiyafa.model.parcel import INCIDENT_PARTS
from qiyafa.sharing.stix.entries import actor_id
from qiyafa.sharing.stix.extensions import EVENT, EXTENSIONS, IMPACT, INCIDENT_CORE, property_extension
from qiyafa.sharing.stix.ids import object_id
from qiyafa.sharing.stix.pen import COUNTRY, Pen, StixObject
from qiyafa.sharing.stix.plain import plain_of

_PERSONS: Final = frozenset({"individual", "individuals"})
"""Kinds of victims that are people: they get no object of their own."""
_HALF_KNOWN: Final = frozenset({Bound.ABOUT, Bound.MAJORITY, Bound.ORDER, Bound.AT_LEAST, Bound.MORE_THAN})
_FROM_BELOW: Final = frozenset({Bound.UP_TO, Bound.ALMOST})
_SAFE: Final = (1 << 53) - 1
"""No JSON number of STIX is larger."""


def incident_id(incident: str) -> str:
    """Return the identifier of an incident."""
    return object_id("incident", incident)


def attributed_to(pen: Pen, incident: str, actor: str) -> str:
    """Return the identifier of the statement that an incident is laid to an actor; empty if the parcel holds none."""
    if (incident, actor) not in pen.laid:
        return ""
    return object_id("relationship", incident_id(incident), "attributed-to", actor_id(actor))


def write_incident(pen: Pen, incident: Incident) -> Iterator[StixObject]:
    """Yield an incident, its event and impacts, and how it is tied to victims, actors, addresses and others."""
    id = incident_id(incident.id)
    happened = [_event(pen, incident, one) for one in incident.dates if one.kind is DateKind.THEFT][:1]
    impacts = list({one["id"]: one for one in (_impact(pen, incident, one) for one in incident.amounts)}.values())
    core = property_extension(determination=_determination(incident), investigation_status="open")
    if happened:
        core["event_refs"] = [one["id"] for one in happened]
    if impacts:
        core["impact_refs"] = [one["id"] for one in impacts]
    named = [incident.title_source, *(part.source for name in INCIDENT_PARTS for part in getattr(incident, name))]
    own = property_extension(**plain_of(incident))
    yield pen.object(
        incident,
        "incident",
        id,
        name=incident.title or incident.id,
        description=" ".join(one.value for one in incident.summary),
        external_references=pen.references(named),
        extensions={INCIDENT_CORE: core, EXTENSIONS["incident"]: own},
    )
    yield from happened
    yield from impacts
    yield from _ties(pen, incident, id)
    yield from _addresses(pen, incident, id)


def _determination(incident: Incident) -> str:
    """Return whether it came to anything: an attempt that was blocked whole did not."""
    kinds = {one.kind for one in incident.amounts if one.value}
    return "blocked" if AmountKind.BLOCKED in kinds and AmountKind.EXECUTED not in kinds else "confirmed"


def _event(pen: Pen, incident: Incident, date: IncidentDate) -> StixObject:
    start, end = date.period.start, date.period.end
    properties: dict[str, Any] = {"status": "occurred", "name": incident.title}
    for side, day in (("start", start), ("end", end)):
        if day is not None:
            clock = "00:00:00.000" if side == "start" else "23:59:59.999"
            properties[f"{side}_time"] = f"{day.isoformat()}T{clock}Z"
            properties[f"{side}_time_fidelity"] = "day"
    extensions = {EVENT: {"extension_type": "new-sdo"}}
    return pen.object(incident, "event", object_id("event", incident.id), **properties, extensions=extensions)


def _impact(pen: Pen, incident: Incident, amount: Amount) -> StixObject:
    economic: dict[str, Any] = {"variety": amount.kind.value}
    if amount.currency:
        economic["currency"] = amount.currency.lower()
    least, most = (int(amount.value.to_integral_value(rounding)) for rounding in (ROUND_FLOOR, ROUND_CEILING))
    if amount.bound in _FROM_BELOW:
        least = 0
    if amount.bound not in _HALF_KNOWN and amount.currency and most <= _SAFE:
        economic |= {"min_amount": least, "max_amount": most}
    parts = (amount.kind.value, f"{amount.value:f}", amount.currency, amount.source)
    return pen.object(
        incident,
        "impact",
        object_id("impact", incident.id, *parts),
        impact_category="economic",
        description=amount.note,
        external_references=pen.references([amount.source]),
        extensions={
            IMPACT: {"extension_type": "new-sdo"},
            "economic-ext": economic,
            EXTENSIONS["amount"]: property_extension(**plain_of(amount)),
        },
    )


def _ties(pen: Pen, incident: Incident, id: str) -> Iterator[StixObject]:
    for victim in incident.victims:
        if victim.name and victim.kind not in _PERSONS:
            yield from _victim(pen, incident, id, victim)
    for actor in dict.fromkeys(one.actor for one in incident.actors):
        said = [one for one in incident.actors if one.actor == actor]
        yield from pen.related(
            incident,
            id,
            "attributed-to",
            actor_id(actor),
            description=", ".join(dict.fromkeys(one.status.value for one in said)),
            external_references=pen.references(one.source for one in said),
        )
    for relation in incident.relations:
        target = incident_id(relation.incident)
        yield from pen.related(incident, id, "related-to", target, description=relation.kind.value)


def _victim(pen: Pen, incident: Incident, id: str, victim: Victim) -> Iterator[StixObject]:
    identity = pen.identity(incident, victim.name, "organization")
    cited = pen.references([victim.source])
    yield from pen.related(incident, id, "targets", identity, external_references=cited)
    if COUNTRY.fullmatch(victim.country):
        place = pen.location(incident, victim.country)
        yield from pen.related(incident, identity, "located-at", place, external_references=cited)


def _addresses(pen: Pen, incident: Incident, id: str) -> Iterator[StixObject]:
    """Yield the infrastructure of a theft that stands on a ledger: the thief's addresses, and its transactions."""
    consists = []
    for link in incident.thefts:
        theft = link.theft
        if theft.address is not None:
            consists.append(pen.wallet(incident, pen.places.named(theft.chain, theft.address), theft.chain))
        symbol = pen.places.symbol_of(theft.chain)
        hashes = [one.transaction_hash for one in theft.transfers] + [one.transaction_hash for one in theft.outputs]
        consists += [pen.transaction(incident, hash, theft.chain, symbol)[0] for hash in hashes]
    if not consists:
        return
    infrastructure = object_id("infrastructure", incident.id)
    yield pen.object(
        incident,
        "infrastructure",
        infrastructure,
        name=f"Addresses and transactions: {incident.title or incident.id}",
        infrastructure_types=["unknown"],
        external_references=pen.references(link.source for link in incident.thefts),
    )
    yield from pen.related(incident, id, "related-to", infrastructure)
    for target in dict.fromkeys(consists):
        yield from pen.related(incident, infrastructure, "consists-of", target)
