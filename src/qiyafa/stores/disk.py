"""Files as a ledger needs them: hashed, synced, replaced at once, and failing with a sentence.

A write is safe only after the file and then its folder are synced (fsync(2)); a rename is atomic, but lasts only
once its folder is synced too.
"""

import errno
import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from qiyafa.model.errors import Unavailable

HASHING_THREADS = 2

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_DENIED = {errno.EACCES, errno.EPERM, errno.EROFS}
_CHUNK_BYTES = 1 << 20


@contextmanager
def storage_errors(path: Path) -> Iterator[None]:
    """Turn what the file system refuses into Unavailable, naming the path at fault."""
    try:
        yield
    except OSError as error:
        raise unavailable(error, path) from error


def unavailable(error: OSError, path: Path) -> Unavailable:
    """Return the sentence for a failing file system."""
    at_fault = str(error.filename or path)
    if error.errno in _FULL:
        return Unavailable("ledger.storage.full", path=at_fault)
    if error.errno in _DENIED:
        return Unavailable("ledger.storage.denied", path=at_fault)
    return Unavailable("ledger.storage.failed", path=at_fault, reason=error.strerror or str(error))


def sha256_of(path: Path, told: Callable[[int], None] | None = None) -> str:
    """Return the SHA-256 of a file in hexadecimal; `told` hears the size of each chunk. The GIL is free meanwhile."""
    digest = hashlib.sha256()
    buffer = memoryview(bytearray(_CHUNK_BYTES))
    with path.open("rb", buffering=0) as file:
        while size := file.readinto(buffer):
            digest.update(buffer[:size])
            if told is not None:
                told(size)
    return digest.hexdigest()


def changed_files(folder: Path, expected: Mapping[str, str]) -> list[str]:
    """Return the files, by path inside the folder, that are missing or whose SHA-256 is not the expected one."""

    def is_changed(name: str) -> bool:
        try:
            return sha256_of(folder / name) != expected[name]
        except FileNotFoundError:
            return True

    with ThreadPoolExecutor(HASHING_THREADS) as pool:
        return [name for name, changed in zip(expected, pool.map(is_changed, expected), strict=True) if changed]


def sync_file(path: Path) -> None:
    """Return once the bytes of a file are on the disk."""
    _sync(path, os.O_RDONLY)


def sync_folders(folders: Iterable[Path]) -> None:
    """Return once the names in these folders are on the disk."""
    for folder in sorted(set(folders)):
        _sync(folder, os.O_RDONLY | os.O_DIRECTORY)


def write_synced(path: Path, content: bytes) -> None:
    """Write a file and return once it is on the disk; its folder is not synced."""
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def make_folder(folder: Path) -> None:
    """Make a folder and its missing parents, synced, so that a file in it cannot vanish with it."""
    missing = []
    while not folder.is_dir():
        missing.append(folder)
        folder = folder.parent
    for one in reversed(missing):
        one.mkdir(exist_ok=True)
        sync_folders([one.parent])


def _sync(path: Path, flags: int) -> None:
    descriptor = os.open(path, flags)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
