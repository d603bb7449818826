"""Take a hostile file apart in a process of its own, with limits on memory, time and what it may write.

The parent sends the file on stdin and reads JSON from stdout. Whatever goes wrong inside, a crash of a parser written
in C too, is a sentence outside. Nothing here opens a socket or a file that a document names.
"""

import contextlib
import signal
import subprocess
import sys
from typing import Final

import msgspec

from qiyafa.documents.document import DocumentKind, Extracted, Limits, Unreadable
from qiyafa.model.errors import Field

_OUT_OF_MEMORY: Final = 77
"""Exit code of the child; Python itself uses 1 for an error that nobody caught, and 120."""
_STOPPED: Final = frozenset(getattr(signal, name, 0) for name in ("SIGXCPU", "SIGKILL")) - {0}
"""How the system ends a process that has used up its time."""
_STARTING_SECONDS: Final = 10
"""What the child may need beyond its limit to start and to hand its answer over."""


class _Request(msgspec.Struct):
    kind: DocumentKind
    limits: Limits


class _Answer(msgspec.Struct):
    extracted: Extracted | None = None
    refused: str = ""
    """A key of the text catalogue, where the reader refused the file."""
    fields: dict[str, Field] = {}


def read_in_jail(kind: DocumentKind, data: bytes, limits: Limits) -> Extracted:
    """Return the text of a file. Raises Unreadable if it has none or cannot be read within the limits."""
    request = msgspec.json.encode(_Request(kind, limits)).decode()
    # -I: neither the folder the user stands in nor the environment adds modules to the child.
    command = [sys.executable, "-I", "-m", "qiyafa.documents.jail", request]
    try:
        done = subprocess.run(  # noqa: S603 - our own module, and nothing of the file is in the command
            command, input=data, capture_output=True, timeout=limits.seconds + _STARTING_SECONDS, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise Unreadable("read.error.too_slow", seconds=limits.seconds) from error
    if -done.returncode in _STOPPED:
        raise Unreadable("read.error.too_slow", seconds=limits.seconds)
    if done.returncode:
        key = "read.error.too_hungry" if done.returncode == _OUT_OF_MEMORY else "read.error.damaged"
        raise Unreadable(key, kind=kind.value, **_memory(key, limits))
    answer = msgspec.json.decode(done.stdout, type=_Answer)
    if answer.extracted is None:
        raise Unreadable(answer.refused, **answer.fields)
    return answer.extracted


def _memory(key: str, limits: Limits) -> dict[str, Field]:
    return {"megabytes": limits.memory_bytes // 1_000_000} if key == "read.error.too_hungry" else {}


def _confine(limits: Limits) -> None:
    """Bound what this process may use. Systems without such limits are left with the parent's patience."""
    with contextlib.suppress(ImportError):
        import resource

        memory, seconds = limits.memory_bytes, limits.seconds + _STARTING_SECONDS
        for what, most in ((resource.RLIMIT_AS, memory), (resource.RLIMIT_CPU, seconds), (resource.RLIMIT_FSIZE, 0)):
            _, hard = resource.getrlimit(what)
            allowed = most if hard == resource.RLIM_INFINITY else min(most, hard)
            with contextlib.suppress(ValueError, OSError):
                resource.setrlimit(what, (allowed, allowed))


def _child() -> int:
    from qiyafa.documents import READERS

    request = msgspec.json.decode(sys.argv[1], type=_Request)
    _confine(request.limits)
    try:
        data = sys.stdin.buffer.read()
        try:
            answer = _Answer(READERS[request.kind].read(data, request.limits))
        except Unreadable as refusal:
            answer = _Answer(refused=refusal.key, fields=refusal.fields)
        sys.stdout.buffer.write(msgspec.json.encode(answer))
    except MemoryError:
        return _OUT_OF_MEMORY
    return 0


if __name__ == "__main__":
    sys.exit(_child())
