"""Wrong implementations for chains of outputs, planted one at a time: the text ledgers must catch every one of them."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import pytest

from qiyafa.model.columns import NOBODY_PLACE
from qiyafa.trace import reference_outputs
from qiyafa.trace.lots import CLEAN, Lot
from qiyafa.trace.methods import METHODS
from qiyafa.trace.outcome import Ending, Outcome
from qiyafa.trace.reference_outputs import LotRun, OutputWalk, Transaction

from support.text_ledger import failing
from support.text_output_ledger import OutputCase, read_case_file

CASES = [read_case_file(path) for path in sorted((Path(__file__).parent / "output_cases").glob("*.txt"))]


class FeeFirst(OutputWalk):
    """Pays the fee before the outputs, as on a chain of accounts."""

    def pay(self, transaction: Transaction) -> None:
        pool = NOBODY_PLACE if transaction.is_coinbase else self.pools + transaction.number
        row = transaction.first_row
        for at, output, value in self.served(transaction.inputs):
            self.transfer(row + at, output + 1, pool, value, [])
        row += len(transaction.inputs)
        if transaction.fee:
            self.transfer(row + len(transaction.outputs), pool, NOBODY_PLACE, transaction.fee, [])
        for at, output, value in self.served(transaction.outputs):
            self.transfer(row + at, pool, output + 1, value, self.thefts.get(row + at, []))


class FeeForgotten(OutputWalk):
    """Leaves the fee in the transaction."""

    def pay(self, transaction: Transaction) -> None:
        OutputWalk.pay(self, without_fee(transaction))


def without_fee(transaction: Transaction) -> Transaction:
    class Free(Transaction):
        fee = 0  # type: ignore[assignment]

    names = ("number", "first_row", "is_coinbase", "inputs", "outputs", "input_unknown")
    return Free(*(getattr(transaction, name) for name in names))


class InputsTurnedRound(OutputWalk):
    """Takes the last input for the oldest."""

    def served(self, parts: Sequence[tuple[int, int]]) -> list[tuple[int, int, int]]:
        return OutputWalk.served(self, parts)[::-1] if parts and self.spends(parts) else OutputWalk.served(self, parts)

    def spends(self, parts: Sequence[tuple[int, int]]) -> bool:
        return any(one.inputs == parts for one in self.transactions)


class OutputsTurnedRound(OutputWalk):
    """Serves the last output first."""

    def served(self, parts: Sequence[tuple[int, int]]) -> list[tuple[int, int, int]]:
        is_input = any(one.inputs == parts for one in self.transactions)
        return OutputWalk.served(self, parts) if is_input else OutputWalk.served(self, parts)[::-1]


class LowestFirst(OutputWalk):
    """tiho, the lowest first."""

    def served(self, parts: Sequence[tuple[int, int]]) -> list[tuple[int, int, int]]:
        found = OutputWalk.served(self, parts)
        return sorted(found, key=lambda part: part[2]) if METHODS[self.method].largest_first else found


class TiesByTheLastIndex(OutputWalk):
    """tiho, equal outputs from the last to the first."""

    def served(self, parts: Sequence[tuple[int, int]]) -> list[tuple[int, int, int]]:
        found = OutputWalk.served(self, parts)
        return sorted(found, key=lambda part: (-part[2], -part[0])) if METHODS[self.method].largest_first else found


class UnknownInputIgnored(OutputWalk):
    """Follows stolen units through a transaction as if its inputs were all known."""

    def is_wall(self, place: int) -> bool:
        return self.ends_at(place)

    def resting(self, target: int) -> Ending:
        return Ending.MOVED if target in self.unknown else OutputWalk.resting(self, target)


class UnknownInputLosesUnits(OutputWalk):
    """Lets stolen units vanish at an unknown input."""

    def resting(self, target: int) -> Ending:
        return Ending.MOVED if target in self.unknown else OutputWalk.resting(self, target)


class PoisonStopsAtUnknown(OutputWalk):
    """Takes what it does not know for clean."""

    def ends_at(self, place: int) -> bool:
        return OutputWalk.ends_at(self, place) or place in self.unknown

    def is_wall(self, place: int) -> bool:
        return self.ends_at(place)


class HopsOfEveryMovement(OutputWalk):
    """Counts inputs and outputs as a hop each."""

    def hop(self, source: int) -> int:
        return 1


class HopsOfNoMovement(OutputWalk):
    """Counts no input."""

    def hop(self, source: int) -> int:
        return 0


class DustInInputs(OutputWalk):
    """Cuts off a small input, too."""

    def is_address(self, place: int) -> bool:
        return True


class StopIgnored(OutputWalk):
    """Goes on through an exchange."""

    def ends_at(self, place: int) -> bool:
        return place == NOBODY_PLACE

    def resting(self, target: int) -> Ending:
        return Ending.FEE if target == NOBODY_PLACE else Ending.MOVED


class LotRunTurnedRound(LotRun):
    """Spends an output from its newest lot on."""

    def spend(self, units: int) -> list[Lot]:
        return LotRun.spend(self, units)[::-1]


class LotRunThatForgetsSeizures(LotRun):
    """Leaves the clean lots of a seized output clean."""

    def seize(self, colour: int) -> int:
        return 0


class LotRunOfOneColour(LotRun):
    """Thinks an output stolen as soon as one lot of it is."""

    def receive(self, lots: Iterable[Lot]) -> None:
        found = list(lots)
        colour = max((lot.colour for lot in found), default=CLEAN)
        LotRun.receive(self, [Lot(lot.units, colour) for lot in found])


WALK_FAULTS = [
    FeeFirst,
    FeeForgotten,
    InputsTurnedRound,
    OutputsTurnedRound,
    LowestFirst,
    TiesByTheLastIndex,
    UnknownInputIgnored,
    UnknownInputLosesUnits,
    PoisonStopsAtUnknown,
    HopsOfEveryMovement,
    HopsOfNoMovement,
    DustInInputs,
    StopIgnored,
]
RUN_FAULTS = [LotRunTurnedRound, LotRunThatForgetsSeizures, LotRunOfOneColour]


def by_reference(case: OutputCase, method: str) -> Outcome:
    return reference_outputs.trace(case.outputs, case.planned.plan, method)


def test_the_right_implementation_fails_no_case() -> None:
    assert failing(CASES, by_reference) == []


@pytest.mark.parametrize("fault", WALK_FAULTS, ids=lambda fault: fault.__name__)
def test_a_wrong_walk_is_caught(fault: type, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reference_outputs, "OutputWalk", fault)
    assert failing(CASES, by_reference)


@pytest.mark.parametrize("fault", RUN_FAULTS, ids=lambda fault: fault.__name__)
def test_a_wrong_output_is_caught(fault: type, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reference_outputs, "LotRun", fault)
    assert failing(CASES, by_reference)


def test_a_forgotten_unseen_output_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reference_outputs, "unseen_outputs", lambda columns, transactions: {})
    assert failing(CASES, by_reference)


def test_a_theft_that_counts_spent_outputs_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if whatever is spent had been there from before the ledger."""

    def always_there(columns: object, transactions: Sequence[Transaction]) -> dict[int, int]:
        return {output + 1: value for one in transactions for output, value in one.inputs}

    monkeypatch.setattr(reference_outputs, "unseen_outputs", always_there)
    assert failing(CASES, by_reference)
