"""How deep the history of each chain may still change: a deeper reorganization is a matter for a person.

A rule is a number of blocks and, where nodes offer it, their own word `finalized`. The number is meant as what nobody
should ever see, not as what usually happens: below it a ledger rolls back by itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from qiyafa.chains.chain import Chain
from qiyafa.model.ledger import LedgerModel


@dataclass(frozen=True, slots=True)
class Finality:
    """When a block of a chain is final."""

    blocks: int
    """So many blocks above it make a block final."""
    is_told: bool = False
    """The node also names its last final block."""


FINALITY: Final[Mapping[str, Finality]] = {
    # Two epochs of 32 slots (consensus specs, Casper FFG) and a margin for missed slots.
    "eip155:1": Finality(96, is_told=True),
    "eip155:10": Finality(1800, is_told=True),
    "eip155:56": Finality(64, is_told=True),
    "eip155:100": Finality(96, is_told=True),
    # Reorganizations of more than 100 blocks happened in 2022 and 2023; indexers wait for 200 to 250.
    "eip155:137": Finality(256, is_told=True),
    "eip155:8453": Finality(1800, is_told=True),
    "eip155:42161": Finality(7200, is_told=True),
    # A block is solid once 19 of the 27 representatives built on it (TRON developer documentation).
    "tron:728126428": Finality(54),
}
"""CAIP-2 to the rule of a chain that has its own."""

_OF_MODEL: Final = {
    # The deepest threshold that graph-node's users meet, for account chains that nothing is known of, is 250.
    LedgerModel.ACCOUNTS: Finality(250),
    # What a block creates may be spent after 100 blocks (consensus/consensus.h, COINBASE_MATURITY): a deeper
    # reorganization would take back money that was spent by the rules.
    LedgerModel.OUTPUTS: Finality(100),
}


def finality_of(chain: Chain) -> Finality:
    """Return the rule of a chain, or that of its kind."""
    return FINALITY.get(chain.caip2, _OF_MODEL[chain.model])
