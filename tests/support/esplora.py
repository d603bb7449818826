"""An Esplora server on loopback over a made-up chain: real transaction ids, real scripts and addresses."""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from qiyafa.chains.outputs.bech32 import segwit_text

from support.http_server import Answer, Asked

PAGE = 25
HEAD_ABOVE_DATA = 6
"""The head lies so many blocks above the last transaction, so that all of them count as final."""


def script_of(owner: int) -> bytes:
    """Return the locking script of an owner: pay to witness public key hash."""
    return b"\x00\x14" + hashlib.sha256(f"owner {owner}".encode()).digest()[:20]


def address_of(owner: int) -> str:
    """Return the address of an owner, on Bitcoin."""
    return segwit_text("bc", 0, script_of(owner)[2:])


def compact(number: int) -> bytes:
    """Return a number in Bitcoin's CompactSize, below 65,536."""
    return bytes([number]) if number < 253 else b"\xfd" + number.to_bytes(2, "little")


def identified(written: dict[str, Any]) -> dict[str, Any]:
    """Return a transaction with the id that its parts have."""
    raw = written["version"].to_bytes(4, "little") + compact(len(written["vin"]))
    for spend in written["vin"]:
        script = bytes.fromhex(spend["scriptsig"])
        raw += bytes.fromhex(spend["txid"])[::-1] + spend["vout"].to_bytes(4, "little") + compact(len(script)) + script
        raw += spend["sequence"].to_bytes(4, "little")
    raw += compact(len(written["vout"]))
    for output in written["vout"]:
        script = bytes.fromhex(output["scriptpubkey"])
        raw += output["value"].to_bytes(8, "little") + compact(len(script)) + script
    raw += written["locktime"].to_bytes(4, "little")
    return {"txid": hashlib.sha256(hashlib.sha256(raw).digest()).digest()[::-1].hex()} | written


@dataclass(frozen=True)
class Coin:
    """An output, named as a payment spends it."""

    transaction: str
    index: int


class MadeUpChain:
    """A chain that grows by one transaction a call, and the server over it."""

    def __init__(self, page: int = PAGE) -> None:
        self.page = page
        self.transactions: dict[str, dict[str, Any]] = {}
        self.height = 100

    def mint(self, owner: int, value: int) -> Coin:
        """Create a block's reward in the next block."""
        self.height += 1
        spend = {
            "txid": "00" * 32, "vout": 0xFFFFFFFF, "prevout": None, "is_coinbase": True, "sequence": 0xFFFFFFFF,
            "scriptsig": self.height.to_bytes(4, "little").hex(),
        }  # fmt: skip
        return Coin(self._add([spend], [(owner, value)], fee=0), 0)

    def pay(self, coins: list[Coin], *outputs: tuple[int, int]) -> list[Coin]:
        """Spend coins in the next block, and return the new ones; what is over is the fee."""
        self.height += 1
        spends, inward = [], 0
        for coin in coins:
            spent = self.transactions[coin.transaction]["vout"][coin.index]
            inward += spent["value"]
            spends.append({
                "txid": coin.transaction, "vout": coin.index, "prevout": spent, "scriptsig": "", "witness": ["00"],
                "is_coinbase": False, "sequence": 0xFFFFFFFD,
            })  # fmt: skip
        made = self._add(spends, list(outputs), fee=inward - sum(value for _, value in outputs))
        return [Coin(made, index) for index in range(len(outputs))]

    def _add(self, spends: list[dict[str, Any]], outputs: list[tuple[int, int]], fee: int) -> str:
        made = identified({
            "version": 2,
            "locktime": 0,
            "vin": spends,
            "vout": [
                {
                    "scriptpubkey": script_of(owner).hex(), "scriptpubkey_type": "v0_p2wpkh",
                    "scriptpubkey_address": address_of(owner), "value": value,
                }
                for owner, value in outputs
            ],
            "size": 222,
            "weight": 561,
            "fee": fee,
            "status": {
                "confirmed": True, "block_height": self.height, "block_time": 1_600_000_000 + 600 * self.height,
                "block_hash": hashlib.sha256(f"block {self.height}".encode()).hexdigest(),
            },
        })  # fmt: skip
        self.transactions[made["txid"]] = made
        return str(made["txid"])

    def touching(self, address: str) -> list[dict[str, Any]]:
        """Return the transactions of an address, newest first."""

        def touches(one: dict[str, Any]) -> bool:
            outputs = [*one["vout"], *(spend["prevout"] for spend in one["vin"] if spend["prevout"])]
            return any(output["scriptpubkey_address"] == address for output in outputs)

        return [one for one in reversed(self.transactions.values()) if touches(one)]

    def __call__(self, asked: Asked) -> Answer:
        """Answer one request."""
        match asked.path.strip("/").split("/"):
            case ["blocks", "tip", "height"]:
                return Answer(str(self.height + HEAD_ABOVE_DATA).encode())
            case ["tx", name] if name in self.transactions:
                return Answer(json.dumps(self.transactions[name]).encode())
            case ["address", address, "txs", "chain", *after]:
                found = self.touching(address)
                names = [one["txid"] for one in found]
                first = names.index(after[0]) + 1 if after else 0
                return Answer(json.dumps(found[first : first + self.page]).encode())
        return Answer(b"Not found", 404)
