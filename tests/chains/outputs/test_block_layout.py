"""The walk over the bytes of a block: what is whole is counted, what is broken is named with its place."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.made_blocks import NETWORK, block, coinbase, compact, genesis, output, transaction

from qiyafa.chains.outputs.block_layout import BlockBytes, BlockFault, Shapes, fault_of, shapes_of

SPEND = (b"\x01" * 32, 0)
PAYMENT = transaction([SPEND, (b"\x02" * 32, 7)], [output(5), output(6)], script=b"\x51")
WITNESSED = transaction([SPEND], [output(5)], witnesses=[[b"signature", b"", b"key" * 100]])


def shapes(body: bytes, *, has_extensions: bool = False) -> Shapes:
    data = np.frombuffer(bytes(80) + body, np.uint8)
    places = (np.array([0]), np.array([80]), np.array([len(data)]))
    return shapes_of(BlockBytes(data, *places), NETWORK.most_units, has_extensions=has_extensions)


def fault(body: bytes, *, has_extensions: bool = False) -> tuple[BlockFault, int]:
    position = int(shapes(body, has_extensions=has_extensions).ends[0])
    assert position < 0, "the block is whole"
    found, at = fault_of(position)
    return found, at - 80


def whole(*transactions: bytes) -> bytes:
    return compact(len(transactions)) + b"".join(transactions)


def test_a_whole_block_is_counted_without_the_input_of_its_coinbase() -> None:
    body = whole(coinbase(5), PAYMENT, WITNESSED)
    found = shapes(body)
    assert [int(column[0]) for column in found] == [80 + len(body), 3, 3, 4]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"\x00", (BlockFault.NO_TRANSACTIONS, 0)),
        (b"", (BlockFault.CUT, 0)),
        (b"\xff" + b"\xff" * 8 + coinbase(5), (BlockFault.COUNT, 0)),
        (b"\xfd\x01\x00" + coinbase(5), (BlockFault.COMPACT, 0)),
        (whole(coinbase(5)) + b"\0", (BlockFault.REST, 1 + len(coinbase(5)))),
        (whole(PAYMENT), (BlockFault.COINBASE, 6)),
        (whole(coinbase(5), coinbase(6)), (BlockFault.COINBASE, 1 + len(coinbase(5)) + 5)),
        (whole(coinbase(5), transaction([SPEND], [])), (BlockFault.NO_OUTPUTS, 1 + len(coinbase(5)) + 46)),
        (whole(coinbase(5, NETWORK.most_units + 1)), (BlockFault.VALUE, 1 + len(coinbase(5)) - 38)),
        (whole(coinbase(5, -1)), (BlockFault.VALUE, 1 + len(coinbase(5)) - 38)),
    ],
)
def test_what_is_broken_is_named_with_its_place(body: bytes, expected: tuple[BlockFault, int]) -> None:
    assert fault(body) == expected


def test_outputs_that_fit_one_by_one_must_fit_together() -> None:
    most = output(NETWORK.most_units)
    assert fault(whole(coinbase(5), transaction([SPEND], [most, output(1)])))[0] is BlockFault.VALUE


def test_only_a_chain_with_extension_blocks_may_mark_its_last_transaction() -> None:
    plain = transaction([SPEND], [output(5)])
    marked = plain[:4] + b"\x00\x08" + plain[4:-4] + b"\x00" + plain[-4:]
    body = whole(coinbase(5), marked)
    assert fault(body)[0] is BlockFault.FLAG
    assert int(shapes(body + b"\x00", has_extensions=True).ends[0]) == 80 + len(body)
    assert fault(whole(coinbase(5), marked, PAYMENT), has_extensions=True)[0] is BlockFault.FLAG
    hidden = plain[:4] + b"\x00\x08" + plain[4:-4] + b"\x01" + plain[-4:]
    assert fault(whole(coinbase(5), hidden), has_extensions=True)[0] is BlockFault.FLAG


def test_a_block_cut_at_any_byte_is_cut_and_nothing_else() -> None:
    body = whole(coinbase(5), PAYMENT, WITNESSED)
    for end in range(len(body)):
        found, at = fault(body[:end])
        assert found in {BlockFault.CUT, BlockFault.COUNT, BlockFault.NO_INPUTS}, (end, found)
        assert at <= end + 44


@given(st.integers(0, 400), st.integers(0, 2**64 - 1))
def test_a_count_of_any_size_anywhere_never_makes_the_walk_long(at: int, count: int) -> None:
    body = whole(coinbase(5), PAYMENT, WITNESSED)
    number = b"\xff" + count.to_bytes(8, "little")
    forged = body[:at] + number + body[at + 9 :]
    shapes(forged, has_extensions=True)


def test_blocks_side_by_side_do_not_touch_each_other() -> None:
    good, bad = genesis(), block(bytes(32), [coinbase(3), PAYMENT])[:-3]
    data = np.frombuffer(good + bad + good, np.uint8)
    starts = np.array([0, len(good), len(good) + len(bad)])
    ends = np.array([len(good), len(good) + len(bad), len(data)])
    found = shapes_of(BlockBytes(data, starts, starts + 80, ends), NETWORK.most_units, has_extensions=False)
    assert (found.ends > 0).tolist() == [True, False, True]
    assert fault_of(int(found.ends[1]))[0] is BlockFault.CUT
