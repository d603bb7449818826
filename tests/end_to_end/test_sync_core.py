"""`qiyafa sync` on a real node of the Bitcoin family: a reorganization leaves the ledger of a fresh sync."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from qiyafa.app.sync import Appended, Event, RolledBack
from qiyafa.app.sync_nodes import node_address
from qiyafa.app.sync_run import Sync, sync
from qiyafa.stores.parquet_duckdb import ParquetLedger

from support.litecoind import CoreLikeNode, running_node


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CoreLikeNode]:
    with running_node(tmp_path_factory.mktemp("node") / "data") as running:
        running.mine(110)
        yield running


def follow(node: CoreLikeNode, ledger: Path) -> list[Event]:
    events: list[Event] = []
    sync(Sync(ledger, node_address((node.url,), node.cookie), begin=0, is_once=True), events.append)
    return events


def dump(ledger: Path) -> list[str]:
    opened = ParquetLedger.open(ledger)
    assert opened.verify() == ()
    return list(opened.dump(opened.chains()[0]))


@pytest.mark.parametrize("depth", [1, 4, 30])
def test_a_real_reorganization_leaves_a_fresh_ledger(node, tmp_path, depth):
    follow(node, tmp_path / "ledger")
    for _ in range(3):
        node.send(node.new_address(), "1.5")
        node.mine(1)
    node.mine(depth)
    assert [type(event) for event in follow(node, tmp_path / "ledger")] == [Appended]
    node.replace_last(depth, depth + 1)
    events = follow(node, tmp_path / "ledger")
    assert [type(event) for event in events] == [RolledBack, Appended]
    assert events[0].depth == depth
    follow(node, tmp_path / "fresh")
    assert dump(tmp_path / "ledger") == dump(tmp_path / "fresh")


def test_the_head_is_the_nodes(node, tmp_path):
    follow(node, tmp_path / "ledger")
    opened = ParquetLedger.open(tmp_path / "ledger")
    (chain,) = opened.chains()
    head = opened.record(chain).head
    assert (head.block_number, head.hash) == (node.height(), node.rpc("getbestblockhash"))
