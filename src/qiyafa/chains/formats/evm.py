"""Ethereum and every chain like it: 20 bytes in hexadecimal. One key owns the same address on all of them.

EIP-55 puts a checksum into the case of the letters. A mixed case with a wrong checksum is still read: published lists
have such entries, and a query with one wrong capital must not miss a listed address. It carries a note.
"""

import re
from dataclasses import dataclass
from typing import Final

from qiyafa.chains.ethereum import EthereumAddresses
from qiyafa.chains.formats.spelling import Spelled
from qiyafa.model.address import Identity

FORMAT: Final = "evm"
WRONG_CASE: Final = "formats.note.checksum_case"

_DIGITS = re.compile(r"[0-9a-fA-F]{40}", re.ASCII)
_KEY = re.compile(r"0x[0-9a-f]{40}", re.ASCII)
_ADDRESSES = EthereumAddresses()


@dataclass(frozen=True, slots=True, eq=False)
class EvmHex:
    """A mark (`0x`) and forty hexadecimal digits."""

    marks: tuple[str, ...]
    """What may stand before the digits, the usual mark first; the case of a mark matters."""
    starts: str

    def read(self, text: str) -> Spelled | None:
        """Return the address in lower case."""
        mark, digits = text[:-40], text[-40:]
        if mark not in self.marks or not _DIGITS.fullmatch(digits):
            return None
        lower = digits.lower()
        key = f"0x{lower}"
        is_mixed = digits not in (lower, digits.upper())
        note = WRONG_CASE if is_mixed and _ADDRESSES.shown(key)[2:] != digits else ""
        return Spelled(Identity(FORMAT, key), note)

    def write(self, identity: Identity) -> tuple[str, ...]:
        """Return EIP-55's case, lower case and upper case after each mark."""
        if identity.format != FORMAT or not _KEY.fullmatch(identity.key):
            return ()
        digits = identity.key[2:]
        cases = (_ADDRESSES.shown(identity.key)[2:], digits, digits.upper())
        return tuple(mark + case for mark in self.marks for case in cases)


HEX = EvmHex(("0x", "0X"), "0")
RONIN = EvmHex(("ronin:",), "r")
"""As Ronin's own programs wrote addresses."""
XDC = EvmHex(("xdc", "XDC"), "xX")
"""As the XDC network's programs write addresses."""
