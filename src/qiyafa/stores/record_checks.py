"""What the record does not take in, each with its reason: an entry that cannot be true, or that cannot be kept."""

import re
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final

from qiyafa.model.actor import Actor
from qiyafa.model.attribution import Attribution
from qiyafa.model.claim import Bound, Claim, Scope
from qiyafa.model.errors import Field, InvalidInput
from qiyafa.model.incident import AmountKind, Incident
from qiyafa.model.record import ENTRY_KINDS, Entry, EntryKind, scaled
from qiyafa.model.source import CREDIBILITY, RELIABILITY, Source
from qiyafa.record.references import references
from qiyafa.text import text

_ID: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,199}")
_WEB: Final = re.compile(r"https?://[^\s/]+")
_NUL: Final = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")
_AHEAD: Final = timedelta(hours=14)
"""So far ahead of UTC a clock on the wall may be: there it may be tomorrow already."""
_COUNTRY: Final = re.compile(r"[A-Z]{2}|")
_SMALL_CURRENCY: Final = re.compile(r"(?![A-Z]{3})[A-Za-z]{3}")
_DIGITS_BEFORE_POINT: Final = 36
_DIGITS_AFTER_POINT: Final = 30
"""More has no amount of money and no number of tokens, and what shows numbers counts on it."""
_DOLLAR: Final = "USD"
_WITHOUT_QUANTITY: Final = frozenset({Bound.MAJORITY, Bound.ORDER})
Targets = Callable[[str], tuple[str, ...]]
"""What an entry, by id, leads to."""


def entry_words(kind: EntryKind) -> str:
    """Return the word for a sort of entry."""
    return text(f"record.kind.{kind.value}")


def check_entry(entry: Entry, body: str, at: datetime) -> None:
    """Raise InvalidInput if an entry, with its JSON, cannot stand in a record at a moment, whatever else is there."""
    if _ID.fullmatch(entry.id) is None:
        raise InvalidInput("record.refused.id", id=entry.id)
    if "\\u0000" in body and _NUL.search(body):
        raise not_kept(entry)
    for named in references(entry):
        if _ID.fullmatch(named.id) is None:
            raise InvalidInput("record.refused.reference", **_named(entry), named=named.id)
    latest = (at + _AHEAD).date()
    for day in _days(entry):
        if day > latest:
            raise InvalidInput("record.refused.future", **_named(entry), day=str(day))
    _check_values(entry)
    if isinstance(entry, Source):
        _check_source(entry)
    elif isinstance(entry, Claim):
        _check_claim(entry)
    elif isinstance(entry, Incident):
        _check_amounts(entry)


def _check_values(entry: Entry) -> None:
    for number in _numbers(entry):
        if not number.is_finite():
            raise InvalidInput("record.refused.number", **_named(entry), number=str(number))
        if _is_too_long(number):
            raise InvalidInput("record.refused.digits", **_named(entry), number=str(number))
    for country in _countries(entry):
        if _COUNTRY.fullmatch(country) is None:
            raise InvalidInput("record.refused.country", **_named(entry), country=country)
    for currency in _currencies(entry):
        if _SMALL_CURRENCY.fullmatch(currency):
            raise InvalidInput("record.refused.currency", **_named(entry), currency=currency)


def not_kept(entry: Entry) -> InvalidInput:
    """Return the error for an entry with characters that no database of ours keeps."""
    return InvalidInput("record.refused.characters", **_named(entry))


def unknown_source(entry: Entry, known: Callable[[str], bool]) -> InvalidInput | None:
    """Return the error for the first source that an entry names and nobody knows; None if all are known."""
    for one in references(entry):
        if one.kind is EntryKind.SOURCE and not known(one.id):
            return InvalidInput("record.refused.unknown_source", **_named(entry), source=one.id)
    return None


def check_no_loop(entry: Entry, targets: Targets) -> None:
    """Raise InvalidInput if an incident's relations, or what a claim revises, lead back to it."""
    seen: set[str] = set()
    waiting = [(one, one) for one in onwards(entry)]
    while waiting:
        at, through = waiting.pop()
        if at == entry.id:
            key = "record.refused.relation" if isinstance(entry, Incident) else "record.refused.supersedes"
            raise InvalidInput(key, id=entry.id, through=through)
        if at not in seen:
            seen.add(at)
            waiting += [(one, at) for one in targets(at)]


def onwards(entry: Entry | None) -> tuple[str, ...]:
    """Return what an incident relates to, or the claim that a claim revises; nothing of everything else."""
    if isinstance(entry, Incident):
        return tuple(one.incident for one in entry.relations)
    return (entry.supersedes,) if isinstance(entry, Claim) and entry.supersedes else ()


def _check_source(source: Source) -> None:
    if not source.url.strip():
        raise InvalidInput("record.refused.no_url", id=source.id)
    if _WEB.match(source.url) is None:
        raise InvalidInput("record.refused.url", id=source.id)
    grade = source.grade
    if len(grade) != len("F6") or grade[0] not in RELIABILITY or grade[1] not in CREDIBILITY:
        raise InvalidInput("record.refused.grade", id=source.id, grade=grade)


def _check_claim(claim: Claim) -> None:
    lower, upper, quantity = claim.lower, claim.upper, claim.quantity
    if lower is not None and upper is not None and lower > upper:
        raise InvalidInput("record.refused.bounds", id=claim.id, lower=str(lower), upper=str(upper))
    if quantity is not None:
        if claim.bound in _WITHOUT_QUANTITY:
            raise InvalidInput("record.refused.no_quantity", id=claim.id, bound=claim.bound.value)
        if (lower is not None and quantity < lower) or (upper is not None and quantity > upper):
            raise InvalidInput("record.refused.outside", id=claim.id, quantity=str(quantity))
    quote = claim.quote
    if quote is not None and quote.start is not None and quote.end is not None and quote.end < quote.start:
        raise InvalidInput("record.refused.quote", id=claim.id)


def _check_amounts(incident: Incident) -> None:
    for number in _numbers(incident):
        if number < 0:
            raise InvalidInput("record.refused.negative", id=incident.id, number=str(number))
    for amount in incident.amounts:
        counts = amount.kind is AmountKind.EXECUTED and amount.currency == _DOLLAR
        if counts and scaled(amount.value, _DOLLAR) is None:
            raise InvalidInput("record.refused.cents", id=incident.id, number=str(amount.value))


def _is_too_long(number: Decimal) -> bool:
    exponent = number.as_tuple().exponent
    return number.adjusted() >= _DIGITS_BEFORE_POINT or (isinstance(exponent, int) and exponent < -_DIGITS_AFTER_POINT)


def _days(entry: Entry) -> Iterator[date]:
    """Yield the days on which something happened or was said; what a claim speaks of may lie ahead."""
    match entry:
        case Source(published=date() as day) | Attribution(stated=day) | Claim(statement_date=date() as day):
            yield day
        case Incident():
            yield from (one.period.start for one in entry.dates if one.period.start is not None)


def _numbers(entry: Entry) -> Iterator[Decimal]:
    match entry:
        case Claim():
            numbers = [entry.quantity, entry.lower, entry.upper]
        case Incident():
            numbers = [one.value for one in entry.amounts]
            numbers += [number for one in entry.assets for number in (one.quantity, one.value)]
        case Attribution():
            numbers = [one.prior for one in entry.hypotheses]
            numbers += [one.probability for item in entry.evidence for one in item.likelihoods]
        case _:
            return
    yield from (number for number in numbers if number is not None)


def _countries(entry: Entry) -> Iterator[str]:
    match entry:
        case Actor(country=country) | Claim(scope=Scope(country=country)):
            yield country
        case Incident():
            yield from (one.country for one in entry.victims)


def _currencies(entry: Entry) -> Iterator[str]:
    match entry:
        case Claim(unit="usd" | "Usd" as unit):
            yield unit
        case Incident():
            yield from (one.currency for one in entry.amounts)
            yield from (one.currency for one in entry.assets)


def _named(entry: Entry) -> dict[str, Field]:
    return {"entry": entry_words(ENTRY_KINDS[type(entry)]), "id": entry.id}
