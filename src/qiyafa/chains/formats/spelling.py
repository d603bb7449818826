"""What every way of writing an address answers, and what a text means when one of them accepts it.

A *format* is a space of identities (`evm`, `bitcoin`); a *spelling* is one way to write them. A chain accepts
spellings: Bitcoin Cash writes the identities of `bitcoin` as cashaddr or as Bitcoin does.
"""

from typing import NamedTuple, Protocol

from qiyafa.model.address import Identity

LONGEST_TEXT = 512
"""Characters; no address is longer, and checks are made before any arithmetic."""


class Spelled(NamedTuple):
    """What a spelling makes of a text that it accepts."""

    identity: Identity
    note: str = ""
    """A key of the text catalogue where something about the text is odd; empty otherwise."""


class Spelling(Protocol):
    """One way to write the addresses of one format."""

    @property
    def starts(self) -> str:
        """The characters that a text of this spelling may begin with."""

    def read(self, text: str) -> Spelled | None:
        """Return what a text means, or None if it is not written so. It is ASCII and at most `LONGEST_TEXT` long."""

    def write(self, identity: Identity) -> tuple[str, ...]:
        """Return how an identity is written so, the usual way first; nothing for an identity it cannot write."""
