"""`qiyafa ingest` as a person types it."""

import json
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.chains.files import (
    ALICE,
    TOKEN,
    TRANSACTION_COLUMNS,
    Desk,
    receipts,
    token_transfers,
    transaction,
    transactions,
)
from tests.chains.readers.etherscan.downloads import TOKEN_EXPORT, TXLIST, answer, export
from tests.cli.running import Qiyafa

from qiyafa.cli.ingest import with_repeated_flags


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A folder in which a test puts files."""
    return Desk(tmp_path)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the ledger of a test will be."""
    return tmp_path / "ledger"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("--t a b --x c", "--t a --t b --x c"),
        ("--t a --t b", "--t a --t b"),
        ("--t=a b", "--t=a --t b"),
        ("--x a b --t c", "--x a b --t c"),
        ("--t a --json b", "--t a --json b"),
        ("--t a -q", "--t a -q"),
        ("", ""),
    ],
)
def test_a_flag_is_repeated_before_each_of_its_values(typed: str, meant: str) -> None:
    assert with_repeated_flags(typed.split(), {"--t"}) == meant.split()


def test_several_files_may_follow_one_flag(qiyafa: Qiyafa, desk: Desk, folder: Path) -> None:
    files = [desk.file(f"{n}.csv", transactions({"hash": transaction(n)})) for n in (1, 2, 3)]
    bills = [desk.file(f"r{n}.csv", receipts({"transaction_hash": transaction(n)})) for n in (1, 2, 3)]
    ran = qiyafa(
        "ingest", "ethereum-etl", "--transactions", *files[:2], "--receipts", *bills,
        "--ledger", folder, "--transactions", files[2],
    )  # fmt: skip
    assert (ran.code, ran.err) == (0, "")
    assert "Read 3.csv: 1 rows of transactions, 0 left out" in ran.out
    assert "6 transfers, 6 of them new" in ran.out
    assert "Problems" not in ran.out
    assert "lacks: internal transfers, token transfers" in ran.out


def test_what_is_left_out_is_shown_ten_times_and_then_counted(qiyafa: Qiyafa, desk: Desk, folder: Path) -> None:
    bad = desk.file("t.csv", token_transfers({}, *[{"value": "?"}] * 12))
    ran = qiyafa("ingest", "ethereum-etl", "--token-transfers", bad, "--ledger", folder)
    assert ran.code == 0
    assert "Problems: 12" in ran.out
    assert ran.out.count("value is no whole number") == 10
    assert f"{bad}, line 12: " in ran.out
    assert "… and 2 more" in ran.out
    assert "--problems problems.jsonl" in ran.out


def test_all_problems_go_to_a_file_on_request(qiyafa: Qiyafa, desk: Desk, folder: Path) -> None:
    bad = desk.file("t.csv", token_transfers(*[{"value": "?"}] * 12))
    written = desk.folder / "problems.jsonl"
    ran = qiyafa("ingest", "ethereum-etl", "--token-transfers", bad, "--ledger", folder, "--problems", written)
    assert ran.code == 0
    places = [json.loads(line)["place"] for line in written.read_text().splitlines()]
    assert places == [f"line {line}" for line in range(2, 14)]


def test_the_answer_for_programs_is_one_object(qiyafa: Qiyafa, desk: Desk, folder: Path) -> None:
    file = desk.file("t.csv", transactions({}, {"hash": "?"}))
    ran = qiyafa("ingest", "ethereum-etl", "--transactions", file, "--ledger", folder, "--json")
    told = json.loads(ran.out)
    assert (told["rows_total"], told["head_block"], told["problem_count"]) == (1, 100, 3)
    assert told["problems"][0]["place"] == "line 3"
    assert told["lacks"] == ["fees", "internal", "tokens"]
    assert told["sources"][0]["rows"] == 1


def test_downloads_are_taken_in(qiyafa: Qiyafa, desk: Desk, folder: Path) -> None:
    files = [desk.file("a.json", answer(TXLIST)), desk.file("b.csv", export(TOKEN_EXPORT, {}))]
    ran = qiyafa("ingest", "etherscan", *files, "--address", ALICE, "--decimals", f"{TOKEN}=6", "--ledger", folder)
    assert (ran.code, ran.err) == (0, "")
    assert "3 transfers, 3 of them new" in ran.out


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("ethereum-etl",), "Name at least one file"),
        (("ethereum-etl", "--transactions", "nowhere.csv"), "There is no file nowhere.csv"),
        (("ethereum-etl", "--transactions", "x", "--chain", "bitcoin"), "There is no chain bitcoin"),
        (("etherscan", "x", "--address", "0x5AAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"), "fails its checksum"),
        (("etherscan", "x", "--address", ALICE, "--decimals", "6"), "gives no decimals"),
    ],
)
def test_a_request_that_cannot_be_meant_ends_with_2(
    qiyafa: Qiyafa, folder: Path, arguments: tuple[str, ...], sentence: str
) -> None:
    ran = qiyafa("ingest", *arguments, "--ledger", folder)
    assert ran.code == 2
    assert sentence in ran.err
    assert not folder.exists()


def test_hostile_names_are_shown_harmlessly(qiyafa: Qiyafa, desk: Desk, folder: Path) -> None:
    file = desk.file("evil\x1b[31m\u202e.csv", transactions({"hash": "\x1b]0;x\x07"}))
    ran = qiyafa("ingest", "ethereum-etl", "--transactions", file, "--ledger", folder)
    assert ran.code == 0
    assert "\x1b" not in ran.out
    assert "\u202e" not in ran.out


def test_a_disk_that_fills_up_ends_with_3_and_leaves_the_ledger_whole(desk: Desk, folder: Path) -> None:
    rows = ",".join(TRANSACTION_COLUMNS.values()) + "\n"
    file = desk.file("t.csv", transactions() + rows.replace(transaction(1), "bad") * 50_000)
    command = [
        sys.executable,
        "-m",
        "qiyafa",
        "ingest",
        "ethereum-etl",
        "--transactions",
        str(file),
        "--ledger",
        str(folder),
    ]
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 14, 1 << 14)),
    )
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr.startswith("qiyafa: The disk failed while the files were read")
    assert done.stderr.count("\n") == 1
    assert sorted(path.name for path in folder.iterdir()) == [".lock", "manifest.json"]


def test_ctrl_c_leaves_the_ledger_whole_and_no_scratch(desk: Desk, folder: Path) -> None:
    row = ",".join(TRANSACTION_COLUMNS.values()) + "\n"
    large = desk.file("large.csv", transactions() + row * 400_000)
    command = [
        sys.executable,
        "-m",
        "qiyafa",
        "ingest",
        "ethereum-etl",
        "--transactions",
        str(large),
        "--ledger",
        str(folder),
    ]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    while process.poll() is None and not list(folder.glob(".reading-*/staged-*")):
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (130, "")
    assert err.strip() == "qiyafa: Stopped. The ledger is whole."
    assert sorted(path.name for path in folder.iterdir()) == [".lock", "manifest.json"]
