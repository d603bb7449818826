"""Outputs from before the ledger, which only the inputs that spend them tell of, numbered as they first appear."""

from collections.abc import Callable

import numpy as np

from qiyafa.model.columns import I64, U8, U32, U64
from qiyafa.model.outputs import UNKNOWN_OUTPUT
from qiyafa.stores.outputs_kernels import STATED_ONLY, Foreign, HashTable, Spends, number_foreign, refill_foreign

_FIRST_ROOM = 1 << 10


class ForeignOutputs:
    """A table of outputs that grows with them."""

    def __init__(self, seed: np.uint64) -> None:
        self._count = 0
        self._foreign = Foreign(
            HashTable(np.zeros(2 * _FIRST_ROOM, np.uint64), np.empty((_FIRST_ROOM, 4), np.uint64), seed),
            np.empty(_FIRST_ROOM, np.int64),
            np.empty(_FIRST_ROOM, np.uint64),
        )
        self._owners: list[U32] = []

    def __len__(self) -> int:
        return self._count

    def add(self, spends: Spends, spent_output: I64, faults: U8, owners: Callable[[], U32]) -> None:
        """Number the outputs of the inputs that are marked STATED_ONLY; `owners` says whose each input's output is."""
        most = int(np.count_nonzero(spent_output == STATED_ONLY))
        if most == 0:
            return
        self._make_room(most)
        new = np.empty(self._count + most, np.int64)
        before = self._count
        self._count = number_foreign(spends, self._foreign, before, spent_output, faults, new)
        self._owners.append(owners()[new[before : self._count]])

    def numbers(self, spent_output: I64) -> I64:
        """Return the numbers of what `add` has numbered, UNKNOWN_OUTPUT for what nothing states."""
        return np.where(spent_output <= -3, -3 - spent_output, UNKNOWN_OUTPUT)

    def keys(self) -> U64:
        """Return the hash of the transaction that created each, as four words."""
        return self._foreign.table.keys[: self._count].copy()

    def index(self) -> U32:
        """Return the index of each in its transaction."""
        return self._foreign.output_index[: self._count].astype(np.uint32)

    def value(self) -> U64:
        """Return the units of each."""
        return self._foreign.value[: self._count]

    def owner(self) -> U32:
        """Return the address number of each."""
        return np.concatenate([np.empty(0, np.uint32), *self._owners])

    def _make_room(self, more: int) -> None:
        table, index, value = self._foreign
        if self._count + more <= len(index):
            return
        room = max(self._count + more, 2 * len(index))
        keys = np.empty((room, 4), np.uint64)
        keys[: self._count] = table.keys[: self._count]
        slots = np.zeros(1 << (2 * room).bit_length(), np.uint64)
        self._foreign = Foreign(HashTable(slots, keys, table.seed), np.resize(index, room), np.resize(value, room))
        refill_foreign(self._foreign, self._count)
