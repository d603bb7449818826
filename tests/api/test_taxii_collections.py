"""Objects of a collection over HTTP: sent, shown, filtered, paged and removed, as TAXII 2.1 has it."""

import json

import httpx
import pytest
from tests.api.conftest import Open

from qiyafa.app.clock import utc_now
from qiyafa.app.exchange import Exchange
from qiyafa.app.home import Home
from qiyafa.model.label import Tlp

from support.stix_samples import AMBER, RED, canonical, envelope, identity, mixed, observable

ROOT = "/taxii2/record/"
OBJECTS = f"{ROOT}collections/partners/objects/"
MANIFEST = f"{ROOT}collections/partners/manifest/"
MEDIA = "application/taxii+json;version=2.1"


@pytest.fixture
def http(opened: Open, home: Home) -> httpx.Client:
    """A service with an empty collection `partners`, TLP:AMBER."""
    Exchange(home, utc_now).make("partners", "Partners", Tlp.AMBER)
    return opened()


def send(http: httpx.Client, *objects: dict[str, object]) -> dict[str, object]:
    answer = http.post(OBJECTS, content=envelope(*objects), headers={"Content-Type": MEDIA})
    assert (answer.status_code, answer.headers["content-type"]) == (202, MEDIA)
    return answer.json()


def ask(http: httpx.Client, url: str = OBJECTS, **query: str) -> list[dict[str, object]]:
    answer = http.get(
        url,
        params={name.replace("match_", "match[") + "]" * ("match_" in name): value for name, value in query.items()},
    )
    assert (answer.status_code, answer.headers["content-type"]) == (200, MEDIA), answer.text
    return answer.json().get("objects", [])


def test_the_server_says_where_its_collections_are(http: httpx.Client) -> None:
    said = http.get("/taxii2/").json()
    root = http.get(said["default"]).json()
    assert root["versions"] == [MEDIA]
    assert root["max_content_length"] == 10 << 20
    (listed,) = http.get(f"{said['default']}collections/").json()["collections"]
    assert (listed["alias"], listed["can_read"], listed["can_write"]) == ("partners", True, True)
    assert http.get(f"{ROOT}collections/{listed['id']}/").json() == listed
    assert http.get(f"{ROOT}collections/partners/").json() == listed


def test_what_is_sent_comes_back_as_it_was_with_every_digit(http: httpx.Client) -> None:
    odd = b'{"objects":[{"type":"x-sum","id":"x-sum--5f0a1d27-6a3b-4c06-9d4e-9f2f7d0a1b11","spec_version":"2.1",'
    odd += b'"sum":0.12345678901234567890123,"many":123456789012345678901234567890,"text":"\\u202eabc\\ud83d\\ude00"}]}'
    answer = http.post(OBJECTS, content=odd, headers={"Content-Type": MEDIA})
    assert answer.json()["success_count"] == 1
    text = http.get(OBJECTS).text
    assert '"sum":0.12345678901234567890123' in text
    assert '"many":123456789012345678901234567890' in text
    assert json.loads(text)["objects"][0]["text"] == "\u202eabc\U0001f600"


def test_every_object_of_an_envelope_has_its_outcome(http: httpx.Client) -> None:
    bad_time = identity(7, modified="yesterday")
    old = {**identity(8), "spec_version": "2.0"}
    strange = identity(9, marking="marking-definition--00000000-0000-4000-8000-000000000000")
    nameless = {"type": "identity", "id": "identity--1", "spec_version": "2.1"}
    status = send(http, identity(1), identity(2, marking=RED), observable(3), bad_time, old, strange, nameless)
    assert (status["status"], status["success_count"], status["failure_count"]) == ("complete", 2, 5)
    failed = {one["id"]: one["message"] for one in status["failures"]}
    assert set(failed) == {identity(2)["id"], bad_time["id"], old["id"], strange["id"], "identity--1"}
    assert http.get(f"{ROOT}status/{status['id']}/").json() == status
    assert len(ask(http)) == 2


def test_a_marking_that_is_sent_along_is_understood(http: httpx.Client) -> None:
    def definition(number: int, **said: object) -> dict[str, object]:
        id = f"marking-definition--00000000-0000-4000-8000-00000000000{number}"
        return {
            "type": "marking-definition",
            "spec_version": "2.1",
            "id": id,
            "created": "2024-01-01T00:00:00Z",
            **said,
        }

    theirs = definition(1, definition_type="tlp", definition={"tlp": "red"}, name="TLP:RED")
    licence = definition(2, definition_type="statement", definition={"statement": "ours"})
    status = send(http, theirs, licence, identity(1, marking=theirs["id"]), identity(2, marking=licence["id"]))
    refused = {one["id"] for one in status["failures"]}
    assert identity(1)["id"] in refused
    assert identity(2)["id"] not in refused


def test_what_names_a_red_object_or_has_a_red_part_is_no_more_shown_than_the_object(http: httpx.Client) -> None:
    red = identity(1, marking=RED)
    names = observable(1, x_of_ref=red["id"])
    again = observable(2, x_of_ref=names["id"])
    part = identity(2, granular_markings=[{"marking_ref": RED, "selectors": ["name"]}])
    assert send(http, red, names, again, part, observable(3))["failure_count"] == 4
    assert ask(http) == [observable(3)]


def test_a_collection_whose_level_is_lower_shows_no_more_than_it_may(opened: Open, home: Home) -> None:
    Exchange(home, utc_now).make("partners", "Open to all", Tlp.CLEAR)
    http = opened()
    assert send(http, identity(1, marking=AMBER), identity(2))["failure_count"] == 1
    assert [one["id"] for one in ask(http)] == [identity(2)["id"]]


def test_filters_and_versions(http: httpx.Client) -> None:
    send(http, identity(1), identity(1, version=3), identity(1, version=2), observable(1), identity(2))
    id = str(identity(1)["id"])
    assert ask(http, match_type="domain-name") == [observable(1)]
    assert ask(http, match_id=id) == [identity(1, version=3)]
    assert ask(http, match_id=f"{id},{observable(1)['id']}", match_version="first") == [identity(1), observable(1)]
    assert ask(http, match_id=id, match_version="2024-01-03T00:00:00Z") == [identity(1, version=2)]
    assert len(ask(http, match_version="all")) == 5
    assert ask(http, match_spec_version="2.0") == []
    assert ask(http, f"{OBJECTS}{id}/") == [identity(1, version=3)]
    assert len(ask(http, f"{OBJECTS}{id}/", match_version="all")) == 3
    versions = http.get(f"{OBJECTS}{id}/versions/").json()["versions"]
    assert sorted(versions) == [f"2024-01-0{day}T00:00:00.000000Z" for day in (1, 3, 4)]
    records = ask(http, MANIFEST, match_id=id, match_version="all")
    assert [one["version"] for one in records] == versions
    assert {one["media_type"] for one in records} == {"application/stix+json;version=2.1"}


def test_paging_by_next_and_by_time_reads_everything_once(http: httpx.Client) -> None:
    objects = mixed(95)
    send(http, *objects)
    by_next, query = [], {"limit": "20"}
    while True:
        said = http.get(OBJECTS, params=query)
        by_next += said.json()["objects"]
        if not said.json().get("more"):
            break
        query["next"] = said.json()["next"]
    by_time, query = [], {"limit": "30"}
    while True:
        said = http.get(MANIFEST, params=query)
        by_time += said.json().get("objects", [])
        if not said.json().get("more"):
            break
        query["added_after"] = said.headers["X-TAXII-Date-Added-Last"]
    assert canonical(by_next) == canonical(objects)
    assert [one["id"] for one in by_time] == [one["id"] for one in by_next]
    last = http.get(OBJECTS, params={"added_after": by_time[-1]["date_added"]})
    assert (last.json(), "X-TAXII-Date-Added-Last" in last.headers) == ({}, False)


@pytest.mark.parametrize(
    ("query", "key"),
    [
        ({"limit": "0"}, "taxii.error.filter"),
        ({"limit": "ten"}, "taxii.error.filter"),
        ({"limit": "-1"}, "taxii.error.filter"),
        ({"next": "9" * 18}, "taxii.error.filter"),
        ({"next": "x"}, "taxii.error.filter"),
        ({"added_after": "2024-01-01"}, "taxii.error.filter"),
        ({"added_after": "9999-99-99T00:00:00Z"}, "taxii.error.filter"),
        ({"match[version]": "newest"}, "taxii.error.filter"),
        ({"match[id]": "identity--1"}, "taxii.error.filter"),
        ({"match[id]": "\x00"}, "taxii.error.filter"),
        ({"match[type]": "Identity\u202e"}, "taxii.error.filter"),
        ({"match[type]": ",".join(["note"] * 1001)}, "taxii.error.filter_long"),
    ],
)
def test_what_is_no_filter_is_refused_with_a_message(http: httpx.Client, query: dict[str, str], key: str) -> None:
    answer = http.get(OBJECTS, params=query)
    assert (answer.status_code, answer.headers["content-type"]) == (400, MEDIA)
    assert (answer.json()["error_code"], answer.json()["http_status"]) == (key, "400")
    assert "\u202e" not in answer.text


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"", 400),
        (b"[]", 400),
        (b"null", 400),
        (b'{"objects":5}', 400),
        (b'{"objects":[1]}', 202),
        (b'{"objects":[{"type":"note"}]}', 202),
        (b'{"objects":[{"id":"\\ud800"}]}', 400),
        (b'{"objects":[{"id":"note--\\ud800"', 400),
        (b'{"objects":[' + b"[" * 100_000, 400),
        (b'{"objects":[' + b"[" * 100_000 + b"]" * 100_000 + b"]}", 400),
        (b'{"objects":[{"type":"note","id":1e9999999999999999999999}]}', 202),
        (b"\xff\xfe", 400),
        (b'{"type":"report","objects":[]}', 400),
        (b"{}", 202),
    ],
)
def test_hostile_bodies_are_answered_and_nothing_is_kept(http: httpx.Client, content: bytes, status: int) -> None:
    answer = http.post(OBJECTS, content=content, headers={"Content-Type": MEDIA})
    assert (answer.status_code, answer.headers["content-type"]) == (status, MEDIA), answer.text[:300]
    assert answer.json().get("success_count", 0) == 0
    assert http.get(OBJECTS).json() == {}


def test_a_body_above_the_limit_is_not_read(http: httpx.Client) -> None:
    answer = http.post(OBJECTS, content=b" " * ((10 << 20) + 1), headers={"Content-Type": MEDIA})
    assert (answer.status_code, answer.json()["http_status"]) == (413, "413")


def test_only_the_sender_of_an_object_removes_it(http: httpx.Client, home: Home) -> None:
    send(http, identity(1), identity(1, version=1))
    id = str(identity(1)["id"])
    assert http.delete(f"{OBJECTS}{id}/").status_code == 200
    assert ask(http) == [identity(1)]
    assert http.delete(f"{OBJECTS}{id}/", params={"match[version]": "all"}).status_code == 200
    assert http.delete(f"{OBJECTS}{id}/").status_code == 404
    assert http.get(f"{OBJECTS}{id}/").status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "collections/others/",
        "collections/others/objects/",
        "collections/%00/manifest/",
        "collections/%E2%80%AE/objects/",
        "collections/partners/objects/identity--1/",
        f"collections/partners/objects/{identity(404)['id']}/",
        f"collections/partners/objects/{identity(404)['id']}/versions/",
        "status/1/",
    ],
)
def test_what_is_not_there_is_said_as_taxii_says_it(http: httpx.Client, path: str) -> None:
    answer = http.get(ROOT + path)
    assert (answer.status_code, answer.headers["content-type"]) == (404, MEDIA)
    assert answer.json()["http_status"] == "404"


def test_whoever_is_given_an_object_is_noted_and_a_manifest_gives_none(http: httpx.Client, home: Home) -> None:
    send(http, identity(1))
    log = Exchange(home, utc_now).log
    ask(http, MANIFEST)
    assert list(log.all()) == []
    ask(http)
    (given,) = log.receivers(str(identity(1)["id"]))
    assert (given.channel, given.receiver, given.object.version) == (
        "taxii:partners",
        "local",
        "2024-01-01T00:00:00.000000Z",
    )
