"""Where kernels write flows and claims: sheets of fixed size, handed back full and joined at the end.

A kernel that meets a full sheet returns to Python, which gives it a new one; so nothing is copied while it
grows, and Ctrl-C and progress get their turn.
"""

from collections import namedtuple

import numpy as np
from numba import njit

from qiyafa.trace.outcome import Records

Sheet = namedtuple("Sheet", "row place colour units_lo units_hi ending used")
"""Columns of equal length and the count of used entries in `used[0]`."""

CLAIM = np.uint8(255)
"""The ending that marks an entry as a claim, not a flow."""

SHEET_ENTRIES = 1 << 18


def new_sheet(entries: int = SHEET_ENTRIES) -> Sheet:
    """Return an empty sheet; one of 0 entries tells a kernel to write nothing."""
    return Sheet(
        row=np.empty(entries, dtype=np.int64),
        place=np.empty(entries, dtype=np.uint32),
        colour=np.empty(entries, dtype=np.uint16),
        units_lo=np.empty(entries, dtype=np.uint64),
        units_hi=np.empty(entries, dtype=np.uint64),
        ending=np.empty(entries, dtype=np.uint8),
        used=np.zeros(1, dtype=np.int64),
    )


@njit(inline="always")
def write(sheet, row, place, colour, lo, hi, ending):  # type: ignore[no-untyped-def]
    """Write one entry; the caller has made sure of room."""
    index = sheet.used[0]
    sheet.row[index] = row
    sheet.place[index] = place
    sheet.colour[index] = colour
    sheet.units_lo[index] = lo
    sheet.units_hi[index] = hi
    sheet.ending[index] = ending
    sheet.used[0] = index + 1


def used_part(sheet: Sheet) -> Records:
    """Return the entries that were written. Full sheets are handed over as they are, not copied."""
    used = int(sheet.used[0])
    return Records(
        sheet.row[:used],
        sheet.place[:used],
        sheet.colour[:used],
        sheet.units_lo[:used],
        sheet.units_hi[:used],
        sheet.ending[:used],
    )
