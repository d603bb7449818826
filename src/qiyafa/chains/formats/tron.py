"""TRON: Base58Check (`T…`), hexadecimal with the prefix 41, or the 20 bytes alone as its JSON-RPC has them (`0x…`)."""

from typing import Final

from qiyafa.chains.base58check import checked_payload
from qiyafa.chains.formats.base58_text import decoded
from qiyafa.chains.formats.spelling import Spelled
from qiyafa.chains.tron import TronAddresses
from qiyafa.model.address import Identity
from qiyafa.model.errors import InvalidInput

FORMAT: Final = "tron"

_LENGTHS = frozenset({34, 42, 44})
_PAYLOAD_BYTES = 21
_ADDRESSES = TronAddresses()


class TronSpelling:
    """All three, since every program of TRON reads all three."""

    starts = "T40"

    def read(self, text: str) -> Spelled | None:
        """Return the address in Base58Check."""
        if len(text) not in _LENGTHS:
            return None
        try:
            return Spelled(Identity(FORMAT, _ADDRESSES.canonical(text)))
        except InvalidInput:
            return None

    def write(self, identity: Identity) -> tuple[str, ...]:
        """Return Base58Check, then the hexadecimal spellings in both cases."""
        whole = decoded(identity.key) if identity.format == FORMAT else None
        payload = None if whole is None else checked_payload(whole)
        if payload is None or len(payload) != _PAYLOAD_BYTES:
            return ()
        long, short = payload.hex(), payload[1:].hex()
        upper_long, upper_short = long.upper(), short.upper()
        hexadecimal = (long, upper_long, f"0x{long}", f"0x{upper_long}", f"0X{upper_long}", f"0x{short}")
        return (identity.key, *hexadecimal, f"0x{upper_short}", f"0X{upper_short}")


TRON = TronSpelling()
