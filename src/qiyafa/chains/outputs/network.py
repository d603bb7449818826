"""A chain of outputs, by its rules: what its files, addresses, proofs of work and rewards look like.

CAIP-2 names such a chain by the first 32 hexadecimal digits of its genesis block's hash, in the namespace `bip122`.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from qiyafa.chains.chain import Chain
from qiyafa.chains.outputs.addresses import AddressVersions, OutputAddresses
from qiyafa.model.errors import InvalidInput
from qiyafa.model.ledger import LedgerModel

NAMESPACE = "bip122"
UNITS_PER_COIN = 10**8

_DECIMALS = 8
_REFERENCE_DIGITS = 32
_TRANSACTION_HASH = re.compile(r"[0-9a-fA-F]{64}", re.ASCII)


class Proof(StrEnum):
    """The function whose value of a block's header must not exceed the target that the header states."""

    SHA256D = "SHA-256 twice"
    SCRYPT = "scrypt"
    """N = 1024, r = 1, p = 1, the header as password and as salt."""


@dataclass(frozen=True, slots=True)
class Network:
    """One network of one chain."""

    slug: str
    """How a user may name it, e.g. `litecoin` or `litecoin-regtest`."""
    name: str
    symbol: str
    genesis: str
    """Hash of the first block, as explorers show it."""
    magic: bytes
    """Four bytes before each block in the files of a node."""
    versions: AddressVersions
    proof: Proof
    easiest_target: int
    """No block may be easier to find than this."""
    subsidy: Callable[[int], int]
    """From a height to the most units that its block may create."""
    most_units: int
    """No output and no transaction may be larger."""
    heights_from: int
    """From this height on the coinbase must begin with the block's height (BIP34)."""
    coin_type: int = 1
    """Of the native asset in SLIP-44; 1 is every test network's."""
    auxiliary_chain: int = 0
    """The number under which this chain is mined together with others (AuxPoW); 0 where it is not."""
    has_extension_blocks: bool = False
    """Whether blocks may end with a MimbleWimble extension block (Litecoin's LIP-0002)."""

    @property
    def reference(self) -> str:
        """The CAIP-2 reference."""
        return self.genesis[:_REFERENCE_DIGITS]

    @property
    def caip2(self) -> str:
        """The CAIP-2 identifier."""
        return f"{NAMESPACE}:{self.reference}"


def halving(first_units: int, interval: int) -> Callable[[int], int]:
    """Return the subsidy of a chain that begins with some units and halves them after each interval of blocks."""

    def subsidy(height: int) -> int:
        return first_units >> min(height // interval, first_units.bit_length())

    return subsidy


def chain_of(network: Network) -> Chain:
    """Return what the rest of Qiyafa may know of a network."""
    return Chain(
        caip2=network.caip2,
        name=network.name,
        native_asset=f"{network.caip2}/slip44:{network.coin_type}",
        native_symbol=network.symbol,
        native_decimals=_DECIMALS,
        formats=OutputAddresses(network.name, network.versions),
        model=LedgerModel.OUTPUTS,
        token_namespace="",
        transaction_hash=_transaction_hash,
        created_contract=_created_contract,
    )


def _transaction_hash(text: str) -> str:
    if not _TRANSACTION_HASH.fullmatch(text):
        raise InvalidInput("chains_outputs.error.transaction_hash", value=text)
    return text.lower()


def _created_contract(sender: str, nonce: int) -> str:
    raise InvalidInput("chains_outputs.error.created_contract", address=sender, nonce=nonce)
