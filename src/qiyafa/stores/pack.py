"""An open screening pack: look-ups in a memory-mapped file, each page checked before the first answer from it.

Opening reads the header alone and checks its signature and the root of the hash tree, so it takes as long for ten
million addresses as for ten. A damaged page raises Conflict: what rests on it cannot be answered.
"""

import struct
from collections.abc import Callable
from dataclasses import dataclass
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import Final, Self

import numpy as np

from qiyafa.model.address import Identity
from qiyafa.model.columns import I64, U8
from qiyafa.model.errors import Conflict, NotFound
from qiyafa.stores.disk import storage_errors
from qiyafa.stores.pack_evidence import PackEvidence, read_evidence
from qiyafa.stores.pack_header import PackHeader, checked_header, claimed_key, pages_of_header
from qiyafa.stores.pack_keys import key_of
from qiyafa.stores.pack_layout import (
    HEAD_BYTES,
    KEY_BYTES,
    PAGE_BYTES,
    PREFIX_BYTES,
    RECORD_BYTES,
    SLOTS,
    SPILLS_AT,
)
from qiyafa.stores.pack_record import evidence_place
from qiyafa.stores.pack_signing import is_signed, written_key
from qiyafa.stores.pack_tree import SOUND, CheckedPages

_HEAD_READ: Final = SPILLS_AT + 1


@dataclass(frozen=True, slots=True)
class Findings:
    """What many keys found, one row each."""

    outcomes: U8
    """Number of the gravest outcome in `pack_record.OUTCOMES`, or `pack_kernels.ABSENT` or `UNTRUSTED`."""
    records: I64
    """Offset of the record in the file, -1 if there is none; see `Pack.record_at`."""


class Pack:
    """A pack on disk, open for reading; any number of threads may ask it."""

    def __init__(self, path: Path, data: mmap, header: PackHeader) -> None:
        self.path = path
        self.header = header
        self._data = data
        self._pages = CheckedPages(data, header.layout, header.root)
        self._states = self._pages.states
        self._formats = header.contents.format_numbers
        self._chains = header.contents.chain_numbers
        self._body_at = header.layout.body_at
        if not self._pages.check(len(self._pages) - 1):
            raise self._damaged(len(self._pages) - 1)

    @classmethod
    def open(cls, path: Path, trusted_key: bytes) -> Self:
        """Open a pack that the owner of the trusted key signed.

        Raises NotFound if there is no file, Conflict if it is no pack, of a newer format, cut off, damaged or signed
        by somebody else.
        """
        data = _mapped(path)
        prefix = data[:PREFIX_BYTES]
        pages = pages_of_header(prefix, str(path))
        if claimed_key(prefix) != trusted_key:
            signer, trusted = written_key(claimed_key(prefix)), written_key(trusted_key)
            raise Conflict("pack.error.other_key", path=str(path), signer=signer, trusted=trusted)
        header = checked_header(data[: pages * PAGE_BYTES], is_signed, str(path))
        if len(data) != header.layout.file_bytes:
            raise Conflict("pack.error.size", path=str(path), found=len(data), wanted=header.layout.file_bytes)
        return cls(path, data, header)

    def __len__(self) -> int:
        return self.header.records

    def find(self, identity: Identity) -> list[bytes]:
        """Return the slots of an identity, one for each chain that it differs on; empty if the pack has none.

        Raises Conflict if a page on the way is damaged.
        """
        key = key_of(identity, self._formats)
        if key is None:
            return []
        page, tag = self.header.hashing.place(key)
        found: list[bytes] = []
        data, states = self._data, self._states
        while True:
            if states[page] != SOUND:
                self._check(page)
            at = self._body_at + page * PAGE_BYTES
            head = data[at : at + _HEAD_READ]
            slot = head.find(tag, 0, SLOTS)
            while slot >= 0:
                begin = at + HEAD_BYTES + slot * RECORD_BYTES
                if data[begin : begin + KEY_BYTES] == key:
                    found.append(data[begin : begin + RECORD_BYTES])
                slot = head.find(tag, slot + 1, SLOTS)
            if not head[SPILLS_AT]:
                return found
            page += 1

    def evidence(self, slot: bytes) -> tuple[PackEvidence, ...]:
        """Return what a slot's answer rests on. Raises Conflict if a page of it is damaged."""
        begin, size = evidence_place(slot)
        if size == 0:
            return ()
        try:
            return read_evidence(self._evidence_bytes(begin, size), self._evidence_bytes)
        except (ValueError, IndexError, TypeError, AttributeError, struct.error) as error:
            raise Conflict("pack.error.evidence", path=str(self.path)) from error

    def find_many(self, keys: U8, chain: str = "") -> Findings:
        """Look up many keys (rows of 34 bytes, see `pack_keys`) at once; records of other chains are passed over.

        A key that is all zeros, and a chain that the pack does not know, find what holds on every chain.
        """
        from qiyafa.stores.pack_kernels import DONE, EVERY_CHAIN, KEY_WORDS, Answers, Table, find_keys

        states = np.frombuffer(self._states, np.uint8)
        data = np.frombuffer(self._data, np.uint64)
        layout, hashing = self.header.layout, self.header.hashing
        table = Table(data, layout.body_at, layout.homes, states, hashing.array())
        number = self._chains.get(chain, 0) if chain else EVERY_CHAIN
        size = len(keys)
        words = np.zeros((size, KEY_WORDS), np.uint64)
        words.view(np.uint8)[:, :KEY_BYTES] = keys
        answers = Answers(np.empty(size, np.uint8), np.empty(size, np.int64), np.empty(size, np.int64))
        rows = np.arange(size)
        while len(rows):
            find_keys(table, words, rows, number, answers)
            rows = rows[answers.waits_for[rows] != DONE]
            for page in np.unique(answers.waits_for[rows]).tolist():
                self._pages.check(page)
        return Findings(answers.outcomes, answers.records)

    def record_at(self, offset: int) -> bytes:
        """Return the slot at an offset that `find_many` gave."""
        return self._data[offset : offset + RECORD_BYTES]

    def damaged_pages(self, told: Callable[[int, int], None] = lambda done, total: None) -> list[int]:
        """Read every page and return the numbers of those that are not as they were signed."""
        return self._pages.check_all(lambda done: told(done, len(self._pages)))

    def close(self) -> None:
        """Let go of the file."""
        self._data.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _evidence_bytes(self, begin: int, size: int) -> bytes:
        """Return a stretch of the evidence once its pages were checked. Raises IndexError if it has none such."""
        if begin + size > self.header.evidence_bytes:
            raise IndexError(begin)
        first = self.header.layout.record_pages + begin // PAGE_BYTES
        last = self.header.layout.record_pages + (begin + size - 1) // PAGE_BYTES
        for page in range(first, last + 1):
            self._check(page)
        at = self.header.layout.evidence_at + begin
        return self._data[at : at + size]

    def _check(self, page: int) -> None:
        if not self._pages.check(page):
            raise self._damaged(page)

    def _damaged(self, page: int) -> Conflict:
        return Conflict("pack.error.damaged", path=str(self.path), page=page)


def signer_of(path: Path) -> bytes:
    """Return the public key that a pack names as its signer's. Whether to trust it is for people to decide.

    Raises NotFound if there is no file, Conflict if it is no pack.
    """
    with storage_errors(path):
        if not path.is_file():
            raise NotFound("pack.error.missing", path=str(path))
        with path.open("rb") as file:
            prefix = file.read(PREFIX_BYTES)
    pages_of_header(prefix, str(path))
    return claimed_key(prefix)


def _mapped(path: Path) -> mmap:
    with storage_errors(path):
        if not path.is_file():
            raise NotFound("pack.error.missing", path=str(path))
        with path.open("rb") as file:
            try:
                return mmap(file.fileno(), 0, access=ACCESS_READ)
            except ValueError as error:  # an empty file cannot be mapped
                raise Conflict("pack.error.foreign", path=str(path)) from error
