"""Tags of MISP that Qiyafa writes and reads: TLP 2.0 (taxonomy `tlp`) and the galaxy of threat actors.

Identifiers: MISP/misp-taxonomies `tlp`, MISP/misp-galaxy `threat-actor`.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from qiyafa.model.actor import Actor
from qiyafa.model.label import Tlp
from qiyafa.model.parcel import strictest

_COLOURS: Final = {
    Tlp.CLEAR: "#ffffff",
    Tlp.GREEN: "#339900",
    Tlp.AMBER: "#ffc000",
    Tlp.AMBER_STRICT: "#ffc000",
    Tlp.RED: "#cc0033",
}
_LEVELS: Final = {level.value.lower(): level for level in Tlp} | {"tlp:white": Tlp.CLEAR, "tlp:ex:chr": Tlp.RED}
DISTRIBUTION: Final = {Tlp.CLEAR: "3", Tlp.GREEN: "2", Tlp.AMBER: "1", Tlp.AMBER_STRICT: "0", Tlp.RED: "0"}
"""How far a server gives an event on by itself: to everybody, connected communities, this community, this party."""

CATALOGUE: Final = "misp-galaxy"
"""The name under which actors carry the identifier of their cluster."""
_GALAXY: Final = "698774c7-8022-42c4-917f-8d6e4f06ada3"
_VALUES: Final = {
    "68391641-859f-4a9a-9a1e-3e5cf71ec376": "Lazarus Group",
    "825abfd9-7238-4438-a9e7-c08791f4df4e": "TraderTraitor",
    "d8e1762a-0063-48c2-9ea1-8d176d14b70f": "STARDUST CHOLLIMA",
    "bcaaad6f-0597-4b89-b69b-84a6be2b7bc3": "Kimsuky",
}
"""Names of clusters, by which MISP tags; the identifier stands for any other."""


def tlp_tag(level: Tlp) -> dict[str, Any]:
    """Return the tag of a level."""
    return {"name": level.value.lower(), "colour": _COLOURS[level], "exportable": True}


def level_of_tags(tags: object) -> Tlp | None:
    """Return the strictest level that some tags set, None if none is one of TLP; a tag of TLP that nobody knows is as
    strict as can be.
    """
    levels = []
    for tag in tags if isinstance(tags, list) else ():
        name = tag.get("name") if isinstance(tag, dict) else None
        if isinstance(name, str) and name.lower().startswith("tlp:"):
            levels.append(_LEVELS.get(name.lower().strip(), Tlp.RED))
    return strictest(*levels) if levels else None


def galaxies(actors: Iterable[Actor]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the tags of actors that the galaxy knows, and the galaxy with their clusters; nothing for none."""
    clusters = [_cluster(one, identifier) for one in actors for identifier in _identifiers(one)]
    if not clusters:
        return [], []
    tags = [{"name": one["tag_name"], "colour": "#0088cc", "exportable": True} for one in clusters]
    galaxy = {
        "uuid": _GALAXY,
        "name": "Threat Actor",
        "type": "threat-actor",
        "namespace": "misp",
        "version": "3",
        "description": "Known or estimated adversary groups",
        "GalaxyCluster": clusters,
    }
    return tags, [galaxy]


def _identifiers(actor: Actor) -> Iterable[str]:
    return (identifier for catalogue, identifier in actor.identifiers if catalogue == CATALOGUE)


def _cluster(actor: Actor, identifier: str) -> Mapping[str, Any]:
    value = _VALUES.get(identifier, actor.name or actor.id)
    return {
        "uuid": identifier,
        "type": "threat-actor",
        "value": value,
        "tag_name": f'misp-galaxy:threat-actor="{_VALUES.get(identifier, identifier)}"',
        "description": actor.name or actor.id,
    }
