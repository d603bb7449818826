"""A user's file before its content counts: is it there, can it be read, what is it, what is its hash."""

import errno
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from qiyafa.model.errors import InvalidInput, NotFound, QiyafaError, Unavailable

GZIP_MAGIC = b"\x1f\x8b"
PARQUET_MAGIC = b"PAR1"


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Turn what the file system says about a user's file into an error with a sentence."""
    try:
        # A pipe without a writer is never opened, and a device may never end.
        if path.exists() and not (path.is_file() or path.is_dir()):
            raise InvalidInput("read.error.not_ordinary", file=str(path))
        yield
    except OSError as error:
        raise _translated(error, path) from error


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Turn what the file system says about the scratch folder into an error with a sentence."""
    try:
        yield
    except OSError as error:
        raise Unavailable("chains.error.scratch", path=str(folder), reason=error.strerror or str(error)) from error


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal. Raises NotFound, InvalidInput or Unavailable."""
    with reading(path), path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def size_of(path: Path) -> int:
    """Return the size of a file in bytes. Raises NotFound, InvalidInput or Unavailable."""
    with reading(path):
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, "")
        return path.stat().st_size


def first_bytes(path: Path, count: int = 4) -> bytes:
    """Return the first bytes of a file. Raises NotFound or Unavailable, and InvalidInput if it is empty."""
    with reading(path), path.open("rb") as file:
        head = file.read(count)
    if not head:
        raise InvalidInput("chains.error.file_empty", file=str(path))
    return head


def _translated(error: OSError, path: Path) -> QiyafaError:
    if error.errno == errno.ENOENT:
        return NotFound("chains.error.file_missing", file=str(path))
    if error.errno == errno.EISDIR:
        return InvalidInput("chains.error.file_is_folder", file=str(path))
    return Unavailable("chains.error.file_unreadable", file=str(path), reason=error.strerror or str(error))
