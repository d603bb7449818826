"""Whose names stand in a text: actors of the record under all their names, and parties of the imported lists.

A name in a text is a place to look, never a finding: groups share names, and people share them even more. A listed name
counts only with two words or more.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from qiyafa.app.home import Home
from qiyafa.chains.formats import FORMATS
from qiyafa.documents.names import NameTree
from qiyafa.lists.aliases import curated
from qiyafa.model.actor import Actor
from qiyafa.model.designation import Party
from qiyafa.stores.lists import ListStore

_SEVERAL_WORDS: Final = re.compile(r"\w{2,}\W+\w{2,}")
_SHORTEST_LISTED: Final = 8


class NameKind(StrEnum):
    """Where a name is known from."""

    ACTOR = "actor"
    LISTED = "listed"


@dataclass(frozen=True, slots=True)
class Mention:
    """A name in a text, and who is called so."""

    text: str
    start: int
    end: int
    """Code points from the beginning of the text."""
    kind: NameKind
    id: str
    """Of the actor in the record, or the list and entry of the party; empty for an actor that only has aliases."""
    name: str
    """What the record or the list calls it."""


@dataclass(frozen=True, slots=True)
class _Bearer:
    kind: NameKind
    id: str
    name: str


class NameFinder:
    """Every name that can be found, prepared once for any number of texts."""

    def __init__(self, actors: Mapping[str, Actor], parties: Iterable[Party]) -> None:
        """Take the actors of the record and the parties of the lists. Where both have a name, it is the actor's."""
        self._bearers: dict[str, _Bearer] = {}
        self._tree = NameTree([*self._actor_names(actors), *self._listed_names(parties)])

    def find(self, text: str) -> list[Mention]:
        """Return every name in a text, in order."""
        found = []
        for one in self._tree.find(text):
            bearer = self._bearers[one.entity]
            found.append(Mention(one.text, one.start, one.end, bearer.kind, bearer.id, bearer.name))
        return found

    def _actor_names(self, actors: Mapping[str, Actor]) -> Iterator[tuple[str, str]]:
        by_name = {}
        for actor in actors.values():
            key = f"actor {actor.id}"
            self._bearers[key] = _Bearer(NameKind.ACTOR, actor.id, actor.name)
            by_name[actor.name] = key
            yield actor.name, key
        # Names come before aliases: what is one group's name may be another's alias.
        for actor in actors.values():
            for alias in actor.aliases:
                yield alias.name, f"actor {actor.id}"
        for known in curated():
            key = by_name.get(known.name, f"alias {known.name}")
            self._bearers.setdefault(key, _Bearer(NameKind.ACTOR, "", known.name))
            for name in (known.name, *known.aliases):
                yield name, key

    def _listed_names(self, parties: Iterable[Party]) -> Iterator[tuple[str, str]]:
        for party in parties:
            if party.listed_to is not None:
                continue
            key = f"listed {party.list_id}/{party.entry}"
            self._bearers[key] = _Bearer(NameKind.LISTED, f"{party.list_id}/{party.entry}", party.name)
            for name in (party.name, *party.aliases):
                if len(name) >= _SHORTEST_LISTED and _SEVERAL_WORDS.search(name):
                    yield name, key
                    # Lists put the family name last; newspapers of East Asia put it first.
                    given, _, family = name.rpartition(" ")
                    yield f"{family} {given}", key


def name_finder(home: Home, actors: Mapping[str, Actor]) -> NameFinder:
    """Return a finder of the actors and of the parties that the home's lists name."""
    return NameFinder(actors, ListStore.reading(home.lists, FORMATS).parties())
