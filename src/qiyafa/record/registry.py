"""The registry's own incidents: which of them count, when they happened, and whose they are."""

from collections.abc import Iterable, Mapping
from typing import Final

from qiyafa.model.actor import Actor
from qiyafa.model.incident import Amount, AmountKind, DateKind, Incident, RelationKind
from qiyafa.model.period import ALWAYS, Period

COUNTED_ELSEWHERE: Final = frozenset({RelationKind.SAME_AS, RelationKind.PART_OF})
"""Relations by which an incident is not counted itself."""


def stands_alone(incident: Incident) -> bool:
    """Tell whether an incident is counted itself, and not under another one or inside it."""
    return not any(relation.kind in COUNTED_ELSEWHERE for relation in incident.relations)


def theft_period(incident: Incident) -> Period:
    """Return when an incident happened, as exactly as its first date of theft says; `ALWAYS` if none does."""
    return next((one.period for one in incident.dates if one.kind is DateKind.THEFT), ALWAYS)


def executed_usd(incident: Incident) -> Amount | None:
    """Return the amount that the registry's own statistics count: the first executed one in USD."""
    return next((one for one in incident.amounts if one.kind is AmountKind.EXECUTED and one.currency == "USD"), None)


def with_children(actor: str, actors: Mapping[str, Actor]) -> frozenset[str]:
    """Return an actor with everybody who is said to belong to it, at any depth."""
    found = {actor}
    grew = True
    while grew:
        more = {one.id for one in actors.values() if one.parent in found} - found
        found |= more
        grew = bool(more)
    return frozenset(found)


def by_actor(incidents: Iterable[Incident], chosen: frozenset[str]) -> list[Incident]:
    """Return the incidents that stand alone and that somebody links to one of some actors."""
    return [one for one in incidents if stands_alone(one) and any(link.actor in chosen for link in one.actors)]
