"""Gas funder: addresses that were all given their first gas by one unlabelled address may be one person's.

Reported, not merged, unless the user asks for it: a court filing relied on it (United States v. Deribit assets, shared
gas source), but never alone. An address counts if its first movement of all is a receipt of native units of at most a
tenth of a coin, and the first thing that it then signs moves a token. Funders of fewer than 3 or more than 50 such
addresses, and labelled ones, are left out.

Errs where the funder is a service without a label: an exchange that pays out, a faucet, a relayer, a sponsor of many
wallets. On a ledger that lacks an address's beginning, the first movement is not the first.
"""

from collections import defaultdict
from itertools import pairwise

import numpy as np

from qiyafa.cluster.records import Ground, Merge, Merges, merges_of
from qiyafa.cluster.signed import Bools, Payments, numbers_of
from qiyafa.model.columns import I64, Kind

FEWEST, MOST = 3, 50


def find(ground: Ground) -> Merges:
    """Return a merge for every two addresses, one after the other, that one funder gave their first gas."""
    payments = Payments(ground)
    count = ground.addresses
    labelled = numbers_of(payments, dict.fromkeys(ground.entities, 1))
    received = _first_rows(payments.payee, payments.moves, count)
    sent = _first_rows(payments.payer, payments.moves, count)
    rows = np.flatnonzero((received >= 0) & (sent > received) & (labelled == 0))
    rows = rows[_is_gas(payments, received[rows], ground.gas_most)]
    firsts = np.zeros(len(payments.payer), dtype=np.bool_)
    firsts[sent[rows]] = payments.columns.kind[sent[rows]] == Kind.TOKEN
    firsts = payments.signed(firsts)
    funded: dict[int, list[int]] = defaultdict(list)
    for address in rows[firsts[sent[rows]]].tolist():
        funder = int(payments.payer[received[address]])
        if not labelled[funder]:
            funded[funder].append(address)
    return merges_of(
        [
            merge
            for funder in sorted(funded)
            if FEWEST <= len(funded[funder]) <= MOST
            for merge in _merges(payments, funder, received, sent, funded[funder])
        ]
    )


def _first_rows(side: np.ndarray[tuple[int], np.dtype[np.uint32]], moves: Bools, count: int) -> I64:
    """Return by address the first row in which it stands on a side, or -1."""
    found = np.full(count, -1, np.int64)
    rows = np.flatnonzero(moves)
    # Of equal places the last assignment stands: the earliest row.
    found[side[rows[::-1]]] = rows[::-1]
    return found


def _is_gas(payments: Payments, rows: I64, most: int) -> Bools:
    columns = payments.columns
    native: Bools = (columns.kind[rows] == Kind.NATIVE) | (columns.kind[rows] == Kind.INTERNAL)
    small: Bools = (columns.units_hi[rows] == 0) & (columns.units_lo[rows] <= np.uint64(min(most, (1 << 64) - 1)))
    found: Bools = native & small
    return found


def _merges(payments: Payments, funder: int, received: I64, sent: I64, addresses: list[int]) -> list[Merge]:
    """Return the merges of those whom one address funded; each is complete when the later one has sent."""
    time = payments.columns.time
    ordered = sorted(addresses, key=lambda address: int(received[address]))
    return [
        Merge(
            row=int(received[later]),
            time=int(max(time[sent[earlier]], time[sent[later]])),
            members=(earlier, later),
            other_row=int(received[earlier]),
            through=funder,
        )
        for earlier, later in pairwise(ordered)
    ]
