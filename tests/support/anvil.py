"""An Ethereum-like node of our own: anvil on loopback, with contracts compiled from `contracts/`.

The programs lie where QIYAFA_PEERS says, by default ~/.cache/qiyafa-peers; `.ci/peers` puts them there.
"""

import hashlib
import itertools
import json
import os
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, TextIO

import httpx
import pytest
from eth_hash.auto import keccak

CONTRACTS = Path(__file__).parent / "contracts"
CHAIN = "eip155:31337"
START_SECONDS = 20


def peers() -> Path:
    """Return the folder of the programs that tests talk to."""
    return Path(os.environ.get("QIYAFA_PEERS", "~/.cache/qiyafa-peers")).expanduser()


def anvil_binary() -> Path:
    """Return the anvil program, or skip the test where it is missing."""
    found = sorted(peers().glob("node_modules/@foundry-rs/anvil-linux-*/bin/anvil"))
    if not found:
        pytest.skip(f"anvil is not on this machine: run .ci/peers {peers()}")
    return found[0]


class Anvil:
    """A running node. Transactions are mined when the test says so."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._client = httpx.Client(timeout=60, trust_env=False)
        self._ids = itertools.count(1)
        self.accounts: list[str] = self.rpc("eth_accounts")

    def rpc(self, method: str, *params: object) -> Any:
        """Return the result of one call; an error of the node fails the test."""
        answer = self._post({"jsonrpc": "2.0", "id": next(self._ids), "method": method, "params": params})
        assert "error" not in answer, f"{method}: {answer['error']}"
        return answer["result"]

    def rpc_all(self, calls: Sequence[tuple[str, Sequence[object]]]) -> list[Any]:
        """Return the results of calls that are sent in one request."""
        batch = [
            {"jsonrpc": "2.0", "id": number, "method": method, "params": params}
            for number, (method, params) in enumerate(calls)
        ]
        answers = self._post(batch)
        assert not (errors := [answer["error"] for answer in answers if "error" in answer]), errors
        return [answer["result"] for answer in sorted(answers, key=lambda answer: answer["id"])]

    def head(self) -> int:
        """Return the number of the newest block."""
        return int(self.rpc("eth_blockNumber"), 16)

    def hash(self, number: int) -> str:
        """Return the hash of a block."""
        return str(self.rpc("eth_getBlockByNumber", hex(number), False)["hash"])

    def send(self, source: str, target: str | None = None, units: int = 0, data: str = "0x", **more: object) -> str:
        """Put a transaction into the pool and return its hash."""
        transaction: dict[str, object] = {"from": source, "value": hex(units), "data": data, **more}
        if target is not None:
            transaction["to"] = target
        return str(self.rpc("eth_sendTransaction", transaction))

    def send_all(self, transactions: Sequence[dict[str, object]]) -> list[str]:
        """Put many transactions into the pool and return their hashes."""
        nonces = {source: self.nonce(str(source)) for source in {one["from"] for one in transactions}}
        calls: list[tuple[str, Sequence[object]]] = []
        for one in transactions:
            # The node works on a request's calls side by side, and would give one number to several.
            calls.append(("eth_sendTransaction", [one | {"nonce": hex(nonces[one["from"]])}]))
            nonces[one["from"]] += 1
        return [str(one) for one in self.rpc_all(calls)]

    def nonce(self, address: str) -> int:
        """Return the number of an address's next transaction."""
        return int(self.rpc("eth_getTransactionCount", address, "pending"), 16)

    def mine(self, blocks: int = 1) -> int:
        """Mine blocks; return the number of the newest one."""
        self.rpc("anvil_mine", hex(blocks))
        return self.head()

    def deploy(self, name: str, source: str | None = None, *arguments: str) -> str:
        """Create a contract of `contracts/`, mine it, and return its address in lower case.

        Arguments are encoded words in hexadecimal, without 0x.
        """
        created = self.send(source or self.accounts[0], data="0x" + compiled()[name] + "".join(arguments))
        self.mine()
        receipt = self.rpc("eth_getTransactionReceipt", created)
        assert receipt["status"] == "0x1", name
        return str(receipt["contractAddress"]).lower()

    def balance(self, address: str) -> int:
        """Return the wei of an address at the head."""
        return int(self.rpc("eth_getBalance", address, "latest"), 16)

    def reorganize(self, depth: int) -> None:
        """Replace the newest blocks by others, one more than there were.

        Rolling back and mining at another time is the way: `anvil_reorg` mines the same bytes again.
        """
        head = self.head()
        before = [self.hash(number) for number in range(head - depth + 1, head + 1)]
        tip_time = int(self.rpc("eth_getBlockByNumber", hex(head), False)["timestamp"], 16)
        self.rpc("anvil_rollback", depth)
        self.rpc("evm_setNextBlockTimestamp", tip_time + 3)
        self.mine(depth + 1)
        after = [self.hash(number) for number in range(head - depth + 1, head + 1)]
        assert not set(before) & set(after), "the reorganization changed nothing"

    def _post(self, body: object) -> Any:
        return self._client.post(self.url, json=body).json()

    def close(self) -> None:
        """Close the connections."""
        self._client.close()


@contextmanager
def running_anvil(*options: str) -> Iterator[Anvil]:
    """Start a node on a free port of loopback, and stop it by its process id."""
    command = [str(anvil_binary()), "--port", "0", "--no-mining", "--order", "fifo", "--hardfork", "prague", *options]
    with tempfile.TemporaryFile("w+", encoding="utf-8") as log:
        process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)
        try:
            anvil = Anvil(_url_of(process, log))
            try:
                yield anvil
            finally:
                anvil.close()
        finally:
            process.terminate()
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _url_of(process: "subprocess.Popen[bytes]", log: TextIO) -> str:
    """Return the address that a starting node says it listens on."""
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        log.seek(0)
        for line in log:
            if line.startswith("Listening on ") and line.endswith("\n"):
                return "http://" + line.removeprefix("Listening on ").strip()
        time.sleep(0.02)
    log.seek(0)
    raise AssertionError("anvil did not start: " + log.read())


def call_data(signature: str, *arguments: str | int) -> str:
    """Return the data of a call: `transfer(address,uint256)` and its arguments, addresses and numbers."""
    words = [one[2:].lower() if isinstance(one, str) else f"{one:x}" for one in arguments]
    return "0x" + keccak(signature.encode())[:4].hex() + "".join(word.rjust(64, "0") for word in words)


@cache
def compiled() -> dict[str, str]:
    """Return the creation code, in hexadecimal, of every contract of `contracts/`, or skip without the compiler."""
    if not (peers() / "node_modules" / "solc").is_dir():
        pytest.skip(f"the compiler of contracts is not on this machine: run .ci/peers {peers()}")
    sources = {path.name: {"content": path.read_text("utf-8")} for path in sorted(CONTRACTS.glob("*.sol"))}
    request = {
        "language": "Solidity",
        "sources": sources,
        "settings": {
            "evmVersion": "cancun",
            "optimizer": {"enabled": True, "runs": 200},
            "outputSelection": {"*": {"*": ["evm.bytecode.object"]}},
        },
    }
    answer = json.loads(_compiled_json(json.dumps(request)))
    errors = [one["formattedMessage"] for one in answer.get("errors", []) if one["severity"] == "error"]
    assert not errors, "".join(errors)
    return {
        name: contract["evm"]["bytecode"]["object"]
        for path in sources
        for name, contract in answer["contracts"][path].items()
    }


def _compiled_json(request: str) -> str:
    """Return the compiler's answer; it takes seconds, so it is kept beside the programs."""
    kept = peers() / f"compiled-{hashlib.sha256(request.encode()).hexdigest()[:16]}.json"
    if kept.exists():
        return kept.read_text("utf-8")
    command = ["node", str(CONTRACTS / "compile.js"), str(peers())]
    done = subprocess.run(command, input=request, capture_output=True, text=True, check=True, timeout=120)
    aside = kept.with_suffix(f".{os.getpid()}")
    aside.write_text(done.stdout, "utf-8")
    aside.replace(kept)
    return done.stdout
