"""Who may ask: keys in the places where clients of the known services put them, scopes, expiry, and signatures."""

import hashlib
import hmac
import time
from base64 import b64decode, b64encode
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from tests.api.conftest import Open

from qiyafa.app.home import Home
from qiyafa.app.keys import NewKey, create_key, revoke_key

from support.service import LISTED

PATH = f"/api/v1/screen/{LISTED}"
WALLET = "/elliptic/v2/wallet/synchronous"
BODY = (
    b'{"subject":{"asset":"holistic","blockchain":"holistic","type":"address","hash":"'
    + LISTED.encode()
    + b'"},"type":"wallet_exposure"}'
)


def basic(user: str, password: str) -> dict[str, str]:
    return {"Authorization": "Basic " + b64encode(f"{user}:{password}".encode()).decode()}


def ways(key: str) -> list[dict[str, str]]:
    return [
        {"Authorization": f"Bearer {key}"},
        {"X-API-Key": key},
        {"Token": key},
        {"x-access-key": key},
        basic(key, key),
    ]


def test_no_key_is_needed_on_loopback_before_one_was_made(opened: Open) -> None:
    assert opened().get(PATH).status_code == 200


def test_once_a_key_was_made_every_request_needs_one(opened: Open, home: Home) -> None:
    http = opened()
    made = create_key(home, "exchange", ["screen"], 30)
    refused = http.get(PATH)
    assert refused.status_code == 401
    assert "Bearer" in refused.headers["www-authenticate"]
    assert [http.get(PATH, headers=way).status_code for way in ways(made.key)] == [200] * 5


def test_a_revoked_key_opens_nothing_at_once_and_keys_stay_needed(opened: Open, home: Home) -> None:
    http = opened()
    made = create_key(home, "exchange", ["screen"], 30)
    assert http.get(PATH, headers={"X-API-Key": made.key}).status_code == 200
    revoke_key(home, made.record.prefix)
    assert http.get(PATH, headers={"X-API-Key": made.key}).status_code == 401
    assert http.get(PATH).status_code == 401


def test_a_lost_file_of_keys_opens_nothing(opened: Open, home: Home) -> None:
    http = opened()
    made = create_key(home, "exchange", ["screen"], 30)
    assert http.get(PATH).status_code == 401
    for file in home.path.glob("keys.sqlite*"):
        file.unlink()
    assert http.get(PATH).status_code == 401
    assert http.get(PATH, headers={"X-API-Key": made.key}).status_code == 401


def test_a_damaged_file_of_keys_opens_nothing_and_is_said(opened: Open, home: Home) -> None:
    home.keys.write_bytes(b"this is no file of keys, and long enough to be taken for one" * 20)
    http = opened()
    assert http.get(PATH).status_code == 503
    assert "keys.sqlite" in http.get("/readyz").json()["reasons"][0]


def test_an_expired_key_opens_nothing_also_where_the_clock_steps_back_after_that(opened: Open, home: Home) -> None:
    made = create_key(home, "exchange", ["screen"], 1, now=datetime.now(UTC) - timedelta(days=2))
    assert opened().get(PATH, headers={"X-API-Key": made.key}).status_code == 401


def test_a_wrong_key_opens_nothing_however_near_it_is(opened: Open, home: Home) -> None:
    http = opened()
    key = create_key(home, "exchange", ["screen"], 30).key
    flipped = key[:-1] + ("0" if key[-1] != "0" else "1")
    other = create_key(home, "other", ["screen"], 30).key
    mixed = key[: key.rindex("_")] + other[other.rindex("_") :]
    for wrong in ("", key[:-1], key + "0", flipped, mixed, key.upper(), "é" * 84, "a" * 5000):
        answer = http.get(PATH, headers={"X-API-Key": wrong.encode()})
        assert answer.status_code == 401, wrong
        assert not wrong.strip() or wrong not in answer.text
    assert http.get(PATH, headers=basic(key, "other")).status_code == 401
    assert http.get(PATH, headers={"Authorization": "Basic ????"}).status_code == 401


def test_a_key_opens_only_its_scopes(opened: Open, home: Home) -> None:
    http = opened()
    keys = {scope: create_key(home, scope, [scope], 30).key for scope in ("screen", "read", "metrics")}

    def statuses(path: str) -> list[int]:
        return [http.get(path, headers={"X-API-Key": keys[scope]}).status_code for scope in keys]

    assert statuses(PATH) == [200, 403, 403]
    assert statuses("/api/v1/verdicts/nothing") == [403, 404, 403]
    assert statuses("/metrics") == [403, 403, 200]
    assert http.get("/healthz").status_code == 200
    assert http.get("/readyz").status_code == 200


def test_a_key_is_asked_for_before_the_body_is_read(opened: Open, home: Home) -> None:
    create_key(home, "exchange", ["screen"], 30)
    answer = opened().post("/api/v1/screen", content=b"{", headers={"Content-Type": "application/json"})
    assert answer.status_code == 401


def signed(made: NewKey, *, path: str = WALLET, body: bytes = BODY, at: float | None = None) -> dict[str, str]:
    """Sign as Elliptic's own clients do: base64(HMAC-SHA256(base64-decoded secret, time + method + path + body))."""
    timestamp = str(int((time.time() if at is None else at) * 1000))
    message = (timestamp + "POST" + path.lower()).encode() + body
    sign = b64encode(hmac.new(b64decode(made.signing_secret), message, hashlib.sha256).digest()).decode()
    return {
        "x-access-key": made.key,
        "x-access-sign": sign,
        "x-access-timestamp": timestamp,
        "Content-Type": "application/json",
    }


def ask(http: httpx.Client, headers: dict[str, str | bytes], body: bytes = BODY) -> int:
    return http.post(WALLET, content=body, headers=headers).status_code


def test_a_key_that_signs_needs_a_right_signature(opened: Open, home: Home) -> None:
    http = opened()
    made, other = (create_key(home, name, ["screen"], 30, is_signed=True) for name in ("one", "two"))
    right = signed(made)
    assert ask(http, right) == 200
    assert ask(http, signed(made, path="/v2/wallet/synchronous")) == 200, "the path without our base"
    assert ask(http, {**right, "x-access-sign": signed(other)["x-access-sign"]}) == 401
    assert ask(http, {**right, "x-access-sign": "é".encode()}) == 401
    assert ask(http, right, BODY + b" ") == 401, "another body"
    assert ask(http, signed(made, path="/v2/analyses/synchronous")) == 401, "another path"
    assert ask(http, {"X-API-Key": made.key, "Content-Type": "application/json"}) == 401
    assert ask(http, {**right, "x-access-timestamp": "9" * 400}) == 401


@pytest.mark.parametrize("minutes", [-60, 60])
def test_a_clock_an_hour_off_is_said_and_not_let_through(opened: Open, home: Home, minutes: int) -> None:
    http = opened()
    made = create_key(home, "one", ["screen"], 30, is_signed=True)
    answer = http.post(WALLET, content=BODY, headers=signed(made, at=time.time() + minutes * 60))
    assert answer.status_code == 401
    assert "clock" in answer.json()["detail"]
