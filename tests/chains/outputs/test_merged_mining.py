"""Merged mining: a block rests on another chain's work, and every link to it must hold."""

import struct

import pytest
from tests.support.made_blocks import compact, output, sha256d, transaction

from qiyafa.chains import dogecoin
from qiyafa.chains.outputs.headers import HeaderError, read_header
from qiyafa.chains.outputs.merged_mining import MergedMiningError, MergedMiningFault, read_merged_mining
from qiyafa.chains.outputs.proof_of_work import meets_target, target_of

CHAIN = dogecoin.MAIN.auxiliary_chain
MARK = bytes.fromhex("fabe6d6d")
EASY_BITS = 0x207FFFFF


def header(version: int, parent: bytes, root: bytes, nonce: int = 0) -> bytes:
    return struct.pack("<i", version) + parent + root + struct.pack("<III", 1, EASY_BITS, nonce)


CHILD = header(CHAIN << 16 | 0x102, bytes(32), b"\x07" * 32)


def place(nonce: int, size: int) -> int:
    """The specification's generator, written down again."""
    value = (nonce * 1103515245 + 12345) % 2**32
    value = (value + CHAIN) % 2**32
    return (value * 1103515245 + 12345) % 2**32 % size


def proof(
    *,
    siblings: tuple[bytes, ...] = (),
    nonce: int = 5,
    index: int | None = None,
    mark: bytes = MARK,
    parent_chain: int = 0,
) -> bytes:
    size = 1 << len(siblings)
    position = place(nonce, size) if index is None else index
    root, at = sha256d(CHILD), position
    for sibling in siblings:
        root = sha256d(sibling + root if at & 1 else root + sibling)
        at >>= 1
    script = b"\x03abc" + mark + root[::-1] + struct.pack("<II", size, nonce)
    coinbase = transaction([(bytes(32), 0xFFFFFFFF)], [output(1)], script=script)
    other = b"\x09" * 32
    parent = header(parent_chain << 16 | 2, bytes(32), sha256d(sha256d(coinbase) + other))
    branches = compact(1) + other + bytes(4) + compact(len(siblings)) + b"".join(siblings) + struct.pack("<i", position)
    return coinbase + bytes(32) + branches + parent


def fault(block: bytes) -> MergedMiningFault:
    with pytest.raises(MergedMiningError) as refused:
        read_merged_mining(block, CHAIN)
    return refused.value.fault


def test_a_proof_leads_to_the_parent() -> None:
    for siblings in ((), (b"\x01" * 32,), (b"\x01" * 32, b"\x02" * 32, b"\x03" * 32)):
        block = CHILD + proof(siblings=siblings) + b"body"
        found = read_merged_mining(block, CHAIN)
        assert block[found.end :] == b"body"
        assert found.parent_header == block[found.end - 80 : found.end]


def test_a_mark_may_be_left_out_near_the_beginning() -> None:
    assert read_merged_mining(CHILD + proof(mark=b""), CHAIN).parent_header
    assert fault(CHILD + proof(mark=b"\x01" * 17)) is MergedMiningFault.ROOT


def test_every_broken_link_is_found() -> None:
    assert fault(header(CHAIN << 16 | 0x102, bytes(32), b"\x08" * 32) + proof()) is MergedMiningFault.ROOT
    assert fault(CHILD + proof(siblings=(b"\x01" * 32,) * 2, index=(place(5, 4) + 1) % 4)) is MergedMiningFault.ROOT
    assert fault(CHILD + proof(mark=MARK + MARK)) is MergedMiningFault.ROOT
    assert fault(CHILD + proof(parent_chain=CHAIN)) is MergedMiningFault.PARENT
    whole = CHILD + proof()
    forged = whole[:-44] + bytes([whole[-44] ^ 1]) + whole[-43:]
    assert fault(forged) is MergedMiningFault.PARENT


def test_a_proof_cut_at_any_byte_is_cut() -> None:
    whole = CHILD + proof(siblings=(b"\x01" * 32,))
    assert {fault(whole[:end]) for end in range(80, len(whole))} == {MergedMiningFault.CUT}


def test_a_branch_without_end_is_cut() -> None:
    coinbase = transaction([(bytes(32), 0xFFFFFFFF)], [output(1)])
    assert fault(CHILD + coinbase + bytes(32) + b"\xfd\xff\xff" + bytes(100_000)) is MergedMiningFault.CUT


def test_the_parent_does_the_work() -> None:
    network = dogecoin.REGTEST
    whole = CHILD + proof()
    assert meets_target(whole[-80:], target_of(EASY_BITS), network) == _is_accepted(whole)
    hard = header(CHAIN << 16 | 0x102, bytes(32), b"\x07" * 32)[:72] + struct.pack("<II", 0x1B00FFFF, 0)
    assert not _is_accepted(hard + whole[80:])


def _is_accepted(block: bytes) -> bool:
    try:
        read_header(block, dogecoin.REGTEST)
    except HeaderError:
        return False
    return True
