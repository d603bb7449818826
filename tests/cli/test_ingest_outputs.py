"""`qiyafa ingest bitcoin-blk` as a person types it."""

import json
from pathlib import Path

import pytest
from tests.cli.running import Qiyafa
from tests.support.made_blocks import NETWORK, block, block_hash, chain, coinbase, framed, write_blocks

from qiyafa.chains import bitcoin

SIX = chain(6)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the ledger of a test will be."""
    return tmp_path / "ledger"


def test_a_folder_of_blocks_becomes_a_ledger(qiyafa: Qiyafa, tmp_path: Path, folder: Path) -> None:
    blocks = tmp_path / "blocks"
    blocks.mkdir()
    write_blocks(blocks / "blk00000.dat", SIX[:4])
    write_blocks(blocks / "blk00001.dat", SIX[4:])
    ran = qiyafa("ingest", "bitcoin-blk", blocks, "--chain", NETWORK.slug, "--ledger", folder)
    assert ran.code == 0, ran.err
    assert f"for {NETWORK.caip2} up to block 5: 6 transactions, 6 of them new." in ran.out
    assert "lacks" not in ran.out
    info = json.loads(qiyafa("ledger", "info", "--ledger", folder, "--json").out)["chains"][NETWORK.caip2]
    assert (info["blocks"], info["transactions"], info["inputs"]) == (6, 6, 0)
    assert info["unspent_units"] == str(6 * 50 * 10**8)


def test_files_in_any_order_and_again_give_the_same_ledger(qiyafa: Qiyafa, tmp_path: Path, folder: Path) -> None:
    first, second = write_blocks(tmp_path / "blk00000.dat", SIX[:4]), write_blocks(tmp_path / "blk00001.dat", SIX[4:])
    for paths, ledger in (
        ((first, second, first), folder),
        ((second,), tmp_path / "other"),
        ((first,), tmp_path / "other"),
    ):
        ran = qiyafa("ingest", "bitcoin-blk", *paths, "--chain", NETWORK.caip2, "--ledger", ledger, "--json")
        assert ran.code == 0, ran.err
    dumps = [qiyafa("ledger", "dump", "--ledger", ledger).out for ledger in (folder, tmp_path / "other")]
    assert dumps[0] == dumps[1]
    assert block_hash(SIX[5])[::-1].hex() in dumps[0]


def test_a_damaged_block_is_a_problem_with_its_place_and_the_others_are_taken(
    qiyafa: Qiyafa, tmp_path: Path, folder: Path
) -> None:
    greedy = block(block_hash(SIX[-1]), [coinbase(6, 51 * 10**8)])
    path = write_blocks(tmp_path / "blk00000.dat", [*SIX, greedy])
    kept = tmp_path / "problems.jsonl"
    ran = qiyafa(
        "ingest", "bitcoin-blk", path, "--chain", NETWORK.slug, "--ledger", folder, "--json", "--problems", kept
    )  # fmt: skip
    assert ran.code == 0
    answer = json.loads(ran.out)
    assert (answer["rows_total"], answer["head_block"], answer["problem_count"]) == (6, 5, 1)
    [problem] = answer["problems"]
    assert problem["place"] == f"byte {len(framed(SIX)) + 8}, block {block_hash(greedy)[::-1].hex()}"
    assert "claims 5100000000 units, and only 5000000000 may be claimed" in problem["message"]
    assert json.loads(kept.read_text()) == problem


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--chain", "bitcoin"), "holds blocks of bitcoin-regtest, not of bitcoin. Add --chain bitcoin-regtest"),
        (("--chain", "eip155:1"), "There is no chain of outputs eip155:1 here."),
        (("--chain", NETWORK.slug, "--undo", "missing.raw"), "There is no file missing.raw."),
    ],
)
def test_wrong_use_leaves_no_ledger_behind(
    qiyafa: Qiyafa, tmp_path: Path, folder: Path, arguments: tuple[str, ...], sentence: str
) -> None:
    path = write_blocks(tmp_path / "blk00000.dat", SIX)
    ran = qiyafa("ingest", "bitcoin-blk", path, "--ledger", folder, *arguments)
    assert (ran.code, sentence in ran.err) == (2, True), ran.err
    assert not (folder / "chain").exists()


@pytest.mark.shared_data
def test_the_first_blocks_of_bitcoin(qiyafa: Qiyafa, shared_data: Path, folder: Path) -> None:
    data = shared_data / "bitcoin"
    assert qiyafa("ingest", "bitcoin-blk", data / "blk00000.dat", "--ledger", folder).code == 0
    undo = data / "block300025-undo.raw"
    ran = qiyafa("ingest", "bitcoin-blk", data / "block300025.raw", "--undo", undo, "--ledger", folder, "--json")
    answer = json.loads(ran.out)
    assert (answer["chain"], answer["rows_added"], answer["problems"]) == (bitcoin.MAIN.caip2, 461, [])
    assert [source["table"] for source in answer["sources"]] == ["blocks", "undo"]
    assert qiyafa("ledger", "verify", "--ledger", folder).code == 0
