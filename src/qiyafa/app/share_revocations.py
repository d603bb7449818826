"""Revocations: the files that tell receivers what no longer stands, each in the format in which they were given it.

What our own collections show is revoked there: whoever fetches from them is told. A revocation passes the gate like
everything else; what stays is told to the sender, who may write it again for a stricter level.
"""

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from qiyafa.app.clock import utc_now
from qiyafa.app.files import written_aside
from qiyafa.app.home import Home
from qiyafa.app.share import places
from qiyafa.app.share_addresses import PLAIN, TABLE
from qiyafa.app.share_addresses import TAGPACK as PACKS
from qiyafa.app.share_deliveries import ADDRESSES, LABELS, MISP, STIX, TAGPACK, delivery_log
from qiyafa.app.share_misp import write_file
from qiyafa.app.share_recalls import Recall, Recalls, Told
from qiyafa.chains.formats import FORMATS
from qiyafa.model.address import Identity
from qiyafa.model.collection import Collection, Match
from qiyafa.model.errors import Unavailable
from qiyafa.model.label import Tlp
from qiyafa.model.parcel import ItemKey, Parcel, key_of, sources_of
from qiyafa.sharing.ioc_list import indicators
from qiyafa.sharing.misp.writing import MispEvent, is_carrier, misp_events
from qiyafa.sharing.recall import labels_of, names_of
from qiyafa.sharing.release import Channel, Kept, release
from qiyafa.sharing.removals import Removal, write_removals_csv, write_removals_yaml
from qiyafa.sharing.stix.ids import stamp
from qiyafa.sharing.stix.pen import StixObject
from qiyafa.sharing.stix.writing import encoded, stix_objects, write_bundle
from qiyafa.sharing.taxii_items import read_items, split_by_level
from qiyafa.stores.collections import OURS, CollectionStore, Intake, Taken, open_collections
from qiyafa.stores.deliveries import GivenObject

PUSHED: Final = "taxii"
"""The channel of what was sent to others' collections."""
_DEFINING: Final = frozenset({"marking-definition", "extension-definition"})
_AT_ONCE: Final = 100
_SLUG: Final = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Revocation:
    """One file that was written."""

    path: Path
    channel: str
    receiver: str
    items: int


@dataclass(slots=True)
class Revocations:
    """What was written, and what stayed."""

    files: list[Revocation] = field(default_factory=list)
    published: dict[str, int] = field(default_factory=dict)
    """How many revocations were put into each of our collections, by name."""
    kept: list[Kept] = field(default_factory=list)
    """Withdrawn items that receivers were not told of, because of the level."""


def write_revocations(home: Home, recalls: Recalls, level: Tlp, folder: Path) -> Revocations:
    """Write a file for each receiver who was not told, note that they are, and revoke in our own collections.

    Raises Unavailable if the folder or a file cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Unavailable("case.not_written", path=str(folder), reason=error.strerror or str(error)) from error
    released = release(recalls.parcel, Channel(str(folder), level))
    done = Revocations()
    open_ones = {key_of(one.withdrawal.item) for one in recalls.found if one.is_open}
    done.kept = [one for one in released.kept if (one.kind, one.id) in open_ones]
    for (channel, receiver), recalled in sorted(_by_receiver(recalls).items()):
        leaving = [one for one in recalled if key_of(one.withdrawal.item) in released.leaves.withdrawn]
        if leaving:
            done.files.append(_Writing(home, released.leaves, leaving, channel, receiver).write(folder))
    _publish(home, recalls, done)
    return done


def _by_receiver(recalls: Recalls) -> dict[tuple[str, str], list[Recall]]:
    """Return what each receiver was not told, but for what they fetch from our own collections."""
    found: dict[tuple[str, str], list[Recall]] = {}
    for recall in recalls.found:
        for holder in recall.holders:
            if holder.told is Told.NO and _writer(holder.channel) is not None:
                found.setdefault((holder.channel, holder.receiver), []).append(recall)
    return found


@dataclass(frozen=True, slots=True)
class _Writing:
    """The revocations for one receiver."""

    home: Home
    leaves: Parcel
    recalls: list[Recall]
    channel: str
    receiver: str

    def write(self, folder: Path) -> Revocation:
        """Write the file, and note the delivery; what goes to another server is noted when it is pushed."""
        writer = _writer(self.channel)
        assert writer is not None, "receivers by other channels were left out"
        ending, write = writer
        digest = hashlib.sha256(f"{self.channel}\n{self.receiver}".encode()).hexdigest()[:8]
        path = folder / f"{_slug(self.channel)}-{_slug(self.receiver)}-{digest}{ending}"
        write(self, path)
        if self.channel != PUSHED:
            delivery_log(self.home).note(self.channel, self.receiver, self._given(), utc_now())
        return Revocation(path, self.channel, self.receiver, len(self.recalls))

    def _given(self) -> Iterator[GivenObject]:
        for one in self.recalls:
            for name in names_of(one.withdrawal.item, self.leaves, FORMATS):
                yield GivenObject(name, stamp(one.withdrawal.at))

    def keys(self) -> frozenset[ItemKey]:
        """Return which items are revoked."""
        return frozenset(key_of(one.withdrawal.item) for one in self.recalls)

    def bundle(self, path: Path) -> None:
        """Write a bundle of revoked objects."""
        with written_aside(path) as file:
            for part in write_bundle(revoked_objects(self.leaves, self.keys())):
                file.write(part.decode())

    def events(self, path: Path) -> None:
        """Write events that hold nothing but deleted objects."""
        names = frozenset(one.id for one in self._given())
        write_file(_deleted(misp_events(self.leaves, places()), names), path)

    def tags(self, path: Path) -> None:
        """Write the list of tags to remove."""
        with written_aside(path) as file:
            file.writelines(write_removals_yaml(self._removals()))

    def rows(self, path: Path) -> None:
        """Write the table of labels to remove."""
        with written_aside(path) as file:
            file.writelines(write_removals_csv(self._removals()))

    def _removals(self) -> Iterator[Removal]:
        named = self._still_named() if self.channel == f"{ADDRESSES}:{PLAIN}" else frozenset()
        for one in self.recalls:
            for label in labels_of(one.withdrawal.item, self.leaves, FORMATS):
                if label.identity not in named:
                    yield Removal(label, stamp(one.withdrawal.at))

    def _still_named(self) -> frozenset[Identity]:
        """Return the addresses that something else goes on naming: a list of mere addresses keeps them."""
        standing = [item for item in self.leaves.items() if key_of(item) not in self.leaves.withdrawn]
        labels = [label for item in standing for label in labels_of(item, self.leaves, FORMATS)]
        return frozenset(one.identity for one in indicators(labels))


_Writer = tuple[str, Callable[[_Writing, Path], None]]
"""The ending of a file, and who writes it."""
_WRITERS: Final[Mapping[str, _Writer]] = {
    STIX: (".json", _Writing.bundle),
    PUSHED: (".json", _Writing.bundle),
    MISP: (".json", _Writing.events),
    TAGPACK: (".yaml", _Writing.tags),
    LABELS: (".csv", _Writing.rows),
    f"{ADDRESSES}:{PLAIN}": (".csv", _Writing.rows),
    f"{ADDRESSES}:{TABLE}": (".csv", _Writing.rows),
    f"{ADDRESSES}:{PACKS}": (".yaml", _Writing.tags),
}


def _writer(channel: str) -> _Writer | None:
    """Return who writes revocations for a channel; None for our own collections, which are revoked in themselves."""
    return _WRITERS.get(channel)


def revoked_objects(leaves: Parcel, keys: frozenset[ItemKey]) -> Iterator[StixObject]:
    """Yield the objects of some withdrawn items, revoked, and the definitions that they need."""
    items = [item for item in leaves.items() if key_of(item) in keys]
    cited = {id for item in items for id in sources_of(item)}
    few = Parcel(
        leaves.as_of,
        sources=tuple(one for one in leaves.sources if one.id in cited or key_of(one) in keys),
        actors=tuple(one for one in leaves.actors if key_of(one) in keys),
        incidents=tuple(one for one in leaves.incidents if key_of(one) in keys),
        claims=tuple(one for one in leaves.claims if key_of(one) in keys),
        attributions=tuple(one for one in leaves.attributions if key_of(one) in keys),
        labels=tuple(one for one in leaves.labels if key_of(one) in keys),
        spans=leaves.spans,
        withdrawn=keys,
    )
    for one in stix_objects(few, places()):
        if one.get("revoked") is True or one["type"] in _DEFINING or one["id"] == one.get("created_by_ref"):
            yield one


def _deleted(events: Iterator[MispEvent], names: frozenset[str]) -> Iterator[MispEvent]:
    """Yield the events of some deleted items with nothing but these, and the addresses that nothing names any more."""
    for event in events:
        deleted = [one for one in event["Object"] if one["deleted"] and (one["uuid"] in names or not is_carrier(one))]
        if any(one["uuid"] in names for one in deleted):
            yield {**event, "Object": deleted}


def _publish(home: Home, recalls: Recalls, done: Revocations) -> None:
    """Put the revoked version of what our collections show into them, as far as their levels let it."""
    store = open_collections(home.collections)
    for collection in store.all():
        leaves = release(recalls.parcel, Channel(collection.name, collection.tlp)).leaves
        revoked = [one for one in revoked_objects(leaves, leaves.withdrawn) if "revoked" in one]
        shown = _shown(store, collection, [one["id"] for one in revoked])
        revoked = [one for one in revoked if one["id"] in shown]
        body = b'{"objects":[' + b",".join(encoded(one) for one in revoked) + b"]}"
        leaving, _ = split_by_level(read_items(body, collection.name, unknown=Tlp.RED).good, collection.tlp)
        if leaving:
            intake = Intake(collection.name, OURS, utc_now())
            store.add(intake, leaving)
            done.published[collection.name] = sum(how is Taken.ADDED for how, _ in intake.outcomes)
    store.close()


def _shown(store: CollectionStore, collection: Collection, ids: list[str]) -> set[str]:
    """Return which of some objects a collection shows."""
    found: set[str] = set()
    for begin in range(0, len(ids), _AT_ONCE):
        match = Match(ids=tuple(ids[begin : begin + _AT_ONCE]), limit=_AT_ONCE)
        found.update(one.id for one in store.page(collection, match, with_bodies=False).items)
    return found


def _slug(words: str) -> str:
    return _SLUG.sub("-", words.lower()).strip("-")[:40] or "receiver"
