"""`qiyafa sync` on a real Ethereum-like node: after every reorganization the ledger is that of a fresh sync."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from qiyafa.app.sync import Appended, Event, RolledBack
from qiyafa.app.sync_nodes import node_address
from qiyafa.app.sync_run import Sync, Trouble, sync
from qiyafa.chains import find_chain
from qiyafa.chains.readers.evm_rpc.evm_node import EvmNode
from qiyafa.chains.readers.evm_rpc.reader import read_evm_blocks
from qiyafa.cli.shell import run
from qiyafa.model.errors import Conflict
from qiyafa.stores.parquet_duckdb import ParquetLedger

from support.anvil import CHAIN, Anvil, running_anvil
from support.evm_history import make_history
from support.proxy import Answer, proxy_before

THIEF, FENCE = "0x70997970c51812dc3a010c7d01b50e0d17dc79c8", "0x" + "fe" * 20
PAYEES = 0xABCD_0000
"""Smaller addresses are contracts of the chain itself."""


@pytest.fixture
def anvil() -> Iterator[Anvil]:
    with running_anvil() as node:
        yield node


def pay(anvil: Anvil, count: int, salt: int = 0) -> None:
    """Put payments into the pool, from the accounts that anvil gives money to."""
    for number in range(count):
        target = f"0x{PAYEES + 7 * number + salt:040x}"
        anvil.send(anvil.accounts[number % 5], target, 10**15 + number + salt)


def follow(anvil: Anvil, ledger: Path, **options: object) -> list[Event]:
    """Sync once, in this process; return what was told."""
    events: list[Event] = []
    request = {"begin": 0, "is_once": True, "finality_blocks": 200, **options}
    sync(Sync(ledger, node_address((anvil.url,)), **request), events.append)
    return events


def dump(ledger: Path) -> list[str]:
    opened = ParquetLedger.open(ledger)
    assert opened.verify() == ()
    return list(opened.dump(CHAIN))


def check_depths(anvil: Anvil, folder: Path, depths: Sequence[int]) -> None:
    anvil.mine(depths[-1] + 5)
    follow(anvil, folder / "ledger")
    for depth in depths:
        pay(anvil, 3, depth)
        anvil.mine()
        follow(anvil, folder / "ledger")
        anvil.reorganize(depth)
        (rolled_back, *appended) = follow(anvil, folder / "ledger")
        assert isinstance(rolled_back, RolledBack)
        assert rolled_back.depth == depth
        assert appended
    follow(anvil, folder / "fresh")
    assert dump(folder / "ledger") == dump(folder / "fresh")


def test_reorganizations_of_any_small_depth_leave_a_fresh_ledger(anvil, tmp_path):
    check_depths(anvil, tmp_path, [1, 2, 3, 5, 8, 13, 20])


@pytest.mark.slow
def test_reorganizations_of_every_depth_to_100_leave_a_fresh_ledger(tmp_path):
    for begin in range(1, 101, 10):
        with running_anvil() as anvil:
            folder = tmp_path / str(begin)
            check_depths(anvil, folder, range(begin, begin + 10))


def test_every_kind_of_transfer_is_appended_as_the_merge_would(tmp_path, monkeypatch):
    """Tokens, calls of contracts, failures, rewards: a node states the place of each, so no database is needed."""
    with running_anvil() as anvil:
        make_history(anvil)
        ledger = ParquetLedger.open_or_create(tmp_path / "merged")
        with EvmNode(anvil.url, sleep=time.sleep, clock=time.monotonic) as node:
            chain = find_chain(CHAIN)
            raw = read_evm_blocks(node, 0, anvil.head(), chain, tmp_path).raw
        ledger.ingest(raw, native_asset=chain.native_asset)
        monkeypatch.setattr(ParquetLedger, "ingest", None)
        for until in range(0, anvil.head() + 3, 3):
            follow(anvil, tmp_path / "ledger", until_block=until)
    assert dump(tmp_path / "ledger") == dump(tmp_path / "merged")
    kinds = ParquetLedger.open(tmp_path / "ledger").record(CHAIN)
    assert all(kinds.count(kind) for kind in ("fee", "native", "internal", "token", "reward"))


def test_a_shorter_chain_without_a_new_block_is_followed(anvil, tmp_path):
    pay(anvil, 3)
    anvil.mine(30)
    follow(anvil, tmp_path / "ledger")
    anvil.rpc("anvil_rollback", 10)
    (rolled_back,) = follow(anvil, tmp_path / "ledger")
    assert rolled_back.depth == 10
    follow(anvil, tmp_path / "fresh")
    assert dump(tmp_path / "ledger") == dump(tmp_path / "fresh")


def test_two_chains_in_one_ledger_do_not_touch_each_other(anvil, tmp_path):
    with running_anvil("--chain-id", "31338") as other:
        for node in (anvil, other):
            pay(node, 4)
            node.mine(12)
            follow(node, tmp_path / "ledger")
        before = ParquetLedger.open(tmp_path / "ledger").record("eip155:31338")
        anvil.reorganize(8)
        follow(anvil, tmp_path / "ledger")
        assert ParquetLedger.open(tmp_path / "ledger").record("eip155:31338") == before
        follow(anvil, tmp_path / "fresh")
        assert dump(tmp_path / "ledger") == dump(tmp_path / "fresh")


@dataclass(frozen=True)
class Ran:
    """How a command line ended."""

    returncode: int
    stdout: str
    stderr: str


@pytest.fixture
def qiyafa(capsys: pytest.CaptureFixture[str]) -> Callable[..., Ran]:
    """Run a command line in this process."""

    def run_line(*arguments: str | Path) -> Ran:
        capsys.readouterr()
        code = run([str(argument) for argument in arguments])
        return Ran(code, *capsys.readouterr())

    return run_line


def test_a_reorganization_beyond_finality_stops_until_a_person_decides(anvil, tmp_path, qiyafa):
    ledger, case = tmp_path / "ledger", tmp_path / "case.toml"
    case.write_text(f'[case]\nid = "c"\n[[theft]]\nchain = "{CHAIN}"\naddress = "{THIEF}"\n', "utf-8")
    anvil.send(THIEF, FENCE, 10**18)
    anvil.mine(30)
    source = ("sync", "--ledger", ledger, "--url", anvil.url, "--once", "--finality", "10")
    assert qiyafa(*source, "--from", "0").returncode == 0
    before = dump(ledger)
    anvil.reorganize(15)

    refused = qiyafa(*source)
    assert (refused.returncode, refused.stdout) == (3, "")
    assert "--resync-from 16" in refused.stderr
    assert "marked as diverged" in qiyafa(*source).stderr
    assert dump(ledger) == before
    answer = json.loads(qiyafa("trace", case, "--ledger", ledger, "--json").stdout)
    assert [gap["kind"] for gap in answer["gaps"]].count("diverged") == 1

    assert qiyafa(*source, "--resync-from", "20").returncode == 3
    assert qiyafa(*source, "--resync-from", "16").returncode == 0
    follow(anvil, tmp_path / "fresh")
    assert dump(ledger) == dump(tmp_path / "fresh")
    answer = json.loads(qiyafa("trace", case, "--ledger", ledger, "--json").stdout)
    assert "diverged" not in [gap["kind"] for gap in answer["gaps"]]


def test_a_node_of_another_chain_is_refused(anvil, tmp_path, qiyafa):
    anvil.mine(3)
    follow(anvil, tmp_path / "ledger")
    refused = qiyafa("sync", "--ledger", tmp_path / "ledger", "--url", anvil.url, "--chain", "eip155:1", "--once")
    assert refused.returncode == 3
    assert "eip155:31337" in refused.stderr


def test_no_key_of_a_url_is_shown_or_stored(anvil, tmp_path, qiyafa):
    """A node may be reached at a path that is as good as a password."""
    host = anvil.url.removeprefix("http://")
    secret = "v3rysecretkey"
    anvil.mine(2)
    for url in (f"http://{host}/{secret}", f"http://user:{secret}@{host}", f"http://{host}/?key={secret}"):
        done = qiyafa("sync", "--ledger", tmp_path / "ledger", "--url", url, "--from", "0", "--once", "--json")
        assert secret not in done.stdout + done.stderr
        assert not [path for path in tmp_path.rglob("*") if path.is_file() and secret.encode() in path.read_bytes()]


def test_new_blocks_are_heard_over_a_websocket(anvil, tmp_path):
    """The node is looked at only once an hour, so only what it tells of by itself can bring the blocks in time."""
    anvil.mine(2)
    socket = anvil.url.replace("http://", "ws://")
    command = [sys.executable, "-m", "qiyafa", "sync", "--ledger", str(tmp_path / "ledger"), "--url", socket]
    command += ["--from", "0", "--every", "3600", "--json"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        assert json.loads(process.stdout.readline())["last"] == 2
        time.sleep(1)  # The socket opens after the first look.
        pay(anvil, 2)
        anvil.mine()
        assert json.loads(process.stdout.readline())["last"] == 3
        anvil.reorganize(2)
        assert json.loads(process.stdout.readline())["event"] == "rolled_back"
    finally:
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=20) == 130
        process.stdout.close()


def test_a_node_that_fails_for_a_while_is_waited_for(anvil, tmp_path):
    anvil.mine(4)
    failures = iter(range(3))

    def fail_at_first(asked: str, answer: Answer) -> Answer:
        return answer if next(failures, None) is None else Answer(404, b"<html>gone</html>")

    events: list[Event | Trouble] = []
    with proxy_before(anvil.url) as proxy:
        address = node_address((proxy.url,))
        request = Sync(tmp_path / "ledger", address, chain=CHAIN, begin=0, until_block=4, every_seconds=0.01)
        follow(anvil, tmp_path / "ledger", until_block=1)
        proxy.asked.clear()
        proxy.twist = lambda asked, answer: answer if len(proxy.asked) < 3 else fail_at_first(asked, answer)
        sync(request, events.append)
    assert [type(event) for event in events] == [Trouble, Trouble, Trouble, Appended]
    follow(anvil, tmp_path / "fresh")
    assert dump(tmp_path / "ledger") == dump(tmp_path / "fresh")


def test_a_node_that_changes_its_chain_stops_the_sync(anvil, tmp_path):
    anvil.mine(4)
    follow(anvil, tmp_path / "ledger")
    before = dump(tmp_path / "ledger")
    anvil.mine(2)
    with proxy_before(anvil.url) as proxy:
        asked_before = iter(range(2))

        def other_chain(asked: str, answer: Answer) -> Answer:
            if "eth_chainId" not in asked or next(asked_before, None) is not None:
                return answer
            return Answer(answer.status, answer.body.replace(b'"0x7a69"', b'"0x1"'))

        proxy.twist = other_chain
        with pytest.raises(Conflict) as refused:
            sync(Sync(tmp_path / "ledger", node_address((proxy.url,)), is_once=True), lambda event: None)
    assert refused.value.key == "nodes.error.chain_changed"
    assert dump(tmp_path / "ledger") == before
