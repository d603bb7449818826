"""`qiyafa cluster` as people and programs meet it: tables, JSON, exit codes, and a kill in the middle of a build."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.cli.running import Qiyafa

from qiyafa.app.cluster import ClusterBook
from qiyafa.app.home import Home
from qiyafa.stores.parquet_duckdb import ParquetLedger

from support.output_ledgers import BITCOIN, CHAIN, OutputRows, Spend, hash_of, write_outputs

ALICE, ALICE2, BOB, SHOP = (
    "1BoatSLRHtKNngkdXEeobR76b53LETtpyT",
    "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
    "12cbQLTFMXRnSzktFkuoG3eHoMeFtpTu3S",
    "1Q2TWHE3GMdB6BZKafqwxXtWAWgFt5Jvm3",
)
MIXERS = (
    "1FvzCLoTPGANNjWoUo6jUGuAG3wg1w4YjR",
    "15ubicBBWFnvoZLT7GiU2qxjRaKJPdkDMG",
    "1dice8EMZmqKvrGE4Qc9bUFf9PX3xaYDp",
)


@pytest.fixture
def made(tmp_path) -> Path:
    """A ledger in which alice spends from two addresses, and three strangers mix."""
    rows = OutputRows()
    owners = (ALICE, ALICE2, BOB, *MIXERS)
    for block, owner in enumerate(owners):
        rows.add(f"coinbase {block}", block, 0, [], [(owner, 50_000_000)])
    first = [Spend(hash_of(f"coinbase {block}")) for block in range(len(owners))]
    rows.add("pay", 10, 0, first[:2], [(SHOP, 90_000_000), (BOB, 9_000_000)])
    equal = [(owner, 40_000_000) for owner in (SHOP, BOB, ALICE)]
    rows.add("mix", 11, 0, first[3:], [*equal, *((owner, 9_000_000 + block) for block, owner in enumerate(MIXERS))])
    ledger = ParquetLedger.open_or_create(tmp_path / "ledger")
    ledger.ingest(write_outputs(tmp_path, rows), native_asset=BITCOIN)
    return ledger.path


@pytest.fixture
def asked(qiyafa: Qiyafa, made, tmp_path) -> Qiyafa:
    """Run `qiyafa cluster` with that ledger and a home of its own."""

    def ran(command: str, *arguments: str):
        ledger = () if command in ("forbid", "allow", "decisions") else ("--ledger", made)
        return qiyafa("cluster", command, *arguments, *ledger, "--home", tmp_path / "home")

    return ran


def test_building_says_what_was_joined_and_what_was_refused(asked) -> None:
    ran = asked("build")
    assert ran.code == 0
    assert "2 of 7 addresses stand in clusters (1 of them)" in ran.out
    assert "equal outputs" in ran.out
    (report,) = json.loads(asked("build", "--json").out)
    assert (report["clusters"], report["largest"], report["mixes"]) == (1, 2, {"equal_outputs": 1})
    assert {"rule": "co_spend", "standing": "joins", "merges": 1} in report["counts"]


def test_a_cluster_is_shown_with_its_merges_and_hints(asked) -> None:
    asked("build")
    ran = asked("show", ALICE)
    assert ran.code == 0
    assert all(word in ran.out for word in (ALICE, ALICE2, hash_of("pay"), "co_spend"))
    assert BOB not in ran.out
    (view,) = json.loads(asked("show", MIXERS[0], "--json").out)
    assert (view["size"], view["merges"]) == (1, [])
    assert [(one["transaction"], one["standing"], one["mix"]) for one in view["hints"]] == [
        (hash_of("mix"), "refused", "equal_outputs")
    ]


def test_an_explanation_names_transaction_rule_time_and_doubt(asked) -> None:
    asked("build")
    (way,) = json.loads(asked("explain", ALICE, ALICE2, "--json").out)
    (step,) = way["steps"]
    assert (step["source"], step["target"]) == (ALICE, ALICE2)
    assert (step["merge"]["transaction"], step["merge"]["rule"]) == (hash_of("pay"), "co_spend")
    assert step["merge"]["time"] == "2009-01-03T19:55:05Z"
    assert "custodian" in way["weaknesses"]["co_spend"]
    said = asked("explain", ALICE, ALICE2).out
    assert "joined by one merge" in said
    assert "custodian" in said


def test_not_joined_is_an_answer_and_says_what_was_not_counted(asked) -> None:
    asked("build")
    ran = asked("explain", MIXERS[0], MIXERS[1])
    assert ran.code == 0
    assert "are not joined" in ran.out
    assert "refused: equal outputs" in ran.out
    before = asked("explain", ALICE, ALICE2, "--as-of", "2009-01-03T18:00:00Z")
    assert "are not joined" in before.out
    assert "same address" in asked("explain", ALICE, ALICE).out


def test_a_merge_is_forbidden_and_allowed_again(asked) -> None:
    asked("build")
    assert asked("forbid", hash_of("pay"), "co_spend", "--reason", "two people").code == 0
    assert "are not joined" in asked("explain", ALICE, ALICE2).out
    assert asked("allow", hash_of("pay"), "--reason", "one person").code == 0
    assert "joined by one merge" in asked("explain", ALICE, ALICE2).out
    listed = json.loads(asked("decisions", "--json").out)
    assert [(one["forbids"], one["reason"]) for one in listed["decisions"]] == [
        (True, "two people"),
        (False, "one person"),
    ]
    assert "two people" in asked("decisions").out


def test_hostile_words_are_shown_harmlessly(asked) -> None:
    asked("forbid", "a" * 64, "--reason", "\x1b[31mred\u202e")
    assert "\x1b" not in asked("decisions").out
    assert "\\x1b" in asked("decisions").out


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("show", ALICE), 2, "has no clusters"),
        (("build", "--with", "magic"), 2, "no rule magic"),
        (("build", "--with", "deposit_reuse"), 2, "another kind of chain"),
        (("build", "--chain", "eip155:1"), 2, "eip155:1"),
        (("build", "--as-of", "soon"), 2, "soon"),
        (("show", "nonsense"), 2, "nonsense"),
        (("show", ALICE, "--top", "0"), 2, "--top"),
        (("forbid", "abc", "--reason", "x"), 2, "64"),
        (("allow", "a" * 64, "--reason", "x"), 2, "not forbidden"),
        (("decisions",), 0, "Nothing"),
    ],
)
def test_what_cannot_be_answered_is_a_sentence(asked, arguments, code, words) -> None:
    ran = asked(*arguments)
    assert ran.code == code
    assert words in ran.out + ran.err
    assert "Traceback" not in ran.err


@pytest.mark.slow
def test_a_kill_in_the_middle_of_a_build_leaves_clusters_or_none(made, tmp_path) -> None:
    home = tmp_path / "home"
    command = [sys.executable, "-m", "qiyafa", "cluster", "build", "--ledger", str(made), "--home", str(home)]
    began = time.monotonic()
    subprocess.run(command, check=True, capture_output=True)
    whole = time.monotonic() - began
    for part in range(12):
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as running:
            time.sleep(whole * (0.5 + part / 22))
            running.send_signal(signal.SIGKILL)
        book = ClusterBook.open(ParquetLedger.open(made), CHAIN, Home(home))
        assert book is None or set(book.members(ALICE)) == {ALICE, ALICE2}
    subprocess.run(command, check=True, capture_output=True)
    assert ClusterBook.open(ParquetLedger.open(made), CHAIN, Home(home)) is not None
