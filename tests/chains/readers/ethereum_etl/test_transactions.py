"""Fees and native values of transactions."""

from pathlib import Path

import duckdb
import pytest
from tests.chains.files import ALICE, BOB, CAROL, ETH, ETHER, Desk, receipts, transaction, transactions

from qiyafa.chains import find_chain
from qiyafa.chains.ethereum import created_contract_address
from qiyafa.chains.readers.ethereum_etl.reader import EthereumEtlFiles, read_ethereum_etl
from qiyafa.model.ledger import MAX_UINT256
from qiyafa.model.tables import RAW_TRANSFERS


def test_a_transaction_with_its_receipt_is_a_fee_and_a_native_value(desk: Desk) -> None:
    read = desk.read(transactions=transactions({}), receipts=receipts({"effective_gas_price": "8"}))
    shared = {
        "block_number": 100,
        "transaction_index": 3,
        "time": 1648000000,
        "transaction_hash": transaction(1),
        "source": ALICE,
        "asset": ETH,
        "status": "ok",
        "trace_address": None,
        "log_index": None,
        "precision": "exact",
    }
    assert read.rows == [
        shared | {"kind": "fee", "target": "", "units_text": str(21000 * 8)},
        shared | {"kind": "native", "target": BOB, "units_text": str(ETHER)},
    ]
    assert list(read.rows[0]) == [column.name for column in RAW_TRANSFERS]
    assert read.raw.provides == {"native", "fees"}
    assert read.problems == []


def test_the_price_of_the_transaction_serves_where_the_receipt_has_none(desk: Desk) -> None:
    read = desk.read(transactions=transactions({"gas_price": "10"}), receipts=receipts({"effective_gas_price": ""}))
    assert read.one("fee")["units_text"] == "210000"


def test_blobs_and_the_layer_below_are_paid_too(desk: Desk) -> None:
    table = "transaction_hash,gas_used,status,effective_gas_price,blob_gas_used,blob_gas_price,l1_fee\n"
    read = desk.read(transactions=transactions({}), receipts=f"{table}{transaction(1)},21000,1,10,131072,3,7\n")
    assert read.one("fee")["units_text"] == str(21000 * 10 + 131072 * 3 + 7)


def test_a_failed_transaction_pays_its_fee_and_moves_nothing(desk: Desk) -> None:
    read = desk.read(transactions=transactions({}), receipts=receipts({"status": "0"}))
    assert read.one("native")["units_text"] == "0"
    assert read.one("fee")["units_text"] == "210000"
    assert {row["status"] for row in read.rows} == {"failed"}


def test_a_value_of_zero_is_a_row(desk: Desk) -> None:
    assert desk.read(transactions=transactions({"value": "0"})).one("native")["units_text"] == "0"


def test_without_receipts_fees_and_failures_are_unknown_and_said_once(desk: Desk) -> None:
    read = desk.read(transactions=transactions({}, {"hash": transaction(2)}))
    assert read.of("fee") == []
    assert {row["status"] for row in read.rows} == {"unknown"}
    assert read.raw.provides == {"native"}
    assert [problem.split(":")[0] for problem in read.problems] == [
        "transactions without gas used or gas price",
        "transactions without a status",
    ]
    assert all(": 2;" in problem for problem in read.problems)
    assert read.raw.sources[0].problems == 0


def test_one_transaction_without_a_receipt_makes_the_fees_incomplete(desk: Desk) -> None:
    read = desk.read(transactions=transactions({}, {"hash": transaction(2)}), receipts=receipts({}))
    assert [row["transaction_hash"] for row in read.of("fee")] == [transaction(1)]
    assert "fees" not in read.raw.provides


def test_a_receipt_before_byzantium_gives_a_fee_but_no_status(desk: Desk) -> None:
    read = desk.read(transactions=transactions({}), receipts=receipts({"status": ""}))
    assert read.one("fee")["units_text"] == "210000"
    assert read.one("native")["status"] == "unknown"
    assert read.raw.provides == {"native"}


def test_receipts_may_stand_in_the_columns_of_the_transactions(desk: Desk) -> None:
    table = transactions({}).replace("block_timestamp\n", "block_timestamp,receipt_gas_used,receipt_status\n")
    read = desk.read(transactions=table.replace("1648000000\n", "1648000000,21000,0\n"))
    assert read.one("fee")["units_text"] == "210000"
    assert read.one("native")["status"] == "failed"
    assert read.raw.provides == {"native", "fees"}


def test_a_creation_goes_to_the_contract_of_its_receipt(desk: Desk) -> None:
    read = desk.read(transactions=transactions({"to_address": ""}), receipts=receipts({"contract_address": CAROL}))
    assert read.one("native")["target"] == CAROL


def test_a_creation_without_receipt_goes_to_the_address_that_sender_and_nonce_give(desk: Desk) -> None:
    read = desk.read(transactions=transactions({"to_address": "", "nonce": "7"}))
    assert read.one("native")["target"] == created_contract_address(ALICE, 7)


def test_a_creation_of_which_nothing_tells_the_address_is_left_out_whole(desk: Desk) -> None:
    read = desk.read(transactions=transactions({"to_address": "", "nonce": ""}), receipts=receipts({}))
    assert read.rows == []
    assert read.problems[0].startswith("line 2: the transaction creates a contract whose address is not known")
    assert (read.raw.sources[1].rows, read.raw.sources[1].problems) == (0, 1)


@pytest.mark.parametrize(
    ("written", "units"),
    [
        ("0", 0),
        ("007", 7),
        ("0x0", 0),
        ("0x00ff", 255),
        ("0XFF", 255),
        (str(2**128), 2**128),
        (hex(2**128 - 1), 2**128 - 1),
        (hex(2**128), 2**128),
        (str(MAX_UINT256), MAX_UINT256),
        (hex(MAX_UINT256), MAX_UINT256),
        ("0" * 100 + "1", 1),
    ],
)
def test_units_are_any_whole_number_up_to_uint256(desk: Desk, written: str, units: int) -> None:
    read = desk.read(transactions=transactions({"value": written}))
    assert read.one("native")["units_text"] == str(units)


@pytest.mark.parametrize(
    "written",
    ["-1", "1.5", "1.0", "1e18", "1,000", "0x", "0xg", " 1", "١", "NaN", str(2**256), hex(2**256), "0x1" + "0" * 64],
)
def test_what_is_no_such_number_is_a_problem_of_its_line(desk: Desk, written: str) -> None:
    read = desk.read(
        transactions=transactions({}, {"hash": transaction(2), "value": written}, {"hash": transaction(3)})
    )
    assert [row["transaction_hash"] for row in read.of("native")] == [transaction(1), transaction(3)]
    assert read.problems[0] == f"line 3: value is no whole number from 0 to 2^256 - 1: {written}"


def test_an_empty_value_is_not_zero(desk: Desk) -> None:
    assert desk.read(transactions=transactions({"value": ""})).problems == ["line 2: value is empty"]


@pytest.mark.parametrize(
    ("column", "bad"),
    [
        ("hash", "0x" + "1" * 63),
        ("hash", "1" * 64),
        ("hash", "0x" + "g" * 64),
        ("from_address", "0x" + "a" * 39),
        ("from_address", ""),
        ("to_address", "0x" + "a" * 41),
        ("block_number", "-1"),
        ("block_number", "1" * 16),
        ("transaction_index", "x"),
        ("gas_price", "1.5"),
        ("block_timestamp", "yesterday"),
        ("block_timestamp", "1648000000000"),
    ],
)
def test_every_bad_value_is_named_with_line_and_column(desk: Desk, column: str, bad: str) -> None:
    read = desk.read(transactions=transactions({}, {"hash": transaction(2), column: bad}))
    assert len(read.of("native")) == 1
    assert read.problems[0].startswith(f"line 3: {column} is ")


def test_addresses_and_hashes_of_any_case_are_lower_cased(desk: Desk) -> None:
    loud = {"hash": "0X" + "AB" * 32, "from_address": ALICE.upper(), "to_address": "0x" + "Bb" * 20}
    native = desk.read(transactions=transactions(loud)).one("native")
    assert (native["transaction_hash"], native["source"], native["target"]) == ("0x" + "ab" * 32, ALICE, BOB)


@pytest.mark.parametrize(
    "written",
    [
        "1648042149",
        "0x623b20a5",
        "2022-03-23 13:29:09 UTC",
        "2022-03-23 13:29:09",
        "2022-03-23T13:29:09Z",
        "2022-03-23 13:29:09.000 UTC",
        "2022-03-23 13:29:09+00:00",
    ],
)
def test_times_are_seconds_or_dates_in_utc(desk: Desk, written: str) -> None:
    assert desk.read(transactions=transactions({"block_timestamp": written})).one("native")["time"] == 1648042149


def test_a_time_of_another_zone_is_not_taken_for_utc(desk: Desk) -> None:
    read = desk.read(transactions=transactions({"block_timestamp": "2022-03-23 13:29:09+02:00"}))
    assert "block_timestamp is no time" in read.problems[0]


def test_missing_order_and_time_stay_unknown(desk: Desk) -> None:
    read = desk.read(
        transactions=transactions({}, without=("transaction_index", "block_timestamp", "nonce", "gas_price"))
    )
    native = read.one("native")
    assert (native["transaction_index"], native["time"]) == (None, None)


def test_several_files_are_read_as_one_table(desk: Desk) -> None:
    read = desk.read(
        transactions=[transactions({}), transactions({"hash": transaction(2)})],
        receipts=[receipts({"transaction_hash": transaction(2)}), receipts({})],
    )
    assert len(read.of("native")) == len(read.of("fee")) == 2
    assert [(source.name, source.table, source.rows) for source in read.raw.sources] == [
        ("receipts-0.csv", "receipts", 1),
        ("receipts-1.csv", "receipts", 1),
        ("transactions-0.csv", "transactions", 1),
        ("transactions-1.csv", "transactions", 1),
    ]


@pytest.mark.shared_data
def test_a_tenth_of_real_transactions_is_read_to_the_wei(desk: Desk, shared_data: Path, tmp_path: Path) -> None:
    source, tenth = shared_data / "ethereum" / "transactions.parquet", tmp_path / "tenth.parquet"
    duckdb.sql(f"COPY (FROM '{source}' WHERE block_number % 10 = 0) TO '{tenth}'")
    check_to_the_wei(desk, tenth, rows=37_200, failed=811)


@pytest.mark.slow
@pytest.mark.shared_data
def test_real_transactions_are_read_to_the_wei(desk: Desk, shared_data: Path) -> None:
    check_to_the_wei(desk, shared_data / "ethereum" / "transactions.parquet", rows=368_995, failed=8_176)


def check_to_the_wei(desk: Desk, source: Path, rows: int, failed: int) -> None:
    reading = read_ethereum_etl(EthereumEtlFiles(transactions=(source,)), find_chain("eip155:1"), desk.scratch())
    assert reading.problems == ()
    assert reading.raw.provides == {"native", "fees"}
    assert reading.raw.sources[0].rows == rows
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE raw AS FROM read_parquet(?)", [list(reading.raw.parquet_files)])
        wrong = connection.execute(f"""
            SELECT count(*) FROM '{source}' t
            LEFT JOIN raw n ON n.transaction_hash = t.hash AND n.kind = 'native'
            LEFT JOIN raw f ON f.transaction_hash = t.hash AND f.kind = 'fee'
            WHERE n.units_text IS DISTINCT FROM (CASE receipt_status WHEN 0 THEN 0 ELSE t.value END)::VARCHAR
              OR f.units_text IS DISTINCT FROM (receipt_gas_used::HUGEINT * gas_price)::VARCHAR
              OR n.source IS DISTINCT FROM t.from_address
              OR n.target IS DISTINCT FROM coalesce(t.to_address, t.receipt_contract_address)
              OR n.time IS DISTINCT FROM epoch(t.block_timestamp)::BIGINT""").fetchone()
        found = connection.execute("""
            SELECT count(*), count(*) FILTER (kind = 'native' AND status = 'failed') FROM raw""").fetchone()
    assert (wrong, found) == ((0,), (2 * rows, failed))
