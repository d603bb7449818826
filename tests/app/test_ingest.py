"""From files to a ledger."""

import fcntl
import json
from pathlib import Path

import pytest
from tests.chains.files import ALICE, BOB, TOKEN, Desk, receipts, token_transfers, traces, transaction, transactions
from tests.chains.readers.etherscan.downloads import INTERNAL, NORMAL_EXPORT, TOKENTX, TXLIST, answer, export

from qiyafa.app.ingest import ingest_ethereum_etl, ingest_etherscan, write_problems
from qiyafa.chains.readers.ethereum_etl.reader import EthereumEtlFiles
from qiyafa.model.errors import InvalidInput, NotFound, Unavailable
from qiyafa.model.ledger import CoverageStatus
from qiyafa.stores.parquet_duckdb import ParquetLedger

ETHEREUM = "eip155:1"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A folder in which a test puts files and reads them."""
    return Desk(tmp_path)


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    """Where the ledger of a test will be."""
    return tmp_path / "ledger"


def etl(desk: Desk, **tables: str) -> EthereumEtlFiles:
    """Return files of ethereum-etl with these contents."""
    return EthereumEtlFiles(**{name: (desk.file(f"{name}.csv", content),) for name, content in tables.items()})  # type: ignore[arg-type]


def test_all_tables_become_one_ledger_in_the_order_of_the_chain(desk: Desk, ledger: Path) -> None:
    files = etl(
        desk,
        transactions=transactions({}),
        receipts=receipts({}),
        traces=traces({"trace_address": "0,1"}, {"trace_address": "0"}),
        token_transfers=token_transfers({}),
    )
    done = ingest_ethereum_etl(files, ETHEREUM, ledger)
    assert (done.report.rows_total, done.report.rows_added, done.report.head_block) == (5, 5, 100)
    assert (done.problems, done.problem_count, done.lacks) == ((), 0, ())
    _, names, *rows = [json.loads(line) for line in ParquetLedger.open(ledger).dump(ETHEREUM)]
    transfers = [dict(zip(names, row, strict=True)) for row in rows if len(row) == len(names)]
    assert [(row["position"], row["kind"]) for row in transfers] == [
        (0, "fee"),
        (1, "native"),
        (2, "internal"),
        (3, "internal"),
        (4, "token"),
    ]
    assert {(row["transaction_index"], row["order"]) for row in transfers} == {(3, "exact")}
    assert len({row["time"] for row in transfers}) == 1


def test_the_same_files_again_change_nothing(desk: Desk, ledger: Path) -> None:
    files = etl(desk, transactions=transactions({}), receipts=receipts({}))
    first = ingest_ethereum_etl(files, ETHEREUM, ledger)
    again = ingest_ethereum_etl(files, ETHEREUM, ledger)
    assert again.report.rows_added == 0
    assert again.report.manifest_sha256 == first.report.manifest_sha256


def test_what_a_run_lacks_the_next_may_bring(desk: Desk, ledger: Path) -> None:
    assert ingest_ethereum_etl(etl(desk, transactions=transactions({})), ETHEREUM, ledger).lacks == (
        "fees",
        "internal",
        "tokens",
    )
    assert ingest_ethereum_etl(etl(desk, token_transfers=token_transfers({})), ETHEREUM, ledger).lacks == (
        "fees",
        "internal",
    )


def test_downloads_of_one_address_become_a_ledger_with_their_coverage(desk: Desk, ledger: Path) -> None:
    files = tuple(
        desk.file(name, content)
        for name, content in {
            "txlist.json": answer(TXLIST),
            "internal.json": answer(INTERNAL),
            "tokens.json": answer(TOKENTX),
            "export.csv": export(NORMAL_EXPORT, {"TxnFee(ETH)": "0.00000000000021"}),
        }.items()
    )
    done = ingest_etherscan(files, ALICE, ETHEREUM, ledger)
    assert (done.report.rows_total, done.problem_count, done.lacks) == (4, 0, ())
    coverage = ParquetLedger.open(ledger).address_coverage(ETHEREUM, ALICE)
    assert coverage.status is CoverageStatus.COMPLETE


def test_both_sources_meet_in_one_ledger(desk: Desk, ledger: Path) -> None:
    whole = etl(
        desk,
        transactions=transactions({"block_number": "14442835", "block_timestamp": "1648042149"}),
        receipts=receipts({}),
        traces=traces({"block_number": "14442835", "to_address": ALICE}),
    )
    ingest_ethereum_etl(whole, ETHEREUM, ledger)
    files = (desk.file("a.json", answer(TXLIST)), desk.file("b.json", answer(INTERNAL)))
    again = ingest_etherscan(files, ALICE, ETHEREUM, ledger)
    assert (again.report.rows_added, again.report.conflicts) == (0, ())


def test_sources_that_contradict_each_other_are_problems(desk: Desk, ledger: Path) -> None:
    ingest_ethereum_etl(etl(desk, transactions=transactions({}), receipts=receipts({})), ETHEREUM, ledger)
    done = ingest_ethereum_etl(
        etl(desk, transactions=transactions({"to_address": TOKEN}), receipts=receipts({})), ETHEREUM, ledger
    )
    assert done.problem_count == 1
    assert done.problems[0].place == f"transaction {transaction(1)}"


def test_a_ledger_may_have_any_name(desk: Desk) -> None:
    ledger = desk.folder / "case [1] it's *?"
    done = ingest_ethereum_etl(etl(desk, transactions=transactions({}), receipts=receipts({})), ETHEREUM, ledger)
    assert done.report.rows_total == 2
    again = ingest_ethereum_etl(etl(desk, transactions=transactions({})), ETHEREUM, ledger)
    assert again.report.rows_added == 0


def test_no_scratch_is_left_after_success_or_failure(desk: Desk, ledger: Path) -> None:
    ingest_ethereum_etl(etl(desk, transactions=transactions({})), ETHEREUM, ledger)
    with pytest.raises(InvalidInput):
        ingest_ethereum_etl(etl(desk, transactions="hash\n"), ETHEREUM, ledger)
    assert list(ledger.glob(".reading-*")) == []
    assert ParquetLedger.open(ledger).verify() == ()


def test_the_scratch_of_a_killed_run_is_cleared_and_that_of_a_living_one_is_not(desk: Desk, ledger: Path) -> None:
    files = etl(desk, transactions=transactions({}))
    ingest_ethereum_etl(files, ETHEREUM, ledger)
    killed, living = ledger / ".reading-killed", ledger / ".reading-living"
    for folder in (killed, living):
        folder.mkdir()
        (folder / "staged.parquet").write_bytes(b"half")
    with (living / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        ingest_ethereum_etl(files, ETHEREUM, ledger)
        assert not killed.exists()
        assert (living / "staged.parquet").exists()


def test_a_name_mistyped_leaves_no_ledger_behind(desk: Desk, ledger: Path) -> None:
    with pytest.raises(NotFound):
        ingest_ethereum_etl(EthereumEtlFiles(transactions=(desk.folder / "no.csv",)), ETHEREUM, ledger)
    with pytest.raises(NotFound):
        ingest_etherscan((desk.folder / "no.json",), ALICE, ETHEREUM, ledger)
    with pytest.raises(InvalidInput):
        ingest_etherscan((desk.file("a.json", answer(TXLIST)),), BOB[:-1], ETHEREUM, ledger)
    assert not ledger.exists()


def test_problems_are_written_one_a_line(desk: Desk, ledger: Path) -> None:
    bad = transactions({"value": "\u202e1"}, {"hash": "?"})
    done = ingest_ethereum_etl(etl(desk, transactions=bad, receipts=receipts({})), ETHEREUM, ledger)
    path = desk.folder / "problems.jsonl"
    write_problems(done.problems, path)
    records = [json.loads(line) for line in path.read_text().splitlines()]
    assert [(record["place"], record["key"]) for record in records] == [
        ("line 2", "chains.problem.units"),
        ("line 3", "chains.problem.hash"),
    ]
    assert "\\u{202e}1" in records[0]["message"]
    with pytest.raises(Unavailable):
        write_problems(done.problems, desk.folder / "missing" / "problems.jsonl")
