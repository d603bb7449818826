"""The addresses of chains of outputs: what users write, and what a locking script's address is.

An output whose script has no address is kept under `scripthash:` and the SHA-256 of its script, its bytes reversed, as
Electrum's protocol names scripts. Base58 keeps its case; bech32 is kept in lower case and understood in upper case.
"""

import re
from dataclasses import dataclass
from typing import Final

from qiyafa.chains.base58check import base58_bytes, base58check_text, checked_payload
from qiyafa.chains.outputs.bech32 import ChecksumError, segwit_program, segwit_text
from qiyafa.model.errors import InvalidInput

SCRIPT_HASH: Final = "scripthash:"

_SCRIPT_HASH = re.compile(r"scripthash:[0-9a-f]{64}", re.ASCII)
_HASH_BYTES = 20
_SHORTEST_BASE58 = 26
"""Of 25 bytes that do not all begin with zero bits."""


@dataclass(frozen=True, slots=True)
class AddressVersions:
    """How one network writes its addresses."""

    pubkey_hash: int
    """First byte of the address of a public key's hash."""
    script_hash: int
    """First byte of the address of a script's hash."""
    segwit: str = ""
    """What segwit addresses begin with; empty where the chain has none."""
    old_script_hash: int | None = None
    """First byte of a script's address in a spelling of the past."""
    starts: str = ""
    """How the addresses begin, for people."""


class OutputAddresses:
    """The spellings of one network's addresses."""

    def __init__(self, network: str, versions: AddressVersions) -> None:
        self._network = network
        self._versions = versions

    def canonical(self, text: str) -> str:
        """Return the one spelling the ledger keeps. Raises InvalidInput for other texts and for a wrong checksum."""
        if _SCRIPT_HASH.fullmatch(text):
            return text
        lower = text.lower()
        if self._versions.segwit and lower.startswith(f"{self._versions.segwit}1"):
            return self._segwit(text, lower)
        whole = base58_bytes(text)
        if whole is None or len(text) < _SHORTEST_BASE58 or len(whole) != 1 + _HASH_BYTES + 4:
            raise self._refused(text)
        payload = checked_payload(whole)
        if payload is None:
            raise InvalidInput("chains_outputs.error.address_checksum", value=text)
        if payload[0] == self._versions.old_script_hash:
            return base58check_text(bytes([self._versions.script_hash]) + payload[1:])
        if payload[0] not in (self._versions.pubkey_hash, self._versions.script_hash):
            raise self._refused(text)
        return text

    def shown(self, address: str) -> str:
        """Return an address as it is kept."""
        return address

    def _segwit(self, text: str, lower: str) -> str:
        if text not in (lower, text.upper()):
            raise self._refused(text)
        try:
            found = segwit_program(self._versions.segwit, lower)
        except ChecksumError:
            raise InvalidInput("chains_outputs.error.address_checksum", value=text) from None
        if found is None:
            raise self._refused(text)
        return segwit_text(self._versions.segwit, *found)

    def _refused(self, text: str) -> InvalidInput:
        return InvalidInput(
            "chains_outputs.error.address", value=text, chain=self._network, starts=self._versions.starts
        )
