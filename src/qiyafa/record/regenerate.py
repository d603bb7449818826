"""Published figures made again from the registry's own incidents, and where its rows do not allow that.

Made again are: amounts stolen in USD and numbers of incidents of an actor over a period, the number of countries of the
victims, amounts and shares of one incident, and the year in which an incident happened. Incidents without a theft of
cryptoassets (heists through banks, leaks) are not counted where the figure is a theft's. Not made again are losses to
everybody, earnings from other crime, and what is no number.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from qiyafa.model.actor import Actor
from qiyafa.model.claim import Claim, Measure, Scope
from qiyafa.model.incident import AmountKind, Incident, IncidentKind
from qiyafa.record.quantities import is_money
from qiyafa.record.registry import by_actor, executed_usd, theft_period, with_children

_WHOLES: Final = {Measure.BLOCKED: AmountKind.ATTEMPTED}
_CENT: Final = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Remade:
    """A published figure and what the registry makes of it."""

    claim: Claim
    own: Decimal | None
    """In the claim's unit; None where the rows do not allow it."""
    reason: str
    """Name of the sentence `stats.remade.<reason>`: how it was made, or why it was not."""
    rows: tuple[Incident, ...] = ()
    """What it was made from."""

    @property
    def difference(self) -> Decimal | None:
        """The registry's figure less the stated one; None where either is missing."""
        if self.own is None or self.claim.quantity is None:
            return None
        return self.own - self.claim.quantity


def remade(claims: Iterable[Claim], incidents: Sequence[Incident], actors: Mapping[str, Actor]) -> list[Remade]:
    """Return every claim with what the registry makes of it, in their order."""
    by_id = {one.id: one for one in incidents}
    families: dict[str, list[Incident]] = {}
    found = []
    for claim in claims:
        actor = claim.scope.actor
        if claim.scope.incident:
            found.append(_of_incident(claim, by_id.get(claim.scope.incident)))
            continue
        if actor and actor not in families:
            families[actor] = by_actor(incidents, with_children(actor, actors))
        found.append(_of_actor(claim, families.get(actor, [])))
    return found


def _of_actor(claim: Claim, incidents: Sequence[Incident]) -> Remade:
    if claim.scope != Scope(actor=claim.scope.actor) or not claim.scope.actor:
        return Remade(claim, None, "everybody" if not claim.scope.actor else "narrowed")
    within = tuple(one for one in incidents if claim.period.holds(theft_period(one)))
    thefts = tuple(one for one in within if one.kind is IncidentKind.THEFT)
    match (claim.measure, claim.unit):
        case (Measure.STOLEN, "USD"):
            return _counted(claim, thefts, _sum(thefts), "sum")
        case (Measure.INCIDENTS, "incidents"):
            return _counted(claim, thefts, Decimal(len(thefts)), "count")
        case (Measure.COUNTRIES, "countries"):
            countries = {victim.country for one in within for victim in one.victims if victim.country}
            return _counted(claim, within, Decimal(len(countries)), "countries")
        case _:
            return Remade(claim, None, _why_not(claim))


def _counted(claim: Claim, rows: tuple[Incident, ...], own: Decimal, reason: str) -> Remade:
    if claim.period.end is None:
        return Remade(claim, None, "no_period")
    return Remade(claim, own, reason, rows) if rows else Remade(claim, None, "no_rows")


def _sum(incidents: Iterable[Incident]) -> Decimal:
    amounts = (executed_usd(one) for one in incidents)
    return sum((one.value for one in amounts if one is not None), Decimal(0))


def _of_incident(claim: Claim, incident: Incident | None) -> Remade:
    if incident is None:
        return Remade(claim, None, "no_rows")
    if claim.unit == "year":
        year = theft_period(incident).year
        return Remade(claim, None if year is None else Decimal(year), "year" if year else "no_date", (incident,))
    kind = _kind(claim.measure)
    if kind is None or claim.scope.asset or claim.scope.chain:
        return Remade(claim, None, _why_not(claim))
    if claim.unit == "share":
        return _share(claim, incident, kind)
    if not is_money(claim.unit):
        return Remade(claim, None, _why_not(claim))
    own = _amount(incident, kind, claim.unit)
    return Remade(claim, own, "amount" if own is not None else "no_amount", (incident,))


def _share(claim: Claim, incident: Incident, kind: AmountKind) -> Remade:
    part = _amount(incident, kind, "USD")
    whole = _amount(incident, _WHOLES.get(claim.measure, AmountKind.EXECUTED), "USD")
    if part is None or not whole:
        return Remade(claim, None, "no_amount", (incident,))
    return Remade(claim, (part / whole).quantize(_CENT**2), "share", (incident,))


def _kind(measure: Measure) -> AmountKind | None:
    if measure is Measure.STOLEN:
        return AmountKind.EXECUTED
    return next((kind for kind in AmountKind if kind.value == measure.value), None)


def _amount(incident: Incident, kind: AmountKind, currency: str) -> Decimal | None:
    amounts = (one for one in incident.amounts if one.kind is kind and one.currency == currency)
    return next((one.value for one in amounts), None)


def _why_not(claim: Claim) -> str:
    if claim.quantity is None and claim.lower is None and claim.upper is None:
        return "no_number"
    if claim.measure is Measure.LOSSES:
        return "everybody"
    return "not_held"
