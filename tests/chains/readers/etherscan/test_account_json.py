"""Answers of the account API."""

import json

import pytest
from tests.chains.files import ALICE, BOB, CAROL, ETH, ETHER, TETHER, Desk, transaction
from tests.chains.readers.etherscan.downloads import INTERNAL, TOKENTX, TXLIST, answer, read

from qiyafa.model.errors import InvalidInput
from qiyafa.text import text


def refusal(desk: Desk, content: str | bytes) -> str:
    """Return the sentence with which a file is refused."""
    with pytest.raises(InvalidInput) as refused:
        read(desk, content)
    return text(refused.value.key, **refused.value.fields)


def test_a_transaction_is_a_fee_and_a_native_value(desk: Desk) -> None:
    found = read(desk, answer(TXLIST))
    shared = {
        "block_number": 14442835,
        "transaction_index": 3,
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
        shared | {"kind": "fee", "target": "", "units_text": "210000"},
        shared | {"kind": "native", "target": BOB, "units_text": str(ETHER)},
    ]
    assert found.raw.provides == {"native", "fees"}
    assert (found.raw.sources[0].table, found.raw.sources[0].reader) == ("txlist", "etherscan/1")


@pytest.mark.parametrize("failure", [{"isError": "1"}, {"txreceipt_status": "0"}])
def test_a_failed_transaction_pays_its_fee_and_moves_nothing(desk: Desk, failure: dict[str, str]) -> None:
    found = read(desk, answer(TXLIST | failure))
    assert [(row["kind"], row["units_text"], row["status"]) for row in found.rows] == [
        ("fee", "210000", "failed"),
        ("native", "0", "failed"),
    ]


def test_a_transaction_before_byzantium_has_no_receipt_status_and_is_done(desk: Desk) -> None:
    assert read(desk, answer(TXLIST | {"txreceipt_status": ""})).one("native")["status"] == "ok"


def test_a_creation_goes_to_its_contract(desk: Desk) -> None:
    found = read(desk, answer(TXLIST | {"to": "", "contractAddress": CAROL.upper()}))
    assert found.one("native")["target"] == CAROL


def test_internal_transfers_have_no_order_in_their_transaction(desk: Desk) -> None:
    found = read(desk, answer(INTERNAL))
    row = found.one("internal")
    assert (row["source"], row["target"], row["units_text"]) == (BOB, ALICE, "5")
    assert (row["trace_address"], row["transaction_index"]) == (None, None)
    assert found.raw.provides == {"internal"}


def test_failed_internal_transfers_and_calls_in_place_move_nothing(desk: Desk) -> None:
    found = read(desk, answer(INTERNAL | {"isError": "1"}, INTERNAL | {"type": "delegatecall"}))
    assert (found.rows, found.problems) == ([], [])


def test_an_unknown_kind_of_internal_transfer_is_a_problem(desk: Desk) -> None:
    assert read(desk, answer(INTERNAL, INTERNAL | {"type": "reward"})).problems == [
        "row 2: the type of the internal transfer is not known: reward"
    ]


def test_token_transfers_carry_whole_units(desk: Desk) -> None:
    row = read(desk, answer(TOKENTX)).one("token")
    assert (row["asset"], row["units_text"], row["target"], row["log_index"]) == (TETHER, "2500000", CAROL, None)
    assert row["transaction_index"] == 3


def test_the_bare_list_is_taken_too(desk: Desk) -> None:
    assert len(read(desk, json.dumps([TXLIST])).rows) == 2
    assert len(read(desk, b"\xef\xbb\xbf \n" + answer(TXLIST).encode()).rows) == 2


def test_no_transactions_found_is_an_empty_history(desk: Desk) -> None:
    found = read(desk, answer(status="0", message="No transactions found"))
    assert (found.rows, found.problems) == ([], [])
    assert found.raw.sources[0].table == "empty"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ('{"status":"0","message":"NOTOK","result":"Max rate limit reached"}', "NOTOK: Max rate limit reached"),
        ('{"status":"0","message":"NOTOK","result":[]}', "NOTOK"),
        ('{"status":"0","message":"Missing/Invalid API Key","result":null}', "Missing/Invalid API Key"),
        ('{"jsonrpc":"2.0"}', "neither a list of rows"),
        ("[1", "cannot be read"),
        ("[" * 100_000, "cannot be read"),
        ('{"result":' + "9" * 5000 + "}", "cannot be read"),
        (b'{"\xff": 1}', "cannot be read"),
        (answer({"foo": "1"}), "none of the lists"),
        (answer(TOKENTX | {"tokenID": "7"}), "NFTs"),
    ],
)
def test_what_is_no_list_is_refused_with_a_reason(desk: Desk, content: str | bytes, reason: str) -> None:
    assert reason in refusal(desk, content)


@pytest.mark.parametrize(
    ("column", "bad"),
    [
        ("hash", "0x12"),
        ("blockNumber", "-1"),
        ("timeStamp", "soon"),
        ("from", "0x1"),
        ("to", ""),
        ("value", "1.5"),
        ("value", str(2**256)),
        ("value", None),
        ("value", 1.5),
        ("value", ["1"]),
        ("gasUsed", ""),
        ("gasPrice", "1" * 21),
        ("transactionIndex", "x"),
    ],
)
def test_a_bad_row_is_named_and_the_rest_goes_on(desk: Desk, column: str, bad: object) -> None:
    found = read(
        desk, answer(TXLIST, TXLIST | {"hash": transaction(2), column: bad}, TXLIST | {"hash": transaction(3)})
    )
    assert [row["transaction_hash"] for row in found.of("native")] == [transaction(1), transaction(3)]
    assert [problem.split(" is ")[0] for problem in found.problems] == [f"row 2: {column}"]


def test_what_is_no_row_is_a_problem(desk: Desk) -> None:
    assert read(desk, json.dumps([TXLIST, "row", None])).problems == [
        "row 2: this is no row of the list",
        "row 3: this is no row of the list",
    ]
