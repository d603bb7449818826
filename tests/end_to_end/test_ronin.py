"""The Ronin theft of March 2022, end to end: real files in, the command line, answers that balance to the wei."""

import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from support.command_line import qiyafa
from support.ronin import ROUTER, THIEF

pytestmark = pytest.mark.shared_data

ETH = 10**18
CAPPED_EXCHANGES = {
    "0x28ffe35688ffffd0659aee2e34778b0ae4e193ad",
    "0x73f8fc2e74302eb2efda125a326655acf0dc2d1b",
    "0xc098b2a3aa256d2140208c3de6543aaef5cd3a94",
    "0xcac725bef4f114f728cbcfd744a731c2a463c3fc",
}


@pytest.fixture(scope="module")
def answer(ronin_ledger: Path, ronin_case: Path) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(qiyafa("trace", ronin_case, "--ledger", ronin_ledger, "--json"))
    return answer


@pytest.fixture(scope="module")
def flows(ronin_ledger: Path, ronin_case: Path, tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, str]]:
    import csv

    path = tmp_path_factory.mktemp("flows") / "flows.csv"
    qiyafa("trace", ronin_case, "--ledger", ronin_ledger, "--flows", path, "--quiet")
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


def test_explain_leads_back_to_the_theft_and_balances(
    ronin_ledger: Path, ronin_case: Path, answer: dict[str, Any]
) -> None:
    fifo = answer["methods"]["fifo"]["holdings"]
    assert len([one for one in fifo if one["status"] == "held"]) == 76
    chosen = [fifo[0], fifo[1], fifo[20], fifo[60]]
    assert chosen[0]["address"] == ROUTER
    for holding in chosen:
        explained = json.loads(qiyafa("explain", ronin_case, holding["address"], "--ledger", ronin_ledger, "--json"))
        first = explained["steps"][0]
        assert first["address"] == holding["address"]
        assert first["holding"] == holding["units"]
        assert THIEF in {step["address"] for step in explained["steps"]}
        assert len(explained["arrivals"]) == holding["transfers"]
        for step in explained["steps"]:
            came, went = (sum(int(leg["units"]) for leg in step[side]) for side in ("inflows", "outflows"))
            assert came - went == int(step["holding"])


def test_paths_lead_from_the_thief_to_holders_and_respect_time(ronin_ledger: Path, answer: dict[str, Any]) -> None:
    fifo = answer["methods"]["fifo"]["holdings"]
    for target in (ROUTER, *(fifo[number]["address"] for number in (1, 20, 60))):
        found = json.loads(qiyafa("path", THIEF, target, "--ledger", ronin_ledger, "--json"))["paths"]
        assert found
        widths = [int(path["units"]) for path in found]
        assert widths == sorted(widths, reverse=True)
        for path in found:
            blocks = [transfer["block_number"] for transfer in path["transfers"]]
            assert blocks == sorted(blocks)
            assert int(path["units"]) == min(int(transfer["units"]) for transfer in path["transfers"])
    assert json.loads(qiyafa("path", ROUTER, THIEF, "--ledger", ronin_ledger, "--json"))["paths"] == []


def test_the_report_is_one_file_that_needs_no_network(ronin_ledger: Path, ronin_case: Path, tmp_path: Path) -> None:
    report = tmp_path / "report.html"
    qiyafa("trace", ronin_case, "--ledger", ronin_ledger, "--report", report, "--quiet")
    html = report.read_text(encoding="utf-8")
    assert ROUTER in html
    assert "175,099.9998" in html
    assert "src=" not in html
    assert "<link" not in html


def test_the_answer_is_the_same_twice_and_as_of_a_day_does_not_change(ronin_ledger: Path, ronin_case: Path) -> None:
    command = ("trace", ronin_case, "--ledger", ronin_ledger, "--json", "--until", "2022-04-30")
    first = json.loads(qiyafa(*command))
    assert first == json.loads(qiyafa(*command))
    for method in conserving(first).values():
        assert int(method["untraced"]) == 0
        assert int(method["stopped"]) < 175100 * ETH
