"""Bitcoin and its test networks. Source of every number: Bitcoin Core's `kernel/chainparams.cpp`."""

from dataclasses import replace

from qiyafa.chains.outputs.addresses import AddressVersions
from qiyafa.chains.outputs.network import UNITS_PER_COIN, Network, Proof, halving

_TEST_VERSIONS = AddressVersions(pubkey_hash=111, script_hash=196, segwit="tb", starts="m, n, 2 or tb1")

MAIN = Network(
    slug="bitcoin",
    name="Bitcoin",
    symbol="BTC",
    genesis="000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f",
    magic=bytes.fromhex("f9beb4d9"),
    versions=AddressVersions(pubkey_hash=0, script_hash=5, segwit="bc", starts="1, 3 or bc1"),
    proof=Proof.SHA256D,
    easiest_target=(1 << 224) - 1,
    subsidy=halving(50 * UNITS_PER_COIN, 210_000),
    most_units=21_000_000 * UNITS_PER_COIN,
    heights_from=227_931,
    coin_type=0,
)
TESTNET3 = replace(
    MAIN,
    slug="bitcoin-testnet3",
    name="Bitcoin testnet3",
    symbol="tBTC",
    genesis="000000000933ea01ad0ee984209779baaec3ced90fa3f408719526f8d77f4943",
    magic=bytes.fromhex("0b110907"),
    versions=_TEST_VERSIONS,
    heights_from=21_111,
    coin_type=1,
)
TESTNET4 = replace(
    TESTNET3,
    slug="bitcoin-testnet4",
    name="Bitcoin testnet4",
    genesis="00000000da84f2bafbbc53dee25a72ae507ff4914b867c565be350b0da8bf043",
    magic=bytes.fromhex("1c163f28"),
    heights_from=1,
)
SIGNET = replace(
    TESTNET3,
    slug="bitcoin-signet",
    name="Bitcoin signet",
    genesis="00000008819873e925422c1ff0f99f7cc9bbb232af63a077a480a3633bee1ef6",
    magic=bytes.fromhex("0a03cf40"),
    easiest_target=0x377AE << 216,
    heights_from=1,
)
REGTEST = replace(
    TESTNET3,
    slug="bitcoin-regtest",
    name="Bitcoin regtest",
    genesis="0f9188f13cb7b2c71f2a335e3a4fc328bf5beb436012afca590b1a11466e2206",
    magic=bytes.fromhex("fabfb5da"),
    versions=replace(_TEST_VERSIONS, segwit="bcrt", starts="m, n, 2 or bcrt1"),
    easiest_target=(1 << 255) - 1,
    subsidy=halving(50 * UNITS_PER_COIN, 150),
    heights_from=500,
)

NETWORKS = (MAIN, TESTNET3, TESTNET4, SIGNET, REGTEST)
