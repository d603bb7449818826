"""What every benchmark states: time, peak memory, machine, commit, and a hash of the data it ran on."""

import hashlib
import json
import os
import platform
import statistics
import subprocess
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np

RESULTS = Path(__file__).resolve().parent / "results"


def median_seconds(work: Callable[[], object], runs: int = 3) -> float:
    """Return the median time of some runs."""
    return statistics.median(seconds(work) for _ in range(runs))


def median_and_result(work: Callable[[], Any], runs: int = 3) -> tuple[float, Any]:
    """Return the median time of some runs and what the last one gave."""
    took, result = [], None
    for _ in range(runs):
        result = None
        begin = time.perf_counter()
        result = work()
        took.append(time.perf_counter() - begin)
    return statistics.median(took), result


def seconds(work: Callable[[], object]) -> float:
    """Return the time of one run."""
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def touch_memory(size: int) -> None:
    """Have so many bytes once and give them back.

    On a virtual machine the first touch of memory that it has not used for a while is served by its host, at a tenth
    of the speed of a later one. That cost belongs to the machine and not to what is measured.
    """
    np.zeros(size // 8)[:: 4096 // 8] = 1.0


def peak_bytes(work: Callable[[], object]) -> int:
    """Return how far the resident memory rose above where it stood, by Linux's own high-water mark."""
    before = _resident("VmRSS")
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    work()
    return _resident("VmHWM") - before


def _resident(name: str) -> int:
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith(name + ":"):
            return int(line.split()[1]) * 1024
    raise LookupError(name)


def machine() -> dict[str, Any]:
    """Return what the figures were measured on."""
    model = ""
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        names = [line for line in cpuinfo.read_text(encoding="utf-8").splitlines() if line.startswith("model name")]
        model = names[0].partition(":")[2].strip() if names else ""
    return {
        "processor": model or platform.processor(),
        "cores": os.cpu_count(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "load": round(os.getloadavg()[0], 2),
    }


def commit() -> str:
    """Return the commit that was measured; `+` marks uncommitted changes."""
    try:
        head = subprocess.run(["git", "rev-parse", "HEAD"], capture_output=True, text=True, check=True).stdout.strip()
        changed = subprocess.run(["git", "status", "--porcelain", "src"], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return head + ("+" if changed.stdout.strip() else "")


def hash_of(arrays: Iterable[np.ndarray]) -> str:
    """Return one SHA-256 over arrays."""
    digest = hashlib.sha256()
    for array in arrays:
        digest.update(np.ascontiguousarray(array).view(np.uint8).data)
    return digest.hexdigest()


def keep(name: str, result: dict[str, Any]) -> None:
    """Write a result where the README's figures come from."""
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{name}.json").write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
