"""Our client against OASIS's own server, and against servers that mean harm."""

import itertools
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from qiyafa.model.errors import InvalidInput, NotFound, QiyafaError, Unavailable
from qiyafa.sharing.taxii_client import Fetch, Limits, TaxiiClient
from qiyafa.sharing.taxii_http import Patience, TaxiiHttp
from qiyafa.sharing.taxii_items import read_items

from support.medallion_server import INBOX, PASSWORD, USER, running_medallion
from support.stix_samples import canonical, envelope, identity, mixed

MEDIA = "application/taxii+json;version=2.1"
SECRET = "a-user:a-password"
ID = "91a7b528-80eb-42ed-a74d-c6fbd5a26116"


@dataclass
class NoWait:
    """A clock that does not wait, and remembers for how long it would have."""

    waited: list[float] = field(default_factory=list)
    moment: float = 0.0

    def now(self) -> float:
        return self.moment

    def sleep(self, seconds: float) -> None:
        self.waited.append(seconds)


Answer = tuple[int, bytes, dict[str, str]]


@contextmanager
def lying(answers: Callable[[str, dict[str, str]], Answer | object]) -> Iterator[str]:
    """Give the address of a server whose collection's objects are whatever a function says."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(path.query).items()}
            said = answers(path.path, query)
            status, body, headers = said if isinstance(said, tuple) else (200, json.dumps(said).encode(), {})
            self.send_response(status)
            for name, value in {"Content-Type": MEDIA, "Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/taxii2/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)


def collection_of(objects: Callable[[dict[str, str]], Answer | object]) -> Callable[[str, dict[str, str]], Any]:
    """A server with one root and one collection, which says this when it is asked for objects."""

    def answers(path: str, query: dict[str, str]) -> Answer | object:
        if path.endswith(("/objects/", "/manifest/")):
            return objects(query)
        if path.endswith("/collections/"):
            return {"collections": [{"id": ID, "title": "Alerts", "can_read": True, "can_write": True}]}
        return {"title": "A", "api_roots": ["/root/"], "versions": [], "max_content_length": 1 << 20}

    return answers


@contextmanager
def client(url: str, secret: str = "", **patience: Any) -> Iterator[TaxiiClient]:
    http = TaxiiHttp(url, NoWait(), secret, Patience(**patience))
    try:
        yield TaxiiClient(http)
    finally:
        http.close()


FEW = Limits(pages=50, objects=5000)


def fetched(url: str, limits: Limits = FEW) -> tuple[Fetch, list[dict[str, Any]]]:
    with client(url) as speaking:
        fetch = Fetch(speaking.find(""), None, limits)
        return fetch, [json.loads(one.body) for page in speaking.pages(fetch) for one in page]


def refusal(url: str, secret: str = "", **patience: Any) -> QiyafaError:
    with client(url, secret, **patience) as speaking, pytest.raises(QiyafaError) as refused:
        list(speaking.pages(Fetch(speaking.find(""), None)))
    assert "a-password" not in str(refused.value)
    return refused.value


@pytest.mark.parametrize("count", [200, pytest.param(1000, marks=pytest.mark.slow)])
def test_objects_go_to_medallion_and_come_back_without_a_difference(count: int) -> None:
    objects = mixed(count)
    with running_medallion(page=count // 4) as url, client(url, f"{USER}:{PASSWORD}") as speaking:
        place = speaking.find("Inbox")
        assert place.listed.id == INBOX
        items = read_items(envelope(*objects), "test").good
        assert sum(outcome.success_count for _, outcome in speaking.send(place, items)) == count
        known = speaking.known(place, [one.id for one in items])
        assert all((one.id, one.version) in known for one in items)
        fetch = Fetch(place, None)
        back = [json.loads(one.body) for page in speaking.pages(fetch) for one in page]
        assert (canonical(back) == canonical(objects), fetch.pages, fetch.left) == (True, 4, None)
        later = Fetch(place, fetch.until)
        assert list(speaking.pages(later)) == []


def test_medallion_refuses_a_wrong_key_with_a_sentence() -> None:
    with running_medallion() as url:
        assert refusal(url, f"{USER}:wrong").key == "taxii.error.not_open"
        assert refusal(url).key == "taxii.error.not_open"


def test_a_server_that_gives_the_same_page_for_ever_is_left() -> None:
    page = {"more": True, "next": "again", "objects": [identity(1)]}
    with lying(collection_of(lambda _: page)) as url:
        fetch, found = fetched(url)
    assert (found, fetch.pages) == ([identity(1)], 2)
    assert fetch.left is not None
    assert fetch.left.key == "taxii.error.endless"


def test_a_server_that_always_has_something_new_is_left_at_a_limit() -> None:
    count = itertools.count()

    def objects(_: dict[str, str]) -> object:
        number = next(count)
        return {"more": True, "next": str(number), "objects": [identity(number * 10 + one) for one in range(10)]}

    with lying(collection_of(objects)) as url:
        fetch, found = fetched(url, Limits(pages=7, objects=5000))
        assert (len(found), fetch.pages, fetch.left is not None) == (70, 7, True)
        fetch, found = fetched(url, Limits(pages=5000, objects=95))
        assert (len(found), fetch.left is not None) == (100, True)


@pytest.mark.parametrize("page", [{"more": True}, {"more": True, "next": "x"}, {"more": True, "objects": []}])
def test_a_server_that_has_more_and_never_gives_it_is_left(page: dict[str, object]) -> None:
    with lying(collection_of(lambda _: page)) as url:
        fetch, found = fetched(url)
    assert (found, fetch.pages, fetch.left is not None) == ([], 1, True)


def test_where_a_server_says_no_next_the_time_of_the_last_object_goes_on() -> None:
    def objects(query: dict[str, str]) -> Answer:
        number = int(query.get("added_after", "2024-01-01T00:00:00.000000Z")[18:19])
        added = f"2024-01-01T00:00:0{number + 1}.000000Z"
        body = json.dumps({"more": number < 4, "objects": [identity(number)]}).encode()
        return 200, body, {"X-TAXII-Date-Added-First": added, "X-TAXII-Date-Added-Last": added}

    with lying(collection_of(objects)) as url:
        fetch, found = fetched(url)
    assert (found, fetch.left) == ([identity(number) for number in range(5)], None)
    assert fetch.until == datetime(2024, 1, 1, 0, 0, 5, tzinfo=UTC)


def test_a_fetch_that_was_left_goes_on_before_its_last_page() -> None:
    added = {"X-TAXII-Date-Added-First": "2024-01-01T00:00:01Z", "X-TAXII-Date-Added-Last": "2024-01-01T00:00:02Z"}
    body = json.dumps({"more": True, "next": "again", "objects": [identity(1)]}).encode()
    with lying(collection_of(lambda _: (200, body, added))) as url:
        fetch, _ = fetched(url)
    assert fetch.until == datetime(2024, 1, 1, 0, 0, 0, 999999, tzinfo=UTC)


def test_objects_that_are_none_are_problems_and_the_others_come() -> None:
    bad = [5, {"type": "note"}, {**identity(2), "modified": 7}, identity(1), {**identity(3), "id": "identity--\u202e"}]
    with lying(collection_of(lambda _: {"objects": bad})) as url:
        fetch, found = fetched(url)
    assert (found, len(fetch.problems), fetch.left) == ([identity(1)], 4, None)


@pytest.mark.parametrize(
    "body",
    [
        b"<html>",
        b"",
        b"[]",
        b"null",
        b'{"more":"yes"}',
        b'{"objects":{}}',
        b'{"objects":"' + b"x" * 10 + b'"}',
        b'{"next":["a"]}',
        b'{"objects":[{"id":"\\ud800"}]}',
        b'{"objects":' + b"[" * 50_000,
        b"\xff",
    ],
)
def test_answers_of_another_shape_are_refused_with_a_sentence(body: bytes) -> None:
    with lying(collection_of(lambda _: (200, body, {}))) as url:
        assert isinstance(refusal(url), Unavailable | InvalidInput)


def test_an_endless_answer_is_not_read_to_its_end() -> None:
    with lying(collection_of(lambda _: (200, b" " * 100_000, {}))) as url:
        assert refusal(url, most_bytes=50_000).key == "taxii.error.too_long"


def test_redirects_and_other_hosts_are_refused_before_the_key_travels() -> None:
    asked: list[str] = []

    def other(path: str, _: dict[str, str]) -> object:
        asked.append(path)
        return {}

    with lying(other) as elsewhere:
        with lying(lambda *_: (302, b"", {"Location": elsewhere})) as url:
            assert refusal(url, SECRET).key == "taxii.error.redirect"
        for target in (elsewhere, "//example.invalid/", "http://a:b@127.0.0.1/", "http://[", "https://127.0.0.1/"):
            with lying(lambda *_, target=target: {"title": "A", "api_roots": [target]}) as url:
                assert refusal(url, SECRET).key == "taxii.error.other_host"
    assert asked == []


def test_a_busy_server_is_asked_again_later_and_given_up_in_the_end() -> None:
    answers = iter([(503, b"", {"Retry-After": "7"}), (429, b"", {"Retry-After": "99999999"})])

    def objects(_: dict[str, str]) -> object:
        return next(answers, {"objects": [identity(1)]})

    clock = NoWait()
    with lying(collection_of(objects)) as url:
        speaking = TaxiiClient(TaxiiHttp(url, clock))
        fetch = Fetch(speaking.find(""), None)
        assert len(list(speaking.pages(fetch))) == 1
    assert clock.waited == [7.0, 0.5, 30.0, 1.0]
    with lying(lambda *_: (503, b"", {})) as url:
        assert refusal(url).key == "taxii.error.busy"
    assert refusal(url).key == "taxii.error.busy"


def test_a_server_that_repeats_the_secret_does_not_get_it_into_a_sentence() -> None:
    with lying(lambda *_: (400, b'{"title":"you said a-user:a-password, a-password"}', {})) as url:
        refused = refusal(url, SECRET)
    assert (refused.key, refused.fields["status"]) == ("taxii.error.refused", 400)


@pytest.mark.parametrize(
    "url", ["ftp://example.org/", "https://a:b@example.org/", "example.org", "http://", "http://["]
)
def test_what_is_no_address_is_refused_and_not_repeated(url: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        TaxiiHttp(url, NoWait(), SECRET)
    assert (refused.value.key, refused.value.fields) == ("taxii.error.url", {})


def test_collections_are_found_by_id_alias_or_title_and_what_is_not_there_is_said() -> None:
    strange = {"id": "../../secret", "title": "Strange"}
    listed = [{"id": ID, "title": "Alerts", "alias": "alerts"}, {"id": ID[::-1], "title": "Others"}, strange]

    def answers(path: str, _: dict[str, str]) -> object:
        if path.endswith("/collections/"):
            return {"collections": listed}
        return {"title": "A root", "versions": [MEDIA], "max_content_length": 1000}

    with lying(answers) as url, client(url) as speaking:
        assert {speaking.find(name).listed.id for name in (ID, "alerts", "Alerts")} == {ID}
        with pytest.raises(InvalidInput) as several:
            speaking.find("")
        assert several.value.key == "taxii.error.several"
        with pytest.raises(NotFound):
            speaking.find("Strange")
