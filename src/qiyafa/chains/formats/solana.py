"""Solana: 32 bytes in Base58, without a checksum. Any 32 bytes are an address, so a typing error cannot be seen."""

from typing import Final

from qiyafa.chains.formats.base58_text import decoded
from qiyafa.chains.formats.spelling import Spelled
from qiyafa.model.address import Identity

FORMAT: Final = "solana"

_BYTES = 32
_SHORTEST, _LONGEST = 32, 44


class SolanaSpelling:
    """The one spelling."""

    starts = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"

    def read(self, text: str) -> Spelled | None:
        """Return the address of a text that stands for 32 bytes."""
        whole = decoded(text) if _SHORTEST <= len(text) <= _LONGEST else None
        return Spelled(Identity(FORMAT, text)) if whole is not None and len(whole) == _BYTES else None

    def write(self, identity: Identity) -> tuple[str, ...]:
        """Return the key itself."""
        return (identity.key,) if identity.format == FORMAT else ()


SOLANA = SolanaSpelling()
