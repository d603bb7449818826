"""TLP 2.0 as STIX marks it: the five marking definitions that OASIS publishes, and TLP 1.0's, which others still use.

Their identifiers and contents: oasis-open/cti-stix-common-objects, extension-definition 60a3c5c5 (TLP 2.0), and
STIX 2.1, section 7.2.1.4 (TLP 1.0).
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from qiyafa.model.label import Tlp
from qiyafa.model.parcel import strictest

TLP_EXTENSION: Final = "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d"
MARKINGS: Final[dict[Tlp, str]] = {
    Tlp.CLEAR: "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487",
    Tlp.GREEN: "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb",
    Tlp.AMBER: "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421",
    Tlp.AMBER_STRICT: "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003",
    Tlp.RED: "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1",
}
_FIRST_VERSION: Final[dict[str, Tlp]] = {
    "marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9": Tlp.CLEAR,
    "marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da": Tlp.GREEN,
    "marking-definition--f88d31f6-486f-44da-b317-01333bde0b82": Tlp.AMBER,
    "marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed": Tlp.RED,
}
_LEVELS: Final = {id: level for level, id in MARKINGS.items()} | _FIRST_VERSION
_WORDS: Final = {
    **{level.value: level for level in Tlp},
    **{level.value.removeprefix("TLP:"): level for level in Tlp},
    "TLP:WHITE": Tlp.CLEAR,
    "WHITE": Tlp.CLEAR,
}
_MADE: Final = "2022-10-01T00:00:00.000Z"


def marking_definition(level: Tlp) -> dict[str, Any]:
    """Return the marking definition of a level, as published."""
    word = level.value.removeprefix("TLP:").lower()
    return {
        "type": "marking-definition",
        "spec_version": "2.1",
        "id": MARKINGS[level],
        "created": _MADE,
        "name": level.value,
        "extensions": {TLP_EXTENSION: {"extension_type": "property-extension", "tlp_2_0": word}},
    }


def level_of(marking_refs: Iterable[str], defined: Mapping[str, Tlp]) -> Tlp | None:
    """Return the strictest level that some markings set, with others' own in `defined`; None if none is one of TLP."""
    levels = (_LEVELS.get(id) or defined.get(id) for id in marking_refs)
    known = [level for level in levels if level is not None]
    return strictest(*known) if known else None


def levels_defined(found: Mapping[str, Any]) -> dict[str, Tlp]:
    """Return the level that a marking definition sets under its identifier: others mint definitions of their own."""
    words: list[object] = [found.get("name")]
    for table, key in ((found.get("definition"), "tlp"), (_extension(found), "tlp_2_0")):
        if isinstance(table, Mapping):
            words.append(table.get(key))
    known = [_WORDS[word.upper()] for word in words if isinstance(word, str) and word.upper() in _WORDS]
    return {found["id"]: strictest(*known)} if known else {}


def _extension(found: Mapping[str, Any]) -> object:
    extensions = found.get("extensions")
    return extensions.get(TLP_EXTENSION) if isinstance(extensions, Mapping) else None
