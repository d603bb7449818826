"""Items of a parcel as English lines: what people read in MISP. The exact record stands beside them.

English in every language, since what is written must not depend on that.
"""

from collections.abc import Iterator

from qiyafa.model.actor import Actor
from qiyafa.model.attribution import Attribution
from qiyafa.model.claim import Claim
from qiyafa.model.incident import Incident
from qiyafa.model.label import Label
from qiyafa.model.parcel import Item, SharedFlow
from qiyafa.model.source import Source
from qiyafa.sharing.stix.statements import attribution_words, claim_words


def words_of(item: Item) -> str:
    """Return what an item says."""
    match item:
        case Source():
            return " ".join(part for part in (item.publisher, item.edition, f"({item.grade})", item.url) if part)
        case Actor():
            return "\n".join(_actor(item))
        case Incident():
            return "\n".join(_incident(item))
        case Claim():
            return claim_words(item)
        case Attribution():
            return attribution_words(item)
        case Label():
            return "\n".join(_label(item))
        case SharedFlow():
            return flow_words(item)


def flow_words(shared: SharedFlow) -> str:
    """Return what a traced transfer carried, in whole base units."""
    flow = shared.flow
    return (
        f"{flow.source or '-'} to {flow.target or '-'}: {flow.units} base units of {flow.asset}, "
        f"of which {flow.stolen_units} are stolen by {shared.method} (case {shared.case}, theft {flow.theft})."
    )


def _actor(actor: Actor) -> Iterator[str]:
    yield actor.name or actor.id
    for alias in actor.aliases:
        disputed = f", disputed by {alias.disputed_by}" if alias.disputed_by else ""
        yield f"{alias.relation.value} {alias.name} (according to {alias.source}{disputed})"


def _incident(incident: Incident) -> Iterator[str]:
    yield f"{incident.title or incident.id} ({incident.kind.value}; {incident.title_source})"
    for one in incident.dates:
        yield f"{one.kind.value}: {one.period} ({one.source})"
    for victim in incident.victims:
        yield f"victim: {victim.name}, {victim.kind} {victim.country} ({victim.source})"
    for amount in incident.amounts:
        bound = "" if amount.bound.value == "exact" else f"{amount.bound.value} "
        yield f"{amount.kind.value}: {bound}{amount.value:f} {amount.currency}, {amount.basis.value} ({amount.source})"
    for asset in incident.assets:
        quantity = "" if asset.quantity is None else f"{asset.quantity:f} "
        yield f"stolen: {quantity}{asset.symbol} ({asset.source})"
    for link in incident.actors:
        yield f"by {link.actor}, {link.status.value} ({link.source})"
    for sentence in incident.summary:
        yield f"{sentence.value} ({sentence.source})"


def _label(label: Label) -> Iterator[str]:
    yield f"{label.written}: {label.name}"
    yield f"{label.category.value}, confidence {label.confidence}, grade {label.grade}"
    if label.entity:
        yield f"entity: {label.entity}"
    yield f"according to {label.source} {label.source_url}".strip()
    if label.objection:
        yield f"{label.state.value}: {label.objection}"
