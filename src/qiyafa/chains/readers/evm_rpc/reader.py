"""From a node to raw transfers: whole ranges of blocks, each checked before anything of it is written."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

from qiyafa.chains.chain import Chain
from qiyafa.chains.ethereum import NAMESPACE, EvmRules, evm_rules
from qiyafa.chains.json_scan import OBJECT
from qiyafa.chains.readers.evm_rpc.answers import BlockAnswers, Tracing
from qiyafa.chains.readers.evm_rpc.decode import Decoded, EvmSource, checked_blocks
from qiyafa.chains.readers.evm_rpc.evm_node import EvmNode
from qiyafa.chains.readers.evm_rpc.headers import Header
from qiyafa.chains.readers.raw_columns import ARROW_SCHEMA, BLOCKS_SCHEMA
from qiyafa.chains.readers.reading import FileProblems, Reading
from qiyafa.chains.readers.source_file import writing
from qiyafa.model.errors import Conflict, Unavailable
from qiyafa.model.ledger import BlockCoverage
from qiyafa.model.ports import Progress, silent
from qiyafa.model.raw import RawTransfers, SourceFile

READER: Final = "evm-rpc/1"
"""Goes into the manifest; the number changes when the same blocks would give other transfers."""

BLOCKS_AT_ONCE: Final = 16
"""So many blocks are asked for, checked and decoded together."""


def read_evm_blocks(
    node: EvmNode, first: int, last: int, chain: Chain, scratch: Path, progress: Progress = silent
) -> Reading:
    """Read a range of blocks, both ends included, and write them as Parquet into a folder that the caller removes.

    Raises Unavailable for a node that fails, lies or contradicts itself, and Conflict for one of another chain. Then
    nothing of the range may be stored.
    """
    path, blocks_path = scratch / f"transfers-{first:012}.parquet", scratch / f"blocks-{first:012}.parquet"
    counted = _Counted(FileProblems(node.rpc.shown_url))
    with writing(scratch), pq.ParquetWriter(path, ARROW_SCHEMA) as writer:
        for decoded in decoded_spans(node, first, last, chain):
            writer.write_table(decoded.transfers)
            counted.add(decoded)
            progress("nodes.stage.blocks", len(counted.blocks), last - first + 1)
        pq.write_table(blocks_table(counted.blocks), blocks_path)
    provides = counted.provides(node.tracing(last))
    counted.summarize(node)
    digest = hashlib.sha256("".join(block.hash for block in counted.blocks).encode("ascii")).hexdigest()
    source = SourceFile(
        name=f"blocks {first}-{last}",
        sha256=digest,
        rows=counted.rows,
        problems=counted.problems.rows_left_out,
        reader=READER,
        table="blocks",
    )
    raw = RawTransfers(
        chain=chain.caip2,
        parquet_files=(str(path),),
        sources=(source,),
        provides=provides,
        block_coverage=(BlockCoverage(first, last),),
        block_files=(str(blocks_path),),
    )
    return Reading(raw, tuple(counted.problems.kept), counted.problems.problem_count)


def decoded_spans(node: EvmNode, first: int, last: int, chain: Chain) -> Iterator[Decoded]:
    """Yield a range of blocks in pieces, each following the one before. Raises as `read_evm_blocks`."""
    require_chain(node, chain)
    before: Header | None = None
    for start in range(first, last + 1, BLOCKS_AT_ONCE):
        decoded = decode_span(node, start, min(last, start + BLOCKS_AT_ONCE - 1), chain)
        if before is not None:
            require_parent(decoded.blocks[0], before.hash)
        before = decoded.blocks[-1]
        yield decoded


def decode_span(node: EvmNode, first: int, last: int, chain: Chain) -> Decoded:
    """Return a few blocks, checked: at most BLOCKS_AT_ONCE, or as many as fit into memory. Raises Unavailable."""
    rules = evm_rules(chain)
    answers = [_with_uncles(node, one, rules) for one in node.answers(first, last)]
    return checked_blocks(answers, EvmSource(chain, rules, node.tracing(last)))


def require_chain(node: EvmNode, chain: Chain) -> None:
    """Require a node to be of a chain. Raises Conflict."""
    found = chain_of(node)
    if found != chain.caip2:
        raise Conflict("nodes.error.other_chain", url=node.rpc.shown_url, found=found, wanted=chain.caip2)


def chain_of(node: EvmNode) -> str:
    """Return the CAIP-2 identifier of a node's chain."""
    return f"{NAMESPACE}:{node.chain_id()}"


def require_parent(block: Header, parent_hash: str) -> None:
    """Require a block to follow another. Raises Unavailable: a reorganization may have come between."""
    if block.parent_hash != parent_hash:
        fields: dict[str, str | int] = {"block": block.number, "place": "header", "field": "parentHash"}
        raise Unavailable("nodes.lie.differs", value=block.parent_hash, wanted=parent_hash, **fields)


def blocks_table(blocks: Sequence[Header]) -> pa.Table:
    """Return blocks as rows of `tables.BLOCKS`."""
    rows = [(block.number, block.hash, block.parent_hash, block.timestamp, block.transaction_count) for block in blocks]
    return pa.table([list(column) for column in zip(*rows, strict=True)], schema=BLOCKS_SCHEMA)


def _with_uncles(node: EvmNode, answers: BlockAnswers, rules: EvmRules) -> BlockAnswers:
    """Add the headers of a block's uncles where their miners were paid."""
    tape, entry = answers.block.tape, answers.block.entry
    if not rules.static_reward(answers.number) or tape.kind(entry) != OBJECT:
        return answers
    count = len(tape.elements(tape.member(entry, "uncles")))
    return replace(answers, uncles=node.uncles(answers.number, count)) if count else answers


@dataclass(slots=True)
class _Counted:
    """What was read so far."""

    problems: FileProblems
    blocks: list[Header] = field(default_factory=list)
    rows: int = 0
    single: int = 0
    odd: int = 0
    status_unknown: int = 0
    unchecked: int = 0

    def add(self, decoded: Decoded) -> None:
        """Count what some blocks decoded to."""
        self.blocks += decoded.blocks
        self.rows += decoded.transfers.num_rows
        self.single += decoded.single_tokens
        self.odd += decoded.odd_tokens
        self.status_unknown += decoded.status_unknown
        self.unchecked += decoded.unchecked_blocks

    def provides(self, tracing: Tracing) -> frozenset[str]:
        """Name the kinds of transfers that are whole in the blocks read."""
        known = {"native", "tokens"}
        known |= set() if self.status_unknown else {"fees"}
        known |= {"internal"} if tracing is not Tracing.NONE else set()
        return frozenset(known)

    def summarize(self, node: EvmNode) -> None:
        """Tell each kind of problem once, with the number of rows or blocks it concerns."""
        self.problems.summarize("chains.problem.single_tokens", self.single, left_out=True)
        self.problems.summarize("chains.problem.odd_tokens", self.odd, left_out=True)
        self.problems.summarize("chains.problem.status_unknown", self.status_unknown, left_out=False)
        self.problems.summarize("nodes.problem.roots", self.unchecked, left_out=False)
        if node.tracing(self.blocks[-1].number) is Tracing.NONE:
            reason = node.no_traces_because
            self.problems.summarize("nodes.problem.no_traces", len(self.blocks), left_out=False, reason=reason)
