"""One case, two thefts, two real nodes: ether and a token on one, litecoin on the other, with deep reorganizations.

Ingested, synced and traced, the ledger and the answer equal those of a fresh ingest.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from support.anvil import CHAIN, Anvil, call_data, running_anvil
from support.command_line import qiyafa
from support.litecoind import LITECOIN, CoreLikeNode, running_node

DEPTH = 30
ETHER = 10**18
LITE = 10**8
THIEF = "0x70997970c51812dc3a010c7d01b50e0d17dc79c8"
"""One of the accounts that anvil can sign for."""
MULE, FENCE = (f"0x{text * 10}" for text in ("a01e", "fe4c"))
NATIVE = f"{CHAIN}/slip44:60"


@pytest.fixture
def anvil() -> Iterator[Anvil]:
    with running_anvil() as node:
        yield node


@pytest.fixture
def litecoind(tmp_path: Path) -> Iterator[CoreLikeNode]:
    with running_node(tmp_path / "litecoin") as node:
        yield node


class EtherTheft:
    """A thief who takes ether and a token, and hides the ether behind a contract's payment."""

    def __init__(self, anvil: Anvil) -> None:
        self.anvil = anvil
        self.forwarder, self.coin = anvil.deploy("Forwarder"), anvil.deploy("Coin")
        self.block = anvil.head() + 1
        # What the thief had before comes on top of what is taken: a theft by address takes it all.
        anvil.send(anvil.accounts[0], THIEF, 50 * ETHER)
        anvil.send(anvil.accounts[0], self.coin, data=call_data("transfer(address,uint256)", THIEF, 700))
        anvil.mine()

    def pay_the_mule(self) -> None:
        """Ten ether, which the reorganization will undo."""
        self.anvil.send(THIEF, MULE, 10 * ETHER)
        self.anvil.mine()

    def go_on(self) -> None:
        """Twenty ether through the contract, an internal transfer; and some of the token."""
        self.anvil.send(THIEF, self.forwarder, 20 * ETHER, call_data("forward(address)", FENCE))
        self.anvil.send(THIEF, self.coin, data=call_data("transfer(address,uint256)", FENCE, 300))
        self.anvil.mine()


class LitecoinTheft:
    """A thief who takes an output and pays it out in two."""

    def __init__(self, node: CoreLikeNode) -> None:
        self.node = node
        node.mine(110)
        self.thief, self.mule, self.fence = (node.new_address() for _ in range(3))
        self.transaction = node.send(self.thief, "30")
        outputs = node.rpc("getrawtransaction", self.transaction, True)["vout"]
        self.index = next(one["n"] for one in outputs if one["scriptPubKey"]["addresses"] == [self.thief])
        node.mine(1)
        node.mine(5)

    def spend(self, target: str, units: int) -> None:
        """Spend the stolen output: some units to an address, the rest but for a fee back to the thief."""
        rest = 30 * LITE - units - 1000
        raw = self.node.rpc(
            "createrawtransaction",
            [{"txid": self.transaction, "vout": self.index}],
            [{target: f"{units / LITE:.8f}"}, {self.thief: f"{rest / LITE:.8f}"}],
        )
        signed = self.node.rpc("signrawtransactionwithwallet", raw)["hex"]
        self.node.rpc("generateblock", self.node.new_address(), [signed])


@pytest.mark.slow
def test_a_case_on_two_chains_with_deep_reorganizations_equals_a_fresh_ingest(anvil, litecoind, tmp_path):
    ether, litecoin = EtherTheft(anvil), LitecoinTheft(litecoind)
    anvil.mine(5)
    case = write_case(tmp_path / "case.toml", ether, litecoin)
    ledger, fresh = tmp_path / "ledger", tmp_path / "fresh"
    ingest(anvil, litecoind, ledger)

    ether.pay_the_mule()
    litecoin.spend(litecoin.mule, 12 * LITE)
    anvil.mine(DEPTH - 1)
    litecoind.mine(DEPTH - 1)
    sync(anvil, litecoind, ledger)
    holders = holdings(trace(case, ledger), "fifo")
    assert holders[MULE, NATIVE] == 10 * ETHER
    assert holders[litecoin.mule, litecoin_asset()] == 12 * LITE

    anvil.reorganize(DEPTH)
    litecoind.replace_last(DEPTH, DEPTH + 1)
    ether.go_on()
    litecoin.spend(litecoin.fence, 9 * LITE)
    sync(anvil, litecoind, ledger)
    ingest(anvil, litecoind, fresh)

    answer = trace(case, ledger)
    assert qiyafa("ledger", "dump", "--ledger", ledger) == qiyafa("ledger", "dump", "--ledger", fresh)
    assert answer["methods"] == trace(case, fresh)["methods"]
    assert answer["intervals"] == trace(case, fresh)["intervals"]
    assert {"fifo", "lifo", "prorata", "clean_first", "stolen_first", "tiho", "poison"} == answer["methods"].keys()
    for method in answer["methods"].keys() - {"poison"}:
        check_conservation(answer["methods"][method])
    for method in ("fifo", "lifo", "prorata", "clean_first", "stolen_first"):
        holders = holdings(answer, method)
        assert (MULE, NATIVE) not in holders, "what was undone has no holder"
        assert (litecoin.mule, litecoin_asset()) not in holders
        assert holders[FENCE, NATIVE] == 20 * ETHER
        assert holders[FENCE, f"{CHAIN}/erc20:{ether.coin}"] == 300
        assert holders[THIEF, f"{CHAIN}/erc20:{ether.coin}"] == 400
        assert holders[litecoin.fence, litecoin_asset()] == 9 * LITE
        assert holders[litecoin.thief, litecoin_asset()] == 21 * LITE - 1000
    assert qiyafa("ledger", "verify", "--ledger", ledger, "--quiet")


def litecoin_asset() -> str:
    return f"{LITECOIN.chain}/slip44:1"


def write_case(path: Path, ether: EtherTheft, litecoin: LitecoinTheft) -> Path:
    path.write_text(
        f"""[case]
id = "two-chains"
[[theft]]
id = "ether"
chain = "{CHAIN}"
address = "{THIEF}"
from_block = {ether.block}
[[theft]]
id = "litecoin"
chain = "{LITECOIN.chain}"
outputs = [{{transaction = "{litecoin.transaction}", index = {litecoin.index}}}]
""",
        encoding="utf-8",
    )
    return path


def ingest(anvil: Anvil, node: CoreLikeNode, ledger: Path) -> None:
    qiyafa("ingest", "evm-rpc", anvil.url, "--ledger", ledger, "--quiet")
    qiyafa("ingest", "bitcoin-rpc", node.url, "--cookie", node.cookie, "--ledger", ledger, "--quiet")


def sync(anvil: Anvil, node: CoreLikeNode, ledger: Path) -> None:
    qiyafa("sync", "--ledger", ledger, "--url", anvil.url, "--chain", CHAIN, "--once", "--finality", "100")
    qiyafa(
        "sync", "--ledger", ledger, "--url", node.url, "--cookie", node.cookie, "--chain", LITECOIN.chain, "--once",
        "--finality", "100",
    )  # fmt: skip


def trace(case: Path, ledger: Path) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(qiyafa("trace", case, "--ledger", ledger, "--json", "--quiet"))
    return answer


def holdings(answer: dict[str, Any], method: str) -> dict[tuple[str, str], int]:
    return {(one["address"], one["asset"]): int(one["units"]) for one in answer["methods"][method]["holdings"]}


def check_conservation(method: dict[str, Any]) -> None:
    def units(name: str) -> dict[str, int]:
        found = method[name]
        return {asset: int(number) for asset, number in (found if isinstance(found, dict) else {"": found}).items()}

    stolen, *parts = (units(name) for name in ("stolen", "held", "stopped", "fees", "untraced"))
    assert stolen == {asset: sum(part[asset] for part in parts) for asset in stolen}
    assert all(stolen.values())
