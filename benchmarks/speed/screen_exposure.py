"""Exposure of every address of a synthetic ledger to sixteen categories, both ways, against a user's own loops.

The ledger is that of `trace.py`. Sources are its 16 greatest hubs and 10,000 other addresses, of all categories. The
peer keeps a dictionary of sixteen floats for each place, as one would write it; it runs on a ledger of 10^5 transfers
and is scaled up by transfers, since 10^7 take it a quarter of an hour. On the small ledger both must agree.

Not measured: reading the ledger, hops in the peer, exact sums in the peer, and chains of outputs.
"""

import os
from collections.abc import Iterator
from typing import Any

import numpy as np

from benchmarks.measuring import median_and_result, peak_bytes, touch_memory
from benchmarks.speed.account_ledger import ASSETS, SyntheticLedger, make_ledger
from qiyafa.model.columns import TransferColumns
from qiyafa.model.exposure import Direction, ExposureSource
from qiyafa.trace.engine.exposure_rows import ExposureRows
from qiyafa.trace.exposure_sources import CATEGORIES, SourcePlaces
from qiyafa.trace.exposure_table import ExposureTable

TRANSFERS = int(os.environ.get("QIYAFA_BENCH_TRANSFERS", "10000000"))
PEER_TRANSFERS = 100_000
WARM_UP = 20_000
HUB_SOURCES = 16
SOURCES = 10_000
LANES = len(CATEGORIES)

Row = dict[str, Any]
Sums = dict[tuple[int, int], float]
"""By (place, lane)."""


def exposure_rows() -> list[Row]:
    """Return the row `exposure 10^7 x 16`."""
    table_of(make_ledger(WARM_UP))  # compiles
    small = make_ledger(PEER_TRANSFERS)
    peer_seconds, (funded, sent) = median_and_result(lambda: peer(small), runs=1)
    check(table_of(small), small, funded, sent)
    ledger = make_ledger(TRANSFERS)
    touch_memory(3 << 30)
    peak = peak_bytes(lambda: table_of(ledger))
    seconds, table = median_and_result(lambda: table_of(ledger))
    scaled = peer_seconds * TRANSFERS / PEER_TRANSFERS
    return [
        {
            "name": f"exposure 10^{len(str(TRANSFERS)) - 1} x {LANES}",
            "seconds": seconds,
            "peer": f"dict loops, floats, 10^5 x {TRANSFERS // PEER_TRANSFERS}",
            "peer_seconds": scaled,
            "ratio": scaled / seconds,
            "transfers": TRANSFERS,
            "places": len(ledger.columns.places),
            "pairs": sum(len(table.sums(direction).key) for direction in Direction),
            "peak_mib": peak >> 20,
        }
    ]


def sources_of(columns: TransferColumns) -> list[ExposureSource]:
    """Return the hubs and some others, of all categories in turn."""
    count = int(columns.places.address.max()) + 1
    others = np.random.default_rng(3).choice(
        np.arange(HUB_SOURCES + 1, count), min(SOURCES, count // 40), replace=False
    )
    chosen = [*range(1, HUB_SOURCES + 1), *sorted(others.tolist())]
    return [
        ExposureSource(str(number), CATEGORIES[index % LANES], "", str(number)) for index, number in enumerate(chosen)
    ]


def table_of(ledger: SyntheticLedger) -> ExposureTable:
    """Compute the exposure of all addresses, from columns in memory to exact sums."""
    columns = ledger.columns
    rows = ExposureRows.of(columns, len(columns), [0] * ASSETS, [])
    return ExposureTable(rows, SourcePlaces.of(columns, sources_of(columns)))


def peer(ledger: SyntheticLedger) -> tuple[Sums, Sums]:
    """Return what every place received of, and sent to, every category, as a user would work it out."""
    columns = ledger.columns
    lane_of = {int(one.address): CATEGORIES.index(one.category) for one in sources_of(columns)}
    address = columns.places.address.tolist()
    rows = list(zip(columns.source.tolist(), columns.target.tolist(), columns.units_lo.tolist(), strict=True))
    walls = {place: lane_of[number] for place, number in enumerate(address) if number in lane_of}
    shares = list(shares_of(rows))
    return received(rows, shares, walls), sent(rows, shares, walls)


def shares_of(rows: list[tuple[int, int, int]]) -> Iterator[float]:
    """Yield the share of the payer's balance that each row takes."""
    balances: dict[int, int] = {}
    for payer, payee, units in rows:
        yield units / balances[payer] if payer else 0.0
        if payer:
            balances[payer] -= units
        balances[payee] = balances.get(payee, 0) + units


def received(rows: list[tuple[int, int, int]], shares: list[float], walls: dict[int, int]) -> Sums:
    """Walk forward with the units that each place holds."""
    held: dict[int, list[float]] = {}
    found: Sums = {}
    for (payer, payee, units), share in zip(rows, shares, strict=True):
        if payer == payee or payer == 0:
            continue
        if payer in walls:
            moved = [0.0] * LANES
            moved[walls[payer]] = float(units)
        elif payer in held:
            before = held[payer]
            moved = [one * share for one in before]
            held[payer] = [one - gone for one, gone in zip(before, moved, strict=True)]
        else:
            continue
        for lane, units_of_lane in enumerate(moved):
            if units_of_lane:
                found[payee, lane] = found.get((payee, lane), 0.0) + units_of_lane
        if payee not in walls:
            known = held.get(payee)
            held[payee] = moved if known is None else [one + more for one, more in zip(known, moved, strict=True)]
    return found


def sent(rows: list[tuple[int, int, int]], shares: list[float], walls: dict[int, int]) -> Sums:
    """Walk backward with what becomes of a unit at each place."""
    ahead: dict[int, list[float]] = {}
    found: Sums = {}
    for (payer, payee, units), share in zip(reversed(rows), reversed(shares), strict=True):
        if payer in (payee, 0):
            continue
        if payee in walls:
            worth = [0.0] * LANES
            worth[walls[payee]] = 1.0
        elif payee in ahead:
            worth = ahead[payee]
        else:
            worth = None
        if worth is not None:
            for lane, of_lane in enumerate(worth):
                if of_lane:
                    found[payer, lane] = found.get((payer, lane), 0.0) + of_lane * units
        known = ahead.get(payer)
        if known is not None or worth is not None:
            known, worth = known or [0.0] * LANES, worth or [0.0] * LANES
            ahead[payer] = [one * (1 - share) + more * share for one, more in zip(known, worth, strict=True)]
    return found


def check(table: ExposureTable, ledger: SyntheticLedger, funded: Sums, spent: Sums) -> None:
    """Fail unless the table and the peer agree to a part in 10^9 of the largest sum."""
    for direction, expected in ((Direction.IN, funded), (Direction.OUT, spent)):
        largest = max(expected.values())
        sums = table.sums(direction)
        for place in range(1, len(ledger.columns.places)):
            found = {lane: direct + indirect for lane, direct, indirect, _ in sums.of(place)}
            for lane in range(LANES):
                off = abs(found.get(lane, 0) - expected.get((place, lane), 0.0))
                assert off <= 1 + 1e-9 * largest, f"{direction} of place {place} is off by {off}"
