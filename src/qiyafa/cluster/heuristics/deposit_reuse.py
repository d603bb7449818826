"""Deposit reuse: an exchange gives each customer deposit addresses, so who pays into one of them is one customer.

A deposit address is recognised by what it does (Victor, "Address clustering heuristics for Ethereum", FC 2020): it is
not labelled itself, everything that it sends goes to labelled addresses of one exchange, and what it received is passed
on, at least nine tenths of each asset, within twelve hours. Only payers who signed count (`signed`), receipts below a
thousandth of the largest are dust, and labelled payers, payers into more than 5 deposit addresses and deposit addresses
with more than 20 payers are services and join nobody. The deposit address belongs to the exchange and joins nobody.

Errs where somebody pays into the deposit address of another: an employer, a friend, a customer, a broker who lends his
account; and where a merchant's till is swept like a deposit address.
"""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from qiyafa.cluster.records import Ground, Merge, Merges, merges_of
from qiyafa.cluster.signed import Bools, Payments, numbers_of
from qiyafa.model.columns import I64, Kind

FORWARDED_TENTHS = 9
WITHIN_SECONDS = 12 * 3_600
"""Victor's 3,200 blocks of Ethereum."""
DUST_SHARE = 1_000
MOST_DEPOSIT_ADDRESSES = 5
MOST_PAYERS = 20
_OTHER_SERVICE = -1


def find(ground: Ground) -> Merges:
    """Return a merge for every two payers, one after the other, into one deposit address."""
    payments = Payments(ground)
    exchanges = sorted(set(ground.entities.values()) - {""})
    numbers = {name: number for number, name in enumerate(exchanges, 1)} | {"": _OTHER_SERVICE}
    entity = numbers_of(payments, {address: numbers[name] for address, name in ground.entities.items()})
    moves = payments.signed(payments.moves & _around_deposits(payments, entity))
    payers = _payers_of_deposits(payments, moves, entity)
    paid_into = Counter(payer for first_payments in payers.values() for payer in first_payments)
    merges: list[Merge] = []
    for deposit, first_payments in payers.items():
        if len(first_payments) <= MOST_PAYERS:
            counted = [one for payer, one in first_payments.items() if paid_into[payer] <= MOST_DEPOSIT_ADDRESSES]
            merges += _merges(payments, deposit, counted)
    return merges_of(merges)


def _merges(payments: Payments, deposit: int, paid: list[tuple[int, int]]) -> Iterator[Merge]:
    """Yield the merges of the payers into one deposit address; `paid`: (row, time when it was passed on)."""
    for (row, done), (next_row, next_done) in pairwise(sorted(paid)):
        members = int(payments.payer[row]), int(payments.payer[next_row])
        yield Merge(next_row, max(done, next_done), members, other_row=row, through=deposit)


def _around_deposits(payments: Payments, entity: I64) -> Bools:
    """Tell which rows touch an unlabelled address that pays a labelled one."""
    forwards = payments.moves & (entity[payments.payee] > 0) & (entity[payments.payer] == 0)
    is_candidate = np.zeros(len(entity), dtype=np.bool_)
    is_candidate[payments.payer[forwards]] = True
    found: Bools = is_candidate[payments.payer] | is_candidate[payments.payee]
    return found


def _payers_of_deposits(payments: Payments, moves: Bools, entity: I64) -> dict[int, dict[int, tuple[int, int]]]:
    """Return by deposit address its payers, each with the row and the passing on of the first payment."""
    receipts: dict[int, list[int]] = defaultdict(list)
    forwards: dict[int, list[int]] = defaultdict(list)
    exchanges: dict[int, set[int]] = defaultdict(set)
    for row in np.flatnonzero(moves).tolist():
        payer, payee = int(payments.payer[row]), int(payments.payee[row])
        receipts[payee].append(row)
        forwards[payer].append(row)
        exchanges[payer].add(int(entity[payee]))
    found: dict[int, dict[int, tuple[int, int]]] = {}
    deposits = {one for one, paid in exchanges.items() if not entity[one] and len(paid) == 1 and min(paid) > 0}
    for deposit in sorted(deposits):
        paid = _first_payments(payments, receipts[deposit], forwards[deposit])
        found[deposit] = {payer: one for payer, one in paid.items() if not entity[payer] and payer not in deposits}
    return found


def _first_payments(payments: Payments, receipts: list[int], forwards: list[int]) -> dict[int, tuple[int, int]]:
    """Return by payer the first payment that was passed on in time: its row, and when; none if not all is."""
    place_of, sent_from = payments.columns.target, payments.columns.source
    found: dict[int, tuple[int, int]] = {}
    for place in sorted({int(place_of[row]) for row in receipts}):
        came = [row for row in receipts if place_of[row] == place]
        went = [row for row in forwards if sent_from[row] == place]
        received = sum(map(payments.units, came))
        if 10 * sum(map(payments.units, went)) < FORWARDED_TENTHS * received:
            continue
        largest = max(map(payments.units, came))
        for row in came:
            done = _passed_on(payments, row, went)
            is_payer = payments.columns.kind[row] in (Kind.NATIVE, Kind.TOKEN)
            if done is not None and is_payer and payments.units(row) * DUST_SHARE >= largest:
                payer = int(payments.payer[row])
                found[payer] = min(found.get(payer, (row, done)), (row, done))
    return found


def _passed_on(payments: Payments, row: int, forwards: list[int]) -> int | None:
    """Return when a receipt was passed on, or None if that took too long or a time is unknown."""
    at = bisect_left(forwards, row)
    if at == len(forwards):
        return None
    came, went = int(payments.columns.time[row]), int(payments.columns.time[forwards[at]])
    return went if came >= 0 and 0 <= went - came <= WITHIN_SECONDS else None
