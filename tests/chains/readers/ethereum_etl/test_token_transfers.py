"""Token transfers as ethereum-etl lists them."""

from tests.chains.files import (
    ALICE,
    BOB,
    TETHER,
    TOKEN,
    Desk,
    receipts,
    token_transfers,
    transaction,
    transactions,
)
from tests.chains.readers.ethereum_etl.test_logs import log, logs

from qiyafa.model.ledger import MAX_UINT256


def test_a_token_transfer_names_its_contract_and_its_log(desk: Desk) -> None:
    read = desk.read(token_transfers=token_transfers({"token_address": TOKEN.upper()}))
    assert read.rows == [
        {
            "block_number": 100,
            "transaction_index": None,
            "time": None,
            "transaction_hash": transaction(1),
            "kind": "token",
            "source": ALICE,
            "target": BOB,
            "asset": TETHER,
            "units_text": "5",
            "status": "ok",
            "trace_address": None,
            "log_index": 9,
            "precision": "exact",
        }
    ]
    assert read.raw.provides == {"tokens"}


def test_token_units_may_be_larger_than_38_digits(desk: Desk) -> None:
    read = desk.read(token_transfers=token_transfers({"value": str(MAX_UINT256)}))
    assert read.one("token")["units_text"] == str(MAX_UINT256)


def test_a_failed_transaction_moves_no_tokens(desk: Desk) -> None:
    read = desk.read(
        transactions=transactions({}),
        receipts=receipts({"status": "0"}),
        token_transfers=token_transfers({}, {"transaction_hash": transaction(2)}),
    )
    assert [row["transaction_hash"] for row in read.of("token")] == [transaction(2)]
    assert read.problems == ["token transfers of transactions that failed: 1; they moved nothing"]


def test_what_the_logs_show_to_be_single_things_is_left_out(desk: Desk) -> None:
    nft = log(log_index="9", topics=4, data="0x")
    read = desk.read(token_transfers=token_transfers({}, {"log_index": "10"}), logs=logs(nft))
    assert [row["log_index"] for row in read.of("token")] == [10]
    said = "transfers of single things (NFTs), not of a fungible token: 1; they are not traced"
    assert read.problems == [said, said]
