"""Incidents as JSON for programs: lists, pages, timelines, and what became of entries that were offered."""

from collections.abc import Sequence

from qiyafa.app.incident_timeline import TimelineRow
from qiyafa.app.incidents import IncidentPage, IncidentsFound
from qiyafa.app.record import CasebookNews
from qiyafa.app.record_entries import Offer
from qiyafa.app.record_json import JsonObject, entry_object, period_object, problem_object, revision_object
from qiyafa.model.incident import DateKind
from qiyafa.model.record import ENTRY_KINDS, Entry, Revision
from qiyafa.model.source import Source
from qiyafa.record.registry import theft_period
from qiyafa.record.withdrawn import withdrawn_on


def found_object(found: IncidentsFound, news: CasebookNews) -> JsonObject:
    """Return the incidents that were asked for, each whole, and what they were found in."""
    return {
        "casebook": found.casebook,
        "pending_casebook": news.pending or None,
        "casebook_conflicts": [{"kind": kind.value, "id": id} for kind, id in news.conflicts],
        "total": found.total,
        "own": found.own,
        "count": len(found.incidents),
        "counted": found.counted,
        "incidents": [{**entry_object(one), "theft": period_object(theft_period(one))} for one in found.incidents],
    }


def page_object(page: IncidentPage) -> JsonObject:
    """Return one incident with everything that the record holds about it."""
    return {
        **entry_object(page.incident),
        "theft": period_object(theft_period(page.incident)),
        "sources": [{**entry_object(one), "withdrawn": _withdrawn(one, page)} for one in page.sources],
        "actor_entries": [entry_object(one) for one in page.actors],
        "claims": [entry_object(one) for one in page.claims],
        "related": [
            {"incident": other.id, "kind": relation.kind.value, "source": relation.source, "note": relation.note}
            for other, relation in page.related
        ],
        "revisions": len(page.revisions),
    }


def _withdrawn(source: Source, page: IncidentPage) -> str | None:
    day = withdrawn_on(source.id, page.known_sources)
    return None if day is None else str(day)


def history_object(revisions: Sequence[Revision]) -> list[JsonObject]:
    """Return every revision, oldest first."""
    return [revision_object(one) for one in revisions]


def timeline_object(rows: Sequence[TimelineRow]) -> list[JsonObject]:
    """Return the moments of each incident; `days` are those since the theft, null unless both are known to the day."""
    return [
        {
            "id": row.incident.id,
            "title": row.incident.title,
            "moments": [
                {
                    "kind": one.kind.value,
                    **period_object(one.period),
                    "days": None if one.kind is DateKind.THEFT else row.days_until(one.kind),
                    "source": one.source,
                }
                for one in row.milestones
            ],
        }
        for row in rows
    ]


def offer_object(offer: Offer) -> JsonObject:
    """Return what became of entries; `stored` is how many revisions that made, null if nothing was to be stored."""
    return {
        "new": _named(offer.new),
        "changed": _named(offer.changed),
        "unchanged": _named(offer.unchanged),
        "stored": None if offer.stored is None else len(offer.stored),
        "entries": [{"entry_kind": ENTRY_KINDS[type(one)].value, **entry_object(one)} for one in offer.accepted],
        "problems": [problem_object(one) for one in offer.problems],
    }


def _named(entries: Sequence[Entry]) -> list[JsonObject]:
    return [{"kind": ENTRY_KINDS[type(one)].value, "id": one.id} for one in entries]
