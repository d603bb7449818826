"""The files of a real node, with its undo data, a reorganization, and blocks with extensions."""

from pathlib import Path
from typing import Any

import pytest
from tests.chains.readers.bitcoin_blk.reading_blocks import Read, read
from tests.support.litecoind import MATURITY, PROGRAMS, CoreLikeNode, Program, running_node

from qiyafa.chains import NETWORKS, find_network

ADDRESS_KINDS = ("legacy", "p2sh-segwit", "bech32")
EXTENSIONS_FROM = 432
"""Litecoin's regtest has extension blocks from this height on; the first must hold a payment into them."""


def spend(node: CoreLikeNode, rounds: int) -> None:
    """Pay to addresses of every kind, so that later payments spend outputs of every kind."""
    for _ in range(rounds):
        for kind in ADDRESS_KINDS:
            node.send(node.new_address(kind), "3.7")
        node.mine(1)


def resolved(found: Read) -> list[dict[str, Any]]:
    """Return the outputs that the inputs spend, from the blocks themselves."""
    outputs = {(one["transaction_hash"], one["index"]): one for one in found.outputs}
    return [outputs[one["spent_transaction_hash"], one["spent_output_index"]] for one in found.inputs]


def unspent_units(found: Read) -> int:
    """Return what the blocks leave unspent: without the genesis block's reward, which nobody can spend."""
    spent = {(one["spent_transaction_hash"], one["spent_output_index"]) for one in found.inputs}
    return sum(
        one["value"]
        for one in found.outputs
        if (one["transaction_hash"], one["index"]) not in spent
        and one["block_number"] > 0
        and one["type"] != "op_return"
    )


def assert_undo_is_right(found: Read) -> None:
    """Assert that undo data states what the blocks themselves say of every spent output."""
    columns = ("value", "type", "address")
    assert found.inputs
    stated = [tuple(one[column] for column in columns) for one in found.inputs]
    assert stated == [tuple(one[column] for column in columns) for one in resolved(found)]


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.name)
def test_a_nodes_files_hold_its_chain_its_undo_data_and_its_stale_blocks(tmp_path: Path, program: Program) -> None:
    with running_node(tmp_path / "node", program) as node:
        node.mine(MATURITY + 5)
        spend(node, 6)
        node.mine(4)
        stale = [node.rpc("getblockhash", node.height() - depth) for depth in (2, 1, 0)]
        node.replace_last(3, 5)
        hashes = [node.rpc("getblockhash", height) for height in range(node.height() + 1)]
        total = node.rpc("gettxoutsetinfo")["total_amount"]
        shown = node.rpc("getblock", hashes[MATURITY + 7], 2)["tx"]
        node.stop()
        found = read(node.blocks_folder, network=find_network(program.chain), scratch=tmp_path / "scratch")
    assert found.hashes == hashes
    assert sorted(place.rpartition(" ")[2] for _, place, key in found.problems if key.endswith("stale")) == sorted(
        stale
    )
    assert {key for key in found.keys if not key.endswith("stale")} <= {"chains_outputs.problem.claims_less"}
    assert unspent_units(found) == int(total * 10**8)
    assert_undo_is_right(found)
    assert {"p2pkh", "p2sh", "p2wpkh"} <= {one["type"] for one in found.outputs}
    owners = {(one["transaction_hash"], one["index"]): one["address"] for one in found.outputs}
    for transaction in shown:
        for output in transaction["vout"]:
            script = output["scriptPubKey"]
            written = script.get("address") or next(iter(script.get("addresses", [])), None)
            if written is not None:
                assert owners[transaction["txid"], output["n"]] == written


@pytest.mark.slow
def test_extension_blocks_are_read_and_money_goes_in_and_out(tmp_path: Path) -> None:
    with running_node(tmp_path / "node") as node:
        node.mine(EXTENSIONS_FROM - 1)
        node.send(node.new_address("mweb"), "5")
        node.mine(2)
        node.send(node.new_address("mweb"), "3")
        node.mine(3)
        total = node.rpc("gettxoutsetinfo")["total_amount"]
        hashes = [node.rpc("getblockhash", height) for height in range(node.height() + 1)]
        chain = node.program.chain
        node.stop()
        found = read(node.blocks_folder, network=NETWORKS[chain.partition(":")[2]], scratch=tmp_path / "scratch")
    assert found.hashes == hashes
    assert set(found.keys) <= {"chains_outputs.problem.claims_less"}
    assert "witness_unknown" in {one["type"] for one in found.outputs}
    assert unspent_units(found) == int(total * 10**8)
    assert_undo_is_right(found)
