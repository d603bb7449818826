"""GraphSense ActorPacks, in and out: who the actors are that tags name by their ids.

The schema is GraphSense's (`actorpack_schema.yaml` of graphsense-lib 2.18). An actor's categories complete a tag
whose own say nothing; its label is the name that people read.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from qiyafa.model.errors import InvalidInput, Problem
from qiyafa.model.label import Tlp
from qiyafa.sharing.concepts import CONCEPTS, Meaning, meaning
from qiyafa.sharing.label_draft import LONGEST_TEXT, quoted, text_problem
from qiyafa.sharing.strict_yaml import Table, Value
from qiyafa.sharing.yaml_text import is_yaml_date, yaml_text

_LISTS: Final = ("categories", "jurisdictions", "aliases")
_MOST_CONTEXT: Final = 1 << 16
_ACTOR_FIELDS: Final = frozenset({"id", "label", "uri", "lastmod", "context", *_LISTS})


@dataclass(frozen=True, slots=True)
class Actor:
    """One actor."""

    id: str
    label: str
    uri: str
    categories: tuple[str, ...]
    """GraphSense concepts."""
    jurisdictions: tuple[str, ...] = ()
    """ISO 3166 codes of two letters."""
    aliases: tuple[str, ...] = ()
    """Other ids."""
    lastmod: str = ""
    context: str = ""
    """JSON: addresses on the web, references, names elsewhere."""
    tlp: Tlp = Tlp.CLEAR
    """How far it may be given on; packs themselves do not say."""


@dataclass(slots=True)
class Actors:
    """The actors that are known, by id and alias."""

    by_id: dict[str, Actor] = field(default_factory=dict)
    _meanings: dict[str, Meaning] = field(default_factory=dict)

    @classmethod
    def of(cls, actors: Iterable[Actor]) -> "Actors":
        """Return some actors under their ids, and under those of their aliases that are nobody's id."""
        known = {actor.id: actor for actor in actors}
        aliases = {alias: actor for actor in known.values() for alias in actor.aliases}
        return cls(aliases | known)

    def name_of(self, actor: str) -> str:
        """Return what people call an actor; its id if it is not known."""
        known = self.by_id.get(actor)
        return actor if known is None else known.label

    def meaning_of(self, actor: str) -> Meaning:
        """Return what an actor's categories say."""
        if actor not in self._meanings:
            known = self.by_id.get(actor)
            self._meanings[actor] = meaning(() if known is None else known.categories, known.id if known else actor)
        return self._meanings[actor]


@dataclass(frozen=True, slots=True)
class ActorsRead:
    """What an ActorPack holds."""

    actors: tuple[Actor, ...]
    problems: tuple[Problem, ...]
    left_out: int


def is_actorpack(top: Table) -> bool:
    """Tell whether a document is an ActorPack."""
    return "actors" in top


def read_actorpack(top: Table, source: str) -> ActorsRead:
    """Return the actors of an ActorPack. A bad actor is a problem; a bad header refuses the pack by InvalidInput."""
    if top.repeated:
        raise InvalidInput("labels.pack.repeated", file=source, line=top.line, key=quoted(top.repeated))
    listed = top["actors"]
    if not isinstance(listed, list):
        raise InvalidInput("labels.pack.actors", file=source)
    inherited = {name: value for name, value in top.items() if name in _ACTOR_FIELDS}
    actors: dict[str, Actor] = {}
    problems: list[Problem] = []
    left_out = 0
    for entry in listed:
        place = f"line {entry.line}" if isinstance(entry, Table) else "actors"
        actor = _actor({**inherited, **entry}, entry.repeated) if isinstance(entry, Table) else None
        if actor is None or actor.id in actors:
            left_out += 1
            name = quoted(str(entry.get("id", ""))) if isinstance(entry, Table) else ""
            problems.append(Problem(source, place, "labels.problem.actor", {"id": name}))
            continue
        actors[actor.id] = actor
        unknown = ", ".join(one for one in actor.categories if one not in CONCEPTS)
        if unknown:
            problems.append(Problem(source, place, "labels.problem.concept", {"value": quoted(unknown), "count": 1}))
    return ActorsRead(tuple(actors.values()), tuple(problems), left_out)


def _actor(entry: dict[str, Value], repeated: str) -> Actor | None:
    """Return an actor, or None if it lacks id or label or a field has a wrong type."""
    texts = {name: entry.get(name, "") for name in ("id", "label", "uri", "lastmod")}
    lists = {name: entry.get(name, []) for name in _LISTS}
    context = entry.get("context", "")
    written = context if isinstance(context, str) else json.dumps(context, ensure_ascii=False)
    flat = [one for listed in lists.values() if isinstance(listed, list) for one in listed]
    if (
        repeated
        or not all(
            isinstance(value, str) and not text_problem(value, LONGEST_TEXT) for value in (*texts.values(), *flat)
        )
        or not all(isinstance(listed, list) for listed in lists.values())
        or len(written) > _MOST_CONTEXT
    ):
        return None
    fields = {name: str(value) for name, value in texts.items()}
    if not fields["id"] or not fields["label"].strip():
        return None
    categories, jurisdictions, aliases = (tuple(str(one) for one in lists[name]) for name in _LISTS)
    return Actor(
        fields["id"],
        fields["label"],
        fields["uri"],
        categories,
        jurisdictions,
        aliases,
        lastmod=fields["lastmod"],
        context=written,
    )


def write_actorpack(actors: Iterable[Actor], *, title: str, creator: str, day: str) -> Iterator[str]:
    """Yield the lines of an ActorPack; actors without a date of their own get `day`."""
    yield f"title: {yaml_text(title)}\ncreator: {yaml_text(creator)}\nlastmod: {day}\nactors:\n"
    for actor in actors:
        yield f"- id: {yaml_text(actor.id)}\n  label: {yaml_text(actor.label)}\n  uri: {yaml_text(actor.uri)}\n"
        yield "".join(f"  {name}: [{_listed(getattr(actor, name))}]\n" for name in _LISTS if getattr(actor, name))
        if not actor.categories:
            yield "  categories: []\n"
        if actor.lastmod:
            is_date = is_yaml_date(actor.lastmod)
            yield f"  lastmod: {actor.lastmod if is_date else yaml_text(actor.lastmod)}\n"
        if actor.context:
            yield f"  context: {yaml_text(actor.context)}\n"


def _listed(texts: Iterable[str]) -> str:
    return ", ".join(yaml_text(text) for text in texts)
