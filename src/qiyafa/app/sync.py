"""Keeps a ledger at the head of a chain: what is new is appended, what a reorganization replaced is rolled back.

A block is on the disk when it is told of. After any reorganization the ledger is the one that a fresh sync of the new
history gives, row for row. Deeper than what is final nothing is rolled back: the chain is marked as diverged, and a
person decides. A kill at any moment needs no repair: the next run goes on from the last block that is stored.
"""

import hashlib
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path
from typing import Final

import pyarrow as pa

from qiyafa.app.sync_ancestor import NOWHERE, common_ancestor
from qiyafa.app.sync_nodes import BlockId, FollowedNode, Span
from qiyafa.chains.chain import Chain
from qiyafa.chains.finality import Finality
from qiyafa.model.errors import Conflict, InvalidInput, NotFound
from qiyafa.model.raw import RawTransfers, SourceFile
from qiyafa.stores.append import Append, append
from qiyafa.stores.blocks import BlockHashes, BlockParts
from qiyafa.stores.layout import BLOCKS
from qiyafa.stores.manifest import ChainRecord
from qiyafa.stores.parquet_duckdb import ParquetLedger
from qiyafa.stores.rollback import Rollback, mark_diverged, roll_back
from qiyafa.text import text

BLOCKS_TOGETHER: Final = 128
"""So many blocks are on the disk before the next are asked for."""
UNLINKED: Final = "sync.blocks.unlinked"
_PATIENCE: Final = 8
"""So often in a row a node may change its mind between two questions."""


@dataclass(frozen=True, slots=True)
class Following:
    """What is kept at the head of what."""

    ledger: Path
    chain: Chain
    finality: Finality
    begin: int | None = None
    """The first block of a ledger that has none yet; blocks between its last and this one are left out."""
    until_block: int | None = None
    """No block beyond it is taken."""
    resync_from: int | None = None
    """A person's decision on a diverged chain: all from this block on is taken anew."""


@dataclass(frozen=True, slots=True)
class Appended:
    """Blocks that are on the disk now."""

    first: int
    head: BlockId
    transfers: int
    """Rows that the ledger gained; transactions on a chain of outputs."""
    rows: pa.Table | None = None
    """The new transfers in ledger order, where they came without a merge; columns `tables.TRANSFERS`."""


@dataclass(frozen=True, slots=True)
class RolledBack:
    """Blocks that are no longer in the ledger, since the node has others or none in their place."""

    ancestor: int
    """The last block that both have; -1 if none."""
    old_head: int

    @property
    def depth(self) -> int:
        """How many block numbers were given up."""
        return self.old_head - self.ancestor


Event = Appended | RolledBack


class Look(Enum):
    """What came of one look at a node."""

    CHANGED = "changed"
    """The ledger was changed; there may be more."""
    SETTLED = "settled"
    """The ledger is where it is to be."""
    AGAIN = "again"
    """The node contradicts itself: look again."""


def require_fit(following: Following, node: FollowedNode) -> None:
    """Check that node, chain and ledger fit together before anything is made; the ledger may be missing.

    Raises Conflict for a node of another chain, InvalidInput if nothing says where to begin.
    """
    _require_chain(following.chain, node, "sync.error.other_chain")
    if following.begin is not None:
        return
    try:
        record = ParquetLedger.open(following.ledger).manifest.chains.get(following.chain.caip2)
    except NotFound:
        record = None
    if _stored_blocks(record) == 0:
        raise InvalidInput("sync.error.where_to_begin", chain=following.chain.caip2, head=node.head().number)


class Follower:
    """Follows one chain of one node. Raises Conflict when a person has to decide, Unavailable if node or disk fail."""

    def __init__(self, following: Following, node: FollowedNode, scratch: Path, told: Callable[[Event], None]) -> None:
        self._following = following
        self._node = node
        self._scratch = scratch
        self._told = told
        self._begin = following.begin
        self._final = NOWHERE
        self._stumbles = 0
        self._ledger = ParquetLedger.open(following.ledger)

    @property
    def head(self) -> BlockId | None:
        """The last stored block; None before the first."""
        record = self._record()
        if record is None or not record.table(BLOCKS):
            return None
        if record.head.block_number is not None and record.head.hash is not None:
            return BlockId(record.head.block_number, record.head.hash)
        hashes = self._hashes(record)
        return BlockId(*hashes[len(hashes) - 1])

    def is_done(self) -> bool:
        """Say whether the last block that was asked for is stored."""
        head, until = self.head, self._following.until_block
        return until is not None and head is not None and head.number >= until

    def start(self) -> None:
        """Check that the ledger is whole, and take a person's decision on a diverged chain."""
        self._ledger.tidy()
        record = self._record()
        if record is None or not record.table(BLOCKS):
            return
        self._ledger.check(self._chain)
        if self._following.resync_from is not None:
            self._resync(record, self._following.resync_from)
        elif record.diverged:
            raise Conflict("sync.error.still_diverged", chain=self._chain, why=record.diverged)

    def step(self) -> Look:
        """Take one look at the node and do what it asks for."""
        theirs, ours = self._node.head(), self.head
        if ours is not None and theirs == ours:
            return Look.SETTLED
        if ours is not None and theirs.number <= ours.number:
            return self._give_way(ours)
        first = self._next(ours)
        last = min(theirs.number, first + BLOCKS_TOGETHER - 1, *self._until())
        if first > last:
            return Look.SETTLED
        if ours is not None and first > ours.number + 1 and self._node.block_hash(ours.number) != ours.hash:
            # Behind a gap no parent's hash would tell.
            return self._give_way(ours)
        try:
            self._take(first, last)
        except Conflict as conflict:
            if conflict.key != UNLINKED or ours is None:
                raise
            # The node's history is another one since its last answer, or since ours.
            return self._give_way(ours)
        self._stumbles = 0
        return Look.CHANGED

    def _take(self, first: int, last: int) -> None:
        """Read blocks and put them on the disk."""
        native_asset = self._following.chain.native_asset
        before = self._record()
        scratch = Path(tempfile.mkdtemp(dir=self._scratch))
        try:
            span = Span(first, last, holds_all_below=_stored_blocks(before) == first)
            raw = self._node.read(span, self._following.chain, scratch)
            raw = replace(raw, sources=(self._source(raw.sources),))
            appended = append(Append(self._ledger.path, raw, native_asset)) if isinstance(raw, RawTransfers) else None
            if appended is None:
                self._ledger.ingest(raw, native_asset=native_asset)
            else:
                self._ledger = ParquetLedger(self._ledger.path, appended.manifest)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
        after, head = self._record(), self.head
        assert after is not None
        assert head is not None
        rows = None if appended is None else appended.transfers
        self._told(Appended(first, head, _rows(after) - _rows(before), rows))
        self._note_final(head)

    def _give_way(self, ours: BlockId) -> Look:
        """Roll back to the last block that the node still has."""
        _require_chain(self._following.chain, self._node, "sync.error.chain_changed")
        record = self._record()
        assert record is not None
        hashes = self._hashes(record)
        at = common_ancestor(hashes, self._node.block_hash)
        ancestor = hashes[at][0] if at > NOWHERE else NOWHERE
        if ancestor == ours.number:
            self._stumble()
            return Look.AGAIN
        self._refuse_beyond_finality(ancestor, ours)
        self._roll_back(record, ancestor, ours.number)
        return Look.CHANGED

    def _stumble(self) -> None:
        """Let the node contradict itself a few times: it may be in the middle of a reorganization."""
        self._stumbles += 1
        if self._stumbles >= _PATIENCE:
            raise Conflict("sync.error.contradicts_itself", chain=self._chain, url=self._node.shown_url)

    def _refuse_beyond_finality(self, ancestor: int, ours: BlockId) -> None:
        depth = ours.number - ancestor
        if depth <= self._following.finality.blocks and ancestor >= self._final:
            return
        theirs = self._node.block_hash(ancestor + 1) or "-"
        why = text("sync.diverged.why", block=ancestor + 1, hash=theirs, url=self._node.shown_url)
        mark_diverged(self._ledger.path, self._chain, why)
        raise Conflict(
            "sync.error.diverged",
            chain=self._chain,
            ancestor=ancestor,
            depth=depth,
            finality=self._following.finality.blocks,
            resync=ancestor + 1,
        )

    def _roll_back(self, record: ChainRecord, ancestor: int, old_head: int) -> None:
        if self._begin is None:
            # Should nothing be left, the sync begins again where the ledger began.
            self._begin = record.table(BLOCKS)[0].first_block
        manifest = roll_back(Rollback(self._ledger.path, self._chain, ancestor))
        self._ledger = ParquetLedger(self._ledger.path, manifest)
        self._told(RolledBack(ancestor, old_head))

    def _resync(self, record: ChainRecord, first: int) -> None:
        """Take all from a block on anew; the node must have the block before it."""
        hashes = self._hashes(record)
        at = common_ancestor(hashes, self._node.block_hash)
        ancestor = hashes[at][0] if at > NOWHERE else NOWHERE
        below = max((number for number, _ in hashes if number < first), default=NOWHERE)
        if below > ancestor:
            raise Conflict("sync.error.resync_too_high", chain=self._chain, block=first, resync=ancestor + 1)
        head = self.head
        assert head is not None
        if head.number >= first:
            self._roll_back(record, first - 1, head.number)
        self._ledger = ParquetLedger(self._ledger.path, mark_diverged(self._ledger.path, self._chain, ""))

    def _note_final(self, head: BlockId) -> None:
        """Remember what the node calls final, as far as it is stored. A failure here takes nothing back."""
        if self._following.finality.is_told:
            final = self._node.final_block()
            if final is not None and final <= head.number:
                self._final = max(self._final, final)

    def _next(self, ours: BlockId | None) -> int:
        begin = self._begin if self._begin is not None else 0
        return begin if ours is None else max(ours.number + 1, begin)

    def _until(self) -> tuple[int, ...]:
        until = self._following.until_block
        return () if until is None else (until,)

    def _source(self, given: tuple[SourceFile, ...]) -> SourceFile:
        """Return the node as one source, whatever it gave in how many pieces: the blocks' own hashes say what it was.

        Its SHA-256 is that of its name; the rows are all that were ever taken from it.
        """
        name = self._node.shown_url
        digest = hashlib.sha256(name.encode()).hexdigest()
        record = self._record()
        known = [one for one in (record.sources if record else ()) if one.sha256 == digest]
        rows = sum(one.rows for one in (*known, *given))
        problems = sum(one.problems for one in (*known, *given))
        return SourceFile(name, digest, rows, problems, given[0].reader, "blocks")

    def _hashes(self, record: ChainRecord) -> BlockHashes:
        return BlockHashes(BlockParts(self._ledger.path, self._chain, record.table(BLOCKS)))

    def _record(self) -> ChainRecord | None:
        return self._ledger.manifest.chains.get(self._chain)

    @property
    def _chain(self) -> str:
        return self._following.chain.caip2


def _require_chain(chain: Chain, node: FollowedNode, key: str) -> None:
    found = node.chain()
    if found != chain.caip2:
        raise Conflict(key, url=node.shown_url, found=found, wanted=chain.caip2)


def _stored_blocks(record: ChainRecord | None) -> int:
    return 0 if record is None else sum(part.rows for part in record.table(BLOCKS))


def _rows(record: ChainRecord | None) -> int:
    return 0 if record is None else sum(part.rows for part in (*record.transfers(), *record.table("transactions")))
