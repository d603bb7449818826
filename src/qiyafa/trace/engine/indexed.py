"""Trace thefts by FIFO through the index: for many thefts on one ledger, each alone."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from qiyafa.model.columns import I64, U8, U64, TransferColumns
from qiyafa.trace.engine.intervals import FifoIndex, follow_each
from qiyafa.trace.outcome import BEFORE_ROWS, MASK64, Ending, Outcome, Records
from qiyafa.trace.plan import Plan
from qiyafa.trace.sums import Groups, joint_key

_FIRST_ROOM = 1 << 18
_SHARE_OF_ROWS = 4
"""A theft with more pieces than a quarter of the rows is faster by a walk."""


def indexable(plan: Plan, rows: int) -> bool:
    """Tell whether the index can answer a plan: one theft, the whole ledger, no limits, nothing seized twice."""
    places = [seizure.place for seizure in plan.seizures]
    limited = plan.max_hops is not None or plan.min_units is not None
    return plan.colours == 1 and plan.end_row == rows and not limited and len(set(places)) == len(places)


@dataclass(frozen=True, slots=True)
class IndexedTraces:
    """The traces of several thefts, each alone, as the pieces that the index found."""

    columns: TransferColumns
    index: FifoIndex
    plans: Sequence[Plan]
    walls: U8
    thefts: tuple[I64, ...]
    """Seized places, from rows, ends; stolen rows, ends."""
    found: U64
    """A piece each: (row + 1, or 0 where the units rest; place; units lo, hi)."""
    found_end: I64
    """Where each theft's pieces end."""
    twice: U64
    """By seizure, then by stolen row: units (lo, hi) that came there stolen already."""

    def held(self) -> Records:
        """Return what rests of every theft, by place; the colour is the number of the theft, from 1 on."""
        pieces = self.found[: int(self.found_end[-1]) if len(self.found_end) else 0]
        theft = np.repeat(np.arange(1, len(self.plans) + 1), np.diff(self.found_end, prepend=0))
        resting = pieces[:, 0] == 0
        pieces, theft = pieces[resting], theft[resting].astype(np.uint16)
        groups = Groups.of(joint_key(pieces[:, 1].astype(np.uint32), theft))
        keys, sums = groups.keys, groups.sums(pieces[:, 2], pieces[:, 3])
        return Records(
            row=np.zeros(len(keys), dtype=np.int64),
            place=(keys >> np.uint64(16)).astype(np.uint32),
            colour=(keys & np.uint64(0xFFFF)).astype(np.uint16),
            units_lo=sums.low,
            units_hi=sums.high,
            ending=np.zeros(len(keys), dtype=np.uint8),
        )

    def outcome(self, theft: int) -> Outcome:
        """Return one theft's outcome; it equals the walk's but for the claims of a seized place, which are one."""
        columns = self.columns
        begin = int(self.found_end[theft - 1]) if theft else 0
        pieces = self.found[begin : int(self.found_end[theft])].tolist()
        flows: dict[int, int] = {}
        held: dict[int, int] = {}
        for row, place, lo, hi in pieces:
            target = flows if row else held
            key = row - 1 if row else place
            target[key] = target.get(key, 0) + (hi << 64 | lo)
        claims: list[tuple[int, int, int, int, int]] = []
        for number in _part(self.thefts[2], theft):
            place = int(self.thefts[0][number])
            if self.walls[place] == 0:
                units = _seized_units(self.index, place, int(self.thefts[1][number])) - _wide(self.twice[number])
                claims.append((BEFORE_ROWS, place, 1, units, 0))
        for number in _part(self.thefts[4], theft):
            row = int(self.thefts[3][number])
            units = columns.units(row) - _wide(self.twice[len(self.thefts[0]) + number])
            claims.append((row, int(columns.target[row]), 1, units, 0))
            flows[row] = columns.units(row)
        return Outcome(
            "fifo",
            Records.of(claim for claim in claims if claim[3]),
            Records.of(
                (row, int(columns.target[row]), 1, units, int(self.walls[columns.target[row]]))
                for row, units in sorted(flows.items())
            ),
            Records.of((0, place, 1, units, int(Ending.MOVED)) for place, units in sorted(held.items())),
        )


def trace_each(columns: TransferColumns, index: FifoIndex, plans: Sequence[Plan], walls: U8) -> IndexedTraces | None:
    """Follow plans of one theft each, with the walls they share; None if a walk would be faster."""
    thefts = _thefts(plans)
    rows = (columns.target, columns.units_lo, columns.units_hi)
    budget = len(columns) // _SHARE_OF_ROWS + 1024
    room = _FIRST_ROOM
    while True:
        stack = np.empty((room, 5), dtype=np.uint64)
        found = np.empty((room, 4), dtype=np.uint64)
        found_end = np.zeros(len(plans), dtype=np.int64)
        twice = np.zeros((len(thefts[0]) + len(thefts[3]), 2), dtype=np.uint64)
        done = follow_each(index.arrays(), rows, walls, thefts, stack, found, found_end, twice, budget)
        if done == len(plans):
            return IndexedTraces(columns, index, plans, walls, thefts, found, found_end, twice)
        if room > budget * max(1, len(plans)):
            return None
        room *= 8


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


def _part(ends: I64, theft: int) -> range:
    """Return the numbers that are one theft's."""
    return range(int(ends[theft - 1]) if theft else 0, int(ends[theft]))


def _seized_units(index: FifoIndex, place: int, row: int) -> int:
    """Return how long a place's line is from where a theft seizes it."""
    first, last = int(index.first_payment[place]), int(index.first_payment[place + 1])
    before = first + int(np.searchsorted(index.payment_row[first:last], row))
    paid = 0
    if before > first:
        paid = int(index.payment_end_hi[before - 1]) << 64 | int(index.payment_end_lo[before - 1])
    return _wide(index.line[place]) - paid


def _wide(words: U64) -> int:
    return int(words[1]) << 64 | (int(words[0]) & MASK64)
