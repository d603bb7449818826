"""The chains whose addresses can be read: their names, tickers and CAIP-2, and the spellings each accepts.

The order is the order of answers: where a text may belong to several chains, the most usual one comes first. A chain
without a CAIP-2 that its makers or CASA registered is named by its name.
Sources: chainlist.org (ids of `eip155`); CASA's namespaces (chainagnostic.org); genesis blocks for `bip122`.
"""

from dataclasses import dataclass

from qiyafa.chains import bitcoin, dogecoin, litecoin
from qiyafa.chains.formats import bitcoin_family as family
from qiyafa.chains.formats import evm, monero, zcash, zcash_unified
from qiyafa.chains.formats.script_hash import SCRIPT
from qiyafa.chains.formats.solana import SOLANA
from qiyafa.chains.formats.spelling import Spelling
from qiyafa.chains.formats.stellar import STELLAR
from qiyafa.chains.formats.tron import TRON
from qiyafa.chains.formats.xrp import XRP

EVM = "eip155"
TRON_NAMESPACE = "tron"
TRON_MAIN = "tron:728126428"


@dataclass(frozen=True, slots=True)
class AddressNetwork:
    """One chain, by how its addresses are written."""

    id: str
    """CAIP-2, or the name of a chain that has none."""
    names: tuple[str, ...]
    """Its name and its tickers, in lower case."""
    spellings: tuple[Spelling, ...]


_EVM_CHAINS: dict[str, tuple[str, ...]] = {
    "1": ("ethereum", "eth"),
    "56": ("bnb-smart-chain", "bsc", "bnb", "binance-smart-chain", "bep20"),
    "137": ("polygon", "pol", "matic"),
    "42161": ("arbitrum-one", "arb", "arbitrum"),
    "10": ("optimism", "op"),
    "8453": ("base",),
    "43114": ("avalanche", "avax"),
    "61": ("ethereum-classic", "etc"),
    "250": ("fantom", "ftm"),
    "2020": ("ronin", "ron"),
    "100": ("gnosis", "gno", "xdai"),
    "25": ("cronos", "cro"),
    "42220": ("celo",),
    "59144": ("linea",),
    "324": ("zksync-era", "zksync", "zk"),
    "534352": ("scroll",),
    "81457": ("blast",),
    "5000": ("mantle", "mnt"),
    "128": ("heco", "ht"),
    "8217": ("kaia", "klaytn", "klay"),
    "1284": ("moonbeam", "glmr"),
    "1666600000": ("harmony",),
    "321": ("kcc", "kcs"),
    "50": ("xdc-network", "xdc", "xinfin"),
    "30": ("rootstock", "rbtc", "rsk"),
    "14": ("flare", "flr"),
    "19": ("songbird", "sgb"),
    "17000": ("holesky",),
    "11155111": ("sepolia",),
}
"""Chain id to names; any other `eip155` chain is accepted by its CAIP-2."""

_EVM_EXTRA: dict[str, tuple[Spelling, ...]] = {"2020": (evm.RONIN,), "50": (evm.XDC,)}


def evm_network(reference: str, names: tuple[str, ...] = ()) -> AddressNetwork:
    """Return a chain like Ethereum."""
    return AddressNetwork(f"{EVM}:{reference}", names, (evm.HEX, *_EVM_EXTRA.get(reference, ())))


def tron_network(reference: str) -> AddressNetwork:
    """Return a network of TRON."""
    return AddressNetwork(f"{TRON_NAMESPACE}:{reference}", (), (TRON,))


_BITCOIN = (family.KEY, family.SCRIPT, family.BITCOIN_SEGWIT, SCRIPT)
_BITCOIN_TEST = (family.TEST_KEY, family.TEST_SCRIPT, family.TEST_SEGWIT, SCRIPT)
_BITCOIN_REGTEST = (family.TEST_KEY, family.TEST_SCRIPT, family.REGTEST_SEGWIT, SCRIPT)
_LITECOIN_TEST = (family.TEST_KEY, family.LITECOIN_TEST_SCRIPT, family.LITECOIN_OLD_TEST_SCRIPT)
_DOGECOIN = (family.DOGECOIN_KEY, family.DOGECOIN_SCRIPT, SCRIPT)
_LITECOIN = (family.LITECOIN_KEY, family.LITECOIN_SCRIPT, family.LITECOIN_OLD_SCRIPT, family.LITECOIN_SEGWIT, SCRIPT)
_ZCASH = (
    family.ZCASH_KEY,
    family.ZCASH_SCRIPT,
    zcash.TEX,
    zcash_unified.UNIFIED,
    *zcash_unified.RECEIVERS,
    zcash.SAPLING,
    family.ZCASH_SPROUT,
)

NETWORKS: tuple[AddressNetwork, ...] = (
    AddressNetwork(bitcoin.MAIN.caip2, ("bitcoin", "btc", "xbt"), _BITCOIN),
    *(evm_network(reference, names) for reference, names in _EVM_CHAINS.items()),
    AddressNetwork(TRON_MAIN, ("tron", "trx"), (TRON,)),
    AddressNetwork(litecoin.MAIN.caip2, ("litecoin", "ltc"), _LITECOIN),
    AddressNetwork(dogecoin.MAIN.caip2, ("dogecoin", "doge", "xdg"), _DOGECOIN),
    AddressNetwork(
        "bip122:000000000000000000651ef99cb9fcbe",
        ("bitcoin-cash", "bch"),
        (family.CASH, family.KEY, family.SCRIPT, family.SIMPLE_LEDGER),
    ),
    AddressNetwork("solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp", ("solana", "sol"), (SOLANA,)),
    AddressNetwork("xrpl:0", ("xrp-ledger", "xrp", "ripple", "xrpl"), (XRP,)),
    AddressNetwork("monero", ("monero", "xmr"), (monero.MAIN,)),
    AddressNetwork("stellar:pubnet", ("stellar", "xlm"), (STELLAR,)),
    AddressNetwork("bip122:00000ffd590b1485b3caadc19b22e637", ("dash",), (family.DASH_KEY, family.DASH_SCRIPT)),
    AddressNetwork("bip122:00040fe8ec8471911baa1db1266ea15d", ("zcash", "zec"), _ZCASH),
    AddressNetwork("bitcoin-sv", ("bitcoin-sv", "bsv", "bchsv"), (family.KEY, family.SCRIPT, family.CASH)),
    AddressNetwork("ecash", ("ecash", "xec"), (family.ECASH, family.KEY, family.SCRIPT)),
    AddressNetwork("bitcoin-gold", ("bitcoin-gold", "btg"), (family.GOLD_KEY, family.GOLD_SCRIPT, family.GOLD_SEGWIT)),
    AddressNetwork("verge", ("verge", "xvg"), (family.DOGECOIN_KEY, family.VERGE_SCRIPT)),
    AddressNetwork(bitcoin.TESTNET3.caip2, ("bitcoin-testnet3", "bitcoin-testnet"), _BITCOIN_TEST),
    AddressNetwork(bitcoin.TESTNET4.caip2, ("bitcoin-testnet4",), _BITCOIN_TEST),
    AddressNetwork(bitcoin.SIGNET.caip2, ("bitcoin-signet",), _BITCOIN_TEST),
    AddressNetwork(bitcoin.REGTEST.caip2, ("bitcoin-regtest",), _BITCOIN_REGTEST),
    AddressNetwork(
        litecoin.TESTNET.caip2, ("litecoin-testnet",), (*_LITECOIN_TEST, family.LITECOIN_TEST_SEGWIT, SCRIPT)
    ),
    AddressNetwork(
        litecoin.REGTEST.caip2, ("litecoin-regtest",), (*_LITECOIN_TEST, family.LITECOIN_REGTEST_SEGWIT, SCRIPT)
    ),
    AddressNetwork(
        dogecoin.TESTNET.caip2, ("dogecoin-testnet",), (family.DOGECOIN_TEST_KEY, family.TEST_SCRIPT, SCRIPT)
    ),
    AddressNetwork(dogecoin.REGTEST.caip2, ("dogecoin-regtest",), (family.TEST_KEY, family.TEST_SCRIPT, SCRIPT)),
    AddressNetwork(
        "bitcoin-cash-testnet",
        ("bitcoin-cash-testnet", "tbch"),
        (family.TEST_CASH, family.TEST_KEY, family.TEST_SCRIPT),
    ),
    AddressNetwork("zcash-testnet", ("zcash-testnet", "taz"), (family.ZCASH_TEST_KEY, family.ZCASH_TEST_SCRIPT)),
    AddressNetwork("monero-testnet", ("monero-testnet",), (monero.TEST,)),
    AddressNetwork("monero-stagenet", ("monero-stagenet",), (monero.STAGE,)),
)

TOKEN_CHAINS: dict[str, tuple[str, ...]] = {
    "usdt": (
        "ethereum", "tron", "bnb-smart-chain", "polygon", "arbitrum-one", "optimism", "avalanche", "celo", "solana",
        "bitcoin",
    ),
    "usdc": (
        "ethereum", "base", "polygon", "arbitrum-one", "optimism", "avalanche", "bnb-smart-chain", "tron", "solana",
        "stellar", "celo", "zksync-era", "linea",
    ),
    "dai": ("ethereum", "polygon", "arbitrum-one", "optimism", "base", "bnb-smart-chain"),
    "busd": ("ethereum", "bnb-smart-chain"),
    "tusd": ("ethereum", "tron", "bnb-smart-chain"),
    "wbtc": ("ethereum", "polygon", "arbitrum-one", "optimism"),
    "weth": ("ethereum", "polygon", "arbitrum-one", "optimism", "base"),
}  # fmt: skip
"""Ticker of a token to the chains on which it is issued or bridged, by their names."""
