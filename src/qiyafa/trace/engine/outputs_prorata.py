"""Pro rata over a chain of outputs in floating point: for exposure and search, never for a reported amount.

All outputs of a transaction carry the same share of stolen units, so the state is one number a transaction: the sum
over its inputs of their weight (value over all inputs) times the share of the transaction that created them. That is
forward substitution in a sparse lower triangular system; weights do not depend on a theft and are computed once.
Sixteen thefts go through one pass as interleaved lanes. Error against exact arithmetic: about one part in 10^11.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numba import njit
from numpy.typing import NDArray

from qiyafa.model.columns import I64, U8, U32, U64
from qiyafa.model.outputs import OutputColumns
from qiyafa.trace.engine.memory import aligned_zeros
from qiyafa.trace.engine.outputs_rows import SPENT, count_rows
from qiyafa.trace.engine.vectors import LANES, add_lanes
from qiyafa.trace.engine.wide import prefetch

F64 = NDArray[np.float64]

_AHEAD = 24
_LANE_BYTES = 8 * LANES


@dataclass(frozen=True, slots=True)
class SpendingWeights:
    """Which transaction each input comes from, and its weight in the one that spends it."""

    transactions: int
    transaction: U32
    """Per input: the transaction that it is an input of."""
    creator: U32
    """Per input: the transaction that created the spent output; the number of transactions if none here did."""
    weight: F64
    """Per input: its value over all that goes into its transaction; 0 where stolen units are not followed."""
    spender: I64
    """Per output: the input that spends it, or -1."""
    creator_of: U32
    """Per output, as `creator`."""
    value: U64

    @classmethod
    def of(cls, columns: OutputColumns) -> "SpendingWeights":
        """Compute the weights of a chain."""
        transactions, outputs = len(columns), len(columns.value)
        inputs = np.zeros(len(columns.spent_output), dtype=np.uint8)
        unknown = np.zeros(transactions, dtype=np.uint8)
        shape = (columns.first_input, columns.first_output, columns.coinbase, columns.spent_output, columns.value)
        count_rows(*shape, inputs, unknown, np.zeros(transactions, dtype=np.int64))
        creator_of = np.full(outputs, transactions, dtype=np.uint32)
        numbers = np.arange(transactions, dtype=np.uint32)
        creator_of[columns.first_output[0] :] = np.repeat(numbers, np.diff(columns.first_output))
        creator = np.full(len(inputs), transactions, dtype=np.uint32)
        weight = np.zeros(len(inputs), dtype=np.float64)
        spender = np.full(outputs, -1, dtype=np.int64)
        _weigh(*shape, inputs, unknown, creator_of, (creator, weight, spender))
        transaction = np.repeat(numbers, np.diff(columns.first_input))
        return cls(transactions, transaction, creator, weight, spender, creator_of, columns.value)

    def stopping_at(self, stops: U8) -> "SpendingWeights":
        """Return the weights with some outputs, marked by output, as the end of a trace: what spends them is clean."""
        weight = self.weight.copy()
        entries = self.spender[np.flatnonzero(stops)]
        weight[entries[entries >= 0]] = 0.0
        return replace(self, weight=weight)

    def shares(self, thefts: Sequence[I64]) -> F64:
        """Return the stolen share of each transaction for thefts of outputs, each alone: one column, or sixteen.

        The row after the last transaction stands for what comes from outside the ledger, and is zero.
        """
        lanes = 1 if len(thefts) <= 1 else LANES
        if len(thefts) > LANES:
            raise ValueError(f"{len(thefts)} thefts do not fit {LANES} lanes")
        pairs = [
            (entry, lane)
            for lane, theft in enumerate(thefts)
            for entry in self.spender[np.unique(theft)].tolist()
            if entry >= 0
        ]
        seeds = np.array(sorted(pairs), dtype=np.int64).reshape(-1, 2)
        seed_entries, seed_lanes = (np.ascontiguousarray(column) for column in seeds.T)
        shares = aligned_zeros((self.transactions + 1, lanes), np.float64)
        inputs = (self.transaction, self.creator, self.weight)
        if lanes == 1:
            _walk_one(inputs, seed_entries, shares[:, 0])
        else:
            _walk_sixteen(inputs, seed_entries, seed_lanes, shares)
        return shares

    def held(self, shares: F64, theft: I64, lane: int = 0) -> F64:
        """Return the stolen units that rest in each output; nothing in those that are spent."""
        units = shares[self.creator_of, lane] * self.value
        units[theft] = self.value[theft]
        units[self.spender >= 0] = 0.0
        return units


@njit(cache=True, nogil=True)
def _weigh(first_input, first_output, coinbase, spent_output, value, inputs, unknown, creator_of, found):  # type: ignore[no-untyped-def]
    creator, weight, spender = found
    for transaction in range(len(first_input) - 1):
        came, went = 0.0, 0.0
        for entry in range(first_input[transaction], first_input[transaction + 1]):
            if inputs[entry] == SPENT:
                came += np.float64(value[spent_output[entry]])
        for output in range(first_output[transaction], first_output[transaction + 1]):
            went += np.float64(value[output])
        whole = max(came, went)
        for entry in range(first_input[transaction], first_input[transaction + 1]):
            if inputs[entry] == SPENT:
                output = spent_output[entry]
                creator[entry], spender[output] = creator_of[output], entry
                if not unknown[transaction]:
                    weight[entry] = np.float64(value[output]) / whole


@njit(cache=True, nogil=True, _nrt=False)
def _walk_one(inputs, seeds, shares):  # type: ignore[no-untyped-def]
    """One loop over inputs, not over transactions: how many inputs come next is what a processor guesses wrong."""
    transaction, creator, weight = inputs
    base = shares.ctypes.data
    last = len(creator) - 1
    begin = np.int64(0)
    for seed in range(len(seeds) + 1):
        end = seeds[seed] if seed < len(seeds) else np.int64(len(creator))
        for entry in range(begin, end):
            prefetch(base + np.int64(creator[min(entry + _AHEAD, last)]) * 8)
            shares[transaction[entry]] += weight[entry] * shares[creator[entry]]
        if seed < len(seeds):
            shares[transaction[end]] += weight[end]
            begin = end + 1


@njit(cache=True, nogil=True, _nrt=False)
def _walk_sixteen(inputs, seeds, lanes, shares):  # type: ignore[no-untyped-def]
    transaction, creator, weight = inputs
    base = shares.ctypes.data
    last = len(creator) - 1
    begin = np.int64(0)
    for seed in range(len(seeds) + 1):
        end = seeds[seed] + 1 if seed < len(seeds) else np.int64(len(creator))
        for entry in range(begin, end):
            ahead = base + np.int64(creator[min(entry + _AHEAD, last)]) * _LANE_BYTES
            prefetch(ahead)
            prefetch(ahead + 64)
            source = base + np.int64(creator[entry]) * _LANE_BYTES
            add_lanes(source, base + np.int64(transaction[entry]) * _LANE_BYTES, weight[entry])
        begin = max(begin, end)
        if seed < len(seeds):
            entry, lane = seeds[seed], lanes[seed]
            shares[transaction[entry], lane] += weight[entry] * (1.0 - shares[creator[entry], lane])
