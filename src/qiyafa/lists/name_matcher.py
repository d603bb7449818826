"""How alike two names are: nomenklatura's `logic-v2`, given our own readings of Arabic and Korean names.

nomenklatura compares Latin names well and knows many nicknames and company forms, but reads Hangul and unvowelled
Arabic poorly. So a name in those scripts is first read into the Latin candidates nearest to the name it is compared
with (`screen/romanise.py`); a match through a reading is worth a little less than one of the letters as written.
`nomenklatura` is the optional dependency `qiyafa[names]`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any

from qiyafa.lists.aliases import known_as
from qiyafa.model.errors import Unavailable
from qiyafa.screen.romanise import folded, token_readings

READING_WORTH = 0.95
"""What a match through a reading of another script counts for, of one as written."""
_SCHEMATA = {"person": "Person", "organization": "Organization", "vessel": "Vessel", "aircraft": "Airplane"}


class Through(StrEnum):
    """What made two names meet."""

    WRITTEN = "written"
    READING = "reading"
    ALIAS = "alias"


@dataclass(frozen=True, slots=True)
class NameMatch:
    """How alike two names are."""

    score: float
    """From 0 to 1; a search aid, never a finding."""
    through: Through
    matched: str
    """The name of the party that met the one asked for."""
    read_as: str = ""
    """The reading or the alias that was compared; empty if the name as written."""
    source: str = ""
    """Who says that an alias is the same party."""


def compare_names(asked: str, names: Sequence[str], kind: str = "unknown") -> NameMatch:
    """Return how alike a name is to the nearest of a party's names.

    Raises Unavailable if nomenklatura is not installed.
    """
    found = [_compare_one(asked, name, kind) for name in names if folded(name)]
    return max(found, key=lambda match: match.score, default=NameMatch(0.0, Through.WRITTEN, ""))


def _compare_one(asked: str, name: str, kind: str) -> NameMatch:
    best = NameMatch(_score(asked, name, kind), Through.WRITTEN, name)
    for alias in known_as(asked):
        called = {folded(one) for one in (alias.name, *alias.aliases)}
        if folded(name) in called:
            return NameMatch(1.0, Through.ALIAS, name, alias.name, alias.source)
    for asked_reading, name_reading in _latin_pairs(asked, name):
        score = READING_WORTH * _score(asked_reading, name_reading, kind)
        if score > best.score:
            read = name_reading if asked.isascii() else asked_reading
            best = NameMatch(score, Through.READING, name, read)
    return best


def _latin_pairs(asked: str, name: str) -> list[tuple[str, str]]:
    """Return the pairs of Latin readings to compare; none where both names are Latin already."""
    if asked.isascii() and name.isascii():
        return []
    pairs = [(reading, name) for reading in nearest_readings(asked, name)]
    return [(left, right) for left, latin in pairs for right in nearest_readings(latin, left)]


def nearest_readings(name: str, target: str) -> list[str]:
    """Return, for each way to read a name, the reading whose tokens lie nearest to a target's."""
    levenshtein = _tools().levenshtein
    wanted = [reading for way in token_readings(target)[:1] for token in way for reading in token[:1]]
    nearest = []
    for way in token_readings(name):
        chosen = [
            min(token, key=lambda reading: min((levenshtein(reading, one) for one in wanted), default=0))
            for token in way
        ]
        nearest.append(" ".join(chosen))
    return nearest


@dataclass(frozen=True, slots=True)
class _Tools:
    """What is used of nomenklatura and its companions; loading them takes seconds, so it is done once and late."""

    make_entity: Any
    compare: Any
    config: Any
    levenshtein: Any


@cache
def _tools() -> _Tools:
    try:
        from followthemoney import model
        from nomenklatura.matching import LogicV2
        from rigour.text.distance import levenshtein
    except ImportError as error:
        raise Unavailable("names.error.not_installed") from error
    return _Tools(model.make_entity, LogicV2.compare, LogicV2.default_config(), levenshtein)


def _score(left: str, right: str, kind: str) -> float:
    tools = _tools()
    entities = []
    schema = _SCHEMATA.get(kind, "LegalEntity")
    for side, name in (("left", left), ("right", right)):
        entity = tools.make_entity(schema)
        # nomenklatura remembers the parsed names of an entity by its id.
        entity.id = f"{side}:{schema}:{name}"
        entity.add("name", name)
        entities.append(entity)
    return float(tools.compare(*entities, tools.config).score)
