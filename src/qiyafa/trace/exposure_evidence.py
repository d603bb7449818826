"""The transfers that prove an exposure: the largest straight ones, a shortest way, the largest ends of long ways."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cached_property

import numpy as np

from qiyafa.model.columns import I64, UNKNOWN_BLOCK, iso_time
from qiyafa.model.exposure import Direction, ExposureTransfer
from qiyafa.trace.engine.lanes import F64
from qiyafa.trace.exposure_parts import ExposureParts, ExposureSetting, Mask, QueriedSet, category_units
from qiyafa.trace.exposure_table import whole_units

_WAY_ROWS = 64
"""Of a longer way only so many transfers are shown, those on the source's side."""


class EvidenceFinder:
    """Finds the transfers behind the parts of one direction of one set."""

    def __init__(
        self,
        setting: ExposureSetting,
        queried: QueriedSet,
        parts: ExposureParts,
        ways: Mapping[int, Iterable[int]],
        limit: int,
    ) -> None:
        """`ways`: by lane, the marks whose shortest way will be shown. One pass a lane says what each of their
        transfers carries.
        """
        self._setting, self._queried, self._parts, self._limit = setting, queried, parts, limit
        self._is_in = parts.direction is Direction.IN
        self._ways = {index: self._way_rows(index) for marks in ways.values() for index in marks}
        self._exposed: dict[int, tuple[I64, F64]] = {}
        for lane, marks in ways.items():
            shown = [row for index in marks for row in self._ways[index]]
            asked = np.union1d(np.array(shown, dtype=np.int64), self._set_rows)
            self._exposed[lane] = asked, category_units(setting, parts.direction, lane, asked)

    def evidence(
        self, asset: int, lane: int, marks: list[int], nearest: int, *, whole: bool
    ) -> tuple[ExposureTransfer, ...]:
        """Return the transfers of some marks, largest first: the straight ones; then the shortest way, from first to
        last; then the largest transfers on the sources' side and, for a `whole` category, on the set's.
        """
        parts = self._parts
        shown: dict[int, ExposureTransfer] = {}
        for index in self._largest([index for index in marks if parts.is_direct[index]]):
            row, transfer = self._mark_transfer(index)
            before = shown[row].exposed_units if row in shown else 0  # several inputs pay one output
            shown[row] = replace(transfer, exposed_units=min(transfer.units, before + transfer.exposed_units))
        for row, transfer in self._way(nearest, lane):
            shown.setdefault(row, transfer)
        for index in self._largest([index for index in marks if parts.indirect[index] > 0]):
            shown.setdefault(*self._mark_transfer(index))
        if whole and lane in self._exposed:
            for row, transfer in self._at_the_set(asset, lane):
                shown.setdefault(row, transfer)
        return tuple(shown.values())

    def _largest(self, marks: list[int]) -> list[int]:
        return sorted(marks, key=lambda index: (-self._parts.units(index), index))[: self._limit]

    def _mark_transfer(self, index: int) -> tuple[int, ExposureTransfer]:
        parts = self._parts
        source = self._setting.sources.sources[int(parts.marks.group[index])].address
        exposed = parts.marks.units(index) if parts.is_direct[index] else whole_units(parts.units(index))
        row = self._shown_row(index)
        if self._is_in:
            return row, self._transfer(row, exposed, source=source)
        return row, self._transfer(row, exposed, payer_row=int(parts.marks.row[index]), target=source)

    def _shown_row(self, index: int) -> int:
        """Return the row that shows a mark: on outputs, of a payment to a source, its largest output to it."""
        row = int(self._parts.marks.row[index])
        if self._is_in or not self._setting.is_outputs:
            return row
        owner = self._setting.sources.group == self._parts.marks.group[index] + 1
        return self._largest_output(row, owner)

    def _largest_output(self, row: int, owned: Mask) -> int:
        """Return the largest output of a row's transaction that belongs to some places."""
        rows = self._setting.rows
        paid = [one for one in rows.transaction(row) if owned[rows.target[one]]]
        return max(paid, key=lambda one: (rows.units(one), -one))

    def _way_rows(self, index: int) -> list[int]:
        """Return the rows between source and set in the order of time; on outputs, those that pay outputs."""
        mark_row = int(self._parts.marks.row[index])
        way = self._parts.passed.way(int(self._parts.event[index]))
        ordered = [mark_row, *way] if self._is_in else [*reversed(way), mark_row]
        if self._setting.is_outputs:
            pools = self._setting.rows.pools
            last = ordered[-1]
            ordered = [row for row in ordered if self._setting.rows.target[row] < pools]
            if self._setting.rows.target[last] >= pools:
                is_end = self._is_in
                ordered.append(self._largest_output(last, self._queried.places) if is_end else self._shown_row(index))
        return ordered[:_WAY_ROWS] if self._is_in else ordered[-_WAY_ROWS:]

    def _way(self, index: int, lane: int) -> Iterator[tuple[int, ExposureTransfer]]:
        """Yield the transfers of a way, with the units of each that come from (end at) the category."""
        ordered = self._ways.get(index, [])
        paid = {int(self._setting.rows.target[row]) for row in ordered}
        for row, units in zip(ordered, self._units_at(lane, ordered), strict=True):
            yield row, self._transfer(row, whole_units(units), payer_row=self._setting.rows.paying_row(row, paid))

    def _units_at(self, lane: int, chosen: list[int]) -> list[float]:
        if not chosen:
            return []
        asked, units = self._exposed[lane]
        found: list[float] = units[np.searchsorted(asked, chosen)].tolist()
        return found

    @cached_property
    def _set_rows(self) -> I64:
        """The rows by which the set receives from (pays to) others."""
        rows, inside = self._setting.rows, self._queried.places
        if self._is_in:
            return np.flatnonzero(inside[rows.target] & ~inside[rows.source] & (rows.source != 0))
        if self._setting.is_outputs:
            return np.zeros(0, dtype=np.int64)
        return np.flatnonzero(inside[rows.source] & ~inside[rows.target] & (rows.target != 0))

    def _at_the_set(self, asset: int, lane: int) -> Iterator[tuple[int, ExposureTransfer]]:
        """Yield the largest transfers to (from) the set by what they carry from (to) the category."""
        rows = self._setting.rows.columns
        exposed = np.array(self._units_at(lane, self._set_rows.tolist()))
        here = rows.places.asset[self._setting.rows.target[self._set_rows]] == asset
        chosen = np.flatnonzero(here & (exposed >= 0.5)) if len(exposed) else np.zeros(0, dtype=np.int64)
        largest = chosen[np.argsort(-exposed[chosen], kind="stable")][: self._limit]
        for row, units in zip(self._set_rows[largest].tolist(), exposed[largest].tolist(), strict=True):
            yield row, self._transfer(row, whole_units(units), payer_row=self._setting.rows.paying_row(row))

    def _transfer(
        self,
        row: int,
        exposed: int,
        *,
        payer_row: int | None = None,
        source: str | None = None,
        target: str | None = None,
    ) -> ExposureTransfer:
        columns = self._setting.rows.columns
        block = int(columns.block[row])
        payer = int(columns.source[row if payer_row is None else payer_row])
        units = columns.units(row)
        return ExposureTransfer(
            transaction_hash=columns.hashes.text(row),
            position=int(columns.position[row]),
            block_number=None if block == UNKNOWN_BLOCK else block,
            time=iso_time(int(columns.time[row])),
            source=columns.address_of(payer) if source is None else source,
            target=columns.address_of(int(columns.target[row])) if target is None else target,
            units=units,
            exposed_units=min(exposed, units),
        )
