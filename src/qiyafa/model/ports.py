"""What one part needs of another, said by shape. Adapters fit these; nothing inherits from them."""

from typing import Protocol


class AddressFormats(Protocol):
    """How the addresses of one chain are written. Implemented in `chains/`, handed in by wiring."""

    def canonical(self, text: str) -> str:
        """Return the one spelling the ledger keeps. Raises InvalidInput if the text is no address of this chain."""

    def shown(self, address: str) -> str:
        """Return the spelling people expect to read (on Ethereum with EIP-55's checksum)."""


class Progress(Protocol):
    """Told how far a long work is."""

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Take the catalogue key of the stage and how much of it is done; total 0 means unknown."""


def silent(stage: str, done: int, total: int) -> None:
    """Ignore progress."""
