"""What a walk found, as plain columns: claims, flows and holdings. The reference and the engine both give this.

For every colour and asset: the claimed units = held + the flows that ended in a stop, a fee or untraced.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from qiyafa.model.columns import I64, U8, U16, U32, U64

BEFORE_ROWS = -1
"""The row of a claim on what an address already held."""

MASK64 = (1 << 64) - 1


class Ending(IntEnum):
    """What became of the stolen units of one transfer."""

    MOVED = 0
    STOPPED = 1
    FEE = 2
    BEYOND_HOPS = 3
    BELOW_UNITS = 4
    UNTRACEABLE = 5
    INPUT_UNKNOWN = 6


UNTRACED = (Ending.BEYOND_HOPS, Ending.BELOW_UNITS, Ending.UNTRACEABLE, Ending.INPUT_UNKNOWN)


@dataclass(frozen=True, slots=True)
class Records:
    """Rows of (row, place, colour, units, ending) as columns. Which of them have a meaning depends on the table."""

    row: I64
    place: U32
    colour: U16
    units_lo: U64
    units_hi: U64
    ending: U8

    def __len__(self) -> int:
        """Return how many records there are."""
        return len(self.row)

    def units(self, index: int) -> int:
        """Return the exact units of one record."""
        return int(self.units_hi[index]) << 64 | int(self.units_lo[index])

    def all_units(self) -> list[int]:
        """Return the exact units of every record."""
        low, high = self.units_lo.tolist(), self.units_hi.tolist()
        return [lo | hi << 64 for lo, hi in zip(low, high, strict=True)] if any(high) else low

    def chosen(self, mask: NDArray[np.bool_] | I64) -> "Records":
        """Return the records that a mask names, or those of some indices in their order."""
        return Records(
            self.row[mask],
            self.place[mask],
            self.colour[mask],
            self.units_lo[mask],
            self.units_hi[mask],
            self.ending[mask],
        )

    @classmethod
    def of(cls, records: Iterable[tuple[int, int, int, int, int]]) -> "Records":
        """Build from (row, place, colour, units, ending)."""
        table = list(records)
        columns = list(zip(*table, strict=True)) if table else [(), (), (), (), ()]
        return cls(
            row=np.array(columns[0], dtype=np.int64),
            place=np.array(columns[1], dtype=np.uint32),
            colour=np.array(columns[2], dtype=np.uint16),
            units_lo=np.array([units & MASK64 for units in columns[3]], dtype=np.uint64),
            units_hi=np.array([units >> 64 for units in columns[3]], dtype=np.uint64),
            ending=np.array(columns[4], dtype=np.uint8),
        )

    @classmethod
    def joined(cls, tables: Iterable["Records"]) -> "Records":
        """Put tables one behind the other."""
        parts = list(tables) or [cls.of(())]
        return cls(
            row=np.concatenate([part.row for part in parts]),
            place=np.concatenate([part.place for part in parts]),
            colour=np.concatenate([part.colour for part in parts]),
            units_lo=np.concatenate([part.units_lo for part in parts]),
            units_hi=np.concatenate([part.units_hi for part in parts]),
            ending=np.concatenate([part.ending for part in parts]),
        )


def nothing() -> Records:
    """Return an empty table."""
    return Records.of(())


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one method found on one chain."""

    method: str
    claims: Records = field(default_factory=nothing)
    """Units that took a colour at a place; row BEFORE_ROWS for what an address already held. For a stolen row the
    place is the target, and the units stand in `flows` too.
    """
    flows: Records = field(default_factory=nothing)
    """Stolen units by row and colour, in row order; the place is the target of the row."""
    held: Records = field(default_factory=nothing)
    """Stolen units that rest, by place and colour."""
    touched: Records = field(default_factory=nothing)
    """Poison only: places and colours."""
