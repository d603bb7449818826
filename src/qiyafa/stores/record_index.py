"""What statistics ask of an entry, as rows: an incident's groups and amount, a claim's group and limits."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import msgspec

from qiyafa.model.claim import Claim, Scope
from qiyafa.model.incident import AmountKind, DateKind, Incident, IncidentStatus, firm_statuses
from qiyafa.model.period import ALWAYS, Period
from qiyafa.model.record import Dimension, scaled
from qiyafa.record.registry import COUNTED_ELSEWHERE
from qiyafa.stores.record_schema import LAST_DAY, NO_DAY

_DOLLAR = "USD"


@dataclass(frozen=True, slots=True)
class IncidentIndex:
    """An incident as statistics see it."""

    days: tuple[int, int]
    """Of the first date of a theft."""
    cents: int | None
    """Of the first executed amount in US dollars; None if there is none, or none in whole cents."""
    groups: "tuple[IncidentGroup, ...]"
    """At least one for each dimension."""
    others: tuple[str, ...]
    """Incidents with which this one is counted."""


class IncidentGroup(NamedTuple):
    """What incidents have in common that a statistic shows as one row."""

    dimension: str
    value: str
    """Empty where nothing is said."""


class ClaimGroup(NamedTuple):
    """What the claims have in common that a statistic shows as one row."""

    measure: str
    unit: str
    first_day: int
    last_day: int
    claimant: str
    source: str
    edition: str


def group_digest(group: IncidentGroup | ClaimGroup) -> bytes:
    """Return what tells groups of one sort apart; an index over their texts could not hold long ones."""
    return hashlib.sha256(msgspec.json.encode(group)).digest()


def days_of(period: Period) -> tuple[int, int]:
    """Return a period as two numbers of days."""
    first = NO_DAY if period.start is None else period.start.toordinal()
    last = LAST_DAY if period.end is None else period.end.toordinal()
    return first, last


def period_of(first: int, last: int) -> Period:
    """Return the period of two numbers of days. Raises ValueError for numbers that no day has."""
    return Period(
        None if first == NO_DAY else date.fromordinal(first), None if last == LAST_DAY else date.fromordinal(last)
    )


def incident_index(incident: Incident) -> IncidentIndex:
    """Return what statistics ask of an incident."""
    thefts = (one.period for one in incident.dates if one.kind is DateKind.THEFT)
    theft = next(thefts, ALWAYS)
    executed = (one.value for one in incident.amounts if one.kind is AmountKind.EXECUTED and one.currency == _DOLLAR)
    first = next(executed, None)
    groups = {
        Dimension.YEAR: {"" if theft.year is None else str(theft.year)},
        Dimension.ACTOR: {one.actor for one in incident.actors},
        Dimension.ASSET: {one.symbol for one in incident.assets},
        Dimension.CHAIN: {one.value for one in incident.chains},
        Dimension.VICTIM_KIND: {one.kind for one in incident.victims},
        Dimension.COUNTRY: {one.country for one in incident.victims},
        Dimension.METHOD: {one.value for one in incident.methods},
    }
    laid = [
        IncidentGroup(laid_dimension(status), link.actor)
        for status in IncidentStatus
        for link in incident.actors
        if link.status in firm_statuses(status)
    ]
    shown = [IncidentGroup(by.value, value) for by, values in groups.items() for value in _said(values)]
    return IncidentIndex(
        days=days_of(theft),
        cents=None if first is None else scaled(first, _DOLLAR),
        groups=tuple(dict.fromkeys([*shown, *laid])),
        others=tuple(sorted({one.incident for one in incident.relations if one.kind in COUNTED_ELSEWHERE})),
    )


def laid_dimension(least: IncidentStatus) -> str:
    """Return the dimension whose groups are the actors that incidents are laid to at least so firmly."""
    return f"laid to, {least.value}"


def claim_group(claim: Claim) -> ClaimGroup:
    """Return the group of a claim."""
    measure, days = claim.measure.value, days_of(claim.period)
    return ClaimGroup(measure, claim.unit, *days, claim.claimant, claim.source, claim.edition)


def claim_scope(claim: Claim) -> tuple[int, str]:
    """Return whether a claim speaks of all that its actor did (not of one incident, asset …), and the actor."""
    return int(claim.scope == Scope(actor=claim.scope.actor)), claim.scope.actor


def claim_limits(claim: Claim) -> tuple[int | None, int | None]:
    """Return the least and the most of a claim's quantity, or without one of its limits, in parts of its unit."""
    if claim.quantity is not None:
        exact = scaled(claim.quantity, claim.unit)
        return exact, exact
    least, most = (None if one is None else scaled(one, claim.unit) for one in (claim.lower, claim.upper))
    return least, most


def _said(values: set[str]) -> Iterator[str]:
    """Yield what is said; the empty text if nothing is."""
    yield from sorted(values - {""}) or [""]
