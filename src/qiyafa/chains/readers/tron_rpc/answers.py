"""What a TRON node answers, as typed records: blocks and logs as Ethereum's JSON-RPC has them.

Source: developers.tron.network, "JSON-RPC API". A block told so has no header that could be hashed again, so it is held
to what links it: its number, its hash, its parent's hash.
"""

import re
from collections.abc import Sequence
from typing import TypeVar

import msgspec

from qiyafa.chains.json_scan import STRING
from qiyafa.chains.json_tape import Value
from qiyafa.chains.node import Call, JsonRpcNode, Refusal
from qiyafa.model.errors import Unavailable

TRANSFER_TOPIC = "ddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef"
"""Keccak of `Transfer(address,address,uint256)`; TRC-20 has the events of ERC-20."""

_LAST_NUMBER = 10**15 - 1
_LAST_SECOND = 10**11 - 1
_QUANTITY = re.compile(r"0[xX][0-9a-fA-F]{1,64}", re.ASCII)
_WORD = re.compile(r"(?:0[xX])?([0-9a-fA-F]{64})", re.ASCII)

Record = TypeVar("Record")


class RefusedError(Exception):
    """The node refuses a question, perhaps because it asks for too much. The message is hostile text."""


class Block(msgspec.Struct, frozen=True):
    """A block without the content of its transactions."""

    number: str
    hash: str
    parentHash: str  # noqa: N815 - the node's own name
    timestamp: str
    transactions: list[msgspec.Raw]


class Log(msgspec.Struct, frozen=True):
    """One event."""

    address: str
    topics: list[str]
    data: str
    logIndex: str  # noqa: N815 - the node's own name
    transactionHash: str  # noqa: N815 - the node's own name
    transactionIndex: str  # noqa: N815 - the node's own name
    blockHash: str  # noqa: N815 - the node's own name
    blockNumber: str  # noqa: N815 - the node's own name
    removed: bool = False


def ask_quantity(node: JsonRpcNode, method: str) -> int:
    """Return the whole number that a method answers. Raises Unavailable if it answers something else."""
    [number] = ask(node, [Call(method)], str)
    return quantity(node, method, number)


def ask(node: JsonRpcNode, calls: Sequence[Call], kind: type[Record]) -> list[Record]:
    """Return the answers to calls as records. Raises Unavailable for other shapes, RefusedError for a refusal."""
    records = []
    for call, answer in zip(calls, node.ask_all(calls), strict=True):
        if isinstance(answer, Refusal):
            raise RefusedError(answer.message)
        try:
            records.append(msgspec.json.decode(_json(answer), type=kind))
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise Unavailable("nodes.error.misshapen", url=node.shown_url, method=call.method) from error
    return records


def quantity(node: JsonRpcNode, method: str, text: str, last: int = _LAST_NUMBER) -> int:
    """Return a whole number that the node writes in hexadecimal. Raises Unavailable for another text."""
    if not _QUANTITY.fullmatch(text) or int(text, 16) > last:
        raise Unavailable("nodes.error.misshapen", url=node.shown_url, method=method)
    return int(text, 16)


def seconds(node: JsonRpcNode, method: str, text: str) -> int:
    """Return seconds since 1970. Raises Unavailable for another text."""
    return quantity(node, method, text, _LAST_SECOND)


def word(node: JsonRpcNode, method: str, text: str) -> str:
    """Return the 64 digits of a hash, in lower case and without prefix. Raises Unavailable for another text."""
    found = _WORD.fullmatch(text)
    if not found:
        raise Unavailable("nodes.error.misshapen", url=node.shown_url, method=method)
    return found[1].lower()


def _json(answer: Value) -> bytes:
    """Return a value as JSON; of a text the tape has what stands between the quotes."""
    raw = answer.tape.raw(answer.entry)
    return b'"' + raw + b'"' if answer.tape.kind(answer.entry) == STRING else raw
