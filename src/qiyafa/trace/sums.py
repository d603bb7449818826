"""Exact sums of 128-bit columns by group, without a Python integer for every row."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qiyafa.model.columns import I64, U64

_LOW = np.uint64(0xFFFFFFFF)
_HALF = np.uint64(32)


@dataclass(frozen=True, slots=True)
class Groups:
    """Rows in order of their key, and where each key begins."""

    order: I64
    begin: I64
    keys: U64
    """Ascending, one a group."""

    @classmethod
    def of(cls, keys: U64) -> "Groups":
        """Group rows by key; rows of one key keep their order."""
        order = np.argsort(keys, kind="stable")
        ordered = keys[order]
        is_first = np.ones(len(ordered), dtype=bool)
        is_first[1:] = ordered[1:] != ordered[:-1]
        begin = np.flatnonzero(is_first)
        return cls(order, begin, ordered[begin])

    def sums(self, low: U64, high: U64) -> list[int]:
        """Return the exact sum of each group. Limbs of 32 bits cannot wrap below 2^32 rows."""
        if not len(self.begin):
            return []
        limbs: list[list[int]] = []
        for word in (low[self.order], high[self.order]):
            for limb in (word & _LOW, word >> _HALF):
                limbs.append(np.add.reduceat(limb, self.begin).tolist())
        return [a + (b << 32) + (c << 64) + (d << 96) for a, b, c, d in zip(*limbs, strict=True)]

    def sizes(self) -> list[int]:
        """Return how many rows each group has."""
        ends = np.append(self.begin[1:], len(self.order))
        sizes: list[int] = (ends - self.begin).tolist()
        return sizes


def sum_by(keys: U64, low: U64, high: U64) -> dict[int, int]:
    """Return the exact sum for each key."""
    groups = Groups.of(keys)
    return dict(zip(groups.keys.tolist(), groups.sums(low, high), strict=True))


def joint_key(place: NDArray[np.uint32], colour: NDArray[np.uint16]) -> U64:
    """Return one number for a place and a colour; see `place_and_colour`."""
    return (place.astype(np.uint64) << np.uint64(16)) | colour.astype(np.uint64)


def place_and_colour(key: int) -> tuple[int, int]:
    """Undo `joint_key`."""
    return key >> 16, key & 0xFFFF
