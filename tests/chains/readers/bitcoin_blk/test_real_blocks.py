"""The reader on real blocks: hashes as explorers show them, sums as the chains have them."""

import hashlib
import json
from pathlib import Path

import pytest
from tests.chains.readers.bitcoin_blk.reading_blocks import Read, read

from qiyafa.chains import bitcoin, dogecoin, litecoin
from qiyafa.chains.outputs.network import Network
from qiyafa.model.ledger import BlockCoverage

pytestmark = pytest.mark.shared_data

COIN = 10**8


@pytest.fixture(scope="module")
def folder(shared_data: Path) -> Path:
    """The folder of blocks."""
    return shared_data / "bitcoin"


def merkle_root(hashes: list[str]) -> str:
    """Return the root over transaction hashes, written down once more."""
    level = [bytes.fromhex(one)[::-1] for one in hashes]
    while len(level) > 1:
        level += level[-1:] * (len(level) % 2)
        pairs = (level[i] + level[i + 1] for i in range(0, len(level), 2))
        level = [hashlib.sha256(hashlib.sha256(pair).digest()).digest() for pair in pairs]
    return level[0][::-1].hex()


def test_the_first_file_of_bitcoin(folder: Path, tmp_path: Path) -> None:
    found = read(folder / "blk00000.dat", network=bitcoin.MAIN, scratch=tmp_path)
    assert found.problems == []
    assert (len(found.blocks), len(found.transactions), len(found.inputs)) == (4313, 4371, 247)
    assert found.raw.block_coverage == (BlockCoverage(0, 4312),)
    assert found.hashes[0] == bitcoin.MAIN.genesis
    parents = [one["parent_hash"] for one in sorted(found.blocks, key=lambda one: one["number"])]
    assert parents == ["0" * 64, *found.hashes[:-1]]
    outputs = {(one["transaction_hash"], one["index"]): one for one in found.outputs}
    spent = {(one["spent_transaction_hash"], one["spent_output_index"]) for one in found.inputs}
    assert len(spent) == 247
    assert spent <= outputs.keys()
    unspent = sum(one["value"] for place, one in outputs.items() if place not in spent)
    assert unspent == 4313 * 50 * COIN
    # The first payment, 10 BTC from Satoshi Nakamoto to Hal Finney in block 170.
    [first] = [one for one in found.inputs if one["block_number"] == 170]
    assert first["transaction_hash"] == "f4184fc596403b9d638783cf57adfe4c75c605f6356fbc91338530e9831e9e16"
    paid = outputs[first["transaction_hash"], 0]
    assert (paid["value"], paid["type"]) == (10 * COIN, "p2pk")


BLOCKS = [
    (
        "block300025.raw",
        bitcoin.MAIN,
        300025,
        "0000000000000000821c4e0acc40f88bedbce3b73ba2358b5ade58a9022cc78c",
        (461, 1427, 1226),
    ),
    (
        "block625007.raw",
        bitcoin.MAIN,
        625007,
        "000000000000000000007b2561b9d69cccbb06df8faed054432f63b96ee7d3dc",
        (3083, 5910, 7042),
    ),
    (
        "block722010.raw",
        bitcoin.MAIN,
        722010,
        "00000000000000000001ebfef393c2642fe8d5e8812870030b944eef30edc862",
        (2668, 6703, 9398),
    ),
    (
        "bitcoin_mainnet_951658.json",
        bitcoin.MAIN,
        951658,
        "00000000000000000001cbe4b4add61d60d9a470e0958f1b4024f202db9ca628",
        (374, 412, 696),
    ),
    (
        "litecoin_chain_of_3763.raw",
        litecoin.MAIN,
        878439,
        "0babe680f55a55d54339511226755f0837261da89a4e78eba4d6436a63026df8",
        (3808, 3907, 3855),
    ),
    (
        "litecoin_mainnet_900000.json",
        litecoin.MAIN,
        900000,
        "545127eacc261629ae25ada99c7aadc1a929aed2da32f95ef866333f37c11e49",
        (5, 4, 8),
    ),
    (
        "litecoin_mainnet_2265985.json",
        litecoin.MAIN,
        2265985,
        "9bacbef81b42f777fabc19d08bceddb56d219fd4585f85946cb27470c6f4f596",
        (58, 73, 233),
    ),
    (
        "dogecoin_mainnet_371337.json",
        dogecoin.MAIN,
        371337,
        "60323982f9c5ff1b5a954eac9dc1269352835f47c2c5222691d80f0d50dcf053",
        (6, 5, 9),
    ),
]


@pytest.mark.parametrize(("name", "network", "height", "block_hash", "counts"), BLOCKS, ids=[row[0] for row in BLOCKS])
def test_every_single_block(
    folder: Path,
    tmp_path: Path,
    name: str,
    network: Network,
    height: int,
    block_hash: str,
    counts: tuple[int, int, int],
) -> None:
    found = read(folder / name, network=network, scratch=tmp_path)
    assert found.problems == []
    [one] = found.blocks
    assert (one["number"], one["hash"]) == (height, block_hash)
    assert (len(found.transactions), len(found.inputs), len(found.outputs)) == counts
    if name.endswith(".json"):
        stated = json.loads((folder / name).read_text())
        assert [row["hash"] for row in found.transactions] == stated["tx"]
        assert merkle_root(stated["tx"]) == stated["merkleroot"]
        assert (one["parent_hash"], one["timestamp"]) == (stated["previousblockhash"], stated["time"])
    else:
        header = (folder / name).read_bytes()[:80]
        assert merkle_root([row["hash"] for row in found.transactions]) == header[36:68][::-1].hex()


def test_block_300025_with_its_undo_data(folder: Path, tmp_path: Path) -> None:
    found = read(
        folder / "block300025.raw", undo=(folder / "block300025-undo.raw",), network=bitcoin.MAIN, scratch=tmp_path
    )
    assert found.problems == []
    assert all(one["value"] is not None and one["address"] for one in found.inputs)
    assert sum(one["value"] for one in found.inputs) == 510_593_575_772
    rewards = {one["hash"] for one in found.transactions if one["is_coinbase"]}
    paid = sum(one["value"] for one in found.outputs if one["transaction_hash"] not in rewards)
    claimed = sum(one["value"] for one in found.outputs if one["transaction_hash"] in rewards)
    fees = 510_593_575_772 - paid
    assert fees == 7_773_345
    assert claimed == 25 * COIN + fees
    owners = {(one["transaction_hash"], one["index"]): one["address"] for one in found.outputs}
    inside = [one for one in found.inputs if (one["spent_transaction_hash"], one["spent_output_index"]) in owners]
    assert inside
    assert all(one["address"] == owners[one["spent_transaction_hash"], one["spent_output_index"]] for one in inside)


def test_the_long_chain_inside_one_litecoin_block(folder: Path, tmp_path: Path) -> None:
    found = read(folder / "litecoin_chain_of_3763.raw", network=litecoin.MAIN, scratch=tmp_path)
    depth: dict[str, int] = {}
    spends: dict[str, list[str]] = {}
    for one in found.inputs:
        spends.setdefault(one["transaction_hash"], []).append(one["spent_transaction_hash"])
    hashes = {one["hash"] for one in found.transactions}
    for one in found.transactions:
        depth[one["hash"]] = max(
            (depth[below] + 1 for below in spends.get(one["hash"], []) if below in depth), default=1
        )
    assert sum(below in hashes for all_below in spends.values() for below in all_below) == 3788
    assert max(depth.values()) == 3763


def test_a_block_of_another_chain_does_not_meet_its_work(folder: Path, tmp_path: Path) -> None:
    found = read(folder / "block625007.raw", network=dogecoin.MAIN, scratch=tmp_path)
    assert (found.blocks, found.keys) == ([], ["chains_outputs.problem.work"])


def test_files_read_together_equal_files_read_apart(folder: Path, tmp_path: Path) -> None:
    paths = [folder / name for name, network, *_ in BLOCKS if network is bitcoin.MAIN]
    together = read(*reversed(paths), network=bitcoin.MAIN, scratch=tmp_path / "all")
    apart: list[Read] = [read(path, network=bitcoin.MAIN, scratch=tmp_path / path.name) for path in paths]
    key = "hash"
    assert sorted(one[key] for one in together.transactions) == sorted(
        one[key] for found in apart for one in found.transactions
    )
    assert together.problems == []
