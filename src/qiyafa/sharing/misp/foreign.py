"""What others say in MISP, as far as a label can hold it: addresses, each a proposal that a person has to look at.

What an event means for an address is never guessed: a proposal states no risk, and keeps the event among its details.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from qiyafa.model.category import Category
from qiyafa.model.label import Tlp
from qiyafa.model.parcel import strictest
from qiyafa.sharing.label_draft import GRADES, LONGEST_TEXT, Drafting, Statement, text_problem
from qiyafa.sharing.misp.pen import WEB
from qiyafa.sharing.misp.tags import level_of_tags

ADDRESS_OBJECTS: Final = frozenset({"coin-address", "btc-wallet"})
_RELATIONS: Final = frozenset({"address", "address-xmr", "address-crypto", "wallet-address"})
_TYPES: Final = {"btc": "BTC", "xmr": "XMR", "dash": "DASH"}
"""Types of attributes that are addresses, with the ticker of their chain."""
_UNKNOWN: Final = "unknown"


@dataclass(frozen=True, slots=True)
class ForeignEvent:
    """What is known of an event while its addresses are read."""

    uuid: str
    info: str
    maker: str
    page: str
    level: Tlp

    def problem(self) -> str:
        """Return the key of the sentence that says why nothing can be taken from it, or the empty text."""
        if not self.maker.strip():
            return "misp.apart.no_source"
        return text_problem(self.info, LONGEST_TEXT) or text_problem(self.maker, LONGEST_TEXT)


def foreign_event(event: dict[str, Any], unmarked: Tlp) -> ForeignEvent:
    """Return what an event says of itself."""
    maker = event.get("Orgc")
    name = maker.get("name") if isinstance(maker, dict) else None
    pages = [one["value"] for one in attributes_of(event) if one.get("type") == "link"]
    return ForeignEvent(
        str(event["uuid"]),
        str(event["info"]).strip() or str(event["uuid"]),
        name if isinstance(name, str) else "",
        next((page for page in pages if WEB.fullmatch(page)), ""),
        level_of_tags(event.get("Tag")) or unmarked,
    )


def attributes_of(holder: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the attributes of an event or an object that have a text as value."""
    listed = holder.get("Attribute")
    for one in listed if isinstance(listed, list) else ():
        if isinstance(one, dict) and isinstance(one.get("value"), str):
            yield one


def is_deleted(found: dict[str, Any]) -> bool:
    """Tell whether an object or an attribute was taken back by who made it."""
    return found.get("deleted") in (True, "1", 1)


def propose_object(place: str, found: dict[str, Any], event: ForeignEvent, drafting: Drafting) -> int:
    """Propose a label for each address of an object; return how many there are."""
    symbol = next((one["value"] for one in attributes_of(found) if one.get("object_relation") == "symbol"), "")
    count = 0
    for one in attributes_of(found):
        if one.get("object_relation") in _RELATIONS and not is_deleted(one):
            chain = symbol or _TYPES.get(str(one.get("type")), "")
            drafting.add(place, one["value"].strip(), chain, _statement(event, one, found))
            count += 1
    return count


def propose_attribute(place: str, found: dict[str, Any], event: ForeignEvent, drafting: Drafting) -> bool:
    """Propose a label if an attribute is an address, and tell whether it is one."""
    chain = _TYPES.get(str(found.get("type")))
    if chain is None:
        return False
    drafting.add(place, found["value"].strip(), chain, _statement(event, found, found))
    return True


def _statement(event: ForeignEvent, attribute: dict[str, Any], found: dict[str, Any]) -> dict[str, Any]:
    levels = [level_of_tags(one.get("Tag")) for one in (attribute, found)]
    details = {"misp.event": event.uuid, "misp.object": str(found.get("uuid", ""))[:LONGEST_TEXT]}
    comment = attribute.get("comment")
    if isinstance(comment, str) and comment.strip() and not text_problem(comment, LONGEST_TEXT):
        details["misp.comment"] = comment
    return Statement(
        name=event.info,
        entity="",
        category=Category.OTHER,
        routing=None,
        confidence=_UNKNOWN,
        grade=GRADES[_UNKNOWN],
        source=event.maker,
        source_url=event.page,
        origin=event.page or event.maker,
        tlp=strictest(event.level, *(level for level in levels if level is not None)),
        details=details,
    ).fields()
