"""The Ronin theft pulled from an explorer, from the exploiter's address alone, on a laptop without a node.

The explorer serves the same real transactions that the shared ledger is made of, so the answers must agree.
"""

import json
import signal
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from support.command_line import command, qiyafa
from support.explorer import RoninExplorer
from support.http_server import Answer, Asked, Server, serving
from support.ronin import ROUTER, THIEF

pytestmark = pytest.mark.shared_data

MOST_REQUESTS = 400


def pull_command(case: Path, ledger: Path, server: Server) -> tuple[str | Path, ...]:
    api = f"{server.url}/v2/api"
    return ("pull", case, "--ledger", ledger, "--source", "etherscan", "--url", api, "--rate", "100000", "--quiet")


def traced(case: Path, ledger: Path) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(qiyafa("trace", case, "--ledger", ledger, "--json"))
    return answer


def holdings(answer: dict[str, Any], method: str) -> dict[tuple[str, str], tuple[str, int]]:
    return {
        (one["address"], one["status"]): (one["units"], one["transfers"])
        for one in answer["methods"][method]["holdings"]
    }


@pytest.fixture(scope="module")
def expected(ronin_case: Path, ronin_ledger: Path) -> dict[str, Any]:
    return traced(ronin_case, ronin_ledger)


def conserving(answer: dict[str, Any]) -> list[str]:
    return [method for method in answer["methods"] if method != "poison"]


@pytest.mark.slow
def test_the_pulled_ledger_gives_the_same_holdings_in_at_most_400_requests(
    ronin_case: Path, expected: dict[str, Any], shared_data: Path, tmp_path: Path
) -> None:
    with serving(RoninExplorer(shared_data / "ethereum")) as server:
        report = json.loads(qiyafa(*pull_command(ronin_case, tmp_path / "ledger", server), "--json"))
        assert len(server.asked) == report["requests"] <= MOST_REQUESTS
    assert report["followed_to_the_end"]
    assert (report["limit"], report["left_out"], report["problems"]) == ("", [], [])
    assert ROUTER not in {one["address"] for one in report["histories"]}
    assert THIEF in {one["address"] for one in report["unbalanced"]}
    answer = traced(ronin_case, tmp_path / "ledger")
    assert len(conserving(answer)) == 5
    for method in conserving(answer):
        assert holdings(answer, method) == holdings(expected, method)
        assert answer["methods"][method] | {"holdings": []} == expected["methods"][method] | {"holdings": []}
    assert answer["methods"]["poison"] == expected["methods"]["poison"]


@pytest.mark.slow
def test_an_explorer_that_cuts_histories_off_is_named_for_every_difference(
    ronin_case: Path, expected: dict[str, Any], ronin_ledger: Path, shared_data: Path, tmp_path: Path
) -> None:
    """A difference lies at an address that was cut off, or where its unseen payments would have led."""
    import csv

    with serving(RoninExplorer(shared_data / "ethereum", knows_limits=True)) as server:
        report = json.loads(qiyafa(*pull_command(ronin_case, tmp_path / "ledger", server), "--json"))
    assert len(server.asked) <= MOST_REQUESTS
    assert not report["followed_to_the_end"]
    cut_off = {one["address"] for one in report["histories"] if one["status"] != "complete"}
    assert set(report["busy"]) == cut_off
    answer = traced(ronin_case, tmp_path / "ledger")
    qiyafa("trace", ronin_case, "--ledger", ronin_ledger, "--flows", tmp_path / "flows.csv", "--quiet")
    with (tmp_path / "flows.csv").open(encoding="utf-8", newline="") as file:
        flows = list(csv.DictReader(file))
    differing = 0
    for method in conserving(answer):
        behind = set(cut_off)
        for flow in flows:
            if flow["method"] == method and flow["source"] in behind:
                behind.add(flow["target"])
        known, found = holdings(expected, method), holdings(answer, method)
        different = {
            address for address, status in known | found if known.get((address, status)) != found.get((address, status))
        }
        assert different <= behind
        differing += len(different)
    assert differing
    named = {gap["address"] for gap in answer["gaps"] if gap["kind"] == "history" and gap["status"] == "capped"}
    assert cut_off <= named


@pytest.mark.slow
@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGINT])
def test_a_pull_that_is_killed_goes_on_and_ends_the_same(
    ronin_case: Path, shared_data: Path, tmp_path: Path, ending: signal.Signals
) -> None:
    """The running pull is ended while it waits for its 5th, 60th, 170th and 255th answer."""
    explorer = RoninExplorer(shared_data / "ethereum")
    running: list[subprocess.Popen[str]] = []
    endings, questions = [5, 60, 170, 255], 0

    def answer(asked: Asked) -> Answer:
        nonlocal questions
        questions += 1
        if questions in endings:
            running[-1].send_signal(ending)
            running[-1].wait()
        return explorer(asked)

    with serving(answer) as server:
        arguments = (*pull_command(ronin_case, tmp_path / "killed", server), "--json")
        for _ in endings:
            running.append(
                subprocess.Popen(command(*arguments), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            )
            running[-1].communicate(timeout=300)
            assert running[-1].returncode == (-ending if ending is signal.SIGKILL else 130)
            qiyafa("ledger", "verify", "--ledger", tmp_path / "killed")
        report = json.loads(qiyafa(*arguments))
        repeated = Counter(tuple(sorted(one.parameters.items())) for one in server.asked)
        assert sum(repeated.values()) - len(repeated) <= len(endings)
        whole = json.loads(qiyafa(*pull_command(ronin_case, tmp_path / "whole", server), "--json"))
    assert report["manifest_sha256"] == whole["manifest_sha256"]
    dumps = [qiyafa("ledger", "dump", "--ledger", tmp_path / folder) for folder in ("killed", "whole")]
    assert dumps[0] == dumps[1]
