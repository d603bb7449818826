"""Blocks of Bitcoin's regtest network made by hand: every byte by the protocol's own words, mined in a few tries."""

import hashlib
import struct
from collections.abc import Iterable, Sequence
from pathlib import Path

from qiyafa.chains import bitcoin

NETWORK = bitcoin.REGTEST
SUBSIDY = 50 * 10**8
EASY_BITS = 0x207FFFFF
P2PKH = bytes.fromhex("76a914" + "11" * 20 + "88ac")
SEGWIT = bytes.fromhex("0014" + "22" * 20)

_SATOSHI_KEY = (
    "04678afdb0fe5548271967f1a67130b7105cd6a828e03909a67962e0ea1f61deb649f6bc3f4cef38c4f35504e51ec112de5c384df7ba0b8d57"
    "8a4c702b6bf11d5f"
)
_HEADLINE = b"The Times 03/Jan/2009 Chancellor on brink of second bailout for banks"

Spend = tuple[bytes, int]
"""Transaction id as it is hashed, and the index of its output."""


def sha256d(data: bytes) -> bytes:
    return hashlib.sha256(hashlib.sha256(data).digest()).digest()


def compact(number: int) -> bytes:
    if number < 0xFD:
        return bytes([number])
    width, mark = next((width, mark) for width, mark in ((2, 0xFD), (4, 0xFE), (8, 0xFF)) if number < 1 << 8 * width)
    return bytes([mark]) + number.to_bytes(width, "little")


def output(units: int, script: bytes = P2PKH) -> bytes:
    return struct.pack("<q", units) + compact(len(script)) + script


def transaction(
    spends: Sequence[Spend], outputs: Sequence[bytes], *, script: bytes = b"", witnesses: Sequence[Sequence[bytes]] = ()
) -> bytes:
    inputs = b"".join(
        spent + struct.pack("<I", index) + compact(len(script)) + script + b"\xff" * 4 for spent, index in spends
    )
    parts = [struct.pack("<i", 2), b"\x00\x01" if witnesses else b"", compact(len(spends)), inputs]
    parts += [compact(len(outputs)), *outputs]
    for items in witnesses:
        parts += [compact(len(items)), *(compact(len(item)) + item for item in items)]
    return b"".join([*parts, bytes(4)])


def transaction_id(raw: bytes) -> bytes:
    """Return the id of a transaction without witnesses."""
    return sha256d(raw)


def coinbase(height: int, units: int = SUBSIDY, script: bytes = P2PKH) -> bytes:
    stated = bytes([0x50 + height]) if 0 < height <= 16 else b"\x00" if height == 0 else _pushed(height)
    return transaction([(bytes(32), 0xFFFFFFFF)], [output(units, script)], script=stated + b"made")


def merkle_root(ids: Iterable[bytes]) -> bytes:
    level = list(ids)
    while len(level) > 1:
        level += level[-1:] * (len(level) % 2)
        level = [sha256d(level[i] + level[i + 1]) for i in range(0, len(level), 2)]
    return level[0]


def block(
    parent: bytes, transactions: Sequence[bytes], *, ids: Sequence[bytes] = (), time: int = 1296688602, version: int = 4
) -> bytes:
    """Return a mined block; `ids` where transactions have witnesses."""
    root = merkle_root(ids or [transaction_id(one) for one in transactions])
    for nonce in range(1 << 32):
        header = struct.pack("<i", version) + parent + root + struct.pack("<III", time, EASY_BITS, nonce)
        if sha256d(header)[-1] < 0x7F:
            return header + compact(len(transactions)) + b"".join(transactions)
    raise AssertionError


def block_hash(raw: bytes) -> bytes:
    return sha256d(raw[:80])


def genesis() -> bytes:
    """Return the first block of regtest."""
    script = bytes.fromhex("04ffff001d0104") + bytes([len(_HEADLINE)]) + _HEADLINE
    paid = output(SUBSIDY, b"\x41" + bytes.fromhex(_SATOSHI_KEY) + b"\xac")
    reward = struct.pack("<i", 1) + transaction([(bytes(32), 0xFFFFFFFF)], [paid], script=script)[4:]
    header = struct.pack("<i", 1) + bytes(32) + sha256d(reward) + struct.pack("<III", 1296688602, EASY_BITS, 2)
    return header + b"\x01" + reward


def chain(length: int, below: Sequence[bytes] = (), *, extra: int = 0) -> list[bytes]:
    """Return blocks on top of others, the genesis block first where there are none; `extra` makes other hashes."""
    blocks = list(below) or [genesis()]
    while len(blocks) < length:
        height = len(blocks)
        blocks.append(block(block_hash(blocks[-1]), [coinbase(height)], time=1296688602 + 600 * height + extra))
    return blocks[len(below) :]


def framed(blocks: Iterable[bytes], magic: bytes = NETWORK.magic) -> bytes:
    return b"".join(magic + struct.pack("<I", len(one)) + one for one in blocks)


def write_blocks(path: Path, blocks: Iterable[bytes]) -> Path:
    path.write_bytes(framed(blocks))
    return path


def _pushed(height: int) -> bytes:
    digits = height.to_bytes(height.bit_length() // 8 + 1, "little")
    return bytes([len(digits)]) + digits
