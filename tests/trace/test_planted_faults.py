"""Wrong implementations, planted one at a time: the text ledgers must catch every one of them."""

from collections import deque
from collections.abc import Iterable
from pathlib import Path

import pytest

from qiyafa.trace import reference
from qiyafa.trace.lots import CLEAN, Lot
from qiyafa.trace.methods import METHODS, CleanFirst, Fifo, Lifo, Poison, ProRata
from qiyafa.trace.methods.sorted_lots import SortedLots
from qiyafa.trace.outcome import Ending, Outcome

from support.text_ledger import TextCase, failing, read_case_file

CASES = [read_case_file(path) for path in sorted((Path(__file__).parent / "cases").glob("*.txt"))]


class ProRataThatKeepsItsTaint(ProRata):
    """Pays the stolen share, but does not take it from the payer."""

    def spend(self, units: int) -> list[Lot]:
        before = self._stolen
        lots = super().spend(units)
        self._stolen = min(before, self._balance)
        return lots


class ProRataThatRoundsDown(ProRata):
    """Gives the payer the benefit of every rounding."""

    def spend(self, units: int) -> list[Lot]:
        stolen = self._stolen * units // self._balance
        self._balance -= units
        self._stolen -= stolen
        return [Lot(stolen, self._colour), Lot(units - stolen, CLEAN)]


class ProRataTracedTogether(ProRata):
    """Traces all thefts in one walk, though its state knows one colour."""

    traced_alone = False


class PoisonThatIgnoresWhatItCarries(Poison):
    """Never passes the colour on."""

    def spend(self, units: int) -> list[Lot]:
        return [Lot(units, CLEAN)]


class FifoThatTakesTheNewest(Fifo):
    """A stack under the name of a queue."""

    def spend(self, units: int) -> list[Lot]:
        self._lots.reverse()
        lots = super().spend(units)
        self._lots.reverse()
        return lots


class FifoThatTurnsPaymentsRound(Fifo):
    """Takes the right lots, but hands them over newest first."""

    def spend(self, units: int) -> list[Lot]:
        return super().spend(units)[::-1]


class FifoThatNeverSplits(Fifo):
    """Hands over whole lots, more than was asked for."""

    def spend(self, units: int) -> list[Lot]:
        spent: list[Lot] = []
        while units > 0:
            spent.append(self._lots.popleft())
            units -= spent[-1].units
        return spent


class LifoThatPaysTheOldest(Lifo):
    """A queue under the name of a stack."""

    def spend(self, units: int) -> list[Lot]:
        self._lots.reverse()
        lots = super().spend(units)
        self._lots.reverse()
        return lots


class CleanFirstThatPaysStolenFirst(CleanFirst):
    """The other method's choice."""

    stolen_goes_first = True


class SortedLotsWithoutAge(SortedLots):
    """Puts lots that a theft seizes behind those that were stolen before."""

    stolen_goes_first = False

    def seize(self, colour: int) -> int:
        seized = sum(lot.units for lot in self._lots if lot.colour == CLEAN)
        self._lots = [lot for lot in self._lots if lot.colour != CLEAN] + [Lot(seized, colour)]
        return seized


def unseen_balance_forgotten(rows: Iterable[tuple[int, int, int]]) -> tuple[dict[int, int], set[int]]:
    """Begins everyone with a balance so large that it never runs out."""
    return {place: 10**30 for row in rows for place in row[:2]}, set()


def unseen_balance_of_the_largest_debit(rows: Iterable[tuple[int, int, int]]) -> tuple[dict[int, int], set[int]]:
    """Takes every debit for unseen, as if nothing had come in before."""
    opening: dict[int, int] = {}
    for source, _, units in rows:
        opening[source] = opening.get(source, 0) + units
    return opening, set()


def everything_traceable(rows: Iterable[tuple[int, int, int]]) -> tuple[dict[int, int], set[int]]:
    """Follows places whose turnover exceeds 38 digits."""
    opening, _ = ORIGINAL_UNSEEN(rows)
    return opening, set()


ORIGINAL_UNSEEN = reference.unseen_balances
ORIGINAL_WALK = reference.Walk


class WalkThatIgnoresStops(ORIGINAL_WALK):
    """Goes on through an exchange."""

    def is_wall(self, place: int) -> bool:
        return place == 0

    def resting(self, target: int) -> Ending:
        return Ending.FEE if target == 0 else Ending.MOVED


class WalkThatStealsTwice(ORIGINAL_WALK):
    """Lets a second theft take units that a first one stole."""

    def transfer(self, row: int, source: int, target: int, units: int, thefts: list[int]) -> None:
        held = None if self.is_wall(source) else self.holding(source)
        if thefts and isinstance(held, Fifo):
            held._lots = deque(Lot(lot.units, CLEAN) for lot in held._lots)
        super().transfer(row, source, target, units, thefts)


class WalkThatForgetsLaterReceipts(ORIGINAL_WALK):
    """Colours what a thief holds, not what he receives later."""

    def seize(self, place: int, colour: int) -> None:
        super().seize(place, colour)
        self.thief.pop(place, None)


class WalkThatTakesTheLongestWay(ORIGINAL_WALK):
    """Counts the most hops, not the fewest."""

    def reach(self, source: int, target: int, thefts: list[int]) -> None:
        before = dict(self.hops)
        super().reach(source, target, thefts)
        for key, hops in before.items():
            if key in self.hops and (key[0], source) in before:
                self.hops[key] = max(hops, before[key[0], source] + 1) if key[1] == target else self.hops[key]


class WalkThatLosesDust(ORIGINAL_WALK):
    """Drops what is below the limit instead of counting it as untraced."""

    def ending(self, colour: int, stolen: int, source: int, target: int) -> Ending:
        ending = super().ending(colour, stolen, source, target)
        return Ending.MOVED if ending is Ending.BELOW_UNITS else ending


METHOD_FAULTS = {
    "fifo": [FifoThatTakesTheNewest, FifoThatTurnsPaymentsRound, FifoThatNeverSplits],
    "lifo": [LifoThatPaysTheOldest],
    "prorata": [ProRataThatKeepsItsTaint, ProRataThatRoundsDown, ProRataTracedTogether],
    "clean_first": [CleanFirstThatPaysStolenFirst, SortedLotsWithoutAge],
    "poison": [PoisonThatIgnoresWhatItCarries],
}
WALK_FAULTS = [
    WalkThatIgnoresStops,
    WalkThatStealsTwice,
    WalkThatForgetsLaterReceipts,
    WalkThatTakesTheLongestWay,
    WalkThatLosesDust,
]
BALANCE_FAULTS = [unseen_balance_forgotten, unseen_balance_of_the_largest_debit, everything_traceable]


def by_reference(case: TextCase, method: str) -> Outcome:
    return reference.trace(case.columns, case.planned.plan, method)


def test_the_right_implementation_fails_no_case() -> None:
    assert failing(CASES, by_reference) == []


@pytest.mark.parametrize(
    ("method", "fault"),
    [(method, fault) for method, faults in METHOD_FAULTS.items() for fault in faults],
    ids=lambda value: getattr(value, "__name__", value),
)
def test_a_wrong_method_is_caught(method: str, fault: type, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(METHODS, method, fault)
    assert failing(CASES, by_reference)


@pytest.mark.parametrize("fault", WALK_FAULTS, ids=lambda fault: fault.__name__)
def test_a_wrong_walk_is_caught(fault: type, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reference, "Walk", fault)
    assert failing(CASES, by_reference)


@pytest.mark.parametrize("fault", BALANCE_FAULTS, ids=lambda fault: fault.__name__)
def test_a_wrong_opening_balance_is_caught(fault: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reference, "unseen_balances", fault)
    assert failing(CASES, by_reference)
