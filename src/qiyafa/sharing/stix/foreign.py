"""What others say in STIX, as far as the record has a place for it: publications, groups of thieves, addresses.

A statement that names nobody and no page where it can be looked up is not taken in. What a word means is never guessed:
an indicator of `malicious-activity` without a kind says no risk of ours, and keeps the word among its details.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from qiyafa.model.actor import Actor, Alias, AliasRelation
from qiyafa.model.category import ROUTES, Category
from qiyafa.model.label import Label, Tlp, label_id
from qiyafa.model.parcel import Item
from qiyafa.model.ports import AddressReader
from qiyafa.model.source import Source
from qiyafa.sharing.concepts import meaning
from qiyafa.sharing.label_draft import GRADES, LONGEST_TEXT, risk_of, text_problem
from qiyafa.sharing.stix.ids import moment_of_stamp

SUPPORTING: Final = frozenset(
    (  # noqa: SIM905 - as one text they are five lines
        "artifact attack-pattern autonomous-system campaign course-of-action cryptocurrency-transaction"
        " cryptocurrency-wallet directory domain-name email-addr email-message event extension-definition file grouping"
        " identity impact infrastructure ipv4-addr ipv6-addr language-content location mac-addr malware"
        " malware-analysis marking-definition mutex network-traffic observed-data opinion process relationship sighting"
        " software task tool url user-account vulnerability windows-registry-key x509-certificate"
    ).split()
)
"""Types that say nothing of their own that the record holds."""
_STATEMENTS: Final = frozenset(("incident", "indicator", "intrusion-set", "note", "report", "threat-actor"))
KNOWN_TYPES: Final = SUPPORTING | _STATEMENTS

_PATTERN: Final = re.compile(r"\[\s*cryptocurrency-wallet:(?:value|address)\s*=\s*'((?:[^'\\]|\\.)*+)'\s*\]", re.DOTALL)
_ESCAPED: Final = re.compile(r"\\(.)", re.DOTALL)
_WEB: Final = re.compile(r"https?://[^\s/]+\S*")
_UNKNOWN: Final = "unknown"


@dataclass(frozen=True, slots=True)
class Foreign:
    """What is known while an object of somebody else is read."""

    reader: AddressReader
    names: Mapping[str, str]
    """Names of parties, by identifier."""
    level: Tlp
    """How far the object may be given on."""

    def maker(self, found: dict[str, Any]) -> str:
        """Return who made an object; empty if it does not say."""
        return self.names.get(str(found.get("created_by_ref", "")), "")


def told_by_others(found: dict[str, Any], foreign: Foreign) -> tuple[Item, ...] | str:
    """Return what an object says, or the key of the sentence that says why nothing was taken from it."""
    match found["type"]:
        case "report":
            return _report(found, foreign)
        case "intrusion-set" | "threat-actor":
            return _actor(found, foreign)
        case "indicator":
            return _indicator(found, foreign)
        case "incident":
            return "stix.apart.incident"
    return "stix.apart.note"


def _text(found: dict[str, Any], name: str) -> str:
    value = found.get(name)
    return value if isinstance(value, str) else ""


def _texts(found: dict[str, Any], name: str) -> list[str]:
    value = found.get(name)
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []


def _reference(found: dict[str, Any]) -> tuple[str, str]:
    """Return who is cited first with a page on the web, and the page; two empty texts if nobody is."""
    listed = found.get("external_references")
    for one in listed if isinstance(listed, list) else []:
        if isinstance(one, dict) and _WEB.fullmatch(_text(one, "url")):
            return _text(one, "source_name"), _text(one, "url")
    return "", ""


def _source(found: dict[str, Any], foreign: Foreign, title: str) -> Source | None:
    cited, url = _reference(found)
    if not url:
        return None
    published: datetime | None = moment_of_stamp(found.get("published"))
    return Source(
        id=f"source-{found['id']}",
        publisher=cited or foreign.maker(found),
        title=title,
        url=url,
        published=published.date() if published else None,
        tlp=foreign.level,
    )


def _report(found: dict[str, Any], foreign: Foreign) -> tuple[Item, ...] | str:
    source = _source(found, foreign, _text(found, "name"))
    return "stix.apart.no_page" if source is None else (source,)


def _actor(found: dict[str, Any], foreign: Foreign) -> tuple[Item, ...] | str:
    name = _text(found, "name")
    source = _source(found, foreign, name)
    if source is None or not name:
        return "stix.apart.no_page"
    aliases = tuple(
        Alias(alias, AliasRelation.SAME_AS, source.id)
        for alias in dict.fromkeys(_texts(found, "aliases"))
        if alias != name
    )
    return source, Actor(id=found["id"], name=name, source=source.id, aliases=aliases, tlp=foreign.level)


def _indicator(found: dict[str, Any], foreign: Foreign) -> tuple[Item, ...] | str:
    pattern = _PATTERN.fullmatch(_text(found, "pattern").strip())
    if pattern is None or found.get("pattern_type") != "stix":
        return "stix.apart.pattern"
    written = _ESCAPED.sub(r"\1", pattern[1])
    cited, url = _reference(found)
    source = foreign.maker(found) or cited
    name = _text(found, "name") or written
    if not source:
        return "stix.apart.no_source"
    if not written.strip() or any(text_problem(one, LONGEST_TEXT) for one in (written, name, source)):
        return "stix.apart.words"
    types = _texts(found, "indicator_types")
    said = meaning(iter(word.replace("-", "_") for word in (*types, *_texts(found, "labels"))))
    category = said.category or (Category.MIXER if "anonymization" in types else Category.OTHER)
    identity = foreign.reader.read(written).identities[0]
    label = Label(
        id=label_id(identity, None, source, url, (name, "", "")),
        identity=identity,
        written=written,
        chain=None,
        name=name,
        entity="",
        category=category,
        risk=risk_of(category),
        routing=category if category in ROUTES else None,
        confidence=_UNKNOWN,
        grade=GRADES[_UNKNOWN],
        source=source,
        source_url=url,
        origin=url or source,
        tlp=foreign.level,
        valid_from=moment_of_stamp(found.get("valid_from")),
        valid_to=moment_of_stamp(found.get("valid_until")),
        details={"stix.id": found["id"]} | ({"stix.indicator_types": ", ".join(types)} if types else {}),
    )
    return (label,)
