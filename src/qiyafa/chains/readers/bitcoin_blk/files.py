"""A file with blocks: what it is, and its bytes as the node meant them.

Forms: the files of a node (`blk*.dat`, from Bitcoin Core 28 on combined by XOR with the eight bytes of `xor.dat` beside
them), and one raw block as bytes, as hexadecimal text, or as that text inside JSON (the answer of `getblock HASH 0`).
"""

import io
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

import numpy as np

from qiyafa.chains.outputs.block_layout import MOST_BLOCK_BYTES
from qiyafa.chains.outputs.network import Network
from qiyafa.chains.readers.source_file import first_bytes, reading, size_of
from qiyafa.chains.strict_json import StrictJsonError, strict_json
from qiyafa.model.errors import InvalidInput, NotFound, Unavailable

MAGIC_BYTES: Final = 4

_KEY_FILE, _KEY_BYTES = "xor.dat", 8
_NODE_FILE = re.compile(r"blk[0-9]+\.dat", re.ASCII)
_BUFFER_BYTES = 1 << 16
_MOST_TEXT_BYTES = 64_000_000
"""Of a file that holds one block as text: far more than any block takes in hexadecimal beside its JSON."""
_TEXT_STARTS = b'0123456789abcdefABCDEF"{[ \t\r\n'
_PROBED_BYTES = 64
_HEX = re.compile(rb"(?:[0-9a-fA-F]{2})+", re.ASCII)
_JSON_KEYS = ("result", "block", "hex")


@dataclass(frozen=True, slots=True)
class BlockFile:
    """One file with blocks."""

    path: Path
    size: int
    """Bytes, of the block alone where it is a single one."""
    key: bytes = b""
    """What its bytes are combined with; empty for nothing."""
    is_single: bool = False
    """Whether it holds one block and nothing else, as bytes or as text."""
    fault: str = ""
    """Key of the sentence that says why the file holds no block; empty if it may."""

    @contextmanager
    def opened(self) -> Iterator["OpenedFile"]:
        """Give the file for reading. Raises NotFound or Unavailable."""
        if self.is_single:
            try:
                block = _single_block(self.path)
            except _NoBlockError as error:
                raise Unavailable("chains_outputs.error.file_changed", file=str(self.path)) from error
            yield OpenedFile(self, io.BytesIO(block))
            return
        with reading(self.path), self.path.open("rb", buffering=_BUFFER_BYTES) as stream:
            yield OpenedFile(self, stream)


class OpenedFile:
    """The bytes of a file with blocks, at any place."""

    def __init__(self, file: BlockFile, stream: BinaryIO) -> None:
        self.file = file
        self._stream = stream

    def raw(self, at: int, count: int) -> bytes:
        """Return bytes as they stand on the disk; fewer at the end of the file."""
        self._stream.seek(at)
        return self._stream.read(count)

    def read(self, at: int, count: int) -> bytes:
        """Return bytes as the node meant them; fewer at the end of the file."""
        return unmasked(self.raw(at, count), self.file.key, at)


def unmasked(data: bytes, key: bytes, at: int) -> bytes:
    """Return bytes that stand at a place of a file, combined by XOR with the file's key."""
    if not any(key):
        return data
    turned = np.roll(np.frombuffer(key, np.uint8), -(at % len(key)))
    mask = np.resize(turned, len(data))
    return bytes(np.frombuffer(data, np.uint8) ^ mask)


def block_files_in(folder: Path) -> tuple[Path, ...]:
    """Return the block files of a node's folder in the order of their numbers. Raises NotFound if there are none."""
    with reading(folder):
        found = sorted(path for path in folder.iterdir() if _NODE_FILE.fullmatch(path.name))
    if not found:
        raise NotFound("chains_outputs.error.no_block_files", folder=str(folder))
    return tuple(found)


def mask_beside(path: Path) -> bytes:
    """Return the key with which the files of a node's folder are masked. Raises InvalidInput if it is none."""
    beside = path.parent / _KEY_FILE
    if not beside.exists():
        return b""
    with reading(beside):
        key = beside.read_bytes()
    if len(key) != _KEY_BYTES:
        raise InvalidInput("chains_outputs.error.key_file", file=str(beside), size=len(key))
    return key


def open_block_file(path: Path, network: Network, others: Iterable[Network]) -> BlockFile:
    """Return what a file with blocks is. Raises NotFound, and InvalidInput if it is of another network."""
    size = size_of(path)
    head = first_bytes(path, _PROBED_BYTES)
    key = mask_beside(path)
    for used in (b"", key):
        if unmasked(head, used, 0).startswith(network.magic):
            return BlockFile(path, size, used)
    for other in others:
        if other.magic in (head[:MAGIC_BYTES], unmasked(head, key, 0)[:MAGIC_BYTES]):
            raise InvalidInput(
                "chains_outputs.error.other_network", file=str(path), found=other.slug, expected=network.slug
            )
    if _NODE_FILE.fullmatch(path.name):
        return BlockFile(path, size, key)
    if _is_text(head):
        return _described(path, size, _MOST_TEXT_BYTES)
    return _described(path, size, MOST_BLOCK_BYTES)


def _is_text(head: bytes) -> bool:
    return head[0] in _TEXT_STARTS and head.isascii()


def _described(path: Path, size: int, most_bytes: int) -> BlockFile:
    """Return what a file with a single block is."""
    if size > most_bytes:
        return BlockFile(path, size, fault="chains_outputs.problem.too_long")
    try:
        block = _single_block(path)
    except _NoBlockError as error:
        return BlockFile(path, size, fault=error.key)
    fault = "chains_outputs.problem.too_long" if len(block) > MOST_BLOCK_BYTES else ""
    return BlockFile(path, len(block), is_single=True, fault=fault)


class _NoBlockError(ValueError):
    """A text that holds no block; `key` names the sentence."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


def _single_block(path: Path) -> bytes:
    """Return the block that a file holds as bytes or as text. Raises _NoBlockError."""
    with reading(path):
        content = path.read_bytes()
    if not _is_text(content[:_PROBED_BYTES]):
        return content
    content = content.strip()
    if not _HEX.fullmatch(content):
        try:
            content = _text_in(strict_json(content))
        except StrictJsonError:
            raise _NoBlockError("chains_outputs.problem.no_text") from None
    if not _HEX.fullmatch(content):
        raise _NoBlockError("chains_outputs.problem.no_raw_block")
    return bytes.fromhex(content.decode("ascii"))


def _text_in(value: object) -> bytes:
    """Return the hexadecimal text in JSON: alone, or under one of the keys that nodes and explorers use."""
    if isinstance(value, dict):
        value = next((value[key] for key in _JSON_KEYS if isinstance(value.get(key), str)), "")
    return value.strip().encode("utf-8", "replace") if isinstance(value, str) else b""
