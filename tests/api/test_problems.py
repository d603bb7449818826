"""Every error has one shape: `type`, `title`, `status`, `detail`, as application/problem+json.

The status in the body is the status on the wire. No answer holds a traceback, and no refusal holds a verdict.
"""

import json
import socket
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from tests.api.conftest import PATIENT, Open

from qiyafa.api.problems import STATUSES
from qiyafa.model.errors import Conflict, InvalidInput, NotFound, Unavailable

from support.service import LISTED, Service, client

JSON = {"Content-Type": "application/json"}
POSTS = (
    "/api/v1/screen",
    "/api/v1/screen/batch",
    "/trm/public/v1/sanctions/screening",
    "/trm/public/v2/screening/addresses",
    "/elliptic/v2/wallet/synchronous",
    "/chainalysis/api/risk/v2/entities",
)


def is_problem(answer: httpx.Response) -> bool:
    body = answer.json()
    return (
        answer.headers["content-type"] == "application/problem+json"
        and body["status"] == answer.status_code
        and all(body[name] for name in ("type", "title", "detail"))
        and "Traceback" not in answer.text
    )


HOSTILE_BODIES: dict[str, tuple[bytes, int]] = {
    "no JSON": (b"{address:", 400),
    "half a body": (b'{"address": "0x', 400),
    "not UTF-8": (b'{"address": "\xff\xfe"}', 400),
    "a byte order mark": (b'\xef\xbb\xbf{"address": "0x0"}', 400),
    "NaN": (b'{"address": NaN}', 400),
    "infinity": (b'{"address": -Infinity}', 400),
    "the same key twice": (b'{"address": "a", "address": "b"}', 400),
    "nested too deeply": (b"[" * 100_000 + b"]" * 100_000, 400),
    "objects nested too deeply": (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, 400),
    "a number of 5,000 digits": (b'{"address": ' + b"9" * 5000 + b"}", 400),
    "nothing": (b"", 422),
    "null": (b"null", 422),
    "a number": (b"7", 422),
    "a list of numbers": (b"[1, 2]", 422),
    "a number for an address": (b'{"address": 7}', 422),
    "a lone surrogate": (b'{"address": "\\ud800"}', 422),
    "an address of a million characters": (b'{"address": "' + b"a" * 1_000_000 + b'"}', 422),
    "an empty address": (b'{"address": ""}', 422),
    "more than a megabyte": (b'{"address": "' + b"a" * 1_100_000 + b'"}', 413),
}


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize(("body", "status"), HOSTILE_BODIES.values(), ids=HOSTILE_BODIES.keys())
def test_a_hostile_body_is_refused_with_a_problem(known: httpx.Client, path: str, body: bytes, status: int) -> None:
    answer = known.post(path, content=body, headers=JSON)
    assert answer.status_code == status
    assert is_problem(answer)


REFUSED: dict[str, tuple[Callable[[httpx.Client], httpx.Response], int]] = {
    "an unknown path": (lambda http: http.get("/api/v1/nothing"), 404),
    "a slash at the end": (lambda http: http.get("/api/v1/screen/"), 404),
    "another method": (lambda http: http.delete("/api/v1/screen"), 405),
    "another media type": (lambda http: http.post("/api/v1/screen", content=b"address=a"), 415),
    "a member that we do not know": (lambda http: http.post("/api/v1/screen", json={"address": "hit", "x": 1}), 422),
    "an id with spaces": (lambda http: http.post("/api/v1/screen", json={"address": "hit", "request_id": "a b"}), 422),
    "an empty batch": (lambda http: http.post("/api/v1/screen/batch", json={"items": []}), 422),
    "a long address in a path": (lambda http: http.get("/api/v1/screen/" + "a" * 2000), 422),
    "another kind of subject": (
        lambda http: http.post("/elliptic/v2/wallet/synchronous", json={"subject": {}, "type": "x"}),
        422,
    ),
}


@pytest.mark.parametrize(("ask", "status"), REFUSED.values(), ids=REFUSED.keys())
def test_what_is_refused_is_refused_with_a_problem(
    known: httpx.Client, ask: Callable[[httpx.Client], httpx.Response], status: int
) -> None:
    answer = ask(known)
    assert answer.status_code == status
    assert is_problem(answer)
    assert "verdict" not in answer.json()


def test_a_method_that_is_not_known_names_those_that_are(known: httpx.Client) -> None:
    assert known.put("/api/v1/screen").headers["allow"] == "POST"


def test_what_is_misshapen_is_pointed_at(known: httpx.Client) -> None:
    body = {"items": [{"address": "hit"}, {"address": 7}, {"chain": "eth"}]}
    errors = known.post("/api/v1/screen/batch", json=body).json()["errors"]
    assert [(one["in"], one["pointer"]) for one in errors] == [
        ("body", "/items/1/address"),
        ("body", "/items/2/address"),
    ]


@pytest.mark.parametrize("hostile", ["0x\u202eabc", "a\u200bb", "\x1b[2J", "a\nb", "<script>", "' OR 1=1 --", "%00"])
def test_a_hostile_address_comes_back_as_it_was_and_gives_no_answer(listed: httpx.Client, hostile: str) -> None:
    answer = listed.post("/api/v1/screen", json={"address": hostile})
    assert answer.status_code == 503
    assert answer.json()["verdict"]["address"] == hostile
    assert answer.content.isascii(), "nothing invisible or reordering is in the bytes"
    assert listed.get(f"/api/v1/screen/{quote(hostile, safe='')}").status_code == 503


def test_a_hostile_key_of_a_body_is_shown_and_does_not_act(known: httpx.Client) -> None:
    answer = known.post("/api/v1/screen", json={"address": "hit", "\u202ekey\x1b": 1})
    assert "\u202e" not in answer.json()["detail"]
    assert "\\u{202e}" in answer.json()["detail"]


def test_a_mistake_of_our_own_says_nothing_of_the_address(known: httpx.Client) -> None:
    """The screener of these tests knows no such address, and fails as only a mistake does."""
    answer = known.get("/api/v1/screen/whoever")
    assert answer.status_code == 500
    assert answer.headers["connection"] == "close"
    assert is_problem(answer)
    assert "whoever" not in answer.text


def test_an_answer_is_safe_to_open_in_a_browser(known: httpx.Client) -> None:
    for answer in (known.get("/api/v1/screen/hit"), known.get("/nothing")):
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["content-security-policy"] == "default-src 'none'"
        assert answer.headers["cache-control"] == "no-store"
        assert "server" not in answer.headers


def test_a_request_for_another_name_is_refused_where_no_key_is_needed(known: httpx.Client) -> None:
    answer = known.get("/api/v1/screen/hit", headers={"Host": "attacker.example"})
    assert (answer.status_code, is_problem(answer)) == (403, True)


def test_a_body_that_does_not_arrive_is_not_waited_for(opened: Open) -> None:
    from dataclasses import replace

    from qiyafa.api.strict_body import BodyLimits

    http = opened(limits=replace(PATIENT, body=BodyLimits(seconds=0.3)))
    address = (http.base_url.host, http.base_url.port)
    with socket.create_connection(address, timeout=10) as slow:
        head = b"POST /api/v1/screen HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        slow.sendall(head + b"Content-Length: 99\r\n\r\n{")
        assert slow.recv(65536).startswith(b"HTTP/1.1 408")
    assert http.get(f"/api/v1/screen/{LISTED}").status_code == 200


def test_a_body_without_a_length_is_cut_at_the_limit(known: httpx.Client) -> None:
    def endless() -> Any:
        for _ in range(300):
            yield b"a" * 8192

    assert known.post("/api/v1/screen", content=endless(), headers=JSON).status_code == 413


def test_every_error_has_a_status() -> None:
    assert STATUSES[InvalidInput] == 400
    assert STATUSES[NotFound] == 404
    assert STATUSES[Conflict] == 409
    assert STATUSES[Unavailable] == 503


def test_a_request_that_is_no_http_ends_without_harm(service: Service) -> None:
    with socket.create_connection(("127.0.0.1", int(service.url.rpartition(":")[2])), timeout=10) as stranger:
        stranger.sendall(b"\x16\x03\x01 this is no HTTP\r\n\r\n")
        assert stranger.recv(1000)[:12] in (b"HTTP/1.1 400", b"")
    with client(service) as http:
        assert json.loads(http.get("/healthz").content) == {"status": "alive"}
