"""Statistics of the record, computed in the database; sums, medians and limits are whole numbers throughout."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from qiyafa.model.incident import IncidentStatus
from qiyafa.model.period import Period
from qiyafa.model.record import ClaimTally, ClaimTallyRow, IncidentTally, IncidentTallyRow
from qiyafa.stores.database import Session, Value
from qiyafa.stores.record_index import days_of, laid_dimension, period_of
from qiyafa.stores.record_schema import LAST_DAY, NO_DAY, standing_at

_LOW_BITS: Final = 32
"""Sums are made of two halves, the lower one of so many bits, as a database's own may not exceed 63 bits."""


@dataclass(frozen=True, slots=True)
class _Condition:
    sql: str
    """May say `{row}` for the row that it is on."""
    parameters: tuple[Value, ...] = ()

    def of(self, row: str) -> str:
        """Return it for one row."""
        return self.sql.replace("{row}", row)


def incident_tally(
    session: Session, question: IncidentTally, actors: Sequence[str], moment: int | None
) -> list[IncidentTallyRow]:
    """Answer a statistic of incidents; `actors` are those that are asked for, if the question names one.

    An incident that is the same as or part of another is not counted where that one is.
    """
    chosen = [_within(question.period)]
    if question.actor or question.status is not IncidentStatus.SUSPECTED:
        chosen.append(_laid_to(actors if question.actor else (), question.status))
    chosen.append(_Condition(standing_at("{row}", moment)))
    selected = _all(chosen)
    query = _INCIDENTS.format(standing=standing_at("i", moment), other=selected.of("o"), counted=selected.of("i"))
    rows = session.execute(query, (*selected.parameters, question.by.value, *selected.parameters))
    return [_incident_row(row) for row in rows]


def claim_tally(session: Session, question: ClaimTally, moment: int | None) -> list[ClaimTallyRow]:
    """Answer a statistic of claims."""
    chosen = [
        _Condition("g.measure = ? AND g.unit = ?", (question.measure.value, question.unit)),
        _Condition(_within(question.period).of("g")),
        _Condition(standing_at("c", moment)),
    ]
    if question.actor:
        chosen.append(_Condition("c.actor = ?", (question.actor,)))
    if question.whole:
        chosen.append(_Condition("c.is_whole = 1"))
    selected = _all(chosen)
    rows = session.execute(_CLAIMS.format(selected=selected.sql), selected.parameters)
    # No two rows have the same period, claimant, source and edition, so nothing behind these is compared.
    return [
        ClaimTallyRow(period_of(first, last), claimant, source, edition, *counted)
        for first, last, claimant, source, edition, *counted in sorted(rows)
    ]


_INCIDENTS: Final = """
WITH RECURSIVE
relations AS (
  SELECT l.id, l.other FROM incident_relations l JOIN incident_rows i ON i.seq = l.seq WHERE {standing}
),
above (id, other) AS (
  SELECT id, other FROM relations
  UNION SELECT above.id, relations.other FROM above JOIN relations ON relations.id = above.other
),
again AS (SELECT above.id FROM above JOIN incident_rows o ON o.id = above.other WHERE {other}),
ranked AS (
  SELECT g.number, g.value, i.cents,
    row_number() OVER (PARTITION BY g.number ORDER BY i.cents NULLS LAST) AS place,
    count(i.cents) OVER (PARTITION BY g.number) AS priced
  FROM incident_groups g JOIN incident_members m ON m.group_number = g.number JOIN incident_rows i ON i.seq = m.seq
  WHERE g.dimension = ? AND {counted} AND i.id NOT IN (SELECT id FROM again)
)
SELECT min(value), count(*), count(cents), sum(cents >> 32), sum(cents & 4294967295), min(cents), max(cents),
  min(CASE WHEN place = (priced + 1) / 2 THEN cents END), max(CASE WHEN place = (priced + 2) / 2 THEN cents END)
FROM ranked GROUP BY number ORDER BY min(value)
"""
_CLAIMS: Final = """
SELECT g.first_day, g.last_day, g.claimant, g.source, g.edition, count(*), min(c.least), max(c.most), min(c.id)
FROM claim_groups g JOIN claim_rows c ON c.group_number = g.number
WHERE {selected} GROUP BY g.number
"""


def _laid_to(actors: Sequence[str], least: IncidentStatus) -> _Condition:
    """Return the condition that an incident is laid to one of these actors (none: to anybody) firmly enough."""
    linked = (
        "SELECT m.seq FROM incident_members m JOIN incident_groups g ON g.number = m.group_number WHERE g.dimension = ?"
    )
    listed = f" AND g.value IN ({', '.join('?' * len(actors))})" if actors else ""
    return _Condition(f"{{row}}.seq IN ({linked}{listed})", (laid_dimension(least), *actors))


def _within(period: Period) -> _Condition:
    """Return the condition that a row's days lie in a period."""
    first, last = days_of(period)
    parts = ["1 = 1"]
    if first != NO_DAY:
        parts.append(f"{{row}}.first_day >= {first:d}")
    if last != LAST_DAY:
        parts.append(f"{{row}}.last_day <= {last:d}")
    return _Condition(" AND ".join(parts))


def _all(conditions: Sequence[_Condition]) -> _Condition:
    parameters = tuple(value for one in conditions for value in one.parameters)
    return _Condition(" AND ".join(one.sql for one in conditions), parameters)


def _incident_row(row: Sequence[Any]) -> IncidentTallyRow:
    group, incidents, priced, high, low, least, most, lower_middle, upper_middle = row
    total = 0 if priced == 0 else (int(high) << _LOW_BITS) + int(low)
    median = None if priced == 0 else Decimal(lower_middle + upper_middle) / 2
    return IncidentTallyRow(group, incidents, priced, total, median, least, most)
