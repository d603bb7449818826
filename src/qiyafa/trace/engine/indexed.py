"""Trace thefts by FIFO through the index: for many thefts on one ledger, each alone."""

from collections.abc import Sequence

import numpy as np

from qiyafa.model.columns import I64, U8, U64, TransferColumns
from qiyafa.trace.engine.intervals import FifoIndex, follow_each
from qiyafa.trace.outcome import BEFORE_ROWS, MASK64, Ending, Outcome, Records
from qiyafa.trace.plan import Plan

_FIRST_ROOM = 1 << 16
_SHARE_OF_ROWS = 4
"""A theft with more pieces than a quarter of the rows is faster by a walk."""


def indexable(plan: Plan, rows: int) -> bool:
    """Tell whether the index can answer a plan: one theft, the whole ledger, no limits, nothing seized twice."""
    places = [seizure.place for seizure in plan.seizures]
    limited = plan.max_hops is not None or plan.min_units is not None
    return plan.colours == 1 and plan.end_row == rows and not limited and len(set(places)) == len(places)


def trace_each(columns: TransferColumns, index: FifoIndex, plans: Sequence[Plan], walls: U8) -> list[Outcome] | None:
    """Follow plans of one theft each, with the walls they share; None if a walk would be faster.

    The outcome equals the walk's but for the claims: what a seized place held and later received is one claim.
    """
    thefts = _thefts(plans)
    seized_from, stolen_rows = len(thefts[0]), len(thefts[3])
    rows = (columns.target, columns.units_lo, columns.units_hi)
    arrays = (
        index.receipt_lo, index.receipt_hi, index.first_payment, index.payment_row,
        index.payment_end_lo, index.payment_end_hi, index.line_lo, index.line_hi,
    )  # fmt: skip
    budget = len(columns) // _SHARE_OF_ROWS + 1024
    room = _FIRST_ROOM
    while True:
        stack = np.empty((room, 5), dtype=np.uint64)
        found = np.empty((room, 4), dtype=np.uint64)
        found_end = np.zeros(len(plans), dtype=np.int64)
        twice = np.zeros((seized_from + stolen_rows, 2), dtype=np.uint64)
        done = follow_each(arrays, rows, walls, thefts, stack, found, found_end, twice, budget)
        if done == len(plans):
            break
        if room > budget * max(1, len(plans)):
            return None
        room *= 8
    return [
        _outcome(columns, index, plans[theft], walls, thefts, theft, found, found_end, twice)
        for theft in range(len(plans))
    ]


def _thefts(plans: Sequence[Plan]) -> tuple[I64, ...]:
    """Return (seized places, from rows, ends; stolen rows, ends) of the plans, each part ascending."""
    seized = [sorted((seizure.place, seizure.row) for seizure in plan.seizures) for plan in plans]
    stolen = [sorted({theft.row for theft in plan.stolen_rows}) for plan in plans]
    columns = (
        [place for part in seized for place, _ in part],
        [row for part in seized for _, row in part],
        np.cumsum([len(part) for part in seized]),
        [row for part in stolen for row in part],
        np.cumsum([len(part) for part in stolen]),
    )
    return tuple(np.asarray(column, dtype=np.int64) for column in columns)


def _outcome(
    columns: TransferColumns,
    index: FifoIndex,
    plan: Plan,
    walls: U8,
    thefts: tuple[I64, ...],
    theft: int,
    found: U64,
    found_end: I64,
    twice: U64,
) -> Outcome:
    """Put one theft's pieces in order: claims, flows by row, holdings by place."""
    pieces = found[int(found_end[theft - 1]) if theft else 0 : int(found_end[theft])].tolist()
    flows: dict[int, int] = {}
    held: dict[int, int] = {}
    for row, place, lo, hi in pieces:
        target = flows if row else held
        key = row - 1 if row else place
        target[key] = target.get(key, 0) + (hi << 64 | lo)
    claims: list[tuple[int, int, int, int, int]] = []
    seized, stolen = (slice(int(ends[theft - 1]) if theft else 0, int(ends[theft])) for ends in (thefts[2], thefts[4]))
    for number in range(seized.start, seized.stop):
        place = int(thefts[0][number])
        if walls[place] == 0:
            units = _seized_units(index, place, int(thefts[1][number])) - _wide(twice[number])
            claims.append((BEFORE_ROWS, place, 1, units, 0))
    for number in range(stolen.start, stolen.stop):
        row = int(thefts[3][number])
        claims.append((row, int(columns.target[row]), 1, columns.units(row) - _wide(twice[len(thefts[0]) + number]), 0))
        flows[row] = columns.units(row)
    return Outcome(
        "fifo",
        Records.of(claim for claim in claims if claim[3]),
        Records.of(
            (row, int(columns.target[row]), 1, units, int(walls[columns.target[row]]))
            for row, units in sorted(flows.items())
        ),
        Records.of((0, place, 1, units, int(Ending.MOVED)) for place, units in sorted(held.items())),
    )


def _seized_units(index: FifoIndex, place: int, row: int) -> int:
    """Return how long a place's line is from where a theft seizes it."""
    first, last = int(index.first_payment[place]), int(index.first_payment[place + 1])
    before = first + int(np.searchsorted(index.payment_row[first:last], row))
    paid = 0
    if before > first:
        paid = int(index.payment_end_hi[before - 1]) << 64 | int(index.payment_end_lo[before - 1])
    return (int(index.line_hi[place]) << 64 | int(index.line_lo[place])) - paid


def _wide(words: U64) -> int:
    return int(words[1]) << 64 | (int(words[0]) & MASK64)
