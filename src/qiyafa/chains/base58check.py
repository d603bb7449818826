"""Base58Check: bytes as text without look-alike characters, with four bytes of a double SHA-256 as checksum.

Source: Bitcoin's `base58.cpp`; TRON and most older chains of outputs write their addresses so.
"""

from hashlib import sha256

_ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_DIGITS = frozenset(_ALPHABET)
_VALUES = {character: value for value, character in enumerate(_ALPHABET)}
_PAIRS = {one + other: 58 * _VALUES[one] + _VALUES[other] for one in _ALPHABET for other in _ALPHABET}
_CHECKSUM_BYTES = 4
_LONGEST_TEXT = 120
"""Far above any address; the arithmetic is quadratic in the length, and a hostile text may be long."""


def base58check_text(payload: bytes) -> str:
    """Return a payload (version and hash) as text, checksum included."""
    whole = payload + _checksum(payload)
    number, digits = int.from_bytes(whole, "big"), ""
    while number:
        number, value = divmod(number, 58)
        digits = _ALPHABET[value] + digits
    leading_zeros = len(whole) - len(whole.lstrip(b"\0"))
    return _ALPHABET[0] * leading_zeros + digits


def base58_bytes(text: str) -> bytes | None:
    """Return the bytes that a text stands for, checksum included, or None if it is no Base58."""
    if not text or len(text) > _LONGEST_TEXT or not _DIGITS.issuperset(text):
        return None
    # Two digits at a time: half as many steps over ever longer numbers.
    number = _VALUES[text[0]] if len(text) % 2 else 0
    for place in range(len(text) % 2, len(text), 2):
        number = number * 3364 + _PAIRS[text[place : place + 2]]
    leading_zeros = len(text) - len(text.lstrip(_ALPHABET[0]))
    return bytes(leading_zeros) + number.to_bytes((number.bit_length() + 7) // 8, "big")


def checked_payload(whole: bytes) -> bytes | None:
    """Return the payload of decoded bytes, or None if their checksum is wrong."""
    payload, checksum = whole[:-_CHECKSUM_BYTES], whole[-_CHECKSUM_BYTES:]
    return payload if _checksum(payload) == checksum else None


def _checksum(payload: bytes) -> bytes:
    return sha256(sha256(payload).digest()).digest()[:_CHECKSUM_BYTES]
