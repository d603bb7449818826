"""Objects of MISP by their templates: which there are, in which version, and of which type each attribute is.

Templates: MISP/misp-objects. No attribute is a float: exact amounts stand in words and in the attachments.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from qiyafa.model.label import Tlp
from qiyafa.sharing.misp.ids import misp_id
from qiyafa.sharing.misp.tags import tlp_tag

MispObject = dict[str, Any]
WEB: Final = re.compile(r"https?://[!-~]+", re.ASCII)
"""What MISP takes for a link; any other place stands in the words."""


@dataclass(frozen=True, slots=True)
class Template:
    """A template of misp-objects, as far as it is used."""

    name: str
    uuid: str
    version: str
    category: str
    """The meta-category of the object."""
    types: Mapping[str, str]
    """The type of each attribute, by its relation."""


_TEXT: Final = "text"
ADDRESS: Final = Template(
    "coin-address",
    "d0e6997e-78da-4815-a6a1-cfc1c1cb8a46",
    "7",
    "financial",
    {"address": "btc", "address-xmr": "xmr", "address-crypto": _TEXT, "symbol": _TEXT, "text": _TEXT},
)
BITCOIN_TRANSACTION: Final = Template(
    "btc-transaction",
    "B7341729-5A8A-439F-A775-6D814DA3C7B5",
    "4",
    "financial",
    {"transaction-number": _TEXT, "time": "datetime"},
)
TRANSACTION: Final = Template(
    "cryptocurrency-transaction",
    "a4aab70f-e43a-48cb-bf82-505de8228dd6",
    "3",
    "financial",
    {"transaction-number": _TEXT, "symbol": _TEXT, "time": "datetime"},
)
ANNOTATION: Final = Template(
    "annotation",
    "5d8dc046-15a1-4ca3-a09f-ed4ede7c4487",
    "3",
    "misc",
    {"text": _TEXT, "type": _TEXT, "format": _TEXT, "ref": "link", "attachment": "attachment"},
)
REPORT: Final = Template(
    "report",
    "70a68471-df22-4e3f-aa1a-5a3be19f82df",
    "8",
    "misc",
    {"title": _TEXT, "summary": _TEXT, "type": _TEXT, "link": "link", "report-file": "attachment"},
)
_CATEGORIES: Final = {
    "btc": "Financial fraud",
    "xmr": "Financial fraud",
    "link": "External analysis",
    "attachment": "External analysis",
}


@dataclass(slots=True)
class ObjectPen:
    """Writes one object."""

    template: Template
    uuid: str
    level: Tlp
    timestamp: str
    comment: str = ""
    deleted: bool = False
    _attributes: list[dict[str, Any]] = field(default_factory=list)
    _references: list[dict[str, Any]] = field(default_factory=list)

    def add(self, relation: str, value: str, *, to_ids: bool = False, **more: Any) -> None:
        """Add an attribute; one without a value is none."""
        if not value.strip():
            return
        kind = self.template.types[relation]
        number = sum(one["object_relation"] == relation for one in self._attributes)
        self._attributes.append(
            {
                "uuid": misp_id("attribute", self.uuid, relation, str(number)),
                "object_relation": relation,
                "type": kind,
                "category": _CATEGORIES.get(kind, "Other"),
                "value": value,
                "to_ids": to_ids,
                "disable_correlation": kind not in ("btc", "xmr") and relation not in ("address-crypto", "link"),
                "timestamp": self.timestamp,
                "distribution": "5",
                "comment": "",
                "deleted": self.deleted,
                "Tag": [tlp_tag(self.level)],
                **more,
            }
        )

    def refer(self, target: str, relationship: str) -> None:
        """Refer to another object of the event."""
        reference = {
            "uuid": misp_id("reference", self.uuid, relationship, target),
            "object_uuid": self.uuid,
            "referenced_uuid": target,
            "relationship_type": relationship,
            "timestamp": self.timestamp,
            "deleted": self.deleted,
        }
        if reference not in self._references:
            self._references.append(reference)

    def object(self) -> MispObject:
        """Return the object."""
        return {
            "uuid": self.uuid,
            "name": self.template.name,
            "meta-category": self.template.category,
            "description": self.template.name,
            "template_uuid": self.template.uuid,
            "template_version": self.template.version,
            "timestamp": self.timestamp,
            "distribution": "5",
            "comment": self.comment,
            "deleted": self.deleted,
            "Attribute": self._attributes,
            "ObjectReference": self._references,
        }
