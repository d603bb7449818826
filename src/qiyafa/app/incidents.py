"""Incidents of the record: found, shown with everything that is said about them, and written down as cases to trace."""

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final, TypeVar

from qiyafa.app.record_entries import own_incidents
from qiyafa.model.actor import Actor
from qiyafa.model.claim import Claim
from qiyafa.model.errors import InvalidInput, NotFound
from qiyafa.model.incident import Incident, IncidentKind, IncidentStatus, Relation
from qiyafa.model.period import ALWAYS, Period
from qiyafa.model.record import EntryKind, RecordBook, Revision
from qiyafa.model.source import Source
from qiyafa.record.references import references
from qiyafa.record.registry import stands_alone, theft_period, with_children

Word = TypeVar("Word", bound=StrEnum)

_NEVER: Final = date.max
"""Incidents without a date come last."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which incidents are asked for; an empty field means: any."""

    actor: str = ""
    """This actor, or one that is said to belong to it."""
    period: Period = ALWAYS
    """Some day of the theft lies in it."""
    kind: IncidentKind | None = None
    country: str = ""
    method: str = ""
    status: IncidentStatus | None = None
    text: str = ""
    """A part of the id, the title, a victim's name or a sentence about it; upper and lower case are one."""


@dataclass(frozen=True, slots=True)
class IncidentsFound:
    """The incidents that were asked for, by the day of the theft, and what they were found in."""

    incidents: list[Incident]
    counted: int
    """Without those that are another one of them, or a part of one, under another name."""
    total: int
    """In the record."""
    own: int
    """Of these, those that are not as the casebook has them."""
    casebook: str
    """Version of the casebook."""


@dataclass(frozen=True, slots=True)
class IncidentPage:
    """One incident with everything that the record holds about it."""

    incident: Incident
    sources: list[Source]
    """Those it rests on, in the order in which they are first named."""
    actors: list[Actor]
    claims: list[Claim]
    """What is claimed about it elsewhere."""
    related: list[tuple[Incident, Relation]]
    """Others that say how they relate to it."""
    revisions: list[Revision]
    known_sources: Mapping[str, Source]
    """Every source of the record, by id: one that is named here may copy another."""


def find_incidents(book: RecordBook, wanted: Wanted, known_at: datetime | None = None) -> IncidentsFound:
    """Return the incidents that are asked for. Raises NotFound for an actor that the record does not have."""
    actors = book.actors()
    if wanted.actor and wanted.actor not in actors:
        raise _unknown("incidents.error.actor", "incidents.error.actor_near", wanted.actor, actors)
    chosen = with_children(wanted.actor, actors) if wanted.actor else frozenset[str]()
    every = list(book.incidents(known_at))
    found = sorted((one for one in every if _fits(one, wanted, chosen)), key=theft_order)
    return IncidentsFound(
        incidents=found,
        counted=sum(map(stands_alone, found)),
        total=len(every),
        own=own_incidents(every),
        casebook=book.casebook_version(),
    )


def incident_page(book: RecordBook, id: str, known_at: datetime | None = None) -> IncidentPage:
    """Return one incident with everything about it. Raises NotFound if it is not there, or was not then."""
    incident = find_incident(book, id, known_at)
    sources, actors = book.sources(known_at), book.actors()
    claims = [claim for claim in book.claims(known_at) if claim.scope.incident == id]
    named = [one.id for one in references(incident) if one.kind is EntryKind.SOURCE]
    named += [claim.source for claim in claims]
    return IncidentPage(
        incident=incident,
        sources=[sources[one] for one in dict.fromkeys(named) if one in sources],
        actors=[actors[one] for one in dict.fromkeys(link.actor for link in incident.actors) if one in actors],
        claims=claims,
        related=[(one, way) for one in book.incidents(known_at) for way in one.relations if way.incident == id],
        revisions=[
            one for one in book.history(EntryKind.INCIDENT, id) if known_at is None or one.known_from <= known_at
        ],
        known_sources=sources,
    )


def find_incident(book: RecordBook, id: str, known_at: datetime | None = None) -> Incident:
    """Return an incident by its id. Raises NotFound: why it does not stand, or the ids that look like it."""
    found = book.get(EntryKind.INCIDENT, id, known_at)
    if not isinstance(found, Incident):
        past = [one for one in book.history(EntryKind.INCIDENT, id) if not one.aside]
        if past:
            raise _not_standing(id, past, known_at)
        known = (one.id for one in book.incidents(known_at))
        raise _unknown("incidents.error.incident", "incidents.error.incident_near", id, known)
    return found


def theft_order(incident: Incident) -> tuple[date, date, str]:
    """Return the sort key by which incidents are listed: the first day of the theft, its last day, the id."""
    period = theft_period(incident)
    start = period.start or period.end or _NEVER
    return (start, period.end or start, incident.id)


def read_status(written: str) -> IncidentStatus:
    """Return the status of a word. Raises InvalidInput for another word."""
    return _word(IncidentStatus, "--status", written)


def read_kind(written: str) -> IncidentKind:
    """Return the kind of a word; hyphens stand for spaces. Raises InvalidInput for another word."""
    return _word(IncidentKind, "--kind", written)


def _word(words: type[Word], option: str, written: str) -> Word:
    try:
        return words(written.strip().lower().replace("-", " "))
    except ValueError:
        known = ", ".join(words)
        raise InvalidInput("incidents.error.word", option=option, value=written, known=known) from None


def _fits(incident: Incident, wanted: Wanted, actors: frozenset[str]) -> bool:
    period = theft_period(incident)
    dated = wanted.period == ALWAYS or (period != ALWAYS and wanted.period.overlaps(period))
    links = [link for link in incident.actors if not actors or link.actor in actors]
    if (wanted.actor or wanted.status) and not any(wanted.status in (None, link.status) for link in links):
        return False
    return (
        dated
        and wanted.kind in (None, incident.kind)
        and (not wanted.country or any(one.country == wanted.country.upper() for one in incident.victims))
        and (not wanted.method or any(one.value == wanted.method for one in incident.methods))
        and (not wanted.text or _holds(incident, wanted.text.casefold()))
    )


def _holds(incident: Incident, part: str) -> bool:
    words = (incident.id, incident.title, *(one.name for one in incident.victims))
    return any(part in one.casefold() for one in (*words, *(one.value for one in incident.summary)))


def _not_standing(id: str, past: Sequence[Revision], known_at: datetime | None) -> NotFound:
    """Return the error for an incident that was withdrawn, or that the record knew only after the moment asked for."""
    known = [one for one in past if known_at is None or one.known_from <= known_at]
    if not known:
        return NotFound("incidents.error.not_yet", id=id, day=str(past[0].known_from.date()))
    last = known[-1]
    before = last.known_from - timedelta(microseconds=1)
    fields = {"day": str(last.known_from.date()), "author": last.author, "reason": last.reason}
    return NotFound("incidents.error.withdrawn", id=id, before=before.isoformat(), **fields)


def _unknown(key: str, key_near: str, id: str, known: Iterable[str]) -> NotFound:
    nearest = difflib.get_close_matches(id, list(known), n=3, cutoff=0.5)
    return NotFound(key_near, id=id, nearest=", ".join(nearest)) if nearest else NotFound(key, id=id)
