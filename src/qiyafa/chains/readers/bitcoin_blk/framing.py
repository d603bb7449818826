"""Where records stand in the files of a node: magic, length (4 bytes, lowest first), then the record.

Between records there may be zeros, since nodes make room in advance; after anything else the next magic is searched,
as Bitcoin Core does when it imports such files (`LoadExternalBlockFile`).
"""

from collections.abc import Iterator
from typing import NamedTuple

from qiyafa.chains.readers.bitcoin_blk.files import MAGIC_BYTES, OpenedFile, unmasked
from qiyafa.chains.readers.reading import FileProblems

_PREFIX_BYTES = MAGIC_BYTES + 4
_FIRST_WINDOW_BYTES, _WINDOW_BYTES = 1 << 12, 1 << 20
"""A search begins small, so that a file full of false beginnings is not read over and over."""


class Frame(NamedTuple):
    """One record."""

    at: int
    """Byte of the file at which the record stands, behind its length."""
    size: int


class Framing(NamedTuple):
    """What records of a file look like."""

    magic: bytes
    least: int
    """Bytes of the shortest record."""
    most: int
    """Bytes of the longest record."""
    trailer: int = 0
    """Bytes behind each record that are not counted in its length."""


def frames(file: OpenedFile, framing: Framing, problems: FileProblems) -> Iterator[Frame]:
    """Yield the records of a file in their order; what is no record becomes a problem."""
    at, size = 0, file.file.size
    while at + _PREFIX_BYTES <= size:
        prefix = file.read(at, _PREFIX_BYTES)
        length = int.from_bytes(prefix[MAGIC_BYTES:], "little")
        if not prefix.startswith(framing.magic):
            start, at = at, _next_magic(file, at + 1, framing.magic)
            if not _is_padding(file, start, at):
                problems.add(_place(start), "chains_outputs.problem.no_record", size=at - start)
        elif not framing.least <= length <= framing.most:
            problems.add(_place(at), "chains_outputs.problem.length", size=length)
            at = _next_magic(file, at + MAGIC_BYTES, framing.magic)
        elif at + _PREFIX_BYTES + length + framing.trailer > size:
            problems.add(_place(at), "chains_outputs.problem.cut_tail", size=length, left=size - at - _PREFIX_BYTES)
            at = _next_magic(file, at + MAGIC_BYTES, framing.magic)
        else:
            yield Frame(at + _PREFIX_BYTES, length)
            at += _PREFIX_BYTES + length + framing.trailer
    if at < size and not _is_padding(file, at, size):
        problems.add(_place(at), "chains_outputs.problem.no_record", size=size - at)


def _place(at: int) -> str:
    return f"byte {at}"


def _next_magic(file: OpenedFile, at: int, magic: bytes) -> int:
    """Return where the next magic stands, or the end of the file."""
    size = _FIRST_WINDOW_BYTES
    while at < file.file.size:
        window = file.read(at, size)
        found = window.find(magic)
        if found >= 0:
            return at + found
        at += max(len(window) - (MAGIC_BYTES - 1), 1)
        size = min(2 * size, _WINDOW_BYTES)
    return file.file.size


def _is_padding(file: OpenedFile, start: int, end: int) -> bool:
    """Tell whether bytes are zeros, on the disk or as the node meant them."""
    for at in range(start, end, _WINDOW_BYTES):
        raw = file.raw(at, min(_WINDOW_BYTES, end - at))
        if any(raw.strip(b"\0")) and any(unmasked(raw, file.file.key, at).strip(b"\0")):
            return False
    return True
