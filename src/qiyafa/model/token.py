"""What the contract of a token says of it, and whether that fits the transfers."""

from dataclasses import dataclass
from typing import Final

MOST_DECIMALS: Final = 77
"""A value of 256 bits has at most this many digits after its first; a token that states more is shown in base units."""


@dataclass(frozen=True, slots=True)
class TokenFacts:
    """What is known of one token. Symbol and name are hostile text: anyone may issue a token of any name."""

    asset: str
    """CAIP-19."""
    symbol: str = ""
    name: str = ""
    """Both empty if the contract does not say."""
    decimals: int | None = None
    """Digits after the point when units are shown to people."""
    unreconciled: bool | None = None
    """True if balances do not follow from the transfers; None if that was not checked."""
    checked_block: int | None = None
    """The block of the balances that were compared."""
    detail: str = ""
    """What differed, or why nothing was compared."""
