"""A real node of the Bitcoin family on a private network of its own (regtest), on loopback, bounded in time.

Debian's `litecoind` is the usual one: its program lies in the package's own folder, what is on the PATH is a wrapper.
Where Bitcoin Knots or Bitcoin Core can be had (`bin/bitcoind` among the peers), the same tests run on it too.
"""

import base64
import json
import os
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

PEERS = Path(os.environ.get("QIYAFA_PEERS", "~/.cache/qiyafa-peers")).expanduser()
START_SECONDS = 60
ANSWER_SECONDS = 60
STOP_SECONDS = 30
MATURITY = 100
"""Blocks after which the reward of a block may be spent."""


@dataclass(frozen=True)
class Program:
    """A program that a test may start."""

    name: str
    path: Path
    chain: str
    """CAIP-2 of its regtest network."""
    gives_prevouts: bool
    """Whether a block can be had with the outputs that it spends."""


LITECOIN = Program(
    "litecoind",
    # Debian's, or a copy among the peers.
    next((path for path in (PEERS / "bin" / "litecoind",) if path.exists()), Path("/usr/lib/litecoin/litecoind")),
    "bip122:530827f38f93b43ed12af0b3ad25a288",
    False,
)
_OTHERS = (Program("bitcoind", PEERS / "bin" / "bitcoind", "bip122:0f9188f13cb7b2c71f2a335e3a4fc328", True),)
PROGRAMS = (LITECOIN, *(other for other in _OTHERS if other.path.exists()))
"""Those to run a suite on: litecoind always, the others where they are there."""


class RpcError(Exception):
    """What a node refuses, with its code."""

    def __init__(self, code: int, message: str) -> None:
        self.code = code
        super().__init__(f"{code}: {message}")


@dataclass
class CoreLikeNode:
    """A running node with a wallet."""

    program: Program
    folder: Path
    """Its data folder."""
    rpc_port: int
    process: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        """Where it answers, without user and password."""
        return f"http://127.0.0.1:{self.rpc_port}"

    @property
    def cookie(self) -> Path:
        """The file with its user and password."""
        return self.folder / "regtest" / ".cookie"

    @property
    def blocks_folder(self) -> Path:
        """Where its blk*.dat and rev*.dat lie."""
        return self.folder / "regtest" / "blocks"

    def rpc(self, method: str, *params: object) -> Any:
        """Call a method; numbers with a point come as Decimal. Raises RpcError."""
        body = json.dumps({"jsonrpc": "1.0", "id": 0, "method": method, "params": params}, default=str).encode()
        request = urllib.request.Request(self.url, body, {"content-type": "application/json"})
        token = base64.b64encode(self.cookie.read_bytes()).decode()
        request.add_header("authorization", f"Basic {token}")
        try:
            with urllib.request.urlopen(request, timeout=ANSWER_SECONDS) as response:
                answer = response.read()
        except urllib.error.HTTPError as error:
            answer = error.read()
        found = json.loads(answer, parse_float=Decimal)
        if found["error"]:
            raise RpcError(found["error"]["code"], found["error"]["message"])
        return found["result"]

    def new_address(self, kind: str = "bech32") -> str:
        """Return a fresh address of the wallet: `legacy`, `p2sh-segwit` or `bech32`."""
        address: str = self.rpc("getnewaddress", "", kind)
        return address

    def mine(self, blocks: int, address: str | None = None) -> list[str]:
        """Mine blocks with what waits, and return their hashes."""
        hashes: list[str] = self.rpc("generatetoaddress", blocks, address or self.new_address())
        return hashes

    def send(self, address: str, coins: str) -> str:
        """Pay from the wallet, and return the transaction; it waits to be mined."""
        transaction: str = self.rpc("sendtoaddress", address, coins)
        return transaction

    def height(self) -> int:
        """Return the number of the last block."""
        height: int = self.rpc("getblockcount")
        return height

    def replace_last(self, depth: int, new_blocks: int) -> list[str]:
        """Make a reorganization: drop the last blocks, mine others without what they held, and return their hashes."""
        first = self.rpc("getblockhash", self.height() - depth + 1)
        self.rpc("invalidateblock", first)
        # An address of its own makes the new blocks differ from the old ones.
        address = self.new_address("legacy")
        return [self.rpc("generateblock", address, [])["hash"] for _ in range(new_blocks)]

    def stop(self) -> None:
        """End it, by its process id."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(STOP_SECONDS)


@contextmanager
def running_node(folder: Path, program: Program = LITECOIN, *options: str) -> Iterator[CoreLikeNode]:
    """Start a node in an empty folder, with a wallet, and stop it afterwards. Skips where the program is missing."""
    if not program.path.exists():
        pytest.skip(f"{program.name} is not on this machine: run .ci/peers ({program.path} is missing)")
    folder.mkdir(parents=True, exist_ok=True)
    rpc_port, port = free_port(), free_port()
    arguments = [
        f"-datadir={folder}", "-regtest", "-server", "-rest", "-listen=0", "-dnsseed=0", "-discover=0", "-upnp=0",
        "-connect=0", f"-port={port}", f"-rpcport={rpc_port}", "-rpcbind=127.0.0.1", "-rpcallowip=127.0.0.1",
        "-fallbackfee=0.0002", "-dbcache=8", "-printtoconsole=0", *options,
    ]  # fmt: skip
    process = subprocess.Popen(
        [program.path, *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    node = CoreLikeNode(program, folder, rpc_port, process)
    try:
        _wait_until_ready(node)
        if not node.rpc("listwallets"):
            node.rpc("createwallet", "test")
        yield node
    finally:
        node.stop()


def free_port() -> int:
    """Return a port of loopback that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def _wait_until_ready(node: CoreLikeNode) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if node.process.poll() is not None:
            raise RuntimeError(f"{node.program.name} ended at once with {node.process.returncode}")
        try:
            node.rpc("getblockcount")
        except (OSError, RpcError, ValueError):
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"{node.program.name} did not answer within {START_SECONDS} s")
