"""What a node states as the outputs that a block spends."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiyafa.chains.readers.bitcoin_rpc.spent import BadSpentError, spent_in_binary, spent_in_json

scripts = st.one_of(st.binary(max_size=80), st.integers(250, 260).map(bytes), st.integers(65_530, 65_540).map(bytes))
outputs = st.tuples(st.integers(0, 21 * 10**14), scripts)
blocks = st.lists(st.lists(outputs, max_size=4), max_size=4)


def length(number: int) -> bytes:
    if number < 0xFD:
        return bytes([number])
    return b"\xfd" + number.to_bytes(2, "little") if number < 1 << 16 else b"\xfe" + number.to_bytes(4, "little")


def plain(block: list[list[tuple[int, bytes]]]) -> bytes:
    return b"".join(
        units.to_bytes(8, "little") + length(len(script)) + script for spent in block for units, script in spent
    )


def in_binary(block: list[list[tuple[int, bytes]]]) -> bytes:
    return length(len(block) + 1) + length(0) + b"".join(length(len(spent)) + plain([spent]) for spent in block)


def in_words(block: list[list[tuple[int, bytes]]]) -> dict[str, object]:
    paid = [{"vin": [{"prevout": prevout(*output)} for output in spent]} for spent in block]
    return {"tx": [{"vin": [{"coinbase": "00"}]}, *paid]}


def prevout(units: int, script: bytes) -> dict[str, object]:
    return {"value": f"{units // 10**8}.{units % 10**8:08}", "scriptPubKey": {"hex": script.hex()}}


@given(blocks)
def test_both_statements_come_to_one_form(block: list[list[tuple[int, bytes]]]) -> None:
    assert spent_in_binary(in_binary(block)) == plain(block)
    assert spent_in_json(in_words(block)) == plain(block)


@given(blocks.filter(any), st.data())
def test_a_cut_statement_is_refused(block: list[list[tuple[int, bytes]]], data: st.DataObject) -> None:
    whole = in_binary(block)
    cut = data.draw(st.integers(0, len(whole) - 1))
    with pytest.raises(BadSpentError):
        spent_in_binary(whole[:cut])


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    with suppress(BadSpentError):
        assert len(spent_in_binary(content)) <= len(content)


@pytest.mark.parametrize("value", ["-1", "0.000000001", "1e999999999", "NaN", "Infinity", "", "x", "92233720369"])
def test_a_value_that_is_no_amount_is_refused(value: str) -> None:
    block = {"tx": [{"vin": [{"prevout": {"value": value, "scriptPubKey": {"hex": ""}}}]}]}
    with pytest.raises(BadSpentError):
        spent_in_json(block)


def test_words_without_what_is_spent_are_no_statement() -> None:
    assert spent_in_json({"tx": [{"vin": [{"coinbase": "00"}]}, {"vin": [{"txid": "ab"}]}]}) is None
    for block in ({}, {"tx": 1}, {"tx": [None]}, {"tx": [{"vin": [{"prevout": []}]}]}):
        with pytest.raises(BadSpentError):
            spent_in_json(block)
