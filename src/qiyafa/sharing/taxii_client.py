"""A client of TAXII 2.1 servers: what there is, objects page by page, and objects sent.

A server is believed nothing: its answers are read into fixed shapes, a page must bring something new, and there is an
end to how many are read.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, TypeVar

import msgspec

from qiyafa.model.collection import StixItem, written_moment
from qiyafa.model.errors import InvalidInput, NotFound, Problem, QiyafaError, Unavailable
from qiyafa.model.label import Tlp
from qiyafa.sharing.stix.ids import moment_of_stamp
from qiyafa.sharing.taxii_http import Said, TaxiiHttp
from qiyafa.sharing.taxii_items import read_items

PAGE: Final = 500
_POLLS: Final = 20
_POLL_SECONDS: Final = 1.0
_LONGEST_ENVELOPE: Final = 8 << 20
_LEAST_ENVELOPE: Final = 1 << 10
_MICROSECOND: Final = timedelta(microseconds=1)
_ADDED_LAST: Final = "X-TAXII-Date-Added-Last"
_ADDED_FIRST: Final = "X-TAXII-Date-Added-First"


class Discovery(msgspec.Struct):
    """What a server says of itself: TAXII 2.1, section 4.1; and what tells an API root or a collection from it."""

    title: str = ""
    default: str | None = None
    api_roots: list[str] = []
    versions: list[str] = []
    max_content_length: int = _LONGEST_ENVELOPE
    can_read: bool | None = None


class Listed(msgspec.Struct):
    """One collection as its server describes it."""

    id: str
    title: str = ""
    alias: str = ""
    description: str = ""
    can_read: bool = False
    can_write: bool = False


class _Collections(msgspec.Struct):
    collections: list[Listed] = []


class _Paging(msgspec.Struct):
    more: bool = False
    next: str | None = None


class _Record(msgspec.Struct):
    id: str
    version: str = ""
    date_added: str = ""


class _Manifest(_Paging):
    objects: list[_Record] = []


class _Detail(msgspec.Struct):
    id: str = ""
    message: str = ""


class Outcome(msgspec.Struct):
    """What a server says became of objects: TAXII 2.1, section 4.3."""

    id: str
    status: str
    success_count: int = 0
    failure_count: int = 0
    pending_count: int = 0
    failures: list[_Detail] = []


Shape = TypeVar("Shape")


@dataclass(frozen=True, slots=True)
class Root:
    """One API root and the collections in it that are open."""

    url: str
    title: str
    most_bytes: int
    """The largest envelope that it takes."""
    collections: tuple[Listed, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """One collection of a server."""

    root: Root
    listed: Listed

    @property
    def url(self) -> str:
        """Its address, which ends in a slash."""
        return f"{self.root.url}collections/{self.listed.id}/"


@dataclass(frozen=True, slots=True)
class Limits:
    """Where a server that goes on for ever is left."""

    pages: int = 20_000
    objects: int = 2_000_000


DEFAULT_LIMITS: Final = Limits()


@dataclass(slots=True)
class Fetch:
    """Objects of a collection, while they are fetched."""

    place: Place
    after: datetime | None
    limits: Limits = DEFAULT_LIMITS
    pages: int = 0
    objects: int = 0
    until: datetime | None = None
    """Whoever asks again from this moment on misses nothing; None if the server does not say."""
    left: QiyafaError | None = None
    """Why the rest was left with the server; None if all was read."""
    problems: list[Problem] = field(default_factory=list)
    _first: datetime | None = None
    _seen: set[int] = field(default_factory=set)

    def turn(self, said: Said) -> None:
        """Note a page."""
        self.pages += 1
        self.until = moment_of_stamp(said.headers.get(_ADDED_LAST)) or self.until
        self._first = moment_of_stamp(said.headers.get(_ADDED_FIRST))

    def leave(self) -> None:
        """Leave the rest with the server. Objects as old as the last page may be among it, so that is asked again."""
        count = f"{self.objects:,}"
        self.left = Unavailable("taxii.error.endless", url=self.place.url, pages=self.pages, objects=count)
        self.until = None if self._first is None else self._first - _MICROSECOND

    def is_new(self, keys: Sequence[tuple[str, object]]) -> bool:
        """Note what a page brought, and tell whether any of it was not there before."""
        before = len(self._seen)
        self._seen.update(hash(one) for one in keys)
        return len(self._seen) > before


class TaxiiClient:
    """Speaks with one server. Not for several threads.

    Every question raises Unavailable for a server that cannot be reached or that answers something else, InvalidInput
    for a key that does not open what is asked, and NotFound for what is not there.
    """

    def __init__(self, http: TaxiiHttp) -> None:
        self._http = http

    def roots(self) -> list[Root]:
        """Return the API roots at the address, which is that of a server or of one root."""
        url = _slashed(self._http.url)
        found = _read(url, self._http.get(url), Discovery)
        if found.can_read is not None:
            raise InvalidInput("taxii.error.is_collection", url=url)
        if not found.api_roots:
            return [self._root(url, found)]
        addresses = dict.fromkeys(_slashed(self._http.joined(one)) for one in found.api_roots)
        return [self._root(one, _read(one, self._http.get(one), Discovery)) for one in addresses]

    def find(self, name: str) -> Place:
        """Return the collection of an id, an alias or a title; the only one if no name is given.

        Raises NotFound, or InvalidInput where several are meant.
        """
        every = [Place(root, one) for root in self.roots() for one in root.collections]
        found = [one for one in every if not name or name in (one.listed.id, one.listed.alias, one.listed.title)]
        known = ", ".join(one.listed.alias or one.listed.id for one in every)
        if not found:
            raise NotFound("taxii.error.not_listed", name=name, known=known)
        if len(found) > 1:
            raise InvalidInput("taxii.error.several", known=known)
        return found[0]

    def pages(self, fetch: Fetch) -> Iterator[list[StixItem]]:
        """Yield the objects of a collection that came in after a moment, page by page; an end that is none is noted."""
        url = f"{fetch.place.url}objects/"
        for said, more in self._paged(url, fetch):
            found = read_items(said.body, url, unknown=Tlp.RED)
            fetch.problems.extend(found.problems)
            fetch.objects += len(found.good)
            is_new = fetch.is_new([(one.id, one.version) for one in found.good])
            if is_new:
                yield list(found.good)
            if more and (not is_new or fetch.objects >= fetch.limits.objects):
                fetch.leave()

    def known(self, place: Place, ids: Sequence[str]) -> set[tuple[str, datetime | None]]:
        """Return which versions of which objects a collection has, by its manifest; None stands for any version."""
        if not place.listed.can_read:
            return set()
        fetch = Fetch(place, None)
        url, wanted, found = f"{place.url}manifest/", set(ids), set[tuple[str, datetime | None]]()
        for said, more in self._paged(url, fetch, {"match[version]": "all"}):
            records = _read(url, said, _Manifest).objects
            found |= {(one.id, moment_of_stamp(one.version)) for one in records if one.id in wanted}
            if more and not fetch.is_new([(one.id, one.version) for one in records]):
                fetch.leave()
        return found | {(id, None) for id, _ in found}

    def send(self, place: Place, items: Sequence[StixItem]) -> Iterator[tuple[list[StixItem], Outcome]]:
        """Send objects in envelopes that the server takes; yield each batch and what became of it."""
        most = min(_LONGEST_ENVELOPE, max(place.root.most_bytes, _LEAST_ENVELOPE))
        for batch in _batches(items, most):
            body = b'{"objects":[' + b",".join(one.body for one in batch) + b"]}"
            url = f"{place.url}objects/"
            yield batch, self._settled(place, _read(url, self._http.post(url, body), Outcome))

    def _root(self, url: str, found: Discovery) -> Root:
        at = f"{url}collections/"
        listed = _read(at, self._http.get(at), _Collections).collections
        # An id becomes part of an address.
        good = tuple(one for one in listed if one.id and all(part.isalnum() for part in one.id.split("-")))
        return Root(url, found.title, found.max_content_length, good)

    def _paged(self, url: str, fetch: Fetch, more: dict[str, str] | None = None) -> Iterator[tuple[Said, bool]]:
        """Yield answers, and whether there are more, until there are none or the fetch was left."""
        parameters = {"limit": str(PAGE), **(more or {})}
        if fetch.after is not None:
            parameters["added_after"] = written_moment(fetch.after)
        while True:
            said = self._http.get(url, parameters)
            paging = _read(url, said, _Paging)
            fetch.turn(said)
            if paging.more and fetch.pages >= fetch.limits.pages:
                fetch.leave()
            yield said, paging.more
            if not paging.more or fetch.left is not None:
                return
            if paging.next:
                parameters["next"] = paging.next
            elif fetch.until is not None and written_moment(fetch.until) != parameters.get("added_after"):
                parameters["added_after"] = written_moment(fetch.until)
            else:
                fetch.leave()
                return

    def _settled(self, place: Place, outcome: Outcome) -> Outcome:
        """Return an outcome once nothing of it is pending, or as it is when patience ends."""
        for _ in range(_POLLS):
            if outcome.status != "pending" or not all(part.isalnum() for part in outcome.id.split("-")):
                break
            self._http.clock.sleep(_POLL_SECONDS)
            url = f"{place.root.url}status/{outcome.id}/"
            outcome = _read(url, self._http.get(url), Outcome)
        return outcome


def _batches(items: Sequence[StixItem], most: int) -> Iterator[list[StixItem]]:
    batch: list[StixItem] = []
    size = 0
    for item in items:
        if batch and (len(batch) == PAGE or size + len(item.body) + 1 > most - _LEAST_ENVELOPE // 2):
            yield batch
            batch, size = [], 0
        batch.append(item)
        size += len(item.body) + 1
    if batch:
        yield batch


def _read(url: str, said: Said, shape: type[Shape]) -> Shape:
    """Return an answer in its shape. Raises Unavailable for anything else."""
    try:
        return msgspec.json.decode(said.body, type=shape)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Unavailable("taxii.error.answer", url=url, reason=str(error)) from error


def _slashed(url: str) -> str:
    return url if url.endswith("/") else f"{url}/"
