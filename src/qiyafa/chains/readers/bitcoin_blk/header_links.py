"""Which block is whose parent, found by a table of hashes: 12 bytes a block or less, and no sorting."""

from typing import Final

import numpy as np

from qiyafa.model.columns import I32, U8, U64
from qiyafa.trace.engine.compiled import compiled

NO_ROW: Final = -1


def link(hashes: U64, parents: U64) -> tuple[I32, U8]:
    """Return the row in which each block's parent stands first, or NO_ROW, and which blocks stand in an earlier row.

    Hashes are rows of four numbers.
    """
    count = len(hashes)
    slots = np.full(1 << (count + count // 2).bit_length(), NO_ROW, np.int32)
    parent, is_repeated = np.empty(count, np.int32), np.zeros(count, np.uint8)
    _enter(hashes, slots, is_repeated)
    _look_up(hashes, slots, parents, parent)
    return parent, is_repeated


@compiled
def _enter(hashes: U64, slots: I32, is_repeated: U8) -> None:
    """Give each hash a slot; where it has one already, the block is repeated."""
    for row in range(len(hashes)):
        slot = _slot_of(hashes, slots, hashes[row])
        if slots[slot] < 0:
            slots[slot] = row
        else:
            is_repeated[row] = 1


@compiled
def _look_up(hashes: U64, slots: I32, parents: U64, parent: I32) -> None:
    for row in range(len(parents)):
        parent[row] = slots[_slot_of(hashes, slots, parents[row])]


@compiled
def _slot_of(hashes: U64, slots: I32, wanted: U64) -> np.int64:
    """Return the slot with a hash, or the free one where it belongs; a hash's first bytes are as good as random."""
    last = len(slots) - 1
    slot = np.int64(wanted[0] & np.uint64(last))
    while slots[slot] >= 0 and not _is_same(hashes[slots[slot]], wanted):
        slot = (slot + 1) & last
    return slot


@compiled
def _is_same(one: U64, other: U64) -> bool:
    return bool(one[0] == other[0] and one[1] == other[1] and one[2] == other[2] and one[3] == other[3])
