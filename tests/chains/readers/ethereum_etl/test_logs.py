"""Transfer events among logs."""

from pathlib import Path

import pytest
from tests.chains.files import ALICE, BOB, TETHER, TOKEN, Desk, csv_text, receipts, transaction, transactions

from qiyafa.chains.readers.ethereum_etl.logs import TRANSFER_TOPIC
from qiyafa.model.ledger import MAX_UINT256

APPROVAL_TOPIC = "0x8c5be1e5ebec7d5bd14f71427d1e84f3dd0314c0f7b2291e5b200ac8c7c3b925"
LOG_COLUMNS = {
    "log_index": "9",
    "transaction_hash": transaction(1),
    "transaction_index": "3",
    "block_hash": "",
    "block_number": "100",
    "address": TOKEN,
    "data": "0x" + "5".zfill(64),
    "topics": "",
}


def padded(address: str) -> str:
    """Return an address as a topic."""
    return "0x" + address[2:].zfill(64)


def log(topics: int = 3, **columns: str) -> dict[str, str]:
    """Return a log of a Transfer event with so many topics."""
    listed = [TRANSFER_TOPIC, padded(ALICE), padded(BOB), "0x" + "7".zfill(64)][:topics]
    return {"topics": ",".join(listed), **columns}


def logs(*rows: dict[str, str]) -> str:
    """Return a table of logs."""
    return csv_text(LOG_COLUMNS, *rows)


def test_a_transfer_event_with_three_topics_is_a_token_transfer(desk: Desk) -> None:
    read = desk.read(logs=logs(log()))
    assert read.rows == [
        {
            "block_number": 100,
            "transaction_index": 3,
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
    assert read.problems == []
    assert read.raw.provides == {"tokens"}


@pytest.mark.parametrize("units", [0, 1, 2**64, 2**128 - 1, 2**128, MAX_UINT256])
def test_the_data_of_an_event_is_exact(desk: Desk, units: int) -> None:
    assert desk.read(logs=logs(log(data=f"0x{units:064x}"))).one("token")["units_text"] == str(units)


def test_other_events_move_nothing_and_are_no_problem(desk: Desk) -> None:
    approval = log(topics=3)["topics"].replace(TRANSFER_TOPIC, APPROVAL_TOPIC)
    mentioned = f"{APPROVAL_TOPIC},{TRANSFER_TOPIC},{padded(BOB)}"
    read = desk.read(logs=logs({"topics": approval}, {"topics": mentioned}, {"topics": ""}))
    assert (read.rows, read.problems) == ([], [])


def test_single_things_are_counted_and_said_once_a_file(desk: Desk) -> None:
    read = desk.read(logs=logs(*(log(topics=4, data="0x", log_index=str(number)) for number in range(7)), log()))
    assert len(read.rows) == 1
    assert read.problems == ["transfers of single things (NFTs), not of a fungible token: 7; they are not traced"]
    assert (read.raw.sources[0].rows, read.raw.sources[0].problems) == (1, 7)


@pytest.mark.parametrize("odd", [log(topics=1), log(topics=2), log(data="0x"), log(data="0x" + "5".zfill(128))])
def test_events_of_another_shape_are_counted_and_said_once_a_file(desk: Desk, odd: dict[str, str]) -> None:
    read = desk.read(logs=logs(odd, odd))
    assert read.rows == []
    assert read.problems == ["Transfer events not shaped as ERC-20 demands: 2; they are not traced"]


def test_a_topic_that_holds_no_address_is_a_problem_of_its_line(desk: Desk) -> None:
    crooked = log()["topics"].replace(padded(BOB), "0x" + "b" * 64)
    read = desk.read(logs=logs(log(), {"topics": crooked, "log_index": "10"}))
    assert len(read.rows) == 1
    assert read.problems[0].startswith("line 3: the topics of a Transfer event hold no two addresses")


def test_topics_are_taken_however_they_are_listed(desk: Desk) -> None:
    topics = log()["topics"].split(",")
    written = [
        ",".join(topics),
        str(topics),
        "[" + " ".join(topics) + "]",
        ",".join(topics).upper().replace("0X", "0x"),
    ]
    read = desk.read(logs=logs(*({"topics": one, "log_index": str(n)} for n, one in enumerate(written))))
    assert len(read.rows) == len(written)
    assert {(row["source"], row["target"]) for row in read.rows} == {(ALICE, BOB)}


def test_a_list_in_parquet_is_taken(desk: Desk) -> None:
    listed = ", ".join(f"'{topic}'" for topic in log()["topics"].split(","))
    columns = ", ".join(f"'{value}' AS {name}" for name, value in LOG_COLUMNS.items() if name != "topics")
    path: Path = desk.parquet("logs.parquet", f"SELECT {columns}, [{listed}] AS topics")
    assert desk.read(logs=path).one("token")["units_text"] == "5"


def test_a_failed_transaction_leaves_no_events(desk: Desk) -> None:
    read = desk.read(transactions=transactions({}), receipts=receipts({"status": "0"}), logs=logs(log()))
    assert read.of("token") == []
