"""Answers of contracts, which may be anything."""

import pytest
from eth_abi import encode
from hypothesis import given
from hypothesis import strategies as st

from qiyafa.chains.readers.evm_rpc.contracts import MOST_TEXT, read_number, read_text


def hexadecimal(data: bytes) -> str:
    return "0x" + data.hex()


def encoded(kind: str, value: object) -> str:
    return hexadecimal(encode([kind], [value]))


@given(st.text(max_size=MOST_TEXT))
def test_a_text_is_read_as_it_was_written(text: str) -> None:
    assert read_text(encoded("string", text)) == text


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (hexadecimal(b"MKR".ljust(32, b"\0")), "MKR"),
        (hexadecimal(b"\0" * 32), ""),
        (hexadecimal(b"A" * 32), "A" * 32),
        (encoded("bytes", b"Old\xff"), "Old\\xff"),
        (encoded("string", "x" * 1_000_000), "x" * MOST_TEXT),
        (encoded("string", "\U0001f4b0" * 200), "\U0001f4b0" * MOST_TEXT),
        (encoded("string", "COIN") + "00" * 64, "COIN"),
        ("0x" + "ff" * 96, ""),
        (hexadecimal((32).to_bytes(32, "big") + (2**256 - 1).to_bytes(32, "big") + b"A"), ""),
        ("0x", ""),
        ("0xzz", ""),
        ("", ""),
        (None, ""),
    ],
)
def test_a_text_of_another_shape_is_read_as_far_as_it_can_be_meant(answer: str | None, text: str) -> None:
    assert read_text(answer) == text


@given(st.integers(0, 2**256 - 1))
def test_a_number_is_read_as_it_was_written(number: int) -> None:
    assert read_number(encoded("uint256", number)) == number
    assert read_number(encoded("uint256", number) + "ab") == number


@pytest.mark.parametrize("answer", ["0x", "0x12", "0x" + "00" * 31, "0xnumber", None])
def test_what_is_shorter_than_a_number_is_none(answer: str | None) -> None:
    assert read_number(answer) is None


@given(st.binary(max_size=200))
def test_no_answer_breaks_the_reading(data: bytes) -> None:
    assert len(read_text(hexadecimal(data))) <= MOST_TEXT
    number = read_number(hexadecimal(data))
    assert number is None or 0 <= number < 2**256
