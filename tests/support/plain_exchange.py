"""Collections and the log of deliveries as plain lists and dicts: slow, and easy to believe."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from qiyafa.model.collection import ALL, FIRST, LAST, CollectedItem, Collection, Match, StixItem
from qiyafa.model.label import Tlp
from qiyafa.stores.collections import OURS, Intake, Taken
from qiyafa.stores.deliveries import Delivery, GivenObject

LEVELS = list(Tlp)


@dataclass(frozen=True)
class PlainRow:
    """One version of an object."""

    collection: str
    sender: str
    tlp: Tlp
    item: CollectedItem


@dataclass
class PlainCollections:
    """What collections must answer, worked out row by row."""

    rows: list[PlainRow] = field(default_factory=list)

    def add(self, intake: Intake, items: Iterable[StixItem]) -> list[tuple[Taken, datetime]]:
        """Return what became of each item, and the version under which it stands."""
        newest = max((row.item.added for row in self.rows if row.collection == intake.collection), default=None)
        added = intake.at if newest is None else max(intake.at, newest + timedelta(microseconds=1))
        outcomes = []
        for item in items:
            taken, version = self._add(intake, item, added)
            outcomes.append((taken, version))
            added += timedelta(microseconds=taken is Taken.ADDED)
        return outcomes

    def _add(self, intake: Intake, item: StixItem, added: datetime) -> tuple[Taken, datetime]:
        if intake.sender == OURS:
            self._remove(lambda row: is_of(row, intake.collection, item.id) and row.sender != OURS)
        same = [row for row in self.rows if is_of(row, intake.collection, item.id)]
        version = item.version or added
        there = {row.item.version: row.item.body for row in same}
        if item.version is None and same and same[-1].item.body == item.body:
            return Taken.KNOWN, same[-1].item.version
        if version in there:
            return (Taken.KNOWN if there[version] == item.body else Taken.OTHER), version
        if any(row.sender != intake.sender for row in same):
            return Taken.THEIRS, version
        collected = CollectedItem(item.id, item.type, version, added, item.body)
        self.rows.append(PlainRow(intake.collection, intake.sender, item.tlp, collected))
        return Taken.ADDED, version

    def delete(self, collection: str, versions: Iterable[tuple[str, datetime]], sender: str) -> int:
        """Return how many versions of a sender were removed."""
        gone = set(versions)
        return self._remove(
            lambda row: (row.collection, row.sender) == (collection, sender) and (row.item.id, row.item.version) in gone
        )

    def withhold(self, collection: str, ids: Iterable[str]) -> int:
        """Return of how many objects of ours every version was removed."""
        gone = [
            id for id in set(ids) if self._remove(lambda row, id=id: is_of(row, collection, id) and row.sender == OURS)
        ]
        return len(gone)

    def _remove(self, is_gone) -> int:
        before = len(self.rows)
        self.rows = [row for row in self.rows if not is_gone(row)]
        return before - len(self.rows)

    def found(self, collection: Collection, match: Match) -> list[CollectedItem]:
        """Return everything that a question asks for, whatever its limit."""
        inside = [row for row in self.rows if row.collection == collection.name]
        return [row.item for row in inside if self._fits(row, collection, match)]

    def _fits(self, row: PlainRow, collection: Collection, match: Match) -> bool:
        item = row.item
        versions = sorted(one.item.version for one in self.rows if is_of(one, row.collection, item.id))
        ends = {FIRST: versions[0], LAST: versions[-1], ALL: item.version}
        return (
            LEVELS.index(row.tlp) <= LEVELS.index(collection.tlp)
            and (not match.ids or item.id in match.ids)
            and (not match.types or item.type in match.types)
            and (not match.spec_versions or "2.1" in match.spec_versions)
            and (match.after is None or item.added > match.after)
            and (not match.versions or item.version in {ends.get(one, one) for one in match.versions})
        )


def is_of(row: PlainRow, collection: str, id: str) -> bool:
    """Tell whether a row is a version of an object."""
    return (row.collection, row.item.id) == (collection, id)


def without_body(item: CollectedItem) -> CollectedItem:
    """Return an object as the manifest has it."""
    return replace(item, body=b"")


@dataclass
class PlainDeliveries:
    """When each version of each object was noted first, by object, channel, receiver and version."""

    given: dict[tuple[str, str, str, str], datetime] = field(default_factory=dict)

    def note(self, channel: str, receiver: str, objects: Iterable[GivenObject], at: datetime) -> None:
        """Keep what is not there yet."""
        for one in objects:
            self.given.setdefault((one.id, channel, receiver, one.version), at)

    def all(self) -> list[Delivery]:
        """Return every delivery."""
        return [
            Delivery(GivenObject(id, version), channel, receiver, at)
            for (id, channel, receiver, version), at in sorted(self.given.items())
        ]
