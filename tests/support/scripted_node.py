"""A node in this process whose chain a test writes: for orders of events that no real node repeats at will."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from qiyafa.app.sync_nodes import BlockId, Span
from qiyafa.chains.chain import Chain
from qiyafa.model.errors import Unavailable
from qiyafa.model.raw import RawTransfers

from support.whole_blocks import CHAIN, GENESIS, WholeBlock, chain_of, raw_blocks


@dataclass
class ScriptedNode:
    """Serves the blocks in `blocks`, whatever they are."""

    blocks: list[WholeBlock]
    served: str = CHAIN
    finalized: int | None = None
    reads: int = 0
    failures: int = 0
    """So many of the next questions fail."""
    before_read: list[list[WholeBlock]] = field(default_factory=list)
    """Chains that take the place of the current one just before a read, one a read."""
    shown_url: str = "http://node"

    def chain(self) -> str:
        """Return the served chain."""
        return self.served

    def head(self) -> BlockId:
        """Return the last block."""
        if self.failures:
            self.failures -= 1
            raise Unavailable("nodes.error.unreachable", url=self.shown_url, reason="scripted")
        return BlockId(self.blocks[-1].number, self.blocks[-1].hash)

    def block_hash(self, number: int) -> str | None:
        """Return the hash of a block."""
        return next((block.hash for block in self.blocks if block.number == number), None)

    def final_block(self) -> int | None:
        """Return the scripted final block."""
        return self.finalized

    def read(self, span: Span, chain: Chain, scratch: Path) -> RawTransfers:
        """Return whole blocks."""
        self.reads += 1
        if self.before_read:
            self.blocks = self.before_read.pop(0)
        found = [block for block in self.blocks if span.first <= block.number <= span.last]
        if len(found) < span.last - span.first + 1:
            raise Unavailable("nodes.lie.null_block", block=span.last)
        return raw_blocks(scratch, found)

    def mine(self, count: int, salt: int = 0) -> None:
        """Add blocks."""
        self.blocks = extended(self.blocks, count, salt)

    def reorganize(self, depth: int, count: int, salt: int) -> None:
        """Put other blocks in the place of the last ones."""
        self.blocks = extended(self.blocks[: len(self.blocks) - depth], count, salt)


def extended(blocks: Sequence[WholeBlock], count: int, salt: int) -> list[WholeBlock]:
    """Return a chain with more blocks of one salt behind it."""
    first, parent = (blocks[-1].number + 1, blocks[-1].hash) if blocks else (0, GENESIS)
    return [*blocks, *chain_of(count, salt, first=first, parent_hash=parent)]
