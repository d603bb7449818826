"""Chains of outputs in numbers: built by hand, and drawn at random for hypothesis, small and full of corners."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from hypothesis import strategies as st

from qiyafa.model.columns import TransferColumns
from qiyafa.model.outputs import UNKNOWN_OUTPUT, OutputColumns
from qiyafa.stores.memory import ListedAddresses, ListedHashes
from qiyafa.trace.lowering import HashesOfRows, lowered
from qiyafa.trace.plan import Plan, Seizure, StolenRow

CHAIN = "test:1"
NATIVE = "test:1/coin"

Output = tuple[str, int]
"""Owner, value."""

AMOUNTS = (1, 3, 10, 1000, 2**40, 2**63 - 1)


@dataclass(frozen=True)
class Spending:
    """One transaction: the numbers of the outputs it spends, and the outputs it creates."""

    inputs: tuple[int, ...]
    outputs: tuple[Output, ...]
    block: int = 0
    name: str = ""
    is_coinbase: bool = False


def output_columns(
    transactions: Sequence[Spending], foreign: Sequence[Output] = (), foreign_names: Sequence[tuple[str, int]] = ()
) -> OutputColumns:
    """Return transactions as columns. Outputs are numbered as they come, those from before the ledger first."""
    outputs = [*foreign, *(output for one in transactions for output in one.outputs)]
    owners = list(dict.fromkeys(["", *(owner for owner, _ in outputs)]))
    numbers = {owner: number for number, owner in enumerate(owners)}
    foreign_names = foreign_names or [("before", index) for index in range(len(foreign))]
    index = [index for _, index in foreign_names]
    index += [index for one in transactions for index in range(len(one.outputs))]
    block = np.array([one.block for one in transactions], dtype=np.int64)
    return OutputColumns(
        chain=CHAIN,
        asset=NATIVE,
        first_input=np.cumsum([0, *(len(one.inputs) for one in transactions)], dtype=np.int64),
        first_output=np.cumsum([len(foreign), *(len(one.outputs) for one in transactions)], dtype=np.int64),
        block=block,
        time=block * 600,
        coinbase=np.array([one.is_coinbase for one in transactions], dtype=np.uint8),
        marks=np.zeros(len(transactions), dtype=np.uint8),
        spent_output=np.array([spent for one in transactions for spent in one.inputs], dtype=np.int64),
        value=np.array([value for _, value in outputs], dtype=np.uint64),
        owner=np.array([numbers[owner] for owner, _ in outputs], dtype=np.uint32),
        output_index=np.array(index, dtype=np.uint32),
        addresses=ListedAddresses(owners, numbers),
        hashes=ListedHashes([one.name or f"t{number}" for number, one in enumerate(transactions)]),
        foreign_hashes=ListedHashes([name for name, _ in foreign_names]),
    )


def first_rows(columns: TransferColumns) -> list[int]:
    """Return the first row of each transaction, and the end."""
    assert isinstance(columns.hashes, HashesOfRows)
    return columns.hashes.first_row.tolist()


@dataclass(frozen=True)
class Drawn:
    """A chain of outputs as its transactions."""

    transactions: tuple[Spending, ...]
    foreign: tuple[Output, ...]

    @property
    def outputs(self) -> OutputColumns:
        """Return it as columns."""
        return output_columns(self.transactions, self.foreign)

    @property
    def most_units(self) -> int:
        """Return the highest value of an output."""
        paid = [units for one in self.transactions for _, units in one.outputs]
        return max([0, *paid, *(units for _, units in self.foreign)])

    def numbers(self) -> list[tuple[int, int]]:
        """Return (transaction, index) of each output; the transaction of those from before the ledger is -1."""
        created = [(at, index) for at, one in enumerate(self.transactions) for index in range(len(one.outputs))]
        return [*((-1, index) for index in range(len(self.foreign))), *created]

    def ordered(self, order: Sequence[int]) -> "Drawn":
        """Return the same transactions in another order."""
        names = self.numbers()
        new_names = [name for name in names if name[0] < 0]
        new_names += [(at, index) for at in order for index in range(len(self.transactions[at].outputs))]
        number_of = {name: number for number, name in enumerate(new_names)}

        def moved(spent: int) -> int:
            return spent if spent == UNKNOWN_OUTPUT else number_of[names[spent]]

        chosen = [self.transactions[at] for at in order]
        return replace(self, transactions=tuple(replace(one, inputs=tuple(map(moved, one.inputs))) for one in chosen))

    def with_zeros(self) -> "Drawn":
        """Return the same with an output of no value after each transaction's others, spent by the next one."""
        names = self.numbers()
        new_names = [name for name in names if name[0] < 0]
        for at, one in enumerate(self.transactions):
            new_names += [(at, index) for index in range(len(one.outputs) + 1)]
        number_of = {name: number for number, name in enumerate(new_names)}
        found = []
        for at, one in enumerate(self.transactions):
            inputs = [spent if spent == UNKNOWN_OUTPUT else number_of[names[spent]] for spent in one.inputs]
            if at and not one.is_coinbase:
                inputs.insert(0, number_of[at - 1, len(self.transactions[at - 1].outputs)])
            found.append(replace(one, inputs=tuple(inputs), outputs=(*one.outputs, ("zero", 0))))
        return replace(self, transactions=tuple(found))

    def scaled(self, factor: int) -> "Drawn":
        """Return the same with every value multiplied."""
        paid = (tuple((owner, units * factor) for owner, units in one.outputs) for one in self.transactions)
        return Drawn(
            tuple(replace(one, outputs=outputs) for one, outputs in zip(self.transactions, paid, strict=True)),
            tuple((owner, units * factor) for owner, units in self.foreign),
        )

    def beside(self, other: "Drawn") -> "Drawn":
        """Return both chains in one, this one's transactions named by their number; the other's owners are others."""
        foreign = (*self.foreign, *((f"other {owner}", units) for owner, units in other.foreign))
        sides = (self, other)
        turns = sorted((at, side) for side in (0, 1) for at in range(len(sides[side].transactions)))
        number_of = {(side, -1, at): at + side * len(self.foreign) for side in (0, 1) for at in range(len(foreign))}
        count = len(foreign)
        for at, side in turns:
            for index in range(len(sides[side].transactions[at].outputs)):
                number_of[side, at, index] = count
                count += 1
        names = self.numbers(), other.numbers()
        found = []
        for at, side in turns:
            one, prefix = sides[side].transactions[at], "other " if side else ""
            spent = tuple(at if at == UNKNOWN_OUTPUT else number_of[side, *names[side][at]] for at in one.inputs)
            paid = tuple((prefix + owner, units) for owner, units in one.outputs)
            found.append(replace(one, inputs=spent, outputs=paid, name=f"{prefix}{at}", block=at))
        return Drawn(tuple(found), foreign)


@dataclass(frozen=True)
class RandomOutputs:
    """A chain of outputs and a plan over it."""

    drawn: Drawn
    outputs: OutputColumns
    columns: TransferColumns
    plan: Plan


@st.composite
def chains(draw: st.DrawFn, most: int = 9, *, spent_twice: bool = False) -> Drawn:
    """Draw transactions: coinbases, unknown inputs, outputs from before the ledger, of no value, and of one owner.

    With `spent_twice`, bad data too: outputs that several transactions spend.
    """
    names = [f"owner{number}" for number in range(draw(st.integers(1, 5)))]
    largest = draw(st.sampled_from(AMOUNTS))
    value = st.one_of(st.integers(0, largest), st.integers(0, min(3, largest)))
    foreign = tuple(draw(st.lists(st.tuples(st.sampled_from(names), value), max_size=3)))
    values = [units for _, units in foreign]
    unspent = list(range(len(foreign)))
    transactions: list[Spending] = []
    for number in range(draw(st.integers(0, most))):
        is_coinbase = draw(st.integers(0, 5)) == 0
        inputs: list[int] = []
        for _ in range(0 if is_coinbase else draw(st.integers(1, 4))):
            kind = draw(st.integers(0, 14))
            if unspent and kind > 1:
                inputs.append(unspent.pop(draw(st.integers(0, len(unspent) - 1))))
            elif kind == 0:
                inputs.append(UNKNOWN_OUTPUT)
            elif kind == 1 and spent_twice and values:
                inputs.append(draw(st.integers(0, len(values) - 1)))
        free = is_coinbase or UNKNOWN_OUTPUT in inputs
        rest = min(sum(values[one] for one in inputs if one >= 0), 2**63 - 1)
        outputs = []
        for _ in range(draw(st.integers(0, 4))):
            units = draw(value) if free else draw(st.integers(0, rest) | st.just(rest))
            rest -= 0 if free else units
            owner = "data" if units == 0 and draw(st.booleans()) else draw(st.sampled_from(names))
            outputs.append((owner, units))
        unspent += range(len(values), len(values) + len(outputs))
        values += [units for _, units in outputs]
        transactions.append(Spending(tuple(inputs), tuple(outputs), number // 2, "", is_coinbase))
    return Drawn(tuple(transactions), foreign)


@st.composite
def output_cases(draw: st.DrawFn, *, thefts: int = 3, limits: bool = True, stops: int = 2) -> RandomOutputs:
    """Draw a chain with up to so many thefts, of addresses and of outputs, with stops and limits."""
    drawn = draw(chains(spent_twice=True))
    outputs = drawn.outputs
    columns = lowered(outputs)
    assert columns.outputs is not None
    begins = first_rows(columns)
    owners = list(range(1, len(outputs.addresses)))
    stopped = draw(st.sets(st.sampled_from(owners), max_size=stops)) if owners else set()
    places = {owner: (np.flatnonzero(outputs.owner == owner) + 1).tolist() for owner in owners}
    thieves = [owner for owner in owners if owner not in stopped]
    payable = [row for row in range(len(columns)) if 0 < columns.target[row] < columns.outputs.first_pool]
    seizures: set[Seizure] = set()
    stolen: set[StolenRow] = set()
    colours = draw(st.integers(1, thefts))
    for colour in range(1, colours + 1):
        if (draw(st.integers(0, 2)) == 0 or not payable) and thieves:
            from_row = draw(st.sampled_from(begins))
            seizures |= {Seizure(from_row, colour, place) for place in places[draw(st.sampled_from(thieves))]}
        elif payable:
            rows = draw(st.sets(st.sampled_from(payable), min_size=1, max_size=3))
            stolen |= {StolenRow(row, colour) for row in rows}
    limit = st.none() | st.integers(0, 3)
    plan = Plan(
        colours=colours,
        seizures=tuple(sorted(seizures)),
        stolen_rows=tuple(sorted(stolen)),
        stops=frozenset(place for owner in stopped for place in places[owner]),
        end_row=draw(st.just(len(columns)) | st.sampled_from(begins)),
        max_hops=draw(limit) if limits else None,
        min_units=draw(st.none() | st.sampled_from((0, 1, 2, 50))) if limits else None,
    )
    return RandomOutputs(drawn, outputs, columns, plan)


def theft_of(columns: TransferColumns, outputs: Sequence[int]) -> Plan:
    """Return the plan of one theft of some outputs of the ledger's own transactions."""
    rows = np.flatnonzero(np.isin(columns.target, [output + 1 for output in outputs]))
    return Plan(1, (), tuple(StolenRow(row, 1) for row in rows.tolist()), frozenset(), len(columns))
