"""Dogecoin and its test networks. Source of every number: Dogecoin Core's `chainparams.cpp` and `dogecoin.cpp` (1.14).

Before block 145,000 a block's reward was drawn at random up to a largest one; the largest is what is checked.
"""

from collections.abc import Callable
from dataclasses import replace

from qiyafa.chains.outputs.addresses import AddressVersions
from qiyafa.chains.outputs.network import UNITS_PER_COIN, Network, Proof

_DRAWN_AT_MOST = 1_000_000 * UNITS_PER_COIN
_FIXED = 500_000 * UNITS_PER_COIN
_IN_THE_END = 10_000 * UNITS_PER_COIN
_HALVINGS = 6


def _most_reward(interval: int, fixed_from: int) -> Callable[[int], int]:
    def subsidy(height: int) -> int:
        halvings = height // interval
        if halvings >= _HALVINGS:
            return _IN_THE_END
        return (_DRAWN_AT_MOST if height < fixed_from else _FIXED) >> halvings

    return subsidy


MAIN = Network(
    slug="dogecoin",
    name="Dogecoin",
    symbol="DOGE",
    genesis="1a91e3dace36e2be3bf030a65679fe821aa1d6ef92e7c9902eb318182c355691",
    magic=bytes.fromhex("c0c0c0c0"),
    versions=AddressVersions(pubkey_hash=30, script_hash=22, starts="D, A or 9"),
    proof=Proof.SCRYPT,
    easiest_target=(1 << 236) - 1,
    subsidy=_most_reward(100_000, 145_000),
    most_units=10_000_000_000 * UNITS_PER_COIN,
    heights_from=1_034_383,
    coin_type=3,
    auxiliary_chain=0x62,
)
TESTNET = replace(
    MAIN,
    slug="dogecoin-testnet",
    name="Dogecoin testnet",
    symbol="tDOGE",
    genesis="bb0a78264637406b6360aad926284d544d7049f45189db5664f3c4d07350559e",
    magic=bytes.fromhex("fcc1b7dc"),
    versions=AddressVersions(pubkey_hash=113, script_hash=196, starts="n or 2"),
    heights_from=708_658,
    coin_type=1,
)
REGTEST = replace(
    TESTNET,
    slug="dogecoin-regtest",
    name="Dogecoin regtest",
    genesis="3d2160a3b5dc4a9d62e7e66a295f70313ac808440ef7400d6c0772171ce973a5",
    magic=bytes.fromhex("fabfb5da"),
    versions=AddressVersions(pubkey_hash=111, script_hash=196, starts="m, n or 2"),
    easiest_target=(1 << 255) - 1,
    subsidy=_most_reward(150, 10),
    heights_from=100_000_000,
)

NETWORKS = (MAIN, TESTNET, REGTEST)
