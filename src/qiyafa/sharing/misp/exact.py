"""The exact record beside the words: a JSON attachment that says an item as it is, and when it became known."""

import base64
import binascii
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import msgspec

from qiyafa.model.actor import Actor
from qiyafa.model.attribution import Attribution
from qiyafa.model.claim import Claim
from qiyafa.model.incident import Incident
from qiyafa.model.label import Label
from qiyafa.model.parcel import FLOW, LABEL, Item, Parcel, SharedFlow, Span, key_of
from qiyafa.model.record import EntryKind
from qiyafa.model.source import Source
from qiyafa.sharing.stix.plain import Unreadable, plain_of, record_of

SHAPES: Final[dict[str, type]] = {
    EntryKind.SOURCE.value: Source,
    EntryKind.ACTOR.value: Actor,
    EntryKind.INCIDENT.value: Incident,
    EntryKind.CLAIM.value: Claim,
    EntryKind.ATTRIBUTION.value: Attribution,
    LABEL: Label,
    FLOW: SharedFlow,
}
EXACT: Final = "The exact record, for Qiyafa"
"""The comment of the attachments by which they are known."""
_MOST_BYTES: Final = 1 << 24
_ENCODER: Final = msgspec.json.Encoder(order="sorted")


class _Exact(msgspec.Struct):
    kind: str
    record: dict[str, Any]
    created: datetime
    modified: datetime


@dataclass(frozen=True, slots=True)
class ExactItem:
    """An item that was carried, and when it became known and was changed."""

    item: Item
    span: Span


def exact_data(parcel: Parcel, item: Item) -> str:
    """Return an item as the data of an attachment."""
    span = parcel.span(item)
    written = {
        "kind": key_of(item)[0],
        "record": plain_of(item),
        "created": span.created.isoformat(),
        "modified": span.modified.isoformat(),
    }
    return base64.b64encode(_ENCODER.encode(written)).decode()


def exact_item(data: object) -> ExactItem:
    """Return the item that an attachment carries. Raises Unreadable for what carries none."""
    if not isinstance(data, str) or len(data) > _MOST_BYTES:
        raise Unreadable("data")
    try:
        found = msgspec.json.decode(base64.b64decode(data, validate=True), type=_Exact)
    except (binascii.Error, msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise Unreadable("data") from error
    if found.kind not in SHAPES or found.created.tzinfo is None or found.modified.tzinfo is None:
        raise Unreadable("kind")
    item: Any = record_of(SHAPES[found.kind], found.record)
    return ExactItem(item, Span(found.created, found.modified))
