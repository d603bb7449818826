"""The theft and its laundering: equal tranches, peel chains, consolidation, a mixer, deposits at exchanges, mules.

Every plan is a story in the order in which it happens. A plan that the end of the ledger cuts short leaves its money
where it is; the books are right at every moment.
"""

from collections.abc import Callable
from dataclasses import dataclass

from qiyafa.app.scenario.chain import (
    BRIDGE_CALL,
    CONTRACT_CALL,
    GWEI,
    MIXER_DEPOSIT,
    WEI,
    Inner,
    ScenarioChain,
)
from qiyafa.app.scenario.chance import Chance, derived_address, look_alike
from qiyafa.app.scenario.economy import Economy
from qiyafa.app.scenario.mules import HABITS, Mule, Order
from qiyafa.app.scenario.schedule import Plan, Schedule
from qiyafa.app.scenario.truth import Intent, Role

TRANCHE_UNITS = 4_000 * WEI
MIXED_TRANCHES = 7
PEELED_TRANCHES = 8
CONSOLIDATED_TRANCHES = 4
MULE_TRANCHES = 3
DORMANT_TRANCHES = 2
DEPOSIT_UNITS = 100 * WEI
"""What one deposit into the mixer carries."""
PEEL_HOPS = 28
SPLIT_INTO = 5
CONSOLIDATION_ADDRESSES = 2
FRONT_UNITS = 700 * WEI
FRONT_SHARE_UNITS = 300 * WEI
"""What a front adds to each consolidation."""
SAVING_UNITS = 50 * WEI
MULE_FLOAT_UNITS = 150 * WEI
POISONER_UNITS = 20 * WEI
EXCHANGE_ACCOUNTS = 12
LEAST_UNITS = WEI
"""Less than this is not worth a payment."""


@dataclass(frozen=True, slots=True)
class Setting:
    """Where a story takes place."""

    seed: int
    chance: Chance
    chain: ScenarioChain
    economy: Economy
    schedule: Schedule
    tick: int
    """Blocks: the unit of the story's pauses, so that short ledgers tell the same story faster."""


class Launderer:
    """The thief and those who work for him."""

    def __init__(self, setting: Setting) -> None:
        self.from_block = 0
        """The block from which on the case calls the thief's address stolen; 0 before the theft."""
        self._setting = setting
        self._chain, self._chance, self._economy = setting.chain, setting.chance, setting.economy
        self._made = 0
        self.thief = self._address(Role.THIEF)
        self._mules = [Mule(self._address(Role.MULE), habit) for habit in HABITS]
        self._fronts = [self._address(Role.FRONT) for _ in range(CONSOLIDATION_ADDRESSES)]
        self._consolidations = [self._address(Role.CONSOLIDATION) for _ in range(CONSOLIDATION_ADDRESSES)]
        self._poisoner = derived_address(setting.seed, "poisoner")

    def endowments(self) -> list[tuple[str, int]]:
        """Return what mules and poisoner own in the genesis block."""
        return [(mule.address, MULE_FLOAT_UNITS) for mule in self._mules] + [(self._poisoner, POISONER_UNITS)]

    def begin(self) -> None:
        """Set the plans in motion."""
        for mule in self._mules:
            self._start(mule.work(self._chain, self._economy, self._chance, self._setting.tick), 20, 40)
        self._start(self._prepare(), 80, 120)
        self._start(self._steal(), 400, 440)

    def _prepare(self) -> Plan:
        """Before the theft: money for fees out of the mixer, honest money out of an exchange."""
        self._economy.withdraw_from_mixer(self.thief, WEI)
        for front in self._fronts:
            yield self._pause(5, 20)
            self._economy.withdraw_from_exchange(self._economy.exchanges[0], front, FRONT_UNITS)

    def _steal(self) -> Plan:
        """Two calls of the bridge empty most of it; the units leave it as internal transfers."""
        chain, bridge = self._chain, self._economy.bridge
        whole = self._chance.between(99_000 * GWEI, 101_000 * GWEI) * GWEI
        self.from_block = chain.block_number
        chain.books.begin_theft(self.thief, chain.balance(self.thief))
        for units in (whole * 7 // 8, whole - whole * 7 // 8):
            chain.call(self.thief, bridge, 0, BRIDGE_CALL, (Inner(bridge, self.thief, units),))
            yield self._pause(1, 2)
        self._start(self._poison(), 10, 20)
        yield self._pause(30, 60)
        for launder in self._tranche_plans():
            tranche = self._address(Role.TRANCHE)
            chain.pay(self.thief, tranche, TRANCHE_UNITS, intent=Intent.STOLEN)
            self._start(launder(tranche), 10, 120)
            yield self._pause(1, 8)
        for mixed in self._consolidations:
            self._start(self._spend_consolidated(mixed), 280, 320)

    def _tranche_plans(self) -> list[Callable[[str], Plan]]:
        counts: dict[Callable[[str], Plan], int] = {
            self._mix: MIXED_TRANCHES,
            self._peel: PEELED_TRANCHES,
            self._consolidate: CONSOLIDATED_TRANCHES,
            self._use_mules: MULE_TRANCHES,
            self._sleep: DORMANT_TRANCHES,
        }
        plans = [plan for plan, count in counts.items() for _ in range(count)]
        shuffled = []
        while plans:
            shuffled.append(plans.pop(self._chance.below(len(plans))))
        return shuffled

    def _mix(self, address: str) -> Plan:
        """Deposit in the mixer, a hundred at a time; the rest joins the consolidation."""
        chain = self._chain
        while chain.spendable(address, MIXER_DEPOSIT) >= DEPOSIT_UNITS:
            if self._chance.happens(20):
                chain.fail(address, self._economy.mixer, DEPOSIT_UNITS, MIXER_DEPOSIT)
            else:
                chain.pay(address, self._economy.mixer, DEPOSIT_UNITS, MIXER_DEPOSIT, Intent.STOLEN)
            yield self._pause(1, 12)
        self._pay_all(address, self._chance.one_of(self._consolidations))

    def _peel(self, address: str) -> Plan:
        """Hop to a fresh address again and again, and peel a little off each time; the last one sleeps."""
        for _ in range(self._chance.between(PEEL_HOPS - 8, PEEL_HOPS + 8)):
            peeled = self._chain.spendable(address) * self._chance.between(20, 80) // 1000
            self._cash(address, peeled - peeled % (WEI // 100))
            yield self._pause(1, 6)
            following = self._address(Role.PEEL)
            self._pay_all(address, following)
            address = following
            yield self._pause(4, 40)

    def _consolidate(self, address: str) -> Plan:
        """Split into fresh addresses and gather again where honest money lies."""
        parts = [self._address(Role.PEEL) for _ in range(SPLIT_INTO)]
        for part in parts[1:]:
            self._chain.pay(address, part, TRANCHE_UNITS // SPLIT_INTO, intent=Intent.STOLEN)
            yield self._pause(1, 10)
        self._pay_all(address, parts[0])
        gathered = self._chance.one_of(self._consolidations)
        for part in parts:
            yield self._pause(5, 40)
            self._pay_all(part, gathered)

    def _spend_consolidated(self, mixed: str) -> Plan:
        """Add honest money, then cash out stolen money and put honest money aside, by turns."""
        chain = self._chain
        for front in self._fronts:
            chain.pay(front, mixed, FRONT_SHARE_UNITS)
        savings = self._address(Role.FRONT)
        while True:
            yield self._pause(2, 16)
            stolen = chain.books.stolen_at.get(mixed, 0)
            honest = chain.spendable(mixed) - stolen
            if self._chance.happens(200) and honest >= LEAST_UNITS:
                chain.pay(mixed, savings, min(SAVING_UNITS, honest))
            else:
                self._cash(mixed, min(self._chance.between(40, 400) * WEI, stolen))

    def _use_mules(self, address: str) -> Plan:
        """Hand everything to mules, in orders that they pay out to fresh addresses or exchange accounts."""
        while self._chain.spendable(address) >= LEAST_UNITS:
            wished = self._chance.between(80, 420) * WEI
            self._order(address, min(wished, self._chain.spendable(address)))
            yield self._pause(4, 30)

    def _sleep(self, address: str) -> Plan:
        """Leave a tranche alone; one attempt at a contract fails and costs its fee."""
        yield self._pause(100, 200)
        self._chain.fail(address, self._economy.shop, WEI, CONTRACT_CALL)

    def _cash(self, address: str, units: int) -> None:
        """Turn stolen units into something else: at an exchange, through a mule, at the shop; or put them aside."""
        if not LEAST_UNITS <= units <= self._chain.spendable(address):
            return
        way = self._chance.below(100)
        if way < 45:
            account = self._exchange_account()
            self._chain.pay(address, account, units, intent=Intent.STOLEN)
            self._economy.await_sweep(account)
        elif way < 70:
            self._order(address, units)
        elif way < 82:
            self._chain.pay(address, self._economy.shop, units, CONTRACT_CALL, Intent.STOLEN)
        else:
            self._chain.pay(address, self._address(Role.DORMANT), units, intent=Intent.STOLEN)

    def _order(self, address: str, units: int) -> None:
        mule = self._chance.one_of(self._mules)
        self._chain.pay(address, mule.address, units, intent=Intent.STOLEN)
        payout = self._exchange_account() if self._chance.happens(500) else self._address(Role.DORMANT)
        mule.take(Order(payout, units, Intent.STOLEN))

    def _exchange_account(self) -> str:
        """Return the deposit address of one of the thief's accounts at an exchange."""
        exchange = self._chance.one_of(self._economy.exchanges)
        account = f"account {self._chance.below(EXCHANGE_ACCOUNTS)} of the thief"
        return self._chain.books.name(self._economy.deposit_address(exchange, account), Role.DEPOSIT)

    def _poison(self) -> Plan:
        """Strangers send dust and worthless token transfers from look-alikes to the addresses everybody watches."""
        chain = self._chain
        while chain.spendable(self._poisoner) > WEI // 10:
            watched = self._chance.one_of(list(chain.books.roles))
            false_friend = look_alike(self._setting.seed, watched)
            chain.pay(self._poisoner, false_friend, chain.fee_wei(CONTRACT_CALL) + GWEI)
            chain.pay(false_friend, watched, self._chance.between(1, GWEI))
            chain.move_token(self._poisoner, self._economy.tokens[0], watched, false_friend, 0)
            yield self._pause(10, 50)

    def _pay_all(self, source: str, target: str) -> None:
        units = self._chain.spendable(source)
        if units:
            self._chain.pay(source, target, units, intent=Intent.STOLEN)

    def _address(self, role: Role) -> str:
        self._made += 1
        return self._chain.books.name(derived_address(self._setting.seed, f"{role} {self._made}"), role)

    def _start(self, plan: Plan, least_ticks: int, most_ticks: int) -> None:
        self._setting.schedule.start(plan, self._pause(least_ticks, most_ticks))

    def _pause(self, least_ticks: int, most_ticks: int) -> int:
        return self._chance.between(least_ticks * self._setting.tick, most_ticks * self._setting.tick)
