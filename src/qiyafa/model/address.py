"""What an address is, apart from how it is spelled and on which chain it is used.

One key owns one address on several chains (every EVM chain, Bitcoin and its forks), and one address has several
spellings (EIP-55 or lower case, bech32 in capitals, cashaddr or legacy). Lists and labels are compared by identity.
"""

from dataclasses import dataclass

VERBATIM = "verbatim"
"""The format of a text that no known chain accepts: it is kept and compared byte for byte."""


@dataclass(frozen=True, slots=True, order=True)
class Identity:
    """One address, in the one spelling that its format keeps."""

    format: str
    """The name of a format in `chains/formats`, or `verbatim`."""
    key: str

    def __str__(self) -> str:
        return f"{self.format}:{self.key}"


@dataclass(frozen=True, slots=True)
class AddressReading:
    """What a text may be as an address."""

    written: str
    """As it was given, byte for byte."""
    identities: tuple[Identity, ...]
    """Every address that the text may spell, at least one; the verbatim one alone if no format knows it."""
    chains: tuple[str, ...]
    """The chains that accept the text: CAIP-2 where the chain has one that Qiyafa uses, the most usual one first."""
    notes: tuple[str, ...] = ()
    """Keys of the text catalogue: what is odd about the text though it was understood, e.g. a checksum's wrong case."""

    @property
    def is_known_format(self) -> bool:
        """Whether some chain accepts the text."""
        return all(one.format != VERBATIM for one in self.identities)
