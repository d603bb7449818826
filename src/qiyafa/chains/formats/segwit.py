"""Segwit addresses: bech32 and bech32m (BIP173, BIP350), in lower or upper case, never mixed."""

from dataclasses import dataclass
from typing import Final

from qiyafa.chains.formats.spelling import Spelled
from qiyafa.chains.outputs.bech32 import ChecksumError, segwit_program
from qiyafa.model.address import Identity

FORMAT: Final = "segwit"


@dataclass(frozen=True, slots=True, eq=False)
class Segwit:
    """The segwit addresses of one network."""

    prefix: str
    """What stands before the `1`, in lower case."""

    @property
    def starts(self) -> str:
        """The prefix's first letter in both cases."""
        return self.prefix[0] + self.prefix[0].upper()

    def read(self, text: str) -> Spelled | None:
        """Return the address in lower case."""
        lower = text.lower()
        if not lower.startswith(f"{self.prefix}1") or text not in (lower, text.upper()):
            return None
        try:
            found = segwit_program(self.prefix, lower)
        except ChecksumError:
            return None
        return None if found is None else Spelled(Identity(FORMAT, lower))

    def write(self, identity: Identity) -> tuple[str, ...]:
        """Return lower case, then upper case."""
        if identity.format != FORMAT or not identity.key.startswith(f"{self.prefix}1"):
            return ()
        return identity.key, identity.key.upper()
