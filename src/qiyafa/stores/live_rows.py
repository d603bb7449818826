"""Arrays that grow at their end and can be cut there, without moving what they hold."""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from qiyafa.model.columns import U8, U64
from qiyafa.trace.engine.memory import aligned_zeros
from qiyafa.trace.engine.opening import carry_openings

_ROOM: Final = 1 << 16
"""Rows of room at least, so that a few new blocks never move what is there."""


class GrowingColumns:
    """Columns of one length. What `views` gave stays as it was when rows are added, not when they are cut."""

    def __init__(self, columns: dict[str, NDArray[Any]]) -> None:
        self.rows = len(next(iter(columns.values())))
        self._columns = {name: _with_room(column, self.rows + _ROOM) for name, column in columns.items()}

    def add(self, values: dict[str, NDArray[Any]]) -> None:
        """Append rows; there is a value for every column."""
        end = self.rows + len(next(iter(values.values())))
        for name, column in self._columns.items():
            if end > len(column):
                column = self._columns[name] = _with_room(column[: self.rows], 2 * end)
            column[self.rows : end] = values[name]
        self.rows = end

    def cut(self, rows: int) -> None:
        """Keep so many rows."""
        self.rows = min(rows, self.rows)

    def views(self, begin: int = 0) -> dict[str, NDArray[Any]]:
        """Return the rows from `begin` on."""
        return {name: column[begin : self.rows] for name, column in self._columns.items()}


class GrowingOpenings:
    """The unseen balance of every place, carried on row by row."""

    def __init__(self) -> None:
        self._state: U64 = aligned_zeros((_ROOM, 8), np.uint64)
        self._untraceable: U8 = np.zeros(_ROOM, np.uint8)

    def carry(self, rows: dict[str, NDArray[Any]], places: int) -> None:
        """Go on over the next rows, of which none has a place beyond so many."""
        if places > len(self._state):
            state = aligned_zeros((2 * places, 8), np.uint64)
            state[: len(self._state)] = self._state
            self._state = state
            self._untraceable = _with_room(self._untraceable, 2 * places)
        source, target, low, high = rows["source"], rows["target"], rows["units_lo"], rows["units_hi"]
        carry_openings(source, target, low, high, self._state, self._untraceable)
        self._untraceable[0] = 0

    def of(self, places: int) -> tuple[U64, U64, U8]:
        """Return low halves, high halves and untraceable flags of so many places."""
        state, flags = self._state[:places], self._untraceable[:places]
        return state[:, 2].copy(), state[:, 3].copy(), flags.copy()


def _with_room(column: NDArray[Any], room: int) -> NDArray[Any]:
    grown = np.zeros(max(room, len(column)), column.dtype)
    grown[: len(column)] = column
    return grown
