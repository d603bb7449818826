"""Answers of the explorer's account API: actions `txlist`, `txlistinternal` and `tokentx`, as JSON.

Either the whole answer with `status`, `message` and `result`, or the bare list. Values are decimal digits as text.
Internal transfers and token transfers have no dependable order inside their transaction here.
"""

import json
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from qiyafa.chains.readers.etherscan.listing import Context, Listing, ListKind
from qiyafa.chains.readers.etherscan.row_values import (
    BadRowError,
    Row,
    address_in,
    block_in,
    fee_in,
    given_in,
    index_in,
    time_in,
    transaction_hash_in,
    units_in,
)
from qiyafa.model.errors import InvalidInput

ROW_LIMIT = 10_000
"""The API gives at most so many rows in one answer."""

MOVING_CALLS = {"call", "create", "create2", "suicide", "selfdestruct"}
UNMOVING_CALLS = {"delegatecall", "staticcall", "callcode"}


def open_account_json(path: Path, content: bytes) -> Listing:
    """Recognise an answer. Raises InvalidInput if it is an error message or no list that can be traced."""
    try:
        answer = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise InvalidInput("chains.error.json", file=str(path), reason=_short(error)) from error
    entries = _entries(path, answer)
    rows = tuple((f"row {number}", row_of(entry)) for number, entry in enumerate(entries, 1) if isinstance(entry, dict))
    broken = tuple(
        (f"row {number}", "chains.problem.no_row")
        for number, entry in enumerate(entries, 1)
        if not isinstance(entry, dict)
    )
    return Listing(path, _kind(path, rows), rows, broken, ROW_LIMIT, transfers_of)


def transfers_of(row: Row, kind: ListKind, context: Context) -> Iterator[dict[str, object]]:
    """Yield the raw transfers of a row. Raises BadRowError."""
    shared: dict[str, object] = {
        "block_number": block_in(row, "blockNumber"),
        "time": time_in(row, "timeStamp"),
        "transaction_hash": transaction_hash_in(row, "hash" if row["hash"] else "transactionHash"),
        "source": address_in(row, "from"),
        "asset": context.native_asset,
        "status": "ok",
        "precision": "exact",
    }
    if row["transactionIndex"]:
        shared["transaction_index"] = index_in(row, "transactionIndex")
    if kind is ListKind.TRANSACTIONS:
        yield from _transaction(row, shared)
    elif kind is ListKind.INTERNAL:
        yield from _internal(row, shared)
    else:
        asset = context.token_asset(address_in(row, "contractAddress"))
        target = address_in(row, "to")
        yield shared | {"kind": "token", "target": target, "asset": asset, "units_text": str(units_in(row, "value"))}


def _transaction(row: Row, shared: dict[str, object]) -> Iterator[dict[str, object]]:
    failed = row["isError"] == "1" or row["txreceipt_status"] == "0"
    units = units_in(row, "value")
    fee = fee_in(row, "gasUsed", "gasPrice")
    native = {"kind": "native", "target": _target(row), "units_text": "0" if failed else str(units)}
    status = {"status": "failed" if failed else "ok"}
    yield shared | status | {"kind": "fee", "target": "", "units_text": str(fee)}
    yield shared | status | native


def _internal(row: Row, shared: dict[str, object]) -> Iterator[dict[str, object]]:
    call = given_in(row, "type").lower()
    if call in UNMOVING_CALLS or row["isError"] == "1":
        return
    if call not in MOVING_CALLS:
        raise BadRowError("chains.problem.call_type", value=call)
    yield shared | {"kind": "internal", "target": _target(row), "units_text": str(units_in(row, "value"))}


def _target(row: Row) -> str:
    return address_in(row, "to" if row["to"] or not row["contractAddress"] else "contractAddress")


def _entries(path: Path, answer: object) -> list[object]:
    if isinstance(answer, list):
        return answer
    if not isinstance(answer, dict) or "result" not in answer:
        raise InvalidInput("chains.error.json_shape", file=str(path))
    result, message = answer["result"], str(answer.get("message", ""))
    if isinstance(result, list) and (str(answer.get("status", "1")) != "0" or result or message.startswith("No ")):
        return result
    raise InvalidInput("chains.error.explorer_answer", file=str(path), message=f"{message}: {result}")


def row_of(entry: dict[str, object]) -> Row:
    """Return an entry of a list as a row: every value a text, missing ones empty."""
    return defaultdict(str, {name: "" if value is None else str(value) for name, value in entry.items()})


def _kind(path: Path, rows: tuple[tuple[str, Row], ...]) -> ListKind:
    if not rows:
        return ListKind.EMPTY
    _, first = rows[0]
    if "tokenID" in first:
        raise InvalidInput("chains.error.single_tokens", file=str(path))
    if "tokenDecimal" in first:
        return ListKind.TOKENS
    if "gasPrice" in first and "isError" in first:
        return ListKind.TRANSACTIONS
    if "type" in first and "isError" in first:
        return ListKind.INTERNAL
    raise InvalidInput("chains.error.unknown_list", file=str(path), found=", ".join(first))


def _short(error: Exception) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__
