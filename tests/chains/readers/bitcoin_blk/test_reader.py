"""Blocks from a node's files to rows: any order, any damage, never half a block."""

import json
import struct
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from bip_utils import Base58Encoder
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.chains.readers.bitcoin_blk.reading_blocks import read
from tests.support.made_blocks import (
    NETWORK,
    SUBSIDY,
    block,
    block_hash,
    chain,
    coinbase,
    framed,
    output,
    sha256d,
    transaction,
    transaction_id,
    write_blocks,
)

from qiyafa.chains import litecoin
from qiyafa.chains.readers.bitcoin_blk.reader import BlockPaths, read_bitcoin_blk
from qiyafa.model.errors import InvalidInput, NotFound, Unavailable
from qiyafa.model.ledger import BlockCoverage

KEY = bytes.fromhex("0102030405060708")
SIX = chain(6)


def shown(raw: bytes) -> str:
    return block_hash(raw)[::-1].hex()


def spending(below: list[bytes], outputs: list[bytes], *, reward: int = SUBSIDY) -> bytes:
    """Return a block on top of others that spends the coinbase of the second one."""
    spent = transaction_id(coinbase(1))
    return block(
        block_hash(below[-1]), [coinbase(len(below), reward), transaction([(spent, 0)], outputs)], time=1296700000
    )


def test_rows_say_what_the_blocks_say(tmp_path: Path) -> None:
    blocks = [*SIX, spending(SIX, [output(20), output(30)])]
    found = read(write_blocks(tmp_path / "blk00000.dat", blocks))
    assert found.problems == []
    assert found.hashes == [shown(one) for one in blocks]
    assert found.raw.block_coverage == (BlockCoverage(0, 6),)
    assert found.blocks[6] == {
        "number": 6,
        "hash": shown(blocks[6]),
        "parent_hash": shown(blocks[5]),
        "timestamp": 1296700000,
        "transaction_count": 2,
    }
    spend = transaction([(transaction_id(coinbase(1)), 0)], [output(20), output(30)])
    spend_hash = sha256d(spend)[::-1].hex()
    assert found.transactions[-1] == {
        "hash": spend_hash,
        "block_number": 6,
        "block_hash": shown(blocks[6]),
        "index": 1,
        "block_timestamp": 1296700000,
        "is_coinbase": False,
        "input_count": 1,
        "output_count": 2,
        "size": len(spend),
    }
    assert found.inputs == [
        {
            "transaction_hash": spend_hash,
            "block_number": 6,
            "index": 0,
            "spent_transaction_hash": transaction_id(coinbase(1))[::-1].hex(),
            "spent_output_index": 0,
            "value": None,
            "type": None,
            "address": None,
        }
    ]
    assert found.outputs[-1] == {
        "transaction_hash": spend_hash,
        "block_number": 6,
        "index": 1,
        "value": 30,
        "type": "p2pkh",
        "address": Base58Encoder.CheckEncode(b"\x6f" + b"\x11" * 20),
        "script_hex": "76a914" + "11" * 20 + "88ac",
    }
    [source] = found.raw.sources
    assert (source.name, source.rows, source.problems, source.table) == ("blk00000.dat", 7, 0, "blocks")


def test_blocks_come_in_any_order_in_any_files_with_padding_between(tmp_path: Path) -> None:
    first = tmp_path / "blk00000.dat"
    first.write_bytes(framed([SIX[4], SIX[0]]) + bytes(100) + framed([SIX[2]]) + bytes(1000))
    second = write_blocks(tmp_path / "blk00001.dat", [SIX[5], SIX[3], SIX[1]])
    forwards, backwards = read(first, second), read(second, first)
    assert forwards.problems == backwards.problems == []
    assert forwards.hashes == backwards.hashes == [shown(one) for one in SIX]
    folder = read(tmp_path)
    assert folder.hashes == forwards.hashes


def test_files_masked_by_a_key_are_unmasked(tmp_path: Path) -> None:
    plain = framed(SIX[:3]) + bytes(17) + framed(SIX[3:])
    mask = np.resize(np.frombuffer(KEY, np.uint8), len(plain))
    masked = np.frombuffer(plain, np.uint8) ^ mask
    masked[-5:] = 0
    (tmp_path / "blk00000.dat").write_bytes(masked.tobytes() + bytes(64))
    (tmp_path / "xor.dat").write_bytes(KEY)
    damaged = read(tmp_path)
    assert damaged.hashes == [shown(one) for one in SIX[:5]]
    (tmp_path / "blk00000.dat").write_bytes((np.frombuffer(plain, np.uint8) ^ mask).tobytes() + bytes(64))
    found = read(tmp_path)
    assert found.problems == []
    assert found.hashes == [shown(one) for one in SIX]


def test_a_key_of_another_length_is_refused(tmp_path: Path) -> None:
    write_blocks(tmp_path / "blk00000.dat", SIX)
    (tmp_path / "xor.dat").write_bytes(KEY[:7])
    with pytest.raises(InvalidInput) as refused:
        read(tmp_path)
    assert refused.value.key == "chains_outputs.error.key_file"


def test_a_file_of_another_network_is_refused_and_the_network_named(tmp_path: Path) -> None:
    path = tmp_path / "blk00000.dat"
    path.write_bytes(framed(SIX, litecoin.MAIN.magic))
    with pytest.raises(InvalidInput) as refused:
        read(path)
    assert refused.value.fields["found"] == "litecoin"


def test_a_truncated_tail_is_named_and_the_rest_is_taken(tmp_path: Path) -> None:
    path = write_blocks(tmp_path / "blk00000.dat", SIX)
    path.write_bytes(path.read_bytes()[:-30])
    found = read(path)
    assert found.hashes == [shown(one) for one in SIX[:5]]
    at = len(framed(SIX[:5]))
    assert found.problems[0] == ("blk00000.dat", f"byte {at}", "chains_outputs.problem.cut_tail")


def test_garbage_between_blocks_is_named_and_skipped(tmp_path: Path) -> None:
    path = tmp_path / "blk00000.dat"
    false_start = NETWORK.magic + struct.pack("<I", 2**32 - 1)
    path.write_bytes(framed(SIX[:2]) + b"garbage" + framed(SIX[2:4]) + false_start + framed(SIX[4:]))
    found = read(path)
    assert found.hashes == [shown(one) for one in SIX]
    assert found.keys == [
        "chains_outputs.problem.no_record",
        "chains_outputs.problem.length",
    ]


def test_a_repeated_block_is_taken_once(tmp_path: Path) -> None:
    path = write_blocks(tmp_path / "blk00000.dat", [*SIX, *SIX[2:4]])
    found = read(path, write_blocks(tmp_path / "blk00001.dat", SIX[:1]))
    assert found.hashes == [shown(one) for one in SIX]
    assert found.sentences == [
        "blocks that stand in the files more than once: 2; each was taken once",
        "blocks that stand in the files more than once: 1; each was taken once",
    ]
    assert [source.problems for source in found.raw.sources] == [0, 0]


def test_the_chain_with_more_work_is_taken_and_stale_blocks_are_named(tmp_path: Path) -> None:
    longer = chain(8, SIX[:3], extra=7)
    found = read(write_blocks(tmp_path / "blk00000.dat", [*SIX, *longer]))
    assert found.hashes == [shown(one) for one in [*SIX[:3], *longer]]
    assert [place.rpartition(" ")[2] for _, place, _ in found.problems] == [shown(one) for one in SIX[3:]]
    assert "height 3 is not on the chain" in found.sentences[0]


def test_of_chains_with_equal_work_the_same_is_taken_in_any_order(tmp_path: Path) -> None:
    other = chain(6, SIX[:3], extra=7)
    first = read(write_blocks(tmp_path / "a.dat", [*SIX, *other])).hashes
    second = read(write_blocks(tmp_path / "b.dat", [SIX[0], *other, *SIX[1:]])).hashes
    assert first == second
    assert first[-1] == min(shown(SIX[5]), shown(other[-1]))


def test_without_the_genesis_block_heights_come_from_coinbases(tmp_path: Path) -> None:
    found = read(write_blocks(tmp_path / "blk00007.dat", SIX[3:]))
    assert [one["number"] for one in found.blocks] == [3, 4, 5]
    assert found.raw.block_coverage == (BlockCoverage(3, 5),)


def test_blocks_whose_height_nothing_tells_are_left_out(tmp_path: Path) -> None:
    old = block(b"\x07" * 32, [coinbase(4)], version=1)
    found = read(write_blocks(tmp_path / "blk00007.dat", [old]))
    assert found.blocks == []
    assert found.keys == ["chains_outputs.fate.without_height"]


def test_a_chain_that_begins_elsewhere_is_left_out(tmp_path: Path) -> None:
    stranger = block(bytes(32), [coinbase(0)])
    found = read(write_blocks(tmp_path / "blk00000.dat", [stranger, *SIX]))
    assert found.hashes == [shown(one) for one in SIX]
    assert found.keys == ["chains_outputs.fate.foreign"]


def test_once_heights_are_the_rule_another_one_is_left_out(tmp_path: Path) -> None:
    odd = block(block_hash(SIX[-1]), [coinbase(9)])
    path = write_blocks(tmp_path / "blk00000.dat", [*SIX, odd])
    assert len(read(path).blocks) == 7
    found = read(path, network=replace(NETWORK, heights_from=6))
    assert found.hashes == [shown(one) for one in SIX]
    assert found.keys == ["chains_outputs.fate.contradicting"]


@pytest.mark.parametrize("written", ["raw", "hex", "json", "bare json", "electrum", "node"])
def test_a_single_block_is_read_in_every_form(tmp_path: Path, written: str) -> None:
    raw, text = SIX[3], SIX[3].hex()
    content = {
        "raw": raw,
        "hex": text.upper().encode() + b"\n",
        "json": json.dumps({"error": None, "id": 1, "result": text}).encode(),
        "bare json": json.dumps(text).encode(),
        "electrum": json.dumps({"height": 3, "tx": [], "block": text}).encode(),
        "node": framed([raw]),
    }[written]
    path = tmp_path / "block"
    path.write_bytes(content)
    found = read(path)
    assert (found.hashes, found.problems) == ([shown(raw)], [])


@pytest.mark.parametrize(
    ("content", "key"),
    [
        (b'{"result": null, "error": {"code": -5}}', "no_raw_block"),
        (b'{"result": {"hash": "00"}}', "no_raw_block"),
        (b'{"result": "abc"}', "no_raw_block"),
        (b"[" * 100_000, "no_text"),
        (b'{"a": 1e400', "no_text"),
        (b"<html>busy</html>", "cut"),
        (b"0" * 64_000_001, "too_long"),
    ],
)
def test_a_file_without_a_block_is_a_problem(tmp_path: Path, content: bytes, key: str) -> None:
    path = tmp_path / "answer"
    path.write_bytes(content)
    found = read(path)
    assert (found.blocks, found.keys) == ([], [f"chains_outputs.problem.{key}"])


def test_an_empty_or_missing_file_and_an_empty_folder_are_refused(tmp_path: Path) -> None:
    (tmp_path / "blk00000.dat").touch()
    with pytest.raises(InvalidInput):
        read(tmp_path / "blk00000.dat")
    with pytest.raises(NotFound):
        read(tmp_path / "missing")
    (tmp_path / "empty").mkdir()
    with pytest.raises(NotFound) as refused:
        read(tmp_path / "empty")
    assert refused.value.key == "chains_outputs.error.no_block_files"


def broken_blocks() -> list[tuple[str, bytes]]:
    """Blocks with good headers whose content fails one check each."""
    parent, spend = block_hash(SIX[-1]), transaction([(b"\x05" * 32, 0)], [output(1)])
    good = block(parent, [coinbase(6), spend])
    other = transaction([(b"\x05" * 32, 0)], [output(2)])
    return [
        ("problem.merkle_root", good[: -len(spend)] + other),
        ("problem.repeats", _counted(block(parent, [coinbase(6), spend, other]), 4) + other),
        ("problem.claim", block(parent, [coinbase(6, SUBSIDY + 1)])),
        ("block.value", block(parent, [coinbase(6, NETWORK.most_units + 1)])),
        ("block.rest", good + b"\x00"),
        ("block.cut", good[:-1]),
        ("block.count", _counted(good, 200)),
        ("block.count", good[:80] + b"\xff" * 9 + good[81:]),
        ("block.coinbase", block(parent, [spend])),
    ]


def _counted(raw: bytes, count: int) -> bytes:
    return raw[:80] + bytes([count]) + raw[81:]


@pytest.mark.parametrize(("key", "bad"), broken_blocks(), ids=[key for key, _ in broken_blocks()])
def test_a_block_that_fails_a_check_is_left_out_whole(tmp_path: Path, key: str, bad: bytes) -> None:
    found = read(write_blocks(tmp_path / "blk00000.dat", [*SIX[:3], bad, *SIX[3:]]))
    assert found.hashes == [shown(one) for one in SIX]
    assert {one["block_number"] for one in found.transactions} == set(range(6))
    [(name, place, found_key)] = found.problems
    assert (name, found_key) == ("blk00000.dat", f"chains_outputs.{key}")
    assert place.endswith(shown(bad))
    at = int(place.partition(",")[0].removeprefix("byte "))
    start = len(framed(SIX[:3])) + 8
    assert start <= at <= start + len(bad)
    assert found.raw.sources[0].problems == 1
    assert found.raw.block_coverage == (BlockCoverage(0, 5),)


def test_what_a_miner_leaves_unclaimed_is_told(tmp_path: Path) -> None:
    modest = block(block_hash(SIX[-1]), [coinbase(6, SUBSIDY - 1)])
    found = read(write_blocks(tmp_path / "blk00000.dat", [*SIX, modest]))
    assert len(found.blocks) == 7
    assert found.keys == ["chains_outputs.problem.claims_less"]


def test_plain_undo_data_gives_values_owners_and_the_allowed_claim(tmp_path: Path) -> None:
    path, undo = tmp_path / "block.raw", tmp_path / "undo.raw"
    script = bytes.fromhex("76a914" + "11" * 20 + "88ac")
    undo.write_bytes(struct.pack("<Q", SUBSIDY) + bytes([len(script)]) + script)
    path.write_bytes(spending(SIX, [output(SUBSIDY - 10)], reward=SUBSIDY + 10))
    found = read(path, undo=(undo,))
    assert found.problems == []
    assert [(one["value"], one["type"]) for one in found.inputs] == [(SUBSIDY, "p2pkh")]
    assert found.inputs[0]["address"] == found.outputs[1]["address"]

    path.write_bytes(spending(SIX, [output(SUBSIDY - 10)], reward=SUBSIDY + 11))
    assert read(path, undo=(undo,)).keys == ["chains_outputs.problem.claim"]
    path.write_bytes(spending(SIX, [output(SUBSIDY + 1)]))
    assert read(path, undo=(undo,)).keys == ["chains_outputs.problem.overspent"]


def test_undo_data_that_does_not_fit_is_left_out_and_the_block_is_taken(tmp_path: Path) -> None:
    path, undo = tmp_path / "block.raw", tmp_path / "undo.raw"
    path.write_bytes(spending(SIX, [output(5)]))
    undo.write_bytes(struct.pack("<Q", SUBSIDY))
    found = read(path, undo=(undo,))
    assert len(found.blocks) == 1
    assert found.inputs[0]["value"] is None
    assert found.problems == [("undo.raw", f"byte 8, block {shown(path.read_bytes())}", "chains_outputs.undo.cut")]
    with pytest.raises(InvalidInput) as refused:
        read(path, undo=(undo, undo))
    assert refused.value.key == "chains_outputs.error.undo_files"


def test_a_nodes_undo_file_is_matched_by_its_checksums(tmp_path: Path) -> None:
    blocks = [*SIX, spending(SIX, [output(SUBSIDY)])]
    record = b"\x01\x01" + b"\x02\x00" + b"\x32" + b"\x00" + b"\x11" * 20
    wrong = sha256d(b"\x01" * 32 + record)
    right = sha256d(block_hash(SIX[-1]) + record)
    empty = framed([b"\x00"]) + bytes(32)
    write_blocks(tmp_path / "blk00000.dat", blocks)
    (tmp_path / "rev00000.dat").write_bytes(
        empty * 5 + framed([record]) + wrong + framed([record]) + right + bytes(500) + framed([record])
    )
    found = read(tmp_path)
    assert [one["value"] for one in found.inputs] == [SUBSIDY]
    assert found.problems == [
        (
            "rev00000.dat",
            f"byte {len(empty * 5) + 2 * (8 + len(record) + 32) + 500}",
            "chains_outputs.problem.cut_tail",
        ),
        ("rev00000.dat", "", "chains_outputs.problem.unmatched_undo"),
    ]


def test_a_block_that_was_written_twice_keeps_its_undo_data(tmp_path: Path) -> None:
    last = spending(SIX, [output(SUBSIDY)])
    record = b"\x01\x01" + b"\x02\x00" + b"\x32" + b"\x00" + b"\x11" * 20
    write_blocks(tmp_path / "blk00000.dat", [*SIX, last, last])
    (tmp_path / "rev00000.dat").write_bytes(framed([record]) + sha256d(block_hash(SIX[-1]) + record))
    found = read(tmp_path)
    assert [one["value"] for one in found.inputs] == [SUBSIDY]
    assert found.keys == ["chains_outputs.fate.repeated"]
    assert [(source.name, source.rows) for source in found.raw.sources] == [("blk00000.dat", 7), ("rev00000.dat", 1)]


@pytest.mark.parametrize("change", ["cut", "other block"])
def test_a_file_that_changes_while_it_is_read_is_given_up(tmp_path: Path, change: str) -> None:
    path = write_blocks(tmp_path / "blk00000.dat", SIX)
    whole = path.read_bytes()
    changed = whole[:-1] if change == "cut" else whole[:20] + bytes([whole[20] ^ 1]) + whole[21:]

    def between_the_passes(stage: str, done: int, total: int) -> None:
        if stage == "chains_outputs.stage.headers" and done == total:
            path.write_bytes(changed)

    with pytest.raises(Unavailable) as refused:
        read_bitcoin_blk(BlockPaths((path,)), NETWORK, tmp_path, between_the_passes)
    assert refused.value.key == "chains_outputs.error.file_changed"


def test_a_single_block_that_changes_while_it_is_read_is_given_up(tmp_path: Path) -> None:
    path = tmp_path / "block.hex"
    path.write_text(SIX[0].hex())
    with pytest.raises(Unavailable) as refused:
        read_bitcoin_blk(BlockPaths((path,)), NETWORK, tmp_path, lambda *_: path.write_text("{}") and None)
    assert refused.value.key == "chains_outputs.error.file_changed"


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_damage_anywhere_never_stops_the_reader_and_never_leaves_half_a_block(
    data: st.DataObject, tmp_path: Path
) -> None:
    whole = framed([*SIX, spending(SIX, [output(5)])])
    damaged = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(damaged) - 1))
        damaged[at : at + data.draw(st.integers(0, 9))] = data.draw(st.binary(max_size=9))
    path = tmp_path / "blk00000.dat"
    path.write_bytes(bytes(damaged[: data.draw(st.integers(1, max(len(damaged), 1)))]) or b"\0")
    found = read(path)
    by_block: dict[str, int] = {}
    for one in found.transactions:
        by_block[one["block_hash"]] = by_block.get(one["block_hash"], 0) + 1
    assert by_block == {one["hash"]: one["transaction_count"] for one in found.blocks}
    assert sum(one["input_count"] for one in found.transactions) == len(found.inputs)
    assert sum(one["output_count"] for one in found.transactions) == len(found.outputs)
    assert all(found.sentences)


def test_a_file_cut_at_any_byte_gives_the_blocks_before_the_cut(tmp_path: Path) -> None:
    whole = framed(SIX[:3])
    for end in range(1, len(whole), 7):
        path = tmp_path / "blk00000.dat"
        path.write_bytes(whole[:end])
        count = sum(end >= len(framed(SIX[:n])) for n in (1, 2, 3))
        found = read(path)
        assert found.hashes == [shown(one) for one in SIX[:count]]
        assert (found.problems == []) == (end == len(framed(SIX[:count])))
