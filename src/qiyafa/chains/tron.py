"""TRON: CAIP-2 namespace `tron`, its networks told apart by the chain id as a decimal number (`tron:728126428`).

An address is the byte 0x41 and 20 bytes, written in Base58Check (`T…`), in hexadecimal (`41…`), or, by the
Ethereum-style JSON-RPC of its nodes, as the 20 bytes alone (`0x…`). All are one address; the ledger keeps `T…`.
Transaction hashes are kept as explorers show them, without `0x`. One TRX is 10^6 sun.
Sources: developers.tron.network, "Account" and "JSON-RPC API"; CAIP-2 of the namespace `tron` writes the chain id in
hexadecimal (`tron:0x2b6653dc`), which is understood too.
"""

import re

from qiyafa.chains.base58check import base58_bytes, base58check_text, checked_payload
from qiyafa.chains.chain import Chain
from qiyafa.model.errors import InvalidInput
from qiyafa.model.ledger import LedgerModel

NAMESPACE = "tron"

_NAMES = {"728126428": "TRON", "2494104990": "TRON Shasta testnet", "3448148188": "TRON Nile testnet"}
"""Chain id to the network's name, for display only."""

_COIN_TYPE = 195
"""Of TRX in SLIP-44."""
_NATIVE_DECIMALS = 6
_PREFIX = 0x41
_ADDRESS_BYTES = 20
_BASE58_LENGTH = 34
"""Of every address, since the prefix is never 0."""
_REFERENCE = re.compile(r"[1-9][0-9]{0,31}|0x[0-9a-f]{1,16}", re.ASCII)
_HEX_ADDRESS = re.compile(r"(?:0[xX])?41([0-9a-fA-F]{40})|0[xX]([0-9a-fA-F]{40})", re.ASCII)
_TRANSACTION_HASH = re.compile(r"(?:0[xX])?([0-9a-fA-F]{64})", re.ASCII)


class TronAddresses:
    """Spellings of an address: Base58Check, or hexadecimal with or without the prefix 41."""

    def canonical(self, text: str) -> str:
        """Return the address in Base58Check. Raises InvalidInput for other texts and for a wrong checksum."""
        in_hex = _HEX_ADDRESS.fullmatch(text)
        if in_hex:
            return _base58(bytes.fromhex(in_hex[1] or in_hex[2]))
        whole = base58_bytes(text)
        if whole is None or len(text) != _BASE58_LENGTH or not text.startswith("T"):
            raise InvalidInput("tron.error.address", value=text)
        payload = checked_payload(whole)
        if payload is None:
            raise InvalidInput("tron.error.address_checksum", value=text)
        if len(payload) != 1 + _ADDRESS_BYTES or payload[0] != _PREFIX:
            raise InvalidInput("tron.error.address", value=text)
        return text

    def shown(self, address: str) -> str:
        """Return an address as it is kept."""
        return address


def tron_network(reference: str) -> Chain:
    """Return the chain `tron:<reference>`. Raises InvalidInput if the reference is no chain id."""
    if not _REFERENCE.fullmatch(reference) or int(reference, 0) == 0:
        raise InvalidInput("tron.error.chain_id", value=f"{NAMESPACE}:{reference}")
    chain_id = str(int(reference, 0))
    caip2 = f"{NAMESPACE}:{chain_id}"
    return Chain(
        caip2=caip2,
        name=_NAMES.get(chain_id, caip2),
        native_asset=f"{caip2}/slip44:{_COIN_TYPE}",
        native_symbol="TRX",
        native_decimals=_NATIVE_DECIMALS,
        formats=TronAddresses(),
        model=LedgerModel.ACCOUNTS,
        token_namespace="trc20",  # noqa: S106 - a CAIP-19 namespace
        transaction_hash=_transaction_hash,
        created_contract=_created_contract,
    )


def _base58(twenty: bytes) -> str:
    return base58check_text(bytes([_PREFIX]) + twenty)


def _transaction_hash(text: str) -> str:
    found = _TRANSACTION_HASH.fullmatch(text)
    if not found:
        raise InvalidInput("tron.error.transaction_hash", value=text)
    return found[1].lower()


def _created_contract(sender: str, nonce: int) -> str:
    """TRON's accounts have no nonce: the address of a contract follows from the hash of the whole transaction."""
    raise InvalidInput("tron.error.created_contract", address=sender, nonce=nonce)
