"""Statistics of thefts: by the registry's own incidents, and beside them what every source says, edition by edition."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from qiyafa.model.actor import Actor
from qiyafa.model.claim import Claim, Scope
from qiyafa.model.errors import InvalidInput, NotFound
from qiyafa.model.incident import Incident, IncidentStatus, firm_statuses
from qiyafa.model.period import ALWAYS, Period
from qiyafa.model.record import Dimension, IncidentTally, IncidentTallyRow, RecordBook
from qiyafa.model.source import Source
from qiyafa.record.contradictions.check import find_contradictions
from qiyafa.record.contradictions.finding import Finding
from qiyafa.record.contradictions.ground import Ground
from qiyafa.record.explanations import Why, Year, explanations
from qiyafa.record.questions import own_amount
from qiyafa.record.regenerate import Remade, remade
from qiyafa.record.registry import theft_period, with_children
from qiyafa.record.statistics import asset_tally, changes, counted_incidents, groups_of, shares
from qiyafa.record.verdicts import Verdict, verdicts
from qiyafa.record.withdrawn import unsupported
from qiyafa.record.yearly import Interval, SourceRow, intervals, source_rows

_ROW_UNITS: Final = frozenset({"USD", "incidents"})
_SCOPE_FIELDS: Final = {
    Dimension.ACTOR: "actor",
    Dimension.ASSET: "asset",
    Dimension.CHAIN: "chain",
    Dimension.VICTIM_KIND: "victim_kind",
    Dimension.COUNTRY: "country",
    Dimension.METHOD: "method",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """Which statistic."""

    actor: str
    by: Dimension = Dimension.YEAR
    period: Period = ALWAYS
    """Only thefts and figures whose days lie in it."""
    known_at: datetime | None = None
    """The record as it was known then."""
    stated_by: date | None = None
    """Only what had been said by this day."""
    status: IncidentStatus = IncidentStatus.SUSPECTED
    """Of the registry's own incidents only those laid to the actor at least so firmly."""


@dataclass(frozen=True, slots=True)
class OwnRow:
    """One group of the registry's own incidents."""

    row: IncidentTallyRow
    share: Decimal | None
    """Of what was taken in all, every incident once."""
    change: tuple[str, Decimal] | None
    """Of the total since an earlier year: that year, the base, and the ratio. Only of years."""
    incidents: tuple[Incident, ...]
    """What it was added from."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A statistic: the registry's own groups, the sources' figures, and why these differ."""

    asked: Asked
    own: list[OwnRow]
    said: list[SourceRow]
    newest: Mapping[int, Interval]
    """By year, over the newest edition of each source."""
    every: Mapping[int, Interval]
    """By year, over all editions."""
    why: Mapping[int, list[Why]]
    left_out: list[Finding]
    """Claims that misread others stand in no row."""
    sources: Mapping[str, Source]
    actors: Mapping[str, Actor]
    version: str
    """Of the casebook in the record."""
    unsupported: frozenset[str] = frozenset()
    """Ids of the claims, and of the incidents' amounts that are counted, that rest on withdrawn sources alone."""


def statistic(book: RecordBook, asked: Asked) -> Answer:
    """Answer a statistic. Raises NotFound for an actor that is not in the record."""
    actors = _actors(book, asked.actor)
    sources = book.sources(asked.known_at)
    incidents = list(book.incidents(asked.known_at))
    claims = _said_by(book.claims(asked.known_at), asked.stated_by, sources)
    misread = [one for one in find_contradictions(claims, (), sources) if one.misread]
    ids = {one.claims[0].id for one in misread}
    chosen = with_children(asked.actor, actors)
    rows = source_rows((one for one in claims if one.id not in ids), chosen, sources, _grouping(asked.by))
    rows = [row for row in rows if asked.period.holds(row.period)]
    question = IncidentTally(asked.by, asked.actor, asked.period, asked.known_at, asked.status)
    counted = counted_incidents(question, incidents, actors)
    years = {row.period.year for row in rows if row.period.is_whole_year} if asked.by is Dimension.YEAR else set()
    return Answer(
        asked,
        _own(asset_tally(counted) if asked.by is Dimension.ASSET else book.incident_tally(question), counted, asked.by),
        rows,
        intervals(rows, newest_only=True),
        intervals(rows, newest_only=False),
        {
            year: explanations(Year(*_of_year(year, rows, counted), asked.actor, actors, sources))
            for year in sorted(filter(None, years))
        },
        [one for one in misread if _would_stand(one.claims[0], chosen, asked)],
        sources,
        actors,
        book.casebook_version(),
        frozenset(one.id for one in unsupported(claims, counted, sources)),
    )


def remade_figures(book: RecordBook, source: str = "", known_at: datetime | None = None) -> list[Remade]:
    """Return published figures with what the registry makes of them, by period, claimant and id.

    Every claim of the record, or of one source. Raises NotFound for a source that is not there.
    """
    asked = _claims_of(book, source, known_at)
    return remade(asked, list(book.incidents(known_at)), book.actors())


def claim_verdicts(book: RecordBook, source: str = "", known_at: datetime | None = None) -> list[Verdict]:
    """Return how every claim of the record, or of one source, stands. Raises NotFound for an unknown source."""
    asked = _claims_of(book, source, known_at)
    claims, incidents = list(book.claims(known_at)), list(book.incidents(known_at))
    sources = book.sources(known_at)
    findings = list(find_contradictions(claims, incidents, sources))
    return list(verdicts(asked, findings, Ground(claims, incidents, sources)))


def _would_stand(claim: Claim, actors: frozenset[str], asked: Asked) -> bool:
    """Tell whether a claim that is left out would have had a row."""
    return claim.scope.actor in actors and claim.unit in _ROW_UNITS and asked.period.holds(claim.period)


def read_dimension(written: str) -> Dimension:
    """Return what a statistic is grouped by. Raises InvalidInput for a word that names nothing."""
    try:
        return Dimension(written.replace("-", " ").replace("_", " "))
    except ValueError:
        known = ", ".join(one.value.replace(" ", "-") for one in Dimension)
        raise InvalidInput("stats.error.dimension", by=written, known=known) from None


def read_status(written: str) -> IncidentStatus:
    """Return how firmly an incident must be laid to somebody. Raises InvalidInput for another word."""
    try:
        return IncidentStatus(written)
    except ValueError:
        raise InvalidInput("stats.error.status", status=written, known=", ".join(IncidentStatus)) from None


def unsupported_incidents(own: OwnRow, answer: Answer) -> list[str]:
    """Return the ids of the incidents whose counted amount rests on withdrawn sources alone."""
    amounts = ((one.id, own_amount(one, answer.sources)) for one in own.incidents)
    return [id for id, amount in amounts if amount is not None and amount.id in answer.unsupported]


def only_suspected(answer: Answer) -> list[Incident]:
    """Return the incidents of an answer that nobody lays to the actor more firmly than by suspecting him."""
    chosen = with_children(answer.asked.actor, answer.actors)
    found = {one.id: one for row in answer.own for one in row.incidents}
    firm = firm_statuses(IncidentStatus.ATTRIBUTED)
    return [
        one for one in found.values() if not any(link.actor in chosen and link.status in firm for link in one.actors)
    ]


def _actors(book: RecordBook, actor: str) -> Mapping[str, Actor]:
    actors = book.actors()
    if actor not in actors:
        raise NotFound("stats.error.no_actor", id=actor, known=", ".join(sorted(actors)))
    return actors


def _claims_of(book: RecordBook, source: str, known_at: datetime | None) -> list[Claim]:
    if source and source not in book.sources():
        raise NotFound("claims.error.no_source", id=source)
    found = (one for one in book.claims(known_at) if source in ("", one.source))
    return sorted(found, key=lambda one: (str(one.period.end or ""), one.claimant, one.id))


def _said_by(claims: Iterable[Claim], day: date | None, sources: Mapping[str, Source]) -> list[Claim]:
    found = list(claims)
    if day is None:
        return found
    return [one for one in found if (said := _said_on(one, sources)) is not None and said <= day]


def _said_on(claim: Claim, sources: Mapping[str, Source]) -> date | None:
    source = sources.get(claim.source)
    return claim.statement_date or (source.published if source is not None else None)


def _grouping(by: Dimension) -> Callable[[Scope], str | None] | None:
    """Return what group a claim's scope names if nothing else narrows it; by year nothing but the actor may."""
    if by is Dimension.YEAR:
        return None
    name = _SCOPE_FIELDS[by]

    def group(scope: Scope) -> str | None:
        value: str = getattr(scope, name)
        return value if value and scope == Scope(**{"actor": scope.actor, name: value}) else None

    return group


def _own(rows: Sequence[IncidentTallyRow], counted: Sequence[Incident], by: Dimension) -> list[OwnRow]:
    members: dict[str, list[Incident]] = {}
    for incident in counted:
        for group in groups_of(incident, by):
            members.setdefault(group, []).append(incident)
    since = changes(rows) if by is Dimension.YEAR else [None] * len(rows)
    return [
        OwnRow(row, share, change, tuple(members.get(row.group, ())))
        for row, share, change in zip(rows, shares(rows, counted), since, strict=True)
    ]


def _of_year(
    year: int, rows: Sequence[SourceRow], counted: Sequence[Incident]
) -> tuple[list[SourceRow], list[Incident]]:
    of_year = [row for row in rows if row.period.is_whole_year and row.period.year == year]
    return of_year, [one for one in counted if theft_period(one).year == year]
