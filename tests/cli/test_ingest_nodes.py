"""`qiyafa ingest evm-rpc` on a real node."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from qiyafa.cli.shell import app

from support.anvil import CHAIN, Anvil, call_data, running_anvil


@pytest.fixture(scope="module")
def anvil() -> Iterator[Anvil]:
    with running_anvil() as running:
        running.send(running.accounts[0], running.accounts[1], 10**18)
        running.mine(3)
        yield running


def test_a_range_of_blocks_is_taken(anvil: Anvil, tmp_path: Path) -> None:
    ledger = tmp_path / "ledger"
    command = ["ingest", "evm-rpc", anvil.url, "--from", "0", "--to", "2", "--batch", "4", "--rate", "1000"]
    answer = json.loads(CliRunner().invoke(app, [*command, "--ledger", str(ledger), "--json"]).stdout)
    assert answer["chain"] == CHAIN
    assert answer["head_block"] == 2
    assert answer["rows_total"] == 3
    assert answer["lacks"] == []
    assert answer["problem_count"] == 0


def test_people_read_what_became_of_it(anvil: Anvil, tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["ingest", "evm-rpc", anvil.url, "--ledger", str(tmp_path / "ledger")])
    assert result.exit_code == 0
    assert "up to block 3" in result.stdout


def test_tokens_are_checked_unless_that_is_turned_off(tmp_path: Path) -> None:
    with running_anvil() as node:
        coin = node.deploy("GrowingCoin")
        node.send(node.accounts[0], coin, data=call_data("grow()"))
        node.mine()
        for options, problems in (([], 1), (["--check-tokens", "0"], 0)):
            command = ["ingest", "evm-rpc", node.url, "--ledger", str(tmp_path / str(problems)), "--json", *options]
            assert json.loads(CliRunner().invoke(app, command).stdout)["problem_count"] == problems


@pytest.mark.parametrize(
    "options",
    [
        ["--batch", "0"],
        ["--from", "-1"],
        ["--to", "head"],
        ["--rate", "fast"],
        ["--from", "2", "--to", "1"],
        ["--check-tokens", "all"],
    ],
)
def test_an_option_that_cannot_be_meant_is_refused(anvil: Anvil, tmp_path: Path, options: list[str]) -> None:
    result = CliRunner().invoke(app, ["ingest", "evm-rpc", anvil.url, *options, "--ledger", str(tmp_path / "ledger")])
    assert result.exception is not None
    assert not (tmp_path / "ledger").exists()
