"""How fast are exposure and search on chains of outputs? One run, same ledger, side by side, medians of three.

    python benchmarks/speed/outputs.py --transactions 1000000 --json

Not measured here: reading a ledger from disk. Every row is checked in the same run: shares equal those of the peer, and
what the index finds equals what the peer's queues hold.
"""

import argparse
import json
import sys
from collections import deque
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numba import njit

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks.measuring import commit, hash_of, keep, machine, median_and_result, seconds
from benchmarks.speed.output_ledger import SUBSIDY, make_outputs
from qiyafa.model.outputs import OutputColumns
from qiyafa.trace.engine.outputs_fifo import OutputsIndex
from qiyafa.trace.engine.outputs_prorata import SpendingWeights
from qiyafa.trace.engine.vectors import LANES
from qiyafa.trace.engine.walk import Engine
from qiyafa.trace.lowering import lowered
from qiyafa.trace.methods import METHODS
from qiyafa.trace.outcome import Ending
from qiyafa.trace.plan import Plan, StolenRow

THEFTS = 256
WARM_UP = 20_000


@dataclass
class Bench:
    """One ledger, its thefts, and the rows measured so far."""

    outputs: OutputColumns
    quiet: bool = False
    rows: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        half = int(self.outputs.first_output[len(self.outputs) // 2])
        chosen = np.random.default_rng(11).choice(np.flatnonzero(self.outputs.value[:half]), THEFTS, replace=False)
        self.stolen = np.sort(chosen)
        self.stops = np.zeros(len(self.outputs.value), dtype=np.uint8)

    def add(self, name: str, ours: float, peer: str, theirs: float) -> None:
        """Keep one row."""
        row = {"name": name, "seconds": ours, "peer": peer, "peer_seconds": theirs, "ratio": theirs / ours}
        self.rows.append(row)
        if not self.quiet:
            print(f"{name:26} {ours:10.4f} s   {peer:36} {theirs:9.3f} s   {row['ratio']:8.1f} x", file=sys.stderr)


def make_ledger(transactions: int) -> OutputColumns:
    """Return a synthetic ledger whose values are broken evenly: a solver skips inputs that are worth nothing."""
    outputs = make_outputs(transactions)
    value = np.zeros_like(outputs.value)
    _share_evenly(outputs.first_input, outputs.first_output, outputs.spent_output, outputs.coinbase, value)
    return replace(outputs, value=value)


@njit(cache=True)
def _share_evenly(first_input, first_output, spent_output, coinbase, value):  # type: ignore[no-untyped-def]
    for transaction in range(len(first_input) - 1):
        units = SUBSIDY if coinbase[transaction] else 0
        for entry in range(first_input[transaction], first_input[transaction + 1]):
            units += np.int64(value[spent_output[entry]])
        units -= 0 if coinbase[transaction] else units // 1_000
        begin, end = first_output[transaction], first_output[transaction + 1]
        for output in range(begin, end):
            value[output] = units // (end - begin) + (output - begin < units % (end - begin))


def measure_shares(bench: Bench) -> dict[str, float]:
    """Pro rata against scipy's triangular solver on the same matrix; one theft, then sixteen."""
    from scipy.sparse import csr_matrix, identity
    from scipy.sparse.linalg import spsolve_triangular

    weights = SpendingWeights.of(bench.outputs)
    build = seconds(lambda: SpendingWeights.of(bench.outputs))
    count = len(bench.outputs)
    # All outputs of some transactions are stolen, so that both solve the very same system.
    thieves = np.unique(weights.creator_of[bench.stolen])
    outputs = np.flatnonzero(np.isin(weights.creator_of, thieves))
    spender = weights.transaction
    known = (weights.creator < count) & ~np.isin(spender, thieves)
    matrix = csr_matrix((weights.weight[known], (spender[known], weights.creator[known])), shape=(count, count))
    system = (identity(count, format="csr") - matrix).tocsr()
    right = np.zeros(count)
    right[thieves] = 1.0
    ours, shares = median_and_result(lambda: weights.shares([outputs]), runs=9)
    theirs, expected = median_and_result(lambda: spsolve_triangular(system, right, lower=True, unit_diagonal=True))
    shares[thieves] = 1.0
    assert np.allclose(shares[:count, 0], expected, atol=1e-9), "shares differ from the solver's"
    bench.add("prorata, float64", ours, "scipy spsolve_triangular", theirs)
    groups = [outputs[lane::LANES] for lane in range(LANES)]
    sixteen, _ = median_and_result(lambda: weights.shares(groups), runs=9)
    bench.add("prorata, 16 thefts", sixteen, "16 walks of one theft", LANES * ours)
    inputs = len(weights.weight)
    return {
        "build_seconds": build,
        "ns_an_input": ours / inputs * 1e9,
        "ns_an_input_and_theft": sixteen / inputs / LANES * 1e9,
        "solver_entries": int(system.nnz) - count,
    }


def fifo_deques(columns: tuple[list[int], ...], stolen: set[int]) -> dict[int, int]:
    """The loop a user would write: a deque of (units, theft) for each output, all thefts in one pass."""
    first_input, first_output, spent_output, value = columns
    queues: dict[int, deque[tuple[int, int]]] = {}
    for transaction in range(len(first_input) - 1):
        line: deque[tuple[int, int]] = deque()
        for entry in range(first_input[transaction], first_input[transaction + 1]):
            line.extend(queues.pop(spent_output[entry]))
        for output in range(first_output[transaction], first_output[transaction + 1]):
            units = value[output]
            queue: deque[tuple[int, int]] = deque()
            if not line:  # a coinbase
                queue.append((units, 0))
                units = 0
            while units:
                have, theft = line.popleft()
                if have > units:
                    line.appendleft((have - units, theft))
                    have = units
                queue.append((have, theft))
                units -= have
            if output in stolen:
                queue = deque([(value[output], 1)])
            queues[output] = queue
    held: dict[int, int] = {}
    for output, queue in queues.items():
        units = sum(units for units, theft in queue if theft)
        if units:
            held[output] = units
    return held


def measure_fifo(bench: Bench) -> dict[str, float]:
    """256 thefts by the index against one full pass of deques for all of them together."""
    index = OutputsIndex.of(bench.outputs)
    build, index = median_and_result(lambda: OutputsIndex.of(bench.outputs))
    assert index is not None
    each = [bench.stolen[at : at + 1] for at in range(THEFTS)]
    index.follow(each, bench.stops)
    ours, followed = median_and_result(lambda: index.follow(each, bench.stops), runs=9)
    assert followed is not None, "a hub was drawn: the index gave up"
    names = ("first_input", "first_output", "spent_output", "value")
    plain = tuple(getattr(bench.outputs, name).tolist() for name in names)
    stolen = set(bench.stolen.tolist())
    theirs, expected = median_and_result(lambda: fifo_deques(plain, stolen), runs=1)
    together = index.follow([bench.stolen], bench.stops)
    assert together is None or together.ended(0, Ending.MOVED) == expected, "the index differs from its peer"
    bench.add("fifo index, 256 thefts", ours, "one full pass of deques", theirs)
    pieces = int(followed.found_end[-1])
    return {"build_seconds": build, "build_ns_an_input": build / len(plain[2]) * 1e9, "pieces": pieces}


def measure_walks(bench: Bench) -> dict[str, float]:
    """Nanoseconds a row of exact tracing over lowered rows, by method; and the seconds of lowering."""
    lowering = seconds(lambda: lowered(bench.outputs))
    columns = lowered(bench.outputs)
    engine = Engine(columns)
    rows = np.flatnonzero(np.isin(columns.target, bench.stolen + 1))
    plan = Plan(1, (), tuple(StolenRow(row, 1) for row in rows.tolist()), frozenset(), len(columns))
    found = {"lowering_seconds": lowering, "rows": len(columns)}
    for method in METHODS:
        engine.trace(plan, method, record=False)
        took, _ = median_and_result(lambda method=method: engine.trace(plan, method, record=False))
        found[method] = round(took / len(columns) * 1e9, 1)
    return found


def measure(transactions: int, *, quiet: bool = False) -> dict[str, Any]:
    """Return everything that is measured on a ledger of so many transactions."""
    warm_up = Bench(make_ledger(WARM_UP), quiet=True)
    for one in (measure_shares, measure_fifo, measure_walks):
        one(warm_up)
    bench = Bench(make_ledger(transactions), quiet=quiet)
    return {
        "what": "exposure and search on outputs",
        "transactions": len(bench.outputs),
        "inputs": len(bench.outputs.spent_output),
        "outputs": len(bench.outputs.value),
        "thefts": THEFTS,
        "data_sha256": hash_of((bench.outputs.spent_output, bench.outputs.value)),
        "prorata": measure_shares(bench),
        "fifo": measure_fifo(bench),
        "ns_a_row": measure_walks(bench),
        "rows": bench.rows,
    }


def output_rows() -> list[dict[str, Any]]:
    """Return the rows of a ledger of a million transactions."""
    rows: list[dict[str, Any]] = measure(1_000_000, quiet=True)["rows"]
    return rows


def main() -> None:
    """Measure, print, and keep the result."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--transactions", type=int, default=1_000_000)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--keep", metavar="NAME", help="also write benchmarks/results/NAME.json")
    options = parser.parse_args()
    result = {**measure(options.transactions, quiet=options.json), "machine": machine(), "commit": commit()}
    if options.keep:
        keep(options.keep, result)
    if options.json:
        print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
