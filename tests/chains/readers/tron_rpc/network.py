"""A network that answers as TRON's JSON-RPC does: anvil under TRON's chain id, with a contract that writes events."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tests.support.anvil import Anvil, running_anvil

from qiyafa.chains.readers.tron_rpc.answers import TRANSFER_TOPIC
from qiyafa.chains.tron import TronAddresses

TRON = "tron:728126428"

# LOG3 and LOG4 write an event out of the words of the call data; only the first one follows the standard of tokens.
_FUNGIBLE = "604035600052" + "602035600035" + "7f" + TRANSFER_TOPIC + "60206000a3" + "00"
_SINGLE = "604035" + "602035600035" + "7f" + TRANSFER_TOPIC + "60006000a4" + "00"
_SHORT = "602035600035" + "7f" + TRANSFER_TOPIC + "60006000a3" + "00"


def creation_of(code: str) -> str:
    """Return the code that creates a contract with some code."""
    return f"0x60{len(code) // 2:02x}80600b6000396000f3" + code


def word(value: int | str) -> str:
    """Return a number, or an address in hexadecimal, as 32 bytes."""
    return f"{int(value, 16) if isinstance(value, str) else value:064x}"


@dataclass
class Network:
    """A running one."""

    node: Anvil
    token: str
    things: str
    odd: str

    @property
    def url(self) -> str:
        """Where it answers."""
        return self.node.url

    def pay(self, source: str, target: str, units: int, *, of: str | None = None) -> None:
        """Mine a block with one Transfer event, by default of the fungible token."""
        data = "0x" + word(source) + word(target) + word(units)
        self.node.send(self.node.accounts[0], of or self.token, data=data)
        self.node.mine()

    def account(self, number: int) -> str:
        """Return an address in hexadecimal."""
        return self.node.accounts[number]


def shown(address: str) -> str:
    """Return an address in hexadecimal as people on TRON write it."""
    return TronAddresses().canonical(address)


@contextmanager
def running_network() -> Iterator[Network]:
    """Start it; the contracts are created in blocks 1 to 3."""
    with running_anvil("--chain-id", "728126428") as node:
        contracts = []
        for code in (_FUNGIBLE, _SINGLE, _SHORT):
            created = node.send(node.accounts[0], data=creation_of(code), gas=hex(500_000))
            node.mine()
            contracts.append(node.rpc("eth_getTransactionReceipt", created)["contractAddress"])
        yield Network(node, *contracts)
