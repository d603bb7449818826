"""Sources and actors as STIX: a report with the party that published it; an intrusion set with the state behind it."""

from collections.abc import Iterator

from qiyafa.model.actor import Actor, Alias, AliasRelation
from qiyafa.model.source import Source
from qiyafa.sharing.stix.extensions import EXTENSIONS, property_extension
from qiyafa.sharing.stix.ids import object_id, stamp
from qiyafa.sharing.stix.pen import COUNTRY, Pen, StixObject, confidence_of, reference
from qiyafa.sharing.stix.plain import plain_of

_CATALOGUES = {"mitre-attack": "https://attack.mitre.org/groups/{}"}
"""Where a catalogue shows an identifier."""


def report_id(source: str) -> str:
    """Return the identifier of a source."""
    return object_id("report", source)


def actor_id(actor: str) -> str:
    """Return the identifier of an actor."""
    return object_id("intrusion-set", actor)


def write_source(pen: Pen, source: Source) -> Iterator[StixObject]:
    """Yield a report that stands for a publication; what rests on it refers to it, not the other way round."""
    published = pen.parcel.span(source).created
    day = f"{source.published.isoformat()}T00:00:00.000Z" if source.published else stamp(published)
    yield pen.object(
        source,
        "report",
        report_id(source.id),
        name=source.title or source.id,
        report_types=["threat-report"],
        published=day,
        confidence=confidence_of(source.grade),
        object_refs=[pen.identity(source, source.publisher or source.id, "organization")],
        external_references=[{**reference(source.publisher or source.id, source.url), "external_id": source.id}],
        extensions={EXTENSIONS["source"]: property_extension(**plain_of(source))},
    )


def write_actor(pen: Pen, actor: Actor) -> Iterator[StixObject]:
    """Yield an intrusion set. Only undisputed names for the same group are its aliases; the others stand in our
    extension, because platforms merge groups by alias.
    """
    id = actor_id(actor.id)
    yield pen.object(
        actor,
        "intrusion-set",
        id,
        name=actor.name or actor.id,
        aliases=list(dict.fromkeys(one.name for one in actor.aliases if _is_alias(one))),
        external_references=[
            *(_in_catalogue(catalogue, identifier) for catalogue, identifier in actor.identifiers),
            *pen.references((actor.source, actor.parent_source, *(one.source for one in actor.aliases))),
        ],
        extensions={EXTENSIONS["actor"]: property_extension(**plain_of(actor))},
    )
    if COUNTRY.fullmatch(actor.country):
        yield from pen.related(actor, id, "attributed-to", pen.state_actor(actor, actor.country))
        yield from pen.related(actor, id, "originates-from", pen.location(actor, actor.country))
    if actor.parent:
        yield from pen.related(actor, id, "related-to", actor_id(actor.parent), description="part of")


def _is_alias(alias: Alias) -> bool:
    return bool(alias.name) and alias.relation is AliasRelation.SAME_AS and not alias.disputed_by


def _in_catalogue(catalogue: str, identifier: str) -> StixObject:
    url = _CATALOGUES.get(catalogue, "").format(identifier)
    return {**reference(catalogue, url, "" if url else identifier), "external_id": identifier or catalogue}
