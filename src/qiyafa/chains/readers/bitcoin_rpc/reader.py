"""From a node of the Bitcoin family to raw outputs: whole ranges of blocks, each checked as those in files are.

A block that fails a check, or does not follow the one before it, ends the reading: a chain has no holes, and a node
that lies about one block is not to be believed about the next.
"""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np

from qiyafa.chains import find_network
from qiyafa.chains.chain import Chain
from qiyafa.chains.outputs.block_layout import BlockBytes
from qiyafa.chains.outputs.headers import NO_HEIGHT, Header, HeaderError, read_header
from qiyafa.chains.outputs.network import Network
from qiyafa.chains.readers.bitcoin_blk.block_tables import tables_of
from qiyafa.chains.readers.bitcoin_blk.decoding import BlockBatch, DecodedBlocks, decode_blocks
from qiyafa.chains.readers.bitcoin_blk.undo import PlainUndo
from qiyafa.chains.readers.bitcoin_rpc.node import HASHES_TOGETHER, CoreNode, RawBlock
from qiyafa.chains.readers.output_tables import OutputTables
from qiyafa.chains.readers.reading import FileProblems, OutputsReading
from qiyafa.chains.readers.source_file import writing
from qiyafa.model.errors import Conflict, Unavailable
from qiyafa.model.ledger import BlockCoverage
from qiyafa.model.ports import Progress, silent
from qiyafa.model.raw import RawOutputs, SourceFile

READER: Final = "bitcoin-rpc/1"
"""Goes into the manifest; the number changes when the same blocks would give other rows."""

_BATCH_BYTES = 16 << 20
"""So many bytes of blocks are decoded together."""


def require_chain(node: CoreNode, chain: Chain) -> None:
    """Require a node to be of a chain. Raises Conflict."""
    found = node.chain()
    if found != chain.caip2:
        raise Conflict("core_node.error.other_chain", url=node.shown_url, found=found, wanted=chain.caip2)


def read_core_blocks(
    node: CoreNode,
    first: int,
    last: int,
    chain: Chain,
    scratch: Path,
    progress: Progress = silent,
    *,
    with_spent: bool = True,
) -> OutputsReading:
    """Read a range of blocks, both ends included, and write their rows into a folder that the caller removes.

    `with_spent` also asks for the outputs that each block spends, where the node offers them: then its sums are
    checked, and its inputs have values even if the ledger lacks the blocks below. Raises Unavailable for a node that
    fails or lies, Conflict for one of another chain or whose chain changes meanwhile, NotFound for a block that it has
    not got. Then nothing of the range may be stored.
    """
    require_chain(node, chain)
    network = find_network(chain.caip2)
    problems = FileProblems(node.shown_url)
    hashes: list[str] = []
    claiming_less = 0
    with writing(scratch), OutputTables(scratch) as tables:
        for blocks in _linked_blocks(node, first, last):
            decoded = _decoded(node, blocks, network, with_spent=with_spent)
            for name, rows in tables_of(decoded).items():
                tables.add(name, rows)
            claiming_less += decoded.claiming_less
            hashes += [block.hash for block in blocks]
            progress("core_node.stage.blocks", len(hashes), last - first + 1)
    problems.summarize("chains_outputs.problem.claims_less", claiming_less, left_out=False)
    digest = hashlib.sha256("".join(hashes).encode("ascii")).hexdigest()
    raw = RawOutputs(
        chain=chain.caip2,
        transaction_files=(tables.path("transactions"),),
        input_files=(tables.path("inputs"),),
        output_files=(tables.path("outputs"),),
        sources=(SourceFile(f"blocks {first}-{last}", digest, len(hashes), 0, READER, "blocks"),),
        block_coverage=(BlockCoverage(first, last),),
        block_files=(tables.path("blocks"),),
    )
    return OutputsReading(raw, tuple(problems.kept), problems.problem_count)


def _linked_blocks(node: CoreNode, first: int, last: int) -> Iterator[list[RawBlock]]:
    """Yield the blocks of a range, some megabytes at a time, each following the one before."""
    waiting: list[RawBlock] = []
    size, parent = 0, ""
    for begin in range(first, last + 1, HASHES_TOGETHER):
        hashes = node.block_hashes(begin, min(begin + HASHES_TOGETHER - 1, last))
        for number, hash_ in enumerate(hashes, begin):
            if hash_ is None:
                raise Conflict("core_node.error.shorter", url=node.shown_url, block=number)
            block = node.raw_block(number, hash_)
            if parent and block.parent_hash != parent:
                raise Conflict("core_node.error.unlinked", url=node.shown_url, block=number)
            parent = hash_
            waiting.append(block)
            size += len(block.content)
            if size >= _BATCH_BYTES:
                yield waiting
                waiting, size = [], 0
    if waiting:
        yield waiting


def _decoded(node: CoreNode, blocks: list[RawBlock], network: Network, *, with_spent: bool) -> DecodedBlocks:
    """Return blocks as checked columns. Raises Unavailable if one fails a check."""
    headers = [_checked_header(node, block, network) for block in blocks]
    ends = np.cumsum([len(block.content) for block in blocks])
    starts = ends - [len(block.content) for block in blocks]
    data = np.frombuffer(b"".join(block.content for block in blocks), np.uint8)
    spent = [
        # A coinbase alone spends nothing.
        node.spent_by(block) if with_spent and header.transaction_count > 1 else None
        for block, header in zip(blocks, headers, strict=True)
    ]
    batch = BlockBatch(
        BlockBytes(data, starts, starts + np.array([header.body for header in headers]), ends),
        np.array([block.number for block in blocks]),
        tuple(None if one is None else PlainUndo(node.shown_url, one) for one in spent),
    )
    decoded, faults = decode_blocks(batch, network)
    for fault in faults:
        raise _bad_block(node, blocks[int(np.searchsorted(ends, fault.start, side="right"))], fault.key)
    return decoded


def _checked_header(node: CoreNode, block: RawBlock, network: Network) -> Header:
    """Return the header of a block. Raises Unavailable if it fails a check."""
    try:
        header = read_header(block.content, network)
    except HeaderError as error:
        raise _bad_block(node, block, error.key) from error
    if block.number >= network.heights_from and header.stated_height not in (NO_HEIGHT, block.number):
        raise _bad_block(node, block, "chains_outputs.fate.contradicting")
    return header


def _bad_block(node: CoreNode, block: RawBlock, fault: str) -> Unavailable:
    """Return the error for a block that fails a check; the last word of the check's own sentence key names it."""
    name = fault.rpartition(".")[2].replace("_", " ")
    return Unavailable("core_node.error.bad_block", url=node.shown_url, block=block.number, hash=block.hash, fault=name)
