"""What each source says of each year, edition by edition, and the interval between them. Nothing is averaged or added.

A row is one claimant's figure of one edition for one period: the amount in USD and the number of incidents that goes
with it. Claims that only repeat a row stand in no row of their own, and misreadings in none at all. The interval of a
year is of rows of exactly that year.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from qiyafa.model.claim import Claim, Measure, Scope
from qiyafa.model.period import Period
from qiyafa.model.source import Source
from qiyafa.record.contradictions.ground import grouped
from qiyafa.record.quantities import size
from qiyafa.record.questions import claimant_key, newness, retold, statement_key

_MONEY = frozenset({Measure.STOLEN, Measure.PROCEEDS})


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One figure of one edition."""

    period: Period
    amount: Claim | None
    """In USD."""
    count: Claim | None
    """Of incidents."""
    superseded_by: Claim | None = None
    """The same claimant's newer figure for the same period and scope."""

    @property
    def said(self) -> Claim:
        """The amount, or the count where there is no amount."""
        found = self.amount or self.count
        assert found is not None, "a row has a figure"
        return found


@dataclass(frozen=True, slots=True)
class Interval:
    """Between what the sources say."""

    least: SourceRow
    most: SourceRow


def source_rows(
    claims: Iterable[Claim],
    actors: frozenset[str],
    sources: Mapping[str, Source],
    group: Callable[[Scope], str | None] | None = None,
) -> list[SourceRow]:
    """Return the rows of some actors, by period, claimant and edition.

    Without `group` only claims that nothing but the actor narrows; with it those whose scope it gives a group, which is
    for the caller to tell apart.
    """
    asked = [one for one in claims if one.scope.actor in actors and _is_asked(one, group)]
    amounts = [one for one in asked if one.unit == "USD" and one.measure in _MONEY]
    counts = [one for one in asked if one.measure is Measure.INCIDENTS and one.unit == "incidents"]
    rows = [*_rows(_without_repetitions(amounts, sources), _without_repetitions(counts, sources))]
    return sorted(_with_newer(rows), key=_order)


def intervals(rows: Sequence[SourceRow], *, newest_only: bool) -> dict[int, Interval]:
    """Return the least and the most that is said of each whole year."""
    of_years: dict[int, list[SourceRow]] = {}
    for row in rows:
        if row.amount is None or not row.period.is_whole_year or (newest_only and row.superseded_by):
            continue
        assert row.period.year is not None, "a whole year has a year"
        of_years.setdefault(row.period.year, []).append(row)
    return {year: Interval(min(said, key=_amount), max(said, key=_amount)) for year, said in sorted(of_years.items())}


def _is_asked(claim: Claim, group: Callable[[Scope], str | None] | None) -> bool:
    if group is None:
        return claim.scope == Scope(actor=claim.scope.actor)
    return group(claim.scope) is not None


def _without_repetitions(claims: Sequence[Claim], sources: Mapping[str, Source]) -> list[Claim]:
    """Return the claims but for those that repeat a figure, of the same edition or of one that they do not name."""
    kept: list[Claim] = []
    told: set[tuple[object, ...]] = set()
    for claim in sorted(claims, key=lambda one: (retold(one, sources), newness(one), one.id)):
        figure = (claim.scope, claim.measure, claim.period, statement_key(claim))
        is_told = (figure, claim.edition) in told or (not claim.edition and (figure, None) in told)
        told |= {(figure, claim.edition), (figure, None)}
        if not is_told:
            kept.append(claim)
    return kept


def _rows(amounts: Sequence[Claim], counts: Sequence[Claim]) -> Iterator[SourceRow]:
    """Yield a row for each amount with the count of the same edition, then one for each count that is left.

    Of two amounts of one edition the count goes with the one that is about the same in words.
    """
    waiting = grouped(counts, _edition_key)
    same_words = {(_edition_key(one), one.subject) for one in counts}
    ordered = sorted(amounts, key=lambda one: ((_edition_key(one), one.subject) not in same_words, one.id))
    for amount in ordered:
        same = waiting.get(_edition_key(amount), [])
        yield SourceRow(amount.period, amount, same.pop(0) if same else None)
    for left in waiting.values():
        for count in left:
            yield SourceRow(count.period, None, count)


def _edition_key(claim: Claim) -> tuple[str, str, str, Period, Scope]:
    return (claimant_key(claim), claim.source, claim.edition, claim.period, claim.scope)


def _with_newer(rows: Sequence[SourceRow]) -> Iterator[SourceRow]:
    """Yield the rows, those that a newer edition replaces with what replaces them: an amount by an amount."""
    series = grouped(rows, lambda row: (claimant_key(row.said), row.said.scope, row.period))
    for group in series.values():
        amounts = [row.amount for row in group if row.amount is not None]
        counts = [row.count for row in group if row.count is not None]
        for row in group:
            newest = max(amounts if row.amount is not None else counts, key=newness)
            yield replace(row, superseded_by=newest if newness(row.said) < newness(newest) else None)


def _order(row: SourceRow) -> tuple[date, date, str, tuple[str, date], str]:
    start, end = row.period.start or date.min, row.period.end or date.max
    return (start, end, claimant_key(row.said), newness(row.said), row.said.id)


def _amount(row: SourceRow) -> tuple[Decimal, str]:
    assert row.amount is not None, "only rows with an amount are compared"
    return (size(row.amount), row.amount.id)
