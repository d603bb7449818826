"""Which blocks make the chain, and how high they stand.

Files hold blocks in any order and no heights. Here the blocks form trees by the hash of the parent; a tree's heights
hang on the genesis block, or on the heights that its coinbases state (BIP34), where most of them agree. In each tree
the chain with the most work counts; among chains of equal work the one whose last hash is the smallest number, so that
the order of the files does not matter. Where two trees claim a height, the one with more work has it.
"""

from enum import IntEnum
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from qiyafa.chains.outputs.headers import NO_HEIGHT
from qiyafa.chains.outputs.network import Network
from qiyafa.chains.outputs.proof_of_work import target_of, work_of
from qiyafa.chains.readers.bitcoin_blk.header_table import GENESIS_PARENT, Headers
from qiyafa.model.columns import I32, I64, U8, U32, U64
from qiyafa.trace.engine.compiled import compiled

_HALF = (1 << 64) - 1
_MOST_WORK = (1 << 120) - 1
"""Far above the work of any chain; sums of it stay within 128 bits."""
_ROWS_AT_ONCE: Final = 1 << 16


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


class _Forest(NamedTuple):
    """The trees that blocks form; a repeated block is never a tip, and nothing stands on it."""

    root: I32
    """One entry a block, as for `depth`: the row of the first block of its tree."""
    depth: I32
    """Blocks below it in its tree."""
    tips: I32
    """The last block of each tree's chain, the tree with the most work first."""


def place_blocks(headers: Headers, network: Network) -> Placement:
    """Return which blocks make the chain, and how high each stands."""
    forest = _forest_of(headers)
    fate = np.full(len(headers.hash), Fate.STALE, np.uint8)
    base = np.full(len(headers.hash), NO_HEIGHT, np.int64)
    taken: list[range] = []
    for tip in forest.tips.tolist():
        chain = np.empty(forest.depth[tip] + 1, np.int32)
        _fill_chain(headers.parent, tip, chain)
        first = int(chain[0])
        lowest = _base_height(headers, chain, network)
        if lowest is None:
            fate[first] = Fate.FOREIGN if _begins_anew(headers, first) else Fate.WITHOUT_HEIGHT
            continue
        base[first] = lowest
        heights = range(lowest, lowest + len(chain))
        is_free = _is_free(heights, taken)
        fate[chain[is_free]] = Fate.CHOSEN
        fate[chain[is_free & _is_odd(headers.stated_height[chain], heights, network)]] = Fate.CONTRADICTING
        taken.append(heights)
    return _spread(headers, forest, fate, base)


def _spread(headers: Headers, forest: _Forest, fate: U8, base: I64) -> Placement:
    """Return the placement of all blocks, given that of the chains, and height or fate of each tree's first block."""
    is_repeated = headers.is_repeated.astype(np.bool_)
    height = base[forest.root]
    is_placed = height != NO_HEIGHT
    np.add(height, forest.depth, out=height, where=is_placed)
    height[is_repeated] = NO_HEIGHT
    fate = np.where(is_placed, fate, fate[forest.root])
    fate[is_repeated] = Fate.REPEATED
    return Placement(fate, height)


def _is_free(heights: range, taken: list[range]) -> NDArray[np.bool_]:
    """Tell which heights no other chain has."""
    is_free = np.ones(len(heights), np.bool_)
    for one in taken:
        is_free[max(one.start - heights.start, 0) : max(one.stop - heights.start, 0)] = False
    return is_free


def _is_odd(stated: I64, heights: range, network: Network) -> NDArray[np.bool_]:
    """Tell which coinbases break the rule that they state their block's height."""
    right = np.arange(heights.start, heights.stop)
    is_odd: NDArray[np.bool_] = (stated != NO_HEIGHT) & (stated != right) & (right >= network.heights_from)
    return is_odd


def _begins_anew(headers: Headers, row: int) -> bool:
    """Tell whether a block has no parent at all."""
    return headers.parent_bytes(row) == GENESIS_PARENT


def _base_height(headers: Headers, chain: I32, network: Network) -> int | None:
    """Return the height of the first block of a chain, or None if nothing tells it."""
    first = int(chain[0])
    if _begins_anew(headers, first):
        return 0 if headers.shown_hash(first) == network.genesis else None
    stated = headers.stated_height[chain]
    bases = (stated - np.arange(len(chain)))[stated != NO_HEIGHT]
    if not len(bases):
        return None
    values, counts = np.unique(bases, return_counts=True)
    base = int(values[np.argmax(counts)])
    return base if base > 0 else None


def _forest_of(headers: Headers) -> _Forest:
    """Return the trees of all blocks."""
    count = len(headers.hash)
    root, depth, best = np.arange(count, dtype=np.int32), np.full(count, -1, np.int32), np.full(count, -1, np.int32)
    work_lo, work_hi = _work_columns(headers.bits)
    _grow(headers.parent, root, depth, work_lo, work_hi)
    _find_tips(headers.hash, headers.is_repeated, root, work_lo, work_hi, best)
    tips = best[best >= 0]
    return _Forest(root, depth, tips[np.lexsort((work_lo[tips], work_hi[tips]))[::-1]])


def _work_columns(bits: U32) -> tuple[U64, U64]:
    """Return the work of each block in two halves, from the target that it states."""
    low, high = np.empty(len(bits), np.uint64), np.empty(len(bits), np.uint64)
    for start in range(0, len(bits), _ROWS_AT_ONCE):
        part = slice(start, start + _ROWS_AT_ONCE)
        distinct, place = np.unique(bits[part], return_inverse=True)
        works = [min(work_of(target_of(one)), _MOST_WORK) for one in distinct.tolist()]
        low[part] = np.array([work & _HALF for work in works], np.uint64)[place]
        high[part] = np.array([work >> 64 for work in works], np.uint64)[place]
    return low, high


@compiled
def _grow(parent: I32, root: I32, depth: I32, work_lo: U64, work_hi: U64) -> None:
    """Fill in root and depth, which is -1 before, and add to each block's work that of all blocks below it."""
    waiting = np.empty(len(parent), np.int32)
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
                depth[one] = 0
                continue
            root[one], depth[one] = root[below], depth[below] + 1
            low = work_lo[one] + work_lo[below]
            carry = np.uint64(1) if low < work_lo[below] else np.uint64(0)
            work_hi[one] = work_hi[one] + work_hi[below] + carry
            work_lo[one] = low


@compiled
def _find_tips(hashes: U64, is_repeated: U8, root: I32, work_lo: U64, work_hi: U64, best: I32) -> None:
    """Fill in the block with the most work of each tree, or the smallest hash among those, in the row of its root."""
    for row in range(len(root)):
        if is_repeated[row]:
            continue
        held = best[root[row]]
        if held < 0 or work_hi[row] > work_hi[held]:
            is_better = True
        elif work_hi[row] == work_hi[held] and work_lo[row] == work_lo[held]:
            is_better = _is_smaller(hashes[row], hashes[held])
        else:
            is_better = work_hi[row] == work_hi[held] and work_lo[row] > work_lo[held]
        if is_better:
            best[root[row]] = row


@compiled
def _is_smaller(one: U64, other: U64) -> bool:
    """Tell whether a hash is the smaller number; the last of its four numbers counts most."""
    for place in range(len(one) - 1, -1, -1):
        if one[place] != other[place]:
            return bool(one[place] < other[place])
    return False


@compiled
def _fill_chain(parent: I32, tip: int, chain: I32) -> None:
    block = tip
    for place in range(len(chain) - 1, -1, -1):
        chain[place] = block
        block = parent[block]
