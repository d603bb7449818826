"""Run a plan over the columns of one chain: the kernels, the seizures between rows, and the sheets they fill."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TypeVar

import numba
import numpy as np

from qiyafa.model.columns import I64, NOBODY_PLACE, U8, U32, U64, TransferColumns
from qiyafa.model.ports import Progress, silent
from qiyafa.trace.engine import lot_queues, queues, reach, shares
from qiyafa.trace.engine.opening import opening_balances
from qiyafa.trace.engine.records import CLAIM, SHEET_ENTRIES, Sheet, new_sheet, used_part
from qiyafa.trace.lowering import in_order, largest_first
from qiyafa.trace.methods import METHODS
from qiyafa.trace.outcome import BEFORE_ROWS, MASK64, Ending, Outcome, Records, nothing
from qiyafa.trace.plan import Plan, Seizure

NAME = f"numba {numba.__version__}, exact 128-bit"
"""What an answer's `engine` says."""

_LOTS_AT_LEAST = 1 << 12
"""Room for lots beside one for each row; it takes no memory before it is used."""

_ROWS_AT_ONCE = 1 << 20
"""Rows between two looks at progress and Ctrl-C."""

_UNLIMITED_HOPS = np.uint32(0xFFFFFFFE)

Column = TypeVar("Column", U32, U64)

_Step = Callable[[int, int, Sheet], int]
"""Walk rows [begin, end) and return the row it stopped before."""


@dataclass(frozen=True, slots=True)
class Ground:
    """What every method starts from: unseen balances and the walls, as of a row."""

    opening_lo: U64
    opening_hi: U64
    walls: U8
    """By place: 0, or the `Ending` of what arrives there."""


@dataclass(frozen=True, slots=True)
class Seizures:
    """Places that thefts seize before one row."""

    places: I64
    colours: U64

    @classmethod
    def of(cls, seizures: Iterable[Seizure]) -> "Seizures":
        """Put seizures in columns."""
        pairs = [(seizure.place, seizure.colour) for seizure in seizures]
        table = np.array(pairs, dtype=np.int64).reshape(-1, 2)
        return cls(table[:, 0].copy(), table[:, 1].astype(np.uint64))

    def claims(self, units: U64) -> Records:
        """Return what was claimed, given (lo, hi) by place."""
        chosen = units.any(axis=1)
        return Records(
            row=np.full(int(chosen.sum()), BEFORE_ROWS, dtype=np.int64),
            place=self.places[chosen].astype(np.uint32),
            colour=self.colours[chosen].astype(np.uint16),
            units_lo=units[chosen, 0],
            units_hi=units[chosen, 1],
            ending=np.zeros(int(chosen.sum()), dtype=np.uint8),
        )


class Engine:
    """The tracing methods over the columns of one chain. Holds no state between two traces but the columns."""

    def __init__(self, columns: TransferColumns) -> None:
        self.columns = columns
        self.rows = (
            _read_only(columns.source),
            _read_only(columns.target),
            _read_only(columns.units_lo),
            _read_only(columns.units_hi),
        )
        self._pools = columns.outputs.first_pool if columns.outputs is not None else 0
        self._by_value: tuple[Engine, I64] | None = None
        self._opening: dict[int, tuple[U64, U64, U8]] = {
            len(columns): (columns.places.opening_lo, columns.places.opening_hi, columns.places.untraceable)
        }

    def trace(self, plan: Plan, method: str, *, record: bool = True, progress: Progress = silent) -> Outcome:
        """Follow every theft of a plan by one method. Without `record` there are no flows and claims, only what
        rests.
        """
        if METHODS[method].largest_first:
            return self._largest_first(plan, method, record, progress)
        ground = self.ground(plan)
        if method == "poison":
            return self._poison(plan, ground)
        if method == "prorata" or (method in shares.MODES and plan.colours == 1):
            alone = [
                self._shares(plan.of_colour(colour), colour, method, ground, record, progress)
                for colour in range(1, plan.colours + 1)
            ]
            return alone[0] if len(alone) == 1 else _joined(method, alone)
        return self._queues(plan, method, ground, record, progress)

    def _largest_first(self, plan: Plan, method: str, record: bool, progress: Progress) -> Outcome:
        """Trace by value: the same rows, but within each transaction the highest inputs and outputs first."""
        if self._by_value is None:
            order = largest_first(self.columns)
            self._by_value = Engine(in_order(self.columns, order)), order
        engine, order = self._by_value
        row_at = np.empty(len(order), dtype=np.int64)
        row_at[order] = np.arange(len(order))
        stolen = tuple(sorted(replace(theft, row=int(row_at[theft.row])) for theft in plan.stolen_rows))
        found = engine.trace(replace(plan, stolen_rows=stolen), "stolen_first", record=record, progress=progress)
        return Outcome(method, _in_row_order(found.claims, order), _in_row_order(found.flows, order), found.held)

    def ground(self, plan: Plan) -> Ground:
        """Return unseen balances and walls as of the plan's last row."""
        if plan.end_row not in self._opening:
            places = len(self.columns.places)
            source, target, low, high = self.rows
            self._opening[plan.end_row] = opening_balances(source, target, low, high, places, plan.end_row)
        opening_lo, opening_hi, untraceable = self._opening[plan.end_row]
        walls = np.where(untraceable != 0, np.uint8(Ending.UNTRACEABLE), np.uint8(0))
        walls[list(plan.too_large)] = Ending.UNTRACEABLE
        walls[list(plan.stops)] = Ending.STOPPED
        if self.columns.outputs is not None:
            walls[self.columns.outputs.inputs_unknown] = Ending.INPUT_UNKNOWN
        walls[NOBODY_PLACE] = Ending.FEE
        return Ground(opening_lo, opening_hi, walls)

    def _shares(
        self, plan: Plan, colour: int, method: str, ground: Ground, record: bool, progress: Progress
    ) -> Outcome:
        state = shares.new_state(ground.opening_lo, ground.opening_hi, ground.walls)
        theft = _theft_cursor(plan, colour)
        beyond = self._beyond(plan, colour, ground)
        least = self._least(plan)
        mode = shares.MODES[method]

        def step(begin: int, end: int, sheet: Sheet) -> int:
            return int(shares.walk_shares(
                mode, self.rows, begin, end, state, ground.walls, theft, beyond, least, sheet
            ))  # fmt: skip

        def seize(seizures: Seizures) -> U64:
            return shares.seize(state, seizures.places)

        claims, flows = self._walk(plan, ground, step, seize, record, progress)
        places = shares.held_places(state)
        held = Records(
            row=np.zeros(len(places), dtype=np.int64),
            place=places,
            colour=np.full(len(places), colour, dtype=np.uint16),
            units_lo=state[places, 2],
            units_hi=state[places, 3] & np.uint64((1 << 63) - 1),
            ending=np.zeros(len(places), dtype=np.uint8),
        )
        flows.colour[:] = colour
        claims.colour[:] = colour
        return Outcome(method, claims, flows, held)

    def _queues(self, plan: Plan, method: str, ground: Ground, record: bool, progress: Progress) -> Outcome:
        mode = lot_queues.MODES[method]
        room = _LOTS_AT_LEAST + plan.end_row
        store = lot_queues.LotStore.of(ground.opening_lo, ground.opening_hi, ground.walls, room)
        theft = (
            np.array([stolen.row for stolen in plan.stolen_rows], dtype=np.int64),
            np.array([stolen.colour for stolen in plan.stolen_rows], dtype=np.uint64),
            np.zeros(1, dtype=np.int64),
        )
        colours = range(1, plan.colours + 1)
        beyond = np.empty((0, 0), dtype=np.uint8)
        if plan.max_hops is not None:
            beyond = np.array([self._beyond(plan.of_colour(colour), colour, ground) for colour in colours])
        limits = (beyond, self._least(plan), np.zeros((plan.colours, 2), dtype=np.uint64))
        pending = Counter(seizure.place for seizure in plan.seizures if not ground.walls[seizure.place])
        if mode >= lot_queues.CLEAN_FIRST:
            store.state[list(pending), lot_queues.OWNER] |= lot_queues.AGED

        def step(begin: int, end: int, sheet: Sheet) -> int:
            store.grow(int(self.rows[0][begin]), int(self.rows[1][begin]))
            places = store.arrays(ground.walls)
            return int(queues.walk_queues(mode, self.rows, begin, end, places, theft, limits, sheet))

        def seize(seizures: Seizures) -> U64:
            claimed = np.empty((len(seizures.places), 2), dtype=np.uint64)
            done = 0
            while done < len(claimed):
                place = int(seizures.places[done])
                store.grow(place, place)
                places = store.arrays(ground.walls)
                done = lot_queues.seize_queues(mode, places, seizures.places, seizures.colours, claimed, done)
            pending.subtract(seizures.places.tolist())
            free = [place for place in seizures.places.tolist() if not pending[place]]
            store.state[free, lot_queues.OWNER] &= ~lot_queues.AGED
            return claimed

        claims, flows = self._walk(plan, ground, step, seize, record, progress)
        places, held_colours, units_lo, units_hi = lot_queues.held_lots(store)
        zeros = np.zeros(len(places), dtype=np.uint8)
        held = Records(zeros.astype(np.int64), places, held_colours, units_lo, units_hi, zeros)
        return Outcome(method, claims, flows, held)

    def _walk(
        self,
        plan: Plan,
        ground: Ground,
        step: _Step,
        seize: Callable[[Seizures], U64],
        record: bool,
        progress: Progress,
    ) -> tuple[Records, Records]:
        """Drive a kernel over all rows with the seizures between them; return claims and flows."""
        entries = SHEET_ENTRIES + 8 * plan.colours if record else 0
        sheet = new_sheet(entries)
        parts: list[Records] = []
        seized: list[Records] = []
        row = 0
        for until, seizures in _stages(plan, ground):
            while row < until:
                row = step(row, min(until, row + _ROWS_AT_ONCE), sheet)
                if record and sheet.used[0] > SHEET_ENTRIES // 2:
                    parts.append(used_part(sheet))
                    sheet = new_sheet(entries)
                progress("trace.progress.walk", row, plan.end_row)
            if len(seizures.places):
                seized.append(seizures.claims(seize(seizures)))
        parts.append(used_part(sheet))
        written = Records.joined(parts)
        is_claim = written.ending == CLAIM
        if not is_claim.any():
            return Records.joined(seized if record else ()), written
        return Records.joined([*seized, written.chosen(is_claim)]), written.chosen(~is_claim)

    def _least(self, plan: Plan) -> tuple[np.uint64, np.uint64, np.int64]:
        """Return the least units to follow, in halves, and the first place that is a transaction."""
        units = plan.min_units or 0
        return np.uint64(units & MASK64), np.uint64(units >> 64), np.int64(self._pools)

    def _beyond(self, plan: Plan, colour: int, ground: Ground) -> U8:
        """Return by row whether the hop limit lies before it; empty without a limit."""
        if plan.max_hops is None:
            return np.empty(0, dtype=np.uint8)
        beyond = np.zeros(len(self.columns), dtype=np.uint8)
        self._reach(plan, colour, ground, np.uint32(min(plan.max_hops, int(_UNLIMITED_HOPS))), beyond)
        return beyond

    def _reach(self, plan: Plan, colour: int, ground: Ground, limit: np.uint32, beyond: U8) -> U32:
        hops = np.full(len(self.columns.places), reach.UNREACHED, dtype=np.uint32)
        theft = _theft_cursor(plan, colour)
        # Values that nobody knows stop stolen units, but not the count of transfers.
        walls = np.where(ground.walls == Ending.INPUT_UNKNOWN, np.uint8(0), ground.walls)
        row = 0
        for until, seizures in _stages(plan.of_colour(colour), ground):
            reach.walk_reach(
                self.rows[0], self.rows[1], row, until, hops, walls, theft, limit, beyond, np.int64(self._pools)
            )
            row = until
            hops[seizures.places] = 0
        return hops

    def _poison(self, plan: Plan, ground: Ground) -> Outcome:
        limit = _UNLIMITED_HOPS if plan.max_hops is None else np.uint32(min(plan.max_hops, int(_UNLIMITED_HOPS)))
        parts = [nothing()]
        for colour in range(1, plan.colours + 1):
            hops = self._reach(plan, colour, ground, limit, np.empty(0, dtype=np.uint8))
            places = np.flatnonzero(hops != reach.UNREACHED).astype(np.uint32)
            zeros = np.zeros(len(places), dtype=np.uint64)
            parts.append(
                Records(
                    zeros.astype(np.int64), places, np.full(len(places), colour, np.uint16), zeros, zeros,
                    zeros.astype(np.uint8),
                )
            )  # fmt: skip
        return Outcome("poison", touched=Records.joined(parts))


def _in_row_order(records: Records, order: I64) -> Records:
    """Return records of reordered rows under the rows' own numbers, ascending."""
    row = (
        np.where(records.row == BEFORE_ROWS, BEFORE_ROWS, order[np.maximum(records.row, 0)])
        if len(records)
        else records.row
    )
    ascending = np.argsort(row, kind="stable")
    return replace(records, row=row).chosen(ascending)


def _stages(plan: Plan, ground: Ground) -> Iterator[tuple[int, Seizures]]:
    """Yield (row to walk to, seizures before that row); the last stage has none."""
    seizures = [one for one in plan.seizures if one.row <= plan.end_row and not ground.walls[one.place]]
    for row, same in groupby(seizures, key=lambda seizure: seizure.row):
        yield row, Seizures.of(same)
    yield plan.end_row, Seizures.of(())


def _theft_cursor(plan: Plan, colour: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Return [index of the next one, stolen rows ...] of one theft."""
    rows = sorted({stolen.row for stolen in plan.stolen_rows if stolen.colour == colour})
    return np.array([1, *rows], dtype=np.int64)


def _joined(method: str, outcomes: list[Outcome]) -> Outcome:
    assert METHODS[method].traced_alone
    return Outcome(
        method,
        Records.joined(outcome.claims for outcome in outcomes),
        Records.joined(outcome.flows for outcome in outcomes),
        Records.joined(outcome.held for outcome in outcomes),
    )


def _read_only(column: Column) -> Column:
    """Return a view that kernels may only read: memory-mapped and ordinary columns then share one compiled kernel."""
    view = np.asarray(column).view()
    view.flags.writeable = False
    return view
