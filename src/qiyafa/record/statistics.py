"""Statistics of the record, plainly: what the stores compute in SQL, over records in memory. The two must be equal.

Money is counted in whole cents, and nothing is rounded but a median between two, which may be half a cent. An incident
that is the same as or part of another is not counted where that one is. An incident without an amount counts, but adds
nothing. Claims are never added up: several of one source, edition and period are an interval.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal

from qiyafa.model.actor import Actor
from qiyafa.model.claim import Claim, Scope
from qiyafa.model.incident import Amount, AmountKind, Incident, IncidentStatus, firm_statuses
from qiyafa.model.record import (
    ClaimTally,
    ClaimTallyRow,
    Dimension,
    IncidentTally,
    IncidentTallyRow,
    scaled,
)
from qiyafa.record.contradictions.ground import grouped
from qiyafa.record.registry import COUNTED_ELSEWHERE, executed_usd, theft_period, with_children


def incident_tally(
    question: IncidentTally, incidents: Iterable[Incident], actors: Mapping[str, Actor]
) -> list[IncidentTallyRow]:
    """Answer a statistic of incidents, sorted by group."""
    counted = counted_incidents(question, incidents, actors)
    return _grouped_rows(counted, question.by, lambda incident, _: cents_of(incident))


def asset_tally(counted: Iterable[Incident]) -> list[IncidentTallyRow]:
    """Return incidents by asset, sorted: with the value of the asset where a source gives it, else with the whole."""
    return _grouped_rows(counted, Dimension.ASSET, lambda one, group: _cents(amount_in(one, Dimension.ASSET, group)))


def counted_incidents(
    question: IncidentTally, incidents: Iterable[Incident], actors: Mapping[str, Actor]
) -> list[Incident]:
    """Return the incidents that a statistic counts, in their order."""
    every = list(incidents)
    chosen = with_children(question.actor, actors) if question.actor else None
    selected = [
        one for one in every if question.period.holds(theft_period(one)) and _is_laid_to(one, chosen, question.status)
    ]
    ids = {one.id for one in selected}
    above = _above(
        {one.id: {link.incident for link in one.relations if link.kind in COUNTED_ELSEWHERE} for one in every}
    )
    return [one for one in selected if not above.get(one.id, set()) & ids]


def _is_laid_to(incident: Incident, actors: frozenset[str] | None, least: IncidentStatus) -> bool:
    """Tell whether it is laid to one of these actors (None: to anybody) firmly enough."""
    if actors is None and least is IncidentStatus.SUSPECTED:
        return True
    firm = firm_statuses(least)
    return any((actors is None or link.actor in actors) and link.status in firm for link in incident.actors)


def groups_of(incident: Incident, by: Dimension) -> list[str]:
    """Return the groups of an incident; the empty one where it says nothing."""
    year = theft_period(incident).year
    values: dict[Dimension, Iterable[str]] = {
        Dimension.YEAR: () if year is None else (str(year),),
        Dimension.ACTOR: (one.actor for one in incident.actors),
        Dimension.ASSET: (one.symbol for one in incident.assets),
        Dimension.CHAIN: (one.value for one in incident.chains),
        Dimension.VICTIM_KIND: (one.kind for one in incident.victims),
        Dimension.COUNTRY: (one.country for one in incident.victims),
        Dimension.METHOD: (one.value for one in incident.methods),
    }
    return sorted({value for value in values[by] if value}) or [""]


def amount_in(incident: Incident, by: Dimension, group: str) -> Amount | None:
    """Return the amount with which an incident counts in a group: an asset's own value, where a source gives it."""
    if by is Dimension.ASSET:
        valued = [one for one in incident.assets if one.symbol == group and one.value is not None]
        first = next((one for one in valued if one.currency == "USD"), None)
        if first is not None:
            of_one_source = (one.value for one in valued if (one.source, one.currency) == (first.source, "USD"))
            value = sum(filter(None, of_one_source), Decimal(0))
            return Amount(AmountKind.EXECUTED, value, first.currency, first.source, basis=first.basis)
    return executed_usd(incident)


def cents_of(incident: Incident) -> int | None:
    """Return the cents that the registry counts for an incident; None without an amount in whole cents."""
    return _cents(executed_usd(incident))


def claim_tally(question: ClaimTally, claims: Iterable[Claim]) -> list[ClaimTallyRow]:
    """Answer a statistic of claims, sorted by period, claimant, source and edition."""
    asked = (one for one in claims if _is_asked(one, question))
    groups = grouped(asked, lambda one: (one.period, one.claimant, one.source, one.edition))
    rows = [_claim_row(group) for group in groups.values()]
    return sorted(rows, key=lambda row: (_days(row), row.claimant, row.source, row.edition))


def median(values: Sequence[int]) -> Decimal | None:
    """Return the middle of whole numbers, or the mean of the two in the middle; None of nothing."""
    if not values:
        return None
    ordered = sorted(values)
    return Decimal(ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) / 2


def _above(relations: Mapping[str, set[str]]) -> dict[str, set[str]]:
    """Return everything that each incident is counted with, however far."""
    found: dict[str, set[str]] = {}
    for id, direct in relations.items():
        reached: set[str] = set()
        waiting = list(direct)
        while waiting:
            other = waiting.pop()
            if other not in reached:
                reached.add(other)
                waiting += relations.get(other, set())
        if reached:
            found[id] = reached
    return found


def _grouped_rows(
    counted: Iterable[Incident], by: Dimension, cents: Callable[[Incident, str], int | None]
) -> list[IncidentTallyRow]:
    groups: dict[str, list[int | None]] = {}
    for incident in counted:
        for group in groups_of(incident, by):
            groups.setdefault(group, []).append(cents(incident, group))
    return [_incident_row(group, groups[group]) for group in sorted(groups)]


def _cents(amount: Amount | None) -> int | None:
    return None if amount is None else scaled(amount.value, amount.currency)


def _incident_row(group: str, cents: Sequence[int | None]) -> IncidentTallyRow:
    priced = [one for one in cents if one is not None]
    least, most = min(priced, default=None), max(priced, default=None)
    return IncidentTallyRow(group, len(cents), len(priced), sum(priced), median(priced), least, most)


def _is_asked(claim: Claim, question: ClaimTally) -> bool:
    return (
        (claim.measure, claim.unit) == (question.measure, question.unit)
        and question.actor in ("", claim.scope.actor)
        and question.period.holds(claim.period)
        and (not question.whole or claim.scope == Scope(actor=claim.scope.actor))
    )


def _claim_row(group: Sequence[Claim]) -> ClaimTallyRow:
    first = min(group, key=lambda one: one.id)
    least = [part for one in group if (part := _parts(one, one.lower)) is not None]
    most = [part for one in group if (part := _parts(one, one.upper)) is not None]
    return ClaimTallyRow(
        first.period,
        first.claimant,
        first.source,
        first.edition,
        len(group),
        min(least, default=None),
        max(most, default=None),
        first.id,
    )


def _parts(claim: Claim, limit: Decimal | None) -> int | None:
    quantity = limit if claim.quantity is None else claim.quantity
    return None if quantity is None else scaled(quantity, claim.unit)


def _days(row: ClaimTallyRow) -> tuple[int, int]:
    start, end = row.period.start, row.period.end
    return (start.toordinal() if start else 0, end.toordinal() if end else 1 << 32)


def shares(rows: Sequence[IncidentTallyRow], counted: Iterable[Incident]) -> Iterator[Decimal | None]:
    """Yield each group's part of what was taken in all, every incident once; None where nothing is priced.

    Groups that overlap make more than the whole together.
    """
    total = sum(cents_of(one) or 0 for one in counted)
    for row in rows:
        yield Decimal(row.total) / total if total else None


def changes(rows: Sequence[IncidentTallyRow]) -> Iterator[tuple[str, Decimal] | None]:
    """Yield the change of each year's total since the last year before it: that year (the base) and the ratio.

    None where there is no year before, or nothing was taken in it.
    """
    before: IncidentTallyRow | None = None
    for row in rows:
        yield (before.group, Decimal(row.total - before.total) / before.total) if before and before.total else None
        before = row if row.group else before
