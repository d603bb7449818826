"""Litecoin and its test networks. Source of every number: Litecoin Core's `chainparams.cpp` (0.21).

A pay-to-script-hash address was once written like Bitcoin's (3…); it is the same address as today's spelling (M…).
"""

from dataclasses import replace

from qiyafa.chains.outputs.addresses import AddressVersions
from qiyafa.chains.outputs.network import UNITS_PER_COIN, Network, Proof, halving

_TEST_VERSIONS = AddressVersions(
    pubkey_hash=111, script_hash=58, segwit="tltc", old_script_hash=196, starts="m, n, Q or tltc1"
)

MAIN = Network(
    slug="litecoin",
    name="Litecoin",
    symbol="LTC",
    genesis="12a765e31ffd4059bada1e25190f6e98c99d9714d334efa41a195a7e7e04bfe2",
    magic=bytes.fromhex("fbc0b6db"),
    versions=AddressVersions(pubkey_hash=48, script_hash=50, segwit="ltc", old_script_hash=5, starts="L, M or ltc1"),
    proof=Proof.SCRYPT,
    easiest_target=(1 << 236) - 1,
    subsidy=halving(50 * UNITS_PER_COIN, 840_000),
    most_units=84_000_000 * UNITS_PER_COIN,
    heights_from=710_000,
    coin_type=2,
    has_extension_blocks=True,
)
TESTNET = replace(
    MAIN,
    slug="litecoin-testnet",
    name="Litecoin testnet",
    symbol="tLTC",
    genesis="4966625a4b2851d9fdee139e56211a0d88575f59ed816ff5e6a63deb4e3e29a0",
    magic=bytes.fromhex("fdd2c8f1"),
    versions=_TEST_VERSIONS,
    heights_from=76,
    coin_type=1,
)
REGTEST = replace(
    TESTNET,
    slug="litecoin-regtest",
    name="Litecoin regtest",
    genesis="530827f38f93b43ed12af0b3ad25a288dc02ed74d6d7857862df51fc56c416f9",
    magic=bytes.fromhex("fabfb5da"),
    versions=replace(_TEST_VERSIONS, segwit="rltc", starts="m, n, Q or rltc1"),
    easiest_target=(1 << 255) - 1,
    subsidy=halving(50 * UNITS_PER_COIN, 150),
    heights_from=500,
)

NETWORKS = (MAIN, TESTNET, REGTEST)
