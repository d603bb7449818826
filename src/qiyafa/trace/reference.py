"""The walk in plain Python: every rule of tracing where a reader can check it by eye.

One pass over the transfers in the chain's order. A method only decides which lots leave an address; all else is
here. Slow (microseconds a transfer) and simple; `engine/` is the fast twin and must give the same outcome.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from qiyafa.model.columns import NOBODY_PLACE, TransferColumns
from qiyafa.model.ledger import MAX_UNITS
from qiyafa.trace.lots import CLEAN, Holding, Lot
from qiyafa.trace.methods import METHODS
from qiyafa.trace.outcome import BEFORE_ROWS, Ending, Outcome, Records
from qiyafa.trace.plan import Plan, Seizure

Row = tuple[int, int, int]
"""Source place, target place, units."""


def trace(columns: TransferColumns, plan: Plan, method: str) -> Outcome:
    """Follow every theft of a plan by one method."""
    rows = [(int(columns.source[row]), int(columns.target[row]), columns.units(row)) for row in range(plan.end_row)]
    opening, untraceable = unseen_balances(rows)
    untraceable |= plan.too_large
    return together_or_alone(plan, method, lambda part: Walk(part, method, opening, untraceable).run(rows))


def together_or_alone(plan: Plan, method: str, walk: Callable[[Plan], Outcome]) -> Outcome:
    """Walk with all thefts at once or, where the method asks for it, once for each."""
    if not METHODS[method].traced_alone:
        return walk(plan)
    alone = [walk(plan.of_colour(colour)) for colour in range(1, plan.colours + 1)]
    return Outcome(
        method=method,
        claims=Records.joined(outcome.claims for outcome in alone),
        flows=Records.joined(outcome.flows for outcome in alone),
        held=Records.joined(outcome.held for outcome in alone),
        touched=Records.joined(outcome.touched for outcome in alone),
    )


def unseen_balances(rows: Sequence[Row]) -> tuple[dict[int, int], set[int]]:
    """Return the least opening balance of each place that keeps it from going negative, and the untraceable places.

    Untraceable is a place whose turnover, all units in and out together, exceeds 38 digits.
    """
    balance: dict[int, int] = {}
    opening: dict[int, int] = {}
    turnover: dict[int, int] = {}
    for source, target, units in rows:
        for place, change in ((source, -units), (target, units)):
            balance[place] = balance.get(place, 0) + change
            opening[place] = max(opening.get(place, 0), -balance[place])
            turnover[place] = turnover.get(place, 0) + units
    untraceable = {place for place, units in turnover.items() if units > MAX_UNITS and place != NOBODY_PLACE}
    return opening, untraceable


@dataclass(slots=True)
class Walk:
    """The state of one walk, and the rules of one transfer."""

    plan: Plan
    method: str
    opening: dict[int, int]
    untraceable: set[int]
    holdings: dict[int, Holding] = field(default_factory=dict)
    thief: dict[int, int] = field(default_factory=dict)
    """The colour of every place that a theft owns by now."""
    hops: dict[tuple[int, int], int] = field(default_factory=dict)
    """By colour and place: the fewest transfers from the theft to it so far."""
    claims: list[tuple[int, int, int, int, int]] = field(default_factory=list)
    flows: list[tuple[int, int, int, int, int]] = field(default_factory=list)
    touched: set[tuple[int, int]] = field(default_factory=set)
    thefts: dict[int, list[int]] = field(default_factory=dict)
    """By stolen row: the colours of the thefts that name it."""

    def __post_init__(self) -> None:
        """Find the thefts of each row."""
        for stolen in self.plan.stolen_rows:
            self.thefts.setdefault(stolen.row, []).append(stolen.colour)

    def run(self, rows: Sequence[Row]) -> Outcome:
        """Walk every row and add up what rests."""
        seizures = list(self.plan.seizures)
        for row, (source, target, units) in enumerate(rows):
            self.seize_before(row, seizures)
            self.transfer(row, source, target, units, self.thefts.get(row, []))
        self.seize_before(self.plan.end_row, seizures)
        return self.outcome()

    def seize_before(self, row: int, seizures: list[Seizure]) -> None:
        """Carry out the seizures, ascending, that come before a row, and take them off the list."""
        while seizures and seizures[0].row <= row:
            self.seize(seizures[0].place, seizures[0].colour)
            del seizures[0]

    def outcome(self) -> Outcome:
        """Add up what rests."""
        if not METHODS[self.method].conserves:
            touched = Records.of((0, place, colour, 0, 0) for place, colour in sorted(self.touched))
            return Outcome(method=self.method, touched=touched)
        held = Records.of(
            (0, place, colour, units, 0)
            for place, holding in sorted(self.holdings.items())
            for colour, units in sorted(holding.stolen().items())
        )
        return Outcome(self.method, Records.of(self.claims), Records.of(self.flows), held)

    def transfer(self, row: int, source: int, target: int, units: int, thefts: list[int]) -> None:
        """Move the lots of one transfer, which may itself be a theft, and write down what is stolen of it."""
        lots = [Lot(units, CLEAN)] if self.is_wall(source) else self.holding(source).spend(units)
        carried = self.carried(lots)
        endings = {
            colour: self.resting(target) if colour in thefts else self.ending(colour, stolen, source, target)
            for colour, stolen in carried.items()
        }
        theft = thefts[0] if thefts else CLEAN
        owner = theft or (CLEAN if self.is_wall(target) else self.thief.get(target, CLEAN))
        claimed = sum(lot.units for lot in lots if lot.colour == CLEAN) if owner else 0
        arriving = [self.arrived(lot, owner, endings) for lot in lots]
        if claimed:
            self.claims.append((row, target, owner, claimed, 0))
        if claimed and theft:
            carried[theft] = carried.get(theft, 0) + claimed
        for colour, stolen in sorted(carried.items()):
            if stolen:
                self.flows.append((row, target, colour, stolen, endings.get(colour, self.resting(target))))
        self.reach(source, target, thefts)
        if not self.is_wall(target):
            self.holding(target).receive(arriving)
        if target != NOBODY_PLACE:
            self.touched.update((target, lot.colour) for lot in arriving if lot.colour != CLEAN and lot.units)

    @staticmethod
    def carried(lots: Iterable[Lot]) -> dict[int, int]:
        """Add up the stolen units of a transfer by colour."""
        carried: dict[int, int] = {}
        for units, colour in lots:
            if colour != CLEAN:
                carried[colour] = carried.get(colour, 0) + units
        return carried

    @staticmethod
    def arrived(lot: Lot, owner: int, endings: dict[int, Ending]) -> Lot:
        """Return a lot as it arrives: clean units take the owner's colour, stolen ones beyond a limit lose theirs."""
        if lot.colour == CLEAN:
            return Lot(lot.units, owner)
        if endings.get(lot.colour) in (Ending.BEYOND_HOPS, Ending.BELOW_UNITS):
            return Lot(lot.units, CLEAN)
        return lot

    def ending(self, colour: int, stolen: int, source: int, target: int) -> Ending:
        """Say what becomes of the stolen units of one colour in a transfer that is not itself that theft."""
        if target == NOBODY_PLACE:
            return Ending.FEE
        limit = self.plan.max_hops
        if limit is not None and self.hops[colour, source] + self.hop(source) > limit:
            return Ending.BEYOND_HOPS
        least = self.plan.min_units
        if least is not None and METHODS[self.method].conserves and self.is_address(target) and stolen < least:
            return Ending.BELOW_UNITS
        return self.resting(target)

    def resting(self, target: int) -> Ending:
        """Say what becomes of stolen units that arrive at a place."""
        if target == NOBODY_PLACE:
            return Ending.FEE
        if target in self.plan.stops:
            return Ending.STOPPED
        return Ending.UNTRACEABLE if target in self.untraceable else Ending.MOVED

    def reach(self, source: int, target: int, thefts: list[int]) -> None:
        """Keep the fewest hops from each theft to each place."""
        if target == NOBODY_PLACE:
            return
        for colour in range(1, self.plan.colours + 1):
            fewest = self.hops.get((colour, source))
            if colour in thefts:
                self.hops[colour, target] = 0
            elif fewest is not None and not self.ends_at(source):
                further = fewest + self.hop(source)
                self.hops[colour, target] = min(further, self.hops.get((colour, target), further))

    def seize(self, place: int, colour: int) -> None:
        """Give everything a place holds, and will receive, to a theft."""
        if self.is_wall(place):
            return
        self.thief.setdefault(place, colour)
        seized = self.holding(place).seize(colour)
        self.hops[colour, place] = 0
        self.touched.add((place, colour))
        if seized:
            self.claims.append((BEFORE_ROWS, place, colour, seized, 0))

    def ends_at(self, place: int) -> bool:
        """Tell whether the trace ends at a place: nobody, a stop, or one that cannot be traced."""
        return place == NOBODY_PLACE or place in self.plan.stops or place in self.untraceable

    def is_wall(self, place: int) -> bool:
        """Tell whether lots are not followed through a place."""
        return self.ends_at(place)

    def hop(self, source: int) -> int:
        """Return how many hops a transfer from a place is."""
        return 1

    def is_address(self, place: int) -> bool:
        """Tell whether somebody holds what is at a place."""
        return True

    def empty(self, place: int) -> Holding:
        """Return a place's holding before anything came."""
        return METHODS[self.method]()

    def holding(self, place: int) -> Holding:
        """Return what a place holds, beginning with its unseen balance as one clean lot."""
        if place not in self.holdings:
            self.holdings[place] = self.empty(place)
            if self.opening.get(place, 0):
                self.holdings[place].receive([Lot(self.opening[place], CLEAN)])
        return self.holdings[place]
