"""The parties of OFAC's advanced XML: names in every script, kind, and the addresses among their features."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final
from xml.etree.ElementTree import Element

_CURRENCY: Final = "Digital Currency Address"
_KINDS: Final = {"Individual": "person", "Entity": "organization", "Vessel": "vessel", "Aircraft": "aircraft"}
_LAST_PARTS: Final = ("Last Name", "Maiden Name")
"""In Latin script OFAC's parts of a name begin with the family's; names are given here with it last."""


@dataclass(frozen=True, slots=True)
class ReferenceValues:
    """What the ids of one file mean, by id."""

    tickers: dict[str, str] = field(default_factory=dict)
    """The ticker of a feature type that is a digital-currency address."""
    features: frozenset[str] = frozenset()
    """Every feature type."""
    kinds: dict[str, str] = field(default_factory=dict)
    """The kind of a party's subtype."""
    name_parts: dict[str, str] = field(default_factory=dict)
    latin: frozenset[str] = frozenset()
    """The Latin script."""
    relations: dict[str, str] = field(default_factory=dict)
    events: dict[str, str] = field(default_factory=dict)
    legal_bases: dict[str, str] = field(default_factory=dict)
    measures: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, sets: Element) -> "ReferenceValues":
        """Return the values that an element `ReferenceValueSets` defines."""
        features = _texts(sets, "FeatureType")
        parties = _texts(sets, "PartyType")
        kinds = {}
        for sub in sets.iter("PartySubType"):
            written = (spoken(sub), parties.get(sub.get("PartyTypeID", ""), ""))
            kinds[sub.get("ID", "")] = next((_KINDS[one] for one in written if one in _KINDS), "unknown")
        return cls(
            tickers={
                number: name.partition("-")[2].strip()
                for number, name in features.items()
                if name.startswith(_CURRENCY)
            },
            features=frozenset(features),
            kinds=kinds,
            name_parts=_texts(sets, "NamePartType"),
            latin=frozenset(number for number, name in _texts(sets, "Script").items() if name == "Latin"),
            relations=_texts(sets, "RelationType"),
            events=_texts(sets, "EntryEventType"),
            legal_bases=_texts(sets, "LegalBasis"),
            measures=_texts(sets, "SanctionsType"),
        )


@dataclass(frozen=True, slots=True)
class Profile:
    """One party."""

    id: str
    entry: str
    """OFAC's own number of the party (`FixedRef`)."""
    name: str
    aliases: tuple[str, ...]
    kind: str
    addresses: tuple[tuple[str, str], ...]
    """(ticker, address as written)."""


def read_profile(element: Element, entry: str, values: ReferenceValues) -> tuple[Profile, tuple[str, ...]]:
    """Return a party, and the ids of feature types that the file uses and does not define."""
    names = dict.fromkeys(_names(element, values))
    main = next(iter(names), "")
    types = dict.fromkeys(one.get("FeatureTypeID", "") for one in element.iter("Feature"))
    profile = Profile(
        id=element.get("ID", ""),
        entry=entry,
        name=main,
        aliases=tuple(name for name in names if name != main),
        kind=values.kinds.get(element.get("PartySubTypeID", ""), "unknown"),
        addresses=tuple(dict.fromkeys(_addresses(element, values))),
    )
    return profile, tuple(one for one in types if one not in values.features)


def spoken(element: Element | None) -> str:
    """Return the text of an element without the spaces around it; empty if there is none."""
    return "" if element is None or element.text is None else element.text.strip()


def _texts(sets: Element, name: str) -> dict[str, str]:
    return {one.get("ID", ""): spoken(one) for one in sets.iter(name)}


def _addresses(profile: Element, values: ReferenceValues) -> Iterator[tuple[str, str]]:
    for feature in profile.iter("Feature"):
        ticker = values.tickers.get(feature.get("FeatureTypeID", ""))
        if ticker is not None:
            yield from ((ticker, written) for detail in feature.iter("VersionDetail") if (written := spoken(detail)))


def _names(profile: Element, values: ReferenceValues) -> Iterator[str]:
    """Yield every name, the main one first: the primary identity's primary alias, in Latin script if it has that."""
    for identity in sorted(profile.findall("Identity"), key=_is_secondary):
        parts = {
            group.get("ID", ""): values.name_parts.get(group.get("NamePartTypeID", ""), "")
            for group in identity.iter("NamePartGroup")
        }
        for alias in sorted(identity.findall("Alias"), key=_is_secondary):
            names = [_name(one, parts, values) for one in alias.iter("DocumentedName")]
            yield from (name for _, name in sorted(names, key=lambda name: not name[0]) if name)


def _name(documented: Element, parts: dict[str, str], values: ReferenceValues) -> tuple[bool, str]:
    """Return whether a name is in Latin script, and the name."""
    written = list(documented.iter("NamePartValue"))
    is_latin = all(one.get("ScriptID", "") in values.latin for one in written)
    if is_latin:
        written.sort(key=lambda one: parts.get(one.get("NamePartGroupID", "")) in _LAST_PARTS)
    return is_latin, " ".join(filter(None, map(spoken, written)))


def _is_secondary(element: Element) -> bool:
    return element.get("Primary", "false").lower() != "true"
