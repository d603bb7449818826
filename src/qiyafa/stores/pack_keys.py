"""How an address becomes the 34 bytes under which a pack keeps it, and the page that it hashes to.

A key is the number of its format, its form, and 32 bytes padded with zeros. Forms, by the identity's own text:
0x41..0x60 `0x` and 2n hex digits as n bytes (form 0x40 + n); 0x01..0x20 2n hex digits as n bytes; 0x81..0xA0 any other
text of n bytes of UTF-8; 0x00 SHA-256 of a longer text. No two identities share a key, except by breaking SHA-256.

The hash only spreads; it is no protection, and every look-up compares the whole key. Its factors come from a digest
of what the pack is made from, so nobody can prepare addresses that crowd one page.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from struct import Struct
from typing import Final

import numpy as np

from qiyafa.model.address import Identity
from qiyafa.model.columns import U8, U64
from qiyafa.stores.pack_layout import KEY_BYTES

_BODY: Final = KEY_BYTES - 2
_PREFIXED, _TEXT, _DIGEST = 0x40, 0x80, 0x00
_ALL_BITS: Final = (1 << 64) - 1
_SPREAD: Final = 0x9E3779B97F4A7C15
_WORDS: Final = Struct("<HQQQQ")
_FACTORS: Final = 6
TAGS: Final = 255
"""A slot's tag is 1 to 255; 0 marks a free slot."""


def key_of(identity: Identity, formats: Mapping[str, int]) -> bytes | None:
    """Return the key of an identity, or None if the pack knows no address of its format."""
    number = formats.get(identity.format)
    if number is None:
        return None
    form, body = _body(identity.key)
    return bytes((number, form)) + body.ljust(_BODY, b"\0")


def keys_of(identities: Iterable[Identity], formats: Mapping[str, int]) -> U8:
    """Return the keys of many identities, one row of 34 bytes each; zeros where the pack knows no such format."""
    rows = [key_of(identity, formats) or bytes(KEY_BYTES) for identity in identities]
    return np.frombuffer(b"".join(rows), np.uint8).reshape(len(rows), KEY_BYTES)


def _body(key: str) -> tuple[int, bytes]:
    prefixed = key.startswith("0x")
    digits = key[2:] if prefixed else key
    if 0 < len(digits) <= 2 * _BODY and len(digits) % 2 == 0:
        try:
            body = bytes.fromhex(digits)
        except ValueError:
            body = b""
        # `fromhex` skips white space and reads capitals, which are other texts.
        if body.hex() == digits:
            return (_PREFIXED if prefixed else 0) + len(body), body
    written = key.encode("utf-8", "surrogatepass")
    if 0 < len(written) <= _BODY:
        return _TEXT + len(written), written
    return _DIGEST, hashlib.sha256(written).digest()


@dataclass(frozen=True, slots=True)
class KeyHash:
    """Which page a key belongs to, and its tag there."""

    factors: tuple[int, ...]
    """Six numbers of 64 bits: one for each word of the key, and what is added."""
    homes: int

    def place(self, key: bytes) -> tuple[int, int]:
        """Return (home page, tag) of a key; the kernels do the same arithmetic."""
        kind, first, second, third, fourth = _WORDS.unpack(key)
        of_kind, of_first, of_second, of_third, of_fourth, added = self.factors
        mixed = (
            kind * of_kind + first * of_first + second * of_second + third * of_third + fourth * of_fourth + added
        ) & _ALL_BITS
        mixed = (mixed ^ (mixed >> 32)) * _SPREAD & _ALL_BITS
        return ((mixed >> 32) * self.homes) >> 32, (mixed ^ (mixed >> 29)) % TAGS + 1

    def array(self) -> U64:
        """Return the factors for the kernels."""
        return np.array(self.factors, np.uint64)


def factors_from(digest: bytes) -> tuple[int, ...]:
    """Return the six factors that a digest gives: SHA-256 of it and a counter, made odd except the last."""
    drawn = [hashlib.sha256(digest + bytes((number,))).digest()[:8] for number in range(_FACTORS)]
    numbers = [int.from_bytes(one, "little") for one in drawn]
    return (*(number | 1 for number in numbers[:-1]), numbers[-1])
