"""The fields of many objects of one kind in a node's answer, checked column by column.

A value that cannot be meant raises Unavailable that names the block, the place in it and the field; then nothing of
that block is stored.
"""

from dataclasses import dataclass

import numpy as np

from qiyafa.chains.json_scan import NULL, OBJECT
from qiyafa.chains.json_tape import ABSENT, Tape
from qiyafa.chains.readers.evm_rpc import hex_kernels
from qiyafa.model.columns import I64, U64
from qiyafa.model.errors import Unavailable

NOWHERE = np.iinfo(np.int64).min
"""Where a text begins that is empty."""

_HASH_DIGITS, _ADDRESS_DIGITS = 64, 40


@dataclass(frozen=True, slots=True)
class Objects:
    """Objects of one kind, each with the number of its block."""

    tape: Tape
    entries: I64
    block: I64
    """The number of each object's block."""
    number: I64
    """Which one of its block each object is, from 0 on."""
    thing: str
    """What they are, for people: transaction, receipt, log ..."""

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.entries)

    def read(self, names: tuple[str, ...]) -> "Fields":
        """Return some of their members. Raises Unavailable if one is no object."""
        odd = np.flatnonzero(self.tape.kinds[self.entries] != OBJECT)
        if len(odd):
            raise self.lie(int(odd[0]), self.thing, int(self.entries[odd[0]]))
        found = self.tape.members(self.entries, names)
        return Fields(self, {name: np.ascontiguousarray(found[:, place]) for place, name in enumerate(names)})

    def lie(self, row: int, field: str, entry: int) -> Unavailable:
        """Return the error that names one value."""
        value = "-" if entry == ABSENT else self.tape.text(entry)
        number = int(self.block[row])
        return Unavailable("nodes.lie.field", block=number, place=self.place(row), field=field, value=value)

    def place(self, row: int) -> str:
        """Return where in its block an object stands, for people."""
        return f"{self.thing} {int(self.number[row])}"


@dataclass(frozen=True, slots=True)
class Fields:
    """Some members of objects of one kind, by name."""

    objects: Objects
    columns: dict[str, I64]
    """The entries of the values; ABSENT where an object lacks it."""

    def hashes(self, name: str) -> I64:
        """Return where the hashes of a column begin."""
        return self._hex(name, self.columns[name], _HASH_DIGITS)

    def addresses(self, name: str) -> I64:
        """Return where the addresses of a column begin."""
        return self._hex(name, self.columns[name], _ADDRESS_DIGITS)

    def optional_addresses(self, name: str) -> I64:
        """Return where the addresses of a column begin, NOWHERE for those that are missing or null."""
        rows = np.flatnonzero(~self.is_missing(name))
        starts = np.full(len(self.objects), NOWHERE, np.int64)
        starts[rows] = self._hex(name, self.columns[name], _ADDRESS_DIGITS, rows)
        return starts

    def is_missing(self, name: str) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        """Say of which objects the value is missing or null."""
        entries = self.columns[name]
        missing: np.ndarray[tuple[int], np.dtype[np.bool_]] = entries == ABSENT
        missing |= self.objects.tape.kinds[entries] == NULL
        return missing

    def quantities(self, name: str, *, is_optional: bool = False) -> U64:
        """Return the limbs of the quantities of a column, up to 2^256 - 1; optional ones that are missing are 0."""
        limbs = np.empty((len(self.objects), hex_kernels.LIMBS), np.uint64)
        tape = self.objects.tape
        bad = hex_kernels.read_quantities(tape.data, tape.marks, self.columns[name], is_optional, limbs)
        self._refuse(bad, name)
        return limbs

    def numbers(self, name: str) -> I64:
        """Return the quantities of a column as numbers of at most 15 hexadecimal digits."""
        numbers = np.empty(len(self.objects), np.int64)
        tape = self.objects.tape
        self._refuse(hex_kernels.read_numbers(tape.data, tape.marks, self.columns[name], numbers), name)
        return numbers

    def must_equal(self, wanted: dict[str, I64]) -> None:
        """Require the texts of some columns to be those of other entries, row by row."""
        tape, names = self.objects.tape, tuple(wanted)
        left, right = np.stack([self.columns[name] for name in names]), np.stack(list(wanted.values()))
        place = hex_kernels.first_different(tape.data, tape.marks, left, right)
        if place >= 0:
            row, column = divmod(place, len(names))
            self.differs(row, names[column], tape.text(int(right[column, row])))

    def must_count(self, name: str, wanted: I64) -> None:
        """Require the quantities of a column to be certain numbers."""
        wrong = np.flatnonzero(self.numbers(name) != wanted)
        if len(wrong):
            self.differs(int(wrong[0]), name, hex(int(wanted[wrong[0]])))

    def differs(self, row: int, name: str, wanted: str) -> None:
        """Raise the error of a value that contradicts another."""
        entry = int(self.columns[name][row])
        value = "-" if entry == ABSENT else self.objects.tape.text(entry)
        raise Unavailable(
            "nodes.lie.differs",
            block=int(self.objects.block[row]),
            place=self.objects.place(row),
            field=name,
            value=value,
            wanted=wanted,
        )

    def _hex(self, name: str, entries: I64, digits: int, rows: I64 | None = None) -> I64:
        tape = self.objects.tape
        chosen = entries if rows is None else entries[rows]
        bad = hex_kernels.first_not_hex(tape.data, tape.marks, chosen, digits)
        self._refuse(bad if rows is None or bad < 0 else int(rows[bad]), name)
        return tape.starts[chosen].astype(np.int64)

    def _refuse(self, row: int, name: str) -> None:
        if row >= 0:
            raise self.objects.lie(row, name, int(self.columns[name][row]))
