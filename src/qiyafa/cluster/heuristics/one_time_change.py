"""One-time change: the only output to an address that nobody ever pays before or again is the payer's change.

Reported, not merged, unless the user asks for it (Meiklejohn 2013; Androulaki 2013). A transaction counts if it is no
CoinJoin, pays two or more addresses, pays none of its own payers, and exactly one of those it pays receives this one
time in all of the ledger, dust left out: whoever sends dust shall not steer what is taken for change.

Errs where the payee uses a fresh address and the change goes to one that is used again: then payee and payer are taken
for one. A single such merge can join two large clusters. Near the head of a ledger every address looks as if it were
used once.
"""

import numpy as np
from numpy.typing import NDArray

from qiyafa.cluster.coinjoin import mix_of
from qiyafa.cluster.compiling import compiled
from qiyafa.cluster.heuristics.co_spend import DUST
from qiyafa.cluster.records import NO_ROW, NOBODY, Ground, Merges, Standing
from qiyafa.model.columns import I64, U8, U32, U64

_NONE = -1


def find(ground: Ground) -> Merges:
    """Return a merge of payer and change for every transaction with one-time change."""
    outputs = ground.outputs
    assert outputs is not None, "change is found on chains of outputs"
    known = ground.knows(outputs.time)
    paid = _known_outputs(outputs.first_output, known) & (outputs.value > DUST)
    times_paid = np.bincount(outputs.owner[paid], minlength=ground.addresses)
    once = (times_paid == 1).astype(np.uint8)
    once[NOBODY] = 0
    payer, change = (np.full(len(outputs), _NONE, np.int64) for _ in range(2))
    most = int(np.diff(outputs.first_output).max(initial=0)), int(np.diff(outputs.first_input).max(initial=0))
    _find_change(
        outputs.first_input, outputs.first_output, outputs.spent_output, outputs.value, outputs.owner,
        (known, once), (payer, change, np.empty(most[0], np.uint64), np.empty(most[1], np.uint32)),
    )  # fmt: skip
    row = np.flatnonzero(change >= 0)
    pairs = np.sort(np.stack([payer[row], change[row]], axis=1), axis=1).astype(np.uint32)
    return Merges(
        rule=np.zeros(len(row), np.uint8),
        standing=np.full(len(row), Standing.JOINS, np.uint8),
        mix=np.zeros(len(row), np.uint8),
        row=row,
        other_row=np.full(len(row), NO_ROW, np.int64),
        through=np.full(len(row), NOBODY, np.uint32),
        time=np.asarray(outputs.time[row]),
        first=2 * np.arange(len(row) + 1, dtype=np.int64),
        member=pairs.reshape(-1),
    )


def _known_outputs(first_output: I64, known: U8) -> NDArray[np.bool_]:
    """Tell which outputs were there by then: those of known transactions, and those from before the ledger."""
    before = np.ones(int(first_output[0]), dtype=np.uint8)
    there: NDArray[np.bool_] = np.concatenate([before, np.repeat(known, np.diff(first_output))]) > 0
    return there


@compiled
def _find_change(
    first_input: I64,
    first_output: I64,
    spent_output: I64,
    value: U64,
    owner: U32,
    facts: tuple[U8, U8],
    found_in: tuple[I64, I64, U64, U32],
) -> None:
    known, once = facts
    payer, change, room, payers = found_in
    for transaction in range(len(first_input) - 1):
        inputs = first_input[transaction + 1] - first_input[transaction]
        if inputs == 0 or not known[transaction]:
            continue
        named, others = 0, 0
        for at in range(first_input[transaction], first_input[transaction + 1]):
            spent = spent_output[at]
            if spent >= 0 and value[spent] > DUST and owner[spent] != NOBODY:
                payers[named] = owner[spent]
                named += 1
            else:
                others += 1
        if named == 0:
            continue
        payers[:named].sort()
        paid, candidates, candidate = 0, 0, NOBODY
        for output in range(first_output[transaction], first_output[transaction + 1]):
            if value[output] == 0 or owner[output] == NOBODY:
                continue
            room[paid] = value[output]
            paid += 1
            place = np.searchsorted(payers[:named], owner[output])
            if place < named and payers[place] == owner[output]:
                # The payer has paid himself: that is his change.
                candidates = 2
            if once[owner[output]] and value[output] > DUST:
                candidates += 1
                candidate = owner[output]
        if candidates != 1 or paid < 2:
            continue
        room[:paid].sort()
        different = others + 1
        for at in range(1, named):
            different += payers[at] != payers[at - 1]
        if mix_of(different, inputs, room[:paid]) == 0:
            payer[transaction], change[transaction] = payers[0], candidate
