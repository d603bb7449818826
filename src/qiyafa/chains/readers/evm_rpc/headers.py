"""The blocks themselves: what their headers say, and the order in which they must follow each other."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from qiyafa.chains.json_scan import ARRAY, NULL
from qiyafa.chains.json_tape import ABSENT, Tape, Value
from qiyafa.chains.readers.evm_rpc.fields import Objects
from qiyafa.model.columns import I64
from qiyafa.model.errors import Unavailable

_HEADER = ("number", "hash", "parentHash", "timestamp", "miner", "transactions")


@dataclass(frozen=True, slots=True)
class Header:
    """One block, without its transactions."""

    number: int
    hash: str
    """Canonical."""
    parent_hash: str
    timestamp: int
    """Seconds since 1970 UTC."""
    transaction_count: int


@dataclass(frozen=True, slots=True)
class Headers:
    """Blocks that follow each other, and where they stand in the answer."""

    blocks: tuple[Header, ...]
    entries: I64
    number_entry: I64
    hash_entry: I64
    miner_start: I64
    transactions: tuple[I64, ...]
    """The entries of each block's transactions."""

    @property
    def numbers(self) -> I64:
        """The number of each block."""
        return np.array([block.number for block in self.blocks], np.int64)

    @property
    def times(self) -> I64:
        """The time of each block."""
        return np.array([block.timestamp for block in self.blocks], np.int64)


def read_headers(tape: Tape, entries: Sequence[int], first: int) -> Headers:
    """Return blocks that were asked for by their numbers from `first` on.

    Raises Unavailable if one is null, misshapen, of another number, or does not follow the one before it.
    """
    numbers = np.arange(first, first + len(entries))
    for number, entry in zip(numbers.tolist(), entries, strict=True):
        if tape.kind(entry) == NULL:
            raise Unavailable("nodes.lie.null_block", block=number)
    objects = Objects(tape, np.array(entries, np.int64), numbers, np.zeros(len(entries), np.int64), "header")
    fields = objects.read(_HEADER)
    fields.must_count("number", numbers)
    hashes, parents = fields.hashes("hash"), fields.hashes("parentHash")
    times, miners, lists = fields.numbers("timestamp"), fields.addresses("miner"), fields.columns["transactions"]
    for row, entry in enumerate(lists.tolist()):
        if entry == ABSENT or tape.kind(entry) != ARRAY:
            raise objects.lie(row, "transactions", entry)
    listed = tuple(tape.elements(entry) for entry in lists.tolist())
    blocks = tuple(
        Header(
            number=first + row,
            hash=_hash_at(tape, int(hashes[row])),
            parent_hash=_hash_at(tape, int(parents[row])),
            timestamp=int(times[row]),
            transaction_count=len(listed[row]),
        )
        for row in range(len(entries))
    )
    for row in range(1, len(blocks)):
        if blocks[row].parent_hash != blocks[row - 1].hash:
            fields.differs(row, "parentHash", blocks[row - 1].hash)
    return Headers(blocks, objects.entries, fields.columns["number"], fields.columns["hash"], miners, listed)


def _hash_at(tape: Tape, start: int) -> str:
    return tape.data[start : start + 66].tobytes().decode("ascii").lower()


def read_header(answer: Value, asked: str) -> Header | None:
    """Return the block of an answer, None if it is null. Raises Unavailable if it is another than was asked for.

    `asked` is a number in hexadecimal, or a word such as `latest`.
    """
    tape, entry = answer.tape, answer.entry
    if tape.kind(entry) == NULL:
        return None
    number = int(asked, 16) if asked.startswith("0x") else 0
    objects = Objects(tape, np.array([entry], np.int64), np.array([number]), np.zeros(1, np.int64), "header")
    numbers = objects.read(_HEADER).numbers("number")
    if asked.startswith("0x") and int(numbers[0]) != number:
        objects.read(_HEADER).differs(0, "number", asked)
    return read_headers(tape, [entry], int(numbers[0])).blocks[0]
