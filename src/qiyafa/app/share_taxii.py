"""The exchange with TAXII servers: publish into our own collections, fetch from others' and send to them."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from qiyafa.app.clock import utc_now
from qiyafa.app.exchange import Exchange, channel_of
from qiyafa.app.files import written_aside
from qiyafa.app.home import Home
from qiyafa.app.pull_sources import SystemClock
from qiyafa.app.record import record_book
from qiyafa.app.settings import api_key
from qiyafa.app.share import Wanted, collect, places
from qiyafa.documents.ordinary import refuse_special
from qiyafa.model.collection import Collection, StixItem, written_moment
from qiyafa.model.errors import Conflict, InvalidInput, NotFound, Problem, QiyafaError, Unavailable
from qiyafa.model.label import Tlp
from qiyafa.model.parcel import Parcel
from qiyafa.model.ports import Progress, silent
from qiyafa.sharing.release import Channel, Released, release
from qiyafa.sharing.stix.ids import DEFINED
from qiyafa.sharing.stix.writing import encoded, stix_objects
from qiyafa.sharing.taxii_client import DEFAULT_LIMITS, Fetch, Limits, Root, TaxiiClient
from qiyafa.sharing.taxii_http import TaxiiHttp
from qiyafa.sharing.taxii_items import read_items, split_by_level
from qiyafa.stores.collections import OURS, Intake, Taken
from qiyafa.stores.deliveries import GivenObject

_GROUPING = "grouping"
_REPORT_EVERY = 1000
_STAGE_PUBLISH = "taxii.stage.publish"
_STAGE_PULL = "taxii.stage.pull"
_STAGE_PUSH = "taxii.stage.push"
_MOST_FILE_BYTES = 1 << 30


@dataclass(frozen=True, slots=True)
class Published:
    """What became of publishing into a collection."""

    collection: Collection
    added: int
    known: int
    conflicts: tuple[str, ...]
    """Objects that stand there in the same version with another content, which stays."""
    removed: int
    """Objects that were published before and no longer may leave by it."""
    problems: tuple[Problem, ...]
    released: Released


@dataclass(frozen=True, slots=True)
class Server:
    """Where a server is, and how it is asked."""

    url: str
    key_file: Path | None = None
    """Its first line is `USER:PASSWORD` or a key."""
    collection: str = ""
    """Id, alias or title; empty for the only one."""
    limits: Limits = DEFAULT_LIMITS


@dataclass(slots=True)
class Pulled:
    """What was fetched."""

    url: str
    objects: int = 0
    pages: int = 0
    since: datetime | None = None
    until: datetime | None = None
    """Where the next fetch begins."""
    left: QiyafaError | None = None
    """Why the rest was left with the server."""
    problems: list[Problem] = field(default_factory=list)


@dataclass(slots=True)
class Pushed:
    """What was sent."""

    url: str
    sent: int = 0
    """Objects that the server took."""
    known: int = 0
    """That it had."""
    kept: list[StixItem] = field(default_factory=list)
    """Above the level, or naming what is: not sent."""
    pending: int = 0
    problems: list[Problem] = field(default_factory=list)


def publish(home: Home, record: str | None, name: str, wanted: Wanted, *, progress: Progress = silent) -> Published:
    """Put what is wanted into a collection of our own server, as far as its level lets it.

    What is there in the same version is not put again; what may no longer leave is taken out. Raises NotFound for an
    unknown collection, incident or actor.
    """
    exchange = Exchange(home, utc_now)
    collection = exchange.find(name)
    parcel = collect(record_book(home, record), home, wanted)
    released = release(parcel, Channel(channel_of(collection), collection.tlp))
    items, problems = _written(released.leaves, name, progress)
    leaving, _ = split_by_level(items, collection.tlp)
    intake = Intake(collection.name, OURS, utc_now())
    exchange.store.add(intake, leaving)
    every = _ids(parcel, with_shared=wanted.is_everything) if released.kept else set()
    removed = exchange.store.withhold(collection, every - {one.id for one in leaving})
    taken = [how for how, _ in intake.outcomes]
    conflicts = tuple(one.id for one, how in zip(leaving, taken, strict=True) if how is Taken.OTHER)
    added, known = taken.count(Taken.ADDED), taken.count(Taken.KNOWN)
    return Published(collection, added, known, conflicts, removed, tuple(problems), released)


def discover(server: Server) -> list[Root]:
    """Return the API roots of a server and their collections. Raises as `TaxiiClient`."""
    with _client(server) as client:
        return client.roots()


def pull(home: Home, server: Server, out: Path, since: datetime | None, *, progress: Progress = silent) -> Pulled:
    """Write what a collection has got since a moment, else since the last time, as a bundle.

    A server that does not come to an end is left with a reason; what it gave before is kept. Raises Conflict for a file
    that is there, which may hold what an earlier pull fetched, and as `TaxiiClient`.
    """
    if out.is_file():
        raise Conflict("taxii.error.there_already", file=str(out))
    exchange = Exchange(home, utc_now)
    with _client(server) as client:
        place = client.find(server.collection)
        begin = since or exchange.store.pulled_until(place.url)
        fetch = Fetch(place, begin, server.limits)
        with written_aside(out) as file:
            file.write('{"type":"bundle","objects":[\n')
            comma = ""
            for page in client.pages(fetch):
                for one in page:
                    file.write(comma + one.body.decode())
                    comma = ",\n"
                progress(_STAGE_PULL, fetch.objects, 0)
            file.write(f'\n],"id":"bundle--{exchange.new_id()}"}}\n')
    if fetch.until is not None:
        home.made()
        exchange.store.note_pull(place.url, fetch.until)
    return Pulled(place.url, fetch.objects, fetch.pages, begin, fetch.until, fetch.left, fetch.problems)


@dataclass(frozen=True, slots=True)
class Sending:
    """A file to send, and how far it may go."""

    file: Path
    level: Tlp
    """What is above it is not sent."""
    unmarked: Tlp = Tlp.AMBER
    """The level of objects that carry none: what nobody has opened is not open."""


def push(home: Home, server: Server, sending: Sending, *, progress: Progress = silent) -> Pushed:
    """Send what a collection lacks of a bundle, as far as a level lets it leave; note what the server took.

    Raises NotFound for a missing file, InvalidInput for one that is no bundle or a collection that takes nothing, and
    as `TaxiiClient`.
    """
    exchange = Exchange(home, utc_now)
    found = read_items(_content(sending.file), str(sending.file), unmarked=sending.unmarked)
    leaving, kept = split_by_level(found.good, sending.level)
    with _client(server) as client:
        place = client.find(server.collection)
        if not place.listed.can_write:
            raise InvalidInput("taxii.error.not_writable", url=place.url)
        known = client.known(place, [one.id for one in leaving])
        lacking = [one for one in leaving if (one.id, one.version) not in known]
        pushed = Pushed(place.url, known=len(leaving) - len(lacking), kept=kept, problems=list(found.problems))
        for batch, outcome in client.send(place, lacking):
            refused = {one.id: one.message for one in outcome.failures}
            _note(home, exchange, place.url, [one for one in batch if one.id not in refused])
            pushed.sent += len(batch) - len(refused)
            pushed.pending += outcome.pending_count
            pushed.problems += [
                Problem(place.url, id, "taxii.problem.refused", {"object": id, "reason": reason})
                for id, reason in refused.items()
            ]
            progress(_STAGE_PUSH, pushed.sent, len(lacking))
    return pushed


def _note(home: Home, exchange: Exchange, receiver: str, items: Sequence[StixItem]) -> None:
    given = [GivenObject(one.id, "" if one.version is None else written_moment(one.version)) for one in items]
    if given:
        home.made()
        exchange.log.note("taxii", receiver, given, utc_now())


@contextmanager
def _client(server: Server) -> Iterator[TaxiiClient]:
    secret = api_key(server.key_file) if server.key_file is not None else ""
    http = TaxiiHttp(server.url, SystemClock(), secret)
    try:
        yield TaxiiClient(http)
    finally:
        http.close()


def _ids(parcel: Parcel, *, with_shared: bool) -> set[str]:
    """Return the identifiers of a parcel's objects; on demand with those that other parcels may name as well."""
    return {
        str(one["id"])
        for one in stix_objects(parcel, places())
        if with_shared or one.get("created", DEFINED) != DEFINED
    }


def _written(parcel: Parcel, source: str, progress: Progress) -> tuple[list[StixItem], list[Problem]]:
    """Return the objects of a parcel; without the one that groups them, as a collection does that."""
    items: list[StixItem] = []
    problems: list[Problem] = []
    for number, one in enumerate(stix_objects(parcel, places())):
        if one["type"] != _GROUPING:
            found = read_items(b'{"objects":[' + encoded(one) + b"]}", source, unknown=Tlp.RED)
            items += found.good
            problems += found.problems
        if number % _REPORT_EVERY == 0:
            progress(_STAGE_PUBLISH, number, 0)
    return items, problems


def _content(file: Path) -> bytes:
    try:
        refuse_special(file)
        if file.stat().st_size > _MOST_FILE_BYTES:
            raise InvalidInput("taxii.error.file_too_long", file=str(file), most=_MOST_FILE_BYTES >> 20)
        return file.read_bytes()
    except FileNotFoundError as error:
        raise NotFound("taxii.error.no_file", file=str(file)) from error
    except OSError as error:
        raise Unavailable("taxii.error.file_unreadable", file=str(file), reason=error.strerror or str(error)) from error
