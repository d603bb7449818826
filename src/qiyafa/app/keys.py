"""Keys of the service: made, listed, revoked and checked.

A key reads `qiyafa_<prefix>_<secret>`: the prefix is public, the secret has 256 random bits and is shown once. Beside
it stands a signing secret for clients that sign their requests (Elliptic's scheme). It is derived from the key's
hash, so that nothing more is kept; a signature is asked for on top of the key and never in its place.
"""

import hashlib
import hmac
import re
import secrets
from base64 import b64encode
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from qiyafa.app.clock import utc_now
from qiyafa.app.home import Home
from qiyafa.model.collection import COLLECTION_NAME
from qiyafa.model.errors import Conflict, InvalidInput, NotFound, Unavailable
from qiyafa.stores.keys import KeyRecord, KeyStore

SCREEN: Final = "screen"
READ: Final = "read"
METRICS: Final = "metrics"
SCOPES: Final[dict[str, str]] = {
    SCREEN: "serve.scope.screen",
    READ: "serve.scope.read",
    METRICS: "serve.scope.metrics",
}
"""What a key may open, and the sentence that says so."""

TAXII: Final = "taxii"
_TAXII_SCOPE: Final = re.compile(rf"{TAXII}:(?:read|write):(?:\*|{COLLECTION_NAME.pattern})", re.ASCII)

MOST_DAYS: Final = 3660
_KEY: Final = re.compile(r"qiyafa_([0-9a-f]{12})_[0-9a-f]{64}", re.ASCII)
_LONGEST_NAME: Final = 100
_SIGNING: Final = b"qiyafa request signature 1"


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key that was just made: the only moment at which its secrets are known."""

    record: KeyRecord
    key: str
    signing_secret: str
    """Base64, as clients of Elliptic expect it; empty unless the key signs."""


def create_key(
    home: Home, name: str, scopes: Sequence[str], days: int, *, is_signed: bool = False, now: datetime | None = None
) -> NewKey:
    """Make a key and keep its hash. Raises InvalidInput for an unknown scope, no name, or too long a life."""
    if not name.strip() or len(name) > _LONGEST_NAME:
        raise InvalidInput("serve.error.key_name", most=_LONGEST_NAME)
    if not 1 <= days <= MOST_DAYS:
        raise InvalidInput("serve.error.key_days", most=MOST_DAYS)
    for scope in scopes:
        if scope not in SCOPES and _TAXII_SCOPE.fullmatch(scope) is None:
            known = (*SCOPES, "taxii:read:NAME", "taxii:write:NAME")
            raise InvalidInput("serve.error.key_scope", scope=scope, known=", ".join(known))
    created, store = now or utc_now(), KeyStore(home.made().keys)
    while True:
        prefix = secrets.token_hex(6)
        key = f"qiyafa_{prefix}_{secrets.token_hex(32)}"
        digest = hashlib.sha256(key.encode("ascii")).digest()
        record = KeyRecord(prefix, digest, name, frozenset(scopes), is_signed, created, created + timedelta(days=days))
        if store.add(record):
            break
    return NewKey(record, key, b64encode(signing_key(record)).decode("ascii") if is_signed else "")


def list_keys(home: Home) -> list[KeyRecord]:
    """Return every key that was ever made, oldest first."""
    return KeyStore(home.keys).all()


def revoke_key(home: Home, prefix: str) -> None:
    """Let a key open nothing from now on. Raises NotFound if there is no such key."""
    if not KeyStore(home.keys).revoke(prefix, utc_now()):
        raise NotFound("serve.error.no_key", prefix=prefix)


def signing_key(record: KeyRecord) -> bytes:
    """Return the key of the signatures that go with a key."""
    return hmac.digest(record.sha256, _SIGNING, "sha256")


class KeyRing:
    """Checks keys for the service, against the file as it is at each request. For one thread.

    Keys are needed unless the service listens on loopback alone and none was ever made. Once one was needed, keys
    stay needed for as long as the process lives, so that a lost file opens nothing.
    """

    def __init__(self, home: Home, *, is_loopback: bool, now: Callable[[], datetime] = utc_now) -> None:
        self._store = KeyStore(home.keys)
        self._is_needed = not is_loopback
        self._now = now

    def now(self) -> datetime:
        """Return the moment by which keys expire."""
        return self._now()

    def is_needed(self) -> bool:
        """Whether a request needs a key. Raises Unavailable if the file cannot tell."""
        if not self._is_needed:
            with _as_unavailable():
                self._is_needed = self._store.any()
        return self._is_needed

    def find(self, key: str) -> KeyRecord | None:
        """Return the record of a key that is right and in force; None otherwise, whatever is wrong with it.

        Raises Unavailable if the file cannot tell.
        """
        match = _KEY.fullmatch(key)
        if match is None:
            return None
        with _as_unavailable():
            record = self._store.find(match[1])
        if record is None:
            return None
        is_right = hmac.compare_digest(record.sha256, hashlib.sha256(key.encode("ascii")).digest())
        return record if is_right and record.is_active(self._now()) else None

    def close(self) -> None:
        """Let the file go."""
        self._store.close()


@contextmanager
def _as_unavailable() -> Iterator[None]:
    """A damaged file of keys is nothing that whoever asks could have done better."""
    try:
        yield
    except Conflict as error:
        raise Unavailable(error.key, **error.fields) from error
