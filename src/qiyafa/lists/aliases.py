"""Curated aliases: names that official sources say are one party, in the scripts of our readers."""

import tomllib
from functools import cache
from importlib import resources
from typing import NamedTuple

from qiyafa.screen.romanise import folded


class Alias(NamedTuple):
    """One party's names, and who says that they are one."""

    name: str
    aliases: tuple[str, ...]
    source: str


@cache
def curated() -> tuple[Alias, ...]:
    """Return the curated parties, in the order of the file."""
    table = tomllib.loads(resources.files(__package__).joinpath("aliases.toml").read_text(encoding="utf-8"))
    return tuple(Alias(one["name"], tuple(one["aliases"]), one["source"]) for one in table["party"])


def known_as(name: str) -> tuple[Alias, ...]:
    """Return every curated party that is called so, in any script; letters' case and accents do not matter."""
    plain = folded(name)
    return tuple(one for one in curated() if plain in {folded(called) for called in (one.name, *one.aliases)})
