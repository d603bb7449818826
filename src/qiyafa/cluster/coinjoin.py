"""Is a transaction a CoinJoin, in which strangers spend together? Then it is no evidence that they are one.

Only the shape is looked at: how many different addresses pay, and which values come out. A guard errs on the safe side:
a payment that it takes for a mix costs a merge, a mix that it takes for a payment would join strangers.

Sources of the shapes. Whirlpool: 5 to 8 inputs, as many outputs, all of one pool's denomination (Samourai's Whirlpool
protocol). Wasabi 1: about 0.1 BTC, many times over, and change (Ficsor's ZeroLink). Wasabi 2: outputs of standard
values, powers of 2 and 3, doubled powers of 3, and 1, 2 and 5 times powers of 10 (WabiSabi, "standard denominations").
Equal outputs: Maxwell's CoinJoin; JoinMarket has at most one change beside each equal output, SharedCoin had more. Two
parties: a Stonewall, which one person makes to look like two, or two make; nobody can tell.
"""

from enum import IntEnum
from itertools import count, takewhile

import numpy as np

from qiyafa.cluster.compiling import compiled
from qiyafa.model.columns import U64


class Mix(IntEnum):
    """What a transaction looks like."""

    NONE = 0
    WHIRLPOOL = 1
    WASABI = 2
    WASABI_2 = 3
    EQUAL_OUTPUTS = 4
    TWO_PARTIES = 5


POOLS = np.array([100_000, 1_000_000, 5_000_000, 50_000_000], np.uint64)
"""Whirlpool's denominations in satoshi."""
POOL_LEAST, POOL_MOST = 5, 10
"""Whirlpool mixed 5 to 8 at a time in practice; its protocol allowed a few more."""
WASABI_LEAST, WASABI_MOST = np.uint64(8_000_000), np.uint64(15_000_000)
"""Wasabi 1's base denomination began at 0.1 BTC and moved with each remix's fees: 0.099 to 0.115 BTC in 2021."""
WASABI_EQUAL = 10
"""Equal outputs in the smallest of the published rounds of Wasabi 1."""
STANDARD_INPUTS = 10
"""Fewest inputs and outputs of a Wasabi 2 round; its main coordinator asked for more."""
EQUAL = 3
"""So many equal outputs from as many inputs are a CoinJoin, if they are a quarter of all outputs."""
EQUAL_SHARE = 4
TWO_PARTY_OUTPUTS = 4


def _standard_denominations() -> list[int]:
    """Return the output values of Wasabi 2, ascending, from 5,000 satoshi to 2^37 (about 1,374 BTC)."""
    least, most = 5_000, 1 << 37
    series = (
        (2**power for power in count()),
        (3**power for power in count()),
        (2 * 3**power for power in count()),
        (10**power for power in count()),
        (2 * 10**power for power in count()),
        (5 * 10**power for power in count()),
    )
    return sorted({value for one in series for value in takewhile(lambda value: value <= most, one) if value >= least})


STANDARD = np.array(_standard_denominations(), np.uint64)


@compiled
def mix_of(payers: int, inputs: int, values: U64) -> int:
    """Return the `Mix` that a transaction looks like.

    `payers`: how many different addresses pay it, each unknown one counted; `values`: of its outputs, ascending,
    without those worth nothing.
    """
    outputs = len(values)
    if payers < 2 or outputs < 2:
        return Mix.NONE
    # What comes out more often than there are inputs was split by one of the payers. Inputs are counted and not
    # payers, so that a mix is seen though two of its inputs stand under one address.
    equal, times = _most_frequent(values, inputs)
    if times == outputs == inputs and POOL_LEAST <= outputs <= POOL_MOST and _among(POOLS, equal):
        return Mix.WHIRLPOOL
    many_equal = times * EQUAL_SHARE >= outputs
    if many_equal and times >= WASABI_EQUAL and WASABI_LEAST <= equal <= WASABI_MOST:
        return Mix.WASABI
    if payers >= STANDARD_INPUTS and outputs >= STANDARD_INPUTS:
        standard = 0
        for value in values:
            standard += _among(STANDARD, value)
        if 2 * standard >= outputs:
            return Mix.WASABI_2
    if many_equal and times >= EQUAL:
        return Mix.EQUAL_OUTPUTS
    if times == 2 and outputs <= TWO_PARTY_OUTPUTS:
        return Mix.TWO_PARTIES
    return Mix.NONE


@compiled
def _most_frequent(values: U64, most_times: int) -> tuple[np.uint64, int]:
    """Return the value that occurs most often, but at most so many times, the lowest of several, and how often."""
    best, most, begin = values[0], 0, 0
    for at in range(1, len(values) + 1):
        if at == len(values) or values[at] != values[begin]:
            if most < at - begin <= most_times:
                best, most = values[begin], at - begin
            begin = at
    return best, most


@compiled
def _among(known: U64, value: np.uint64) -> bool:
    at = np.searchsorted(known, value)
    return bool(at < len(known) and known[at] == value)
