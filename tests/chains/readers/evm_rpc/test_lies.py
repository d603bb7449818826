"""A node that lies, breaks or changes its mind: a sentence that names block and field, and nothing of the block."""

import copy
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.chains.readers.evm_rpc.conftest import Row, node_at, read, rows_of

from qiyafa.chains.json_tape import NotJsonError, read_tape
from qiyafa.chains.readers.evm_rpc.evm_node import EvmNode
from qiyafa.model.errors import Conflict, QiyafaError, Unavailable
from qiyafa.text import text

from support.anvil import Anvil
from support.evm_history import History
from support.lying_node import LyingNode, changing, lying

BUSY = 6
"""The block of the history in which most happens."""
OTHER_HASH = "0x" + "ab" * 32
OTHER_ADDRESS = "0x" + "cd" * 20


@pytest.fixture
def liar(history_anvil: tuple[Anvil, History]) -> Iterator[LyingNode]:
    with lying(history_anvil[0].url) as node:
        yield node


def refused(liar: LyingNode, folder: Path, number: int = BUSY) -> QiyafaError:
    """Read a block of a liar and return the error, whose sentence must be complete."""
    with node_at(liar.url, attempts=2, sleep=lambda _: None) as node, pytest.raises(QiyafaError) as error:
        read(node, number, number, folder)
    assert text(error.value.key, **error.value.fields)
    return error.value


Change = Callable[[dict[str, Any]], object]


def of_block(change: Change) -> Callable[[Any, Any], Any]:
    """Return a change of blocks; what is no block stays."""

    def changed(_: Any, result: Any) -> Any:
        if isinstance(result, dict) and "stateRoot" in result:
            change(result)
        return result

    return changed


def of_receipts(change: Callable[[list[dict[str, Any]]], object]) -> Callable[[Any, Any], Any]:
    """Return a change of lists of receipts; what is none stays."""

    def changed(_: Any, result: Any) -> Any:
        if isinstance(result, list) and result and "cumulativeGasUsed" in result[0]:
            change(result)
        return result

    return changed


def of_traces(change: Callable[[list[dict[str, Any]]], object]) -> Callable[[Any, Any], Any]:
    """Return a change of lists of traces; what is none stays."""

    def changed(_: Any, result: Any) -> Any:
        if isinstance(result, list) and result and "traceAddress" in result[0]:
            change(result)
        return result

    return changed


def put(field: str, value: object) -> Change:
    """Return a change that gives a field another value."""
    return lambda holder: holder.__setitem__(field, value)


def with_log(change: Change) -> Callable[[list[dict[str, Any]]], object]:
    """Return a change of the first log among receipts."""
    return lambda receipts: change(next(one["logs"][0] for one in receipts if one["logs"]))


LIES = {
    "another number": (of_block(put("number", "0x63")), "number"),
    "another hash": (of_block(put("hash", OTHER_HASH)), "blockHash"),
    "another state": (of_block(put("stateRoot", OTHER_HASH)), "hash"),
    "another miner": (of_block(put("miner", OTHER_ADDRESS)), "hash"),
    "another time": (of_block(put("timestamp", "0x1")), "hash"),
    "no time": (of_block(lambda block: block.pop("timestamp")), "timestamp"),
    "a base fee of another fork": (of_block(lambda block: block.pop("baseFeePerGas")), "hash"),
    "no transactions": (of_block(put("transactions", None)), "transactions"),
    "transactions as hashes": (of_block(put("transactions", [OTHER_HASH])), "receipts"),
    "one transaction less": (of_block(lambda block: block["transactions"].pop()), "receipts"),
    "more ether": (of_block(lambda block: block["transactions"][2].update(value="0xde0b6b3a7640001")), "value"),
    "another receiver": (of_block(lambda block: block["transactions"][0].update(to=OTHER_ADDRESS)), "hash"),
    "another transaction's hash": (of_block(lambda block: block["transactions"][0].update(hash=OTHER_HASH)), None),
    "above uint256": (of_block(lambda block: block["transactions"][0].update(value="0x1" + "0" * 64)), "value"),
    "a value as a float": (of_block(lambda block: block["transactions"][0].update(value=1e18)), "value"),
    "a value below zero": (of_block(lambda block: block["transactions"][0].update(value="-0x1")), "value"),
    "an address cut short": (of_block(lambda block: block["transactions"][0].update(to="0x1234")), "to"),
    "another uncle": (of_block(put("sha3Uncles", OTHER_HASH)), "hash"),
    "withdrawals": (
        of_block(
            put("withdrawals", [{"index": "0x0", "validatorIndex": "0x0", "address": OTHER_ADDRESS, "amount": "0x1"}])
        ),
        "withdrawalsRoot",
    ),
    "no receipts": (of_receipts(list.clear), "receipts"),
    "one receipt less": (of_receipts(list.pop), "receipts"),
    "a null receipt": (of_receipts(lambda receipts: receipts.__setitem__(1, None)), None),
    "receipts in another order": (of_receipts(list.reverse), "transactionIndex"),
    "receipts of another block": (of_receipts(lambda all_: all_[0].update(blockHash=OTHER_HASH)), "blockHash"),
    "a failure hidden": (of_receipts(lambda receipts: receipts[0].update(status="0x0")), "receiptsRoot"),
    "a status of its own": (of_receipts(lambda receipts: receipts[0].update(status="0x2")), None),
    "less gas": (of_receipts(lambda receipts: receipts[0].update(gasUsed="0x1")), "gasUsed"),
    "a cheaper price": (of_receipts(lambda receipts: receipts[0].update(effectiveGasPrice="0x1")), "effectiveGasPrice"),
    "a blob that was none": (of_receipts(lambda receipts: receipts[0].update(blobGasUsed="0x20000")), "blobGasUsed"),
    "a log left out": (of_receipts(lambda receipts: receipts[0]["logs"].clear()), "receiptsRoot"),
    "no list of logs": (of_receipts(lambda receipts: receipts[0].pop("logs")), "logs"),
    "more tokens": (of_receipts(with_log(put("data", "0x" + "ff" * 32))), "receiptsRoot"),
    "another token": (of_receipts(with_log(put("address", OTHER_ADDRESS))), "receiptsRoot"),
    "a log of another transaction": (of_receipts(with_log(put("transactionHash", OTHER_HASH))), "transactionHash"),
    "topics that are no list": (of_receipts(with_log(put("topics", "0x"))), "topics"),
    "no traces": (of_traces(list.clear), None),
    "a trace of no one": (of_traces(lambda all_: all_[0].update(transactionHash=OTHER_HASH)), "transactionHash"),
    "a trace of another block": (of_traces(lambda traces: traces[0].update(blockHash=OTHER_HASH)), "blockHash"),
    "a trace without action": (of_traces(lambda traces: traces[0].pop("action")), "action"),
    "a trace address that is none": (of_traces(lambda traces: traces[0].update(traceAddress=[-1])), "traceAddress"),
    "a trace with more ether": (of_traces(lambda traces: traces[0]["action"].update(value="0x1")), "value"),
    "a trace of a stranger": (of_traces(lambda all_: all_[0]["action"].update({"from": OTHER_ADDRESS})), "from"),
    "a call of an unknown kind": (of_traces(lambda traces: traces[-1].update(type="conjure")), "type"),
}  # fmt: skip


@pytest.mark.parametrize("lie", LIES)
def test_a_lie_is_found_and_named(liar: LyingNode, tmp_path: Path, lie: str) -> None:
    change, field = LIES[lie]
    liar.change = changing(change)
    error = refused(liar, tmp_path)
    assert error.key.startswith("nodes.lie.")
    assert error.fields["block"] == BUSY
    assert field is None or error.fields["field"] == field


def test_a_null_block_is_named(liar: LyingNode, tmp_path: Path) -> None:
    liar.change = changing(lambda _, result: None if isinstance(result, dict) else result)
    error = refused(liar, tmp_path)
    assert (error.key, error.fields) == ("nodes.lie.null_block", {"block": BUSY})


def test_null_receipts_are_named(liar: LyingNode, tmp_path: Path) -> None:
    liar.change = changing(lambda asked, result: None if asked == 2 and isinstance(result, list) else result)
    assert refused(liar, tmp_path).key == "nodes.lie.no_receipts"


def test_a_block_that_does_not_follow_the_one_before_is_named(liar: LyingNode, tmp_path: Path) -> None:
    liar.change = changing(of_block(lambda block: block.update(parentHash=OTHER_HASH)))
    with node_at(liar.url) as node, pytest.raises(Unavailable) as error:
        read(node, BUSY - 1, BUSY, tmp_path)
    assert error.value.fields["field"] == "parentHash"
    assert error.value.fields["block"] == BUSY


def test_a_chain_that_changes_its_id_is_refused(liar: LyingNode, tmp_path: Path) -> None:
    with node_at(liar.url) as node:
        assert node.chain_id() == 31337
        liar.change = changing(lambda _, result: "0x1" if result == "0x7a69" else result)
        with pytest.raises(Conflict) as error:
            read(node, 0, 1, tmp_path)
    assert error.value.fields["now"] == "eip155:1"
    assert not [path for folder in tmp_path.iterdir() for path in folder.glob("blocks-*")]


@pytest.mark.parametrize(
    ("body", "key"),
    [
        (b"<html><body>Too busy</body></html>", "nodes.error.not_json"),
        (b"", "nodes.error.cut"),
        (b'{"jsonrpc":"2.0","id":0,"result":NaN}', "nodes.error.not_json"),
        (b'{"jsonrpc":"2.0","id":0,"result":1e400}', "nodes.error.misshapen"),
        (b'{"jsonrpc":"2.0","id":0,"result":"0x7a69","result":"0x1"}', "nodes.error.duplicate_key"),
        (b"[" * 100_000, "nodes.error.too_deep"),
        (b'{"jsonrpc":"2.0","id":0}', "nodes.error.misshapen"),
        (b'{"jsonrpc":"2.0","id":7,"result":"0x1"', "nodes.error.cut"),
        (b'"0x7a69"', "nodes.error.misshapen"),
        (b"[]", "nodes.error.misshapen"),
        (b'{"jsonrpc":"2.0","id":0,"error":{"code":-32601,"message":"no \\u001b[31m such"}}', "nodes.error.refused"),
    ],
)
def test_an_answer_that_is_no_answer_is_refused(liar: LyingNode, tmp_path: Path, body: bytes, key: str) -> None:
    liar.change = lambda _: body
    assert refused(liar, tmp_path).key == key


def test_an_answer_cut_at_any_byte_is_refused(liar: LyingNode, tmp_path: Path) -> None:
    """Every byte where it is parsed, and some over the wire."""
    with node_at(liar.url, attempts=1) as node:
        node.answers(BUSY, BUSY)
        said: list[bytes] = []
        liar.change = lambda body: said.append(body) or body
        node.answers(BUSY, BUSY)
        [body] = said
        for cut in range(len(body)):
            with pytest.raises(NotJsonError):
                read_tape(body[:cut])
        for cut in range(0, len(body), len(body) // 40):
            liar.change = lambda body, cut=cut: body[:cut]
            with pytest.raises(Unavailable) as error:
                read(node, BUSY, BUSY, tmp_path)
            assert error.value.key in {"nodes.error.cut", "nodes.error.not_json"}, cut
    assert not [path for folder in tmp_path.iterdir() for path in folder.glob("blocks-*")]


hostile = st.sampled_from(
    [None, "", "0x", "0x0", "0xzz", "-1", 0, -1, 1e300, True, [], {}, "0x" + "f" * 65, "0x" + "f" * 64, "\u202e"]
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_value_put_anywhere_is_refused_or_changes_nothing(
    liar: LyingNode, tmp_path: Path, data: st.DataObject
) -> None:
    """What is not refused must leave the rows as they are: it stands where nothing is read."""
    with node_at(liar.url, attempts=1) as node:
        liar.change = lambda body: body
        honest = rows_of(read(node, BUSY, BUSY, tmp_path))

        def put_somewhere(_: Any, result: Any) -> Any:
            return spoiled(result, data) if isinstance(result, dict | list) else result

        liar.change = changing(put_somewhere)
        rows = rows_or_error(node, tmp_path)
        if isinstance(rows, QiyafaError):
            assert text(rows.key, **rows.fields)
        else:
            assert without_calls(rows) == without_calls(honest)


def rows_or_error(node: EvmNode, folder: Path) -> list[Row] | QiyafaError:
    """Return what is read of the block, or why it is refused."""
    try:
        return rows_of(read(node, BUSY, BUSY, folder))
    except QiyafaError as error:
        return error


def without_calls(rows: list[Row]) -> list[Row]:
    """Leave out what rests on traces, which no hash covers."""
    return [row for row in rows if row["kind"] != "internal"]


def spoiled(value: Any, data: st.DataObject) -> Any:
    """Return a copy of an answer with one value at a random place replaced."""
    value = copy.deepcopy(value)
    holder = value
    while True:
        places = list(holder) if isinstance(holder, dict) else list(range(len(holder)))
        if not places:
            return value
        place = data.draw(st.sampled_from(places))
        inside = holder[place]
        if isinstance(inside, dict | list) and inside and data.draw(st.integers(0, 3)):
            holder = inside
            continue
        holder[place] = data.draw(hostile)
        assert json.dumps(value)
        return value
