"""Base58Check, against published examples and another implementation."""

import pytest
from bip_utils.base58 import Base58Encoder
from hypothesis import given
from hypothesis import strategies as st

from qiyafa.chains.base58check import base58_bytes, base58check_text, checked_payload


@given(st.binary(max_size=60))
def test_it_writes_and_reads_as_the_library_does(payload: bytes) -> None:
    text = Base58Encoder.CheckEncode(payload)
    assert base58check_text(payload) == text
    whole = base58_bytes(text)
    assert whole is not None
    assert checked_payload(whole) == payload


def test_the_first_address_of_bitcoin_reads_as_everybody_reads_it() -> None:
    whole = base58_bytes("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa")
    assert whole is not None
    payload = checked_payload(whole)
    assert payload is not None
    assert payload.hex() == "0062e907b15cbf27d5425399ebf6f0fb50ebb88f18"


@pytest.mark.parametrize("text", ["", "0OIl", "1A1z P1eP", "ж", "1" * 121, "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa\n"])
def test_other_texts_are_none(text: str) -> None:
    assert base58_bytes(text) is None


@given(st.binary(min_size=21, max_size=21), st.integers(0, 24), st.integers(1, 255))
def test_a_changed_byte_fails_the_checksum(payload: bytes, place: int, change: int) -> None:
    whole = bytearray(base58_bytes(base58check_text(payload)) or b"")
    whole[place] ^= change
    assert checked_payload(bytes(whole)) is None
