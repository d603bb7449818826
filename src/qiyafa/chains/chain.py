"""What the rest of Qiyafa may know of a chain: its names, its native asset, its spellings."""

from collections.abc import Callable
from dataclasses import dataclass

from qiyafa.model.ledger import LedgerModel
from qiyafa.model.ports import AddressFormats


@dataclass(frozen=True, slots=True)
class Chain:
    """One chain. Code outside `chains/` asks this record and never which chain it is."""

    caip2: str
    """CAIP-2, e.g. `eip155:1`."""
    name: str
    native_asset: str
    """CAIP-19 of what pays the fees, e.g. `eip155:1/slip44:60`."""
    native_symbol: str
    native_decimals: int
    """Digits after the point when native units are shown to people."""
    formats: AddressFormats
    model: LedgerModel
    token_namespace: str
    """CAIP-19 asset namespace of fungible tokens, e.g. `erc20`; empty where the chain has none."""
    transaction_hash: Callable[[str], str]
    """From a text to the canonical transaction hash. Raises InvalidInput for what is none."""
    created_contract: Callable[[str, int], str]
    """From sender and nonce to the address of the contract that their transaction creates."""

    def token_asset(self, contract: str) -> str:
        """Return the CAIP-19 asset of a token contract. Raises InvalidInput for what is no address."""
        return f"{self.caip2}/{self.token_namespace}:{self.formats.canonical(contract)}"
