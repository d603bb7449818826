"""Does the cost of a transfer stay the same as ledgers grow? The engine alone, on two sizes, in one run.

    python benchmarks/speed/scaling.py --json

One theft of 256 transfers, medians of three, nanoseconds a transfer and peak bytes a transfer above the columns. The
machine has the memory before anything is timed; see `touch_memory`. Not measured: the peers, which need more memory
than they are worth at the larger size.
"""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks.measuring import commit, keep, machine, median_seconds, peak_bytes, touch_memory
from benchmarks.speed.account_ledger import make_ledger
from qiyafa.model.ledger import LedgerModel
from qiyafa.trace.engine.intervals import build_index
from qiyafa.trace.engine.lanes import LANES, Lanes, LaneSeeds, payment_shares
from qiyafa.trace.engine.opening import opening_balances
from qiyafa.trace.engine.walk import Engine
from qiyafa.trace.methods import METHODS
from qiyafa.trace.plan import Plan, StolenRow

THEFTS = 256
BYTES_TOUCHED = 64
"""A transfer, before each measurement: more than any of them takes."""


def measure(transfers: int) -> dict[str, dict[str, float]]:
    """Return nanoseconds and peak bytes a transfer, by what was run."""
    columns = make_ledger(transfers).columns
    engine = Engine(columns)
    rows = np.sort(np.random.default_rng(11).choice(transfers // 2, THEFTS, replace=False))
    plan = Plan(1, (), tuple(StolenRow(int(row), 1) for row in rows), frozenset(), transfers)
    source, target, low, high = engine.rows
    places = len(columns.places)
    shares = payment_shares(source, target, low, high, columns.places.opening_lo, columns.places.opening_hi)
    units = low[rows].astype(np.float64)
    walls = engine.ground(plan).walls
    made: dict[int, Lanes] = {}

    def lanes(count: int) -> None:
        memory = made.setdefault(count, Lanes(places, count))
        memory.walk(source, target, shares, LaneSeeds(rows, np.arange(THEFTS) % count), units, walls)

    works = {
        method: lambda method=method: engine.trace(plan, method, record=False)
        for method, kind in METHODS.items()
        if LedgerModel.ACCOUNTS in kind.models
    }
    works["prorata float64"] = lambda: lanes(1)
    works["prorata 16 lanes"] = lambda: lanes(LANES)
    works["unseen balances"] = lambda: opening_balances(source, target, low, high, places)
    works["fifo index, build"] = lambda: build_index(columns, columns.places.untraceable)
    found: dict[str, dict[str, float]] = {}
    for name, work in works.items():
        peak = peak_bytes(work) / transfers
        touch_memory(BYTES_TOUCHED * transfers)
        took = median_seconds(work) / transfers * 1e9
        found[name] = {"ns": round(took, 2), "peak_bytes": round(peak, 1)}
        print(f"{transfers:>12,} {name:22} {took:8.2f} ns {peak:8.1f} bytes", file=sys.stderr)
    return found


def main() -> None:
    """Measure both sizes and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs=2, default=(10_000_000, 30_000_000))
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--keep", metavar="NAME", help="also write benchmarks/results/NAME.json")
    options = parser.parse_args()
    measure(100_000)  # everything is compiled before it is measured
    small, large = (measure(size) for size in options.sizes)
    result: dict[str, Any] = {
        "sizes": list(options.sizes),
        "small": small,
        "large": large,
        "ratio_of_ns": {name: round(large[name]["ns"] / small[name]["ns"], 2) for name in small},
        "commit": commit(),
        "machine": machine(),
    }
    if options.keep:
        keep(options.keep, result)
    if options.json:
        print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
