"""Segwit addresses as text: bech32 for witness version 0 (BIP173), bech32m for later ones (BIP350)."""

from collections.abc import Iterable
from functools import reduce
from operator import xor
from typing import Final

ALPHABET: Final = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
BECH32, BECH32M = 1, 0x2BC830A3
_GENERATOR: Final = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
CHECKSUM_DIGITS: Final = 6

_TURNS: Final = tuple(
    reduce(xor, (value for bit, value in enumerate(_GENERATOR) if top >> bit & 1), 0) for top in range(32)
)
"""What each leading digit of the remainder turns into."""

_VALUES = {character: value for value, character in enumerate(ALPHABET)}
_LONGEST_TEXT = 90
_LATEST_VERSION = 16
_PROGRAM_SIZES = range(2, 41)
_FIRST_PROGRAM_SIZES = {20, 32}


class ChecksumError(ValueError):
    """The text has the shape of a segwit address, but its checksum is wrong."""


def segwit_text(prefix: str, version: int, program: bytes) -> str:
    """Return a witness program as an address."""
    digits = [version, *_five_bit_digits(program)]
    checksum = checksum_of([*prefix_digits(prefix), *digits, *[0] * CHECKSUM_DIGITS]) ^ _constant(version)
    digits += [checksum >> 5 * (CHECKSUM_DIGITS - 1 - place) & 31 for place in range(CHECKSUM_DIGITS)]
    return f"{prefix}1" + "".join(ALPHABET[digit] for digit in digits)


def segwit_program(prefix: str, text: str) -> tuple[int, bytes] | None:
    """Return version and program of an address in lower case, or None for other texts. Raises ChecksumError."""
    body = text.removeprefix(f"{prefix}1")
    if len(body) == len(text) or len(text) > _LONGEST_TEXT or not all(one in _VALUES for one in body):
        return None
    digits = [_VALUES[one] for one in body]
    if len(digits) <= CHECKSUM_DIGITS or digits[0] > _LATEST_VERSION:
        return None
    if checksum_of([*prefix_digits(prefix), *digits]) != _constant(digits[0]):
        raise ChecksumError
    program = _bytes_of(digits[1:-CHECKSUM_DIGITS])
    if program is None or len(program) not in (_PROGRAM_SIZES if digits[0] else _FIRST_PROGRAM_SIZES):
        return None
    return digits[0], program


def _constant(version: int) -> int:
    return BECH32M if version else BECH32


def prefix_digits(prefix: str) -> list[int]:
    """Return the digits of a prefix as the checksum takes them."""
    return [ord(one) >> 5 for one in prefix] + [0] + [ord(one) & 31 for one in prefix]


def checksum_of(digits: Iterable[int], remainder: int = 1) -> int:
    """Return BIP173's checksum polynomial of some digits, after others that gave a remainder."""
    for digit in digits:
        remainder = (remainder & 0x1FFFFFF) << 5 ^ digit ^ _TURNS[remainder >> 25]
    return remainder


def _five_bit_digits(program: bytes) -> list[int]:
    padding = -len(program) * 8 % 5
    number = int.from_bytes(program, "big") << padding
    count = (len(program) * 8 + padding) // 5
    return [number >> 5 * (count - 1 - place) & 31 for place in range(count)]


def _bytes_of(digits: list[int]) -> bytes | None:
    """Return the bytes of five-bit digits, or None if the padding is no padding."""
    number = 0
    for digit in digits:
        number = number << 5 | digit
    padding = len(digits) * 5 % 8
    if padding > 4 or number & ((1 << padding) - 1):
        return None
    return (number >> padding).to_bytes(len(digits) * 5 // 8, "big")
