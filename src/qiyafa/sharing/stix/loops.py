"""Where objects and entries refer to, and which references lead back to where they began."""

from collections.abc import Hashable, Iterable, Iterator, Mapping
from typing import Any, TypeVar

from qiyafa.model.actor import Actor
from qiyafa.model.claim import Claim
from qiyafa.model.incident import Incident, RelationKind
from qiyafa.model.parcel import ItemKey
from qiyafa.model.record import EntryKind
from qiyafa.sharing.stix.ids import type_of_id

K = TypeVar("K", bound=Hashable)


def on_loops(targets: Mapping[K, Iterable[K]]) -> list[K]:
    """Return what lies on a loop of references, or between two loops, in the given order. In linear time."""
    forward = {one: {target for target in listed if target in targets} for one, listed in targets.items()}
    backward: dict[K, set[K]] = {one: set() for one in forward}
    for one, listed in forward.items():
        for target in listed:
            backward[target].add(one)
    left = dict.fromkeys(forward)
    for onwards, back in ((forward, backward), (backward, forward)):
        ends = [one for one in left if not onwards[one]]
        while ends:
            end = ends.pop()
            if end not in left:
                continue
            del left[end]
            for one in back[end]:
                onwards[one].discard(end)
                if not onwards[one]:
                    ends.append(one)
            for one in onwards[end]:
                back[one].discard(end)
    return list(left)


def references_of(found: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the references of an object by the name of the property, those of its parts and extensions too."""
    waiting = [found]
    while waiting:
        table = waiting.pop()
        for name, value in table.items():
            if isinstance(value, dict):
                waiting.append(value)
            elif isinstance(value, list):
                if name.endswith("_refs"):
                    yield from ((name, one) for one in value if isinstance(one, str) and type_of_id(one))
                else:
                    waiting += [one for one in value if isinstance(one, dict)]
            elif name.endswith("_ref") and isinstance(value, str) and type_of_id(value):
                yield name, value


def onwards(entry: Actor | Incident | Claim) -> list[ItemKey]:
    """Return what an entry is a part of, is the same as, or revises: that must not lead back to it."""
    match entry:
        case Actor():
            return [(EntryKind.ACTOR.value, entry.parent)]
        case Incident():
            tied = (one for one in entry.relations if one.kind is not RelationKind.COUNTED_WITH)
            return [(EntryKind.INCIDENT.value, one.incident) for one in tied]
    return [(EntryKind.CLAIM.value, entry.supersedes)]
