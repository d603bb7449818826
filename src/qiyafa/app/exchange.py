"""The exchange: collections of STIX objects that the service shows to others and in which it takes theirs.

What is shown passed the one gate when it was published, or was held against the collection's level when it came in;
what came in stays apart by its sender and is no fact of the record. Whoever is given an object is noted.
"""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec

from qiyafa.app.home import Home
from qiyafa.model.collection import ALL, COLLECTION_NAME, CollectedItem, Collection, Match, Page, StixItem
from qiyafa.model.collection import written_moment as written
from qiyafa.model.errors import InvalidInput, NotFound
from qiyafa.model.label import Tlp
from qiyafa.sharing.taxii_items import Items, read_items, split_by_level
from qiyafa.stores.collections import CollectionStore, Intake, Taken, open_collections
from qiyafa.stores.deliveries import DeliveryLog, GivenObject, open_deliveries
from qiyafa.text import text

STATUS_DAYS: Final = 30
"""So long a sender can ask what became of objects."""
_LONGEST_TITLE: Final = 200
_REFUSED: Final = {Taken.OTHER: "taxii.problem.other", Taken.THEIRS: "taxii.problem.theirs"}


@dataclass(frozen=True, slots=True)
class Sender:
    """Who asks: by which name deliveries are noted and under which what they send is kept."""

    id: str
    """What the sender's objects are kept under; never empty, which is ourselves."""
    name: str


class Exchange:
    """The collections of a home. For any number of threads.

    Every question raises Conflict or Unavailable if the store cannot answer.
    """

    def __init__(self, home: Home, now: Callable[[], datetime]) -> None:
        self._home = home
        self._now = now
        self.store: CollectionStore = open_collections(home.collections)
        self.log: DeliveryLog = open_deliveries(home.deliveries)

    def make(self, name: str, title: str, tlp: Tlp) -> Collection:
        """Make an empty collection. Raises InvalidInput for a name that is none, Conflict if it is taken."""
        if COLLECTION_NAME.fullmatch(name) is None:
            raise InvalidInput("taxii.error.name", name=name)
        if not title.strip() or len(title) > _LONGEST_TITLE:
            raise InvalidInput("taxii.error.title", most=_LONGEST_TITLE)
        made = Collection(self.new_id(), name, title.strip(), tlp)
        self._home.made()
        self.store.make(made)
        return made

    def new_id(self) -> str:
        """Return an identifier that nothing else has."""
        return str(uuid.uuid4())

    def find(self, name_or_id: str) -> Collection:
        """Return a collection by its name or id. Raises NotFound."""
        found = self.store.find(name_or_id)
        if found is None:
            raise NotFound("taxii.error.no_collection", name=name_or_id)
        return found

    def objects(self, collection: Collection, match: Match, receiver: str) -> Page:
        """Return a page of objects, and note that the receiver has them."""
        page = self.store.page(collection, match)
        self._give(collection, page.items, receiver)
        return page

    def one(self, collection: Collection, id: str, match: Match, receiver: str) -> Page:
        """Return versions of one object, and note that the receiver has them. Raises NotFound if it is not there."""
        page = self.objects(collection, match, receiver)
        if not page.items and not self._has(collection, id):
            raise NotFound("taxii.error.no_object", object=id)
        return page

    def listed(self, collection: Collection, match: Match) -> Page:
        """Return a page without the objects' bodies."""
        return self.store.page(collection, match, with_bodies=False)

    def versions(self, collection: Collection, id: str, match: Match) -> Page:
        """Return which versions of an object there are. Raises NotFound if it is not there."""
        page = self.listed(collection, match)
        if not page.items and not self._has(collection, id):
            raise NotFound("taxii.error.no_object", object=id)
        return page

    def receive(self, collection: Collection, content: bytes, sender: Sender) -> bytes:
        """Take in an envelope and return what became of it, as a status of TAXII.

        What is above the collection's level, or names something that is, is refused and not kept.
        Raises InvalidInput for what is no envelope.
        """
        items = read_items(content, text("taxii.word.envelope"))
        at = self._now()
        fitting, above = split_by_level(items.good, collection.tlp)
        intake = Intake(collection.name, sender.id, at)
        if fitting:
            self.store.add(intake, fitting)
        status = _status(at, collection, items, above, list(zip(fitting, intake.outcomes, strict=True)))
        body = msgspec.json.encode(status)
        forgotten = at - timedelta(days=STATUS_DAYS)
        self.store.keep_status(status["id"], sender.id, at, body, forget_before=forgotten)
        return body

    def delete(self, collection: Collection, match: Match, sender: Sender) -> None:
        """Remove versions of an object that the sender added. Raises NotFound if there are none of theirs."""
        removed = 0
        while True:
            page = self.listed(collection, match)
            gone = self.store.delete(collection, [(one.id, one.version) for one in page.items], sender.id)
            removed += gone
            if not page.more or not gone:
                break
        if not removed:
            raise NotFound("taxii.error.not_yours", object=match.ids[0])

    def status(self, id: str, sender: Sender) -> bytes:
        """Return what became of an envelope. Raises NotFound."""
        found = self.store.status(id, sender.id)
        if found is None:
            raise NotFound("taxii.error.no_status", status=id)
        return found

    def close(self) -> None:
        """Let the stores go."""
        self.store.close()
        self.log.close()

    def _give(self, collection: Collection, items: Sequence[CollectedItem], receiver: str) -> None:
        given = [GivenObject(one.id, written(one.version)) for one in items]
        if given:
            self.log.note(channel_of(collection), receiver, given, self._now())

    def _has(self, collection: Collection, id: str) -> bool:
        return bool(self.listed(collection, Match(ids=(id,), versions=(ALL,), limit=1)).items)


def channel_of(collection: Collection) -> str:
    """Return the name by which the log of deliveries knows a collection."""
    return f"taxii:{collection.name}"


def _status(
    at: datetime,
    collection: Collection,
    items: Items,
    above: Sequence[StixItem],
    taken: Sequence[tuple[StixItem, tuple[Taken, datetime]]],
) -> dict[str, Any]:
    """Return a status as TAXII 2.1, section 4.3.1, has it."""
    moment = written(at)
    successes = [_detail(one.id, written(version)) for one, (how, version) in taken if how not in _REFUSED]
    failures = [_detail(one.place, moment, text(one.key, **one.fields)) for one in items.problems]
    level = collection.tlp.value
    failures += [_detail(one.id, _version(one, moment), text("taxii.problem.above", level=level)) for one in above]
    failures += [
        _detail(one.id, written(version), text(_REFUSED[how])) for one, (how, version) in taken if how in _REFUSED
    ]
    return {
        "id": str(uuid.uuid4()),
        "status": "complete",
        "request_timestamp": moment,
        "total_count": len(successes) + len(failures),
        "success_count": len(successes),
        "successes": successes,
        "failure_count": len(failures),
        "failures": failures,
        "pending_count": 0,
    }


def _version(item: StixItem, otherwise: str) -> str:
    return otherwise if item.version is None else written(item.version)


def _detail(id: str, version: str, message: str = "") -> dict[str, str]:
    return {"id": id, "version": version} | ({"message": message} if message else {})
