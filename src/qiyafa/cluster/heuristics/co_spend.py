"""Co-spend: whoever signs for all inputs of a transaction holds all their keys (Nakamoto 2008, section 10).

A transaction that looks like a CoinJoin is refused (`coinjoin`), and inputs of dust are no evidence: anybody can send
dust to anybody, and services have swept the dust of many strangers together. An input whose owner nothing states counts
as one more payer and joins nobody.

Errs where several people sign one transaction that does not look like a CoinJoin: PayJoin, marketplaces that let a
buyer complete a seller's half-signed transaction, dual-funded channels, crowdfunding; and where one custodian spends
for many: then the cluster is the custodian's.
"""

import numpy as np

from qiyafa.cluster.coinjoin import mix_of
from qiyafa.cluster.compiling import compiled
from qiyafa.cluster.records import NO_ROW, NOBODY, Ground, Merges, Standing
from qiyafa.model.columns import I64, U8, U32, U64
from qiyafa.model.outputs import OutputColumns

DUST = np.uint64(546)
"""Outputs of so few base units or fewer were never worth their fee: Bitcoin Core's limit for relaying P2PKH."""


def find(ground: Ground) -> Merges:
    """Return a merge for every transaction that spends outputs of two or more addresses, refused or not."""
    outputs = ground.outputs
    assert outputs is not None, "co-spend reads chains of outputs"
    row, mix, first, member = _co_spends_of(outputs, ground)
    nothing = np.zeros(len(row), np.uint8)
    return Merges(
        rule=nothing,
        standing=np.where(mix == 0, np.uint8(Standing.JOINS), np.uint8(Standing.REFUSED)),
        mix=mix,
        row=row,
        other_row=np.full(len(row), NO_ROW, np.int64),
        through=np.full(len(row), NOBODY, np.uint32),
        time=np.asarray(outputs.time[row]),
        first=first,
        member=member,
    )


def _co_spends_of(outputs: OutputColumns, ground: Ground) -> tuple[I64, U8, I64, U32]:
    transactions, inputs = len(outputs), len(outputs.spent_output)
    most = int(np.diff(outputs.first_output).max(initial=0))
    row, mix = np.empty(transactions, np.int64), np.empty(transactions, np.uint8)
    first, member = np.zeros(transactions + 1, np.int64), np.empty(inputs, np.uint32)
    found = _co_spends(
        outputs.first_input, outputs.first_output, outputs.spent_output, outputs.value, outputs.owner,
        ground.knows(outputs.time), (row, mix, first, member, np.empty(most, np.uint64)),
    )  # fmt: skip
    return row[:found].copy(), mix[:found].copy(), first[: found + 1].copy(), member[: first[found]].copy()


@compiled
def _co_spends(
    first_input: I64,
    first_output: I64,
    spent_output: I64,
    value: U64,
    owner: U32,
    known: U8,
    found_in: tuple[I64, U8, I64, U32, U64],
) -> int:
    row, mix, first, member, room = found_in
    found = 0
    for transaction in range(len(first_input) - 1):
        inputs = first_input[transaction + 1] - first_input[transaction]
        if inputs < 2 or not known[transaction]:
            continue
        begin = end = first[found]
        for at in range(first_input[transaction], first_input[transaction + 1]):
            spent = spent_output[at]
            if spent >= 0 and value[spent] > DUST and owner[spent] != NOBODY:
                member[end] = owner[spent]
                end += 1
        others = inputs - (end - begin)
        end = _distinct(member, begin, end)
        if end - begin < 2:
            continue
        paid = 0
        for output in range(first_output[transaction], first_output[transaction + 1]):
            if value[output] > 0:
                room[paid] = value[output]
                paid += 1
        room[:paid].sort()
        row[found], mix[found] = transaction, mix_of(end - begin + others, inputs, room[:paid])
        found += 1
        first[found] = end
    return found


@compiled
def _distinct(member: U32, begin: int, end: int) -> int:
    """Sort a stretch, keep each number once, and return its new end."""
    if end - begin < 2:
        return end
    member[begin:end].sort()
    kept = begin + 1
    for at in range(begin + 1, end):
        if member[at] != member[at - 1]:
            member[kept] = member[at]
            kept += 1
    return kept
