"""Is it a file that has an end? A pipe without a writer is never opened, and a device may never end."""

import stat
from pathlib import Path

from qiyafa.model.errors import InvalidInput


def refuse_special(path: Path) -> None:
    """Raise InvalidInput for a pipe, a device or a socket; OSError if the file system cannot tell.

    What is not there or is a folder is for the caller to name.
    """
    try:
        mode = path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
        raise InvalidInput("read.error.not_ordinary", file=str(path))
