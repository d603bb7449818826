"""Who asks: the key in a request, in any of the places where clients of the known services put it.

`Authorization: Bearer KEY` and `X-API-Key: KEY` (ours, Chainalysis sanctions), `Token: KEY` (Chainalysis entities),
`Authorization: Basic base64(KEY:KEY)` (TRM), `x-access-key: KEY` (Elliptic). A key that signs asks for Elliptic's
signature as well: `x-access-sign` = base64(HMAC-SHA256(secret, timestamp + METHOD + lower-case path + body)), with
`x-access-timestamp` in milliseconds since 1970, at most five minutes from our clock.
"""

import binascii
import hmac
from base64 import b64decode
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from starlette.datastructures import Headers
from starlette.requests import Request

from qiyafa.api.problems import NotAllowed, NotKnown
from qiyafa.app.keys import KeyRing, signing_key
from qiyafa.stores.keys import KeyRecord

SCHEMES: Final[dict[str, dict[str, str]]] = {
    "Bearer": {"type": "http", "scheme": "bearer"},
    "X-API-Key": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
    "Token": {"type": "apiKey", "in": "header", "name": "Token"},
    "KeyTwice": {"type": "http", "scheme": "basic"},
    "x-access-key": {"type": "apiKey", "in": "header", "name": "x-access-key"},
}
"""How the service's description names the places for a key; each of them serves everywhere."""

_KEY_HEADERS: Final = ("x-api-key", "token", "x-access-key")
_SKEW: Final = timedelta(minutes=5)
_LONGEST_TIMESTAMP: Final = 15
_LOOPBACK_NAMES: Final = frozenset({"localhost", "127.0.0.1", "[::1]"})


def caller_of(request: Request, ring: KeyRing, scope: str) -> KeyRecord | None:
    """Return the key of a request; None where none is needed.

    Raises NotKnown for a missing or wrong key, NotAllowed for one that does not open `scope`.
    """
    record = known_caller(request, ring, key_in)
    if record is not None and scope not in record.scopes:
        raise NotAllowed("serve.error.key_narrow", scope=scope)
    return record


def known_caller(request: Request, ring: KeyRing, find: Callable[[Headers], str | None]) -> KeyRecord | None:
    """Return the key that a request carries where `find` looks, whatever it opens; None where none is needed.

    Raises NotKnown for a missing or wrong key.
    """
    if not ring.is_needed():
        _check_host(request.headers)
        return None
    key = find(request.headers)
    if key is None:
        raise NotKnown("serve.error.key_missing")
    record = ring.find(key)
    if record is None:
        raise NotKnown("serve.error.key_wrong")
    return record


def key_in(headers: Headers) -> str | None:
    """Return the key that a request carries, if any."""
    for name in _KEY_HEADERS:
        if name in headers:
            return headers[name]
    method, _, rest = headers.get("authorization", "").partition(" ")
    if method.lower() == "bearer":
        return rest.strip()
    return _user_of(rest.strip()) if method.lower() == "basic" else None


def password_in(headers: Headers) -> str | None:
    """Return the key that a request carries, as `key_in`, but in Basic credentials as the password of any user."""
    method, _, rest = headers.get("authorization", "").partition(" ")
    if method.lower() != "basic":
        return key_in(headers)
    credentials = _credentials(rest.strip())
    return None if credentials is None else credentials[1]


def check_signature(request: Request, record: KeyRecord, body: bytes, now: datetime) -> None:
    """Raise NotKnown unless a request by a key that signs is signed."""
    written = request.headers.get("x-access-timestamp", "")
    if not (written.isascii() and written.isdigit() and len(written) <= _LONGEST_TIMESTAMP):
        raise NotKnown("serve.error.unsigned")
    if abs(int(written) - now.timestamp() * 1000) > _SKEW.total_seconds() * 1000:
        raise NotKnown("serve.error.clock", minutes=int(_SKEW.total_seconds() // 60))
    given = request.headers.get("x-access-sign", "")
    right = (_signature(record, written, request.method, path, body) for path in _signed_paths(request.url.path))
    if not any(hmac.compare_digest(given.encode("utf-8"), one) for one in right):
        raise NotKnown("serve.error.signature")


def _signature(record: KeyRecord, timestamp: str, method: str, path: str, body: bytes) -> bytes:
    message = f"{timestamp}{method}{path.lower()}".encode() + body
    return binascii.b2a_base64(hmac.digest(signing_key(record), message, "sha256"), newline=False)


def _signed_paths(path: str) -> tuple[str, ...]:
    """A client signs the path that it asks for, with or without the part that belongs to its base URL."""
    _, _, inner = path.partition("/v2/")
    return (path, f"/v2/{inner}") if inner else (path,)


def _user_of(encoded: str) -> str | None:
    """Return the user of Basic credentials, if the password repeats it."""
    credentials = _credentials(encoded)
    if credentials is None:
        return None
    user, password = credentials
    return user if hmac.compare_digest(user, password) else None


def _credentials(encoded: str) -> tuple[str, str] | None:
    """Return user and password of Basic credentials."""
    try:
        user, _, password = b64decode(encoded, validate=True).decode("ascii").partition(":")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return None
    return user, password


def _check_host(headers: Headers) -> None:
    """Where no key is needed, refuse a request for another name: a page in a browser may have bound it to loopback."""
    host = headers.get("host", "").lower()
    name = host if host.endswith("]") else host.rpartition(":")[0] or host
    if name not in _LOOPBACK_NAMES:
        raise NotAllowed("serve.error.host")
