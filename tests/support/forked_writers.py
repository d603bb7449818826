"""Writers of any store in processes of their own, forked by one so that imports are done once and a kill takes
milliseconds. A writer appends the number of each batch to a file, once it is told that the batch is on the disk.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

_PROGRAM = """
import os, sys
from tests.conformance.store_samples import STORE_SAMPLES
import psycopg

for line in sys.stdin:
    order = line.rstrip("\\n").split("\\t")
    if order[0] == "end":
        print(os.waitpid(int(order[1]), 0)[1], flush=True)
        continue
    kind, place, told, *numbers = order
    child = os.fork()
    if child == 0:
        sample = STORE_SAMPLES[kind]
        descriptor = os.open(told, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        store = sample.opened(place)
        for number in range(*map(int, numbers)):
            sample.write(store, number)
            os.write(descriptor, f"{number}\\n".encode())
        os._exit(0)
    print(child, flush=True)
"""


@dataclass(frozen=True)
class ForkedWriter:
    """One writer."""

    process: int
    asks: IO[str]
    answers: IO[str]

    def kill(self) -> None:
        """Kill it, now; one that has ended already stays as it was."""
        os.kill(self.process, signal.SIGKILL)
        self.end()

    def end(self) -> bool:
        """Wait for its end; return whether it had written everything."""
        self.asks.write(f"end\t{self.process}\n")
        return int(self.answers.readline()) == 0


@dataclass(frozen=True)
class ForkedWriters:
    """The process that forks them."""

    asks: IO[str]
    answers: IO[str]

    def start(self, kind: str, place: str, told: Path, batches: range) -> ForkedWriter:
        """Let a writer write batches into the store of a kind at a place. It waits as a zombie until it is ended."""
        told.touch()
        numbers = (batches.start, batches.stop, batches.step)
        self.asks.write("\t".join(map(str, (kind, place, told, *numbers))) + "\n")
        return ForkedWriter(int(self.answers.readline()), self.asks, self.answers)


def acknowledged(told: Path) -> list[int]:
    """Return the batches that writers were told are on the disk."""
    return [int(line) for line in told.read_text().split()]


@contextmanager
def forked_writers() -> Iterator[ForkedWriters]:
    """Start the process that forks writers; it ends with the block."""
    root = Path(__file__).resolve().parents[2]
    process = subprocess.Popen(
        [sys.executable, "-c", _PROGRAM],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1, cwd=root,
        env={**os.environ, "PYTHONPATH": f"{root}:{root / 'tests'}"},
    )  # fmt: skip
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        yield ForkedWriters(process.stdin, process.stdout)
    finally:
        process.stdin.close()
        process.wait(timeout=30)
        process.stdout.close()
