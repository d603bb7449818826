"""Cashaddr: the spelling of Bitcoin Cash, of the very hashes that Bitcoin writes in Base58Check.

The prefix may be left out; then the network's own is meant. Lower or upper case, never mixed. Token-aware addresses
(types 2 and 3) are the addresses of types 0 and 1 whose owner also accepts tokens: the same hash, the same owner.
Sources: the "CashAddr" specification of Bitcoin Cash, and CHIP-2022-02-CashTokens for the types 2 and 3.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache, reduce
from operator import xor

from qiyafa.chains.base58check import base58check_text
from qiyafa.chains.formats.base58_text import Base58Check, payload_of
from qiyafa.chains.formats.spelling import Spelled
from qiyafa.chains.outputs.bech32 import ALPHABET
from qiyafa.model.address import Identity

_VALUES = {character: value for value, character in enumerate(ALPHABET)}
_GENERATOR = (0x98F2BC8E61, 0x79B76D99E2, 0xF33E5FB3C4, 0xAE2EABE2A8, 0x1E4F43E470)
_TURNS = tuple(reduce(xor, (value for bit, value in enumerate(_GENERATOR) if top >> bit & 1), 0) for top in range(32))
"""What each leading digit of the remainder turns into."""
_CHECKSUM_DIGITS = 8
_DIGITS = 34 + _CHECKSUM_DIGITS
"""Of a version byte and a hash of 20 bytes (168 bits, two of padding), and the checksum."""
_PADDING = 2
_HASH_BYTES = 20
_TOKEN_AWARE = 2
"""Added to the type."""


@dataclass(frozen=True, slots=True, eq=False)
class Cashaddr:
    """The cashaddr spellings of one network."""

    prefix: str
    kinds: tuple[Base58Check, Base58Check]
    """The legacy spelling of a public key's hash (type 0) and of a script's hash (type 1)."""

    @property
    def starts(self) -> str:
        """The prefix's first letter, and the first letters without a prefix (types 0 to 3), in both cases."""
        letters = self.prefix[0] + "qpzr"
        return letters + letters.upper()

    def read(self, text: str) -> Spelled | None:
        """Return the address as the network's legacy spelling has it."""
        lower = text.lower()
        body = lower.removeprefix(f"{self.prefix}:")
        if len(body) != _DIGITS or text not in (lower, text.upper()):
            return None
        found = _number_and_checksum(body)
        if found is None or found[1] != _expected(self.prefix):
            return None
        number = found[0] >> 5 * _CHECKSUM_DIGITS
        whole = (number >> _PADDING).to_bytes(1 + _HASH_BYTES, "big")
        kind = whole[0] >> 3
        if number & 3 or whole[0] & 7 or kind >= 2 * _TOKEN_AWARE:
            return None
        legacy = self.kinds[kind % _TOKEN_AWARE]
        return Spelled(Identity(legacy.format, base58check_text(legacy.version + whole[1:])))

    def write(self, identity: Identity) -> tuple[str, ...]:
        """Return the spellings with and without prefix, in both cases, then the token-aware ones."""
        payload = payload_of(identity.key)
        for kind, legacy in enumerate(self.kinds):
            if payload is not None and legacy.write(identity):
                body = payload[len(legacy.version) :]
                plain, aware = (self._text(of_kind, body) for of_kind in (kind, kind + _TOKEN_AWARE))
                return *_with_and_without(self.prefix, plain), *_with_and_without(self.prefix, aware)
        return ()

    def _text(self, kind: int, body: bytes) -> str:
        number = int.from_bytes(bytes([kind << 3]) + body, "big") << _PADDING
        digits = _five_bits(number, _DIGITS - _CHECKSUM_DIGITS)
        checksum = _checksum([*digits, *[0] * _CHECKSUM_DIGITS], _prefix_remainder(self.prefix)) ^ 1
        return "".join(ALPHABET[digit] for digit in [*digits, *_five_bits(checksum, _CHECKSUM_DIGITS)])


def _with_and_without(prefix: str, text: str) -> tuple[str, ...]:
    whole = f"{prefix}:{text}"
    return whole, text, whole.upper(), text.upper()


@lru_cache(maxsize=64)
def _number_and_checksum(body: str) -> tuple[int, int] | None:
    """Return a text without prefix as a number, and its checksum from a remainder of 0; None for other characters.

    Kept for the next network that is asked: the checksum is linear, so what the prefix adds to it is known beforehand.
    """
    if not all(one in _VALUES for one in body):
        return None
    digits = [_VALUES[one] for one in body]
    number = 0
    for digit in digits:
        number = number << 5 | digit
    return number, _checksum(digits, 0)


@cache
def _expected(prefix: str) -> int:
    """Return what `_number_and_checksum` finds for every right text behind a prefix."""
    return _checksum([0] * _DIGITS, _prefix_remainder(prefix)) ^ 1


def _five_bits(number: int, count: int) -> list[int]:
    return [number >> 5 * (count - 1 - place) & 31 for place in range(count)]


def _checksum(digits: Iterable[int], remainder: int = 1) -> int:
    """Return the specification's polynomial of some digits, after others that gave a remainder."""
    for digit in digits:
        remainder = (remainder & 0x07FFFFFFFF) << 5 ^ digit ^ _TURNS[remainder >> 35]
    return remainder


@cache
def _prefix_remainder(prefix: str) -> int:
    return _checksum([*(ord(one) & 31 for one in prefix), 0])
