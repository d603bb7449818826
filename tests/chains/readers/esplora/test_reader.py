"""The history of one address from an Esplora server, as rows of a chain of outputs."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from qiyafa.chains import bitcoin
from qiyafa.chains.http_client import BadAnswerError
from qiyafa.chains.outputs.network import chain_of
from qiyafa.chains.readers.esplora.reader import ServerHistories
from qiyafa.chains.readers.esplora.server import FINAL_DEPTH, Server
from qiyafa.chains.readers.history import AddressHistory, joined_readings
from qiyafa.model.case import OutputRef, Theft
from qiyafa.model.errors import NotFound
from qiyafa.model.ledger import CoverageStatus
from qiyafa.model.raw import RawOutputs

from support.esplora import MadeUpChain, address_of, script_of
from support.http_server import Answer, Asked, serving
from support.patience import patient_client

BITCOIN = chain_of(bitcoin.MAIN)
MINER, THIEF, MULE = 1, 2, 3


@pytest.fixture
def chain() -> MadeUpChain:
    """A miner is robbed, and the thief pays a mule 30 times."""
    made = MadeUpChain()
    (left,) = made.pay([made.mint(MINER, 100_000)], (THIEF, 99_000))
    for _ in range(30):
        value = made.transactions[left.transaction]["vout"][left.index]["value"]
        _, left = made.pay([left], (MULE, 1_000), (THIEF, value - 1_100))
    return made


def read(answer: Callable[[Asked], Answer], folder: Path, owner: int = THIEF, **limits: int) -> AddressHistory:
    with serving(answer) as server:
        asked = Server(patient_client(folder / "answers"), server.url)
        return ServerHistories(asked, BITCOIN, asked.last_block(), **limits).read(address_of(owner), folder)


def rows(history: AddressHistory) -> dict[str, list[dict[str, Any]]]:
    raw = history.reading.raw
    assert isinstance(raw, RawOutputs)
    files = {"transactions": raw.transaction_files, "inputs": raw.input_files, "outputs": raw.output_files}
    return {name: pq.read_table(paths[0]).to_pylist() for name, paths in files.items()}


def changing(chain: MadeUpChain, change: Callable[[list[dict[str, Any]]], Any]) -> Callable[[Asked], Answer]:
    """Answer as the chain does, but change the pages of transactions."""

    def answer(asked: Asked) -> Answer:
        said = chain(asked)
        if "/txs/chain" not in asked.path:
            return said
        page = json.loads(said.body)
        changed = change(page)
        return Answer(json.dumps(page if changed is None else changed).encode())

    return answer


def test_a_history_over_two_pages_becomes_rows(chain: MadeUpChain, tmp_path: Path) -> None:
    history = read(chain, tmp_path)
    tables = rows(history)
    assert [len(tables[name]) for name in ("transactions", "inputs", "outputs")] == [31, 31, 61]
    assert {one["hash"] for one in tables["transactions"]} == {one["txid"] for one in chain.touching(address_of(THIEF))}
    assert {one["index"] for one in tables["transactions"]} == {None}
    paid_to_mule = [one for one in tables["outputs"] if one["address"] == address_of(MULE)]
    assert [(one["value"], one["type"], one["script_hex"]) for one in paid_to_mule] == [
        (1_000, "p2wpkh", script_of(MULE).hex())
    ] * 30
    assert (
        sum(one["value"] for one in tables["inputs"])
        == sum(one["value"] for one in tables["outputs"]) + 30 * 100 + 1_000
    )
    (coverage,) = history.reading.raw.address_coverage
    assert (coverage.address, coverage.status) == (address_of(THIEF), CoverageStatus.COMPLETE)
    assert coverage.detail == f"31 transactions, up to block {chain.height}"
    assert [(one.table, one.rows, one.problems) for one in history.reading.raw.sources] == [
        ("address_txs", 25, 0), ("address_txs", 6, 0),
    ]  # fmt: skip
    assert not history.is_busy


def test_what_is_not_final_yet_is_left_to_the_next_pull(chain: MadeUpChain, tmp_path: Path) -> None:
    low = chain.height - 10

    def answer(asked: Asked) -> Answer:
        return Answer(str(low + FINAL_DEPTH).encode()) if asked.path == "/blocks/tip/height" else chain(asked)

    history = read(answer, tmp_path)
    assert max(one["block_number"] for one in rows(history)["transactions"]) == low
    assert history.reading.raw.address_coverage[0].status is CoverageStatus.COMPLETE


def test_a_busy_address_is_cut(chain: MadeUpChain, tmp_path: Path) -> None:
    history = read(chain, tmp_path, most_transactions=25)
    assert history.is_busy
    assert history.reading.raw.address_coverage[0].status is CoverageStatus.CAPPED
    assert [one.key for one in history.reading.problems] == ["pull.problem.busy"]


def test_an_address_without_history_is_complete(chain: MadeUpChain, tmp_path: Path) -> None:
    history = read(chain, tmp_path, owner=77)
    assert rows(history)["transactions"] == []
    assert history.reading.raw.address_coverage[0].status is CoverageStatus.COMPLETE


def test_a_bad_transaction_is_named_and_never_stored_by_half(chain: MadeUpChain, tmp_path: Path) -> None:
    def forge(page: list[dict[str, Any]]) -> None:
        page[2]["vout"][0]["value"] += 1

    history = read(changing(chain, forge), tmp_path)
    assert [(one.place, one.key) for one in history.reading.problems] == [("row 3", "pull.problem.transaction_id")] * 2
    tables = rows(history)
    assert len(tables["transactions"]) == 29
    assert {one["transaction_hash"] for one in (*tables["inputs"], *tables["outputs"])} == {
        one["hash"] for one in tables["transactions"]
    }
    assert history.reading.raw.address_coverage[0].status is CoverageStatus.CAPPED


def test_transactions_of_another_address_are_left_out(chain: MadeUpChain, tmp_path: Path) -> None:
    with serving(chain) as server:
        asked = Server(patient_client(tmp_path / "answers"), server.url)
        others, _ = asked.page(address_of(MINER), "", asked.last_block())
    history = read(changing(chain, lambda _: others), tmp_path, owner=MULE)
    assert {one.key for one in history.reading.problems} == {"chains.problem.other_address"}
    assert rows(history)["transactions"] == []


@pytest.mark.parametrize(
    "body", [b"<html>", b"[{", b"{}", b"null", b"[" * 100_000, b'[{"txid":"a","txid":"b"}]', b"[7]"]
)
def test_a_garbled_history_is_absent(chain: MadeUpChain, tmp_path: Path, body: bytes) -> None:
    history = read(lambda asked: Answer(body) if "/txs/" in asked.path else chain(asked), tmp_path)
    assert history.reading.raw.address_coverage[0].status is CoverageStatus.ABSENT
    (problem,) = history.reading.problems
    assert address_of(THIEF) in problem.source
    assert not history.is_busy


@pytest.mark.parametrize("body", [b"", b"high", b"-5", b"1e9", b"<html>", b"12345678901"])
def test_a_head_that_is_no_height_is_refused(tmp_path: Path, body: bytes) -> None:
    with pytest.raises(BadAnswerError) as refused:
        read(lambda _: Answer(body), tmp_path)
    assert refused.value.key == "pull.problem.head"


def test_a_theft_begins_at_the_owners_of_its_outputs(chain: MadeUpChain, tmp_path: Path) -> None:
    first = next(one["txid"] for one in chain.transactions.values() if len(one["vout"]) == 2)
    with serving(chain) as server:
        source = ServerHistories(Server(patient_client(tmp_path), server.url), BITCOIN, chain.height)
        assert source.starts(theft(OutputRef(first, 0))) == (address_of(MULE),)
        assert source.starts(theft(OutputRef(first))) == (address_of(MULE), address_of(THIEF))
        with pytest.raises(NotFound):
            source.starts(theft(OutputRef("ab" * 32, 0)))


def test_a_server_that_answers_with_another_transaction_is_refused(chain: MadeUpChain, tmp_path: Path) -> None:
    other = next(iter(chain.transactions.values()))
    with serving(lambda _: Answer(json.dumps(other).encode())) as server:
        source = ServerHistories(Server(patient_client(tmp_path), server.url), BITCOIN, chain.height)
        with pytest.raises(BadAnswerError):
            source.starts(theft(OutputRef("ab" * 32, 0)))


def test_a_script_without_address_is_asked_for_by_its_hash(tmp_path: Path) -> None:
    digest = bytes(range(32))
    with serving(lambda _: Answer(b"[]")) as server:
        Server(patient_client(tmp_path), server.url).page(f"scripthash:{digest[::-1].hex()}", "", 5)
        assert server.asked[0].path == f"/scripthash/{digest.hex()}/txs/chain"


def test_histories_of_several_addresses_are_one_reading(chain: MadeUpChain, tmp_path: Path) -> None:
    histories = []
    for owner in (THIEF, MULE):
        (tmp_path / str(owner)).mkdir()
        histories.append(read(chain, tmp_path / str(owner), owner))
    joined = joined_readings([one.reading for one in histories])
    assert isinstance(joined.raw, RawOutputs)
    assert len(joined.raw.transaction_files) == len(joined.raw.input_files) == len(joined.raw.output_files) == 2
    assert [one.address for one in joined.raw.address_coverage] == [address_of(THIEF), address_of(MULE)]


def theft(*outputs: OutputRef) -> Theft:
    return Theft("t", BITCOIN.caip2, outputs=outputs)
