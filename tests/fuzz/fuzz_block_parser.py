"""Fuzz the block parser: any bytes are a block, or a fault with its place; never a crash, a hang or much memory.

    python tests/fuzz/fuzz_block_parser.py -runs=1000000 -rss_limit_mb=512 -timeout=10

Compiled loops check every index here (NUMBA_BOUNDSCHECK), so that reading beside an array is an error and no luck.
Inputs are mutations of real forms: blocks with witnesses, extensions and merged mining, files of a node, undo data.
"""

import io
import os
import random
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

os.environ["NUMBA_BOUNDSCHECK"] = "1"
# Apart from the usual folder: code with checks must not be taken for code without.
os.environ["NUMBA_CACHE_DIR"] = str(Path(tempfile.gettempdir()) / "qiyafa-fuzz-kernels")
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import atheris
import numpy as np
from tests.support.made_blocks import (
    NETWORK,
    SEGWIT,
    block,
    block_hash,
    chain,
    coinbase,
    compact,
    framed,
    output,
    transaction,
    transaction_id,
)

from qiyafa.chains import dogecoin, litecoin
from qiyafa.chains.outputs.block_columns import columns_of, merkle_roots
from qiyafa.chains.outputs.block_layout import HEADER_BYTES, BlockBytes, Shapes, fault_of, shapes_of
from qiyafa.chains.outputs.extension_block import is_extension_block
from qiyafa.chains.outputs.headers import HeaderError, read_header
from qiyafa.chains.outputs.merged_mining import MergedMiningError, read_merged_mining
from qiyafa.chains.outputs.network import Network
from qiyafa.chains.outputs.undo_columns import UndoFaultError, core_spent_outputs
from qiyafa.chains.readers.bitcoin_blk.block_tables import tables_of
from qiyafa.chains.readers.bitcoin_blk.decoding import BlockBatch, decode_blocks
from qiyafa.chains.readers.bitcoin_blk.files import BlockFile, OpenedFile
from qiyafa.chains.readers.bitcoin_blk.framing import Framing, frames
from qiyafa.chains.readers.bitcoin_blk.undo import CoreUndo, PlainUndo, Undo
from qiyafa.chains.readers.reading import FileProblems

NUMBERS = [0, 1, 0xFC, 0xFD, 0xFFFF, 0x10000, 0x7FFFFFFF, 0xFFFFFFFF, 2**63 - 1, 2**63, 2**64 - 1]
TABLES_EVERY = 64
"""Rows as Arrow tables cost most and have the least to do with the bytes: they are made for some inputs only."""

_count = 0


def seeds() -> list[bytes]:
    """Return inputs of every form: a byte that says what is done with the rest, then the rest."""
    below = chain(3)
    spends = [(transaction_id(coinbase(1)), 0), (b"\x07" * 32, 2)]
    plain = transaction(spends, [output(5), output(6, SEGWIT)], script=b"\x51" * 3)
    witnessed = transaction(spends, [output(5), output(7, b"\x51\x20" + b"\x01" * 32)], witnesses=[[b"a" * 70], [b""]])
    marked = plain[:4] + b"\x00\x08" + plain[4:-4] + b"\x00" + plain[-4:]
    extension = b"\x01\x03" + bytes(160) + b"\x05\x06"
    good = block(block_hash(below[-1]), [coinbase(3), plain])
    merged = good[:80] + coinbase(9) + bytes(32) + compact(1) + bytes(36) + compact(0) + bytes(4) + bytes(80)
    undo = b"\x01\x02\x02\x00\x32\x00" + b"\x11" * 20 + b"\x00\x05\x02" + b"\x02" * 32
    plain_undo = (bytes([9]) + bytes(7) + b"\x01\x51") * 2
    return [
        b"\x00" + good,
        b"\x00" + good[:80] + compact(3) + coinbase(3) + plain + witnessed,
        b"\x01" + good[:80] + compact(2) + coinbase(3) + marked + extension,
        b"\x02" + framed([*below, good]),
        b"\x03" + undo,
        b"\x04" + bytes([len(undo)]) + undo + good,
        b"\x04" + bytes([len(plain_undo)]) + plain_undo + good,
        b"\x05" + merged + good[80:],
    ]


SEEDS = seeds()


def parse_block(body: bytes, network: Network = NETWORK) -> None:
    """Read bytes as a block, and decode it if it is one, whatever its header says."""
    blocks = alone(body.ljust(HEADER_BYTES, b"\0"))
    shapes = shapes_of(blocks, network.most_units, has_extensions=network.has_extension_blocks)
    end = int(shapes.ends[0])
    if end < 0:
        _, at = fault_of(end)
        assert 0 <= at <= len(blocks.data) + 64
        return
    is_extension_block(blocks.data[end:].tobytes(), 3)
    decode(committed(blocks, shapes), None, network)


def alone(block: bytes) -> BlockBytes:
    """Return one block."""
    places = (np.array([0]), np.array([HEADER_BYTES]), np.array([len(block)]))
    return BlockBytes(np.frombuffer(block, np.uint8), *places)


def committed(blocks: BlockBytes, shapes: Shapes) -> BlockBytes:
    """Return a block with a header that commits to its transactions."""
    roots, _ = merkle_roots(columns_of(blocks, shapes))
    block = blocks.data.tobytes()
    return alone(block[:36] + roots.tobytes() + block[68:])


def decode(blocks: BlockBytes, undo: Undo | None, network: Network = NETWORK) -> None:
    """Decode a block with every check, and sometimes to the last row."""
    global _count
    _count += 1
    decoded, faults = decode_blocks(BlockBatch(blocks, np.array([3]), (undo,)), network)
    assert len(decoded.heights) + sum(not fault.undo_source for fault in faults) == 1
    if _count % TABLES_EVERY == 1:
        tables_of(decoded)


def parse_file(content: bytes) -> None:
    """Find blocks in the bytes of a node's file, and read their headers."""
    problems = FileProblems("fuzz")
    opened = OpenedFile(BlockFile(Path("fuzz"), len(content)), io.BytesIO(content))
    for frame in frames(opened, Framing(NETWORK.magic, least=81, most=1_000_000), problems):
        raw = opened.read(frame.at, frame.size)
        with suppress(HeaderError):
            assert read_header(raw, NETWORK).body == HEADER_BYTES
            parse_block(raw)


def parse_undo(content: bytes) -> None:
    """Read bytes as undo data of two inputs, and of the inputs of a block."""
    with suppress(UndoFaultError):
        core_spent_outputs(np.frombuffer(content, np.uint8), np.array([2]), NETWORK.most_units, may_go_on=True)


def parse_block_with_undo(content: bytes) -> None:
    """Read undo data, its length before it, and a block. An odd length means Core's form."""
    size = content[0] if content else 0
    undo, blocks = content[1 : 1 + size], alone(content[1 + size :].ljust(HEADER_BYTES, b"\0"))
    shapes = shapes_of(blocks, NETWORK.most_units, has_extensions=False)
    if shapes.ends[0] >= 0:
        decode(committed(blocks, shapes), (CoreUndo if size % 2 else PlainUndo)("undo", undo))


def parse_merged(content: bytes) -> None:
    """Read bytes as a block that is mined with others."""
    content = content.ljust(HEADER_BYTES, b"\0")
    with suppress(MergedMiningError):
        assert read_merged_mining(content, dogecoin.MAIN.auxiliary_chain).end <= len(content)


FORMS = (
    parse_block,
    lambda content: parse_block(content, litecoin.REGTEST),
    parse_file,
    parse_undo,
    parse_block_with_undo,
    parse_merged,
)


def test_one_input(data: bytes) -> None:
    """Read one input by the form that its first byte names."""
    if data:
        FORMS[data[0] % len(FORMS)](data[1:])


def mutate(data: bytes, max_size: int, seed: int) -> bytes:
    """Change a seed as blocks go wrong: numbers that lie, parts cut or repeated, any bytes at all.

    Compiled loops give no coverage that would make a corpus grow, so each input begins with a seed again.
    """
    chance = random.Random(seed)
    content = bytearray(chance.choice(SEEDS))
    for _ in range(chance.randint(1, 3)):
        at, size = chance.randrange(len(content)), chance.randint(1, 40)
        number = chance.choice(NUMBERS)
        choice = chance.randrange(6)
        if choice == 0:
            content[at] = chance.randrange(256)
        elif choice == 1:
            content[at : at + 9] = compact(number) if number < 2**64 else b""
        elif choice == 2:
            content[at : at + 8] = number.to_bytes(8, "little")
        elif choice == 3:
            del content[at : at + size]
        elif choice == 4:
            content[at:at] = content[at : at + size]
        else:
            content = bytearray(atheris.Mutate(bytes(content), max(len(content), 1)))
        content = content or bytearray(b"\0")
    return bytes(content[:max_size])


def main() -> None:
    """Fuzz, once everything is compiled."""
    for seed in SEEDS:
        test_one_input(seed)
    assert _count, "no seed is a block"
    atheris.Setup(sys.argv, test_one_input, custom_mutator=mutate)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
