"""How a command ends: the one place that turns an error into a sentence on stderr and an exit code.

0 done, also with problems in single rows; 1 a finding that the command promises to signal; 2 the request cannot be
meant as it stands, or names what is not there; 3 what exists contradicts itself, or the outside failed; 130 Ctrl-C.
A closed pipe ends the process by SIGPIPE, as it ends every program of a pipeline.
"""

import contextlib
import errno
import os
import sys
from dataclasses import dataclass
from typing import cast

import typer

from qiyafa.cli.json_text import json_line
from qiyafa.model.errors import Conflict, Field, InvalidInput, NotFound, QiyafaError, Unavailable
from qiyafa.text import shown, text, text_for_terminal

DONE = 0
FINDING = 1
"""Damage found, or an accounting that does not add up: only where the command promises it."""
INTERRUPTED = 130

EXIT_CODES: dict[type[QiyafaError], int] = {InvalidInput: 2, NotFound: 2, Conflict: 3, Unavailable: 3}

UsageError = cast(type[Exception], typer.BadParameter.__base__)
"""What typer raises for a command line it cannot parse; the parser behind typer has changed, this base has not."""

EXPECTED: tuple[type[BaseException], ...] = (
    QiyafaError,
    UsageError,
    OSError,
    MemoryError,
    KeyboardInterrupt,
    typer.Abort,
)
"""Everything that ends a command without being a mistake in Qiyafa itself."""


@dataclass(frozen=True, slots=True)
class Failure:
    """An error as it is shown: its kind and key for programs, its sentence for people."""

    kind: str
    key: str
    fields: dict[str, Field]
    code: int

    @property
    def message(self) -> str:
        """The sentence, with hostile fields made harmless."""
        return text(self.key, **self.fields)


def failure_of(error: BaseException) -> Failure:
    """Return how one of the `EXPECTED` errors is shown."""
    if isinstance(error, QiyafaError):
        kind = next(known for known in EXIT_CODES if isinstance(error, known))
        return Failure(kind.__name__, error.key, error.fields, EXIT_CODES[kind])
    if isinstance(error, UsageError):
        return _usage_failure(error)
    if isinstance(error, OSError):
        return _outside_failure(error)
    if isinstance(error, MemoryError):
        return Failure(Unavailable.__name__, "cli.error.memory", {}, EXIT_CODES[Unavailable])
    return Failure("Interrupted", "cli.error.interrupted", {}, INTERRUPTED)


def report_failure(failure: Failure, *, as_json: bool) -> int:
    """Write a failure to stderr, as one sentence or as JSON, and return its exit code."""
    if as_json:
        fields = {name: shown(value) if isinstance(value, str) else value for name, value in failure.fields.items()}
        record = {"kind": failure.kind, "key": failure.key, "message": failure.message, "fields": fields}
        written = json_line({"error": record})
    else:
        written = f"qiyafa: {text_for_terminal(failure.key, **failure.fields)}"
    sys.stderr.write(written + "\n")
    return failure.code


def abandon_output() -> None:
    """Give up on a stdout that cannot be written, so that nothing is tried again when the process ends."""
    with contextlib.suppress(OSError), open(os.devnull, "w") as silence:  # noqa: PTH123 - a device, not a file
        os.dup2(silence.fileno(), sys.stdout.fileno())


def _usage_failure(error: Exception) -> Failure:
    message = str(getattr(error, "format_message", lambda: error)()).rstrip(".")
    fields: dict[str, Field] = {"command": getattr(getattr(error, "ctx", None), "command_path", "qiyafa")}
    key = "cli.error.usage" if message else "cli.error.command_missing"
    return Failure(
        InvalidInput.__name__, key, fields | ({"message": message} if message else {}), EXIT_CODES[InvalidInput]
    )


def _outside_failure(error: OSError) -> Failure:
    key = "cli.error.disk_full" if error.errno in (errno.ENOSPC, errno.EDQUOT) else "cli.error.outside"
    named = f"{error.filename}: " if error.filename else ""
    fields: dict[str, Field] = {"reason": f"{named}{error.strerror or error}"}
    return Failure(Unavailable.__name__, key, fields, EXIT_CODES[Unavailable])
