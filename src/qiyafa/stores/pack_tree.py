"""The hash tree of a pack: one flipped bit anywhere is found when its page is first read.

As in RFC 6962 (section 2.1) leaves and inner nodes are hashed apart: SHA-256 of 0x00 and a page of records or evidence,
of 0x01 and a page of up to 128 hashes. The root is SHA-256 of 0x02, the number of leaves (8 bytes) and the hash of
the topmost page, so that no tree of another size has it. The root stands in the signed header.

A page is checked once; what a disk does to it afterwards while the pack stays open is not seen. Replace a pack by
renaming a new file over it, never in place.
"""

import hashlib
from collections.abc import Callable, Iterator
from mmap import mmap
from typing import Final

from qiyafa.stores.pack_layout import DIGEST_BYTES, FAN_OUT, PAGE_BYTES, Layout

UNREAD: Final = 0
SOUND: Final = 1
DAMAGED: Final = 2

_LEAF, _NODE, _ROOT = b"\0", b"\1", b"\2"


def leaf_hash(page: bytes | memoryview) -> bytes:
    """Return the hash of a page of records or evidence."""
    digest = hashlib.sha256(_LEAF)
    digest.update(page)
    return digest.digest()


def node_hash(page: bytes | memoryview) -> bytes:
    """Return the hash of a page of hashes."""
    digest = hashlib.sha256(_NODE)
    digest.update(page)
    return digest.digest()


def root_hash(leaves: int, top: bytes) -> bytes:
    """Return the root over the topmost page of a tree of so many leaves."""
    return hashlib.sha256(_ROOT + leaves.to_bytes(8, "little") + node_hash(top)).digest()


def tree_pages(leaves: list[bytes]) -> Iterator[bytes]:
    """Yield the pages of the tree over the hashes of the leaves, the lowest level first."""
    hashes = leaves
    while True:
        pages = [b"".join(hashes[at : at + FAN_OUT]).ljust(PAGE_BYTES, b"\0") for at in range(0, len(hashes), FAN_OUT)]
        yield from pages
        if len(pages) == 1:
            return
        hashes = [node_hash(page) for page in pages]


class CheckedPages:
    """The pages after a pack's header. Each is checked against the signed root before it is first used."""

    def __init__(self, data: mmap, layout: Layout, root: bytes) -> None:
        self._data = data
        self._layout = layout
        self._root = root
        self._levels = [layout.leaves]
        """Number of the first page of each level of the tree."""
        for size in layout.levels:
            self._levels.append(self._levels[-1] + size)
        self.states = bytearray(layout.body_pages)
        """What is known of each page: `UNREAD`, `SOUND` or `DAMAGED`. Only `check` writes it."""

    def __len__(self) -> int:
        return len(self.states)

    def check(self, page: int) -> bool:
        """Tell whether a page is as it was signed; the pages of the tree above it are checked too."""
        if self.states[page] == UNREAD:
            self.states[page] = SOUND if self._is_sound(page) else DAMAGED
        return self.states[page] == SOUND

    def check_all(self, told: Callable[[int], None]) -> list[int]:
        """Read every page and return those that are damaged or cannot be vouched for; `told` hears each 4 MiB."""
        damaged = []
        # From the top down, so that a level is only compared with one that is sound.
        for count, page in enumerate(reversed(range(len(self)))):
            if not self.check(page):
                damaged.append(page)
            if count % 1024 == 0:
                told(count)
        return sorted(damaged)

    def _is_sound(self, page: int) -> bool:
        level = next(number for number in range(len(self._levels)) if page < self._levels[number])
        at = self._layout.body_at + page * PAGE_BYTES
        content = self._data[at : at + PAGE_BYTES]
        if page == len(self) - 1:
            return root_hash(self._layout.leaves, content) == self._root
        first = self._levels[level - 1] if level else 0
        parent, place = divmod(page - first, FAN_OUT)
        above = self._levels[level] + parent
        if not self.check(above):
            return False
        wanted_at = self._layout.body_at + above * PAGE_BYTES + place * DIGEST_BYTES
        found = node_hash(content) if level else leaf_hash(content)
        return found == self._data[wanted_at : wanted_at + DIGEST_BYTES]
