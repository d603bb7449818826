"""Zcash beside `t…`: Sapling's shielded addresses (`zs1…`, bech32), and TEX, a transparent address for exchanges.

A TEX address (`tex1…`, bech32m) is a public key's hash: its identity is the `t1…` address of the same hash.
Sources: the Zcash protocol specification 5.6; ZIP 320.
"""

from typing import Final

from qiyafa.chains.base58check import base58check_text
from qiyafa.chains.formats.base58_text import payload_of
from qiyafa.chains.formats.spelling import Spelled
from qiyafa.chains.outputs.bech32 import (
    ALPHABET,
    BECH32,
    BECH32M,
    CHECKSUM_DIGITS,
    checksum_of,
    prefix_digits,
)
from qiyafa.model.address import Identity

TRANSPARENT: Final = "zcash"
SHIELDED: Final = "zcash-shielded"
KEY_HASH: Final = bytes.fromhex("1cb8")
SCRIPT_HASH: Final = bytes.fromhex("1cbd")
SAPLING_PREFIX: Final = "zs"
SAPLING_BYTES: Final = 43

_TEX_PREFIX: Final = "tex"
_HASH_BYTES: Final = 20
_VALUES: Final = {character: value for value, character in enumerate(ALPHABET)}


class SaplingSpelling:
    """Shielded addresses of Sapling."""

    starts = "zZ"

    def read(self, text: str) -> Spelled | None:
        """Return the address in lower case."""
        body = bech32_bytes(SAPLING_PREFIX, BECH32, text)
        return Spelled(Identity(SHIELDED, text.lower())) if body is not None and len(body) == SAPLING_BYTES else None

    def write(self, identity: Identity) -> tuple[str, ...]:
        """Return lower case, then upper case."""
        if identity.format != SHIELDED or not identity.key.startswith(f"{SAPLING_PREFIX}1"):
            return ()
        return identity.key, identity.key.upper()


class TexSpelling:
    """A transparent address that may only be paid from transparent ones."""

    starts = "tT"

    def read(self, text: str) -> Spelled | None:
        """Return the `t1…` address of the same hash."""
        body = bech32_bytes(_TEX_PREFIX, BECH32M, text)
        if body is None or len(body) != _HASH_BYTES:
            return None
        return Spelled(Identity(TRANSPARENT, base58check_text(KEY_HASH + body)))

    def write(self, identity: Identity) -> tuple[str, ...]:
        """Return lower case, then upper case."""
        payload = payload_of(identity.key) if identity.format == TRANSPARENT else None
        if payload is None or not payload.startswith(KEY_HASH) or len(payload) != len(KEY_HASH) + _HASH_BYTES:
            return ()
        text = bech32_text(_TEX_PREFIX, BECH32M, payload[len(KEY_HASH) :])
        return text, text.upper()


SAPLING = SaplingSpelling()
TEX = TexSpelling()


def bech32_bytes(prefix: str, constant: int, text: str) -> bytes | None:
    """Return the bytes of a bech32 text of any length, or None if prefix, case, checksum or padding are wrong."""
    lower = text.lower()
    body = lower.removeprefix(f"{prefix}1")
    if len(body) == len(lower) or text not in (lower, text.upper()) or not all(one in _VALUES for one in body):
        return None
    digits = [_VALUES[one] for one in body]
    if len(digits) <= CHECKSUM_DIGITS or checksum_of([*prefix_digits(prefix), *digits]) != constant:
        return None
    number = 0
    for digit in digits[:-CHECKSUM_DIGITS]:
        number = number << 5 | digit
    size, padding = divmod(5 * (len(digits) - CHECKSUM_DIGITS), 8)
    if padding > 4 or number & ((1 << padding) - 1):
        return None
    return (number >> padding).to_bytes(size, "big")


def bech32_text(prefix: str, constant: int, body: bytes) -> str:
    """Return bytes as a bech32 text."""
    padding = -len(body) * 8 % 5
    number, count = int.from_bytes(body, "big") << padding, (len(body) * 8 + padding) // 5
    digits = [number >> 5 * place & 31 for place in reversed(range(count))]
    checksum = checksum_of([*prefix_digits(prefix), *digits, *[0] * CHECKSUM_DIGITS]) ^ constant
    digits += [checksum >> 5 * place & 31 for place in reversed(range(CHECKSUM_DIGITS))]
    return f"{prefix}1" + "".join(ALPHABET[digit] for digit in digits)
