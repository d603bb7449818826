"""Entries of the record for tests, and the record as a plain dict: slow, and easy to believe."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from statistics import median

from qiyafa.model.actor import Actor
from qiyafa.model.claim import Claim, ClaimState, Measure, Scope
from qiyafa.model.incident import (
    ActorLink,
    Amount,
    AmountKind,
    DateKind,
    Incident,
    IncidentDate,
    IncidentKind,
    IncidentStatus,
    Relation,
    RelationKind,
    StatedText,
)
from qiyafa.model.period import Period, read_period, year_period
from qiyafa.model.record import (
    ENTRY_KINDS,
    ClaimTally,
    ClaimTallyRow,
    Dimension,
    Entry,
    EntryKind,
    IncidentTally,
    IncidentTallyRow,
    RecordContent,
)
from qiyafa.model.source import Source
from qiyafa.stores.record import Change

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
SOURCE = Source("report-2024", "A publisher", "A report", "https://example.org/report", date(2024, 1, 31), "2024")
STATE = Actor("state", "A state", SOURCE.id)
GROUP = Actor("group", "A group", SOURCE.id, parent=STATE.id, parent_source=SOURCE.id)
OTHER = Actor("other", "Somebody else", SOURCE.id)
GROUND = (SOURCE, STATE, GROUP, OTHER)


def theft(
    id: str = "exchange-2023",
    dollars: str | None = "100",
    *,
    day: str = "2023-05-17",
    actors: Iterable[str] = (GROUP.id,),
    chains: Iterable[str] = (),
    part_of: str = "",
    **fields: object,
) -> Incident:
    """Return a theft; `fields` are any others of an incident."""
    name = SOURCE.id
    made = Incident(
        id=id,
        title=f"Theft {id}",
        kind=IncidentKind.THEFT,
        title_source=name,
        dates=(IncidentDate(DateKind.THEFT, read_period(day), name),),
        amounts=() if dollars is None else (Amount(AmountKind.EXECUTED, Decimal(dollars), "USD", name),),
        actors=tuple(ActorLink(actor, IncidentStatus.SUSPECTED, name) for actor in actors),
        chains=tuple(StatedText(chain, name) for chain in chains),
        relations=(Relation(RelationKind.PART_OF, part_of, name),) if part_of else (),
    )
    return replace(made, **fields)


def claim(id: str = "claim-1", quantity: str | None = "1000", *, year: int = 2023, **fields: object) -> Claim:
    """Return a claim on what a state stole in a year; `fields` are any others of a claim."""
    made = Claim(
        id=id,
        claimant="A claimant",
        publisher="A publisher",
        source=SOURCE.id,
        subject="thefts",
        measure=Measure.STOLEN,
        unit="USD",
        quantity=None if quantity is None else Decimal(quantity),
        period=year_period(year),
        scope=Scope(actor=STATE.id),
    )
    return replace(made, **fields)


def casebook_of(*entries: Entry, version: str = "2026-01-01+0001") -> RecordContent:
    """Return a casebook that says nothing but this."""

    def of(shape: type) -> tuple[Entry, ...]:
        return tuple(entry for entry in entries if isinstance(entry, shape))

    return RecordContent(version, of(Source), of(Actor), of(Incident), of(Claim))  # type: ignore[arg-type]


def changes(*entries: Entry) -> list[Change]:
    """Return the changes that put entries in."""
    return [Change(entry) for entry in entries]


@dataclass
class PlainRecord:
    """What the record must answer, worked out entry by entry."""

    revisions: dict[tuple[EntryKind, str], list[tuple[datetime, Entry, bool]]] = field(default_factory=dict)
    """By entry: since when it was known, as it was, and whether it was withdrawn."""

    def apply(self, made: Iterable[Change], at: datetime) -> None:
        for one in made:
            past = self.revisions.setdefault((ENTRY_KINDS[type(one.entry)], one.entry.id), [])
            if past and past[-1][1:] == (one.entry, one.withdraw):
                continue
            if past and past[-1][2] and one.withdraw:
                continue
            past.append((max([at, *(known for known, _, _ in past)]), one.entry, one.withdraw))

    def stands(self, kind: EntryKind, id: str) -> bool:
        past = self.revisions.get((kind, id), [])
        return bool(past) and not past[-1][2]

    def standing(self, kind: EntryKind, known_at: datetime | None, *, withdrawn: bool = False) -> list[Entry]:
        """Return the entries of a kind that stood at a moment, by id, and since when they were first known."""
        found = []
        for (sort, _), past in sorted(self.revisions.items()):
            known = [one for one in past if known_at is None or one[0] <= known_at]
            if sort is kind and known and (withdrawn or not known[-1][2]):
                entry = known[-1][1]
                has_moments = not isinstance(entry, Source | Actor)
                found.append(replace(entry, known_from=past[0][0]) if has_moments else entry)
        return found

    def incident_tally(self, question: IncidentTally) -> list[IncidentTallyRow]:
        wanted = self._family(question.actor, question.known_at)
        every = {one.id: one for one in self.standing(EntryKind.INCIDENT, question.known_at)}
        chosen = {
            id: one
            for id, one in every.items()
            if _lies_in(one.dates[0].period, question.period)
            and (not question.actor or any(link.actor in wanted for link in one.actors))
        }
        counted = [one for id, one in chosen.items() if not (_above(id, every) & chosen.keys())]
        groups: dict[str, list[int | None]] = {}
        for one in counted:
            cents = int(one.amounts[0].value * 100) if one.amounts else None
            for group in _groups(one, question.by):
                groups.setdefault(group, []).append(cents)
        return [_row(group, values) for group, values in sorted(groups.items())]

    def claim_tally(self, question: ClaimTally) -> list[ClaimTallyRow]:
        groups: dict[tuple[str, str], list[Claim]] = {}
        for one in self.standing(EntryKind.CLAIM, question.known_at):
            is_asked = (one.measure, one.unit, one.state) == (question.measure, question.unit, ClaimState.ACCEPTED)
            is_of_actor = question.actor in ("", one.scope.actor)
            is_whole = not question.whole or one.scope == Scope(actor=one.scope.actor)
            if is_asked and is_of_actor and is_whole and _lies_in(one.period, question.period):
                groups.setdefault((str(one.period), one.edition), []).append(one)
        rows = []
        for (period, edition), claims in sorted(groups.items()):
            cents = [int(one.quantity * 100) for one in claims]
            first = min(one.id for one in claims)
            rows.append(
                ClaimTallyRow(
                    read_period(period),
                    claims[0].claimant,
                    SOURCE.id,
                    edition,
                    len(claims),
                    min(cents),
                    max(cents),
                    first,
                )
            )
        return rows

    def _family(self, actor: str, known_at: datetime | None) -> set[str]:
        actors = self.standing(EntryKind.ACTOR, known_at, withdrawn=True)
        parents = {one.id: one.parent for one in actors if isinstance(one, Actor)}
        return {actor} | {id for id in parents if actor in _line(id, parents)}


def _line(id: str, parents: dict[str, str]) -> list[str]:
    line: list[str] = []
    while id and id not in line:
        line.append(id)
        id = parents.get(id, "")
    return line


def _above(id: str, every: dict[str, Incident]) -> set[str]:
    """Return the incidents of which one is a part, directly or through others that stand."""
    found: set[str] = set()
    waiting = [id]
    while waiting:
        one = every.get(waiting.pop())
        others = {relation.incident for relation in one.relations} - found if one else set()
        found |= others
        waiting += others
    return found


def _lies_in(period: Period, limits: Period) -> bool:
    starts = limits.start is None or (period.start is not None and period.start >= limits.start)
    ends = limits.end is None or (period.end is not None and period.end <= limits.end)
    return starts and ends


def _groups(one: Incident, by: Dimension) -> set[str]:
    if by is Dimension.YEAR:
        return {str(one.dates[0].period.year or "")}
    said = {Dimension.ACTOR: [link.actor for link in one.actors], Dimension.CHAIN: [text.value for text in one.chains]}
    return set(said[by]) or {""}


def _row(group: str, values: list[int | None]) -> IncidentTallyRow:
    cents = [value for value in values if value is not None]
    if not cents:
        return IncidentTallyRow(group, len(values), 0, 0, None, None, None)
    middle = Decimal(median([Decimal(value) for value in cents]))
    return IncidentTallyRow(group, len(values), len(cents), sum(cents), middle, min(cents), max(cents))
