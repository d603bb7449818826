"""Monero: Base58 block by block (eight bytes as eleven characters), and four bytes of Keccak-256 as checksum.

An integrated address is a standard address and a payment id of eight bytes; the standard address is the identity.
Source: Monero's `cryptonote_basic_impl.cpp`, `base58.cpp` and `cryptonote_config.h`.
"""

from dataclasses import dataclass
from typing import Final

from eth_hash.auto import keccak

from qiyafa.chains.formats.spelling import Spelled
from qiyafa.model.address import Identity

FORMAT: Final = "monero"

_ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_VALUES = {character: value for value, character in enumerate(_ALPHABET)}
_BLOCK_BYTES, _BLOCK_CHARACTERS = 8, 11
_LAST_BYTES, _LAST_CHARACTERS = 5, 7
"""Of the rest behind the whole blocks, for both lengths below."""
_PLAIN, _INTEGRATED = 95, 106
"""Characters: 69 bytes (network, two keys, checksum), and 8 more of a payment id."""
_CHECKSUM_BYTES, _KEYS_BYTES = 4, 64


@dataclass(frozen=True, slots=True, eq=False)
class MoneroSpelling:
    """The addresses of one network: standard, subaddress and integrated."""

    standard: int
    integrated: int
    subaddress: int
    starts: str

    def read(self, text: str) -> Spelled | None:
        """Return the address; of an integrated one the standard address in it."""
        whole = _bytes_of(text) if len(text) in (_PLAIN, _INTEGRATED) else None
        if whole is None or keccak(whole[:-_CHECKSUM_BYTES])[:_CHECKSUM_BYTES] != whole[-_CHECKSUM_BYTES:]:
            return None
        if len(text) == _PLAIN and whole[0] in (self.standard, self.subaddress):
            return Spelled(Identity(FORMAT, text))
        if len(text) == _INTEGRATED and whole[0] == self.integrated:
            return Spelled(Identity(FORMAT, _text(bytes([self.standard]) + whole[1 : 1 + _KEYS_BYTES])))
        return None

    def write(self, identity: Identity) -> tuple[str, ...]:
        """Return the key itself; integrated spellings are as many as payment ids."""
        return (identity.key,) if identity.format == FORMAT and self.read(identity.key) else ()


MAIN = MoneroSpelling(18, 19, 42, "48")
TEST = MoneroSpelling(53, 54, 63, "9AB")
STAGE = MoneroSpelling(24, 25, 36, "57")


def _bytes_of(text: str) -> bytes | None:
    blocks = []
    for begin in range(0, len(text), _BLOCK_CHARACTERS):
        block = text[begin : begin + _BLOCK_CHARACTERS]
        size = _BLOCK_BYTES if len(block) == _BLOCK_CHARACTERS else _LAST_BYTES
        number = 0
        for character in block:
            value = _VALUES.get(character)
            if value is None:
                return None
            number = number * 58 + value
        if number >> 8 * size:
            return None
        blocks.append(number.to_bytes(size, "big"))
    return b"".join(blocks)


def _text(payload: bytes) -> str:
    whole = payload + keccak(payload)[:_CHECKSUM_BYTES]
    return "".join(_block_text(whole[begin : begin + _BLOCK_BYTES]) for begin in range(0, len(whole), _BLOCK_BYTES))


def _block_text(block: bytes) -> str:
    number, characters = int.from_bytes(block, "big"), ""
    for _ in range(_BLOCK_CHARACTERS if len(block) == _BLOCK_BYTES else _LAST_CHARACTERS):
        number, value = divmod(number, 58)
        characters = _ALPHABET[value] + characters
    return characters
