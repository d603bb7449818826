"""What the contract of a token says of itself and of its holders (EIP-20), asked by eth_call.

Nothing of it is believed. A contract may revert, answer a text of a megabyte or none, in bytes32 as the first tokens
did (before EIP-20 was settled), in bytes that are no UTF-8, or with 2^256 decimals. How long an answer can be is
bounded by the gas that a node spends on a call.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from qiyafa.chains.readers.evm_rpc.evm_node import EvmNode

ZERO_ADDRESS: Final = "0x" + "0" * 40
"""Tokens come from it into being and go to it to vanish (EIP-20); it has no code."""
MOST_TEXT: Final = 100
"""So many characters of a symbol or a name are kept."""

_SYMBOL, _NAME, _DECIMALS, _BALANCE_OF = "0x95d89b41", "0x06fdde03", "0x313ce567", "0x70a08231"
"""The first four bytes of the keccak of `symbol()`, `name()`, `decimals()`, `balanceOf(address)`."""
_WORD: Final = 32
_MOST_DECIMALS: Final = 255
"""EIP-20 has them in eight bits."""
_BYTES_A_CHARACTER: Final = 4


@dataclass(frozen=True, slots=True)
class TokenAnswers:
    """What one contract answers at one block."""

    symbol: str
    name: str
    """Hostile text; empty where the contract does not say."""
    decimals: int | None
    balances: tuple[int | None, ...]
    """Units of each holder asked for; None where the contract does not say."""


def has_state(node: EvmNode, block: int) -> bool:
    """Say whether a node can still call contracts as of a block; most nodes forget all but the newest blocks."""
    [answer] = node.call_contract(ZERO_ADDRESS, [_SYMBOL], block)
    return answer is not None


def ask_token(node: EvmNode, contract: str, holders: Sequence[str], block: int) -> TokenAnswers:
    """Return what a contract says of its token and some holders. Raises Unavailable if the node fails."""
    answers = node.call_contract(contract, [_SYMBOL, _NAME, _DECIMALS, *_balance_calls(holders)], block)
    symbol, name, decimals, *balances = answers
    number = read_number(decimals)
    return TokenAnswers(
        symbol=read_text(symbol),
        name=read_text(name),
        decimals=number if number is not None and number <= _MOST_DECIMALS else None,
        balances=tuple(read_number(balance) for balance in balances),
    )


def ask_earlier_balances(node: EvmNode, contract: str, holders: Sequence[str], block: int) -> tuple[int | None, ...]:
    """Return the units of some holders at an earlier block; 0 where the contract was not there yet."""
    answers = node.call_contract(contract, _balance_calls(holders), block)
    return tuple(0 if answer == "0x" else read_number(answer) for answer in answers)


def read_number(answer: str | None) -> int | None:
    """Return the number that an answer begins with; None if it is none."""
    data = _bytes(answer)
    return int.from_bytes(data[:_WORD], "big") if len(data) >= _WORD else None


def read_text(answer: str | None) -> str:
    """Return the beginning of the text in an answer, `string` or `bytes32`; bytes that are no UTF-8 are spelled out."""
    data = _bytes(answer)
    body = data.partition(b"\0")[0] if len(data) == _WORD else _string_body(data)
    return body[: MOST_TEXT * _BYTES_A_CHARACTER].decode("utf-8", errors="backslashreplace")[:MOST_TEXT]


def _string_body(data: bytes) -> bytes:
    """Return the bytes of an encoded `string`: where it begins, how long it is, itself; none if it does not fit."""
    start = int.from_bytes(data[:_WORD], "big") + _WORD
    length = int.from_bytes(data[start - _WORD : start], "big") if start <= len(data) else 0
    return data[start : start + length] if start + length <= len(data) else b""


def _balance_calls(holders: Sequence[str]) -> list[str]:
    return [_BALANCE_OF + holder.removeprefix("0x").rjust(2 * _WORD, "0") for holder in holders]


def _bytes(answer: str | None) -> bytes:
    try:
        return bytes.fromhex((answer or "").removeprefix("0x"))
    except ValueError:
        return b""
