"""Ethereum and every chain that works like it: CAIP-2 namespace `eip155`, told apart by the chain id.

Addresses are kept in lower case and shown with EIP-55's checksum. The native asset of every `eip155` chain is
written with Ethereum's coin type, `eip155:<id>/slip44:60`: SLIP-44 has a number for few of these chains, and the
chain id already tells them apart.
"""

import re
from dataclasses import dataclass

from eth_hash.auto import keccak

from qiyafa.chains.chain import Chain
from qiyafa.model.errors import InvalidInput
from qiyafa.model.ledger import LedgerModel

NAMESPACE = "eip155"

_NATIVE = {
    "1": ("Ethereum", "ETH"),
    "10": ("OP Mainnet", "ETH"),
    "56": ("BNB Smart Chain", "BNB"),
    "137": ("Polygon", "POL"),
    "1337": ("Local test chain", "ETH"),
    "31337": ("Local test chain", "ETH"),
    "8453": ("Base", "ETH"),
    "42161": ("Arbitrum One", "ETH"),
    "43114": ("Avalanche C-Chain", "AVAX"),
}
"""Chain id to the chain's name and the symbol of its native asset, for display only (chainlist.org)."""

_NATIVE_DECIMALS = 18
_REFERENCE = re.compile(r"[1-9][0-9]{0,31}", re.ASCII)
"""CAIP-2 allows 32 characters; an `eip155` reference is the chain id as a decimal number (CAIP-3)."""
_ADDRESS = re.compile(r"0[xX][0-9a-fA-F]{40}", re.ASCII)
_TRANSACTION_HASH = re.compile(r"0[xX][0-9a-fA-F]{64}", re.ASCII)


@dataclass(frozen=True, slots=True)
class EvmRules:
    """What a node's answers do not say of its chain, and reading whole blocks needs."""

    wrapped_native: frozenset[str] = frozenset()
    """Contracts that hold the native asset and write Deposit and Withdrawal for it, as WETH9 does. Canonical."""
    tips_go_to_miner: bool = False
    """What fees exceed the burnt base fee goes to the address that the header names, as on Ethereum."""
    block_rewards: tuple[tuple[int, int], ...] = ()
    """First block and wei of each static reward, ascending; 0 from the end of mining on. Empty where none is known."""

    def static_reward(self, number: int) -> int:
        """Return what mining the block of a number brought, uncles apart."""
        return max((pair for pair in self.block_rewards if pair[0] <= number), default=(0, 0))[1]


_ETHER = 10**18
_BYZANTIUM, _CONSTANTINOPLE, _PARIS = 4_370_000, 7_280_000, 15_537_394
_MINED = ((1, 5 * _ETHER), (_BYZANTIUM, 3 * _ETHER), (_CONSTANTINOPLE, 2 * _ETHER), (_PARIS, 0))
"""EIP-649, EIP-1234 and the first block without mining (EIP-3675)."""
_PREDEPLOYED_WETH = "0x4200000000000000000000000000000000000006"

_RULES = {
    "1": EvmRules(frozenset({"0xc02aaa39b223fe8d0a0e5c4f27ead9083c756cc2"}), True, _MINED),
    "10": EvmRules(frozenset({_PREDEPLOYED_WETH})),
    "56": EvmRules(frozenset({"0xbb4cdb9cbd36b01bd1cbaebf2de08d9173bc095c"})),
    "137": EvmRules(frozenset({"0x0d500b1d8e8ef31e21c99d1db9a6444d3adf1270"})),
    "1337": EvmRules(tips_go_to_miner=True),
    "8453": EvmRules(frozenset({_PREDEPLOYED_WETH})),
    "31337": EvmRules(tips_go_to_miner=True),
    "43114": EvmRules(frozenset({"0xb31f66aa3c1e785363f0875a1b74e27b85fd66c7"})),
    "560048": EvmRules(tips_go_to_miner=True),
    "11155111": EvmRules(tips_go_to_miner=True),
}
"""By chain id. Arbitrum's wrapped ether writes Transfers like other tokens and needs no rule."""


def evm_rules(chain: Chain) -> EvmRules:
    """Return the rules of a chain; of one that is not listed nothing beyond the node's answers is assumed."""
    return _RULES.get(chain.caip2.removeprefix(f"{NAMESPACE}:"), EvmRules())


class EthereumAddresses:
    """Spellings of an address: 20 bytes in hexadecimal, with EIP-55's checksum in the case of its letters."""

    def canonical(self, text: str) -> str:
        """Return the address in lower case. Raises InvalidInput for other texts and for a wrong checksum."""
        if not _ADDRESS.fullmatch(text):
            raise InvalidInput("chains.error.address", value=text)
        digits = text[2:]
        if digits not in (digits.lower(), digits.upper()) and digits != _checksummed(digits.lower()):
            raise InvalidInput("chains.error.address_checksum", value=text)
        return "0x" + digits.lower()

    def shown(self, address: str) -> str:
        """Return an address in EIP-55's mixed case."""
        return "0x" + _checksummed(address.removeprefix("0x").lower())


def ethereum_like(reference: str) -> Chain:
    """Return the chain `eip155:<reference>`. Raises InvalidInput if the reference is no chain id."""
    if not _REFERENCE.fullmatch(reference):
        raise InvalidInput("chains.error.chain_id", value=f"{NAMESPACE}:{reference}")
    caip2 = f"{NAMESPACE}:{reference}"
    name, symbol = _NATIVE.get(reference, (caip2, "native"))
    return Chain(
        caip2=caip2,
        name=name,
        native_asset=f"{caip2}/slip44:60",
        native_symbol=symbol,
        native_decimals=_NATIVE_DECIMALS,
        formats=EthereumAddresses(),
        model=LedgerModel.ACCOUNTS,
        token_namespace="erc20",  # noqa: S106 - a CAIP-19 namespace
        transaction_hash=_transaction_hash,
        created_contract=created_contract_address,
    )


def created_contract_address(sender: str, nonce: int) -> str:
    """Return the address of the contract that a sender's transaction creates: keccak of RLP([sender, nonce])."""
    sender_bytes = bytes.fromhex(sender.removeprefix("0x"))
    encoded_nonce = _rlp_integer(nonce)
    payload = bytes([0x80 + len(sender_bytes)]) + sender_bytes + encoded_nonce
    return "0x" + keccak(bytes([0xC0 + len(payload)]) + payload)[12:].hex()


def _transaction_hash(text: str) -> str:
    if not _TRANSACTION_HASH.fullmatch(text):
        raise InvalidInput("chains.error.transaction_hash", value=text)
    return text.lower()


def _checksummed(digits: str) -> str:
    """EIP-55: a letter is a capital where the same digit of the address's own hash is 8 or more."""
    hashed = keccak(digits.encode("ascii")).hex()
    return "".join(
        digit.upper() if int(marker, 16) >= 8 else digit for digit, marker in zip(digits, hashed, strict=False)
    )


def _rlp_integer(number: int) -> bytes:
    """Recursive length prefix of an integer: no leading zeros, one byte below 0x80 stands for itself."""
    if 0 < number < 0x80:
        return bytes([number])
    body = number.to_bytes((number.bit_length() + 7) // 8, "big")
    return bytes([0x80 + len(body)]) + body
