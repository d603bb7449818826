"""Who may ask for which collection, and in which media type."""

from base64 import b64encode

import httpx
import pytest
from tests.api.conftest import Open

from qiyafa.app.clock import utc_now
from qiyafa.app.exchange import Exchange
from qiyafa.app.home import Home
from qiyafa.app.keys import create_key, revoke_key
from qiyafa.model.errors import InvalidInput
from qiyafa.model.label import Tlp

from support.stix_samples import envelope, identity

COLLECTIONS = "/taxii2/record/collections/"
MEDIA = "application/taxii+json;version=2.1"


@pytest.fixture
def http(opened: Open, home: Home) -> httpx.Client:
    """A service with two collections and a key that has nothing to do with them."""
    exchange = Exchange(home, utc_now)
    exchange.make("one", "One", Tlp.CLEAR)
    exchange.make("two", "Two", Tlp.CLEAR)
    create_key(home, "exchange", ["screen"], 30)
    return opened()


def key(home: Home, *scopes: str) -> dict[str, str]:
    return basic(create_key(home, "member", scopes, 30).key)


def basic(password: str, user: str = "anybody") -> dict[str, str]:
    return {"Authorization": "Basic " + b64encode(f"{user}:{password}".encode()).decode()}


def send(http: httpx.Client, name: str, headers: dict[str, str]) -> int:
    url = f"{COLLECTIONS}{name}/objects/"
    return http.post(url, content=envelope(identity(1)), headers={**headers, "Content-Type": MEDIA}).status_code


def test_the_key_is_the_password_of_any_user_or_a_bearer_token(http: httpx.Client, home: Home) -> None:
    made = create_key(home, "member", ["taxii:read:one"], 30).key
    for headers in (basic(made), basic(made, ""), {"Authorization": f"Bearer {made}"}, {"X-API-Key": made}):
        assert http.get("/taxii2/", headers=headers).status_code == 200
    for headers in ({}, basic("wrong"), basic(made + "0"), {"Authorization": "Basic %%%"}, basic("user", made)):
        answer = http.get("/taxii2/", headers=headers)
        assert (answer.status_code, answer.headers["content-type"]) == (401, MEDIA)
        assert "Basic" in answer.headers["www-authenticate"]


def test_a_key_without_a_scope_for_collections_opens_none(http: httpx.Client, home: Home) -> None:
    assert http.get("/taxii2/", headers=key(home, "screen", "read")).status_code == 403


def test_each_scope_opens_one_collection_in_one_direction(http: httpx.Client, home: Home) -> None:
    reader, writer = key(home, "taxii:read:one"), key(home, "taxii:write:one")
    both, every = key(home, "taxii:read:one", "taxii:write:one"), key(home, "taxii:read:*", "taxii:write:*")

    def read(name: str, headers: dict[str, str]) -> int:
        return http.get(f"{COLLECTIONS}{name}/objects/", headers=headers).status_code

    assert [read("one", one) for one in (reader, writer, both, every)] == [200, 403, 200, 200]
    assert [send(http, "one", one) for one in (reader, writer, both, every)] == [403, 202, 202, 202]
    assert [read("two", one) for one in (reader, writer, both, every)] == [404, 404, 404, 200]
    assert [send(http, "two", one) for one in (reader, writer, both, every)] == [404, 404, 404, 202]
    listed = http.get(COLLECTIONS, headers=writer).json()["collections"]
    assert [(one["alias"], one["can_read"], one["can_write"]) for one in listed] == [("one", False, True)]


def test_a_revoked_key_opens_nothing_at_once(http: httpx.Client, home: Home) -> None:
    made = create_key(home, "member", ["taxii:read:one"], 30)
    assert http.get(COLLECTIONS, headers=basic(made.key)).status_code == 200
    revoke_key(home, made.record.prefix)
    assert http.get(COLLECTIONS, headers=basic(made.key)).status_code == 401


def test_nobody_sees_or_removes_what_another_sent_as_their_own(http: httpx.Client, home: Home) -> None:
    mine, theirs = (key(home, "taxii:read:one", "taxii:write:one") for _ in "ab")
    sent = {**mine, "Content-Type": MEDIA}
    status = http.post(f"{COLLECTIONS}one/objects/", content=envelope(identity(1)), headers=sent).json()
    at = f"/taxii2/record/status/{status['id']}/"
    assert [http.get(at, headers=one).status_code for one in (mine, theirs)] == [200, 404]
    at = f"{COLLECTIONS}one/objects/{identity(1)['id']}/"
    assert [http.delete(at, headers=one).status_code for one in (theirs, mine, mine)] == [404, 200, 404]


def test_a_scope_that_names_no_collection_is_refused(home: Home) -> None:
    for scope in ("taxii", "taxii:read", "taxii:read:", "taxii:own:one", "taxii:read:One", "taxii:read:a b"):
        with pytest.raises(InvalidInput) as refused:
            create_key(home, "member", [scope], 30)
        assert refused.value.key == "serve.error.key_scope"


@pytest.mark.parametrize(
    ("accept", "status"),
    [
        (MEDIA, 200),
        ("application/taxii+json", 200),
        ("application/taxii+json; version=2.1", 200),
        ("text/html, application/taxii+json;version=2.1;q=0.5", 200),
        ("*/*", 200),
        ("application/taxii+json;version=2.0", 406),
        ("application/vnd.oasis.taxii+json; version=2.0", 406),
        ("application/json", 406),
        ("*/*;q=0", 406),
        ("", 406),
    ],
)
def test_only_taxii_2_1_is_answered(http: httpx.Client, home: Home, accept: str, status: int) -> None:
    answer = http.get("/taxii2/", headers={**key(home, "taxii:read:one"), "Accept": accept})
    assert (answer.status_code, answer.headers["content-type"]) == (status, MEDIA)


@pytest.mark.parametrize("media", ["application/json", "application/taxii+json;version=2.0", "text/plain", ""])
def test_a_body_of_another_media_type_is_refused(http: httpx.Client, home: Home, media: str) -> None:
    headers = {**key(home, "taxii:write:one"), "Content-Type": media}
    answer = http.post(f"{COLLECTIONS}one/objects/", content=envelope(identity(1)), headers=headers)
    assert (answer.status_code, answer.json()["error_code"]) == (415, "taxii.error.content_type")


def test_who_asks_too_fast_is_told_when_to_ask_again(opened: Open, home: Home) -> None:
    http = opened(per_second=2)
    answers = [http.get("/taxii2/") for _ in range(8)]
    late = next(one for one in answers if one.status_code == 429)
    assert (late.headers["content-type"], int(late.headers["retry-after"])) == (MEDIA, 1)
