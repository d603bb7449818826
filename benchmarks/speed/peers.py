"""The loops a user would write in plain Python: the peers of the engine. They return what rests, to be compared
with it.

A row is (payer, payee, asset, units); the payer of a mint is -1.
"""

from collections import deque
from collections.abc import Iterable

Row = tuple[int, int, int, int]
Place = tuple[int, int]
"""(address, asset)."""

MINT = -1


def haircut_floats(rows: Iterable[Row], stolen: set[int]) -> dict[Place, float]:
    """Trace by haircut in floats, with a dictionary for balances and one for taint."""
    balances: dict[Place, int] = {}
    taints: dict[Place, float] = {}
    for number, (payer, payee, asset, units) in enumerate(rows):
        moved = 0.0
        if payer != MINT:
            source = (payer, asset)
            balance = balances[source]
            taint = taints.get(source, 0.0)
            moved = taint * units / balance
            balances[source] = balance - units
            if taint:
                taints[source] = taint - moved
        if number in stolen:
            moved = float(units)
        target = (payee, asset)
        balances[target] = balances.get(target, 0) + units
        if moved:
            taints[target] = taints.get(target, 0.0) + moved
    return taints


def haircut_integers(rows: Iterable[Row], stolen: set[int]) -> dict[Place, int]:
    """Trace by haircut in whole units, rounded half up."""
    balances: dict[Place, int] = {}
    taints: dict[Place, int] = {}
    for number, (payer, payee, asset, units) in enumerate(rows):
        moved = 0
        if payer != MINT:
            source = (payer, asset)
            balance = balances[source]
            taint = taints.get(source, 0)
            if taint:
                moved = (2 * taint * units + balance) // (2 * balance)
                taints[source] = taint - moved
            balances[source] = balance - units
        if number in stolen:
            moved = units
        target = (payee, asset)
        balances[target] = balances.get(target, 0) + units
        if moved:
            taints[target] = taints.get(target, 0) + moved
    return {place: taint for place, taint in taints.items() if taint}


def fifo_deques(rows: Iterable[Row], stolen: set[int]) -> dict[Place, int]:
    """Trace by first-in-first-out with a deque of (units, is stolen) for each place."""
    holdings: dict[Place, deque[tuple[int, bool]]] = {}
    for number, (payer, payee, asset, units) in enumerate(rows):
        lots = [(units, False)] if payer == MINT else take(holdings[payer, asset], units)
        if number in stolen:
            lots = [(units, True)]
        holdings.setdefault((payee, asset), deque()).extend(lots)
    return resting(holdings)


def fifo_deques_with_thieves(rows: Iterable[Row], thieves: set[int], from_row: int) -> dict[Place, int]:
    """The same where addresses are thieves: all they hold at a row, and all they receive later, is stolen."""
    holdings: dict[Place, deque[tuple[int, bool]]] = {}
    for number, (payer, payee, asset, units) in enumerate(rows):
        if number == from_row:
            for (address, _), queue in holdings.items():
                if address in thieves:
                    held = [(lot[0], True) for lot in queue]
                    queue.clear()
                    queue.extend(held)
        lots = [(units, False)] if payer == MINT else take(holdings[payer, asset], units)
        if payee in thieves and number >= from_row:
            lots = [(units, True)]
        holdings.setdefault((payee, asset), deque()).extend(lots)
    return resting(holdings)


def take(queue: deque[tuple[int, bool]], units: int) -> list[tuple[int, bool]]:
    """Take units from the head of a queue."""
    lots = []
    while units:
        lot = queue.popleft()
        if lot[0] > units:
            queue.appendleft((lot[0] - units, lot[1]))
            lot = (units, lot[1])
        lots.append(lot)
        units -= lot[0]
    return lots


def resting(holdings: dict[Place, deque[tuple[int, bool]]]) -> dict[Place, int]:
    """Add up the stolen units of each place."""
    rest = {place: sum(lot[0] for lot in queue if lot[1]) for place, queue in holdings.items()}
    return {place: units for place, units in rest.items() if units}
