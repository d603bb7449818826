"""How long do all public TagPacks take to load? The real command, in a process of its own, on the real files."""

import json
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

PACKS = Path(__file__).resolve().parents[3] / "shared" / "data" / "labels" / "graphsense-tagpacks"


def labels_rows() -> list[dict[str, Any]]:
    """Load every pack of GraphSense into a new store, once. Needs the shared data beside the project."""
    with tempfile.TemporaryDirectory() as home:
        command = [sys.executable, "-m", "qiyafa", "labels", "import", str(PACKS), "--home", home, "--json", "--quiet"]
        answer = Path(home) / "answer.json"
        began = time.perf_counter()
        to_file = (os.POSIX_SPAWN_OPEN, 1, str(answer), os.O_CREAT | os.O_WRONLY, 0o600)
        process = os.posix_spawn(sys.executable, command, os.environ, file_actions=[to_file])
        _, status, used = os.wait4(process, 0)
        took = time.perf_counter() - began
        if os.waitstatus_to_exitcode(status) != 0:
            raise SystemExit("the packs cannot be loaded")
        told = json.loads(answer.read_text(encoding="utf-8"))
        store = (Path(home) / "labels.sqlite").stat().st_size
    return [
        {
            "name": "all TagPacks of GraphSense",
            "seconds": took,
            "processor_seconds": used.ru_utime + used.ru_stime,
            "peak_mib": used.ru_maxrss // 1024,
            "store_mb": store // 10**6,
            "answer": {key: value for key, value in told.items() if isinstance(value, int)},
        }
    ]
