"""Blocks of a real node in a ledger: whole, once, and resumed where a run broke off."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from qiyafa.app import ingest_nodes
from qiyafa.app.ingest_nodes import EvmBlocks, ingest_evm_blocks
from qiyafa.app.ledger import dump
from qiyafa.chains.node import Manners
from qiyafa.model.errors import Conflict, InvalidInput, Unavailable
from qiyafa.model.ledger import BlockCoverage
from qiyafa.stores.parquet_duckdb import ParquetLedger

from support.anvil import CHAIN, Anvil, running_anvil
from support.evm_history import ETHER, make_history
from support.lying_node import LyingNode, lying

HASTY = Manners(attempts=1)


@pytest.fixture(scope="module")
def history() -> Iterator[Anvil]:
    with running_anvil() as anvil:
        make_history(anvil)
        yield anvil


@pytest.fixture
def liar(history: Anvil) -> Iterator[LyingNode]:
    with lying(history.url) as node:
        yield node


def held(ledger: Path) -> tuple[BlockCoverage, ...]:
    return ParquetLedger.open(ledger).coverage(CHAIN).blocks


def test_every_block_up_to_the_head_is_held_whole(history: Anvil, tmp_path: Path) -> None:
    ingested = ingest_evm_blocks(EvmBlocks(history.url), tmp_path / "ledger")
    head = history.head()
    assert ingested.report.chain == CHAIN
    assert ingested.report.head_block == head
    assert ingested.lacks == ()
    assert held(tmp_path / "ledger") == (BlockCoverage(0, head),)


def test_pieces_in_any_order_make_the_same_ledger(history: Anvil, tmp_path: Path) -> None:
    whole, pieces = tmp_path / "whole", tmp_path / "pieces"
    ingest_evm_blocks(EvmBlocks(history.url), whole)
    for first, last in ((5, 7), (0, 2), (6, None), (0, None)):
        ingest_evm_blocks(EvmBlocks(history.url, first, last), pieces)
    assert list(dump(pieces)) == list(dump(whole))


def test_a_run_that_broke_off_goes_on_where_it_stopped(
    history: Anvil, liar: LyingNode, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingest_nodes, "BLOCKS_TOGETHER", 3)
    broken_from = hex(6).encode()
    liar.change = lambda body: b"<html>" if b'"number":"' + broken_from + b'"' in body else body
    with pytest.raises(Unavailable):
        ingest_evm_blocks(EvmBlocks(liar.url, manners=HASTY), tmp_path / "ledger")
    assert held(tmp_path / "ledger") == (BlockCoverage(0, 5),)

    liar.change = lambda body: body
    liar.asked.clear()
    ingest_evm_blocks(EvmBlocks(liar.url, manners=HASTY), tmp_path / "ledger")
    asked = {call["params"][0] for body in liar.asked if isinstance(body, list) for call in body if call["params"]}
    assert asked == {hex(number) for number in range(6, history.head() + 1)}
    ingest_evm_blocks(EvmBlocks(history.url), tmp_path / "fresh")
    assert list(dump(tmp_path / "ledger")) == list(dump(tmp_path / "fresh"))


def test_a_block_that_lies_leaves_the_ledger_as_it_was(history: Anvil, liar: LyingNode, tmp_path: Path) -> None:
    ingest_evm_blocks(EvmBlocks(history.url, 0, 4), tmp_path / "ledger")
    before = list(dump(tmp_path / "ledger"))
    liar.change = lambda body: body.replace(hex(ETHER).encode(), hex(ETHER + 1).encode())
    with pytest.raises(Unavailable):
        ingest_evm_blocks(EvmBlocks(liar.url, manners=HASTY), tmp_path / "ledger")
    assert list(dump(tmp_path / "ledger")) == before


def test_a_node_that_offers_no_traces_leaves_a_gap_that_is_named(
    history: Anvil, liar: LyingNode, tmp_path: Path
) -> None:
    refusal = b'{"jsonrpc":"2.0","id":0,"error":{"code":-32601,"message":"the method does not exist"}}'
    liar.change = lambda body: refusal if "trace" in liar.methods()[-1] else body
    ingested = ingest_evm_blocks(EvmBlocks(liar.url, manners=HASTY), tmp_path / "ledger")
    assert ingested.lacks == ("internal",)
    assert "nodes.problem.no_traces" in {problem.key for problem in ingested.problems}


def test_a_range_that_is_none_is_refused(history: Anvil, tmp_path: Path) -> None:
    for request, key in (
        (EvmBlocks(history.url, 0, 10_000), "nodes.error.beyond_head"),
        (EvmBlocks(history.url, 3, 2), "nodes.error.no_blocks"),
        (EvmBlocks("node.example"), "nodes.error.url"),
        (EvmBlocks(history.url, chain="tron:728126428"), "chains.error.reader_chain"),
    ):
        with pytest.raises(InvalidInput) as refused:
            ingest_evm_blocks(request, tmp_path / "ledger")
        assert refused.value.key == key
    assert not (tmp_path / "ledger").exists()


def test_another_chain_than_was_named_is_refused(history: Anvil, tmp_path: Path) -> None:
    with pytest.raises(Conflict) as refused:
        ingest_evm_blocks(EvmBlocks(history.url, chain="eip155:1"), tmp_path / "ledger")
    assert refused.value.fields["found"] == CHAIN
