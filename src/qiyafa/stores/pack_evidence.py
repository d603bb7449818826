"""What the answers of a pack rest on, as bytes: references to lists and labels, and the sentences that say so.

Evidence is a row of pieces. A piece is one byte (its kind times 4 and the number of its outcome), one byte with the
number of its references, the offset of its sentence in four bytes (all ones: none), and the references: two bytes with
a length, then as many bytes of UTF-8; if the highest bit of the length is set, bytes that are shown as hex digits. A
sentence is two bytes with a length and an array in JSON, the key of the text catalogue and its fields. Each sentence
and each row of pieces is kept once.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from struct import Struct
from typing import Final

from qiyafa.model.errors import Field
from qiyafa.model.verdict import GRAVEST_FIRST, Outcome

OUTCOMES: Final = tuple(reversed(GRAVEST_FIRST))
"""An outcome's number is its place here: the graver, the higher."""
KINDS: Final = ("designation", "past_designation", "label", "exposure", "cluster", "poisoning", "coverage", "format")
"""A kind's number is its place here."""

_HEAD: Final = Struct("<BBI")
_LENGTH: Final = Struct("<H")
_NO_SENTENCE: Final = 0xFFFFFFFF
_HEX: Final = 0x8000
_LONGEST: Final = _HEX - 1
_MOST_REFERENCES: Final = 255
_OUTCOME_BITS: Final = 2

Stretch = Callable[[int, int], bytes]
"""(offset, size) in the evidence: those bytes."""


@dataclass(frozen=True, slots=True)
class PackEvidence:
    """Something that an answer rests on."""

    kind: str
    """One of `KINDS`."""
    outcome: Outcome
    """What the rules made of it."""
    references: tuple[str, ...]
    """`list/version/entry` of a designation, the id of a label, or the rule that weighs an exposure."""
    key: str = ""
    """The sentence in the text catalogue."""
    fields: tuple[tuple[str, Field], ...] = ()
    """What fills it in."""


class EvidencePool:
    """The evidence of a pack while it is written: texts end to end, each kept once."""

    def __init__(self) -> None:
        self._places: dict[bytes, int] = {}
        self._texts: list[bytes] = []
        self._size = 0

    def place(self, evidence: Iterable[PackEvidence]) -> tuple[int, int]:
        """Keep evidence and return (offset, size)."""
        pieces = b"".join(map(self._piece, evidence))
        return (self._keep(pieces) if pieces else 0), len(pieces)

    def data(self) -> bytes:
        """Return all of it."""
        return b"".join(self._texts)

    def _piece(self, one: PackEvidence) -> bytes:
        references = one.references[:_MOST_REFERENCES]
        sentence = self._keep(_sentence(one)) if one.key else _NO_SENTENCE
        kind = KINDS.index(one.kind) << _OUTCOME_BITS | OUTCOMES.index(one.outcome)
        return _HEAD.pack(kind, len(references), sentence) + b"".join(map(_reference, references))

    def _keep(self, text: bytes) -> int:
        place = self._places.get(text)
        if place is None:
            place = self._places[text] = self._size
            self._texts.append(text)
            self._size += len(text)
        return place


def read_evidence(pieces: bytes, stretch: Stretch) -> tuple[PackEvidence, ...]:
    """Return the evidence in a row of pieces; `stretch` gives the sentences they name.

    Raises ValueError (also as UnicodeError), IndexError, TypeError, AttributeError or struct.error if it is none.
    """
    found = []
    at = 0
    while at < len(pieces):
        kind, count, sentence = _HEAD.unpack_from(pieces, at)
        at += _HEAD.size
        references = []
        for _ in range(count):
            (length,) = _LENGTH.unpack_from(pieces, at)
            body = pieces[at + 2 : at + 2 + (length & _LONGEST)]
            references.append(body.hex() if length & _HEX else body.decode("utf-8", "surrogatepass"))
            at += 2 + len(body)
        key, fields = "", {}
        if sentence != _NO_SENTENCE:
            (size,) = _LENGTH.unpack(stretch(sentence, 2))
            key, fields = json.loads(stretch(sentence + 2, size))
        outcome = OUTCOMES[kind & (1 << _OUTCOME_BITS) - 1]
        found.append(PackEvidence(KINDS[kind >> _OUTCOME_BITS], outcome, tuple(references), key, tuple(fields.items())))
    return tuple(found)


def _sentence(one: PackEvidence) -> bytes:
    text = json.dumps([one.key, dict(one.fields)], ensure_ascii=True, separators=(",", ":")).encode("ascii")
    return _LENGTH.pack(len(text)) + text


def _reference(text: str) -> bytes:
    try:
        body = bytes.fromhex(text)
    except ValueError:
        body = b""
    if body and body.hex() == text:
        return _LENGTH.pack(_HEX | len(body)) + body
    body = text.encode("utf-8", "surrogatepass")[:_LONGEST]
    return _LENGTH.pack(len(body)) + body
