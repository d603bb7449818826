"""When claims speak of the same thing: their question, their statements, and whose words they repeat.

Two claims answer one question if scope, measure, unit and period are the same. A claim about one incident is about that
incident whoever did it and whatever day is given, but for what changes with time (recovered, frozen, outstanding,
laundered), where the period counts. A claim whose period has no end answers no question that another one answers.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache
from itertools import combinations
from typing import Final, TypeVar

from qiyafa.model.claim import Claim, Measure, Scope
from qiyafa.model.incident import Amount, Incident
from qiyafa.model.period import Period
from qiyafa.model.source import Source
from qiyafa.record.quantities import is_measured, significant_digits
from qiyafa.record.registry import executed_usd, theft_period

ScopeKey = tuple[str, ...]
Question = tuple[ScopeKey, Measure, str, Period | None]
"""Scope, measure, unit, and the period where it belongs to the question."""
Item = TypeVar("Item")

TAKEN: Final = frozenset({Measure.STOLEN, Measure.PROCEEDS, Measure.EXECUTED})
"""Measures that retellings take for one another."""
CHANGING: Final = frozenset({Measure.RECOVERED, Measure.FROZEN, Measure.OUTSTANDING, Measure.LAUNDERED})
"""Measures that may rightly be different later."""

_MOST_COMPARED: Final = 12
_LONG_AGO: Final = date(1, 1, 1)


def scope_key(scope: Scope) -> ScopeKey:
    """Return what narrows a claim; of one incident only the incident, asset and chain count."""
    if scope.incident:
        return (scope.incident, scope.asset, scope.chain)
    return ("", scope.asset, scope.chain, scope.actor, scope.country, scope.victim_kind, scope.method)


def is_of_incident(key: ScopeKey) -> bool:
    """Tell whether a scope is one incident."""
    return bool(key[0])


def question_of(claim: Claim) -> Question | None:
    """Return the question that a claim answers, or None if no other claim can be known to answer the same one."""
    if not is_measured(claim) or claim.measure is Measure.OTHER:
        return None
    if not claim.scope.incident:
        return (scope_key(claim.scope), claim.measure, claim.unit, claim.period) if claim.period.end else None
    measure = Measure.EXECUTED if claim.measure is Measure.STOLEN else claim.measure
    return (scope_key(claim.scope), measure, claim.unit, claim.period if measure in CHANGING else None)


def claimant_key(claim: Claim) -> str:
    """Return who says it, spelled in one way; the publisher where the text names nobody."""
    return _spelled(claim.claimant or claim.publisher)


@lru_cache(maxsize=1 << 16)
def _spelled(name: str) -> str:
    return " ".join(name.casefold().split())


def family(claim: Claim) -> str:
    """Return the measure, with those that retellings confuse as one."""
    return "taken" if claim.measure in TAKEN else claim.measure


def newness(claim: Claim) -> tuple[str, date]:
    """Return what sorts the editions of one claimant: editions are years and months, else the statement's date."""
    said = claim.statement_date or _LONG_AGO
    return (claim.edition or (f"{said:%Y-%m}" if claim.statement_date else ""), said)


def retold(claim: Claim, sources: Mapping[str, Source]) -> int:
    """Return how far a claim's source is from its claimant: 0 its own, more if others print it."""
    if not claim.claimant:
        return 0
    source = sources.get(claim.source)
    claimant = _spelled(claim.claimant)
    return (claimant != _spelled(claim.publisher)) + (source is not None and claimant != _spelled(source.publisher))


def original_first(one: Claim, other: Claim, sources: Mapping[str, Source]) -> tuple[Claim, Claim]:
    """Return two claims of one claimant with the original first: by origin, by publisher, by date, by id."""
    first, second = sources.get(one.source), sources.get(other.source)
    if second is not None and second.origin == one.source:
        return one, other
    if first is not None and first.origin == other.source:
        return other, one
    if retold(one, sources) != retold(other, sources):
        return (one, other) if retold(one, sources) < retold(other, sources) else (other, one)
    return (one, other) if _said(one, first) <= _said(other, second) else (other, one)


def _said(claim: Claim, source: Source | None) -> tuple[date, str]:
    published = source.published if source is not None else None
    return (published or claim.statement_date or date.max, claim.id)


def statements(claims: Iterable[Claim], sources: Mapping[str, Source]) -> list[Claim]:
    """Return the claims of one question with each claimant's repetitions of one number left out, newest ones last.

    Of claims that repeat one number the claimant's own and oldest stays.
    """
    kept: dict[tuple[object, ...], Claim] = {}
    for claim in sorted(claims, key=lambda claim: (retold(claim, sources), newness(claim), claim.id)):
        kept.setdefault(statement_key(claim), claim)
    return sorted(kept.values(), key=lambda claim: (newness(claim), claim.id))


def statement_key(claim: Claim) -> tuple[object, ...]:
    """Return what two tellings of one statement share, besides their question."""
    if claim.quantity is None:
        return (claimant_key(claim), claim.lower, claim.upper)
    return (claimant_key(claim), claim.quantity)


def newest_of_each(claims: Iterable[Claim], sources: Mapping[str, Source]) -> list[Claim]:
    """Return each claimant's newest statement of one question (of several the finest), by claimant."""
    newest: dict[str, Claim] = {}
    for claim in statements(claims, sources):
        before = newest.get(claimant_key(claim))
        if before is None or _is_better(claim, before):
            newest[claimant_key(claim)] = claim
    return [newest[name] for name in sorted(newest)]


def _is_better(claim: Claim, before: Claim) -> bool:
    """Tell whether a statement is newer than another, or as new and finer."""
    if newness(claim) != newness(before):
        return newness(claim) > newness(before)
    return significant_digits(claim.quantity or Decimal(0)) > significant_digits(before.quantity or Decimal(0))


def pairs(items: Sequence[Item]) -> Iterator[tuple[Item, Item]]:
    """Yield every pair of up to twelve sorted things; of more, each with the first and the last."""
    if len(items) <= _MOST_COMPARED:
        yield from combinations(items, 2)
        return
    yield items[0], items[-1]
    for item in items[1:-1]:
        yield items[0], item
        yield item, items[-1]


def amount_claims(incident: Incident, sources: Mapping[str, Source]) -> Iterator[Claim]:
    """Yield the amounts of an incident as claims of those who published them."""
    for number, amount in enumerate(incident.amounts, start=1):
        yield amount_claim(incident, amount, number, sources)


def own_amount(incident: Incident, sources: Mapping[str, Source]) -> Claim | None:
    """Return the amount that the registry itself counts for an incident, as a claim; None if it has none in USD."""
    amount = executed_usd(incident)
    return None if amount is None else amount_claim(incident, amount, incident.amounts.index(amount) + 1, sources)


def amount_claim(incident: Incident, amount: Amount, number: int, sources: Mapping[str, Source]) -> Claim:
    """Return one amount of an incident as a claim; its id is the incident's, with the amount's number."""
    source = sources.get(amount.source)
    publisher = source.publisher if source is not None else ""
    return Claim(
        id=f"{incident.id}#{number}",
        claimant=publisher,
        publisher=publisher,
        source=amount.source,
        subject=incident.title,
        measure=Measure(amount.kind.value),
        unit=amount.currency,
        quantity=amount.value,
        bound=amount.bound,
        period=amount.as_of or theft_period(incident),
        statement_date=source.published if source is not None else None,
        scope=Scope(incident=incident.id),
        basis=amount.basis.value,
        note=amount.note,
    )


def is_amount(claim: Claim) -> bool:
    """Tell whether a claim is an amount that the registry holds of an incident."""
    return "#" in claim.id
