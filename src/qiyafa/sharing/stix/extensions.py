"""Extension definitions: the community's for wallets and transactions, OASIS's for incidents, and Qiyafa's own.

The community's two are published at github.com/muchdogesec/stix2extensions (Apache 2.0), OASIS's at
github.com/oasis-open/cti-stix-common-objects (incident-ef7). Ours are defined here, in English whatever language is
spoken, since what an identifier means must be the same for everybody.
"""

from typing import Any, Final

from qiyafa.model.label import Tlp
from qiyafa.sharing.stix.ids import DEFINED, object_id
from qiyafa.sharing.stix.markings import MARKINGS

WALLET: Final = "extension-definition--be78509e-6958-51b1-8b26-d17ee0eba2d7"
TRANSACTION: Final = "extension-definition--151d042d-4dcf-5e44-843f-1024440318e5"
INCIDENT_CORE: Final = "extension-definition--ef765651-680c-498d-9894-99799f2fa126"
IMPACT: Final = "extension-definition--7cc33dd6-f6a1-489b-98ea-522d351d71b9"
EVENT: Final = "extension-definition--4ca6de00-5b0d-45ef-a1dc-ea7279ea910e"

QIYAFA: Final = object_id("identity", "qiyafa")
"""The program that writes the objects: whose words they hold, each says itself."""
_DOGESEC: Final = "identity--9779a2db-f98c-5f4b-8d08-8ee04e02dbb5"
_COMMUNITY_MADE: Final = "2020-01-01T00:00:00.000Z"
_COMMUNITY_SCHEMAS: Final = "https://raw.githubusercontent.com/muchdogesec/stix2extensions/main/schemas/scos"
_NUMBERS: Final = "Numbers are decimal texts, never JSON numbers; what is empty is left out."

_OURS: Final[dict[str, tuple[str, str]]] = {
    "source": (
        "Qiyafa source",
        "On a report: id, publisher, title, url, published, edition, Admiralty grade, origin (the source it repeats),"
        " language, tlp, licence.",
    ),
    "actor": (
        "Qiyafa actor",
        "On an intrusion-set: id, name, source, parent, parent_source, country, aliases (name, relation, source,"
        " disputed_by: the source that draws the line elsewhere), identifiers, tlp.",
    ),
    "incident": (
        "Qiyafa incident",
        "On an incident: id, title, kind and, each with the id of its source: dates, victims, amounts by kind"
        " (attempted, blocked, executed, frozen, recovered, outstanding) with bound and basis, assets with CAIP-19,"
        " actors with status, methods, chains as CAIP-2, thefts, links, relations, summary.",
    ),
    "claim": (
        "Qiyafa claim",
        "On a note: who claims what, according to whom. id, claimant, publisher, source, subject, measure, unit,"
        " quantity, bound, lower, upper, modality, period (start and end, both included), cumulative, statement_date,"
        " edition, supersedes, scope, quote (words, and their place in code points), basis, state.",
    ),
    "attribution": (
        "Qiyafa attribution",
        "On a note: an argument about an incident. id, incident, title, author, stated, hypotheses (statement, subject,"
        " answer, words, prior), evidence (words, kind, source, grade, origin, likelihoods, reason), not_considered.",
    ),
    "label": (
        "Qiyafa label",
        "On an indicator: what one source says of one address. id, identity (format and key), written, chain as CAIP-2,"
        " name, entity, category, risk, routing, confidence (TagPack), grade, source, source_url, origin, tlp, role,"
        " incident, valid_from and valid_to, known_from and known_to, state, objection, details.",
    ),
    "account": (
        "Qiyafa account",
        "On a cryptocurrency-wallet: the chains, as CAIP-2, on which the address is known to be used.",
    ),
    "flow": (
        "Qiyafa flow",
        "On a cryptocurrency-transaction: the chain as CAIP-2, the level (tlp) of the strictest entry that names it,"
        " and flows, the transfers in it that carried stolen units: position, source and target, asset as CAIP-19,"
        " units and stolen units in base units, and the trace that found them.",
    ),
    "amount": (
        "Qiyafa amount",
        "On an impact: one amount of an incident, exactly: kind, value, currency, bound, basis, source, as_of.",
    ),
    "hypothesis": (
        "Qiyafa hypothesis",
        "On an opinion: a hypothesis of an attribution (statement, subject, answer) with its probability after all"
        " evidence, to two digits, and the words for it after ICD 203.",
    ),
}
EXTENSIONS: Final[dict[str, str]] = {kind: object_id("extension-definition", kind) for kind in _OURS}
"""The identifiers of our own extensions, by what they hold."""


def property_extension(**values: Any) -> dict[str, Any]:
    """Return the content of a property extension."""
    return {"extension_type": "property-extension", **values}


def definitions() -> list[dict[str, Any]]:
    """Return the program's identity, and the definitions of our own extensions and of the community's two."""
    return [_program(), *(_own(kind) for kind in _OURS), *_community()]


def _program() -> dict[str, Any]:
    return {
        "type": "identity",
        "spec_version": "2.1",
        "id": QIYAFA,
        "created": DEFINED,
        "modified": DEFINED,
        "name": "Qiyafa",
        "identity_class": "system",
        "object_marking_refs": [MARKINGS[Tlp.CLEAR]],
    }


def _own(kind: str) -> dict[str, Any]:
    name, meaning = _OURS[kind]
    return {
        "type": "extension-definition",
        "spec_version": "2.1",
        "id": EXTENSIONS[kind],
        "created_by_ref": QIYAFA,
        "created": DEFINED,
        "modified": DEFINED,
        "name": name,
        "description": meaning,
        "schema": f"{meaning} {_NUMBERS}",
        "version": "1.0.0",
        "extension_types": ["property-extension"],
        "object_marking_refs": [MARKINGS[Tlp.CLEAR]],
    }


def _community() -> list[dict[str, Any]]:
    named = ((WALLET, "wallet", "Cryptocurrency Wallet"), (TRANSACTION, "transaction", "Cryptocurrency Transaction"))
    maker = {
        "type": "identity",
        "spec_version": "2.1",
        "id": _DOGESEC,
        "created": _COMMUNITY_MADE,
        "modified": _COMMUNITY_MADE,
        "name": "dogesec",
        "identity_class": "organization",
        "object_marking_refs": [MARKINGS[Tlp.CLEAR]],
    }
    return [maker] + [
        {
            "type": "extension-definition",
            "spec_version": "2.1",
            "id": id,
            "created_by_ref": _DOGESEC,
            "created": _COMMUNITY_MADE,
            "modified": _COMMUNITY_MADE,
            "name": name,
            "description": f"This extension creates a new SCO that can be used to represent cryptocurrency {word}s.",
            "schema": f"{_COMMUNITY_SCHEMAS}/cryptocurrency-{word}.json",
            "version": "1.0",
            "extension_types": ["new-sco"],
            "object_marking_refs": [MARKINGS[Tlp.CLEAR]],
        }
        for id, word, name in named
    ]
