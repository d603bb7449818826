"""Addresses and transaction hashes in a text, with their places.

A word counts as an address if a format accepts it and its checksum holds. Mixed case of `0x…` with a wrong EIP-55
checksum does not count; a Solana address, which has no checksum, counts only where the text speaks of Solana. Spellings
made harmless (`0x98[.]…`) and words broken over two lines are left as they are. Time is linear in the text: one pass
over words of bounded length.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from qiyafa.model.address import Identity
from qiyafa.model.ports import AddressReader

_WORD: Final = re.compile(r"[0-9A-Za-z:]+", re.ASCII)
_SHORTEST, _LONGEST = 25, 300
"""Characters of an address; unified ones of Zcash are the longest."""
_HASH: Final = re.compile(r"(?:0[xX])?([0-9a-fA-F]{64})", re.ASCII)
_WITHOUT_CHECKSUM: Final = {"solana": re.compile(r"\bsolana\b|\bSPL\b|솔라나|سولانا", re.IGNORECASE)}
"""Formats in which any bytes are an address, and how a text says that it means that chain."""
_BEFORE, _AFTER = 60, 30
"""Characters around a hash in which a word may say what it is of."""


@dataclass(frozen=True, slots=True)
class FoundAddress:
    """An address in a text."""

    text: str
    start: int
    end: int
    """Code points from the beginning of the text."""
    chains: tuple[str, ...]
    """CAIP-2, the most usual one first."""
    identity: Identity
    """The first one that the text may spell."""


class HashKind(StrEnum):
    """What a text says that 64 hexadecimal digits are the hash of."""

    TRANSACTION = "transaction"
    BLOCK = "block"
    FILE = "file"
    UNKNOWN = "unknown"
    """It does not say: on a chain it may be a transaction, in a report on malware a file."""


_KIND_WORDS: Final = re.compile(
    r"(?P<transaction>transaction|\btxn?(?:id|hash)?s?\b|/tx/|معامل|트랜잭션|거래)"
    r"|(?P<block>\bblock\b|/block/|كتلة|블록)"
    r"|(?P<file>sha-?256|\bfile|\bmd5\b|malware|checksum|ملف|파일|악성)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class FoundHash:
    """A hash of 32 bytes in a text."""

    text: str
    start: int
    end: int
    kind: HashKind
    hash: str
    """In lower case, without `0x`."""


def find_addresses(text: str, reader: AddressReader) -> list[FoundAddress]:
    """Return every place of the text where an address stands, in order."""
    spoken = {name: words.search(text) is not None for name, words in _WITHOUT_CHECKSUM.items()}
    found = []
    for start, word in _words(text):
        for offset, candidate in _candidates(word):
            reading = reader.read(candidate)
            identities = [one for one in reading.identities if spoken.get(one.format, True)]
            if reading.is_known_format and identities and not reading.notes:
                at = start + offset
                found.append(FoundAddress(candidate, at, at + len(candidate), reading.chains, identities[0]))
                break
    return found


def find_hashes(text: str) -> list[FoundHash]:
    """Return every place of the text where a hash of 32 bytes stands, in order, with what the nearest word calls it."""
    found = []
    for start, word in _words(text):
        bare = word.rpartition(":")[2]
        match = _HASH.fullmatch(bare)
        if match:
            end = start + len(word)
            begin = end - len(bare)
            found.append(FoundHash(bare, begin, end, _kind(text, begin, end), match[1].lower()))
    return found


def _words(text: str) -> Iterator[tuple[int, str]]:
    """Yield the words that are long enough, with their places."""
    for match in _WORD.finditer(text):
        if match.end() - match.start() >= _SHORTEST:
            word = match[0].strip(":")
            if _SHORTEST <= len(word) <= _LONGEST:
                yield match.start() + match[0].index(word), word


def _candidates(word: str) -> Iterator[tuple[int, str]]:
    """Yield what of a word may be the address, with its offset: all of it, or without what stands before colons.

    A colon may be part of an address (`bitcoincash:…`, `r…:7` with a tag) or not (`Address:0x…`).
    """
    parts = word.rsplit(":", 2)
    for number in range(len(parts)):
        candidate = ":".join(parts[number:])
        if len(candidate) >= _SHORTEST and not _HASH.fullmatch(candidate):
            yield len(word) - len(candidate), candidate


def _kind(text: str, start: int, end: int) -> HashKind:
    before = list(_KIND_WORDS.finditer(text[max(0, start - _BEFORE) : start]))
    nearest = before[-1] if before else _KIND_WORDS.search(text[end : end + _AFTER])
    return HashKind(nearest.lastgroup or "unknown") if nearest else HashKind.UNKNOWN
