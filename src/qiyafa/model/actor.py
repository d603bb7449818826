"""Who is said to do it: groups of thieves, under the many names that others give them.

Names of groups are claims: one vendor folds into one group what another keeps apart. So an alias always says who uses
it, and is disputed where somebody else draws the line elsewhere; it is never an identity.
"""

from dataclasses import dataclass
from enum import StrEnum

from qiyafa.model.label import Tlp


class AliasRelation(StrEnum):
    """What a source says of a name."""

    SAME_AS = "same as"
    PART_OF = "part of"
    """The name means a part of the actor."""
    OVERLAPS = "overlaps"


@dataclass(frozen=True, slots=True)
class Alias:
    """A name for an actor, as one source uses it."""

    name: str
    relation: AliasRelation
    source: str
    disputed_by: str = ""
    """Id of a source that draws the line elsewhere; empty if none is known."""


@dataclass(frozen=True, slots=True)
class Actor:
    """A group, or the state behind it."""

    id: str
    """Lower case, digits, hyphens, e.g. `dprk`, `lazarus`, `trader-traitor`."""
    name: str
    source: str
    """Id of the source of the name."""
    parent: str = ""
    """Id of the actor that it is said to belong to."""
    parent_source: str = ""
    country: str = ""
    """ISO 3166-1 alpha-2 of the state that is said to stand behind it."""
    aliases: tuple[Alias, ...] = ()
    identifiers: tuple[tuple[str, str], ...] = ()
    """Public catalogues' identifiers: (catalogue, identifier), e.g. (`mitre-attack`, `G0032`)."""
    tlp: Tlp = Tlp.CLEAR
