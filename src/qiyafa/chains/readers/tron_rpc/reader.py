"""From ranges of blocks of a TRON node to raw transfers: the Transfer events of TRC-20 tokens.

What moves natively, what it costs and what contracts pay inside a call is not in the logs; a ledger that rests on them
alone lacks it, and says so. Addresses come as 20 bytes in hexadecimal and become `T…`.
"""

import hashlib
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Final

from qiyafa.chains.chain import Chain
from qiyafa.chains.node import Call, JsonRpcNode
from qiyafa.chains.readers.raw_columns import write_block_rows, write_raw_rows
from qiyafa.chains.readers.reading import FileProblems, Reading
from qiyafa.chains.readers.source_file import writing
from qiyafa.chains.readers.tron_rpc.answers import (
    TRANSFER_TOPIC,
    Block,
    Log,
    RefusedError,
    ask,
    ask_quantity,
    quantity,
    seconds,
    word,
)
from qiyafa.chains.readers.tron_rpc.events import Events
from qiyafa.model.errors import Conflict, Unavailable
from qiyafa.model.ledger import BlockCoverage
from qiyafa.model.ports import Progress, silent
from qiyafa.model.raw import RawTransfers, SourceFile

READER: Final = "tron-rpc/1"
"""Goes into the manifest; the number changes when the same blocks would give other transfers."""

_BLOCK, _LOGS = "eth_getBlockByNumber", "eth_getLogs"
_BLOCKS_TOGETHER = 100

Row = dict[str, object]


def chain_of_node(node: JsonRpcNode) -> str:
    """Return the CAIP-2 identifier of a node's network. Raises Unavailable if it does not say."""
    return f"tron:{_told(node, 'eth_chainId')}"


def head_of_node(node: JsonRpcNode) -> int:
    """Return the number of a node's last block. Raises Unavailable if it does not say."""
    return _told(node, "eth_blockNumber")


def read_tron_blocks(
    node: JsonRpcNode, first: int, last: int, chain: Chain, scratch: Path, progress: Progress = silent
) -> Reading:
    """Read a range of blocks, both ends included, and write it as Parquet into a folder that the caller removes.

    Raises Unavailable or Conflict if the node does not answer all of it, or contradicts itself: then nothing is read.
    """
    found = chain_of_node(node)
    if found != chain.caip2:
        raise Conflict("tron.error.other_chain", url=node.shown_url, found=found, wanted=chain.caip2)
    run = _Run(node, Events(node, chain))
    begin, step = first, _BLOCKS_TOGETHER
    while begin <= last:
        end = min(begin + step - 1, last)
        try:
            run.read(begin, end)
        except RefusedError as refused:
            if step == 1:
                raise Unavailable(
                    "nodes.error.refused", url=node.shown_url, method=_LOGS, message=str(refused)
                ) from refused
            # Nodes limit how much one answer may hold, each by its own measure.
            step = max(1, step // 4)
            continue
        begin = end + 1
        progress("tron.stage.blocks", begin - first, last - first + 1)
    return run.reading(BlockCoverage(first, last), chain, scratch)


@dataclass(slots=True)
class _Run:
    node: JsonRpcNode
    events: Events
    blocks: list[Row] = field(default_factory=list)
    transfers: list[Row] = field(default_factory=list)

    def read(self, first: int, last: int) -> None:
        """Take some blocks whole. Raises RefusedError before it has taken any."""
        numbers = range(first, last + 1)
        told = ask(self.node, [Call(_BLOCK, (hex(number), False)) for number in numbers], Block)
        wanted = {"fromBlock": hex(first), "toBlock": hex(last), "topics": ["0x" + TRANSFER_TOPIC]}
        [logs] = ask(self.node, [Call(_LOGS, (wanted,))], list[Log])
        blocks = [_block_row(self.node, number, block) for number, block in zip(numbers, told, strict=True)]
        for before, after in pairwise([*self.blocks[-1:], *blocks]):
            if before["hash"] != after["parent_hash"]:
                raise Conflict("tron.error.unlinked", url=self.node.shown_url, block=str(after["number"]))
        self.transfers += self.events.transfers(logs, {str(block["hash"]): block for block in blocks})
        self.blocks += blocks

    def reading(self, span: BlockCoverage, chain: Chain, scratch: Path) -> Reading:
        """Write what was taken into the scratch folder and return it as the reading of a span of blocks."""
        transfers, blocks = scratch / "tron-transfers.parquet", scratch / "tron-blocks.parquet"
        with writing(scratch):
            write_raw_rows(self.transfers, transfers)
            write_block_rows(self.blocks, blocks)
        problems = FileProblems(self.node.shown_url)
        problems.summarize("chains.problem.single_tokens", self.events.single, left_out=True)
        problems.summarize("chains.problem.odd_tokens", self.events.odd, left_out=True)
        # A node has no file to hash: the hashes of its blocks stand for what it said.
        digest = hashlib.sha256("".join(str(block["hash"]) for block in self.blocks).encode()).hexdigest()
        name = f"blocks {span.first_block}-{span.last_block}"
        source = SourceFile(name, digest, len(self.transfers), problems.rows_left_out, READER, "logs")
        raw = RawTransfers(
            chain=chain.caip2,
            parquet_files=(str(transfers),),
            sources=(source,),
            provides=frozenset({"tokens"}),
            block_coverage=(span,),
            block_files=(str(blocks),),
        )
        return Reading(raw, tuple(problems.kept), problems.problem_count)


def _block_row(node: JsonRpcNode, number: int, block: Block) -> Row:
    if quantity(node, _BLOCK, block.number) != number:
        raise Unavailable("tron.error.other_block", url=node.shown_url, block=number, value=block.number)
    return {
        "number": number,
        "hash": word(node, _BLOCK, block.hash),
        "parent_hash": word(node, _BLOCK, block.parentHash),
        "timestamp": seconds(node, _BLOCK, block.timestamp),
        "transaction_count": len(block.transactions),
    }


def _told(node: JsonRpcNode, method: str) -> int:
    try:
        return ask_quantity(node, method)
    except RefusedError as refused:
        raise Unavailable("nodes.error.refused", url=node.shown_url, method=method, message=str(refused)) from refused
