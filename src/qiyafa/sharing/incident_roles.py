"""What the part that an address played in an incident says of it, by rule.

A role is a fact about an incident, not a verdict: a victim has no risk, and an exchange that a thief paid into is a
place where a trace stops, not a thief. Only what the thief himself held is stolen funds, and there no trace stops.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from qiyafa.model.category import Category


@dataclass(frozen=True, slots=True)
class RoleMeaning:
    """What a role says."""

    category: Category
    risk: Category | None
    routing: Category | None
    entity: str = ""


@dataclass(frozen=True, slots=True)
class Listing:
    """That the address was put on a sanctions list, which is true only while it lasts."""

    valid_from: datetime | None
    valid_to: datetime | None


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a source can be trusted."""

    confidence: str
    grade: str


_STOLEN: Final = RoleMeaning(Category.STOLEN, Category.STOLEN, None)
_MIXER: Final = RoleMeaning(Category.MIXER, Category.MIXER, Category.MIXER)
_EXCHANGE: Final = RoleMeaning(Category.EXCHANGE, None, Category.EXCHANGE)
_VICTIM: Final = RoleMeaning(Category.OTHER, None, None)

_RULES: Final[tuple[tuple[re.Pattern[str], RoleMeaning], ...]] = (
    (re.compile(r"victim_\w+"), _VICTIM),
    (re.compile(r"OFAC_SDN_mixer|OFAC_SDN_\d{4}-\d\d-\d\d_DELISTED_\d{4}-\d\d-\d\d"), _MIXER),
    (re.compile(r"trace_terminal_SERVICE_NOT_ILLICIT|vce\d+_deposit\w*"), _EXCHANGE),
    (re.compile(r"(?:laundering\d*_)?deposit_(?P<entity>[A-Za-z]+)\w*"), _EXCHANGE),
    (re.compile(r"fbi_\w+(?:-\w+)*|msmt_\w+|mftracer_source"), _STOLEN),
    (re.compile(r"theft\w*|exploiter\w*|stolen_\w+|holding|storage|dormant(?:_[\w-]+)?|tranche_holder"), _STOLEN),
    (re.compile(r"laundering\d*(?:_cex_withdrawal)?|cex_intermediary|swap_intermediary|intermediary_\w+"), _STOLEN),
    (
        re.compile(r"tornado_(?:depositor|withdrawal|intermediary|own_relayer)\w*|commingle_\w+|cluster_head_\w+"),
        _STOLEN,
    ),
    (re.compile(r"malicious_\w+|test_(?:eoa|safe)"), _STOLEN),
    (re.compile(r"OFAC_SDN_Ronin"), _STOLEN),
)
"""First match counts. A `cex_intermediary` lies before an exchange and is the thief's; so is what a `cex_withdrawal`
went to."""

_NAMELESS: Final = frozenset({"IT worker facilitator"})
"""What stands in a role instead of a name."""
_LISTED_PERSON: Final = re.compile(r"OFAC_SDN_(?P<entity>[A-Za-z_]+?)(?:\(order-inferred\))?")
_LISTED: Final = re.compile(r"(?:^|_)OFAC(?:_|$)")
_DELISTED: Final = re.compile(r"_(\d{4}-\d\d-\d\d)_DELISTED_(\d{4}-\d\d-\d\d)")
_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d")

_NAMES: Final = {"Cryptocom": "Crypto.com"}
_INCIDENT_ENTITIES: Final = {
    "mixer_blender": "blender.io",
    "mixer_sinbad": "sinbad.io",
    "mixer_tornado": "Tornado Cash",
}

_STANDINGS: Final[tuple[tuple[re.Pattern[str], Standing], ...]] = (
    (re.compile(r"two independent public repos"), Standing("trusted_provider", "B2")),
    (re.compile(r"OFAC "), Standing("authority_data", "A1")),
    (re.compile(r"FBI |DOJ |US v |MSMT "), Standing("authority_data", "A2")),
    (re.compile(r"announced by "), Standing("service_data", "B2")),
    (re.compile(r"Verichains|Beosin"), Standing("forensic", "B2")),
    (re.compile(r"tayvano|MFTracer"), Standing("forensic", "B3")),
    (re.compile(r""), Standing("web_crawl", "C3")),
)
"""By what the source says of itself, first match: OFAC, then other authorities, then the robbed service, then
analysts with transactions (B2, B3), then what the press and explorers repeat."""


def meaning_of(role: str, incident: str) -> RoleMeaning | None:
    """Return what a role says, or None if no rule knows it."""
    for pattern, meaning in _RULES:
        found = pattern.fullmatch(role)
        if found:
            named = found.groupdict().get("entity") or ""
            entity = _NAMES.get(named, named) or (_INCIDENT_ENTITIES.get(incident, "") if meaning is _MIXER else "")
            return RoleMeaning(meaning.category, meaning.risk, meaning.routing, entity)
    found = _LISTED_PERSON.fullmatch(role)
    if found:
        entity = found["entity"].replace("_", " ")
        return RoleMeaning(Category.SANCTIONED, Category.SANCTIONED, None, "" if entity in _NAMELESS else entity)
    return None


def listing_of(role: str, incident: str, source: str) -> Listing | None:
    """Return since when and until when the address was listed, if its role says that it was."""
    delisted = _DELISTED.search(role)
    if delisted:
        return Listing(_day(delisted[1]), _day(delisted[2]))
    if not _LISTED.search(role):
        return None
    dates = [*_DATE.findall(source), *_DATE.findall(incident)]
    return Listing(_day(dates[0]) if dates else None, None)


def standing_of(role: str, source: str) -> Standing:
    """Return how far a statement of a source can be trusted; what was inferred counts as merely possible (3)."""
    standing = next(standing for pattern, standing in _STANDINGS if pattern.search(source))
    if "inferred" in role or "unconfirmed" in role:
        return Standing("heuristic", f"{standing.grade[0]}3")
    return standing


def _day(written: str) -> datetime | None:
    try:
        return datetime.fromisoformat(written).replace(tzinfo=UTC)
    except ValueError:
        return None
