"""STIX objects as TAXII carries them: read as far as a collection must know them, and held back where a level says so.

Each object is written anew from what was read, with its members in order, so that nobody else can read out of the same
bytes something that this reader did not see. Numbers keep every digit; characters that hide text are escaped.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any, Final

import msgspec

from qiyafa.model.collection import STIX_VERSION, StixItem
from qiyafa.model.errors import Problem
from qiyafa.model.label import Tlp
from qiyafa.model.parcel import is_above, strictest
from qiyafa.sharing.stix.envelope import split_bundle
from qiyafa.sharing.stix.ids import moment_of_stamp, type_of_id
from qiyafa.sharing.stix.markings import level_of, levels_defined
from qiyafa.sharing.stix.writing import plainly

MOST_OBJECT_BYTES: Final = 2 << 20
_ID: Final = re.compile(rb"[a-z][a-z0-9-]{1,248}--[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_DEFINITION: Final = "marking-definition"
_DEFINITIONS: Final = frozenset({_DEFINITION, "extension-definition"})
_OBJECTS: Final = b'"objects"'


def _exact(written: str) -> Decimal:
    try:
        return Decimal(written)
    except InvalidOperation as error:
        raise ValueError(written) from error


_DECODER: Final = msgspec.json.Decoder(dict[str, Any], float_hook=_exact)
_ENCODER: Final = msgspec.json.Encoder(decimal_format="number", order="deterministic")


@dataclass(frozen=True, slots=True)
class Items:
    """What a bundle or an envelope holds."""

    good: tuple[StixItem, ...]
    problems: tuple[Problem, ...]
    """One for each object that is none; its place is the object's id, as far as it has one."""


@dataclass(slots=True)
class _Markings:
    """Markings that others defined in the same envelope."""

    unmarked: Tlp
    levels: dict[str, Tlp] = field(default_factory=dict)
    known: set[str] = field(default_factory=set)

    def learn(self, found: dict[str, Any]) -> None:
        """Note a definition."""
        self.levels |= levels_defined(found)
        self.known.add(found["id"])

    def level(self, found: dict[str, Any]) -> Tlp | None:
        """Return the strictest level of an object and its parts; None if one of its markings means nothing here."""
        refs = list(_marks(found))
        levels = [Tlp.CLEAR if refs or found["type"] in _DEFINITIONS else self.unmarked]
        for ref in refs:
            if not isinstance(ref, str):
                return None
            level = level_of([ref], self.levels)
            if level is not None:
                levels.append(level)
            elif ref not in self.known:
                return None
        return strictest(*levels)


def read_items(content: bytes, source: str, *, unmarked: Tlp = Tlp.CLEAR, unknown: Tlp | None = None) -> Items:
    """Return the objects of a bundle or an envelope, and why others are none.

    `unmarked` is the level of an object without a marking, but for definitions, which say nothing of anybody; `unknown`
    that of one with a marking that means nothing here; without it such an object is a problem.
    Raises InvalidInput for what is no JSON, nested too deep, no bundle, or holds too many objects.
    """
    problems: list[Problem] = []
    found: list[dict[str, Any]] = []
    markings = _Markings(unmarked)
    for number, raw in enumerate(_split(content, source), start=1):
        one = _object(bytes(raw))
        problem = _problem(one)
        if one is None or problem is not None:
            place = str((one or {}).get("id", "")) or f"object {number}"
            problems.append(Problem(source, place, problem or "taxii.problem.unreadable", {"object": place}))
            continue
        found.append(one)
        if one["type"] == _DEFINITION:
            markings.learn(one)
    good = []
    for one in found:
        level = markings.level(one) or unknown
        if level is None:
            problems.append(Problem(source, one["id"], "taxii.problem.marking", {"object": one["id"]}))
        else:
            good.append(_item(one, level))
    return Items(tuple(good), tuple(problems))


def split_by_level(items: Sequence[StixItem], level: Tlp) -> tuple[list[StixItem], list[StixItem]]:
    """Return what may leave at a level and what stays: objects above it, and those that name one of them."""
    staying = {one.id for one in items if is_above(one.tlp, level)}
    names = [(one, _names(one)) for one in items]
    before = -1
    while staying and before != len(staying):
        before = len(staying)
        staying |= {one.id for one, named in names if not staying.isdisjoint(named)}
    return [one for one in items if one.id not in staying], [one for one in items if one.id in staying]


def _split(content: bytes, source: str) -> Sequence[msgspec.Raw]:
    """Return the objects unread; an envelope may be without any."""
    if _OBJECTS not in content:
        try:
            if "type" not in _DECODER.decode(content):
                return ()
        except (ValueError, RecursionError):
            # What else it may be is told by whoever reads it next.
            pass
    return split_bundle(content, source)


def _object(raw: bytes) -> dict[str, Any] | None:
    """Return what an object says; None if it is none."""
    if len(raw) > MOST_OBJECT_BYTES:
        return None
    try:
        return _DECODER.decode(raw)
    except (ValueError, RecursionError):
        return None


def _problem(found: dict[str, Any] | None) -> str | None:
    """Return the key of what is wrong with an object, if anything is."""
    if found is None:
        return "taxii.problem.unreadable"
    if not type_of_id(found.get("id")) or type_of_id(found.get("id")) != found.get("type"):
        return "taxii.problem.id"
    if found.get("spec_version", STIX_VERSION) != STIX_VERSION:
        return "taxii.problem.spec_version"
    times = [found[name] for name in ("created", "modified") if name in found]
    if any(moment_of_stamp(one) is None for one in times):
        return "taxii.problem.time"
    if times and "spec_version" not in found:
        # Objects with times of their own must name it; those of STIX 2.0 cannot.
        return "taxii.problem.spec_version"
    return None


def _item(found: dict[str, Any], level: Tlp) -> StixItem:
    version = moment_of_stamp(found.get("modified", found.get("created")))
    return StixItem(found["id"], found["type"], version, level, plainly(_ENCODER.encode(found)))


def _marks(found: dict[str, Any]) -> Iterator[object]:
    """Yield every marking of an object and its parts; whatever else stands in their place is yielded too."""
    refs = found.get("object_marking_refs", [])
    yield from refs if isinstance(refs, list) else [refs]
    parts = found.get("granular_markings", [])
    for part in parts if isinstance(parts, list) else [parts]:
        if not isinstance(part, dict):
            yield part
        elif "marking_ref" in part:
            yield part["marking_ref"]


def _names(item: StixItem) -> set[str]:
    return {found.decode() for found in _ID.findall(item.body)} - {item.id}
