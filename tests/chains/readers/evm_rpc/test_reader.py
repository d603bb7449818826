"""What is read of a real node's blocks: all that moved, in order, and balances that add up to the last wei."""

from collections import Counter, defaultdict
from dataclasses import replace
from pathlib import Path

import pytest
from tests.chains.readers.evm_rpc.conftest import Row, node_at, read, read_all, rows_of

from qiyafa.chains import ethereum, find_chain
from qiyafa.chains.keccak import keccak256
from qiyafa.chains.readers.evm_rpc import reader
from qiyafa.chains.readers.evm_rpc.answers import Tracing
from qiyafa.chains.readers.evm_rpc.batch import read_batch
from qiyafa.chains.readers.evm_rpc.decode import EvmSource, decode_blocks
from qiyafa.chains.readers.evm_rpc.serialized import Serializer, transaction_bodies
from qiyafa.model.errors import Conflict
from qiyafa.model.ledger import BlockCoverage

from support.anvil import CHAIN, Anvil, call_data
from support.blob_transaction import blob_transaction
from support.evm_history import DEPTH, ETHER, History

NATIVE = f"{CHAIN}/slip44:60"
DEV_BALANCE = 10_000 * ETHER
"""What every account of the node begins with."""


def asset(contract: str) -> str:
    return f"{CHAIN}/erc20:{contract}"


def balances(rows: list[Row], of: str) -> dict[str, int]:
    """Return what every address has of an asset after all rows."""
    found: defaultdict[str, int] = defaultdict(int)
    for row in rows:
        if row["asset"] == of:
            found[row["source"]] -= int(row["units_text"])
            found[row["target"]] += int(row["units_text"])
    found.pop("", None)
    return dict(found)


@pytest.fixture
def wrapping(history_anvil: tuple[Anvil, History], monkeypatch: pytest.MonkeyPatch) -> None:
    """The chain of the test knows its wrapped ether, as the great chains do."""
    _, history = history_anvil
    rules = replace(ethereum.evm_rules(find_chain(CHAIN)), wrapped_native=frozenset({history.wrapped}))
    monkeypatch.setattr(reader, "evm_rules", lambda _: rules)


def test_the_ether_of_every_address_adds_up_to_its_balance(
    history_anvil: tuple[Anvil, History], tmp_path: Path
) -> None:
    anvil, _ = history_anvil
    found = balances(read_all(anvil, tmp_path), NATIVE)
    assert len(found) > 10
    for address, moved in found.items():
        begun = DEV_BALANCE if address in anvil.accounts else 0
        assert begun + moved == anvil.balance(address), address


@pytest.mark.usefixtures("wrapping")
def test_the_tokens_of_every_holder_add_up_to_what_the_contract_says(
    history_anvil: tuple[Anvil, History], tmp_path: Path
) -> None:
    anvil, history = history_anvil
    rows = read_all(anvil, tmp_path)
    for contract in (history.coin, history.wrapped):
        found = balances(rows, asset(contract))
        for holder in history.holders:
            answer = anvil.rpc("eth_call", {"to": contract, "data": call_data("balanceOf(address)", holder)}, "latest")
            assert found.get(holder, 0) == int(answer, 16), holder


def test_wrapped_ether_counts_only_where_the_chain_knows_it(
    history_anvil: tuple[Anvil, History], tmp_path: Path
) -> None:
    anvil, history = history_anvil
    rows = [row for row in read_all(anvil, tmp_path) if row["asset"] == asset(history.wrapped)]
    assert len(rows) == 1


@pytest.mark.usefixtures("wrapping")
def test_deposits_come_from_the_zero_address_and_withdrawals_go_there(
    history_anvil: tuple[Anvil, History], tmp_path: Path
) -> None:
    anvil, history = history_anvil
    alice, _, carol, _ = history.holders
    zero = "0x" + "0" * 40
    rows = [row for row in read_all(anvil, tmp_path) if row["asset"] == asset(history.wrapped)]
    moves = [(row["source"], row["target"], int(row["units_text"])) for row in rows]
    assert moves == [(zero, alice, 3 * ETHER), (alice, carol, ETHER), (alice, zero, ETHER)]


def test_rows_stand_as_the_ledger_orders_them(history_anvil: tuple[Anvil, History], tmp_path: Path) -> None:
    anvil, _ = history_anvil
    rows = read_all(anvil, tmp_path)
    ranks = {"fee": 0, "native": 1, "internal": 2, "token": 3, "reward": 4}

    def key(row: Row) -> tuple[object, ...]:
        index = row["transaction_index"]
        steps = [int(step) for step in (row["trace_address"] or "").split(",") if step.isdigit()]
        return row["block_number"], index is None, index or 0, ranks[row["kind"]], steps, row["log_index"] or 0

    assert [key(row) for row in rows] == sorted(key(row) for row in rows)
    assert {row["precision"] for row in rows} == {"exact"}


def test_a_failed_transaction_pays_its_fee_and_moves_nothing(
    history_anvil: tuple[Anvil, History], tmp_path: Path
) -> None:
    anvil, history = history_anvil
    rows = [row for row in read_all(anvil, tmp_path) if row["transaction_hash"] == history.failed]
    assert [(row["kind"], row["status"]) for row in rows] == [("fee", "failed"), ("native", "failed")]
    assert int(rows[0]["units_text"]) > 0
    assert rows[1]["units_text"] == "0"


def test_a_created_contract_is_the_target_of_its_creation(history_anvil: tuple[Anvil, History], tmp_path: Path) -> None:
    anvil, history = history_anvil
    targets = [row["target"] for row in read_all(anvil, tmp_path) if row["kind"] == "native"]
    assert targets[:5] == [history.coin, history.wrapped, history.forwarder, history.reverting, history.odd_logs]


def test_a_call_that_reverts_takes_back_what_it_moved(history_anvil: tuple[Anvil, History], tmp_path: Path) -> None:
    anvil, history = history_anvil
    carol = history.holders[2]
    rows = [row for row in read_all(anvil, tmp_path) if row["kind"] == "internal"]
    assert [int(row["units_text"]) for row in rows if row["target"] == carol] == [2 * ETHER]
    assert history.reverting not in {row["target"] for row in rows}


def test_delegated_code_moves_its_callers_ether_once(history_anvil: tuple[Anvil, History], tmp_path: Path) -> None:
    anvil, history = history_anvil
    rows = read_all(anvil, tmp_path)
    delegated = [row for row in rows if row["kind"] == "internal" and row["trace_address"] == "0,0"]
    assert [(row["source"], row["target"]) for row in delegated][:1] == [(history.forwarder, history.holders[3])]


def test_calls_as_deep_as_contracts_nest_them_are_read(history_anvil: tuple[Anvil, History], tmp_path: Path) -> None:
    anvil, _ = history_anvil
    deepest = max(len((row["trace_address"] or "").split(",")) for row in read_all(anvil, tmp_path))
    assert deepest == DEPTH + 1


def test_both_forms_of_traces_give_the_same_rows(
    history_anvil: tuple[Anvil, History], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    anvil, _ = history_anvil
    flat = read_all(anvil, tmp_path)
    with node_at(anvil.url) as node:
        monkeypatch.setattr(node, "_tracing", Tracing.TREE)
        tree = rows_of(read(node, 0, anvil.head(), tmp_path))
    assert tree == flat


def test_receipts_one_by_one_give_the_same_rows(
    history_anvil: tuple[Anvil, History], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    anvil, _ = history_anvil
    together = read_all(anvil, tmp_path)
    with node_at(anvil.url, batch=7) as node:
        monkeypatch.setattr(node, "_lists_receipts", False)
        assert rows_of(read(node, 0, anvil.head(), tmp_path)) == together


@pytest.mark.parametrize("batch", [1, 5, 64])
def test_however_the_calls_are_packed_the_rows_are_the_same(
    history_anvil: tuple[Anvil, History], tmp_path: Path, batch: int
) -> None:
    anvil, _ = history_anvil
    with node_at(anvil.url, batch=batch) as node:
        whole = rows_of(read(node, 0, anvil.head(), tmp_path))
        parts = [row for number in range(anvil.head() + 1) for row in rows_of(read(node, number, number, tmp_path))]
    assert whole == parts


def test_events_that_are_no_transfers_of_tokens_are_counted(
    history_anvil: tuple[Anvil, History], tmp_path: Path
) -> None:
    anvil, _ = history_anvil
    with node_at(anvil.url) as node:
        reading = read(node, 0, anvil.head(), tmp_path)
    counted = Counter({problem.key: problem.fields["rows"] for problem in reading.problems})
    assert counted == {"chains.problem.single_tokens": 1, "chains.problem.odd_tokens": 1}


def test_a_reading_says_what_it_holds(history_anvil: tuple[Anvil, History], tmp_path: Path) -> None:
    anvil, _ = history_anvil
    head = anvil.head()
    with node_at(anvil.url) as node:
        reading = read(node, 2, head, tmp_path)
    assert reading.raw.chain == CHAIN
    assert reading.raw.provides == {"native", "fees", "internal", "tokens"}
    assert reading.raw.block_coverage == (BlockCoverage(2, head),)
    blocks = rows_of(replace(reading, raw=replace(reading.raw, parquet_files=reading.raw.block_files)))
    assert [block["number"] for block in blocks] == list(range(2, head + 1))
    assert [block["hash"] for block in blocks] == [anvil.hash(number) for number in range(2, head + 1)]
    assert blocks[-2]["transaction_count"] == 140
    assert reading.raw.sources[0].rows == len(rows_of(reading))


def test_a_node_without_traces_leaves_internal_transfers_out_and_says_so(
    history_anvil: tuple[Anvil, History], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    anvil, _ = history_anvil
    with node_at(anvil.url) as node:
        monkeypatch.setattr(node, "_tracing", Tracing.NONE)
        reading = read(node, 0, anvil.head(), tmp_path)
    assert reading.raw.provides == {"native", "fees", "tokens"}
    assert not [row for row in rows_of(reading) if row["kind"] == "internal"]
    assert "nodes.problem.no_traces" in {problem.key for problem in reading.problems}


def test_a_node_of_another_chain_is_refused(anvil: Anvil, tmp_path: Path) -> None:
    with node_at(anvil.url) as node, pytest.raises(Conflict) as refused:
        reader.read_evm_blocks(node, 0, 0, find_chain("eip155:1"), tmp_path)
    assert refused.value.key == "nodes.error.other_chain"


def test_a_blob_is_paid_for(anvil: Anvil, tmp_path: Path) -> None:
    """The node puts the blob itself under its root, which no other does, so its block is decoded unchecked."""
    alice, bob, *_ = anvil.accounts
    transaction = anvil.rpc("eth_sendRawTransaction", blob_transaction(31337, 0, bob, ETHER))
    anvil.mine()
    with node_at(anvil.url) as node:
        answers = node.answers(0, 1)
    source = EvmSource(find_chain(CHAIN), ethereum.evm_rules(find_chain(CHAIN)), Tracing.FLAT)
    rows = decode_blocks(answers, source).transfers.to_pylist()
    assert DEV_BALANCE + balances(rows, NATIVE)[alice] == anvil.balance(alice)
    batch = read_batch(answers)
    [body] = transaction_bodies(batch, Serializer(batch.tape))
    assert "0x" + keccak256(body or b"").hex() == transaction
