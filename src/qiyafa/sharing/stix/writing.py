"""A parcel as STIX objects, and objects as a bundle: the same parcel gives the same bytes.

A bundle is written object by object, so its size needs no memory. Its identifier is that of its content; it stands
last.
"""

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

import msgspec

from qiyafa.model.actor import Actor
from qiyafa.model.attribution import Attribution
from qiyafa.model.claim import Claim
from qiyafa.model.incident import Incident
from qiyafa.model.label import Label, Tlp
from qiyafa.model.parcel import LEVELS, Parcel, SharedFlow, tlp_of
from qiyafa.model.source import Source
from qiyafa.sharing.stix.entries import write_actor, write_source
from qiyafa.sharing.stix.extensions import QIYAFA, definitions
from qiyafa.sharing.stix.ids import DEFINED, object_id
from qiyafa.sharing.stix.incidents import write_incident
from qiyafa.sharing.stix.markings import MARKINGS, marking_definition
from qiyafa.sharing.stix.observables import write_flow, write_label
from qiyafa.sharing.stix.pen import Pen, Places, StixObject
from qiyafa.sharing.stix.statements import write_attribution, write_claim

_ENCODER: Final = msgspec.json.Encoder()
_HIDDEN: Final = re.compile(
    rb"\xc2[\x80-\x9f\xad]|\xd8\x9c|\xe2\x80[\x8b-\x8f\xa8-\xae]|\xe2\x81[\xa0-\xaf]|\xef\xbb\xbf|\xef\xbf[\xb9-\xbb]"
)
"""Characters that a terminal or an editor obeys instead of showing: controls, bidirectional and zero-width ones."""

WRITERS: Final[Mapping[type, Callable[[Pen, Any], Iterator[StixObject]]]] = {
    Source: write_source,
    Actor: write_actor,
    Incident: write_incident,
    Claim: write_claim,
    Attribution: write_attribution,
    Label: write_label,
    SharedFlow: write_flow,
}
"""Who writes what."""


def stix_objects(parcel: Parcel, places: Places) -> Iterator[StixObject]:
    """Yield the objects that say what a parcel holds, definitions and markings first, each identifier once.

    The parcel must have passed the gate (`sharing.release`): everything in it is written.
    """
    pen = Pen(parcel, places)
    levels = {tlp_of(item, pen.sources) for item in parcel.items()} | {Tlp.CLEAR}
    yield from (marking_definition(level) for level in LEVELS if level in levels)
    yield from definitions()
    grouped: list[str] = []
    for item in parcel.items():
        for number, written in enumerate(WRITERS[type(item)](pen, item)):
            if number == 0 and written["type"] != "relationship":
                grouped.append(written["id"])
            yield written
    yield from pen.shared()
    if grouped:
        yield _grouping(parcel, pen, grouped)


def _grouping(parcel: Parcel, pen: Pen, ids: list[str]) -> StixObject:
    """Return the object that says that these were given together. Its identifier is that of what it holds."""
    digest = hashlib.sha256("\n".join(sorted(ids)).encode()).hexdigest()
    strictest = max((tlp_of(item, pen.sources) for item in parcel.items()), key=LEVELS.index)
    return {
        "type": "grouping",
        "spec_version": "2.1",
        "id": object_id("grouping", digest),
        "created_by_ref": QIYAFA,
        "created": DEFINED,
        "modified": DEFINED,
        "name": "Qiyafa record",
        "context": "unspecified",
        "object_refs": ids,
        "object_marking_refs": [MARKINGS[strictest]],
    }


def encoded(written: StixObject) -> bytes:
    """Return an object as JSON on one line; characters that hide or reorder text are escaped, so that none stands raw.

    Raises UnicodeEncodeError for half characters, which no store of ours holds.
    """
    return plainly(_ENCODER.encode(written))


def plainly(content: bytes) -> bytes:
    """Return JSON in which characters that hide or reorder text are escaped."""
    return _HIDDEN.sub(_escaped, content)


def _escaped(found: re.Match[bytes]) -> bytes:
    return f"\\u{ord(found[0].decode()):04x}".encode()


def write_bundle(objects: Iterable[StixObject]) -> Iterator[bytes]:
    """Yield a bundle of objects, piece by piece."""
    digest = hashlib.sha256()
    yield b'{"type":"bundle","objects":[\n'
    comma = b""
    for one in objects:
        line = encoded(one)
        digest.update(line)
        yield comma + line
        comma = b",\n"
    yield b'\n],"id":"%s"}\n' % object_id("bundle", digest.hexdigest()).encode()
