"""How much faster is the engine than the loops a user would write? One run, same ledger, side by side, medians of
three.

    python benchmarks/speed/trace.py --transfers 10000000 --json

Not measured here: memory (see `scaling.py`), reading a ledger from disk (see `cli.py`), and several thefts by pro
rata, which costs one pass for each. Every row is checked in the same run: the engine's holdings equal the peer's.
"""

import argparse
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks.measuring import commit, hash_of, keep, machine, median_and_result, median_seconds, seconds
from benchmarks.speed.account_ledger import HUBS, SyntheticLedger, make_ledger
from benchmarks.speed.peers import fifo_deques, fifo_deques_with_thieves, haircut_floats, haircut_integers
from qiyafa.model.ledger import LedgerModel
from qiyafa.trace import reference
from qiyafa.trace.engine.indexed import trace_each
from qiyafa.trace.engine.intervals import build_index
from qiyafa.trace.engine.lanes import LANES, Lanes, LaneSeeds, payment_shares
from qiyafa.trace.engine.walk import Engine
from qiyafa.trace.methods import METHODS
from qiyafa.trace.outcome import Outcome, Records
from qiyafa.trace.plan import Plan, Seizure, StolenRow

THEFTS = 256
HUB_THIEVES = 16
ADDRESS_THIEVES = 240
REFERENCE_ROWS = 100_000
WARM_UP_ROWS = 200_000


@dataclass
class Bench:
    """One ledger, its thefts, and the rows measured so far."""

    ledger: SyntheticLedger
    quiet: bool = False
    rows: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.columns = self.ledger.columns
        self.count = len(self.columns)
        self.engine = Engine(self.columns)
        chosen = np.random.default_rng(11)
        self.stolen = sorted(chosen.choice(self.count // 2, THEFTS, replace=False).tolist())
        self.from_row = self.count // 4
        first_half = np.unique(self.ledger.payee[: self.from_row])
        ordinary = first_half[first_half > HUBS]
        self.addresses = sorted(chosen.choice(ordinary, ADDRESS_THIEVES, replace=False).tolist())
        self.python_rows = list(
            zip(
                self.ledger.payer.tolist(),
                self.ledger.payee.tolist(),
                self.ledger.asset.tolist(),
                self.columns.units_lo.tolist(),
                strict=True,
            )
        )

    def plan(self, stolen: list[int]) -> Plan:
        """Return one theft of some transfers."""
        return Plan(1, (), tuple(StolenRow(row, 1) for row in sorted(stolen)), frozenset(), self.count)

    def plan_of(self, thieves: list[int]) -> Plan:
        """Return one theft of some addresses."""
        places = np.flatnonzero(np.isin(self.columns.places.address, thieves))
        seizures = sorted(Seizure(self.from_row, 1, int(place)) for place in places if place)
        return Plan(1, tuple(seizures), (), frozenset(), self.count)

    def add(self, name: str, ours: float, peer: str, theirs: float) -> None:
        """Keep one row."""
        row = {"name": name, "seconds": ours, "peer": peer, "peer_seconds": theirs, "ratio": theirs / ours}
        self.rows.append(row)
        if not self.quiet:
            print(f"{name:22} {ours:10.4f} s   {peer:28} {theirs:9.3f} s   {row['ratio']:8.1f} x", file=sys.stderr)

    def places(self, outcome: Outcome) -> dict[tuple[int, int], int]:
        """Return what rests by (address, asset), as the peers do."""
        address, asset = self.columns.places.address, self.columns.places.asset
        rest: dict[tuple[int, int], int] = {}
        for place, units in zip(outcome.held.place.tolist(), outcome.held.all_units(), strict=True):
            key = (int(address[place]), int(asset[place]))
            rest[key] = rest.get(key, 0) + units
        return rest


def warm_median(work: Callable[[], object]) -> float:
    """Return the median time of some work whose memory was made before."""
    work()
    return median_seconds(work)


def measure_prorata(bench: Bench) -> None:
    """Exact and floating-point pro rata against the dictionary loops."""
    plan = bench.plan(bench.stolen)
    stolen = set(bench.stolen)
    ours = warm_median(lambda: bench.engine.trace(plan, "prorata", record=False))
    theirs, expected = median_and_result(lambda: haircut_integers(bench.python_rows, stolen))
    exact = bench.engine.trace(plan, "prorata", record=False)
    assert bench.places(exact) == expected, "exact pro rata differs from its peer"
    del exact, expected
    bench.add("prorata", ours, "dict loop, Python integers", theirs)

    columns = bench.columns
    source, target = bench.engine.rows[:2]
    shares = payment_shares(*bench.engine.rows, columns.places.opening_lo, columns.places.opening_hi)
    rows = np.array(bench.stolen, dtype=np.int64)
    units = columns.units_lo[rows].astype(np.float64)
    walls = bench.engine.ground(plan).walls
    single: list[Lanes] = []

    def one_lane(chosen: np.ndarray = rows) -> np.ndarray:
        # The first call makes the memory; the timed ones use it again.
        single or single.append(Lanes(len(columns.places), 1))
        seeds = LaneSeeds(chosen, np.zeros(len(chosen), dtype=np.int64))
        return single[0].walk(source, target, shares, seeds, columns.units_lo[chosen].astype(np.float64), walls)

    ours = warm_median(one_lane)
    theirs, taints = median_and_result(lambda: haircut_floats(bench.python_rows, stolen))
    found = one_lane()[:, 0]
    largest = max(taints.values())
    address, asset = columns.places.address.tolist(), columns.places.asset.tolist()
    off = max(
        abs(found[place] - taints.get((address[place], asset[place]), 0.0)) for place in range(1, len(columns.places))
    )
    assert off <= 1e-9 * largest, f"float pro rata is off by {off} of {largest}"
    del taints
    bench.add("prorata float64", ours, "dict loop, floats", theirs)

    lane_of = np.arange(THEFTS, dtype=np.int64) % LANES
    sixteen: list[Lanes] = []

    def sixteen_lanes() -> np.ndarray:
        sixteen or sixteen.append(Lanes(len(columns.places), LANES))
        return sixteen[0].walk(source, target, shares, LaneSeeds(rows, lane_of), units, walls)

    def sixteen_passes() -> None:
        for lane in range(LANES):
            one_lane(rows[lane_of == lane])

    ours = warm_median(sixteen_lanes)
    for lane in (0, LANES - 1):
        assert np.allclose(sixteen[0].stolen[:, lane], one_lane(rows[lane_of == lane])[:, 0], rtol=1e-9, atol=1e-3)
    bench.add("prorata 16 lanes", ours, "16 passes of one lane", median_seconds(sixteen_passes))


def measure_lots(bench: Bench) -> float:
    """Full passes by lots against the deque loop; return the loop's time."""
    plan, stolen = bench.plan(bench.stolen), set(bench.stolen)
    theirs, expected = median_and_result(lambda: fifo_deques(bench.python_rows, stolen))
    found = bench.engine.trace(plan, "fifo", record=False)
    assert bench.places(found) == expected, "fifo differs from its peer"
    for method in ("fifo", "lifo", "clean_first", "stolen_first"):
        ours = warm_median(lambda method=method: bench.engine.trace(plan, method, record=False))
        bench.add(method, ours, "deque loop (fifo)", theirs)
    return theirs


def measure_hard(bench: Bench) -> None:
    """Sixteen hubs and 240 addresses as thieves: many fragmented lots."""
    thieves = [*range(1, HUB_THIEVES + 1), *bench.addresses]
    plan = bench.plan_of(thieves)
    theirs, expected = median_and_result(
        lambda: fifo_deques_with_thieves(bench.python_rows, set(thieves), bench.from_row)
    )
    assert bench.places(bench.engine.trace(plan, "fifo", record=False)) == expected, "the hard case differs"
    ours = warm_median(lambda: bench.engine.trace(plan, "fifo", record=False))
    bench.add("fifo hard", ours, "deque loop, same thieves", theirs)


def measure_index(bench: Bench, deque_seconds: float) -> dict[str, float]:
    """Many thefts through the interval index, each traced alone, one after the other."""
    columns = bench.columns
    build_seconds, index = median_and_result(lambda: build_index(columns, columns.places.untraceable))
    walls = bench.engine.ground(bench.plan(bench.stolen)).walls

    plans = [bench.plan([row]) for row in bench.stolen]

    def one_after_the_other() -> Records:
        traces = trace_each(columns, index, plans, walls)
        assert traces is not None, "the index gave up"
        return traces.held()

    held = one_after_the_other()
    for number, plan in list(enumerate(plans, start=1))[:8]:
        mine = Outcome("fifo", held=held.chosen(held.colour == number))
        assert bench.places(mine) == bench.places(bench.engine.trace(plan, "fifo", record=False))
    bench.add(
        "fifo index",
        median_seconds(one_after_the_other),
        "deque loop (fifo)",
        deque_seconds,
    )

    thieves = bench.addresses
    plan = bench.plan_of(thieves)
    first: list[Records] = []

    def address_thefts() -> None:
        traces = trace_each(columns, index, [plan], walls)
        assert traces is not None, "the index gave up"
        first.append(traces.held())

    ours = seconds(address_thefts)
    theirs = seconds(lambda: fifo_deques_with_thieves(bench.python_rows, set(thieves), bench.from_row))
    assert bench.places(Outcome("fifo", held=first[0])) == bench.places(bench.engine.trace(plan, "fifo", record=False))
    bench.add("fifo index addresses", ours, "deque loop, same thieves", theirs)
    return {"build_seconds": build_seconds, "build_ns_per_transfer": build_seconds / bench.count * 1e9}


def measure_reference() -> dict[str, float]:
    """Return the readable methods' microseconds a transfer, on a smaller ledger."""
    bench = Bench(make_ledger(REFERENCE_ROWS))
    plan = bench.plan(bench.stolen)
    return {
        method: round(
            seconds(lambda method=method: reference.trace(bench.columns, plan, method)) / bench.count * 1e6, 2
        )
        for method, kind in METHODS.items()
        if LedgerModel.ACCOUNTS in kind.models
    }


def measure_all(bench: Bench) -> dict[str, float]:
    """Measure every row on one ledger; return what is known of the index."""
    measure_prorata(bench)
    deque_seconds = measure_lots(bench)
    measure_hard(bench)
    return measure_index(bench, deque_seconds)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--transfers", type=int, default=10_000_000)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--keep", metavar="NAME", help="also write benchmarks/results/NAME.json")
    options = parser.parse_args()
    # A small ledger first, so that everything is compiled before it is measured.
    measure_all(Bench(make_ledger(WARM_UP_ROWS), quiet=True))
    bench = Bench(make_ledger(options.transfers))
    index = measure_all(bench)
    result = {
        "transfers": bench.count,
        "places": len(bench.columns.places),
        "rows": bench.rows,
        "index": index,
        "reference_us_per_transfer": measure_reference(),
        "commit": commit(),
        "machine": machine(),
        "data_sha256": hash_of([bench.columns.source, bench.columns.target, bench.columns.units_lo]),
    }
    if options.keep:
        keep(options.keep, result)
    if options.json:
        print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
