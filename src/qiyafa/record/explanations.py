"""Why sources differ about a year: a registry of explanations, each derived from what the claims and incidents say.

An explanation is a sentence `stats.why.<name>` with the claims that it is about and its fields. Where the record cannot
tell, the notes of the casebook speak for themselves.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from qiyafa.model.actor import Actor
from qiyafa.model.claim import Bound, Claim, Measure, Modality
from qiyafa.model.incident import AmountKind, Basis, Incident, IncidentKind, RelationKind
from qiyafa.model.source import Source
from qiyafa.record.quantities import COUNTS, size
from qiyafa.record.registry import executed_usd
from qiyafa.record.withdrawn import withdrawn_on
from qiyafa.record.yearly import SourceRow

_ONE_SIDED = frozenset({Bound.AT_LEAST, Bound.MORE_THAN, Bound.UP_TO})


@dataclass(frozen=True, slots=True)
class Why:
    """One reason for a difference."""

    name: str
    claims: tuple[Claim, ...] = ()
    """What it is about; none if it is about every row of the year."""
    fields: Mapping[str, str | int | Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Year:
    """What is known of one year."""

    rows: Sequence[SourceRow]
    incidents: Sequence[Incident]
    """Of the actors asked for, those that are counted."""
    actor: str
    """Whom the question is about."""
    actors: Mapping[str, Actor]
    sources: Mapping[str, Source] = field(default_factory=dict)

    @property
    def said(self) -> Iterator[Claim]:
        """Every claim of the rows."""
        for row in self.rows:
            yield from (claim for claim in (row.amount, row.count) if claim is not None)


def explanations(year: Year) -> list[Why]:
    """Return why the rows of a year differ, in the order of `EXPLANATIONS`; nothing where fewer than two stand."""
    if len(year.rows) < 2:
        return []
    return [why for explain in EXPLANATIONS.values() for why in explain(year)]


def _revised(year: Year) -> Iterator[Why]:
    """An edition was replaced by another."""
    for row in year.rows:
        if row.amount is not None and row.superseded_by is not None and row.amount.quantity is not None:
            yield Why("revised", (row.amount, row.superseded_by))


def _bounded(year: Year) -> Iterator[Why]:
    """A figure is a limit."""
    for row in year.rows:
        if row.amount is not None and row.amount.bound in _ONE_SIDED:
            yield Why("bound", (row.amount,))


def _ranged(year: Year) -> Iterator[Why]:
    """A figure is a range."""
    for row in year.rows:
        amount = row.amount
        if amount is not None and amount.bound not in _ONE_SIDED and amount.upper and amount.upper > size(amount):
            yield Why("range", (amount,), {"upper": amount.upper})


def _suspected(year: Year) -> Iterator[Why]:
    """A source counts what is only suspected."""
    for row in year.rows:
        if row.said.modality is not Modality.STATED:
            yield Why("suspected", (row.said,))


def _narrower(year: Year) -> Iterator[Why]:
    """A source counts a part of the actor."""
    for row in year.rows:
        if row.said.scope.actor != year.actor:
            part, whole = (_name(year, id) for id in (row.said.scope.actor, year.actor))
            yield Why("narrower", (row.said,), {"part": part, "whole": whole})


def _proceeds(year: Year) -> Iterator[Why]:
    """A source counts proceeds of any crime."""
    for row in year.rows:
        if row.said.measure is Measure.PROCEEDS:
            yield Why("proceeds", (row.said,))


def _counted(year: Year) -> Iterator[Why]:
    """Sources count different numbers of incidents: they attribute or split them differently."""
    counts = sorted(
        (row.count for row in year.rows if row.count is not None and row.count.unit in COUNTS),
        key=lambda one: (size(one), one.id),
    )
    if len(counts) > 1 and counts[0].quantity != counts[-1].quantity:
        yield Why("counts", (counts[0], counts[-1]))


def _minted(year: Year) -> Iterator[Why]:
    """Tokens that a thief minted have a price on paper only."""
    for incident in year.incidents:
        for amount in incident.amounts:
            if amount.basis is Basis.NOTIONAL_MINT and amount.currency == "USD":
                yield Why("minted", (), {"incident": incident.title, "value": amount.value})
                break


def _split(year: Year) -> Iterator[Why]:
    """What some count as one, others count as two."""
    titles = {one.id: one.title for one in year.incidents}
    for incident in year.incidents:
        for relation in incident.relations:
            if relation.kind is RelationKind.COUNTED_WITH:
                other = titles.get(relation.incident, relation.incident)
                yield Why("split", (), {"one": incident.title, "other": other})


def _priced(year: Year) -> Iterator[Why]:
    """Single incidents are priced at another time or by another count of assets."""
    low = high = Decimal(0)
    several = 0
    for incident in year.incidents:
        values = [one.value for one in incident.amounts if one.kind is AmountKind.EXECUTED and one.currency == "USD"]
        if values and min(values) < max(values):
            several += 1
            low, high = low + min(values), high + max(values)
    if several:
        yield Why("priced", (), {"count": several, "least": low, "most": high})


def _recovered(year: Year) -> Iterator[Why]:
    """What came back is taken off by some."""
    back = Decimal(0)
    several = 0
    for incident in year.incidents:
        values = [
            one.value
            for one in incident.amounts
            if one.kind in (AmountKind.RECOVERED, AmountKind.FROZEN) and one.currency == "USD"
        ]
        several += bool(values)
        back += sum(values, Decimal(0))
    if several:
        yield Why("recovered", (), {"count": several, "value": back})


def _fiat(year: Year) -> Iterator[Why]:
    """Money of banks is counted in by some."""
    for incident in year.incidents:
        if incident.kind is IncidentKind.PAYMENT_HEIST and (amount := executed_usd(incident)) is not None:
            yield Why("fiat", (), {"incident": incident.title, "value": amount.value})


def _withdrawn(year: Year) -> Iterator[Why]:
    """A source does not stand any more."""
    for row in year.rows:
        day = withdrawn_on(row.said.source, year.sources)
        if day is not None:
            yield Why("withdrawn", (row.said,), {"day": str(day)})


def _noted(year: Year) -> Iterator[Why]:
    """What the casebook notes."""
    for row in year.rows:
        if row.said.note:
            yield Why("note", (row.said,), {"note": row.said.note})


EXPLANATIONS: dict[str, Callable[[Year], Iterator[Why]]] = {
    "revised": _revised,
    "bound": _bounded,
    "range": _ranged,
    "suspected": _suspected,
    "narrower": _narrower,
    "proceeds": _proceeds,
    "counts": _counted,
    "minted": _minted,
    "split": _split,
    "priced": _priced,
    "recovered": _recovered,
    "fiat": _fiat,
    "withdrawn": _withdrawn,
    "note": _noted,
}
"""By the name of its sentence; a new explanation is a function above and a line here."""


def _name(year: Year, actor: str) -> str:
    found = year.actors.get(actor)
    return found.name if found is not None else actor
