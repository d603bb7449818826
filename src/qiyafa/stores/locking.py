"""One writer at a time. The operating system drops the lock with its owner, so a killed run blocks nobody."""

import errno
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from qiyafa.model.errors import Conflict
from qiyafa.stores.layout import LOCK

_BUSY = {errno.EWOULDBLOCK, errno.EAGAIN, errno.EACCES}
_UNSUPPORTED = {errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOLCK, errno.ENOSYS, errno.EINVAL}


@contextmanager
def writer_lock(ledger: Path) -> Iterator[None]:
    """Hold the ledger for writing. Raises Conflict if another process does; its folder must exist."""
    descriptor = os.open(ledger / LOCK, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        _lock(descriptor, ledger)
        yield
    finally:
        os.close(descriptor)


def _lock(descriptor: int, ledger: Path) -> None:
    try:
        _lock_file(descriptor)
    except OSError as error:
        if error.errno in _BUSY:
            raise Conflict("ledger.lock.busy", path=str(ledger)) from error
        raise


def _lock_file(descriptor: int) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        # Some network file systems know POSIX locks only.
        if error.errno not in _UNSUPPORTED:
            raise
        fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
