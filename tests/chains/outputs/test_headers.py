"""Headers: the work behind them, and the heights that coinbases state."""

import struct

import pytest
from tests.support.made_blocks import NETWORK, block, block_hash, coinbase, genesis, output, transaction

from qiyafa.chains import bitcoin
from qiyafa.chains.outputs.headers import NO_HEIGHT, HeaderError, read_header


@pytest.mark.parametrize("height", [1, 16, 17, 127, 128, 255, 256, 32767, 32768, 300_025, 8_388_607, 8_388_608])
def test_a_coinbase_states_its_height(height: int) -> None:
    found = read_header(block(bytes(32), [coinbase(height)]), NETWORK)
    assert found.stated_height == height
    assert (found.body, found.transaction_count) == (80, 1)


def test_an_old_block_states_no_height() -> None:
    assert read_header(genesis(), NETWORK).stated_height == NO_HEIGHT
    assert read_header(block(bytes(32), [coinbase(300)], version=1), NETWORK).stated_height == NO_HEIGHT


def test_a_coinbase_that_begins_with_something_else_states_no_height() -> None:
    for script in (b"", b"\x09" * 12, b"/pool/", b"\x03\x01"):
        odd = transaction([(bytes(32), 0xFFFFFFFF)], [output(1)], script=script)
        assert read_header(block(bytes(32), [odd]), NETWORK).stated_height == NO_HEIGHT


def test_a_header_without_its_work_is_refused() -> None:
    raw = block(bytes(32), [coinbase(1)])
    assert read_header(raw, NETWORK).hash == block_hash(raw)
    for nonce in range(100):
        forged = raw[:76] + struct.pack("<I", nonce) + raw[80:]
        if block_hash(forged)[-1] > 0x7F:
            break
    with pytest.raises(HeaderError) as refused:
        read_header(forged, NETWORK)
    assert refused.value.key == "chains_outputs.problem.work"
    assert refused.value.block == block_hash(forged)[::-1].hex()


def test_work_that_is_enough_for_a_test_network_is_not_for_the_main_one() -> None:
    with pytest.raises(HeaderError):
        read_header(genesis(), bitcoin.MAIN)


def test_a_header_cut_at_any_byte_is_refused() -> None:
    for end in range(80):
        with pytest.raises(HeaderError) as refused:
            read_header(genesis()[:end], NETWORK)
        assert refused.value.key == "chains_outputs.problem.cut"
