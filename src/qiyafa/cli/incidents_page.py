"""One incident as a page for people: what is said of it, part by part, each with its source."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from qiyafa.app.claim_words import said, source_words
from qiyafa.cli.incidents_words import amount_kind, amount_words, basis_words, number, when, word
from qiyafa.cli.terminal import Cell, Column, say, show_table
from qiyafa.model.actor import Actor
from qiyafa.model.case import Theft
from qiyafa.model.incident import Incident, StolenAsset
from qiyafa.text import shown, text

if TYPE_CHECKING:
    from rich.console import Console

    from qiyafa.app.incidents import IncidentPage

Rows = Sequence[Sequence[str | Cell]]


def show_page(screen: "Console", page: "IncidentPage") -> None:
    """Print an incident with everything about it."""
    one = page.incident
    say(
        screen,
        text("incidents.page.title", title=one.title, kind=word("kind", one.kind.value), id=one.id),
        style="bold",
    )
    for sentence in one.summary:
        named = source_words(sentence.source, page.known_sources)
        say(screen, text("incidents.page.sentence", words=shown(sentence.value), source=named))
    _part(page, screen, "dates", ("what", "when", "source"), _dates(one))
    _part(page, screen, "victims", ("name", "kind", "country", "source"), _victims(one))
    _part(page, screen, "amounts", ("what", "amount", "basis", "when", "source", "note"), _amounts(one))
    _part(page, screen, "assets", ("asset", "quantity", "value", "source"), _assets(one))
    _part(page, screen, "actors", ("actor", "status", "since", "source"), _actors(page))
    _part(page, screen, "methods", ("what", "source"), [(shown(item.value), item.source) for item in one.methods])
    _part(page, screen, "chains", ("what", "source"), [(shown(item.value), item.source) for item in one.chains])
    _part(page, screen, "thefts", ("chain", "theft", "source"), _thefts(one))
    _part(page, screen, "links", ("what", "target", "source"), _links(one))
    _part(page, screen, "relations", ("what", "incident", "source", "note"), _relations(page))
    _part(page, screen, "claims", ("claimant", "what", "amount", "when", "source"), _claims(page))
    _part(page, screen, "sources", ("id", "publisher", "title", "published", "grade"), _sources(page))
    if one.thefts:
        say(screen, text("incidents.page.case", id=one.id), style="dim")
    if len(page.revisions) > 1:
        say(screen, text("incidents.page.revisions", count=len(page.revisions), id=one.id), style="dim")


def show_history(screen: "Console", page: "IncidentPage") -> None:
    """Print how an incident came to be what it is, oldest first."""
    columns = _columns("number", "known", "author", "reason", "amount")
    rows = [
        (
            str(one.number),
            f"{one.known_from:%Y-%m-%d %H:%M}",
            shown(one.author),
            text("incidents.page.withdrawn", reason=one.reason) if one.withdrawn else shown(one.reason),
            "\n".join(amount_words(amount) for amount in one.entry.amounts) if isinstance(one.entry, Incident) else "",
        )
        for one in page.revisions
    ]
    show_table(screen, text("incidents.page.history", id=page.incident.id), columns, rows)


def _part(page: "IncidentPage", screen: "Console", name: str, columns: Sequence[str], rows: Rows) -> None:
    """Print one part, each withdrawn source marked; nothing if it is empty."""
    if rows:
        say(screen, "")
        marked = [[_marked(cell, column, page) for cell, column in zip(row, columns, strict=True)] for row in rows]
        show_table(screen, text(f"incidents.part.{name}"), _columns(*columns), marked)


def _marked(cell: str | Cell, column: str, page: "IncidentPage") -> str | Cell:
    return source_words(cell, page.known_sources) if column == "source" and isinstance(cell, str) else cell


def _columns(*names: str) -> list[Column]:
    return [
        Column(text(f"incidents.column.{name}"), style="dim" if name in ("source", "grade") else "") for name in names
    ]


def _dates(incident: Incident) -> Rows:
    return [(word("date", one.kind.value), when(one.period), one.source) for one in incident.dates]


def _victims(incident: Incident) -> Rows:
    return [(shown(one.name), shown(one.kind), one.country, one.source) for one in incident.victims]


def _amounts(incident: Incident) -> Rows:
    return [
        (
            amount_kind(one.kind),
            Cell(amount_words(one), "bold"),
            basis_words(one.basis),
            "" if one.as_of is None else when(one.as_of),
            one.source,
            shown(one.note),
        )
        for one in incident.amounts
    ]


def _assets(incident: Incident) -> Rows:
    return [(shown(one.symbol), _quantity(one), _value(one), one.source) for one in incident.assets]


def _quantity(asset: StolenAsset) -> str:
    return "" if asset.quantity is None else number(asset.quantity, asset.symbol)


def _value(asset: StolenAsset) -> str:
    return "" if asset.value is None else number(asset.value, asset.currency)


def _actors(page: "IncidentPage") -> Rows:
    known = {one.id: one for one in page.actors}
    return [
        (
            _name(known.get(one.actor), one.actor),
            word("status", one.status.value),
            "" if one.since is None else when(one.since),
            one.source,
        )
        for one in page.incident.actors
    ]


def _name(actor: Actor | None, id: str) -> str:
    """Return an actor's name, and below it the names that others use, marked where somebody disagrees."""
    if actor is None:
        return id
    aliases = [
        text("incidents.page.disputed", name=one.name) if one.disputed_by else shown(one.name) for one in actor.aliases
    ]
    return "\n".join([f"{shown(actor.name)} ({id})", *([", ".join(aliases)] if aliases else [])])


def _thefts(incident: Incident) -> Rows:
    return [(one.theft.chain, _theft(one.theft), one.source) for one in incident.thefts]


def _theft(theft: Theft) -> str:
    if theft.address is not None:
        return text("incidents.page.from_block", address=theft.address, block=theft.from_block)
    transfers = [f"{one.transaction_hash} · {one.position}" for one in theft.transfers]
    return "\n".join(
        transfers + [one.transaction_hash + ("" if one.index is None else f" · {one.index}") for one in theft.outputs]
    )


def _links(incident: Incident) -> Rows:
    return [(word("link", one.kind.value), shown(one.target), one.source) for one in incident.links]


def _relations(page: "IncidentPage") -> Rows:
    own = [
        (word("relation", one.kind.value), one.incident, one.source, shown(one.note)) for one in page.incident.relations
    ]
    others = [(word("reverse", one.kind.value), other.id, one.source, shown(one.note)) for other, one in page.related]
    return own + others


def _claims(page: "IncidentPage") -> Rows:
    return [
        (
            shown(one.claimant or one.publisher),
            shown(one.subject),
            Cell(said(one), "bold"),
            when(one.period),
            one.source,
        )
        for one in page.claims
    ]


def _sources(page: "IncidentPage") -> Rows:
    return [
        (
            Cell(source_words(one.id, page.known_sources), "bold"),
            shown(one.publisher),
            f"{shown(one.title)}\n{shown(one.url)}",
            "" if one.published is None else str(one.published),
            one.grade,
        )
        for one in page.sources
    ]
