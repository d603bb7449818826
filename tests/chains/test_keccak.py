"""The compiled hash equals the library's on every length around the rate of 136 bytes."""

from eth_hash.auto import keccak
from hypothesis import given
from hypothesis import strategies as st

from qiyafa.chains.keccak import keccak256


def test_the_published_hashes_of_nothing_and_of_an_empty_list() -> None:
    assert keccak256(b"").hex() == "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"
    assert keccak256(b"\xc0").hex() == "1dcc4de8dec75d7aab85b567b6ccd41ad312451b948a7413f0a142fd40d49347"


def test_every_length_up_to_three_blocks() -> None:
    for size in range(3 * 136 + 2):
        data = bytes(place % 251 for place in range(size))
        assert keccak256(data) == keccak(data), size


@given(st.binary(max_size=2000))
def test_any_bytes(data: bytes) -> None:
    assert keccak256(data) == keccak(data)
