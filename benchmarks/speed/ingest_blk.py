"""How fast do block files become columns? Two real blocks, a hundred times, in one file.

Times are the best of several runs, ours and the peer's: what else the machine does only ever adds.
"""

import hashlib
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks.measuring import peak_bytes
from qiyafa.chains import bitcoin
from qiyafa.chains.outputs.address_columns import address_rules, owners_of
from qiyafa.chains.outputs.block_columns import BlockColumns, columns_of, merkle_roots
from qiyafa.chains.outputs.block_layout import HEADER_BYTES, MOST_BLOCK_BYTES, BlockBytes, shapes_of
from qiyafa.chains.readers.bitcoin_blk.batches import BATCH_BYTES
from qiyafa.chains.readers.bitcoin_blk.block_tables import tables_of
from qiyafa.chains.readers.bitcoin_blk.decoding import BlockBatch, decode_blocks
from qiyafa.chains.readers.bitcoin_blk.files import open_block_file
from qiyafa.chains.readers.bitcoin_blk.framing import Frame, Framing, frames
from qiyafa.chains.readers.output_tables import OutputTables
from qiyafa.chains.readers.reading import FileProblems

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
BLOCKS = ("block625007.raw", "block722010.raw")
REPEATS = 100
RUNS = 5
PEER_BLOCKS = 4
"""The peer reads so many blocks; its time is stated for the whole file, in proportion to the bytes."""

NETWORK = bitcoin.MAIN
Row = dict[str, Any]


def best_seconds(work: Callable[[], object], runs: int = RUNS) -> float:
    """Return the time of the quickest of some runs."""
    took = []
    for _ in range(runs):
        begin = time.perf_counter()
        work()
        took.append(time.perf_counter() - begin)
    return min(took)


def row(name: str, ours: float, peer: str, theirs: float, size: int) -> Row:
    """Return one row of the result, and print it for people."""
    found = {
        "name": name,
        "seconds": ours,
        "peer": peer,
        "peer_seconds": theirs,
        "ratio": theirs / ours,
        "mb_per_second": size / 1e6 / ours,
    }
    print(
        f"{name:32} {ours:9.4f} s {found['mb_per_second']:8.0f} MB/s   {peer:40} {theirs:9.3f} s"
        f" {found['ratio']:8.2f} x",
        file=sys.stderr,
    )
    return found


def write_block_file(path: Path) -> int:
    """Write the real blocks over and over as a file of a node; return its size."""
    blocks = [(DATA / "bitcoin" / name).read_bytes() for name in BLOCKS]
    with path.open("wb") as file:
        for _ in range(REPEATS):
            for block in blocks:
                file.write(NETWORK.magic + len(block).to_bytes(4, "little") + block)
    return path.stat().st_size


def batches(path: Path) -> Iterator[BlockBytes]:
    """Yield the blocks of a file as the reader does: found by their frames, some megabytes at a time."""
    file = open_block_file(path, NETWORK, ())
    framing = Framing(NETWORK.magic, least=HEADER_BYTES + 1, most=MOST_BLOCK_BYTES)
    with file.opened() as opened:
        waiting: list[Frame] = []

        def taken() -> BlockBytes:
            start = waiting[0].at
            data = np.frombuffer(opened.read(start, waiting[-1].at + waiting[-1].size - start), np.uint8)
            starts = np.array([frame.at - start for frame in waiting])
            sizes = np.array([frame.size for frame in waiting])
            return BlockBytes(data, starts, starts + HEADER_BYTES, starts + sizes)

        for frame in frames(opened, framing, FileProblems(str(path))):
            if waiting and frame.at + frame.size - waiting[0].at > BATCH_BYTES:
                yield taken()
                waiting = []
            waiting.append(frame)
        yield taken()


def columns(path: Path, *, with_roots: bool = False, with_owners: bool = False) -> int:
    """Read a file of blocks to columns; return how many transactions it has."""
    transactions = 0
    rules = address_rules(NETWORK.versions)
    for blocks in batches(path):
        shapes = shapes_of(blocks, NETWORK.most_units, has_extensions=False)
        found: BlockColumns = columns_of(blocks, shapes)
        transactions += len(found.transactions.block)
        if with_roots:
            merkle_roots(found)
        if with_owners:
            owners_of(blocks.data, found.outputs.script_start, found.outputs.script_size, rules)
    return transactions


def parquet(path: Path) -> None:
    """Read a file of blocks to the reader's Parquet files, every check included."""
    with tempfile.TemporaryDirectory() as folder, OutputTables(Path(folder)) as tables:
        for blocks in batches(path):
            heights = np.full(len(blocks.starts), 722_010)
            decoded, faults = decode_blocks(BlockBatch(blocks, heights, (None,) * len(heights)), NETWORK)
            assert not faults
            for name, rows in tables_of(decoded).items():
                tables.add(name, rows)


def peer_columns(path: Path, *, with_addresses: bool = False) -> int:
    """Read the first blocks with python-bitcoin-blockchain-parser: values and ids; return how many transactions."""
    from blockchain_parser.block import Block
    from blockchain_parser.blockchain import get_blocks

    transactions = 0
    for number, raw in enumerate(get_blocks(str(path))):
        if number == PEER_BLOCKS:
            break
        for transaction in Block(raw).transactions:
            transactions += bool(transaction.txid)
            for output in transaction.outputs:
                assert output.value >= 0
                if with_addresses:
                    list(output.addresses)
    return transactions


def hashing_seconds(path: Path) -> float:
    """Return the time of one SHA-256 over the bytes of a file that are already in memory."""
    content = path.read_bytes()
    return best_seconds(lambda: hashlib.sha256(content))


def blk() -> list[Row]:
    """A node's block file of 277 MB: to columns with transaction ids, the merkle check apart, and further."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "blk00000.dat"
        size = write_block_file(path)
        counted = columns(path, with_roots=True, with_owners=True)
        assert counted == peer_columns(path) * REPEATS * len(BLOCKS) // PEER_BLOCKS
        scale = REPEATS * len(BLOCKS) / PEER_BLOCKS
        parser = "python-bitcoin-blockchain-parser"
        values = best_seconds(lambda: peer_columns(path), 3) * scale
        with_addresses = best_seconds(lambda: peer_columns(path, with_addresses=True), 1) * scale
        hashing = hashing_seconds(path)
        ours = best_seconds(lambda: columns(path))
        roots = best_seconds(lambda: columns(path, with_roots=True))
        owners = best_seconds(lambda: columns(path, with_owners=True))
        rows = [
            row("blk columns", ours, f"{parser}, values and ids", values, size),
            row("blk columns", ours, "one SHA-256 over the same bytes", hashing, size),
            row("blk columns, merkle check", roots, f"{parser}, values and ids", values, size),
            row("blk columns, merkle check", roots, "one SHA-256 over the same bytes", hashing, size),
            row("blk columns, addresses", owners, f"{parser}, with addresses", with_addresses, size),
            row("blk columns, addresses", owners, "one SHA-256 over the same bytes", hashing, size),
        ]
        parquet(path)
        written = best_seconds(lambda: parquet(path), 2)
        rows.append(row("blk to Parquet, every check", written, f"{parser}, with addresses", with_addresses, size))
        rows[-1]["peak_mib"] = peak_bytes(lambda: parquet(path)) / 2**20
        rows[-1]["transactions"] = counted
    return rows
