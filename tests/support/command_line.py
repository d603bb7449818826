"""Qiyafa's command line, in a process of its own."""

import os
import subprocess
import sys
from pathlib import Path


def command(*arguments: object) -> list[str]:
    """Return the command that a process is started with."""
    return [sys.executable, "-m", "qiyafa", *map(str, arguments)]


def qiyafa(*arguments: object, home: Path | None = None, code: int = 0) -> str:
    """Run a command line to its end; return what it wrote. It must end with the given exit code."""
    environment = os.environ if home is None else {**os.environ, "QIYAFA_HOME": str(home)}
    done = subprocess.run(command(*arguments), capture_output=True, text=True, timeout=400, env=environment)
    assert done.returncode == code, (arguments, done.stdout[-2000:], done.stderr[-2000:])
    return done.stdout
