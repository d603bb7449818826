"""Ranges of blocks from a real node of the Bitcoin family, honest and otherwise."""

import itertools
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.support.litecoind import CoreLikeNode
from tests.support.proxy import Answer, Twist, proxy_before

from qiyafa.chains import find_chain
from qiyafa.chains.readers.bitcoin_rpc.client import Patience
from qiyafa.chains.readers.bitcoin_rpc.node import core_node
from qiyafa.chains.readers.bitcoin_rpc.reader import read_core_blocks
from qiyafa.chains.readers.reading import OutputsReading
from qiyafa.model.errors import Conflict, NotFound, QiyafaError
from qiyafa.model.ledger import BlockCoverage
from qiyafa.text import text

IMPATIENT = Patience(attempts=1, timeout_s=20)
FOLDERS = itertools.count()


def read(
    core: CoreLikeNode,
    tmp_path: Path,
    first: int,
    last: int,
    *,
    url: str = "",
    chain: str = "",
    with_spent: bool = True,
) -> OutputsReading:
    scratch = tmp_path / f"scratch-{next(FOLDERS)}"
    scratch.mkdir()
    with core_node(url or core.url, lambda seconds: None, cookie=core.cookie, patience=IMPATIENT) as node:
        return read_core_blocks(
            node, first, last, find_chain(chain or core.program.chain), scratch, with_spent=with_spent
        )


def tables(reading: OutputsReading) -> list[pa.Table]:
    raw = reading.raw
    return [
        pq.read_table(path) for path in (*raw.transaction_files, *raw.input_files, *raw.output_files, *raw.block_files)
    ]


def test_a_range_is_read_whole_with_its_blocks(core: CoreLikeNode, tmp_path: Path) -> None:
    last = core.height()
    reading = read(core, tmp_path, last - 9, last)
    transactions, inputs, outputs, blocks = (table.to_pylist() for table in tables(reading))
    assert reading.raw.block_coverage == (BlockCoverage(last - 9, last),)
    assert [block["hash"] for block in blocks] == [core.rpc("getblockhash", n) for n in range(last - 9, last + 1)]
    for block in blocks:
        told = core.rpc("getblock", block["hash"], 2)
        of_block = [one for one in transactions if one["block_hash"] == block["hash"]]
        assert [one["hash"] for one in of_block] == [one["txid"] for one in told["tx"]]
        paid = [one["value"] for one in outputs if one["block_number"] == block["number"]]
        assert paid == [int(one["value"] * 10**8) for tx in told["tx"] for one in tx["vout"]]
        spent = [one["spent_transaction_hash"] for one in inputs if one["block_number"] == block["number"]]
        assert spent == [one["txid"] for tx in told["tx"] for one in tx["vin"] if "txid" in one]


def test_what_is_spent_is_stated_where_the_node_knows_it_and_it_is_wanted(core: CoreLikeNode, tmp_path: Path) -> None:
    last = core.height()
    _, inputs, _, _ = tables(read(core, tmp_path, last - 9, last))
    assert (inputs["value"].null_count == 0) is core.program.gives_prevouts
    _, inputs, _, _ = tables(read(core, tmp_path, last - 9, last, with_spent=False))
    assert inputs["value"].null_count == len(inputs) > 0


def test_a_node_of_another_network_is_refused(core: CoreLikeNode, tmp_path: Path) -> None:
    with pytest.raises(Conflict) as refused:
        read(core, tmp_path, 0, 3, chain="bip122:000000000019d6689c085ae165831e93")
    assert core.program.chain in text(refused.value.key, **refused.value.fields)


def changed(answer: Answer, place: int) -> Answer:
    body = bytearray(answer.body)
    body[place] ^= 1
    return Answer(answer.status, bytes(body))


def test_a_block_changed_in_any_byte_is_refused_or_says_the_same(core: CoreLikeNode, tmp_path: Path) -> None:
    """Witnesses are not part of what a block's header commits to here; nothing that is stored rests on them."""
    number = core.height() - 1
    wanted = f"block/{core.rpc('getblockhash', number)}"
    honest = tables(read(core, tmp_path, number, number))
    size = core.rpc("getblock", core.rpc("getblockhash", number))["size"]
    refused = 0
    with proxy_before(core.url) as proxy:
        for place in range(0, size, 19):
            proxy.twist = lambda asked, answer, place=place: changed(answer, place) if wanted in asked else answer
            try:
                found = tables(read(core, tmp_path, number, number, url=proxy.url))
            except QiyafaError as error:
                refused += error.fields["block"] == number
            else:
                assert found == honest
    assert refused > size // 19 // 2


def test_a_block_cut_anywhere_is_refused(core: CoreLikeNode, tmp_path: Path) -> None:
    number = core.height() - 1
    wanted = f"block/{core.rpc('getblockhash', number)}"
    size = core.rpc("getblock", core.rpc("getblockhash", number))["size"]
    with proxy_before(core.url) as proxy:
        for cut in range(0, size, 61):
            proxy.twist = lambda asked, answer, cut=cut: (
                Answer(answer.status, answer.body[:cut]) if wanted in asked else answer
            )
            with pytest.raises(QiyafaError) as refused:
                read(core, tmp_path, number, number, url=proxy.url)
            assert refused.value.fields["block"] == number


def test_a_chain_that_changes_meanwhile_is_noticed(core: CoreLikeNode, tmp_path: Path) -> None:
    def other_hash(asked: str, answer: Answer) -> Answer:
        here, other = (core.rpc("getblockhash", number).encode() for number in (5, 6))
        return Answer(answer.status, answer.body.replace(here, other)) if "getblockhash" in asked else answer

    with proxy_before(core.url) as proxy:
        proxy.twist = other_hash
        with pytest.raises(Conflict) as noticed:
            read(core, tmp_path, 4, 7, url=proxy.url)
    assert (noticed.value.key, noticed.value.fields["block"]) == ("core_node.error.unlinked", 5)


def test_a_chain_that_becomes_shorter_is_noticed(core: CoreLikeNode, tmp_path: Path) -> None:
    with pytest.raises(Conflict) as noticed:
        read(core, tmp_path, core.height() - 1, core.height() + 1)
    assert noticed.value.key == "core_node.error.shorter"


def test_a_pruned_block_is_named(core: CoreLikeNode, tmp_path: Path) -> None:
    with proxy_before(core.url) as proxy:
        for twist in (_pruned_by_rest, _pruned_by_rpc):
            proxy.twist = twist
            with pytest.raises(NotFound) as missing:
                read(core, tmp_path, 3, 4, url=proxy.url)
            assert missing.value.fields["block"] == 3


def _pruned_by_rest(asked: str, answer: Answer) -> Answer:
    return Answer(404, b"not available (pruned data)\r\n") if "/rest/block/" in asked else answer


def _pruned_by_rpc(asked: str, answer: Answer) -> Answer:
    if "/rest/" in asked:
        return Answer(404, b"")
    refusal = b'{"result":null,"error":{"code":-1,"message":"Block not available (pruned data)"},"id":0}'
    return Answer(500, refusal) if '"getblock"' in asked else answer


@pytest.mark.parametrize("too_many", [0, 1])
def test_a_node_that_states_other_outputs_as_spent_is_caught(core: CoreLikeNode, tmp_path: Path, too_many: int) -> None:
    """By their sum, which pays for the outputs, or by their number."""
    number = core.height() - 1
    told = core.rpc("getblock", core.rpc("getblockhash", number), 2)
    inputs = sum("coinbase" not in one for tx in told["tx"] for one in tx["vin"])
    with proxy_before(core.url) as proxy:
        proxy.twist = _stating_spent(inputs + too_many)
        with pytest.raises(QiyafaError) as refused:
            read(core, tmp_path, number, number, url=proxy.url)
    assert refused.value.fields["block"] == number


def _stating_spent(outputs: int) -> Twist:
    def twist(asked: str, answer: Answer) -> Answer:
        if "/rest/spenttxouts/" not in asked:
            return answer
        one = (1).to_bytes(8, "little") + b"\x01\x51"
        return Answer(200, bytes([2, 0, outputs]) + one * outputs)

    return twist
