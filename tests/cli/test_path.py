"""`qiyafa path`: each transfer after the one before; no path is an answer."""

import json

import pytest
from tests.cli.running import Qiyafa

from qiyafa.app.demo import Demo
from qiyafa.app.scenario.truth import Role


@pytest.fixture
def thief(demo: Demo) -> str:
    return demo.scenario.truth.thief


@pytest.fixture
def exchange(demo: Demo) -> str:
    return demo.scenario.truth.with_role(Role.EXCHANGE)[0]


def test_a_path_begins_and_ends_where_it_should_and_follows_time(
    qiyafa: Qiyafa, thief: str, exchange: str, ledger: str
) -> None:
    ran = qiyafa("path", thief, exchange, "--ledger", ledger, "--json", "--count", "2")
    record = json.loads(ran.out)
    assert (ran.code, record["from"], record["to"]) == (0, thief, exchange)
    assert 1 <= len(record["paths"]) <= 2
    for path in record["paths"]:
        transfers = path["transfers"]
        assert (transfers[0]["source"], transfers[-1]["target"]) == (thief, exchange)
        assert [one["target"] for one in transfers[:-1]] == [one["source"] for one in transfers[1:]]
        blocks = [one["block_number"] for one in transfers]
        assert blocks == sorted(blocks)
        assert int(path["units"]) <= min(int(one["units"]) for one in transfers)
    assert [int(path["units"]) for path in record["paths"]] == sorted(
        (int(path["units"]) for path in record["paths"]), reverse=True
    )


def test_people_see_addresses_and_transactions_whole(qiyafa: Qiyafa, thief: str, exchange: str, ledger: str) -> None:
    found = json.loads(qiyafa("path", thief, exchange, "--ledger", ledger, "--json").out)["paths"][0]
    ran = qiyafa("path", thief, exchange, "--ledger", ledger)
    assert ran.code == 0
    for transfer in found["transfers"]:
        assert transfer["target"] in ran.out
        assert transfer["transaction_hash"] in ran.out


def test_no_path_is_an_answer(qiyafa: Qiyafa, demo: Demo, thief: str, exchange: str, ledger: str) -> None:
    before = str(demo.scenario.truth.from_block - 1)
    ran = qiyafa("path", thief, exchange, "--ledger", ledger, "--until", before)
    assert ran.code == 0
    assert "There is no path" in ran.out
    as_json = qiyafa("path", thief, exchange, "--ledger", ledger, "--until", before, "--json")
    assert (as_json.code, json.loads(as_json.out)["paths"]) == (0, [])


@pytest.mark.parametrize(
    ("wrong", "part"),
    [(("--count", "0"), "--count"), (("--from-block", "x"), "--from-block"), (("--until", "?"), "--until")],
)
def test_a_wrong_option_is_a_sentence_and_code_2(
    qiyafa: Qiyafa, thief: str, exchange: str, ledger: str, wrong: tuple[str, str], part: str
) -> None:
    ran = qiyafa("path", thief, exchange, "--ledger", ledger, *wrong)
    assert ran.code == 2
    assert part in ran.err


def test_an_address_that_the_ledger_does_not_know_is_not_found(qiyafa: Qiyafa, thief: str, ledger: str) -> None:
    stranger = "0x" + "77" * 20
    ran = qiyafa("path", thief, stranger, "--ledger", ledger)
    assert ran.code == 2
    assert stranger in ran.err
