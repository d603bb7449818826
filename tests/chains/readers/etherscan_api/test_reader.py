"""The history of one address from an explorer: whole, cut, or not given, and never half of an answer."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from tests.chains.files import ALICE, BOB, CAROL, TOKEN, transaction
from tests.chains.readers.etherscan.downloads import INTERNAL, TOKENTX, TXLIST

from qiyafa.chains import find_chain
from qiyafa.chains.http_client import BadAnswerError
from qiyafa.chains.readers.etherscan.listing import ListKind
from qiyafa.chains.readers.etherscan_api.explorer import Explorer
from qiyafa.chains.readers.etherscan_api.reader import LISTS, ExplorerHistories
from qiyafa.chains.readers.history import AddressHistory
from qiyafa.model.case import Theft, TransferRef
from qiyafa.model.errors import InvalidInput, NotFound
from qiyafa.model.ledger import CoverageStatus
from qiyafa.text import text

from support.http_server import Answer, Asked, serving
from support.patience import patient_client

HEAD = 20_000_000
ETHEREUM = find_chain("eip155:1")
Rows = dict[str, list[Any]]
LISTED: Rows = {"txlist": [TXLIST], "txlistinternal": [INTERNAL], "tokentx": [TOKENTX]}


def answering(rows: Rows) -> Callable[[Asked], Answer]:
    """Answer with these lists."""

    def answer(asked: Asked) -> Answer:
        action = asked.parameters["action"]
        if action == "eth_blockNumber":
            return Answer(json.dumps({"jsonrpc": "2.0", "id": 1, "result": hex(HEAD)}).encode())
        if action == "eth_getTransactionByHash":
            known = {transaction(1): {"from": ALICE, "to": BOB}, transaction(2): {"from": ALICE, "to": None}}
            return Answer(
                json.dumps({"jsonrpc": "2.0", "id": 1, "result": known.get(asked.parameters["txhash"])}).encode()
            )
        found = rows[action]
        status = {"status": "1", "message": "OK"} if found else {"status": "0", "message": "No transactions found"}
        return Answer(json.dumps(status | {"result": found}).encode())

    return answer


def read(answer: Callable[[Asked], Answer], folder: Path, *, lists: tuple[ListKind, ...] = LISTS) -> AddressHistory:
    """Read ALICE's history."""
    with serving(answer) as server:
        explorer = Explorer(patient_client(folder / "answers"), server.url, "1")
        return ExplorerHistories(explorer, ETHEREUM, explorer.last_block(), lists).read(ALICE, folder)


def transfers(history: AddressHistory) -> list[dict[str, Any]]:
    (path,) = history.reading.raw.parquet_files
    return pq.read_table(path).to_pylist()


def problems(history: AddressHistory) -> list[tuple[str, str]]:
    return [(one.place, one.key) for one in history.reading.problems]


def test_all_lists_become_transfers(tmp_path: Path) -> None:
    history = read(answering(LISTED), tmp_path)
    raw = history.reading.raw
    moved = {(one["kind"], one["source"], one["target"], one["units_text"]) for one in transfers(history)}
    assert moved == {
        ("fee", ALICE, "", "210000"),
        ("native", ALICE, BOB, "1000000000000000000"),
        ("internal", BOB, ALICE, "5"),
        ("token", ALICE, CAROL, "2500000"),
    }
    assert raw.provides == {"native", "fees", "internal", "tokens"}
    assert [(one.table, one.rows, one.problems) for one in raw.sources] == [
        ("txlist", 1, 0), ("txlistinternal", 1, 0), ("tokentx", 1, 0),
    ]  # fmt: skip
    (coverage,) = raw.address_coverage
    assert coverage.status is CoverageStatus.COMPLETE
    assert coverage.detail == (f"txlist 1 rows, txlistinternal 1 rows, tokentx 1 rows, up to block {HEAD - 64}")
    assert not history.is_busy
    assert history.reading.problem_count == 0


def test_the_answers_are_kept_under_the_hashes_that_the_manifest_names(tmp_path: Path) -> None:
    import hashlib

    history = read(answering(LISTED), tmp_path)
    for source in history.reading.raw.sources:
        (kept,) = (tmp_path / "answers").rglob(source.name)
        assert hashlib.sha256(kept.read_bytes().partition(b"\n")[2]).hexdigest() == source.sha256


def test_an_address_without_history_is_complete(tmp_path: Path) -> None:
    history = read(answering({"txlist": [], "txlistinternal": [], "tokentx": []}), tmp_path)
    assert transfers(history) == []
    assert history.reading.raw.address_coverage[0].status is CoverageStatus.COMPLETE


def test_only_the_lists_that_are_wanted_are_asked_for(tmp_path: Path) -> None:
    history = read(answering(LISTED), tmp_path, lists=(ListKind.TRANSACTIONS, ListKind.INTERNAL))
    assert history.reading.raw.provides == {"native", "fees", "internal"}


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"value": "-5"}, "chains.problem.units"),
        ({"value": "1e400"}, "chains.problem.units"),
        ({"value": 1.5}, "chains.problem.units"),
        ({"value": {"wei": "1"}}, "chains.problem.units"),
        ({"value": None}, "chains.problem.empty"),
        ({"value": str(2**256)}, "chains.problem.units"),
        ({"hash": "0x12"}, "chains.problem.hash"),
        ({"to": "0x12"}, "chains.problem.address"),
        ({"timeStamp": "yesterday"}, "chains.problem.time"),
        ({"from": CAROL}, "chains.problem.other_address"),
    ],
)
def test_a_bad_row_is_named_and_the_rest_is_read(tmp_path: Path, change: dict[str, Any], key: str) -> None:
    bad = TXLIST | {"from": BOB, "to": CAROL} | change if "from" in change else TXLIST | change
    history = read(answering(LISTED | {"txlist": [TXLIST, bad]}), tmp_path)
    assert problems(history) == [("row 2", key)]
    assert len(transfers(history)) == 4
    (coverage,) = history.reading.raw.address_coverage
    assert coverage.status is CoverageStatus.CAPPED
    assert "1 of them left out" in coverage.detail
    for problem in history.reading.problems:
        assert text(problem.key, **problem.fields)


def test_what_is_no_row_is_named(tmp_path: Path) -> None:
    history = read(answering(LISTED | {"tokentx": [TOKENTX, "row", None]}), tmp_path)
    assert problems(history) == [("row 2", "chains.problem.no_row"), ("row 3", "chains.problem.no_row")]


@pytest.mark.parametrize(
    "body",
    [b"<html>", b'{"status":"1","result":[{', b'{"result":[],"result":[]}', b"[" * 100_000, b"", b"{}", b"null"],
)
@pytest.mark.parametrize("action", ["txlist", "tokentx"])
def test_a_garbled_list_leaves_the_others_and_is_never_stored_by_half(tmp_path: Path, body: bytes, action: str) -> None:
    good = answering(LISTED)
    history = read(lambda asked: Answer(body) if asked.parameters["action"] == action else good(asked), tmp_path)
    (problem,) = history.reading.problems
    assert f"action={action}" in problem.source
    assert text(problem.key, **problem.fields)
    (coverage,) = history.reading.raw.address_coverage
    assert f"{action} not read" in coverage.detail
    is_main = action == "txlist"
    assert coverage.status is (CoverageStatus.ABSENT if is_main else CoverageStatus.CAPPED)
    assert ({"fees", "native"} & history.reading.raw.provides == set()) is is_main
    assert {one["kind"] for one in transfers(history)} == (
        {"internal", "token"} if is_main else {"fee", "native", "internal"}
    )


def test_a_wrong_key_ends_the_reading(tmp_path: Path) -> None:
    refusal = {"status": "0", "message": "NOTOK", "result": "Invalid API Key (#err2)|"}
    good = answering(LISTED)

    def answer(asked: Asked) -> Answer:
        return good(asked) if asked.parameters["action"] == "eth_blockNumber" else Answer(json.dumps(refusal).encode())

    with pytest.raises(InvalidInput) as refused:
        read(answer, tmp_path)
    assert refused.value.key == "pull.error.api_key"


@pytest.mark.parametrize("head", ["0xzz", "", None, "0x" + "f" * 40, 17, {"number": "0x1"}])
def test_a_head_that_is_no_block_number_is_refused(tmp_path: Path, head: object) -> None:
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "result": head}).encode()
    with pytest.raises(BadAnswerError):
        read(lambda _: Answer(body), tmp_path)


def test_the_head_of_the_first_question_serves_all_later_runs_unless_it_is_refreshed(tmp_path: Path) -> None:
    heads = iter([100, 200])
    with serving(lambda _: Answer(json.dumps({"jsonrpc": "2.0", "result": hex(next(heads))}).encode())) as server:
        explorer = Explorer(patient_client(tmp_path), server.url, "1")
        assert [explorer.last_block(), explorer.last_block(), explorer.last_block(anew=True)] == [36, 36, 136]
        assert explorer.last_block() == 136


def test_a_theft_by_transaction_begins_at_its_parties(tmp_path: Path) -> None:
    with serving(answering(LISTED)) as server:
        source = ExplorerHistories(Explorer(patient_client(tmp_path), server.url, "1"), ETHEREUM, HEAD)
        both = Theft("t", "eip155:1", transfers=(TransferRef(transaction(1), 1), TransferRef(transaction(2), 1)))
        assert source.starts(both) == (ALICE, BOB)
        with pytest.raises(NotFound) as missing:
            source.starts(Theft("t", "eip155:1", transfers=(TransferRef(transaction(3), 1),)))
        assert missing.value.fields["transaction"] == transaction(3)


def test_tokens_are_told_apart_by_their_contracts(tmp_path: Path) -> None:
    history = read(answering(LISTED), tmp_path)
    (asset,) = {one["asset"] for one in transfers(history) if one["kind"] == "token"}
    assert asset == f"eip155:1/erc20:{TOKEN}"
