"""Writes a screening pack: records spread over pages, evidence, the hash tree, the signed header.

The same records and contents give the same bytes, in whatever order the records come. A pack is written aside, synced
and renamed, so that a reader finds the old one or the new one.
"""

import hashlib
import os
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import BinaryIO, Final

import numpy as np
from numpy.typing import NDArray

from qiyafa.model.errors import Conflict
from qiyafa.model.ports import Progress, silent
from qiyafa.stores.disk import storage_errors, sync_folders
from qiyafa.stores.pack_header import PackContents, PackHeader, header_bytes, header_pages
from qiyafa.stores.pack_kernels import fill_pages, mixed_hashes, order_equal_hashes
from qiyafa.stores.pack_keys import KeyHash, factors_from
from qiyafa.stores.pack_layout import FILLED_SLOTS, PAGE_BYTES, RECORD_BYTES, Layout, pages_for
from qiyafa.stores.pack_tree import leaf_hash, root_hash, tree_pages

_PAGES_AT_ONCE: Final = 8192
_STAGE: Final = "pack.stage.pages"


@dataclass(frozen=True, slots=True)
class Signer:
    """Who signs a pack."""

    public_key: bytes
    sign: Callable[[bytes], bytes]


def write_pack(
    path: Path,
    contents: PackContents,
    records: NDArray[np.void],
    evidence: bytes,
    signer: Signer,
    progress: Progress = silent,
) -> PackHeader:
    """Write a pack of these slots (see `pack_record.record_rows`) and return its header.

    Raises Conflict if a record stands there twice, Unavailable if the file cannot be written.
    """
    aside = path.with_name(f".{path.name}.writing")
    with storage_errors(path):
        try:
            with aside.open("wb+") as file:
                header = _write(file, contents, records, evidence, signer, progress)
                file.flush()
                os.fsync(file.fileno())
            aside.replace(path)
        finally:
            aside.unlink(missing_ok=True)
        sync_folders([path.parent])
    return header


def _write(
    file: BinaryIO,
    contents: PackContents,
    records: NDArray[np.void],
    evidence: bytes,
    signer: Signer,
    progress: Progress,
) -> PackHeader:
    homes = max(1, -(-len(records) // FILLED_SLOTS))
    hashing = KeyHash(factors_from(_digest(contents)), homes)
    # Spilled pages, the root and the counts are known at the end; no number of theirs is longer than these.
    layout = Layout(0, homes, homes + len(records), pages_for(len(evidence)))
    header = PackHeader(contents, len(records), layout, hashing, len(evidence), bytes(32), signer.public_key)
    pages_of_header = header_pages(header)
    file.seek(pages_of_header * PAGE_BYTES)
    leaves = _write_records(file, records, hashing, progress)
    layout = Layout(pages_of_header, homes, len(leaves), pages_for(len(evidence)))
    leaves += _write_evidence(file, evidence)
    top = b""
    for top in tree_pages(leaves):
        file.write(top)
    header = replace(header, layout=layout, root=root_hash(len(leaves), top))
    file.seek(0)
    file.write(header_bytes(header, signer.sign))
    return header


def _digest(contents: PackContents) -> bytes:
    return hashlib.sha256(repr(asdict(contents)).encode()).digest()


def _write_records(file: BinaryIO, records: NDArray[np.void], hashing: KeyHash, progress: Progress) -> list[bytes]:
    """Write the pages of records and return their hashes."""
    rows = np.ascontiguousarray(records).view(np.uint8).reshape(len(records), RECORD_BYTES)
    hashes = mixed_hashes(rows.view(np.uint64), hashing.array())
    order = np.argsort(hashes, kind="stable")
    twice = order_equal_hashes(rows, hashes, order)
    if twice >= 0:
        raise Conflict("pack.error.twice", key=rows[twice, :34].tobytes().hex())
    state = np.zeros(2, np.int64)
    leaves: list[bytes] = []
    while state[0] < hashing.homes or state[1] < len(records):
        size = min(_PAGES_AT_ONCE, max(1, hashing.homes - int(state[0])))
        pages = np.zeros((size, PAGE_BYTES), np.uint8)
        fill_pages(rows, hashes, order, hashing.homes, state, pages)
        file.write(pages.data)
        leaves += [leaf_hash(page.data) for page in pages]
        progress(_STAGE, len(leaves), hashing.homes)
    return leaves


def _write_evidence(file: BinaryIO, evidence: bytes) -> list[bytes]:
    padded = evidence.ljust(pages_for(len(evidence)) * PAGE_BYTES, b"\0")
    file.write(padded)
    return [leaf_hash(padded[at : at + PAGE_BYTES]) for at in range(0, len(padded), PAGE_BYTES)]
