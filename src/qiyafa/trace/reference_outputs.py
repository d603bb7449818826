"""The walk over a chain of outputs in plain Python: inputs and outputs, transaction by transaction.

The rules of one movement of lots are those of `reference.Walk`. Here stands what is different: an unspent output is one
run of lots, which is spent whole and as it stands; the runs of a transaction's inputs form one queue, from which the
method serves the outputs; the fee takes the rest. Movements are numbered as they come (inputs, outputs, fee), and
places as `lowering` has them, so that plans and outcomes mean the same here and in `engine/`, which must agree.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from qiyafa.model.columns import NOBODY_PLACE
from qiyafa.model.outputs import UNKNOWN_OUTPUT, OutputColumns
from qiyafa.trace.lots import CLEAN, Holding, Lot, stolen_by_colour
from qiyafa.trace.methods import METHODS
from qiyafa.trace.outcome import Ending, Outcome
from qiyafa.trace.plan import Plan
from qiyafa.trace.reference import Walk, together_or_alone


@dataclass(frozen=True, slots=True)
class Transaction:
    """What moves in one transaction: (output, its value) for each input and output that has a value."""

    number: int
    first_row: int
    is_coinbase: bool
    inputs: tuple[tuple[int, int], ...]
    outputs: tuple[tuple[int, int], ...]
    input_unknown: bool
    """It also spends an output of unknown value, or one that was spent before."""

    @property
    def fee(self) -> int:
        """The units that its outputs leave over."""
        return 0 if self.is_coinbase else max(0, self.total(self.inputs) - self.total(self.outputs))

    @property
    def end_row(self) -> int:
        """The number of the movement after its last one."""
        return self.first_row + len(self.inputs) + len(self.outputs) + (self.fee > 0)

    @property
    def lack(self) -> int:
        """The units that no known input brings."""
        return 0 if self.is_coinbase else max(0, self.total(self.outputs) - self.total(self.inputs))

    @staticmethod
    def total(parts: Iterable[tuple[int, int]]) -> int:
        """Add values up."""
        return sum(value for _, value in parts)


def trace(columns: OutputColumns, plan: Plan, method: str) -> Outcome:
    """Follow every theft of a plan by one method."""
    transactions = [one for one in transactions_of(columns) if one.first_row < plan.end_row]
    return together_or_alone(plan, method, lambda part: walk_of(columns, part, method, transactions).run_all())


def transactions_of(columns: OutputColumns) -> Iterator[Transaction]:
    """Yield the transactions in ledger order."""
    spent: set[int] = set()
    row = 0
    for number in range(len(columns)):
        begin, end = columns.first_input[number : number + 2].tolist()
        inputs = []
        input_unknown = False
        for output in columns.spent_output[begin:end].tolist():
            if output == UNKNOWN_OUTPUT or output in spent:
                input_unknown = True
            elif columns.value[output]:
                spent.add(output)
                inputs.append((output, int(columns.value[output])))
        begin, end = columns.first_output[number : number + 2].tolist()
        outputs = [(output, int(columns.value[output])) for output in range(begin, end) if columns.value[output]]
        found = Transaction(number, row, bool(columns.coinbase[number]), tuple(inputs), tuple(outputs), input_unknown)
        row = found.end_row
        yield found


def unseen_outputs(columns: OutputColumns, transactions: Sequence[Transaction]) -> dict[int, int]:
    """Return the value of every output that is spent before the ledger created it, by place."""
    created = set()
    unseen: dict[int, int] = {}
    for transaction in transactions:
        unseen |= {output + 1: value for output, value in transaction.inputs if output not in created}
        created |= {output for output, _ in transaction.outputs}
    return unseen


class LotRun:
    """An unspent output: the lots that paid for it, in the order in which they came."""

    def __init__(self) -> None:
        self._lots: list[Lot] = []

    def receive(self, lots: Iterable[Lot]) -> None:
        """Put the lots behind all others."""
        self._lots += [lot for lot in lots if lot.units]

    def spend(self, units: int) -> list[Lot]:
        """Give up everything, as it stands."""
        spent, self._lots = self._lots, []
        return spent

    def seize(self, colour: int) -> int:
        """Colour the clean lots where they stand."""
        seized = sum(lot.units for lot in self._lots if lot.colour == CLEAN)
        self._lots = [Lot(lot.units, lot.colour or colour) for lot in self._lots]
        return seized

    def stolen(self) -> dict[int, int]:
        """Add up the stolen lots."""
        return stolen_by_colour(self._lots)


def walk_of(columns: OutputColumns, plan: Plan, method: str, transactions: Sequence[Transaction]) -> "OutputWalk":
    """Return a walk at its beginning."""
    pools = len(columns.value) + 1
    unknown = {pools + one.number for one in transactions if one.input_unknown}
    opening = unseen_outputs(columns, transactions) | {pools + one.number: one.lack for one in transactions}
    return OutputWalk(plan, method, opening, set(), transactions=transactions, pools=pools, unknown=unknown)


@dataclass(slots=True)
class OutputWalk(Walk):
    """The state of one walk over transactions."""

    transactions: Sequence[Transaction] = ()
    pools: int = 0
    """The first place that is a transaction."""
    unknown: set[int] = field(default_factory=set)
    """The transactions, as places, that have an input of unknown value."""

    def run_all(self) -> Outcome:
        """Walk every transaction and add up what rests."""
        seizures = list(self.plan.seizures)
        for transaction in self.transactions:
            self.seize_before(transaction.first_row, seizures)
            self.pay(transaction)
        self.seize_before(self.plan.end_row, seizures)
        return self.outcome()

    def pay(self, transaction: Transaction) -> None:
        """Put the inputs into the transaction and serve its outputs, and last the fee."""
        pool = NOBODY_PLACE if transaction.is_coinbase else self.pools + transaction.number
        row = transaction.first_row
        for at, output, value in self.served(transaction.inputs):
            self.transfer(row + at, output + 1, pool, value, [])
        row += len(transaction.inputs)
        for at, output, value in self.served(transaction.outputs):
            self.transfer(row + at, pool, output + 1, value, self.thefts.get(row + at, []))
        if transaction.fee:
            self.transfer(row + len(transaction.outputs), pool, NOBODY_PLACE, transaction.fee, [])

    def served(self, parts: Sequence[tuple[int, int]]) -> list[tuple[int, int, int]]:
        """Return (number, output, value) in the order in which the method takes inputs and outputs."""
        numbered = [(at, output, value) for at, (output, value) in enumerate(parts)]
        return sorted(numbered, key=lambda part: -part[2]) if METHODS[self.method].largest_first else numbered

    def is_wall(self, place: int) -> bool:
        """Tell whether lots are not followed through a place. Poison has no amounts, so it needs no values."""
        return self.ends_at(place) or (place in self.unknown and METHODS[self.method].conserves)

    def resting(self, target: int) -> Ending:
        """Say what becomes of stolen units that arrive at a place."""
        return Ending.INPUT_UNKNOWN if target in self.unknown else Walk.resting(self, target)

    def hop(self, source: int) -> int:
        """Return how many hops a movement is: a transaction is one, which its inputs make."""
        return 0 if self.is_pool(source) else 1

    def is_address(self, place: int) -> bool:
        """Tell whether somebody holds what is at a place."""
        return not self.is_pool(place)

    def is_pool(self, place: int) -> bool:
        """Tell whether a place is a transaction."""
        return place >= self.pools

    def empty(self, place: int) -> Holding:
        """Return a place's holding before anything came: an output is a run of lots, a transaction a queue."""
        return METHODS[self.method]() if self.is_pool(place) else LotRun()
