"""Incidents for people: the list, and what became of entries that were written into the record."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from qiyafa.cli.incidents_words import stolen, theft_words, word
from qiyafa.cli.terminal import Cell, Column, say, show_table
from qiyafa.model.incident import Incident, IncidentStatus
from qiyafa.model.record import ENTRY_KINDS, Entry
from qiyafa.record.registry import stands_alone
from qiyafa.text import shown, text

if TYPE_CHECKING:
    from rich.console import Console

    from qiyafa.app.incidents import IncidentsFound
    from qiyafa.app.record import CasebookNews
    from qiyafa.app.record_entries import Offer

_SHOWN_PROBLEMS = 20
_SHOWN_ENTRIES = 20


def show_found(screen: "Console", found: "IncidentsFound") -> None:
    """Print the incidents that were asked for, and what they were found in."""
    if found.incidents:
        columns = [
            Column(text(f"incidents.column.{name}"), "right" if name == "stolen" else "left")
            for name in ("theft", "id", "title", "stolen", "actor", "status", "kind")
        ]
        title = text("incidents.list.title", count=f"{len(found.incidents):,}")
        show_table(screen, title, columns, map(_row, found.incidents))
    else:
        say(screen, text("incidents.list.none"))
    if found.counted < len(found.incidents):
        say(screen, text("incidents.list.counted", counted=f"{found.counted:,}"), style="dim")
    total, own = f"{found.total:,}", f"{found.own:,}"
    say(screen, text("incidents.list.of", total=total, casebook=found.casebook, own=own), style="dim")


def show_casebook_news(screen: "Console", news: "CasebookNews") -> None:
    """Print what the casebook says that the record does not, if anything."""
    if news.pending:
        say(screen, text("incidents.list.pending", casebook=news.pending))
    if news.conflicts:
        ids = ", ".join(id for _, id in news.conflicts[:_SHOWN_ENTRIES])
        say(screen, text("incidents.list.conflicts", count=f"{len(news.conflicts):,}", ids=ids))


def show_offer(screen: "Console", offer: "Offer", *, dry_run: bool) -> None:
    """Print what became of entries, or would."""
    counts = {name: f"{len(getattr(offer, name)):,}" for name in ("new", "changed", "unchanged")}
    if offer.stored is not None:
        say(screen, text("incidents.offer.stored", **counts))
    else:
        say(screen, text("incidents.offer.dry_run" if dry_run else "incidents.offer.kept_out", **counts))
    _show_entries(screen, offer.accepted)
    if offer.problems:
        say(screen, text("incidents.offer.left_out", count=f"{len(offer.problems):,}"), style="bold")
    for one in offer.problems[:_SHOWN_PROBLEMS]:
        detail = text(one.key, **one.fields)
        say(screen, text("incidents.offer.problem", file=one.source, place=one.place, detail=detail))
    if len(offer.problems) > _SHOWN_PROBLEMS:
        say(screen, text("incidents.offer.more", count=f"{len(offer.problems) - _SHOWN_PROBLEMS:,}"))


def _show_entries(screen: "Console", entries: Sequence[Entry]) -> None:
    for entry in entries[:_SHOWN_ENTRIES]:
        kind = text(f"record.kind.{ENTRY_KINDS[type(entry)].value}")
        say(screen, text("incidents.offer.entry", kind=kind, id=entry.id, words=_summary(entry)))
    if len(entries) > _SHOWN_ENTRIES:
        say(screen, text("incidents.offer.more", count=f"{len(entries) - _SHOWN_ENTRIES:,}"))


def _summary(entry: Entry) -> str:
    """Return an entry in a few words."""
    if isinstance(entry, Incident):
        said = (entry.title, theft_words(entry), stolen(entry), *(f"{one.actor}: {one.status}" for one in entry.actors))
        return ", ".join(part for part in said if part)
    return str(getattr(entry, "title", "") or getattr(entry, "subject", "") or getattr(entry, "name", ""))


def _established(incident: Incident) -> dict[str, IncidentStatus]:
    """Return each actor that it is laid to, with the best that anybody has established."""
    order = list(IncidentStatus)
    ranked = sorted(incident.actors, key=lambda link: order.index(link.status))
    best = {link.actor: link.status for link in ranked}
    return {link.actor: best[link.actor] for link in incident.actors}


def _row(incident: Incident) -> Sequence[str | Cell]:
    style = "" if stands_alone(incident) else "dim"
    established = _established(incident)
    return (
        theft_words(incident),
        Cell(incident.id, style or "bold"),
        Cell(shown(incident.title), style),
        Cell(stolen(incident), style),
        "\n".join(established),
        "\n".join(word("status", status.value) for status in established.values()),
        word("kind", incident.kind.value),
    )
