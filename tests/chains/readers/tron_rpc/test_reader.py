"""Token transfers from a TRON node, honest and otherwise."""

import json
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from tests.chains.files import Desk, found
from tests.chains.readers.tron_rpc.network import TRON, Network, running_network, shown
from tests.support.proxy import Answer, Proxy, proxy_before

from qiyafa.chains import find_chain
from qiyafa.chains.node import JsonRpcNode, Manners
from qiyafa.chains.readers.reading import Reading
from qiyafa.chains.readers.tron_rpc.reader import chain_of_node, head_of_node, read_tron_blocks
from qiyafa.model.errors import QiyafaError
from qiyafa.text import text

CHAIN = find_chain(TRON)


@pytest.fixture(scope="module")
def network() -> Iterator[Network]:
    with running_network() as running:
        for number in range(4):
            running.pay(running.account(1), running.account(2), 10**6 + number)
        running.pay(running.account(2), running.account(3), 2**256 - 1)
        running.pay(running.account(2), running.account(3), 7, of=running.things)
        running.pay(running.account(2), running.account(3), 7, of=running.odd)
        running.pay("0x41" + running.account(2)[2:], running.account(3), 5)
        running.node.mine(3)
        yield running


@pytest.fixture
def proxy(network: Network) -> Iterator[Proxy]:
    with proxy_before(network.url) as running:
        yield running


def opened(url: str) -> JsonRpcNode:
    return JsonRpcNode(url, lambda seconds: None, lambda: 0.0, Manners(attempts=2, timeout_seconds=20))


def read(desk: Desk, url: str, first: int, last: int) -> Reading:
    with opened(url) as node:
        return read_tron_blocks(node, first, last, CHAIN, desk.scratch())


def test_network_and_head_are_those_of_the_node(network: Network) -> None:
    with opened(network.url) as node:
        assert (chain_of_node(node), head_of_node(node)) == (TRON, 14)


def test_events_become_transfers_between_addresses_as_people_write_them(desk: Desk, network: Network) -> None:
    reading = found(read(desk, network.url, 0, 14))
    one, two, three = (shown(network.account(number)) for number in (1, 2, 3))
    moved = sorted((row["block_number"], row["source"], row["target"], int(row["units_text"])) for row in reading.rows)
    assert moved == [
        *((4 + number, one, two, 10**6 + number) for number in range(4)),
        (8, two, three, 2**256 - 1),
        (11, two, three, 5),
    ]
    assert {row["asset"] for row in reading.rows} == {f"{TRON}/trc20:{shown(network.token)}"}
    assert {(row["transaction_index"], row["log_index"], row["status"]) for row in reading.rows} == {(0, 0, "ok")}
    assert all(len(row["transaction_hash"]) == 64 for row in reading.rows)
    assert reading.raw.provides == {"tokens"}


def test_what_is_no_fungible_transfer_is_counted(desk: Desk, network: Network) -> None:
    assert found(read(desk, network.url, 0, 14)).problems == [
        "transfers of single things (NFTs), not of a fungible token: 1; they are not traced",
        "Transfer events not shaped as ERC-20 demands: 1; they are not traced",
    ]


def test_blocks_are_kept_with_their_hashes(desk: Desk, network: Network) -> None:
    reading = read(desk, network.url, 3, 9)
    [path] = reading.raw.block_files
    blocks = pq.read_table(path).to_pylist()
    assert [block["number"] for block in blocks] == list(range(3, 10))
    assert [block["hash"] for block in blocks] == [network.node.hash(number)[2:] for number in range(3, 10)]
    assert [block["transaction_count"] for block in blocks] == [1] * 7
    assert all(block["parent_hash"] == before["hash"] for before, block in pairwise(blocks))


def changed(method: str, change: Callable[[dict[str, object]], object]) -> Callable[[str, Answer], Answer]:
    """Change the results of one method, one by one."""

    def twist(asked: str, answer: Answer) -> Answer:
        if f'"{method}"' not in asked:
            return answer
        told = json.loads(answer.body)
        for one in told if isinstance(told, list) else [told]:
            if isinstance(one["result"], list):
                one["result"] = [change(log) for log in one["result"]]
            else:
                one["result"] = change(one["result"])
        return Answer(200, json.dumps(told).encode())

    return twist


BLOCKS, LOGS = "eth_getBlockByNumber", "eth_getLogs"


@pytest.mark.parametrize(
    ("lie", "key"),
    [
        (changed(BLOCKS, lambda block: None), "nodes.error.misshapen"),
        (changed(BLOCKS, lambda block: {**block, "number": "0x1"}), "tron.error.other_block"),
        (changed(BLOCKS, lambda block: {**block, "parentHash": "0x" + "7" * 64}), "tron.error.unlinked"),
        (changed(BLOCKS, lambda block: {**block, "hash": "0x12"}), "nodes.error.misshapen"),
        (changed(BLOCKS, lambda block: {**block, "hash": None}), "nodes.error.misshapen"),
        (changed(BLOCKS, lambda block: {**block, "timestamp": "0x" + "f" * 20}), "nodes.error.misshapen"),
        (changed(BLOCKS, lambda block: {**block, "transactions": 3}), "nodes.error.misshapen"),
        (changed(LOGS, lambda log: None), "nodes.error.misshapen"),
        (changed(LOGS, lambda log: {**log, "blockNumber": "0x1"}), "tron.error.log"),
        (changed(LOGS, lambda log: {**log, "blockHash": "0x" + "7" * 64}), "tron.error.log"),
        (changed(LOGS, lambda log: {**log, "removed": True}), "tron.error.log"),
        (changed(LOGS, lambda log: {**log, "topics": []}), "tron.error.log"),
        (changed(LOGS, lambda log: {**log, "topics": ["0x" + "7" * 64]}), "tron.error.log"),
        (changed(LOGS, lambda log: {**log, "topics": ["0x7"]}), "nodes.error.misshapen"),
        (changed(LOGS, lambda log: {**log, "address": "\u202e"}), "tron.error.log"),
        (changed(LOGS, lambda log: {**log, "logIndex": "-1"}), "nodes.error.misshapen"),
        (changed(LOGS, lambda log: {**log, "transactionIndex": 0}), "nodes.error.misshapen"),
        (lambda asked, answer: Answer(200, b"<html></html>"), "nodes.error.not_json"),
        (lambda asked, answer: Answer(200, answer.body[:-1]), "nodes.error.cut"),
    ],
)
def test_a_lie_is_named_and_nothing_is_read(
    desk: Desk, proxy: Proxy, lie: Callable[[str, Answer], Answer], key: str
) -> None:
    proxy.twist = lie
    with pytest.raises(QiyafaError) as failed:
        read(desk, proxy.url, 3, 8)
    assert failed.value.key == key
    assert "\u202e" not in text(failed.value.key, **failed.value.fields)


def test_a_log_that_stands_there_twice_is_refused(desk: Desk, proxy: Proxy) -> None:
    def twice(asked: str, answer: Answer) -> Answer:
        told = json.loads(answer.body)
        if LOGS in asked:
            told["result"] *= 2
        return Answer(200, json.dumps(told).encode())

    proxy.twist = twice
    with pytest.raises(QiyafaError) as failed:
        read(desk, proxy.url, 3, 8)
    assert failed.value.key == "tron.error.log"


def test_a_node_that_bears_few_blocks_at_once_is_asked_for_fewer(desk: Desk, network: Network, proxy: Proxy) -> None:
    def narrow(asked: str, answer: Answer) -> Answer:
        body = asked.partition(" ")[2]
        if LOGS not in body:
            return answer
        wanted = json.loads(body)["params"][0]
        span = int(wanted["toBlock"], 16) - int(wanted["fromBlock"], 16)
        refusal = {"jsonrpc": "2.0", "id": 0, "error": {"code": -32000, "message": "exceed max block range: 2"}}
        return answer if span < 2 else Answer(200, json.dumps(refusal).encode())

    proxy.twist = narrow
    assert found(read(desk, proxy.url, 0, 14)).rows == found(read(desk, network.url, 0, 14)).rows


def test_a_node_that_refuses_is_quoted(desk: Desk, proxy: Proxy) -> None:
    refusal = b'{"jsonrpc":"2.0","id":0,"error":{"code":-32601,"message":"the method eth_getLogs does not exist"}}'
    proxy.twist = lambda asked, answer: Answer(200, refusal) if LOGS in asked else answer
    with pytest.raises(QiyafaError) as failed:
        read(desk, proxy.url, 3, 8)
    assert "does not exist" in text(failed.value.key, **failed.value.fields)


def test_an_answer_cut_anywhere_is_refused(desk: Desk, proxy: Proxy, tmp_path: Path) -> None:
    for cut in range(0, 400, 23):
        proxy.twist = lambda asked, answer, cut=cut: Answer(200, answer.body[:cut])
        with pytest.raises(QiyafaError):
            read(desk, proxy.url, 3, 5)
