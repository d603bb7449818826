"""The Ronin theft of March 2022, end to end: real files in, the command line, answers that balance to the wei."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

pytestmark = pytest.mark.shared_data

THIEF = "0x098b716b8aaf21512996dc57eb0615e2383e2f96"
ROUTER = "0xd90e2f925da726b50c4ed8d0fb90ad053324f31b"
ETH = 10**18
CASE = f"""[case]
id = "ronin-2022"
title = "Ronin bridge, 23 March 2022"
[[theft]]
chain = "eip155:1"
address = "{THIEF}"
from_block = 14442835
[[stop]]
chain = "eip155:1"
address = "{ROUTER}"
reason = "mixer: Tornado Cash router"
"""
CAPPED_EXCHANGES = {
    "0x28ffe35688ffffd0659aee2e34778b0ae4e193ad",
    "0x73f8fc2e74302eb2efda125a326655acf0dc2d1b",
    "0xc098b2a3aa256d2140208c3de6543aaef5cd3a94",
    "0xcac725bef4f114f728cbcfd744a731c2a463c3fc",
}


def qiyafa(*arguments: str | Path) -> str:
    command = [sys.executable, "-m", "qiyafa", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, env=dict(os.environ))
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def ledger(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("ronin") / "ledger"
    ethereum = shared_data / "ethereum"
    qiyafa(
        "ingest", "ethereum-etl", "--transactions", ethereum / "transactions.parquet",
        "--coverage", ethereum / "coverage.csv", "--ledger", folder,
    )  # fmt: skip
    return folder


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("case") / "ronin.toml"
    path.write_text(CASE, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def answer(ledger: Path, case: Path) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(qiyafa("trace", case, "--ledger", ledger, "--json"))
    return answer


@pytest.fixture(scope="module")
def flows(ledger: Path, case: Path, tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, str]]:
    import csv

    path = tmp_path_factory.mktemp("flows") / "flows.csv"
    qiyafa("trace", case, "--ledger", ledger, "--flows", path, "--quiet")
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def conserving(answer: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {name: method for name, method in answer["methods"].items() if name != "poison"}


def test_every_method_conserves_to_the_wei(answer: dict[str, Any]) -> None:
    assert set(answer["methods"]) == {"fifo", "lifo", "prorata", "clean_first", "stolen_first", "poison"}
    for method in conserving(answer).values():
        stolen, *parts = (int(method[part]) for part in ("stolen", "held", "stopped", "fees", "untraced"))
        assert stolen == sum(parts)
        assert int(method["stopped"]) + int(method["held"]) == sum(int(one["units"]) for one in method["holdings"])


def test_the_engine_answers_and_names_itself(answer: dict[str, Any]) -> None:
    assert answer["engine"].startswith("numba")
    assert answer["ledger"]["head"]["eip155:1"]["block"] == 18182321


def test_the_stolen_ether_in_the_mixer_is_175100_by_every_method(answer: dict[str, Any]) -> None:
    for method in conserving(answer).values():
        assert 17509999 * ETH // 100 <= int(method["stopped"]) <= 175100 * ETH
        (router,) = [one for one in method["holdings"] if one["status"] == "stopped"]
        assert (router["address"], router["transfers"]) == (ROUTER, 1751)


def test_every_transfer_into_the_mixer_is_a_deposit_that_tornado_cash_recorded(
    flows: list[dict[str, str]], shared_data: Path
) -> None:
    deposits = pq.read_table(shared_data / "tornado" / "deposits.parquet", columns=["transaction_hash"])
    recorded = set(deposits.column("transaction_hash").to_pylist())
    for method in ("fifo", "lifo", "prorata", "clean_first", "stolen_first"):
        hashes = {flow["transaction_hash"] for flow in flows if flow["method"] == method and flow["target"] == ROUTER}
        assert len(hashes) == 1751
        assert hashes <= recorded


def test_gaps_name_every_address_whose_history_is_not_complete(
    answer: dict[str, Any], flows: list[dict[str, str]], shared_data: Path
) -> None:
    rows = (shared_data / "ethereum" / "coverage.csv").read_text(encoding="utf-8").splitlines()[1:]
    stated = {row.split(",")[0]: row.split(",")[2].strip('"').split()[0].rstrip(":") for row in rows}
    named = {gap["address"]: gap["status"] for gap in answer["gaps"] if gap["kind"] == "history"}
    entered = {flow["target"] for flow in flows if flow["target"]} | {THIEF}
    assert named == {who: stated.get(who, "unknown") for who in entered if stated.get(who, "unknown") != "complete"}
    assert {who for who, status in named.items() if status == "capped"} == CAPPED_EXCHANGES
    holders = {one["address"] for method in conserving(answer).values() for one in method["holdings"]}
    assert {who for who in holders if who not in stated} <= set(named)
    assert {gap["kind"] for gap in answer["gaps"]} >= {"internal_transfers", "token_transfers", "unseen_balance"}


def test_explain_leads_back_to_the_theft_and_balances(ledger: Path, case: Path, answer: dict[str, Any]) -> None:
    fifo = answer["methods"]["fifo"]["holdings"]
    assert len([one for one in fifo if one["status"] == "held"]) == 76
    chosen = [fifo[0], fifo[1], fifo[20], fifo[60]]
    assert chosen[0]["address"] == ROUTER
    for holding in chosen:
        explained = json.loads(qiyafa("explain", case, holding["address"], "--ledger", ledger, "--json"))
        first = explained["steps"][0]
        assert first["address"] == holding["address"]
        assert first["holding"] == holding["units"]
        assert THIEF in {step["address"] for step in explained["steps"]}
        assert len(explained["arrivals"]) == holding["transfers"]
        for step in explained["steps"]:
            came, went = (sum(int(leg["units"]) for leg in step[side]) for side in ("inflows", "outflows"))
            assert came - went == int(step["holding"])


def test_paths_lead_from_the_thief_to_holders_and_respect_time(ledger: Path, answer: dict[str, Any]) -> None:
    fifo = answer["methods"]["fifo"]["holdings"]
    for target in (ROUTER, *(fifo[number]["address"] for number in (1, 20, 60))):
        found = json.loads(qiyafa("path", THIEF, target, "--ledger", ledger, "--json"))["paths"]
        assert found
        widths = [int(path["units"]) for path in found]
        assert widths == sorted(widths, reverse=True)
        for path in found:
            blocks = [transfer["block_number"] for transfer in path["transfers"]]
            assert blocks == sorted(blocks)
            assert int(path["units"]) == min(int(transfer["units"]) for transfer in path["transfers"])
    assert json.loads(qiyafa("path", ROUTER, THIEF, "--ledger", ledger, "--json"))["paths"] == []


def test_the_report_is_one_file_that_needs_no_network(ledger: Path, case: Path, tmp_path: Path) -> None:
    report = tmp_path / "report.html"
    qiyafa("trace", case, "--ledger", ledger, "--report", report, "--quiet")
    html = report.read_text(encoding="utf-8")
    assert ROUTER in html
    assert "175,099.9998" in html
    assert "src=" not in html
    assert "<link" not in html


def test_the_answer_is_the_same_twice_and_as_of_a_day_does_not_change(ledger: Path, case: Path) -> None:
    command = ("trace", case, "--ledger", ledger, "--json", "--until", "2022-04-30")
    first = json.loads(qiyafa(*command))
    assert first == json.loads(qiyafa(*command))
    for method in conserving(first).values():
        assert int(method["untraced"]) == 0
        assert int(method["stopped"]) < 175100 * ETH
