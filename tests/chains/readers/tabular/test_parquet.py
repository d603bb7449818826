"""Parquet columns of every type that a table may have."""

from pathlib import Path

import pytest
from tests.chains.files import ALICE, BOB, Desk, transaction

from qiyafa.model.errors import InvalidInput
from qiyafa.text import text

COLUMNS = {
    "hash": f"'{transaction(1)}'",
    "block_number": "100",
    "transaction_index": "3",
    "from_address": f"'{ALICE}'",
    "to_address": f"'{BOB}'",
    "value": "5",
    "nonce": "7",
    "block_timestamp": "1648042149",
}


def table(desk: Desk, name: str = "transactions.parquet", **columns: str) -> Path:
    """Write one transaction as Parquet; each column is an SQL expression."""
    listed = ", ".join(f"{value} AS {column}" for column, value in {**COLUMNS, **columns}.items())
    return desk.parquet(name, f"SELECT {listed}")


@pytest.mark.parametrize(
    ("written", "units", "precision"),
    [
        ("5::TINYINT", 5, "exact"),
        ("18446744073709551615::UBIGINT", 2**64 - 1, "exact"),
        ("99999999999999999999999999999999999999::DECIMAL(38,0)", 10**38 - 1, "exact"),
        ("5::DECIMAL(38,9)", 5, "exact"),
        ("'5'", 5, "exact"),
        ("'0x05'", 5, "exact"),
        ("from_hex('00000000000000000000000000000001ff')", 511, "exact"),
        ("1e18::DOUBLE", 10**18, "lossy"),
        ("1e23::DOUBLE", int(1e23), "lossy"),
        ("1e60::DOUBLE", int(1e60), "lossy"),
        ("1.6e38::DOUBLE", int(1.6e38), "lossy"),
        ("0::DOUBLE", 0, "lossy"),
    ],
)
def test_units_of_any_column_type_are_whole_numbers(desk: Desk, written: str, units: int, precision: str) -> None:
    native = desk.read(transactions=table(desk, value=written)).one("native")
    assert (native["units_text"], native["precision"]) == (str(units), precision)


@pytest.mark.parametrize(
    "written", ["-1", "1.5::DOUBLE", "'NaN'::DOUBLE", "'inf'::DOUBLE", "-1e18::DOUBLE", "1e78::DOUBLE"]
)
@pytest.mark.parametrize("also", ["1.5::DECIMAL(38,9)"])
def test_other_numbers_are_problems_of_their_row(desk: Desk, written: str, also: str) -> None:
    for value in (written, also):
        read = desk.read(transactions=table(desk, value=value))
        assert read.rows == []
        assert read.problems[0].startswith("row 1: value is no whole number")


def test_a_null_is_an_empty_value(desk: Desk) -> None:
    assert desk.read(transactions=table(desk, value="NULL::BIGINT")).problems == ["row 1: value is empty"]


def test_the_public_data_set_of_aws_is_read_and_marked_lossy(desk: Desk) -> None:
    path = table(
        desk,
        value="173600000000000000000000::DOUBLE",
        block_timestamp="TIMESTAMP '2022-03-23 13:29:09'",
        gas_price="45000000000::BIGINT",
        receipt_gas_used="21000::BIGINT",
        receipt_status="1::BIGINT",
        receipt_contract_address="NULL::VARCHAR",
        receipt_effective_gas_price="44000000000::BIGINT",
        date="'2022-03-23'",
    )
    read = desk.read(transactions=path)
    assert (read.one("native")["precision"], read.one("native")["time"]) == ("lossy", 1648042149)
    assert (read.one("fee")["precision"], read.one("fee")["units_text"]) == ("exact", str(21000 * 44 * 10**9))
    assert read.raw.provides == {"native", "fees"}


@pytest.mark.parametrize("written", ["TIMESTAMP_NS '2022-03-23 13:29:09'", "'2022-03-23 13:29:09+00'::TIMESTAMPTZ"])
def test_times_of_any_precision_are_seconds(desk: Desk, written: str) -> None:
    assert desk.read(transactions=table(desk, block_timestamp=written)).one("native")["time"] == 1648042149


def test_binary_addresses_and_hashes_are_read(desk: Desk) -> None:
    path = table(desk, hash="from_hex(repeat('ab', 32))", from_address="from_hex(repeat('cd', 20))")
    native = desk.read(transactions=path).one("native")
    assert (native["transaction_hash"], native["source"]) == ("0x" + "ab" * 32, "0x" + "cd" * 20)


def test_a_status_may_be_true_or_false(desk: Desk) -> None:
    path = table(desk, receipt_status="false", receipt_gas_used="21000", gas_price="1")
    assert desk.read(transactions=path).one("native")["status"] == "failed"


def test_rows_are_counted_from_one(desk: Desk) -> None:
    columns = ", ".join(f"{value} AS {column}" for column, value in COLUMNS.items() if column != "value")
    path = desk.parquet(
        "rows.parquet", f"SELECT {columns}, CASE range WHEN 3 THEN -1 ELSE 1 END AS value FROM range(5)"
    )
    assert desk.read(transactions=path).problems[0] == "row 4: value is no whole number from 0 to 2^256 - 1: -1"


def test_a_name_that_looks_like_a_pattern_is_a_name(desk: Desk) -> None:
    table(desk, "a.parquet", value="1")
    path = table(desk, "plain.parquet", value="2").rename(desk.folder / "[a]*'?.parquet")
    assert desk.read(transactions=path).one("native")["units_text"] == "2"


@pytest.mark.parametrize("content", [b"PAR1", b"PAR1" + b"x" * 100 + b"PAR1", b"hash,value\n", b"garbage"])
def test_what_is_no_parquet_is_refused(desk: Desk, content: bytes) -> None:
    with pytest.raises(InvalidInput) as refused:
        desk.read(transactions=desk.file("bad.parquet", content))
    assert "bad.parquet" in text(refused.value.key, **refused.value.fields)


def test_a_parquet_with_a_spoilt_page_is_refused(desk: Desk) -> None:
    columns = ", ".join(f"{value} AS {column}" for column, value in COLUMNS.items() if column != "hash")
    path = desk.parquet("spoilt.parquet", f"SELECT '0x' || sha256(range::VARCHAR) AS hash, {columns} FROM range(5000)")
    content = bytearray(path.read_bytes())
    content[10:3000] = bytes(2990)
    path.write_bytes(bytes(content))
    with pytest.raises(InvalidInput) as refused:
        desk.read(transactions=path)
    assert refused.value.key == "chains.error.parquet_damaged"


def test_a_parquet_without_the_suffix_is_known_by_its_content(desk: Desk) -> None:
    path = table(desk).rename(desk.folder / "export.csv")
    assert desk.read(transactions=path).one("native")["units_text"] == "5"
