"""The outside of STIX bundles: objects found in JSON without reading them, and which version of each counts.

The objects of a bundle stay bytes until they are needed, so a million of them need little more memory than the file.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec

from qiyafa.model.errors import Field, InvalidInput, Problem
from qiyafa.sharing.byte_order_mark import Buffer, without_mark
from qiyafa.sharing.stix.ids import moment_of_stamp, type_of_id

MOST_OBJECTS: Final = 2_000_000
_MOST_OF_A_KIND: Final = 1000
"""So many problems of one kind are listed; the others are counted."""

Raws = Sequence[msgspec.Raw]


class _Bundle(msgspec.Struct):
    type: str = ""
    objects: list[msgspec.Raw] | msgspec.UnsetType = msgspec.UNSET


class Head(msgspec.Struct, gc=False):
    """What is read of every object."""

    type: str
    id: str
    spec_version: str = ""
    modified: str = ""


_BUNDLE: Final = msgspec.json.Decoder(_Bundle)
_HEAD: Final = msgspec.json.Decoder(Head)
_ANYTHING: Final = msgspec.json.Decoder()


@dataclass(slots=True)
class Notes:
    """Problems of one file, so many of each kind."""

    source: str
    problems: list[Problem] = field(default_factory=list)
    _counts: dict[str, int] = field(default_factory=dict)

    def add(self, place: str, key: str, /, **fields: Field) -> None:
        """Note a problem."""
        count = self._counts[key] = self._counts.get(key, 0) + 1
        if count <= _MOST_OF_A_KIND:
            self.problems.append(Problem(self.source, place, key, fields))

    def closed(self) -> list[Problem]:
        """Return the problems, with how many of a kind are not listed."""
        for key, count in self._counts.items():
            if count > _MOST_OF_A_KIND:
                more: dict[str, Field] = {"count": count - _MOST_OF_A_KIND, "kind": key}
                self.problems.append(Problem(self.source, "", "stix.problem.more", more))
        return self.problems


@dataclass(slots=True)
class Envelope:
    """The objects of a file, each in the version that counts."""

    raws: Raws
    counting: dict[str, int]
    """Where the version that counts stands, by identifier, in the order of the file."""
    of_type: dict[str, list[str]]

    def objects(self, notes: Notes, ids: Iterable[str]) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield objects by their identifiers, each read when its turn comes."""
        for id in ids:
            place = f"object {self.counting[id] + 1}"
            try:
                found = _ANYTHING.decode(self.raws[self.counting[id]])
            except (ValueError, RecursionError):
                notes.add(place, "stix.problem.unreadable")
                continue
            yield place, found


def split_bundle(content: Buffer, file: str) -> Raws:
    """Return the objects of a bundle, or of a TAXII envelope, unread.

    Raises InvalidInput for what is no JSON, nested too deep, no bundle, or holds more than `MOST_OBJECTS`.
    """
    try:
        bundle = _BUNDLE.decode(without_mark(content))
    except RecursionError as error:
        raise InvalidInput("stix.error.deep", file=file) from error
    except msgspec.ValidationError as error:
        raise InvalidInput("stix.error.no_bundle", file=file) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InvalidInput("stix.error.not_json", file=file, reason=str(error)) from error
    objects = bundle.objects
    if bundle.type not in ("bundle", "") or (not bundle.type and isinstance(objects, msgspec.UnsetType)):
        raise InvalidInput("stix.error.no_bundle", file=file)
    if isinstance(objects, msgspec.UnsetType):
        return []
    if len(objects) > MOST_OBJECTS:
        raise InvalidInput("stix.error.too_many", file=file, count=len(objects), most=MOST_OBJECTS)
    return objects


def open_envelope(raws: Raws, notes: Notes) -> Envelope:
    """Return which version of each object counts: the one modified last, and of equals the first."""
    counting: dict[str, int] = {}
    modified: dict[str, str] = {}
    of_type: dict[str, list[str]] = {}
    for index, raw in enumerate(raws):
        try:
            head = _HEAD.decode(raw)
        except (ValueError, RecursionError):
            notes.add(f"object {index + 1}", "stix.problem.no_object")
            continue
        if type_of_id(head.id) != head.type:
            notes.add(f"object {index + 1}", "stix.problem.id", id=head.id)
            continue
        if head.id not in counting:
            counting[head.id], modified[head.id] = index, head.modified
            of_type.setdefault(head.type, []).append(head.id)
            continue
        place = f"object {index + 1}"
        if _is_later(head.modified, modified[head.id]):
            counting[head.id], modified[head.id] = index, head.modified
            notes.add(place, "stix.problem.newer", id=head.id)
        elif _is_later(modified[head.id], head.modified):
            notes.add(place, "stix.problem.older", id=head.id)
        elif bytes(raw) != bytes(raws[counting[head.id]]):
            notes.add(place, "stix.problem.two_things", id=head.id)
    return Envelope(raws, counting, of_type)


def _is_later(one: str, other: str) -> bool:
    moment, before = moment_of_stamp(one), moment_of_stamp(other)
    return moment is not None and (before is None or moment > before)
