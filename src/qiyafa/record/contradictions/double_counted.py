"""One event that is counted twice, or two that some count as one: Alphapo and CoinsPaid.

Two incidents that stand alone are of one day and one amount, exactly. Or the registry says that one is part of another,
or counted with it by some. Or one incident's amount is, to a hundredth, the sum of two others of the same
three days, each of whose victims its title names.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from itertools import combinations
from typing import Final

from qiyafa.model.incident import Incident, RelationKind
from qiyafa.record.contradictions.finding import Finding, FindingKind, Severity
from qiyafa.record.contradictions.ground import Ground, grouped
from qiyafa.record.questions import own_amount
from qiyafa.record.registry import executed_usd, stands_alone, theft_period

_NEAR: Final = Decimal("0.01")
_DAYS: Final = timedelta(days=3)
_REASONS: Final = {RelationKind.PART_OF: "part_of", RelationKind.COUNTED_WITH: "counted_with"}
_MOST_NEIGHBOURS: Final = 12


def double_counted(ground: Ground) -> Iterator[Finding]:
    """Yield incidents that a list may count twice, with their amounts."""
    alone = [(one, day) for one in ground.incidents if stands_alone(one) and (day := _day(one)) is not None]
    priced = [(one, day) for one, day in alone if executed_usd(one) is not None]
    same = grouped(priced, lambda entry: (entry[1], _value(entry[0])))
    for group in same.values():
        for (one, _), (other, _) in combinations(group[:_MOST_NEIGHBOURS], 2):
            yield _finding((one, other), ground, "same_day_and_amount", Severity.CONTRADICTION)
    yield from _parts(ground)
    yield from _together(priced, ground)


def _parts(ground: Ground) -> Iterator[Finding]:
    """Yield incidents that the registry says are counted inside another, or with it by some."""
    by_id = {one.id: one for one in ground.incidents}
    for incident in ground.incidents:
        for relation in incident.relations:
            whole = by_id.get(relation.incident)
            if relation.kind in _REASONS and whole and executed_usd(incident) and executed_usd(whole):
                yield _finding((whole, incident), ground, _REASONS[relation.kind], Severity.DIFFERENCE)


def _together(priced: list[tuple[Incident, date]], ground: Ground) -> Iterator[Finding]:
    """Yield incidents that are two others under one name."""
    ordered = sorted(priced, key=lambda entry: (entry[1], entry[0].id))
    for at, (whole, day) in enumerate(ordered):
        around = [*ordered[max(0, at - _MOST_NEIGHBOURS) : at], *ordered[at + 1 : at + 1 + _MOST_NEIGHBOURS]]
        near = [one for one, other in around if abs(other - day) <= _DAYS and is_named(one, whole.title)]
        for one, other in combinations(near, 2):
            both = _value(one) + _value(other)
            if abs(both - _value(whole)) <= _NEAR * both:
                yield _finding((whole, one, other), ground, "two_as_one", Severity.CONTRADICTION)


def _finding(incidents: tuple[Incident, ...], ground: Ground, reason: str, severity: Severity) -> Finding:
    amounts = (own_amount(one, ground.sources) for one in incidents)
    return Finding(FindingKind.DOUBLE_COUNTED, severity, tuple(one for one in amounts if one is not None), reason)


def _value(incident: Incident) -> Decimal:
    amount = executed_usd(incident)
    assert amount is not None, "only priced incidents are compared"
    return amount.value


def _day(incident: Incident) -> date | None:
    period = theft_period(incident)
    return period.start if period.start == period.end else None


def is_named(incident: Incident, title: str) -> bool:
    """Tell whether a title names the victim of an incident, and more than it."""
    title = title.casefold()
    names = {incident.title.casefold(), *(victim.name.casefold() for victim in incident.victims)}
    return any(len(name) > 3 and name in title and name != title for name in names)
