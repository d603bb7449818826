"""Recalls: what was withdrawn, who was given it, and whether they were told that it no longer stands."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from qiyafa.app.clock import utc_now
from qiyafa.app.exchange import channel_of
from qiyafa.app.home import Home
from qiyafa.app.record import record_book
from qiyafa.app.share import Wanted, collect
from qiyafa.app.share_deliveries import delivery_log
from qiyafa.chains.formats import FORMATS
from qiyafa.model.actor import Actor
from qiyafa.model.address import Identity
from qiyafa.model.attribution import Attribution
from qiyafa.model.claim import Claim
from qiyafa.model.collection import LAST, Collection, Match
from qiyafa.model.errors import InvalidInput, NotFound
from qiyafa.model.incident import Incident
from qiyafa.model.label import Label
from qiyafa.model.parcel import Item, ItemKey, Parcel, Span, key_of
from qiyafa.model.ports import Progress, silent
from qiyafa.model.record import ENTRY_KINDS, Entry, EntryKind
from qiyafa.model.source import Source
from qiyafa.record.references import references
from qiyafa.sharing.recall import names_of
from qiyafa.sharing.stix.ids import moment_of_stamp, stamp
from qiyafa.stores.collections import CollectionStore, open_collections
from qiyafa.stores.deliveries import Delivery, DeliveryLog
from qiyafa.stores.labels import LabelStore
from qiyafa.stores.record import Change, RecordStore

_STAGE = "recalls.stage.look"


class Told(StrEnum):
    """Whether a receiver knows."""

    NO = "no"
    WAITING = "waiting"
    """The revocation is in the collection from which they fetch; they have not fetched it yet."""
    YES = "yes"


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """That an item no longer stands."""

    item: Item
    at: datetime
    reason: str
    """With who says so, as far as known. May be hostile text."""


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody who was given an item before it was withdrawn."""

    channel: str
    receiver: str
    given: datetime
    told: Told


@dataclass(frozen=True, slots=True)
class Recall:
    """One withdrawal, and who has what was withdrawn."""

    withdrawal: Withdrawal
    holders: tuple[Holder, ...]
    resting: tuple[tuple[EntryKind, str], ...] = ()
    """Entries of the record that stand and name what was withdrawn: they lose that ground, and are not recalled."""

    @property
    def is_open(self) -> bool:
        """Whether somebody was not told."""
        return any(one.told is Told.NO for one in self.holders)


@dataclass(frozen=True, slots=True)
class Recalls:
    """Every withdrawal, and the parcel that says what is withdrawn. The parcel has passed no gate."""

    found: tuple[Recall, ...]
    parcel: Parcel


def find_recalls(home: Home, record: str | None, *, progress: Progress = silent) -> Recalls:
    """Return every withdrawal with those who were given what was withdrawn. Raises QiyafaError as the stores do."""
    book = record_book(home, record)
    withdrawals = [*_entries(book), *_labels(home)]
    standing = collect(book, home, Wanted())
    parcel = _with(replace(standing, labels=tuple(_beside(home, withdrawals))), withdrawals)
    log, collections = delivery_log(home), open_collections(home.collections)
    asking = _Asking(parcel, log, collections, {channel_of(one): one for one in collections.all()})
    resting = _resting(book)
    found = []
    for number, one in enumerate(withdrawals):
        progress(_STAGE, number, len(withdrawals))
        found.append(Recall(one, tuple(asking.holders(one)), tuple(resting.get(key_of(one.item), ()))))
    log.close()
    collections.close()
    return Recalls(tuple(found), parcel)


def _entries(book: RecordStore) -> Iterator[Withdrawal]:
    for revision in book.withdrawn():
        reason = ": ".join(part for part in (revision.author, revision.reason) if part)
        yield Withdrawal(revision.entry, revision.known_from, reason)


def _labels(home: Home) -> Iterator[Withdrawal]:
    store = LabelStore.reading(home.labels)
    if store.exists:
        for label in store.withdrawn():
            assert label.known_from is not None, "a stored label is known since a moment"
            yield Withdrawal(label, label.known_from, label.objection)


def _beside(home: Home, withdrawals: Iterable[Withdrawal]) -> list[Label]:
    """Return the labels that stand of addresses of which something is withdrawn: such an address is named still."""
    identities: set[Identity] = set()
    for one in withdrawals:
        if isinstance(one.item, Label):
            identities.add(one.item.identity)
        elif isinstance(one.item, Incident):
            thefts = (link.theft for link in one.item.thefts)
            read = [FORMATS.read(theft.address, theft.chain) for theft in thefts if theft.address is not None]
            identities.update(reading.identities[0] for reading in read)
    return LabelStore.reading(home.labels).of(sorted(identities), utc_now())


def _with(parcel: Parcel, withdrawals: Iterable[Withdrawal]) -> Parcel:
    """Return a parcel with what was withdrawn in it, each item once."""
    items: dict[ItemKey, Item] = {key_of(item): item for item in parcel.items()}
    spans = dict(parcel.spans)
    withdrawn = set()
    for one in withdrawals:
        key = key_of(one.item)
        items[key] = one.item
        spans[key] = Span(min(spans[key].created, one.at) if key in spans else _first(one), one.at)
        withdrawn.add(key)
    return replace(
        parcel,
        sources=tuple(one for one in items.values() if isinstance(one, Source)),
        actors=tuple(one for one in items.values() if isinstance(one, Actor)),
        incidents=tuple(one for one in items.values() if isinstance(one, Incident)),
        claims=tuple(one for one in items.values() if isinstance(one, Claim)),
        attributions=tuple(one for one in items.values() if isinstance(one, Attribution)),
        labels=tuple(one for one in items.values() if isinstance(one, Label)),
        spans=spans,
        withdrawn=frozenset(withdrawn),
    )


def _first(withdrawal: Withdrawal) -> datetime:
    known: datetime | None = getattr(withdrawal.item, "known_from", None)
    return withdrawal.at if known is None else min(known, withdrawal.at)


@dataclass(frozen=True, slots=True)
class _Asking:
    """What the logs know."""

    parcel: Parcel
    log: DeliveryLog
    store: CollectionStore
    collections: Mapping[str, Collection]
    """Our own, by channel."""

    def holders(self, withdrawal: Withdrawal) -> Iterator[Holder]:
        """Yield who was given an item, by channel and receiver."""
        end = stamp(withdrawal.at)
        given: dict[tuple[str, str], list[Delivery]] = {}
        for name in names_of(withdrawal.item, self.parcel, FORMATS):
            for one in self.log.receivers(name):
                given.setdefault((one.channel, one.receiver), []).append(one)
        for (channel, receiver), deliveries in sorted(given.items()):
            before = [one for one in deliveries if not _says(one.object.version, end)]
            if before:
                told = Told.YES if len(before) < len(deliveries) else self._waiting(channel, before[0], end)
                yield Holder(channel, receiver, min(one.at for one in before), told)

    def _waiting(self, channel: str, delivery: Delivery, end: str) -> Told:
        """Tell whether the revocation of an object waits in the collection that it came from."""
        collection = self.collections.get(channel)
        if collection is None:
            return Told.NO
        page = self.store.page(collection, Match(ids=(delivery.object.id,), versions=(LAST,)), with_bodies=False)
        return Told.WAITING if any(stamp(one.version) == end for one in page.items) else Told.NO


def _says(version: str, end: str) -> bool:
    """Tell whether a version is the one that ends an object."""
    moment = moment_of_stamp(version)
    return moment is not None and stamp(moment) == end


@dataclass(frozen=True, slots=True)
class Withdrawing:
    """Who withdraws an entry, and why."""

    author: str
    reason: str


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """An entry that was withdrawn, and what goes on naming it."""

    entry: Entry
    resting: tuple[tuple[EntryKind, str], ...]


def withdraw_entry(home: Home, record: str | None, kind: EntryKind, id: str, by: Withdrawing) -> Withdrawn:
    """Withdraw an entry of the record, and return it with what rests on it. It stays in the history.

    Raises NotFound if it does not stand, InvalidInput without a reason and as the store refuses.
    """
    if not by.reason.strip():
        raise InvalidInput("recalls.error.no_reason")
    store = record_book(home, record, to_write=True)
    entry = store.get(kind, id)
    if entry is None:
        raise NotFound("share.error.unknown", kind=kind.value, id=id)
    store.apply([Change(entry, by.reason, withdraw=True)], at=utc_now(), author=by.author)
    return Withdrawn(entry, tuple(_resting(store).get(key_of(entry), ())))


def _resting(book: RecordStore) -> Mapping[ItemKey, list[tuple[EntryKind, str]]]:
    """Return by entry what stands in the record and names it, by kind and id."""
    sources = (one for one in book.sources().values() if one.known_to is None)
    entries: tuple[Entry, ...] = (*sources, *book.incidents(), *book.claims(), *book.attributions())
    found: dict[ItemKey, list[tuple[EntryKind, str]]] = {}
    for entry in entries:
        for one in dict.fromkeys(references(entry)):
            found.setdefault((one.kind.value, one.id), []).append((ENTRY_KINDS[type(entry)], entry.id))
    return found
