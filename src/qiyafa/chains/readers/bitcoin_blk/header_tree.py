"""Which blocks make the chain, and how high they stand.

Files hold blocks in any order and no heights. Here the blocks form trees by the hash of the parent; a tree's heights
hang on the genesis block, or on the heights that its coinbases state (BIP34), where most of them agree. In each tree
the chain with the most work counts; among chains of equal work the one whose last hash is the smallest number, so that
the order of the files does not matter. Where two trees claim a height, the one with more work has it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

import numpy as np

from qiyafa.chains.outputs.compiled import compiled
from qiyafa.chains.outputs.headers import NO_HEIGHT
from qiyafa.chains.outputs.network import Network
from qiyafa.chains.readers.bitcoin_blk.header_table import HASH_BYTES, Headers
from qiyafa.model.columns import I64, U8, U64

_NO_PARENT = -1
_NO_HASH = b""
"""Thirty-two zeros, as numpy gives them: the parent of a genesis block."""


class Fate(IntEnum):
    """What became of a block."""

    CHOSEN = 0
    """It is on the chain."""
    REPEATED = 1
    """It was found before."""
    STALE = 2
    """Another chain has more work."""
    FOREIGN = 3
    """Its chain begins with another genesis block."""
    WITHOUT_HEIGHT = 4
    """Nothing tells its height."""
    CONTRADICTING = 5
    """Its coinbase states another height than the one it has."""


class Placement(NamedTuple):
    """One entry a block, in the order in which they were found."""

    fate: U8
    height: I64
    """NO_HEIGHT where it is not known."""

    def rows(self, fate: Fate) -> I64:
        """Return the blocks of a fate."""
        return np.flatnonzero(self.fate == fate).astype(np.int64)


@dataclass(frozen=True, slots=True)
class _Forest:
    """Blocks, each once, and the trees they form. Arrays with one entry a block."""

    headers: Headers
    rows: I64
    """Where each block was found first."""
    parent: I64
    root: I64
    depth: I64
    """Blocks below it in its tree."""
    total_lo: U64
    total_hi: U64
    """Work of the block and of all below it."""

    def trees(self) -> Iterator[tuple[I64, int]]:
        """Yield the blocks of each tree and the last block of its chain, the tree with the most work first."""
        order = np.lexsort((-self._hash_rank(), self.total_lo, self.total_hi, self.root))
        ends = np.flatnonzero(np.diff(self.root[order], append=-1)) + 1
        tips = order[ends - 1]
        best_first = np.lexsort((self.total_lo[tips], self.total_hi[tips]))[::-1]
        starts = np.concatenate(([0], ends[:-1]))
        for tree in best_first:
            yield order[starts[tree] : ends[tree]], int(tips[tree])

    def chain_below(self, tip: int) -> I64:
        """Return the blocks from the first of a tree to one of its blocks."""
        chain = np.empty(self.depth[tip] + 1, np.int64)
        _fill_chain(self.parent, tip, chain)
        return chain

    def begins_anew(self, block: int) -> bool:
        """Tell whether a block has no parent at all."""
        return bytes(self.headers.parent[self.rows[block]]) == _NO_HASH

    def stated_height(self, blocks: I64) -> I64:
        """Return the heights that the coinbases of blocks state."""
        return self.headers.stated_height[self.rows[blocks]]

    def _hash_rank(self) -> I64:
        """Return the rank of each hash as a number; hashes are stored lowest byte first."""
        digits = np.ascontiguousarray(self.headers.hash[self.rows]).view(np.uint8).reshape(-1, HASH_BYTES)
        numbers = np.ascontiguousarray(digits[:, ::-1]).view(f"S{HASH_BYTES}").ravel()
        rank = np.empty(len(numbers), np.int64)
        rank[np.argsort(numbers)] = np.arange(len(numbers))
        return rank


def place_blocks(headers: Headers, network: Network) -> Placement:
    """Return which blocks make the chain, and how high each stands."""
    forest = _forest_of(headers)
    fate = np.full(len(headers.hash), Fate.REPEATED, np.uint8)
    height = np.full(len(headers.hash), NO_HEIGHT, np.int64)
    taken: list[range] = []
    for members, tip in forest.trees():
        chain = forest.chain_below(tip)
        base = _base_height(forest, chain, network)
        if base is None:
            fate[forest.rows[members]] = Fate.FOREIGN if forest.begins_anew(chain[0]) else Fate.WITHOUT_HEIGHT
            continue
        height[forest.rows[members]] = base + forest.depth[members]
        fate[forest.rows[members]] = Fate.STALE
        heights, stated = base + forest.depth[chain], forest.stated_height(chain)
        is_odd = (stated != NO_HEIGHT) & (stated != heights) & (heights >= network.heights_from)
        is_free = ~np.logical_or.reduce(
            [(heights >= one.start) & (heights < one.stop) for one in taken] or [heights < 0]
        )
        fate[forest.rows[chain[is_free]]] = np.where(is_odd, Fate.CONTRADICTING, Fate.CHOSEN)[is_free]
        taken.append(range(base, base + len(chain)))
    return Placement(fate, height)


def _forest_of(headers: Headers) -> _Forest:
    """Return the blocks, each where it was found first, with their parents and the work below them."""
    _, rows = np.unique(headers.hash, return_index=True)
    rows = np.sort(rows)
    hashes, parents = headers.hash[rows], headers.parent[rows]
    order = np.argsort(hashes)
    found = np.minimum(np.searchsorted(hashes, parents, sorter=order), max(len(rows) - 1, 0))
    parent = np.where(hashes[order[found]] == parents, order[found], _NO_PARENT) if len(rows) else order
    count = len(rows)
    root, depth = np.zeros(count, np.int64), np.full(count, -1, np.int64)
    total_lo, total_hi = headers.work_lo[rows].copy(), headers.work_hi[rows].copy()
    _grow(parent, root, depth, total_lo, total_hi)
    return _Forest(headers, rows, parent, root, depth, total_lo, total_hi)


def _base_height(forest: _Forest, chain: I64, network: Network) -> int | None:
    """Return the height of the first block of a chain, or None if nothing tells it."""
    first = int(chain[0])
    if forest.begins_anew(first):
        is_genesis = forest.headers.shown_hash(int(forest.rows[first])) == network.genesis
        return 0 if is_genesis else None
    stated = forest.stated_height(chain)
    bases = (stated - forest.depth[chain])[stated != NO_HEIGHT]
    if not len(bases):
        return None
    values, counts = np.unique(bases, return_counts=True)
    base = int(values[np.argmax(counts)])
    return base if base > 0 else None


@compiled
def _grow(parent: I64, root: I64, depth: I64, total_lo: U64, total_hi: U64) -> None:
    """Fill in root, depth and total work, from each block down to what is known and back up; depth is -1 before."""
    waiting = np.empty(len(parent), np.int64)
    for block in range(len(parent)):
        count, below = 0, block
        while below >= 0 and depth[below] < 0:
            waiting[count] = below
            count += 1
            below = parent[below]
        while count:
            count -= 1
            one = waiting[count]
            below = parent[one]
            if below < 0:
                root[one], depth[one] = one, 0
                continue
            root[one], depth[one] = root[below], depth[below] + 1
            low = total_lo[one] + total_lo[below]
            carry = np.uint64(1) if low < total_lo[below] else np.uint64(0)
            total_hi[one] = total_hi[one] + total_hi[below] + carry
            total_lo[one] = low


@compiled
def _fill_chain(parent: I64, tip: int, chain: I64) -> None:
    block = tip
    for place in range(len(chain) - 1, -1, -1):
        chain[place] = block
        block = parent[block]
