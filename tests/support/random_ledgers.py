"""Random ledgers and plans for hypothesis, in place numbers: small, crowded, and full of corners."""

from dataclasses import dataclass

import numpy as np
from hypothesis import strategies as st

from qiyafa.model.columns import Places, TransferColumns
from qiyafa.stores.memory import ListedAddresses, ListedHashes
from qiyafa.trace.engine.opening import opening_balances
from qiyafa.trace.outcome import Outcome, Records
from qiyafa.trace.plan import Plan, Seizure, StolenRow

Row = tuple[int, int, int]
"""Payer, payee, units; 0 is nobody: the payer of a reward, the payee of a fee."""

AMOUNTS = (3, 10, 1000, 2**64, 2**70, 10**37, 10**38 - 1)


@dataclass(frozen=True)
class RandomCase:
    """Rows and a plan over them."""

    rows: tuple[Row, ...]
    places: int
    plan: Plan

    @property
    def columns(self) -> TransferColumns:
        """Return the rows as columns."""
        return columns_of(self.rows, self.places)


def columns_of(rows: tuple[Row, ...], places: int) -> TransferColumns:
    """Return rows as columns; places alternate between two assets, two for each address, and four rows share a time."""
    source = np.array([row[0] for row in rows], dtype=np.uint32)
    target = np.array([row[1] for row in rows], dtype=np.uint32)
    units_lo = np.array([row[2] & (2**64 - 1) for row in rows], dtype=np.uint64)
    units_hi = np.array([row[2] >> 64 for row in rows], dtype=np.uint64)
    count = len(rows)
    names = ["", *(f"address{number}" for number in range(1, places // 2 + 2))]
    numbers = np.arange(places, dtype=np.uint32)
    return TransferColumns(
        chain="test:1",
        source=source,
        target=target,
        units_lo=units_lo,
        units_hi=units_hi,
        block=np.arange(count, dtype=np.int64) // 4,
        time=np.arange(count, dtype=np.int64) // 4,
        kind=np.ones(count, dtype=np.uint8),
        position=np.ones(count, dtype=np.uint32),
        marks=np.zeros(count, dtype=np.uint8),
        places=Places(
            (numbers + 1) // 2,
            (numbers % 2).astype(np.uint16),
            ("test:1/coin", "test:1/token:usd"),
            *opening_balances(source, target, units_lo, units_hi, places),
        ),
        addresses=ListedAddresses(names, {name: number for number, name in enumerate(names)}),
        hashes=ListedHashes([f"tx{row}" for row in range(count)]),
    )


@st.composite
def ledgers(draw: st.DrawFn, most: int = 30) -> tuple[tuple[Row, ...], int]:
    """Draw rows and the number of places. Transfers stay within one asset: places of one parity; fees come first."""
    places = draw(st.integers(4, 9))
    largest = draw(st.sampled_from(AMOUNTS))
    amount = st.one_of(st.integers(1, largest), st.integers(1, min(5, largest)))
    rows: list[Row] = []
    for _ in range(draw(st.integers(0, most))):
        payer = draw(st.integers(0, places - 1))
        same = [place for place in range(1, places) if place % 2 == payer % 2 or payer == 0]
        payee = draw(st.sampled_from(same))
        shape = draw(st.integers(0, 9))
        if payer and shape < 3:
            rows.append((payer, 0, draw(st.integers(1, min(largest, 7)))))
        if shape != 1:  # a failed transaction pays its fee and moves nothing else
            rows.append((payer, payee, draw(amount)))
    return tuple(rows), places


@st.composite
def cases(draw: st.DrawFn, *, thefts: int = 3, limits: bool = True, stops: int = 2) -> RandomCase:
    """Draw a ledger with up to so many thefts, of addresses and of transfers, with stops and limits."""
    rows, places = draw(ledgers())
    stopped = frozenset(draw(st.sets(st.integers(1, places - 1), max_size=stops)))
    thieves = [place for place in range(1, places) if place not in stopped]
    stealable = [number for number, row in enumerate(rows) if row[1] != 0]
    seizures: set[Seizure] = set()
    stolen: set[StolenRow] = set()
    colours = draw(st.integers(1, thefts))
    for colour in range(1, colours + 1):
        if (draw(st.booleans()) or not stealable) and thieves:
            from_row = draw(st.integers(0, len(rows)))
            for place in draw(st.sets(st.sampled_from(thieves), min_size=1, max_size=2)):
                seizures.add(Seizure(from_row, colour, place))
        elif stealable:
            for row in draw(st.sets(st.sampled_from(stealable), min_size=1, max_size=3)):
                stolen.add(StolenRow(row, colour))
    limit = st.none() | st.integers(0, 3)
    plan = Plan(
        colours=colours,
        seizures=tuple(sorted(seizures)),
        stolen_rows=tuple(sorted(stolen)),
        stops=stopped,
        end_row=draw(st.just(len(rows)) | st.integers(0, len(rows))),
        max_hops=draw(limit) if limits else None,
        min_units=draw(st.none() | st.sampled_from((0, 1, 2, 50, 2**66))) if limits else None,
    )
    return RandomCase(rows, places, plan)


Plain = dict[str, dict[tuple[int, ...], int]]


def plain(outcome: Outcome) -> Plain:
    """Return an outcome as dictionaries, however its records were ordered or split."""
    return {
        "claims": _summed(outcome.claims, "row", "place", "colour"),
        "flows": _summed(outcome.flows, "row", "place", "colour", "ending"),
        "held": _summed(outcome.held, "place", "colour"),
        "touched": dict.fromkeys(zip(outcome.touched.place.tolist(), outcome.touched.colour.tolist(), strict=True), 1),
    }


def _summed(records: Records, *key: str) -> dict[tuple[int, ...], int]:
    sums: dict[tuple[int, ...], int] = {}
    names = zip(*(getattr(records, name).tolist() for name in key), strict=True)
    for name, units in zip(names, records.all_units(), strict=True):
        sums[name] = sums.get(name, 0) + units
    return {name: units for name, units in sums.items() if units}


def total(records: dict[tuple[int, ...], int], colour: int, at: int) -> int:
    """Return the units of one colour, which stands at an index of the key."""
    return sum(units for key, units in records.items() if key[at] == colour)
