"""Where every byte of a screening pack stands; docs/packs.md says the same for other languages.

A pack is pages of 4,096 bytes: the header, the records, the evidence, the hash tree. All numbers are little-endian.
Records lie in a hash table of pages: an address hashes to its home page, a full page spills into the next ones. A page
is a head of 64 bytes (one tag for each slot) and 42 slots of 96 bytes, so that one page answers almost every question.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

MAGIC: Final = b"QIYAFAPK"
FORMAT_VERSION: Final = 1
PAGE_BYTES: Final = 4096

SLOTS: Final = 42
HEAD_BYTES: Final = 64
RECORD_BYTES: Final = 96
FILLED_SLOTS: Final = 34
"""Records a home page on average: 42 slots are then too few for one page of ten, which spills one page further."""
COUNT_AT: Final = 42
"""In a page's head: how many slots are used."""
SPILLS_AT: Final = 43
"""In a page's head: 1 if records that belong here or before stand in the next page."""

KEY_BYTES: Final = 34
"""Number of the format, form of the key, and 32 bytes; see `pack_keys`."""
DIGEST_BYTES: Final = 32
FAN_OUT: Final = PAGE_BYTES // DIGEST_BYTES
"""Hashes in a page of the tree."""

PREFIX_BYTES: Final = 128
"""Magic, version, sizes, public key and signature; the header's JSON follows."""
MOST_HEADER_PAGES: Final = 1024
"""A header of more than 4 MiB is no header."""

RECORD: Final = np.dtype(
    [
        ("format", "u1"),
        ("form", "u1"),
        ("key", "u1", (32,)),
        ("outcome", "u1"),
        ("chain", "u1"),
        ("own", "<u2"),
        ("in_direct", "<u2"),
        ("in_indirect", "<u2"),
        ("out_direct", "<u2"),
        ("out_indirect", "<u2"),
        ("in_hops", "u1"),
        ("out_hops", "u1"),
        ("in_share", "u1", (16,)),
        ("out_share", "u1", (16,)),
        ("evidence_at", "<u8"),
        ("evidence_bytes", "<u4"),
        ("reserved", "u1", (4,)),
    ]
)
"""One slot. Categories are bits, the first of `Category` the lowest; shares stand in the same order."""

assert RECORD.itemsize == RECORD_BYTES
assert HEAD_BYTES + SLOTS * RECORD_BYTES == PAGE_BYTES


def pages_for(size: int) -> int:
    """Return how many pages hold so many bytes."""
    return -(-size // PAGE_BYTES)


@dataclass(frozen=True)
class Layout:
    """How many pages each part of a pack has, and so where it begins."""

    header_pages: int
    homes: int
    """Pages that a key can hash to."""
    record_pages: int
    """The homes and the pages that the last of them spills into."""
    evidence_pages: int

    @property
    def leaves(self) -> int:
        """Pages that the hash tree covers: records, then evidence."""
        return self.record_pages + self.evidence_pages

    @cached_property
    def levels(self) -> tuple[int, ...]:
        """Pages of each level of the hash tree, the lowest first; the last level is one page."""
        sizes = [-(-self.leaves // FAN_OUT)]
        while sizes[-1] > 1:
            sizes.append(-(-sizes[-1] // FAN_OUT))
        return tuple(sizes)

    @property
    def body_pages(self) -> int:
        """Every page after the header."""
        return self.leaves + sum(self.levels)

    @property
    def body_at(self) -> int:
        """Offset of the first page of records."""
        return self.header_pages * PAGE_BYTES

    @property
    def evidence_at(self) -> int:
        """Offset of the evidence."""
        return self.body_at + self.record_pages * PAGE_BYTES

    @property
    def file_bytes(self) -> int:
        """Size of the whole file."""
        return (self.header_pages + self.body_pages) * PAGE_BYTES
