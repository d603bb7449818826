"""Find a listed person or company by name, in any of the scripts that its names are written in."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from qiyafa.app.home import Home
from qiyafa.app.lists import open_lists
from qiyafa.lists.aliases import Alias, known_as
from qiyafa.lists.name_matcher import NameMatch, compare_names
from qiyafa.model.designation import ListCoverage, Party
from qiyafa.model.errors import InvalidInput
from qiyafa.model.ports import Progress, silent
from qiyafa.screen.romanise import folded, keys

LEAST_SCORE = 0.75
"""What is shown by default: below it two names are rarely one party's."""
_LONGEST_NAME = 300
_MOST_FOUND = 50


@dataclass(frozen=True, slots=True)
class FoundParty:
    """A listed party whose name is like the one asked for."""

    party: Party
    match: NameMatch


@dataclass(frozen=True, slots=True)
class NameAnswer:
    """What the lists say of a name. An empty answer says only that no imported list has a name like it."""

    asked: str
    found: tuple[FoundParty, ...]
    """Most alike first."""
    aliases: tuple[Alias, ...]
    """What official sources say this name is another name of, whether it is on an imported list or not."""
    lists: tuple[ListCoverage, ...]
    parties: int
    """How many listed parties were looked at."""


def find_names(
    home: Home, names: Sequence[str], *, least_score: float = LEAST_SCORE, progress: Progress = silent
) -> list[NameAnswer]:
    """Return, for each name, the listed parties whose names are like it.

    Raises InvalidInput for a text that is no name, Unavailable if nomenklatura is not installed.
    """
    for name in names:
        if not folded(name) or len(name) > _LONGEST_NAME:
            raise InvalidInput("names.error.no_name", value=name)
    book = open_lists(home)
    parties = [(party, _keys_of(party)) for party in book.parties()]
    coverage = tuple(book.coverage(datetime.now(UTC).date()))
    answers = []
    for number, name in enumerate(names):
        progress("names.progress.comparing", number, len(names))
        answers.append(NameAnswer(name, _search(name, parties, least_score), known_as(name), coverage, len(parties)))
    return answers


def _keys_of(party: Party) -> frozenset[str]:
    return frozenset().union(*(keys(name) for name in (party.name, *party.aliases)))


def _search(asked: str, parties: Iterable[tuple[Party, frozenset[str]]], least_score: float) -> tuple[FoundParty, ...]:
    wanted = keys(asked).union(*(keys(one) for alias in known_as(asked) for one in (alias.name, *alias.aliases)))
    found = [
        FoundParty(party, match)
        for party, known in parties
        if wanted & known
        for match in (compare_names(asked, (party.name, *party.aliases), party.kind),)
        if match.score >= least_score
    ]
    found.sort(key=lambda one: (-one.match.score, one.party.list_id, one.party.entry))
    return tuple(found[:_MOST_FOUND])
