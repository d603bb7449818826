"""Write a file a user asked for: aside first, then renamed, so that nobody ever sees half of it."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from qiyafa.model.errors import Unavailable


@contextlib.contextmanager
def written_aside(path: Path, *, errors: str = "strict") -> Iterator[TextIO]:
    """Open a text file for writing; it takes its name only when all is written. Raises Unavailable if it cannot be.

    A link is followed, and what is no ordinary file (a pipe, a device) is written as it is, never replaced. `errors`
    says what becomes of text that is no Unicode, as for `open`.
    """
    target = path.resolve()
    is_special = target.exists() and not target.is_file()
    aside = target if is_special else target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        with aside.open("w", encoding="utf-8", errors=errors, newline="") as file:
            yield file
        if not is_special:
            aside.replace(target)
    except OSError as error:
        raise Unavailable("case.not_written", path=str(path), reason=error.strerror or str(error)) from error
    finally:
        if not is_special:
            with contextlib.suppress(OSError):
                aside.unlink(missing_ok=True)
