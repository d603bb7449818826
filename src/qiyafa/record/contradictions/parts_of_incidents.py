"""Sums of what the registry holds against what the same source states of the whole.

The assets of an incident, all of them priced by one source in one currency, do not add up to what that source says was
taken, exactly. Or the incidents of a period whose amounts are of one source add up to more than its total, or are as
many as it counts and add up to something else.
"""

from collections.abc import Iterator
from decimal import Decimal

from qiyafa.model.claim import Bound, Claim, Measure
from qiyafa.model.incident import AmountKind, Incident
from qiyafa.record.contradictions.finding import Finding
from qiyafa.record.contradictions.ground import Ground, grouped
from qiyafa.record.contradictions.sums import count_claim, sum_claim, sum_finding
from qiyafa.record.quantities import allowed
from qiyafa.record.questions import TAKEN, amount_claims, scope_key
from qiyafa.record.registry import stands_alone, theft_period

_Priced = tuple[Incident, Decimal]


def sum_against_incidents(ground: Ground) -> Iterator[Finding]:
    """Yield totals that assets or incidents of the same source do not make."""
    claimed = grouped((one for one in ground.claims if one.scope.incident), lambda one: one.scope.incident)
    for incident in ground.incidents:
        stated = [*amount_claims(incident, ground.sources), *claimed.get(incident.id, ())]
        yield from _assets(incident, [one for one in stated if one.measure in TAKEN and one.bound is Bound.EXACT])
    yield from _totals(ground)


def _assets(incident: Incident, stated: list[Claim]) -> Iterator[Finding]:
    for (source, currency), assets in grouped(incident.assets, lambda one: (one.source, one.currency)).items():
        values = [one.value for one in assets if one.value is not None]
        if len(values) < 2 or len(values) != sum(one.source == source for one in incident.assets):
            continue
        total = sum(values, Decimal(0))
        once = {(one.source, one.unit, one.quantity): one for one in reversed(stated)}
        for whole in once.values():
            if whole.source == source and whole.unit == currency and whole.quantity not in (None, total):
                parts = sum_claim(whole, total, source, [one.symbol for one in assets], whole.period)
                yield sum_finding((whole, parts), "assets_of_incident", len(values))


def _totals(ground: Ground) -> Iterator[Finding]:
    by_source = _priced_by_source(ground)
    counts = {
        (one.source, one.period, scope_key(one.scope)): one for one in ground.claims if one.measure is Measure.INCIDENTS
    }
    for whole in ground.claims:
        if whole.source not in by_source or whole.measure is not Measure.STOLEN or whole.unit != "USD":
            continue
        if whole.quantity is None or whole.scope.incident or not whole.scope.actor or whole.period.year is None:
            continue
        rows = [row for row in by_source[whole.source] if _is_within(row[0], whole)]
        count = counts.get((whole.source, whole.period, scope_key(whole.scope)))
        total = sum((value for _, value in rows), Decimal(0))
        exceeds = _exceeds(total, whole)
        complete = count is not None and count.quantity == len(rows)
        if rows and (exceeds or (complete and not allowed(whole).holds(total))):
            summed = sum_claim(whole, total, whole.source, [row[0].id for row in rows], whole.period)
            beside = (count,) if count is not None else ()
            claims = (whole, summed, *beside, count_claim(summed, len(rows)))
            yield sum_finding(claims, "incidents_of_source", len(rows))


def _exceeds(total: Decimal, whole: Claim) -> bool:
    high = allowed(whole).high
    return high is not None and total > high


def _is_within(incident: Incident, whole: Claim) -> bool:
    return any(link.actor for link in incident.actors) and whole.period.holds(theft_period(incident))


def _priced_by_source(ground: Ground) -> dict[str, list[_Priced]]:
    """Return the incidents that stand alone with the executed amount in USD that each source gives, by source."""
    found: dict[str, list[_Priced]] = {}
    for incident in ground.incidents:
        if not stands_alone(incident):
            continue
        executed = (one for one in incident.amounts if one.kind is AmountKind.EXECUTED and one.currency == "USD")
        for source, amounts in grouped(executed, lambda one: one.source).items():
            found.setdefault(source, []).append((incident, amounts[0].value))
    return found
