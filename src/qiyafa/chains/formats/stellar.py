"""Stellar: `strkey`, Base32 of a version byte, the key and a checksum (CRC16-XModem, low byte first).

A multiplexed account (`M…`) is an account and a number for its customers; the account is the identity.
Source: SEP-0023.
"""

import base64
import binascii
from typing import Final

from qiyafa.chains.formats.spelling import Spelled
from qiyafa.model.address import Identity

FORMAT: Final = "stellar"

_ACCOUNT, _MULTIPLEXED = 6 << 3, 12 << 3
_LENGTHS = {56: _ACCOUNT, 69: _MULTIPLEXED}
_KEY_BYTES, _CHECKSUM_BYTES = 32, 2


class StellarSpelling:
    """Accounts and multiplexed accounts."""

    starts = "GM"

    def read(self, text: str) -> Spelled | None:
        """Return the account."""
        version = _LENGTHS.get(len(text))
        if version is None:
            return None
        try:
            whole = base64.b32decode(text + "=" * (-len(text) % 8))
        except binascii.Error:
            return None
        payload = whole[:-_CHECKSUM_BYTES]
        if payload[0] != version or _text(payload) != text:
            return None
        return Spelled(Identity(FORMAT, _text(bytes([_ACCOUNT]) + payload[1 : 1 + _KEY_BYTES])))

    def write(self, identity: Identity) -> tuple[str, ...]:
        """Return the account."""
        return (identity.key,) if identity.format == FORMAT else ()


STELLAR = StellarSpelling()


def _text(payload: bytes) -> str:
    checksum = binascii.crc_hqx(payload, 0).to_bytes(_CHECKSUM_BYTES, "little")
    return base64.b32encode(payload + checksum).decode("ascii").rstrip("=")
