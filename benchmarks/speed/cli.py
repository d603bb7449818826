"""How long does a person wait? The command line as a whole, as its own process each time.

    python benchmarks/speed/cli.py --data ../shared/data --json

Measures a cold `qiyafa trace` of the Ronin case (new process, dense columns not yet built; numba's cache warm), the
same with kept columns, the way from Parquet to all methods' answers inside a warm process, and, with --transfers,
all methods over a synthetic ledger on disk. Not measured: a machine whose disk cache is cold.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks.measuring import commit, keep, machine, seconds

RONIN = """[case]
id = "ronin-2022"
title = "Ronin bridge, 23 March 2022"
[[theft]]
chain = "eip155:1"
address = "0x098b716b8aaf21512996dc57eb0615e2383e2f96"
from_block = 14442835
[[stop]]
chain = "eip155:1"
address = "0xd90e2f925da726b50c4ed8d0fb90ad053324f31b"
reason = "mixer: Tornado Cash router"
"""
RUNS = 5


def run(*arguments: str) -> tuple[float, float]:
    """Run qiyafa in a process of its own; return (seconds, peak MiB)."""
    # An installed program has its modules compiled; this switch of some build machines would compile them each time.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    begin = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-m", "qiyafa", *arguments], stdout=subprocess.DEVNULL, env=environment)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"qiyafa {' '.join(arguments)} ended with {os.waitstatus_to_exitcode(status)}")
    return time.perf_counter() - begin, usage.ru_maxrss / 1024


def medians(runs: list[tuple[float, float]]) -> tuple[float, float]:
    """Return median seconds and the highest peak."""
    return statistics.median(took for took, _ in runs), max(peak for _, peak in runs)


def measure_ronin(data: Path, scratch: Path) -> list[dict[str, Any]]:
    """The Ronin case over the shared ledger."""
    ledger, case = scratch / "ledger", scratch / "ronin.toml"
    case.write_text(RONIN, encoding="utf-8")
    ethereum = data / "ethereum"
    ingest = run(
        "ingest", "ethereum-etl", "--transactions", str(ethereum / "transactions.parquet"),
        "--coverage", str(ethereum / "coverage.csv"), "--ledger", str(ledger), "--quiet",
    )  # fmt: skip
    trace = ("trace", str(case), "--ledger", str(ledger), "--json", "--quiet")
    run(*trace)
    cold = []
    for _ in range(RUNS):
        shutil.rmtree(ledger / "columns")
        cold.append(run(*trace))
    kept = [run(*trace) for _ in range(RUNS)]

    from qiyafa.app.trace import trace_case

    def from_parquet() -> float:
        shutil.rmtree(ledger / "columns")
        return seconds(lambda: trace_case(case, ledger))

    from_parquet()
    warm = statistics.median(from_parquet() for _ in range(RUNS))
    return [
        row("ingest the shared Ethereum ledger (368,995 transactions)", *ingest),
        row("`qiyafa trace` Ronin, six methods, columns not yet built", *medians(cold)),
        row("`qiyafa trace` Ronin, six methods, columns kept", *medians(kept)),
        row("the same inside a warm process, from Parquet to the answers", warm, None),
    ]


def measure_synthetic(transfers: int, kept_in: Path | None, scratch: Path) -> list[dict[str, Any]]:
    """All methods of one case over a synthetic ledger on disk, loading included; one that was kept is not ingested
    again.
    """
    from benchmarks.speed.account_ledger import make_ledger
    from benchmarks.speed.on_disk import write_case, write_ledger

    name = f"{transfers:,} synthetic transfers"
    folder = kept_in or scratch
    ledger, case = folder / "synthetic", folder / "synthetic.toml"
    rows = []
    if not case.exists():
        synthetic = make_ledger(transfers)
        rows = [row(f"ingest {name}", seconds(lambda: write_ledger(synthetic, ledger, scratch)), None)]
        write_case(synthetic, case)
    trace = ("trace", str(case), "--ledger", str(ledger), "--json", "--quiet")
    shutil.rmtree(ledger / "columns", ignore_errors=True)
    first, kept = run(*trace), run(*trace)
    return [
        *rows,
        row(f"`qiyafa trace` over {name}, six methods, columns not yet built", *first),
        row(f"`qiyafa trace` over {name}, six methods, columns kept", *kept),
    ]


def row(name: str, took: float, peak_mib: float | None) -> dict[str, Any]:
    """Return one row of the result."""
    print(f"{name:75} {took:8.2f} s   {'' if peak_mib is None else f'{peak_mib:8.0f} MiB'}", file=sys.stderr)
    return {"name": name, "seconds": took, "peak_mib": peak_mib}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="the folder of real data")
    parser.add_argument("--transfers", type=int, default=0, help="also measure a synthetic ledger of so many transfers")
    parser.add_argument("--ledger", type=Path, help="keep the synthetic ledger in this folder, or use the one in it")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--keep", metavar="NAME", help="also write benchmarks/results/NAME.json")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        rows = measure_ronin(options.data, Path(folder))
        if options.transfers:
            rows += measure_synthetic(options.transfers, options.ledger, Path(folder))
    source = options.data / "ethereum" / "transactions.parquet"
    digest = subprocess.run(["sha256sum", str(source)], capture_output=True, text=True, check=True).stdout.split()[0]
    result = {"rows": rows, "commit": commit(), "machine": machine(), "data_sha256": digest}
    if options.keep:
        keep(options.keep, result)
    if options.json:
        print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
