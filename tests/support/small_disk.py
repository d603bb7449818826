"""A disk that is soon full: one of its own; where none may be mounted, files that may not grow beyond its size."""

import os
import resource
import subprocess
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from qiyafa.model.errors import Unavailable


@dataclass(frozen=True)
class SmallDisk:
    """A folder on a small disk."""

    folder: Path
    size: int
    """Bytes."""

    def is_mounted(self) -> bool:
        """Whether the folder is a disk of its own."""
        room = os.statvfs(self.folder)
        return room.f_blocks * room.f_frsize <= self.size

    def write_until_there_is_room(
        self, write: Callable[[], object], check: Callable[[], None], free_pages: Iterable[int]
    ) -> None:
        """Write with ever more pages free until it succeeds; a refusal says that the disk is full, and is checked."""
        ballast = self.folder / "ballast"
        refusals: list[str] = []
        for pages in free_pages:
            self._fill(ballast, pages)
            try:
                write()
            except Unavailable as error:
                refusals.append(error.key)
                ballast.unlink()
                check()
            else:
                break
        assert set(refusals) <= {"ledger.storage.full"}
        assert refusals or not self.is_mounted()

    def _fill(self, ballast: Path, free_pages: int) -> None:
        """Leave so many pages free; a disk of the machine's own is left alone."""
        room = os.statvfs(self.folder)
        ballast.write_bytes(bytes(max(room.f_bavail - free_pages, 0) * room.f_frsize) if self.is_mounted() else b"")


@contextmanager
def small_disk(folder: Path, mebibytes: int) -> Iterator[SmallDisk]:
    """Make a folder that holds so much; it is let go after the block."""
    folder.mkdir()
    size = mebibytes << 20
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder], capture_output=True)
    if mounted.returncode == 0:
        try:
            yield SmallDisk(folder, size)
        finally:
            subprocess.run(["umount", "-l", folder], check=True)
        return
    with files_of_at_most(size):
        yield SmallDisk(folder, size)


@contextmanager
def files_of_at_most(size: int) -> Iterator[None]:
    """Let no file of this process grow beyond so many bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
