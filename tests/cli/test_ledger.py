"""`qiyafa ledger`, as a person or a script runs it."""

import json
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from qiyafa.model.raw import RawTransfers, SourceFile
from qiyafa.stores.parquet_duckdb import ParquetLedger

from support.output_ledgers import BITCOIN, CHAIN, OutputRows, Spend, write_outputs

HOSTILE = "evil\x1b[2J‮.csv"


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "qiyafa", "ledger", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    """One transaction, from a file with a hostile name."""
    plain = {"block_number": 100, "transaction_index": 0, "time": 1648039200, "transaction_hash": "0xaa"}
    asset = {"asset": "eip155:1/slip44:60", "status": "ok", "trace_address": None, "log_index": None}
    rows = [
        {**plain, **asset, "kind": "fee", "source": "a", "target": "", "units_text": "3", "precision": "exact"},
        {**plain, **asset, "kind": "native", "source": "a", "target": "b", "units_text": "5", "precision": "exact"},
    ]
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "raw.parquet")
    source = SourceFile(HOSTILE, "ab" * 32, 1, 0, "test/1", "transactions")
    raw = RawTransfers("eip155:1", (str(tmp_path / "raw.parquet"),), (source,), frozenset({"native", "fees"}))
    ParquetLedger.open_or_create(tmp_path / "ledger").ingest(raw, native_asset="eip155:1/slip44:60")
    return tmp_path / "ledger"


def test_info_shows_what_a_ledger_holds_and_lacks(ledger):
    done = run("info", ledger)
    assert (done.returncode, done.stderr) == (0, "")
    for expected in ("eip155:1", "2 (1 fee, 1 native)", "2022-03-23T12:40:00Z", "internal transfers, token transfers"):
        assert expected in done.stdout
    assert "\x1b[2J" not in done.stdout
    assert "‮" not in done.stdout


def test_info_takes_its_folder_either_way_but_only_one(ledger):
    assert run("info", "--ledger", ledger).stdout == run("info", ledger).stdout
    for wrong in ((), (ledger, "--ledger", ledger)):
        done = run("info", *wrong)
        assert done.returncode == 2
        assert "qiyafa ledger info DIR" in done.stderr


def test_info_as_json_is_complete(ledger):
    chain = json.loads(run("info", ledger, "--json").stdout)["chains"]["eip155:1"]
    assert (chain["chain"], chain["model"]) == ("eip155:1", "accounts")
    assert (chain["rows"], chain["head_block"], chain["lacks"]) == (2, 100, ["internal", "tokens"])


@pytest.fixture
def outputs_ledger(tmp_path: Path) -> Path:
    """A coinbase of 50 units that is spent, 45 of them to somebody."""
    rows = OutputRows()
    origin = rows.add("coinbase", 7, 0, (), [("a", 50)])
    rows.add("spend", 8, 1, [Spend(origin)], [("b", 45)])
    opened = ParquetLedger.open_or_create(tmp_path / "outputs")
    opened.ingest(write_outputs(tmp_path, rows), native_asset=BITCOIN)
    return tmp_path / "outputs"


def test_info_names_the_totals_of_a_chain_of_outputs_by_its_caip2(outputs_ledger):
    chain = json.loads(run("info", outputs_ledger, "--json").stdout)["chains"][CHAIN]
    totals = ("blocks", "transactions", "inputs", "inputs_resolved", "unspent_units")
    assert [chain[name] for name in totals] == [2, 2, 1, 1, "45"]
    assert (chain["chain"], chain["model"], chain["lacks"]) == (CHAIN, "outputs", [])


def test_info_shows_the_totals_of_a_chain_of_outputs(outputs_ledger):
    shown = run("info", outputs_ledger).stdout
    for expected in ("1 (1 with a known value)", "base units in unspent outputs", "45", "2009-01-03T"):
        assert expected in shown
    assert "internal transfers" not in shown


def test_verify_says_that_a_ledger_is_sound(ledger):
    done = run("verify", "--ledger", ledger)
    assert (done.returncode, done.stderr) == (0, "")
    assert "is sound" in done.stdout


def test_verify_names_each_damaged_file_and_exits_1(ledger):
    (part,) = ledger.rglob("table=transfers/*.parquet")
    part.write_bytes(part.read_bytes()[:-1] + b"x")
    done = run("verify", "--ledger", ledger)
    assert (done.returncode, done.stderr) == (1, "")
    assert f"{part.relative_to(ledger)} was changed" in done.stdout
    found = json.loads(run("verify", "--ledger", ledger, "--json").stdout)
    assert (found["sound"], [one["path"] for one in found["damaged"]]) == (False, [str(part.relative_to(ledger))])


def test_a_changed_manifest_is_one_sentence_and_exit_3(ledger):
    manifest = ledger / "manifest.json"
    manifest.write_bytes(manifest.read_bytes().replace(b'"rows": 2', b'"rows": 3'))
    done = run("info", ledger)
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr.count("\n") == 1
    assert "qiyafa ledger verify --ledger" in done.stderr


def test_what_is_no_ledger_is_one_sentence_and_exit_2(tmp_path):
    for command in (("info", tmp_path), ("verify", "--ledger", tmp_path), ("dump", "--ledger", tmp_path / "nothing")):
        done = run(*command)
        assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)


def test_dump_writes_a_line_of_json_for_each_transfer(ledger):
    lines = [json.loads(line) for line in run("dump", "--ledger", ledger, "--chain", "eip155:1").stdout.splitlines()]
    assert [line[1:4] for line in lines if line[0] == "transfers"][1:] == [[100, 0, 0], [100, 0, 1]]
