"""Lists of TRC-20 transfers."""

import csv
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.chains.files import Desk
from tests.chains.readers.tronscan.lists import (
    COLUMNS,
    HOLDER,
    PAYER,
    STRANGER,
    TETHER,
    TRANSACTION,
    TRON,
    read,
    transfers,
)

from qiyafa.chains.tron import TronAddresses
from qiyafa.model.errors import InvalidInput, NotFound


def test_a_row_becomes_a_token_transfer_of_whole_base_units(desk: Desk) -> None:
    list_ = read(desk, transfers({}))
    row = list_.one("token")
    assert list_.moves("token") == [(TRANSACTION, PAYER, HOLDER, 65_290_000)]
    assert (row["asset"], row["time"]) == (f"{TRON}/trc20:{TETHER}", 1_650_176_103)
    assert (row["block_number"], row["transaction_index"], row["log_index"]) == (None, None, None)
    assert (list_.raw.provides, list_.problem_count) == (frozenset({"tokens"}), 0)


def test_a_transfer_in_the_lists_of_both_its_ends_is_one(desk: Desk) -> None:
    list_ = read(desk, transfers({}, {"wallet": PAYER}))
    assert len(list_.rows) == 1
    [source] = list_.raw.sources
    assert (source.rows, source.problems) == (1, 0)


def test_equal_transfers_of_one_transaction_in_one_list_are_several(desk: Desk) -> None:
    assert len(read(desk, transfers({}, {})).rows) == 2
    assert len(read(desk, transfers({}, {"wallet": PAYER}, {}, {"wallet": PAYER}, {})).rows) == 3
    assert len(read(desk, transfers({}, {}, without=frozenset({"wallet"}))).rows) == 2


def test_every_spelling_of_an_address_is_understood(desk: Desk) -> None:
    in_hex = "0x" + "b4" * 20
    list_ = read(
        desk, transfers({"from_address": in_hex}, {"from_address": "41" + "b4" * 20, "tx_id": "0x" + "AB" * 32})
    )
    address = TronAddresses().canonical(in_hex)
    assert {row["source"] for row in list_.rows} == {address}
    assert {row["transaction_hash"] for row in list_.rows} == {TRANSACTION, "ab" * 32}


def test_what_failed_or_is_not_fungible_is_counted_and_left_out(desk: Desk) -> None:
    list_ = read(desk, transfers({"result": "REVERT"}, {"contract_return": "OUT_OF_ENERGY"}, {"token_type": "trc721"}))
    assert list_.rows == []
    assert list_.problems == [
        "token transfers of transactions that failed: 2; they moved nothing",
        "transfers of single things (NFTs), not of a fungible token: 1; they are not traced",
    ]
    assert list_.raw.sources[0].problems == 3


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ({"quant": "65.29"}, "quant is no whole number from 0 to 2^256 - 1: 65.29"),
        ({"quant": "-1"}, "quant is no whole number from 0 to 2^256 - 1: -1"),
        ({"quant": ""}, "quant is empty"),
        ({"quant": str(2**256)}, f"quant is no whole number from 0 to 2^256 - 1: {2**256}"),
        ({"timestamp": "1650176103"}, "timestamp is no time in milliseconds since 1970: 1650176103"),
        ({"timestamp": "٣"}, "timestamp is no time in milliseconds since 1970: ٣"),
        ({"tx_id": "99"}, "tx_id is no transaction hash: 99"),
        ({"from_address": "T"}, "from_address is no address: T"),
        (
            {"from_address": PAYER[:-1] + "H"},
            f"from_address fails its checksum (Base58Check), so a character of it is wrong: {PAYER[:-1]}H",
        ),
        ({"token_id": "_"}, "token_id is no address: _"),
        ({"wallet": STRANGER}, f"the row does not touch {STRANGER}"),
    ],
)
def test_a_bad_row_is_named_and_the_rest_is_read(desk: Desk, row: dict[str, str], problem: str) -> None:
    list_ = read(desk, transfers({"tx_id": "1" * 64}, row, {"tx_id": "2" * 64}))
    assert list_.problems == [f"line 3: {problem}"]
    assert [one["transaction_hash"] for one in list_.rows] == ["1" * 64, "2" * 64]


def test_names_of_tokens_are_hostile_and_never_read(desk: Desk) -> None:
    names = ['"quoted", with commas', "two\nlines", "\u202egnp.exe", "=HYPERLINK(1)", "\0", "<script>"]
    rows = [{"token_name": name, "token_abbr": name, "tx_id": f"{n:064x}"} for n, name in enumerate(names)]
    list_ = read(desk, transfers(*rows, {"tx_id": "f" * 64}))
    assert list_.problems == []
    assert len(list_.rows) == len(names) + 1


def test_an_open_quote_costs_one_row_and_hides_none(desk: Desk) -> None:
    good = [{"tx_id": f"{n:064x}"} for n in range(20)]
    lines = transfers(*good).splitlines(keepends=True)
    lines.insert(4, lines[3].replace("LBank", '"LBank'))
    list_ = read(desk, "".join(lines))
    assert list_.problems == ["line 5: this is no row of the list"]
    assert len(list_.rows) == 20


def test_lines_are_counted_as_an_editor_counts_them(desk: Desk) -> None:
    list_ = read(desk, transfers({"token_name": "a\nb\nc"}) + "\r\n\r\nshort,line\r\n")
    assert list_.problems == ["line 7: the line has 2 values where the header has 18 columns"]


def test_a_file_that_is_no_such_list_is_refused(desk: Desk) -> None:
    for content, key in [
        ("", "chains.error.file_empty"),
        ("\n\n", "chains.error.csv_header"),
        ("hash,value\n1,2\n", "chains.error.column_missing"),
        ("<!DOCTYPE html><html>", "chains.error.column_missing"),
        (transfers({}, without=frozenset({"quant"})), "chains.error.column_missing"),
        ("x" * (2 << 20), "tron.error.long_line"),
    ]:
        with pytest.raises(InvalidInput) as refused:
            read(desk, content)
        assert refused.value.key == key
    with pytest.raises(NotFound):
        read(desk, desk.folder / "missing.csv")
    with pytest.raises(InvalidInput):
        read(desk)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=60), st.integers(0, 2000))
def test_bytes_put_anywhere_never_break_the_reader(desk: Desk, garbage: bytes, place: int) -> None:
    whole = transfers({}, {"tx_id": "1" * 64}).encode()
    place = min(place, len(whole))
    try:
        list_ = read(desk, whole[:place] + garbage + whole[place:])
    except InvalidInput:
        return
    assert all(int(row["units_text"]) >= 0 for row in list_.rows)


@pytest.mark.shared_data
def test_the_real_lists_are_read_whole(desk: Desk, shared_data: Path) -> None:
    path = shared_data / "tron" / "trc20_transfers.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    list_ = read(desk, path)
    assert (len(rows), len(list_.rows), list_.problem_count) == (5264, 5259, 0)
    assert set(rows[0]) == set(COLUMNS)
    by_token = Counter(row["asset"] for row in list_.rows)
    assert by_token.pop(f"{TRON}/trc20:{TETHER}") == 5226
    assert sum(by_token.values()) == 33
