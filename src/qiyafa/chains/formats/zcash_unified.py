"""Zcash's unified addresses (`u1…`): one text that holds the addresses of one owner, shielded and transparent.

Lists name transparent addresses, so a unified address is opened: it spells each address in it, and itself. The bytes
are mixed before they are written (F4Jumble), which is undone here; zero bytes behind the prefix show that it was right.
Source: ZIP 316.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b

from qiyafa.chains.base58check import base58check_text
from qiyafa.chains.formats.spelling import Spelled
from qiyafa.chains.formats.zcash import (
    KEY_HASH,
    SAPLING_BYTES,
    SAPLING_PREFIX,
    SCRIPT_HASH,
    SHIELDED,
    TRANSPARENT,
    bech32_bytes,
    bech32_text,
)
from qiyafa.chains.outputs.bech32 import BECH32, BECH32M
from qiyafa.model.address import Identity

_PREFIX = "u"
_PADDING = _PREFIX.encode("ascii").ljust(16, b"\0")
_SHORTEST = 48
"""Bytes, the least that F4Jumble mixes."""
_BLOCK = 64
_HASH_BYTES = 20
_LARGEST_ONE_BYTE = 0xFC
"""Larger numbers take several bytes; no kind of address that is read here has one."""
_KEY_HASH, _SCRIPT_HASH, _SAPLING = 0, 1, 2


class UnifiedSpelling:
    """The unified address itself."""

    starts = "uU"

    def read(self, text: str) -> Spelled | None:
        """Return the unified address in lower case."""
        return Spelled(Identity(SHIELDED, text.lower())) if opened(text) else None

    def write(self, identity: Identity) -> tuple[str, ...]:
        """Return lower case, then upper case."""
        if identity.format != SHIELDED or not identity.key.startswith(f"{_PREFIX}1"):
            return ()
        return identity.key, identity.key.upper()


@dataclass(frozen=True, slots=True, eq=False)
class ReceiverSpelling:
    """An address inside a unified one."""

    kind: int
    size: int
    starts: str = "uU"

    def read(self, text: str) -> Spelled | None:
        """Return the address of this kind that the unified address holds, if it does."""
        body = opened(text).get(self.kind)
        if body is None or len(body) != self.size:
            return None
        if self.kind == _SAPLING:
            return Spelled(Identity(SHIELDED, bech32_text(SAPLING_PREFIX, BECH32, body)))
        version = KEY_HASH if self.kind == _KEY_HASH else SCRIPT_HASH
        return Spelled(Identity(TRANSPARENT, base58check_text(version + body)))

    def write(self, identity: Identity) -> tuple[str, ...]:
        """Return nothing: the other addresses in the unified one are not known."""
        return ()


UNIFIED = UnifiedSpelling()
RECEIVERS = (
    ReceiverSpelling(_KEY_HASH, _HASH_BYTES),
    ReceiverSpelling(_SCRIPT_HASH, _HASH_BYTES),
    ReceiverSpelling(_SAPLING, SAPLING_BYTES),
)


@lru_cache(maxsize=64)
def opened(text: str) -> dict[int, bytes]:
    """Return what a unified address holds, by kind; empty if the text is none."""
    mixed = bech32_bytes(_PREFIX, BECH32M, text)
    if mixed is None or len(mixed) < _SHORTEST:
        return {}
    whole = _unmixed(mixed)
    return dict(_items(whole[: -len(_PADDING)])) if whole.endswith(_PADDING) else {}


def _items(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield kind and bytes of each item, up to one whose numbers take several bytes or that is not whole."""
    place = 0
    while place + 2 <= len(data):
        kind, size = data[place], data[place + 1]
        place += 2
        if max(kind, size) > _LARGEST_ONE_BYTE or place + size > len(data):
            return
        yield kind, data[place : place + size]
        place += size


def _unmixed(mixed: bytes) -> bytes:
    """Undo F4Jumble: four rounds, each hiding one part under a hash of the other."""
    size = min(_BLOCK, len(mixed) // 2)
    left, right = mixed[:size], mixed[size:]
    for number in (1, 0):
        left = _xor(left, _short_hash(number, right, size))
        right = _xor(right, _long_hash(number, left, len(right)))
    return left + right


def _short_hash(number: int, data: bytes, size: int) -> bytes:
    return blake2b(data, digest_size=size, person=b"UA_F4Jumble_H" + bytes([number, 0, 0])).digest()


def _long_hash(number: int, data: bytes, size: int) -> bytes:
    blocks = range(-(-size // _BLOCK))
    person = b"UA_F4Jumble_G" + bytes([number])
    return b"".join(blake2b(data, person=person + block.to_bytes(2, "little")).digest() for block in blocks)[:size]


def _xor(one: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, other, strict=True))
