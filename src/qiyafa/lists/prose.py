"""Digital-currency addresses that lists name in the middle of a sentence, as remarks and comments do.

A word counts if an address format accepts it. Beside a word about digital currency, something that only looks like an
address (a mistyped one, or one of an unknown chain) is taken as well: it is compared byte for byte and reported when
the list is imported, rather than dropped.
"""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from qiyafa.model.errors import InvalidInput
from qiyafa.model.ports import AddressReader

_WORD: Final = re.compile(r"[0-9A-Za-z:]+", re.ASCII)
_SHORTEST, _LONGEST = 25, 120
_ABOUT_CURRENCY: Final = re.compile(
    r"wallet|crypto|virtual (?:asset|currenc)|digital (?:asset|currenc)|bitcoin|ethereum|tether|가상자산|지갑"
    r"|\b(?:BTC|XBT|ETH|XMR|TRX|USDT|USDC|LTC|XRP)\b",
    re.IGNORECASE,
)
_TICKER: Final = re.compile(r"\b([A-Z]{3,5})\W{0,3}\Z", re.ASCII)
_LONGEST_TICKER: Final = 10


class Mentioned(NamedTuple):
    """An address in a text."""

    written: str
    declared: str
    """The ticker right before it; empty if there is none."""


def addresses_in(text: str, reader: AddressReader) -> Iterator[Mentioned]:
    """Yield every address that a text mentions, each once, in order."""
    seen: set[str] = set()
    is_about_currency = _ABOUT_CURRENCY.search(text) is not None
    for word in _WORD.finditer(text):
        written = _freed(word[0], reader)
        if not _SHORTEST <= len(written) <= _LONGEST or written in seen:
            continue
        if reader.read(written).is_known_format or (is_about_currency and _is_like_an_address(written)):
            seen.add(written)
            before = text[max(0, word.start() - _LONGEST_TICKER) : word.end() - len(written)]
            yield Mentioned(written, _ticker(before, reader))


def _freed(word: str, reader: AddressReader) -> str:
    """Return a word without a colon behind it, and without what stands before a colon if that is no part of it."""
    bare = word.strip(":")
    head, colon, tail = bare.rpartition(":")
    return tail if colon and head and not reader.read(bare).is_known_format else bare


def _is_like_an_address(written: str) -> bool:
    return written.isalnum() and any(one.isdigit() for one in written) and any(one.isalpha() for one in written)


def _ticker(before: str, reader: AddressReader) -> str:
    found = _TICKER.search(before)
    if not found:
        return ""
    try:
        reader.read("", found[1])
    except InvalidInput:
        return ""
    return found[1]
