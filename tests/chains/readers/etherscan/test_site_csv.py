"""CSV exports of the site."""

import pytest
from tests.chains.files import ALICE, BOB, CAROL, ETH, ETHER, TETHER, TOKEN, Desk, transaction
from tests.chains.readers.etherscan.downloads import (
    INTERNAL_EXPORT,
    NORMAL_EXPORT,
    TOKEN_EXPORT,
    TOKENTX,
    answer,
    export,
    read,
)

from qiyafa.model.errors import InvalidInput
from qiyafa.text import text


def test_a_transaction_is_a_fee_and_a_native_value(desk: Desk) -> None:
    found = read(desk, export(NORMAL_EXPORT, {}))
    shared = {
        "block_number": 14442835,
        "transaction_index": None,
        "time": 1648042149,
        "transaction_hash": transaction(1),
        "source": ALICE,
        "asset": ETH,
        "status": "ok",
        "trace_address": None,
        "log_index": None,
        "precision": "exact",
    }
    assert found.rows == [
        shared | {"kind": "fee", "target": "", "units_text": "210000000000000"},
        shared | {"kind": "native", "target": BOB, "units_text": str(ETHER)},
    ]
    assert found.problems == []


def test_the_older_header_is_known_too(desk: Desk) -> None:
    older = (
        export(NORMAL_EXPORT, {})
        .replace("Transaction Hash", "Txhash")
        .replace("CurrentValue @ $3021.87/ETH", "CurrentValue")
    )
    assert len(read(desk, older.replace("DateTime (UTC)", "DateTime")).rows) == 2


def test_other_explorers_write_their_own_symbol(desk: Desk) -> None:
    assert len(read(desk, export(NORMAL_EXPORT, {}).replace("(ETH)", "(BNB)")).rows) == 2


@pytest.mark.parametrize(
    ("inward", "outward", "units"),
    [
        ("0", "1,234.000000000000000001", 1234 * ETHER + 1),
        ("1,234,567.5", "0", 1234567 * ETHER + ETHER // 2),
        ("", "0.1", ETHER // 10),
        ("0", "0", 0),
        ("2", "2", 2 * ETHER),
        ("0", "7E-18", 7),
        ("0", ".5", ETHER // 2),
    ],
)
def test_values_are_exact_to_the_wei(desk: Desk, inward: str, outward: str, units: int) -> None:
    found = read(desk, export(NORMAL_EXPORT, {"Value_IN(ETH)": inward, "Value_OUT(ETH)": outward}))
    assert found.one("native")["units_text"] == str(units)


@pytest.mark.parametrize(
    ("column", "bad"),
    [
        ("Value_OUT(ETH)", "1,23"),
        ("Value_OUT(ETH)", "-1"),
        ("Value_OUT(ETH)", "$1"),
        ("Value_OUT(ETH)", "."),
        ("Value_OUT(ETH)", "1E99"),
        ("Value_OUT(ETH)", "0.0000000000000000001"),
        ("TxnFee(ETH)", "cheap"),
        ("Value_IN(ETH)", "2"),
        ("Status", "Pending"),
        ("UnixTimestamp", "1.58E+09"),
        ("To", ""),
        ("From", "alice.eth"),
        ("Transaction Hash", "0x1"),
        ("Blockno", "1.0"),
    ],
)
def test_a_bad_row_is_named_by_its_line_and_the_rest_goes_on(desk: Desk, column: str, bad: str) -> None:
    rows = [{}, {"Transaction Hash": transaction(2), column: bad}, {"Transaction Hash": transaction(3)}]
    found = read(desk, export(NORMAL_EXPORT, *rows))
    assert [row["transaction_hash"] for row in found.of("native")] == [transaction(1), transaction(3)]
    assert [problem.split(":")[0] for problem in found.problems] == ["line 3"]


@pytest.mark.parametrize("status", ["Error(0)", "Error(1)", "error"])
def test_a_failed_transaction_pays_its_fee_and_moves_nothing(desk: Desk, status: str) -> None:
    found = read(desk, export(NORMAL_EXPORT, {"Status": status, "ErrCode": "Reverted"}))
    assert [(row["kind"], row["units_text"], row["status"]) for row in found.rows] == [
        ("fee", "210000000000000", "failed"),
        ("native", "0", "failed"),
    ]


def test_success_may_be_spelled_out(desk: Desk) -> None:
    assert read(desk, export(NORMAL_EXPORT, {"Status": "Success"})).one("native")["status"] == "ok"


def test_a_creation_goes_to_its_contract(desk: Desk) -> None:
    assert read(desk, export(NORMAL_EXPORT, {"To": "", "ContractAddress": CAROL})).one("native")["target"] == CAROL


@pytest.mark.parametrize("date", ["2022-03-23 13:29:09", "3/23/2022 1:29:09 PM"])
def test_the_date_serves_where_there_is_no_timestamp(desk: Desk, date: str) -> None:
    found = read(desk, export(NORMAL_EXPORT, {"UnixTimestamp": "", "DateTime (UTC)": date}))
    assert found.one("native")["time"] == 1648042149


def test_internal_transfers_are_known_by_their_header(desk: Desk) -> None:
    row = read(desk, export(INTERNAL_EXPORT, {})).one("internal")
    assert (row["source"], row["target"], row["units_text"]) == (BOB, ALICE, str(856468 * ETHER // 100))


def test_failed_internal_transfers_move_nothing(desk: Desk) -> None:
    failures = [{"Status": "1"}, {"Status": "Error(0)"}, {"ErrCode": "Out of gas"}, {"Type": "staticcall"}]
    found = read(desk, export(INTERNAL_EXPORT, *failures))
    assert (found.rows, found.problems) == ([], [])


def test_token_transfers_need_the_decimals_of_their_token(desk: Desk) -> None:
    found = read(desk, export(TOKEN_EXPORT, {}, {}))
    assert found.rows == []
    assert found.problem_count == 2
    assert found.problems[0] == (
        f"line 2: the decimals of the token {TOKEN} are not known. "
        f"Add its tokentx list as JSON, or --decimals {TOKEN}=N"
    )


def test_decimals_come_from_the_option_or_from_a_list_of_the_same_run(desk: Desk) -> None:
    told = read(desk, export(TOKEN_EXPORT, {}), decimals={TOKEN: 6})
    assert (told.one("token")["asset"], told.one("token")["units_text"]) == (TETHER, "1000500000")
    listed = read(desk, export(TOKEN_EXPORT, {}), answer(TOKENTX))
    assert sorted(row["units_text"] for row in listed.of("token")) == ["1000500000", "2500000"]


def test_more_digits_than_the_token_has_are_a_problem(desk: Desk) -> None:
    found = read(desk, export(TOKEN_EXPORT, {"TokenValue": "0.0000001"}), decimals={TOKEN: 6})
    assert "more digits after the point than the 6" in found.problems[0]


def test_a_line_of_another_length_is_a_problem(desk: Desk) -> None:
    found = read(desk, export(NORMAL_EXPORT, {}) + '"short"\r\n\r\n')
    assert len(found.rows) == 2
    assert found.problems == ["line 3: this is no row of the list"]


def test_a_name_with_a_line_break_does_not_confuse_the_lines(desk: Desk) -> None:
    rows = [{"TokenName": "Two\nlines"}, {"From": "bad"}]
    assert read(desk, export(TOKEN_EXPORT, *rows), decimals={TOKEN: 6}).problems[0].startswith("line 4: From")


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        ('"Index","Blockno","Validator Index","Recipient","Value"', "none of the lists"),
        ('"Txhash","DateTime","From","To","ContractAddress","TokenId"', "NFTs"),
        ('"Txhash","Blockno","From","To","Value_IN(ETH)"', "lacks the column"),
        ('"hash', "none of the lists"),
        ("x" * 200_000, "cannot be read as CSV"),
    ],
)
def test_what_is_no_export_is_refused_with_a_reason(desk: Desk, header: str, reason: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read(desk, header + "\r\n")
    assert reason in text(refused.value.key, **refused.value.fields)
