"""The Ronin theft with published labels and no stop of its own: where it ends, who is named, and what is doubted."""

import json
from pathlib import Path
from typing import Any

import pytest

from support.command_line import qiyafa
from support.ronin import CASE, ROUTER

pytestmark = [pytest.mark.shared_data, pytest.mark.slow]

EXPLOITER_7 = "0x5b5082214d62585d686850ab8d9e3f6b6a5c58ff"


@pytest.fixture(scope="module")
def home(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("home")
    qiyafa("labels", "import", shared_data / "labels", "--home", folder, "--quiet")
    return folder


@pytest.fixture(scope="module")
def answer(ronin_ledger: Path, home: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    case = tmp_path_factory.mktemp("ronin") / "ronin.toml"
    case.write_text(CASE, encoding="utf-8")
    traced = qiyafa("trace", case, "--ledger", ronin_ledger, "--home", home, "--json")
    found: dict[str, Any] = json.loads(traced)
    return found


def holdings(answer: dict[str, Any], method: str) -> dict[str, dict[str, Any]]:
    return {holding["address"]: holding for holding in answer["methods"][method]["holdings"]}


@pytest.mark.parametrize("method", ["fifo", "lifo", "prorata", "clean_first", "stolen_first"])
def test_the_trace_stops_at_tornado_cash_by_itself(answer: dict[str, Any], method: str) -> None:
    router = holdings(answer, method)[ROUTER]
    assert (router["status"], router["transfers"]) == ("stopped", 1751)
    assert router["reason"].startswith("mixer: Tornado Cash (label ")
    assert abs(int(router["units"]) - 175_100 * 10**18) < 10**16
    assert router["label"]["entity"] == "Tornado Cash"


@pytest.mark.parametrize("method", ["fifo", "lifo", "prorata", "clean_first", "stolen_first"])
def test_exchanges_are_named_where_a_deposit_address_is_labelled(answer: dict[str, Any], method: str) -> None:
    stopped = [one for one in holdings(answer, method).values() if one["status"] == "stopped"]
    entities = [one["label"]["entity"] for one in stopped]
    assert entities.count("Huobi") >= 5
    assert "FTX" in entities
    totals = answer["methods"][method]
    assert int(totals["stolen"]) == sum(int(totals[part]) for part in ("held", "stopped", "fees", "untraced"))


def test_an_address_that_others_call_the_exploiters_is_no_stop(answer: dict[str, Any]) -> None:
    ignored = {gap["address"]: gap["detail"] for gap in answer["gaps"] if gap["kind"] == "label_ignored"}
    assert "Huobi" in ignored[EXPLOITER_7]
    assert "equally confident" in ignored[EXPLOITER_7]
    assert all(holdings(answer, method).get(EXPLOITER_7, {}).get("status") != "stopped" for method in ("fifo", "lifo"))


def test_the_answer_names_the_labels_and_is_found_through_them(answer: dict[str, Any], home: Path) -> None:
    info = json.loads(qiyafa("labels", "info", "--home", home, "--json"))
    assert answer["versions"]["labels"] == info["version"]
    label = holdings(answer, "fifo")[ROUTER]["label"]["id"]
    uses = json.loads(qiyafa("labels", "blast-radius", label, "--home", home, "--json"))["uses"]
    assert [(use["kind"], use["name"]) for use in uses] == [("trace", "ronin-2022")]
