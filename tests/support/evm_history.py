"""A short history on a node of our own in which everything happens that moves ether or tokens."""

from dataclasses import dataclass

from support.anvil import Anvil, call_data

ETHER = 10**18
DEPTH = 60
"""How deep the deepest call of the history is."""


@dataclass(frozen=True)
class History:
    """What was made, by name."""

    coin: str
    wrapped: str
    forwarder: str
    reverting: str
    odd_logs: str
    holders: tuple[str, ...]
    """The addresses that took part, contracts left out."""
    failed: str
    """The hash of a transaction that failed."""


def make_history(anvil: Anvil) -> History:
    """Mine the history and return it."""
    alice, bob, carol, dave = anvil.accounts[:4]
    coin, wrapped, forwarder = anvil.deploy("Coin"), anvil.deploy("WrappedEther"), anvil.deploy("Forwarder")
    reverting, odd_logs = anvil.deploy("Reverting"), anvil.deploy("OddLogs")

    anvil.send(alice, coin, data=call_data("transfer(address,uint256)", bob, 5 * ETHER))
    anvil.send(alice, wrapped, 3 * ETHER, call_data("deposit()"))
    anvil.send(alice, forwarder, 2 * ETHER, call_data("forward(address)", bob))
    anvil.mine()

    anvil.send(bob, coin, data=call_data("transfer(address,uint256)", carol, ETHER))
    anvil.send(alice, wrapped, data=call_data("transfer(address,uint256)", carol, ETHER))
    anvil.send(alice, wrapped, data=call_data("withdraw(uint256)", ETHER))
    anvil.send(alice, forwarder, 4 * ETHER, call_data("halfReverts(address,address)", carol, reverting), gas="0x100000")
    anvil.send(alice, forwarder, ETHER, call_data("byDelegate(address,address)", forwarder, dave))
    anvil.send(alice, forwarder, ETHER, call_data("createAndDestroy(address)", dave))
    anvil.send(alice, forwarder, ETHER, call_data("nested(uint256,address)", DEPTH, dave), gas="0x1000000")
    anvil.mine()

    failed = anvil.send(alice, reverting, ETHER, gas="0x20000")
    anvil.send(alice, odd_logs, data=call_data("single(address)", bob))
    anvil.send(alice, odd_logs, data=call_data("odd()"))
    anvil.send(bob, bob, ETHER, gasPrice="0x77359400")
    anvil.send(bob, carol, ETHER, accessList=[{"address": coin, "storageKeys": ["0x" + "11" * 32]}])
    anvil.send(carol, dave, 1, type="0x4", gas="0x20000", authorizationList=[_authorization()])
    anvil.mine()

    # Enough transactions that their numbers take two bytes in the tree.
    anvil.send_all([{"from": dave, "to": carol, "value": hex(7 + one), "gas": "0x5208"} for one in range(140)])
    anvil.mine(2)
    return History(coin, wrapped, forwarder, reverting, odd_logs, (alice, bob, carol, dave), failed)


def _authorization() -> dict[str, str]:
    """Return an authorization whose signature is of nobody that matters: it is carried, not obeyed."""
    word = "0x" + "12" * 32
    return {"chainId": "0x7a69", "address": "0x" + "77" * 20, "nonce": "0x0", "yParity": "0x1", "r": word, "s": word}
