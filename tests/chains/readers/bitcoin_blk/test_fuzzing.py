"""The block parser under hostile bytes: a bounded run of the fuzz target, with its limits on memory and time."""

import subprocess
import sys
from pathlib import Path

import pytest

TARGET = Path(__file__).resolve().parents[3] / "fuzz" / "fuzz_block_parser.py"
RUNS = 20_000
LIMITS = ("-rss_limit_mb=2048", "-timeout=10", "-seed=1")


@pytest.mark.slow
@pytest.mark.alone
def test_the_block_parser_withstands_many_mutations(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, TARGET, f"-runs={RUNS}", *LIMITS],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert f"Done {RUNS} runs" in done.stderr
