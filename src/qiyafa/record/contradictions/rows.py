"""Rows of a list of incidents, added up by year, against what is stated of those years.

A list is somebody's parts of somebody's total, but it seldom says whose. So the sum of a year is set beside the nearest
exact total of that year, newest editions only, unless it is said whose parts they are. A sum that is near (a twentieth)
but not the same is a contradiction: rows are missing, or an amount is misread. One that is farther off is only another
count. A row that names victims whom the registry holds apart, with what they
lost together, is reported too.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from qiyafa.model.claim import Bound, Claim, Measure, Scope
from qiyafa.model.incident import Incident
from qiyafa.model.period import Period, year_period
from qiyafa.model.source import Source
from qiyafa.record.contradictions.double_counted import is_named
from qiyafa.record.contradictions.finding import Finding, FindingKind, Severity
from qiyafa.record.contradictions.ground import grouped
from qiyafa.record.contradictions.sums import count_claim, sum_claim, sum_finding
from qiyafa.record.quantities import allowed, size
from qiyafa.record.questions import claimant_key, newness, own_amount
from qiyafa.record.registry import stands_alone, theft_period

_WORD: Final = re.compile(r"\w+")
_SAME_LIST: Final = Decimal("0.05")


@dataclass(frozen=True, slots=True)
class LossRow:
    """One row of a list."""

    place: str
    """Where it stands, e.g. `row 17`."""
    period: Period
    name: str
    loss: Decimal | None
    """In USD; None if the list gives none."""


@dataclass(frozen=True, slots=True)
class LossList:
    """A list of incidents as somebody keeps it."""

    file: str
    rows: Sequence[LossRow]
    actor: str
    """Whose thefts it lists."""
    of: str = ""
    """Id of the source whose parts the rows are; empty if that is not known."""


def rows_against_totals(
    listed: LossList, claims: Sequence[Claim], incidents: Sequence[Incident], sources: Mapping[str, Source]
) -> Iterator[Finding]:
    """Yield, by year, sums of rows that are not what is stated, and then rows that stand for two incidents."""
    years = grouped((row for row in listed.rows if row.loss is not None), lambda row: row.period.year)
    for year in sorted(years):
        yield from _year(year, years[year], listed, claims)
    by_word = _by_word(incidents)
    for row in listed.rows:
        yield from _two_as_one(row, listed, by_word, sources)


def _year(year: int, rows: list[LossRow], listed: LossList, claims: Sequence[Claim]) -> Iterator[Finding]:
    total = sum((row.loss for row in rows if row.loss is not None), Decimal(0))
    stated = _stated(year_period(year), listed, claims)
    if not stated:
        return
    nearest = min(stated, key=lambda one: (abs((one.quantity or total) - total), one.id))
    if allowed(nearest).holds(total) and (nearest.quantity == total or not listed.of):
        return
    summed = sum_claim(nearest, total, listed.file, [row.place for row in rows], nearest.period)
    count = _count_beside(nearest, claims)
    is_same_list = bool(listed.of) or abs((nearest.quantity or total) - total) <= _SAME_LIST * total
    severity = Severity.CONTRADICTION if is_same_list else Severity.DIFFERENCE
    reason = "rows_against_counted_total" if count else "rows_against_total"
    claims_beside = (nearest, summed, *([count] if count else []), count_claim(summed, len(rows)))
    yield sum_finding(claims_beside, reason, len(rows), severity)


def _stated(year: Period, listed: LossList, claims: Sequence[Claim]) -> list[Claim]:
    """Return the exact totals of a year that the rows may be parts of."""
    totals = [
        one
        for one in claims
        if (one.measure, one.unit, one.bound) == (Measure.STOLEN, "USD", Bound.EXACT)
        and one.quantity is not None
        and one.period == year
        and one.scope == Scope(actor=listed.actor)
        and listed.of in ("", one.source)
    ]
    newest: dict[str, tuple[str, date]] = {}
    for one in totals:
        newest[claimant_key(one)] = max(newest.get(claimant_key(one), newness(one)), newness(one))
    return [one for one in totals if listed.of or newness(one) == newest[claimant_key(one)]]


def _count_beside(total: Claim, claims: Sequence[Claim]) -> Claim | None:
    """Return how many incidents the same source says its total is of."""
    same = (total.source, total.period, total.scope)
    counts = (one for one in claims if one.measure is Measure.INCIDENTS)
    return next((one for one in counts if (one.source, one.period, one.scope) == same), None)


def _by_word(incidents: Sequence[Incident]) -> dict[str, list[Incident]]:
    """Return the incidents that stand alone by the first word of each name that a title could give their victims."""
    found: dict[str, list[Incident]] = {}
    for incident in incidents:
        names = {incident.title, *(victim.name for victim in incident.victims)} if stands_alone(incident) else ()
        for word in sorted({words[0] for name in names if (words := _words(name))}):
            found.setdefault(word, []).append(incident)
    return found


def _words(name: str) -> list[str]:
    return _WORD.findall(name.casefold())


def _two_as_one(
    row: LossRow, listed: LossList, by_word: Mapping[str, list[Incident]], sources: Mapping[str, Source]
) -> Iterator[Finding]:
    if row.loss is None:
        return
    near = {one.id: one for word in _words(row.name) for one in by_word.get(word, ())}
    named = [
        amount
        for one in near.values()
        if theft_period(one).overlaps(row.period) and is_named(one, row.name) and (amount := own_amount(one, sources))
    ]
    together = sum((size(one) for one in named), Decimal(0))
    if len(named) > 1 and abs(together - row.loss) <= _SAME_LIST * together:
        whole = sum_claim(named[0], row.loss, listed.file, [row.place], row.period)
        yield Finding(FindingKind.DOUBLE_COUNTED, Severity.DIFFERENCE, (whole, *named), "row_of_two")
