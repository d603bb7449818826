"""Base58Check spellings: version bytes and a hash, as most chains of Bitcoin's family write their addresses.

Version bytes: the `base58Prefixes` of each chain's `chainparams.cpp`.
"""

from dataclasses import dataclass
from functools import lru_cache

from qiyafa.chains.base58check import base58_bytes, base58check_text, checked_payload
from qiyafa.chains.formats.spelling import Spelled
from qiyafa.model.address import Identity

_LONGEST = 100
"""Characters; a Sprout address of Zcash, the longest, has 95."""
_HASH_BYTES = 20


@dataclass(frozen=True, slots=True, eq=False)
class Base58Check:
    """Version bytes and a payload of one size."""

    format: str
    version: bytes
    starts: str
    kept_version: bytes = b""
    """The version bytes of today's spelling, where this one is of the past; empty where it is today's."""
    payload_bytes: int = _HASH_BYTES

    def read(self, text: str) -> Spelled | None:
        """Return the address of a text whose version, length and checksum are right."""
        payload = payload_of(text) if len(text) <= _LONGEST else None
        if payload is None or not payload.startswith(self.version):
            return None
        body = payload[len(self.version) :]
        if len(body) != self.payload_bytes:
            return None
        return Spelled(Identity(self.format, base58check_text(self.kept_version + body) if self.kept_version else text))

    def write(self, identity: Identity) -> tuple[str, ...]:
        """Return the one text of an address of this kind."""
        kept = self.kept_version or self.version
        payload = payload_of(identity.key) if identity.format == self.format else None
        if payload is None or not payload.startswith(kept) or len(payload) != len(kept) + self.payload_bytes:
            return ()
        return (base58check_text(self.version + payload[len(kept) :]),)


@lru_cache(maxsize=64)
def payload_of(text: str) -> bytes | None:
    """Return the payload of a Base58Check text, or None. Several spellings ask for the same text one after another."""
    whole = decoded(text)
    return None if whole is None else checked_payload(whole)


@lru_cache(maxsize=64)
def decoded(text: str) -> bytes | None:
    """Return the bytes of a Base58 text, or None."""
    return base58_bytes(text)
