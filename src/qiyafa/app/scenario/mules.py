"""Mules: intermediaries who take innocent customers' money and the thief's, and pay out from one balance.

A mule knows which of his payments serves whom; the ledger does not show it. Each has a habit in choosing the next
order, so that no tracing method is right about all of them.
"""

from collections.abc import Callable
from dataclasses import dataclass

from qiyafa.app.scenario.chain import WEI, ScenarioChain
from qiyafa.app.scenario.chance import Chance
from qiyafa.app.scenario.economy import Economy
from qiyafa.app.scenario.schedule import Plan
from qiyafa.app.scenario.truth import Intent

COMMISSION = 40
"""A mule keeps one part in so many."""
_LEAST_CUSTOMER_UNITS = WEI


@dataclass(frozen=True, slots=True)
class Order:
    """Money that a mule took and has to pay out."""

    target: str
    units: int
    intent: Intent


class Mule:
    """One intermediary with an address, a float of his own and a habit."""

    def __init__(self, address: str, next_order: Callable[[list[Order]], int]) -> None:
        """`next_order` picks the place of the order to serve next among the open ones."""
        self.address = address
        self._orders: list[Order] = []
        self._next_order = next_order

    def take(self, order: Order) -> None:
        """Open an order; its money has arrived."""
        self._orders.append(order)

    def work(self, chain: ScenarioChain, economy: Economy, chance: Chance, tick: int) -> Plan:
        """Serve customers and open orders for ever."""
        while True:
            yield chance.between(tick, 6 * tick)
            if chance.happens(400):
                self._serve_customer(chain, economy, chance)
            if self._orders and chance.happens(800):
                self._pay_out(chain, economy)

    def _serve_customer(self, chain: ScenarioChain, economy: Economy, chance: Chance) -> None:
        customer = economy.somebody()
        units = chain.spendable(customer) * chance.between(200, 900) // 1000
        if units < _LEAST_CUSTOMER_UNITS:
            return
        chain.pay(customer, self.address, units)
        self.take(Order(economy.somebody(), units, Intent.OTHER))

    def _pay_out(self, chain: ScenarioChain, economy: Economy) -> None:
        order = self._orders.pop(self._next_order(self._orders))
        units = order.units - order.units // COMMISSION
        if units <= chain.spendable(self.address):
            chain.pay(self.address, order.target, units, intent=order.intent)
            economy.await_sweep(order.target)


def oldest(orders: list[Order]) -> int:
    """Serve in order of arrival."""
    return 0


def newest(orders: list[Order]) -> int:
    """Serve the latest order first."""
    return len(orders) - 1


def smallest(orders: list[Order]) -> int:
    """Serve the smallest order first, the oldest among equals."""
    return min(range(len(orders)), key=lambda place: orders[place].units)


HABITS: tuple[Callable[[list[Order]], int], ...] = (oldest, newest, smallest)
